//! `stat`, `statm` and `schedstat` of a process or thread.

use super::{ProcError, parse_number, words};

/// The letter of the third field of `stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// `R`: on a CPU or waiting for one.
    Running,
    /// `S`: waiting, a signal may wake it.
    Sleeping,
    /// `D`: waiting, no signal wakes it.
    DiskSleep,
    /// `T`: stopped by a signal.
    Stopped,
    /// `t`: stopped by a tracer.
    Traced,
    /// `Z`: ended, not yet waited for.
    Zombie,
    /// `X` or `x`: being removed.
    Dead,
    /// `I`: an idle kernel thread.
    Idle,
    /// `P`: parked.
    Parked,
    /// Anything a later kernel may print.
    Other(u8),
}

impl TaskState {
    /// The state of this letter.
    pub fn from_letter(letter: u8) -> Self {
        match letter {
            b'R' => Self::Running,
            b'S' => Self::Sleeping,
            b'D' => Self::DiskSleep,
            b'T' => Self::Stopped,
            b't' => Self::Traced,
            b'Z' => Self::Zombie,
            b'X' | b'x' => Self::Dead,
            b'I' => Self::Idle,
            b'P' => Self::Parked,
            other => Self::Other(other),
        }
    }

    /// Whether the task will run no more.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Zombie | Self::Dead)
    }
}

/// `/proc/PID/stat` or `/proc/PID/task/TID/stat`. Times are in ticks of `sysconf(_SC_CLK_TCK)`, 100 a second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Number of the process or thread.
    pub pid: i32,
    /// Short name, at most 15 bytes, may hold blanks and parentheses.
    pub comm: String,
    /// What it is doing.
    pub state: TaskState,
    /// Parent process.
    pub ppid: i32,
    /// Process group.
    pub pgrp: i32,
    /// Session.
    pub session: i32,
    /// Controlling terminal as a device number, 0 for none.
    pub tty: i32,
    /// Kernel flags (`PF_KTHREAD` is 0x0020_0000).
    pub flags: u32,
    /// Page faults without I/O; of a process: all its threads, ended ones included.
    pub minor_faults: u64,
    /// Page faults with I/O.
    pub major_faults: u64,
    /// CPU time in user mode, ticks.
    pub user_ticks: u64,
    /// CPU time in the kernel, ticks.
    pub system_ticks: u64,
    /// Threads.
    pub threads: u32,
    /// Start after boot (`CLOCK_BOOTTIME`), ticks; with the pid it names a process uniquely.
    pub start_ticks: u64,
    /// Size of the address space in bytes.
    pub virtual_bytes: u64,
    /// Resident set in pages; approximate by up to 64 pages a thread on kernels before 6.2.
    pub resident_pages: u64,
    /// CPU it last ran on.
    pub processor: Option<u32>,
    /// Time waited for block I/O, ticks; `None` without delay accounting.
    pub block_io_ticks: Option<u64>,
}

impl Stat {
    /// Whether this is a kernel thread.
    pub fn is_kernel_thread(&self) -> bool {
        self.flags & 0x0020_0000 != 0
    }
}

/// Parses `stat`. The name is what stands between the first `(` and the last `)`, so that any name works.
pub fn parse_stat(bytes: &[u8]) -> Result<Stat, ProcError> {
    let wrong = || ProcError::new("stat", bytes, "`pid (name) state` and 19 or more numbers");
    let open = bytes.iter().position(|byte| *byte == b'(').ok_or_else(wrong)?;
    let close = bytes.iter().rposition(|byte| *byte == b')').ok_or_else(wrong)?;
    if close < open {
        return Err(wrong());
    }
    let fields: Vec<&[u8]> = words(&bytes[close + 1..]).collect();
    // Field numbers of proc(5) start at 1 with the pid; `state` is number 3.
    let field = |number: usize| fields.get(number - 3).copied();
    let required = |number: usize| field(number).and_then(parse_number::<i64>).ok_or_else(wrong);
    let unsigned = |number: usize| field(number).and_then(parse_number::<u64>).ok_or_else(wrong);
    let narrow = |number: usize| required(number).map(|value| i32::try_from(value).unwrap_or(-1));
    Ok(Stat {
        pid: parse_number(&bytes[..open]).ok_or_else(wrong)?,
        comm: String::from_utf8_lossy(&bytes[open + 1..close]).into_owned(),
        state: TaskState::from_letter(*field(3).and_then(<[u8]>::first).ok_or_else(wrong)?),
        ppid: narrow(4)?,
        pgrp: narrow(5)?,
        session: narrow(6)?,
        tty: narrow(7)?,
        flags: unsigned(9)? as u32,
        minor_faults: unsigned(10)?,
        major_faults: unsigned(12)?,
        user_ticks: unsigned(14)?,
        system_ticks: unsigned(15)?,
        threads: u32::try_from(required(20)?).unwrap_or(0),
        start_ticks: unsigned(22)?,
        virtual_bytes: field(23).and_then(parse_number).unwrap_or(0),
        // Signed in the kernel's format; the batched counters of old kernels can be below zero.
        resident_pages: field(24).and_then(parse_number::<i64>).map_or(0, |pages| pages.max(0) as u64),
        processor: field(39).and_then(parse_number),
        block_io_ticks: field(42).and_then(parse_number),
    })
}

