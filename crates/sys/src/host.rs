//! The machine: its name and size, CPU time of all CPUs (with steal), load.

use crate::proc::{key_values, lines, parse_kib, parse_number, words};
use std::io;

/// What does not change while a recording runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostFacts {
    /// Host name.
    pub name: String,
    /// Kernel release.
    pub kernel: String,
    /// Machine architecture (`x86_64`).
    pub architecture: String,
    /// CPU model, empty where the kernel does not say.
    pub cpu_model: String,
    /// CPUs online.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory_bytes: u64,
}

impl HostFacts {
    /// Reads them; what is not readable is empty or 0.
    pub fn read() -> Self {
        let read = |path: &str| std::fs::read(path).unwrap_or_default();
        let trimmed = |path: &str| String::from_utf8_lossy(read(path).trim_ascii()).into_owned();
        Self {
            name: trimmed("/proc/sys/kernel/hostname"),
            kernel: trimmed("/proc/sys/kernel/osrelease"),
            architecture: std::env::consts::ARCH.to_string(),
            cpu_model: parse_cpu_model(&read("/proc/cpuinfo")),
            cpus: parse_cpu_times(&read("/proc/stat")).map_or(0, |times| times.cpus),
            memory_bytes: parse_memory_total(&read("/proc/meminfo")).unwrap_or(0),
        }
    }
}

/// The first CPU's model in `/proc/cpuinfo`; empty if there is none (aarch64).
pub fn parse_cpu_model(bytes: &[u8]) -> String {
    key_values(bytes)
        .find(|(key, _)| key.trim_ascii() == b"model name")
        .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
        .unwrap_or_default()
}

/// `MemTotal` of `/proc/meminfo` in bytes.
pub fn parse_memory_total(bytes: &[u8]) -> Option<u64> {
    key_values(bytes).find(|(key, _)| *key == b"MemTotal").and_then(|(_, value)| parse_kib(value))
}

/// Memory that programs can still take without swapping: `MemAvailable`, within the limit of the control group.
pub fn available_memory_bytes() -> Option<u64> {
    let read = |path: &str| std::fs::read(path).unwrap_or_default();
    let meminfo = read("/proc/meminfo");
    let free =
        key_values(&meminfo).find(|(key, _)| *key == b"MemAvailable").and_then(|(_, value)| parse_kib(value));
    let own = i32::try_from(std::process::id()).ok();
    let group = own.and_then(|pid| crate::cgroup::Cgroup::of_process(pid).ok());
    let limit = group.and_then(|group| group.limits().memory_bytes);
    free.into_iter().chain(limit).min()
}

/// CPU time of all CPUs since boot, in ticks of 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTimes {
    /// In user mode, nice included; guests are part of it.
    pub user_ticks: u64,
    /// In the kernel, interrupts included.
    pub system_ticks: u64,
    /// Idle, waiting for storage included.
    pub idle_ticks: u64,
    /// Ready to run while the hypervisor ran somebody else.
    pub steal_ticks: u64,
    /// CPUs online.
    pub cpus: u32,
}

impl CpuTimes {
    /// All of the time.
    pub fn total_ticks(&self) -> u64 {
        let parts = [self.user_ticks, self.system_ticks, self.idle_ticks, self.steal_ticks];
        parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
    }

    /// Share of steal between an earlier reading and this one, 0 to 1; `None` if no time has passed.
    pub fn steal_share_since(&self, earlier: &Self) -> Option<f64> {
        let total = self.total_ticks().checked_sub(earlier.total_ticks()).filter(|ticks| *ticks > 0)?;
        let steal = self.steal_ticks.saturating_sub(earlier.steal_ticks);
        Some(steal as f64 / total as f64)
    }
}

