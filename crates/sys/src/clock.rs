//! Clocks: the two that a recording is stamped with, and CPU time of Fathom itself.

/// `CLOCK_MONOTONIC` in nanoseconds.
pub fn monotonic_nanos() -> i64 {
    read(libc::CLOCK_MONOTONIC)
}

/// `CLOCK_REALTIME` in nanoseconds since 1970.
pub fn realtime_nanos() -> i64 {
    read(libc::CLOCK_REALTIME)
}

/// `CLOCK_BOOTTIME` in nanoseconds: since the machine started, sleep included.
pub fn boot_nanos() -> i64 {
    read(libc::CLOCK_BOOTTIME)
}

/// CPU time of this process, all threads, in nanoseconds.
pub fn process_cpu_nanos() -> i64 {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// CPU time of the calling thread in nanoseconds.
pub fn thread_cpu_nanos() -> i64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn read(clock: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec for the call to fill; the clock ids used here always exist.
    let status = unsafe { libc::clock_gettime(clock, &raw mut time) };
    debug_assert_eq!(status, 0, "the clocks used here exist on every Linux");
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
