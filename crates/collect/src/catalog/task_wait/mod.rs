//! What tasks wait for that have no thread of their own: goroutines, tasks of asyncio.
//!
//! The readers are those of `fathom-runtimes`; `crate::managed` says how often they look.

use crate::collector::{Collector, Methods, Readiness, Rung};
use fathom_model::Signal;
use fathom_sys::process_view::ProcessView;

/// Waits of tasks by stack and reason.
pub(super) struct TaskWait;

impl Collector for TaskWait {
    fn id(&self) -> &'static str {
        "task-wait"
    }

    fn summary(&self) -> &'static str {
        "waiting of goroutines and asyncio tasks, by stack and reason, told from that of the threads they run on"
    }

    fn provides(&self) -> &'static [Signal] {
        &[Signal::TaskWait]
    }

    fn overhead(&self) -> &'static str {
        "at most 1 % of one CPU, for all processes together; nothing in the target, which is not stopped"
    }

    fn how(&self, _: &Methods) -> String {
        "process memory, as often as 1 % of a CPU allows".to_owned()
    }

    fn probe(&self) -> Vec<Rung> {
        let here = ProcessView::Live(std::process::id() as i32);
        let mut byte = [0];
        let address = std::ptr::from_ref(&self).addr() as u64;
        let readiness = match here.read_memory(address, &mut byte) {
            Ok(_) => Readiness::Ready,
            Err(error) => Readiness::Missing {
                found: format!("process_vm_readv: {error}"),
                needed: "process_vm_readv or /proc/PID/mem".to_owned(),
                fix: String::new(),
            },
        };
        vec![Rung {
            name: "process memory",
            gives: "goroutines and asyncio tasks of processes of the same user",
            readiness,
        }]
    }
}