/// Parses the `cpu` lines of `/proc/stat`.
pub fn parse_cpu_times(bytes: &[u8]) -> Option<CpuTimes> {
    let mut times = None;
    let mut cpus = 0;
    for line in lines(bytes) {
        let mut fields = words(line);
        match fields.next() {
            Some(b"cpu") => {
                let ticks: Vec<u64> = fields.map_while(parse_number).collect();
                let at = |index: usize| ticks.get(index).copied().unwrap_or(0);
                let add = |a: u64, b: u64| a.saturating_add(b);
                // user nice system idle iowait irq softirq steal guest guest_nice
                times = (ticks.len() >= 4).then(|| CpuTimes {
                    user_ticks: add(at(0), at(1)),
                    system_ticks: add(at(2), add(at(5), at(6))),
                    idle_ticks: add(at(3), at(4)),
                    steal_ticks: at(7),
                    cpus: 0,
                });
            }
            Some(name) if name.starts_with(b"cpu") => cpus += 1,
            _ => {}
        }
    }
    times.map(|times| CpuTimes { cpus, ..times })
}

/// Load averages over 1, 5 and 15 minutes in `/proc/loadavg`.
pub fn parse_load(bytes: &[u8]) -> Option<[f64; 3]> {
    let mut numbers = words(bytes).map(|word| parse_number::<f64>(word).filter(|load| load.is_finite()));
    Some([numbers.next()??, numbers.next()??, numbers.next()??])
}

/// CPU times now.
pub fn read_cpu_times() -> io::Result<CpuTimes> {
    parse_cpu_times(&std::fs::read("/proc/stat")?).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "/proc/stat: no line `cpu` with four numbers")
    })
}

/// Load averages now.
pub fn read_load() -> io::Result<[f64; 3]> {
    parse_load(&std::fs::read("/proc/loadavg")?)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/loadavg: not three numbers"))
}

/// Size of a page, the unit of `statm` and of the resident set in `stat`.
pub fn page_bytes() -> u64 {
    // SAFETY: takes a number.
    let answer = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(answer).unwrap_or(4096)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steal_is_a_share_of_all_time() {
        let text = b"cpu  6694 6 3531 182059 1551 10 104 714 0 0\ncpu0 1 0 1 1 0 0 0 0 0 0\ncpu1 1 0 1 1 0 0 0 0 0 0\nintr 5\n";
        let earlier = parse_cpu_times(text).unwrap();
        assert_eq!((earlier.user_ticks, earlier.system_ticks), (6700, 3645));
        assert_eq!((earlier.idle_ticks, earlier.steal_ticks, earlier.cpus), (183_610, 714, 2));
        let later = CpuTimes { steal_ticks: 724, user_ticks: 6790, ..earlier };
        assert_eq!(later.steal_share_since(&earlier), Some(0.1));
        assert_eq!(later.steal_share_since(&later), None);
    }

    #[test]
    fn models_memory_and_load() {
        assert_eq!(
            parse_cpu_model(b"processor\t: 0\nmodel name\t: AMD EPYC: 7\nmodel name\t: B\n"),
            "AMD EPYC: 7"
        );
        assert_eq!(parse_memory_total(b"MemTotal:       24 kB\nMemFree: 1 kB\n"), Some(24 * 1024));
        assert_eq!(parse_load(b"0.50 1.25 2.00 1/300 4711\n"), Some([0.5, 1.25, 2.0]));
        assert_eq!(parse_load(b"0.50 x"), None);
    }

    #[test]
    fn this_machine_has_a_size() {
        let facts = HostFacts::read();
        assert!(facts.cpus > 0 && facts.memory_bytes > 1 << 20 && !facts.kernel.is_empty(), "{facts:?}");
        assert!(read_cpu_times().unwrap().total_ticks() > 0);
        assert!(read_load().unwrap()[0] >= 0.0);
        assert!(page_bytes().is_power_of_two() && page_bytes() >= 4096);
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (parse_cpu_model(&bytes), parse_memory_total(&bytes), parse_load(&bytes));
            let times = parse_cpu_times(&bytes).unwrap_or_default();
            let _ = times.steal_share_since(&CpuTimes::default());
        }
    }
}