/// `/proc/PID/statm`, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemorySizes {
    /// Address space.
    pub virtual_pages: u64,
    /// Resident set.
    pub resident_pages: u64,
    /// Resident pages of files and shared memory.
    pub shared_pages: u64,
}

/// Parses `statm`.
pub fn parse_statm(bytes: &[u8]) -> Result<MemorySizes, ProcError> {
    let mut numbers = words(bytes).map(parse_number::<u64>);
    match (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten()) {
        (Some(virtual_pages), Some(resident_pages), Some(shared_pages)) => {
            Ok(MemorySizes { virtual_pages, resident_pages, shared_pages })
        }
        _ => Err(ProcError::new("statm", bytes, "three or more numbers")),
    }
}

/// `/proc/PID/task/TID/schedstat`. In `/proc/PID/schedstat` the values are those of the main thread alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchedStat {
    /// Time on a CPU, nanoseconds.
    pub running_nanos: u64,
    /// Time ready to run and waiting for a CPU, nanoseconds.
    pub runnable_nanos: u64,
    /// Times it was put on a CPU.
    pub timeslices: u64,
}

/// Parses `schedstat`.
pub fn parse_schedstat(bytes: &[u8]) -> Result<SchedStat, ProcError> {
    let mut numbers = words(bytes).map(parse_number::<u64>);
    match (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten()) {
        (Some(running_nanos), Some(runnable_nanos), Some(timeslices)) => {
            Ok(SchedStat { running_nanos, runnable_nanos, timeslices })
        }
        _ => Err(ProcError::new("schedstat", bytes, "three numbers")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TAIL: &str = "R 10193 10193 3641 0 -1 4194304 99 0 7 0 12 34 0 0 20 0 3 0 135561 3133440 390 \
        18446744073709551615 94140707201024 94140707220905 140721989755200 0 0 0 0 0 0 0 0 0 17 1 0 0 5 0 0 \
        94140707236912 94140707238528 94141452247040 140721989757625 140721989757645 140721989757645 \
        140721989758955 0\n";

    #[test]
    fn reads_every_field_of_a_real_line() {
        let stat = parse_stat(format!("10205 (cat) {TAIL}").as_bytes()).unwrap();
        assert_eq!(stat.pid, 10205);
        assert_eq!(stat.comm, "cat");
        assert_eq!(stat.state, TaskState::Running);
        assert_eq!((stat.ppid, stat.pgrp, stat.session, stat.tty), (10193, 10193, 3641, 0));
        assert_eq!((stat.minor_faults, stat.major_faults), (99, 7));
        assert_eq!((stat.user_ticks, stat.system_ticks, stat.threads), (12, 34, 3));
        assert_eq!((stat.start_ticks, stat.virtual_bytes, stat.resident_pages), (135561, 3133440, 390));
        assert_eq!((stat.processor, stat.block_io_ticks), (Some(1), Some(5)));
        assert!(!stat.is_kernel_thread());
    }

    #[test]
    fn a_name_may_look_like_the_rest_of_the_line() {
        let stat = parse_stat(format!("7 (a) R 1 (b c) {TAIL}").as_bytes()).unwrap();
        assert_eq!(stat.comm, "a) R 1 (b c");
        assert_eq!(stat.ppid, 10193);
    }

    #[test]
    fn a_cut_line_is_an_error_with_what_was_found() {
        let error = parse_stat(b"7 (a) R 1 2").unwrap_err();
        assert_eq!(
            error.to_string(),
            "stat: found \"7 (a) R 1 2\", but needed `pid (name) state` and 19 or more numbers"
        );
    }

    #[test]
    fn statm_and_schedstat() {
        assert_eq!(
            parse_statm(b"765 421 393 5 0 90 0\n").unwrap(),
            MemorySizes { virtual_pages: 765, resident_pages: 421, shared_pages: 393 }
        );
        assert_eq!(
            parse_schedstat(b"123 45 6\n").unwrap(),
            SchedStat { running_nanos: 123, runnable_nanos: 45, timeslices: 6 }
        );
        assert!(parse_schedstat(b"1 2").is_err());
    }

    proptest! {
        #[test]
        fn any_name_survives(name in proptest::collection::vec(any::<u8>(), 0..16)) {
            let mut line = b"42 (".to_vec();
            line.extend_from_slice(&name);
            line.extend_from_slice(b") ");
            line.extend_from_slice(TAIL.as_bytes());
            let stat = parse_stat(&line).unwrap();
            prop_assert_eq!(stat.comm, String::from_utf8_lossy(&name).into_owned());
            prop_assert_eq!(stat.start_ticks, 135561);
        }

        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_stat(&bytes);
            let _ = parse_statm(&bytes);
            let _ = parse_schedstat(&bytes);
        }
    }
}
