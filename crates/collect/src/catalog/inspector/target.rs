//! A Node.js process as it was found.

use fathom_model::{Pid, ProcessId};
use fathom_sys::process_view::ProcessView;

/// A process with an inspector.
pub(super) struct Target {
    pub(super) process: ProcessId,
    pub(super) pid: Pid,
    /// When it began; tells it from a later process of the same number.
    pub(super) start_ticks: u64,
    /// Its number in its own pid namespace.
    pub(super) inner_pid: Pid,
}

impl Target {
    /// A process as it is now; `None` if it has ended.
    pub(super) fn of(process: ProcessId, pid: Pid) -> Option<Self> {
        let view = ProcessView::Live(pid);
        let start_ticks = view.stat().ok()?.start_ticks;
        Some(Self { process, pid, start_ticks, inner_pid: view.innermost_pid().ok()? })
    }

    /// The right to open and close its inspector.
    pub(super) fn turn(&self) -> String {
        format!("inspector/{}/{}", self.pid, self.start_ticks)
    }

    pub(super) fn is_alive(&self) -> bool {
        ProcessView::Live(self.pid).stat().is_ok_and(|stat| stat.start_ticks == self.start_ticks)
    }
}
