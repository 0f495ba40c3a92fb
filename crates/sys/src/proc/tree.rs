//! Which processes and threads there are, who is whose child, and the exact CPU time of a process.

use super::parse_number;
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, io};

/// All processes visible in `/proc`, ascending.
pub fn list_processes() -> io::Result<Vec<i32>> {
    numbers_in("/proc")
}

/// The threads of a process, ascending.
///
/// A thread that starts while the folder is read may be missed: whoever needs all of them reads until two
/// lists agree.
pub fn list_threads(pid: i32) -> io::Result<Vec<i32>> {
    numbers_in(&format!("/proc/{pid}/task"))
}

/// The direct children of a process, ascending: from `task/*/children` where the kernel has it
/// (`CONFIG_PROC_CHILDREN`), else by looking at the parent of every process.
pub fn children_of(pid: i32) -> io::Result<Vec<i32>> {
    let mut children = BTreeSet::new();
    let mut has_file = false;
    for tid in list_threads(pid)? {
        if let Ok(bytes) = fs::read(format!("/proc/{pid}/task/{tid}/children")) {
            has_file = true;
            children.extend(super::words(&bytes).filter_map(parse_number::<i32>));
        }
    }
    if !has_file {
        children.extend(parents()?.iter().filter(|(_, parent)| **parent == pid).map(|(child, _)| *child));
    }
    Ok(children.into_iter().collect())
}

/// A process and all its descendants, parents before children. Children whose parent has ended belong to
/// another process and are not found.
pub fn process_tree(pid: i32) -> io::Result<Vec<i32>> {
    let parents = parents()?;
    if !parents.contains_key(&pid) {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    }
    Ok(descendants(pid, &parents))
}

fn descendants(pid: i32, parents: &BTreeMap<i32, i32>) -> Vec<i32> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for (child, parent) in parents {
        children.entry(*parent).or_default().push(*child);
    }
    let mut tree = vec![pid];
    let mut seen = BTreeSet::from([pid]);
    let mut next = 0;
    while let Some(parent) = tree.get(next).copied() {
        next += 1;
        // Pids are reused while the table is read, so that it may hold a circle.
        tree.extend(children.get(&parent).into_iter().flatten().copied().filter(|child| seen.insert(*child)));
    }
    tree
}

/// Parent of every process.
fn parents() -> io::Result<BTreeMap<i32, i32>> {
    let mut parents = BTreeMap::new();
    for pid in list_processes()? {
        // A process that ended meanwhile is no error.
        let Ok(bytes) = fs::read(format!("/proc/{pid}/stat")) else { continue };
        if let Ok(stat) = super::parse_stat(&bytes) {
            parents.insert(pid, stat.ppid);
        }
    }
    Ok(parents)
}

fn numbers_in(folder: &str) -> io::Result<Vec<i32>> {
    let mut numbers: Vec<i32> =
        fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// CPU time of a process and all its threads, ended ones included, in nanoseconds; no privilege needed.
///
/// Errors: `ESRCH` (as `EINVAL` from the kernel) where there is no such process.
pub fn process_cpu_nanos(pid: i32) -> io::Result<u64> {
    // The kernel's encoding of another process's CPU clock (`CPUCLOCK_SCHED`), as glibc's
    // clock_getcpuclockid(3) builds it.
    let clock = (!pid << 3) | 2;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec that outlives the call.
    if unsafe { libc::clock_gettime(clock, &mut time) } != 0 {
        let error = io::Error::last_os_error();
        return Err(match error.raw_os_error() {
            Some(libc::EINVAL) => io::Error::from_raw_os_error(libc::ESRCH),
            _ => error,
        });
    }
    Ok(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_parents_first_and_survives_a_circle() {
        let parents = BTreeMap::from([(1, 0), (5, 1), (6, 5), (9, 1), (7, 8), (8, 7), (10, 6)]);
        assert_eq!(descendants(1, &parents), [1, 5, 9, 6, 10]);
        assert_eq!(descendants(7, &parents), [7, 8]);
    }

    #[test]
    fn finds_the_child_and_the_threads_of_this_process() {
        let me = std::process::id() as i32;
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let child_pid = child.id() as i32;
        assert!(children_of(me).unwrap().contains(&child_pid));
        assert!(process_tree(me).unwrap().contains(&child_pid));
        assert!(list_threads(me).unwrap().contains(&me));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(process_tree(child_pid).unwrap_err().raw_os_error(), Some(libc::ESRCH));
    }

    #[test]
    fn cpu_time_of_another_process_is_exact_and_grows() {
        let pid = std::process::id() as i32;
        let before = process_cpu_nanos(pid).unwrap();
        let mut sum = 0u64;
        for i in 0..2_000_000u64 {
            sum = std::hint::black_box(sum.wrapping_add(i * i));
        }
        assert!(process_cpu_nanos(pid).unwrap() > before + 100_000, "{sum}");
        assert_eq!(process_cpu_nanos(0x3ff_fff0).unwrap_err().raw_os_error(), Some(libc::ESRCH));
    }
}
