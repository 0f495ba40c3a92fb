//! What is left where the kernel permits no perf events: timers inside the program (launch), or `/proc`
//! (attach).

mod pids;
mod proc_engine;
mod programs;
mod timer_engine;

pub(crate) use proc_engine::ProcEngine;
pub(crate) use timer_engine::TimerEngine;

use fathom_model::{Pid, Tid};
use fathom_sys::proc;

/// A process and, if wanted, its descendants.
pub(crate) fn processes_of(pid: Pid, children: bool) -> Vec<Pid> {
    if children { proc::process_tree(pid).unwrap_or_default() } else { vec![pid] }
}

/// The threads of a process and, if wanted, of its descendants.
pub(crate) fn tasks_of(pid: Pid, children: bool) -> Vec<(Pid, Tid)> {
    processes_of(pid, children)
        .into_iter()
        .flat_map(|p| proc::list_threads(p).unwrap_or_default().into_iter().map(move |tid| (p, tid)))
        .collect()
}
