//! Limits and throttling of the control group of a process: v1, v2 and both at once (hybrid).
//!
//! Limits are hierarchical: what holds is the smallest one between the process's group and the root that
//! is mounted here. Paths come from `/proc/PID/cgroup` and Fathom's own `/proc/self/mountinfo`, which both
//! speak from Fathom's cgroup namespace, also for a target in another container.
//! It does **not** change any group.
//!
//! Sources: cgroups(7), `Documentation/admin-guide/cgroup-v2.rst`, `cgroup-v1/memory.rst`,
//! `Documentation/scheduler/sched-bwc.rst`.

use crate::proc::{lines, parse_number, words};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The groups of a process, as `/proc/PID/cgroup` lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// v1 hierarchies: controllers and path.
    pub legacy: Vec<(Vec<String>, String)>,
    /// Path in the v2 hierarchy.
    pub unified: Option<String>,
}

/// Parses `/proc/PID/cgroup`; lines of another shape are left out.
pub fn parse_membership(bytes: &[u8]) -> Membership {
    let mut membership = Membership::default();
    for line in lines(bytes) {
        let mut parts = line.splitn(3, |byte| *byte == b':');
        let (Some(id), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let path = String::from_utf8_lossy(path).into_owned();
        if id == b"0" && controllers.is_empty() {
            membership.unified = Some(path);
        } else {
            let controllers = String::from_utf8_lossy(controllers);
            membership.legacy.push((controllers.split(',').map(str::to_string).collect(), path));
        }
    }
    membership
}

/// A mounted cgroup file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The group that is mounted: `/`, or a container's own group.
    pub root: String,
    /// Where.
    pub mount_point: String,
    /// Controllers of a v1 hierarchy; `None` for v2.
    pub controllers: Option<Vec<String>>,
}

/// Parses the cgroup mounts out of `/proc/self/mountinfo`.
pub fn parse_mounts(bytes: &[u8]) -> Vec<Mount> {
    lines(bytes).filter_map(parse_mount).collect()
}

/// `ID PARENT MAJOR:MINOR ROOT MOUNT_POINT OPTIONS TAGS... - TYPE SOURCE SUPER_OPTIONS`.
fn parse_mount(line: &[u8]) -> Option<Mount> {
    let mut fields = words(line).skip(3);
    let (root, mount_point) = (unescape(fields.next()?), unescape(fields.next()?));
    let mut tail = fields.skip_while(|field| *field != b"-").skip(1);
    let controllers = match tail.next()? {
        b"cgroup2" => None,
        b"cgroup" => {
            let options = String::from_utf8_lossy(tail.nth(1)?).into_owned();
            Some(options.split(',').map(str::to_string).collect())
        }
        _ => return None,
    };
    Some(Mount { root, mount_point, controllers })
}

