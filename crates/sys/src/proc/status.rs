//! `status` and `io` of a process or thread.

use super::{ProcError, key_values, parse_kib, parse_number, words};

/// `/proc/PID/status` or `/proc/PID/task/TID/status`; sizes in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Short name with `\n` and `\\` still escaped by the kernel.
    pub name: String,
    /// Process number (thread group).
    pub tgid: i32,
    /// Number of the thread (of the process in `/proc/PID/status`).
    pub pid: i32,
    /// Parent process.
    pub ppid: i32,
    /// Process that traces it, 0 for none.
    pub tracer_pid: i32,
    /// User ids: real, effective, saved, file system.
    pub uids: [u32; 4],
    /// Group ids in the same order.
    pub gids: [u32; 4],
    /// The pid in every pid namespace from the reader's to the innermost.
    pub namespace_pids: Vec<i32>,
    /// Resident set.
    pub resident_bytes: Option<u64>,
    /// Its part of anonymous memory.
    pub resident_anonymous_bytes: Option<u64>,
    /// Largest resident set so far.
    pub resident_peak_bytes: Option<u64>,
    /// Swapped out.
    pub swap_bytes: Option<u64>,
    /// Threads.
    pub threads: Option<u32>,
    /// Switches because it waited; of this thread alone (also in `/proc/PID/status`: the main thread).
    pub voluntary_switches: Option<u64>,
    /// Switches because it was preempted; of this thread alone.
    pub involuntary_switches: Option<u64>,
    /// Blocked signals, bit 0 is signal 1.
    pub signals_blocked: Option<u64>,
    /// Ignored signals.
    pub signals_ignored: Option<u64>,
    /// Caught signals.
    pub signals_caught: Option<u64>,
    /// Effective capabilities.
    pub capabilities_effective: Option<u64>,
    /// 0 none, 1 strict, 2 filter.
    pub seccomp: Option<u32>,
    /// Number of seccomp filters (kernel 5.9 and later).
    pub seccomp_filters: Option<u32>,
    /// Whether it can gain no privileges by `exec`.
    pub no_new_privileges: Option<bool>,
}

impl Status {
    /// The pid inside the target's own pid namespace.
    pub fn innermost_pid(&self) -> i32 {
        self.namespace_pids.last().copied().unwrap_or(self.tgid)
    }
}

/// Parses `status`; an error only where the process's number is missing.
pub fn parse_status(bytes: &[u8]) -> Result<Status, ProcError> {
    let mut status = Status::default();
    let mut seen_pid = false;
    for (key, value) in key_values(bytes) {
        match key {
            b"Name" => status.name = String::from_utf8_lossy(value).into_owned(),
            b"Tgid" => status.tgid = parse_number(value).unwrap_or(0),
            b"Pid" => {
                status.pid = parse_number(value).unwrap_or(0);
                seen_pid = status.pid > 0;
            }
            b"PPid" => status.ppid = parse_number(value).unwrap_or(0),
            b"TracerPid" => status.tracer_pid = parse_number(value).unwrap_or(0),
            b"Uid" => fill(&mut status.uids, value),
            b"Gid" => fill(&mut status.gids, value),
            b"NSpid" => status.namespace_pids = words(value).filter_map(parse_number).collect(),
            b"VmRSS" => status.resident_bytes = parse_kib(value),
            b"RssAnon" => status.resident_anonymous_bytes = parse_kib(value),
            b"VmHWM" => status.resident_peak_bytes = parse_kib(value),
            b"VmSwap" => status.swap_bytes = parse_kib(value),
            b"Threads" => status.threads = parse_number(value),
            b"voluntary_ctxt_switches" => status.voluntary_switches = parse_number(value),
            b"nonvoluntary_ctxt_switches" => status.involuntary_switches = parse_number(value),
            b"SigBlk" => status.signals_blocked = super::parse_hex(value),
            b"SigIgn" => status.signals_ignored = super::parse_hex(value),
            b"SigCgt" => status.signals_caught = super::parse_hex(value),
            b"CapEff" => status.capabilities_effective = super::parse_hex(value),
            b"Seccomp" => status.seccomp = parse_number(value),
            b"Seccomp_filters" => status.seccomp_filters = parse_number(value),
            b"NoNewPrivs" => status.no_new_privileges = parse_number::<u32>(value).map(|flag| flag != 0),
            _ => {}
        }
    }
    if seen_pid { Ok(status) } else { Err(ProcError::new("status", bytes, "a line `Pid:` with a number")) }
}

