//! What each process uses: CPU, memory, faults, switches, descriptors, threads, bytes read and written.
//!
//! Series: `process.cpu_total` (ns), `process.rss`, `process.pss` (bytes), `process.minor_faults_total`,
//! `process.major_faults_total`, `process.voluntary_switches_total`, `process.involuntary_switches_total`,
//! `process.fds`, `process.threads` (count), `process.read_total`, `process.write_total` (bytes by system
//! calls, from and to anything). A value is not repeated while it stays the same; what cannot be read is
//! absent.

mod poller;

pub(super) use poller::ProcessPoller;

use crate::collector::{Collector, Methods, Readiness, Rung};
use fathom_model::Signal;
use fathom_sys::process_view::ProcessView;

/// Series of each process from `/proc`.
pub(super) struct Process;

impl Collector for Process {
    fn id(&self) -> &'static str {
        "process"
    }

    fn summary(&self) -> &'static str {
        "CPU, memory, page faults, switches, descriptors, threads and bytes moved of each process"
    }

    fn provides(&self) -> &'static [Signal] {
        &[]
    }

    fn overhead(&self) -> &'static str {
        "0.03 ms a process and second and 0.01 ms a thread, at most 10 ms a second in all; the target is not stopped"
    }

    fn how(&self, _: &Methods) -> String {
        "/proc, once a second".to_owned()
    }

    fn probe(&self) -> Vec<Rung> {
        let here = ProcessView::Live(std::process::id() as i32);
        let readiness = match (here.stat(), here.io()) {
            (Ok(_), Ok(_)) => Readiness::Ready,
            (Err(error), _) => Readiness::Missing {
                found: format!("/proc/self/stat: {error}"),
                needed: "a mounted /proc".to_owned(),
                fix: "sudo mount -t proc proc /proc".to_owned(),
            },
            (Ok(_), Err(error)) => Readiness::Missing {
                found: format!("/proc/self/io: {error}"),
                needed: "a kernel with CONFIG_TASK_IO_ACCOUNTING (bytes read and written are missing)"
                    .to_owned(),
                fix: String::new(),
            },
        };
        vec![Rung { name: "/proc/PID", gives: "all series of processes of the same user", readiness }]
    }
}
