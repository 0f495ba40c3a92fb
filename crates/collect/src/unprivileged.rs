//! What is left where the kernel permits no perf events: timers inside the program (launch), or `/proc`
//! (attach).

mod proc_engine;
mod timer_engine;

pub(crate) use proc_engine::ProcEngine;
pub(crate) use timer_engine::TimerEngine;

use fathom_model::{Pid, Tid};
use fathom_sys::proc;

/// The threads of a process and, if wanted, of its descendants.
pub(crate) fn tasks_of(pid: Pid, children: bool) -> Vec<(Pid, Tid)> {
    let processes = if children { proc::process_tree(pid).unwrap_or_default() } else { vec![pid] };
    processes
        .into_iter()
        .flat_map(|p| proc::list_threads(p).unwrap_or_default().into_iter().map(move |tid| (p, tid)))
        .collect()
}