fn fill(ids: &mut [u32; 4], value: &[u8]) {
    for (slot, word) in ids.iter_mut().zip(words(value)) {
        *slot = parse_number(word).unwrap_or(u32::MAX);
    }
}

/// `/proc/PID/io`: bytes moved by the process, its ended threads and waited-for children included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IoCounters {
    /// Bytes read by system calls, from anything.
    pub read_call_bytes: u64,
    /// Bytes written by system calls, to anything.
    pub write_call_bytes: u64,
    /// Read calls.
    pub read_calls: u64,
    /// Write calls.
    pub write_calls: u64,
    /// Bytes fetched from storage.
    pub storage_read_bytes: u64,
    /// Bytes sent to storage.
    pub storage_write_bytes: u64,
}

/// Parses `io`.
pub fn parse_io(bytes: &[u8]) -> Result<IoCounters, ProcError> {
    let mut counters = IoCounters::default();
    let mut n_seen = 0;
    for (key, value) in key_values(bytes) {
        let slot = match key {
            b"rchar" => &mut counters.read_call_bytes,
            b"wchar" => &mut counters.write_call_bytes,
            b"syscr" => &mut counters.read_calls,
            b"syscw" => &mut counters.write_calls,
            b"read_bytes" => &mut counters.storage_read_bytes,
            b"write_bytes" => &mut counters.storage_write_bytes,
            _ => continue,
        };
        if let Some(number) = parse_number(value) {
            *slot = number;
            n_seen += 1;
        }
    }
    if n_seen >= 4 {
        Ok(counters)
    } else {
        Err(ProcError::new("io", bytes, "rchar, wchar, syscr and syscw with numbers"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATUS: &[u8] =
        b"Name:\tnode\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t310\nNgid:\t0\nPid:\t310\n\
        PPid:\t1\nTracerPid:\t0\nUid:\t1000\t1000\t1000\t1001\nGid:\t100\t100\t100\t100\nNSpid:\t310\t42\t7\n\
        VmHWM:\t    2000 kB\nVmRSS:\t    1684 kB\nRssAnon:\t     112 kB\nVmSwap:\t       4 kB\nThreads:\t11\n\
        SigBlk:\t0000000000000000\nSigIgn:\t0000000001001000\nSigCgt:\t0000000108014203\n\
        CapEff:\t000001fffeffffff\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n\
        voluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n";

    #[test]
    fn reads_a_process_in_a_nested_pid_namespace() {
        let status = parse_status(STATUS).unwrap();
        assert_eq!((status.tgid, status.pid, status.ppid), (310, 310, 1));
        assert_eq!(status.namespace_pids, [310, 42, 7]);
        assert_eq!(status.innermost_pid(), 7);
        assert_eq!(status.uids, [1000, 1000, 1000, 1001]);
        assert_eq!(status.resident_bytes, Some(1684 * 1024));
        assert_eq!((status.voluntary_switches, status.involuntary_switches), (Some(150), Some(545)));
        assert_eq!(status.signals_caught, Some(0x1_0801_4203));
        assert_eq!((status.seccomp, status.seccomp_filters), (Some(2), Some(1)));
        assert_eq!(status.no_new_privileges, Some(true));
    }

    #[test]
    fn a_zombie_has_no_memory_lines() {
        let status = parse_status(b"Name:\tx\nTgid:\t5\nPid:\t5\nPPid:\t1\n").unwrap();
        assert_eq!(status.resident_bytes, None);
        assert_eq!(status.innermost_pid(), 5);
    }

    #[test]
    fn io_counts_bytes_by_calls_and_by_storage() {
        let io =
            parse_io(b"rchar: 9083\nwchar: 2107\nsyscr: 14\nsyscw: 2\nread_bytes: 5\nwrite_bytes: 4096\n")
                .unwrap();
        assert_eq!((io.read_call_bytes, io.write_call_bytes), (9083, 2107));
        assert_eq!((io.storage_read_bytes, io.storage_write_bytes), (5, 4096));
        assert!(parse_io(b"rchar: x\n").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_status(&bytes);
            let _ = parse_io(&bytes);
        }

        #[test]
        fn any_value_of_a_known_key_does_not_panic(value in "[ -~\t]{0,40}") {
            for key in ["Pid", "Uid", "NSpid", "VmRSS", "SigCgt", "Seccomp"] {
                let _ = parse_status(format!("{key}:\t{value}\n").as_bytes());
            }
        }
    }
}