/// Octal escapes of blanks, tabs, newlines and backslashes in mountinfo.
fn unescape(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)));
        match digits {
            Some(digits) if *first == b'\\' => {
                let value = digits.iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                bytes.push(value as u8);
                rest = &tail[3..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What limits a process; `None` where nothing does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CgroupLimits {
    /// Path of the group, of v2 if there, else of the cpu controller.
    pub path: Option<String>,
    /// CPUs' worth of quota.
    pub cpu_quota: Option<f64>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

/// What the group has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CgroupUsage {
    /// Time its threads were kept off the CPU by the quota, nanoseconds, summed over CPUs.
    pub throttled_nanos: Option<u64>,
    /// Enforcement periods.
    pub periods: Option<u64>,
    /// Periods in which it was throttled.
    pub throttled_periods: Option<u64>,
    /// Memory charged to the group, page cache included, bytes.
    pub memory_bytes: Option<u64>,
}

/// Version of the hierarchy and the folders from the process's group up to the mounted root.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chain {
    unified: bool,
    folders: Vec<PathBuf>,
}

/// The group of a process by controller; cheap to keep, and asked again with [`Cgroup::usage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgroup {
    path: Option<String>,
    cpu: Option<Chain>,
    memory: Option<Chain>,
    pids: Option<Chain>,
}

impl Cgroup {
    /// The group of a live process. Errors where `/proc/PID/cgroup` or `/proc/self/mountinfo` is not readable.
    pub fn of_process(pid: i32) -> io::Result<Self> {
        let membership = parse_membership(&std::fs::read(format!("/proc/{pid}/cgroup"))?);
        let mounts = parse_mounts(&std::fs::read("/proc/self/mountinfo")?);
        Ok(Self::new(&membership, &mounts))
    }

    /// The group of these memberships under these mounts. A controller that is not mounted here is left out.
    pub fn new(membership: &Membership, mounts: &[Mount]) -> Self {
        let legacy_cpu = membership.legacy.iter().find(|(controllers, _)| has(controllers, "cpu"));
        let path = match (&membership.unified, legacy_cpu) {
            (Some(path), Some((_, legacy))) if path == "/" => Some(legacy.clone()),
            (Some(path), _) => Some(path.clone()),
            (None, legacy) => legacy.map(|(_, path)| path.clone()),
        };
        Self {
            path,
            cpu: chain(membership, mounts, "cpu"),
            memory: chain(membership, mounts, "memory"),
            pids: chain(membership, mounts, "pids"),
        }
    }

    /// Limits in force now.
    pub fn limits(&self) -> CgroupLimits {
        self.limits_with(&|path| std::fs::read(path).ok())
    }

    /// Usage up to now.
    pub fn usage(&self) -> CgroupUsage {
        self.usage_with(&|path| std::fs::read(path).ok())
    }

    /// As [`Self::limits`], from any source of files.
    pub fn limits_with(&self, read: &dyn Fn(&Path) -> Option<Vec<u8>>) -> CgroupLimits {
        let number = |chain: &Chain, v1: &str, v2: &str| {
            let file = if chain.unified { v2 } else { v1 };
            let values =
                chain.folders.iter().filter_map(|folder| parse_number::<u64>(&read(&folder.join(file))?));
            // v1 says "no limit" with the largest multiple of a page.
            values.filter(|value| *value < 1 << 62).min()
        };
        let quotas = self.cpu.iter().flat_map(|chain| {
            chain.folders.iter().filter_map(|folder| match chain.unified {
                true => parse_cpu_max(&read(&folder.join("cpu.max"))?),
                false => parse_cfs_quota(
                    &read(&folder.join("cpu.cfs_quota_us"))?,
                    &read(&folder.join("cpu.cfs_period_us"))?,
                ),
            })
        });
        CgroupLimits {
            path: self.path.clone(),
            cpu_quota: quotas.min_by(f64::total_cmp),
            memory_bytes: self.memory.as_ref().and_then(|c| number(c, "memory.limit_in_bytes", "memory.max")),
            pids: self.pids.as_ref().and_then(|c| number(c, "pids.max", "pids.max")),
        }
    }

    /// As [`Self::usage`], from any source of files.
    ///
    /// Throttling is counted in the group that has the quota, which may be above the process's own: of
    /// several, the one that throttled most stands for all, because their times overlap.
    pub fn usage_with(&self, read: &dyn Fn(&Path) -> Option<Vec<u8>>) -> CgroupUsage {
        let mut usage = CgroupUsage::default();
        if let Some(chain) = &self.cpu {
            for folder in &chain.folders {
                let Some(bytes) = read(&folder.join("cpu.stat")) else { continue };
                let stat = parse_cpu_stat(&bytes);
                if stat.throttled_nanos > usage.throttled_nanos {
                    usage = CgroupUsage { memory_bytes: None, ..stat };
                }
            }
        }
        if let Some((chain, folder)) =
            self.memory.as_ref().and_then(|chain| Some((chain, chain.folders.first()?)))
        {
            let file = if chain.unified { "memory.current" } else { "memory.usage_in_bytes" };
            usage.memory_bytes = read(&folder.join(file)).and_then(|bytes| parse_number(&bytes));
        }
        usage
    }
}

/// CPUs of `cpu.max` (v2): `QUOTA PERIOD` in microseconds, or `max PERIOD`.
pub fn parse_cpu_max(bytes: &[u8]) -> Option<f64> {
    let mut fields = words(bytes);
    let quota: f64 = parse_number(fields.next()?).filter(|quota: &f64| quota.is_finite())?;
    let period: f64 = fields.next().and_then(parse_number).unwrap_or(100_000.0);
    (period > 0.0 && quota > 0.0).then(|| quota / period)
}

/// CPUs of `cpu.cfs_quota_us` and `cpu.cfs_period_us` (v1); a quota of -1 is none.
pub fn parse_cfs_quota(quota: &[u8], period: &[u8]) -> Option<f64> {
    let (quota, period) = (parse_number::<i64>(quota)?, parse_number::<i64>(period)?);
    (quota > 0 && period > 0).then(|| quota as f64 / period as f64)
}

/// Throttling of `cpu.stat`: nanoseconds in v1 (`throttled_time`), microseconds in v2 (`throttled_usec`).
pub fn parse_cpu_stat(bytes: &[u8]) -> CgroupUsage {
    let mut usage = CgroupUsage::default();
    for line in lines(bytes) {
        let mut fields = words(line);
        let (Some(key), Some(value)) = (fields.next(), fields.next().and_then(parse_number::<u64>)) else {
            continue;
        };
        match key {
            b"nr_periods" => usage.periods = Some(value),
            b"nr_throttled" => usage.throttled_periods = Some(value),
            b"throttled_time" => usage.throttled_nanos = Some(value),
            b"throttled_usec" => usage.throttled_nanos = Some(value.saturating_mul(1000)),
            _ => {}
        }
    }
    usage
}

fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|item| item == name)
}

