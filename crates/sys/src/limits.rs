//! Fathom's own resource limits, priority and identity.

/// Raises the soft limit of open files to the hard one; returns the limit in force.
pub fn raise_open_files() -> u64 {
    // SAFETY: plain calls on a valid rlimit.
    unsafe {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) < 0 {
            return 1024;
        }
        let raised = libc::rlimit { rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max };
        if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const raised) == 0 {
            limit.rlim_max
        } else {
            limit.rlim_cur
        }
    }
}

/// The soft limit of open files.
pub fn open_files() -> u64 {
    // SAFETY: plain call on a valid rlimit.
    unsafe {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur
    }
}

/// Sets the soft limit of open files back, for a child that must see the limit Fathom was started with.
pub fn set_open_files(soft: u64) {
    // SAFETY: plain calls on a valid rlimit.
    unsafe {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = soft.min(limit.rlim_max);
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
}

/// Asks for a better scheduling priority, so that rings are read in time on a busy machine; best effort.
pub fn raise_priority(nice: i32) -> bool {
    // SAFETY: takes integers only.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) == 0 }
}

/// The effective user.
pub fn effective_uid() -> u32 {
    // SAFETY: always succeeds.
    unsafe { libc::geteuid() }
}

/// CPUs online as numbers: from `/sys/devices/system/cpu/online` where there, else 0 to n-1.
pub fn online_cpus() -> Vec<i32> {
    let listed = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    let mut cpus: Vec<i32> = parse_cpu_list(&listed);
    if cpus.is_empty() {
        // SAFETY: sysconf takes no pointers.
        let n = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }.max(1);
        cpus = (0..n as i32).collect();
    }
    cpus
}

/// `0-3,8` as numbers; what is not understood is left out, and at most 8,192 are returned.
pub fn parse_cpu_list(text: &str) -> Vec<i32> {
    text.trim()
        .split(',')
        .filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some(first.parse::<i32>().ok()?..=last.parse::<i32>().ok()?)
        })
        .flatten()
        .take(8192)
        .collect()
}

/// Largest resident set of this process so far, in bytes.
pub fn peak_rss_bytes() -> u64 {
    // SAFETY: `usage` is a valid place for the answer.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage.ru_maxrss as u64 * 1024
    }
}

/// How often the calling thread has left its CPU so far.
pub fn thread_switches() -> i64 {
    // SAFETY: `usage` is a valid place for the answer.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage);
        usage.ru_nvcsw + usage.ru_nivcsw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_lists_are_read() {
        assert_eq!(parse_cpu_list("0-2,7\n"), [0, 1, 2, 7]);
        assert_eq!(parse_cpu_list("x,3-"), Vec::<i32>::new());
    }
}