fn chain(membership: &Membership, mounts: &[Mount], controller: &str) -> Option<Chain> {
    let legacy = membership.legacy.iter().find(|(controllers, _)| has(controllers, controller));
    if let Some((_, path)) = legacy {
        let mounted = mounts.iter().filter(|mount| {
            mount.controllers.as_ref().is_some_and(|controllers| has(controllers, controller))
        });
        return mounted
            .filter_map(|mount| folders(mount, path))
            .map(|f| Chain { unified: false, folders: f })
            .next();
    }
    let path = membership.unified.as_ref()?;
    let mounted = mounts.iter().filter(|mount| mount.controllers.is_none());
    mounted.filter_map(|mount| folders(mount, path)).map(|f| Chain { unified: true, folders: f }).next()
}

/// The folders of a group below a mount, the group's own first. A group outside of what is mounted (`/../x`,
/// or another container's) has only the mounted root to show.
fn folders(mount: &Mount, path: &str) -> Option<Vec<PathBuf>> {
    let mount_point = PathBuf::from(&mount.mount_point);
    let relative = match mount.root.as_str() {
        "/" => Path::new(path).strip_prefix("/").ok()?,
        root => match Path::new(path).strip_prefix(root) {
            Ok(relative) => relative,
            Err(_) => Path::new(""),
        },
    };
    if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
        return Some(vec![mount_point]);
    }
    let mut folders: Vec<PathBuf> = vec![mount_point.clone()];
    let mut folder = mount_point;
    for part in relative.components() {
        folder.push(part);
        folders.push(folder.clone());
    }
    folders.reverse();
    Some(folders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const HYBRID_MOUNTS: &[u8] = b"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n\
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";

    fn read_from(files: &[(&str, &str)]) -> impl Fn(&Path) -> Option<Vec<u8>> {
        let files: BTreeMap<PathBuf, Vec<u8>> =
            files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect();
        move |path| files.get(path).cloned()
    }

    #[test]
    fn hybrid_takes_v1_where_the_controller_is_there() {
        let membership = parse_membership(b"4:memory:/a/b\n2:cpu,cpuacct:/a\n0::/user.slice\n");
        let group = Cgroup::new(&membership, &parse_mounts(HYBRID_MOUNTS));
        let read = read_from(&[
            ("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "150000\n"),
            ("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n"),
            ("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"),
            ("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"),
            (
                "/sys/fs/cgroup/cpu,cpuacct/a/cpu.stat",
                "nr_periods 10\nnr_throttled 4\nthrottled_time 77000\n",
            ),
            ("/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n"),
            ("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1048576\n"),
            ("/sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "4096\n"),
        ]);
        assert_eq!(
            group.limits_with(&read),
            CgroupLimits {
                path: Some("/user.slice".into()),
                cpu_quota: Some(1.5),
                memory_bytes: Some(1_048_576),
                pids: None
            }
        );
        assert_eq!(
            group.usage_with(&read),
            CgroupUsage {
                throttled_nanos: Some(77_000),
                periods: Some(10),
                throttled_periods: Some(4),
                memory_bytes: Some(4096)
            }
        );
    }

    #[test]
    fn v2_takes_the_smallest_limit_on_the_way_up() {
        let mounts = parse_mounts(b"25 20 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        let group = Cgroup::new(&parse_membership(b"0::/system.slice/app.service\n"), &mounts);
        let read = read_from(&[
            ("/sys/fs/cgroup/system.slice/app.service/cpu.max", "max 100000\n"),
            ("/sys/fs/cgroup/system.slice/cpu.max", "50000 100000\n"),
            ("/sys/fs/cgroup/system.slice/app.service/memory.max", "2000000\n"),
            ("/sys/fs/cgroup/system.slice/memory.max", "max\n"),
            ("/sys/fs/cgroup/system.slice/app.service/pids.max", "100\n"),
            ("/sys/fs/cgroup/system.slice/app.service/memory.current", "12288\n"),
            ("/sys/fs/cgroup/system.slice/app.service/cpu.stat", "usage_usec 5\nthrottled_usec 0\n"),
            ("/sys/fs/cgroup/system.slice/cpu.stat", "nr_periods 9\nnr_throttled 2\nthrottled_usec 30\n"),
        ]);
        let limits = group.limits_with(&read);
        assert_eq!(
            (limits.cpu_quota, limits.memory_bytes, limits.pids),
            (Some(0.5), Some(2_000_000), Some(100))
        );
        assert_eq!(limits.path.as_deref(), Some("/system.slice/app.service"));
        let usage = group.usage_with(&read);
        assert_eq!((usage.throttled_nanos, usage.throttled_periods), (Some(30_000), Some(2)));
        assert_eq!(usage.memory_bytes, Some(12288));
    }

    #[test]
    fn in_a_container_the_mounted_root_is_the_group() {
        let mounts =
            parse_mounts(b"9 8 0:32 /docker/ab\\040c /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
        assert_eq!(mounts[0].root, "/docker/ab c");
        let group = Cgroup::new(&parse_membership(b"4:memory:/docker/ab c\n"), &mounts);
        let read = read_from(&[("/sys/fs/cgroup/memory/memory.limit_in_bytes", "512\n")]);
        assert_eq!(group.limits_with(&read).memory_bytes, Some(512));
        // A group outside of the namespace must not lead to files outside of the mount.
        let outside = Cgroup::new(&parse_membership(b"4:memory:/../../etc\n"), &mounts);
        assert_eq!(outside.memory.unwrap().folders, [PathBuf::from("/sys/fs/cgroup/memory")]);
    }

    #[test]
    fn the_group_of_this_process_is_readable() {
        let group = Cgroup::of_process(std::process::id() as i32).unwrap();
        let limits = group.limits();
        assert!(limits.cpu_quota.is_none_or(|cpus| cpus > 0.0));
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(membership in proptest::collection::vec(any::<u8>(), 0..200), mounts in "[ -~\n]{0,300}") {
            let group = Cgroup::new(&parse_membership(&membership), &parse_mounts(mounts.as_bytes()));
            let _ = group.limits_with(&|_| Some(membership.clone()));
            let _ = group.usage_with(&|_| Some(membership.clone()));
        }

        #[test]
        fn folders_stay_below_the_mount(root in "/[a-c./]{0,8}", path in "[a-c./]{0,12}") {
            let mount = Mount { root, mount_point: "/m".into(), controllers: None };
            for folder in folders(&mount, &path).into_iter().flatten() {
                prop_assert!(folder.starts_with("/m"));
                prop_assert!(!folder.components().any(|part| part == Component::ParentDir));
            }
        }
    }
}
