//! Everything of a snapshot as one document, for programs that read a live view.

use super::{
    Ask, FunctionLine, Head, RuntimeView, SeriesView, TaskLine, ThreadLine, WaitLine, functions, head,
    resources, runtimes, task_waits, threads, waits,
};
use crate::top::Snapshot;
use serde::Serialize;

/// One line of `fathom top --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// Who is watched, how sure it is, what it costs.
    pub head: Head,
    /// Functions by CPU time.
    pub functions: Vec<FunctionLine>,
    /// Functions by time off the CPU.
    pub off_cpu_functions: Vec<FunctionLine>,
    /// Threads.
    pub threads: Vec<ThreadLine>,
    /// Waits of threads.
    pub waits: Vec<WaitLine>,
    /// Waits of tasks.
    pub task_waits: Vec<TaskLine>,
    /// Language runtimes.
    pub runtimes: Vec<RuntimeView>,
    /// Series of processes and of the host.
    pub resources: Vec<SeriesView>,
}

/// The document of a snapshot, with at most `rows` rows a list.
pub fn document(snapshot: &Snapshot, ask: &Ask, rows: usize) -> Document {
    let on_cpu = Ask { off_cpu: false, ..ask.clone() };
    let off_cpu = Ask { off_cpu: true, ..ask.clone() };
    let mut document = Document {
        head: head(snapshot),
        functions: functions(snapshot, &on_cpu),
        off_cpu_functions: functions(snapshot, &off_cpu),
        threads: threads(snapshot, ask),
        waits: waits(snapshot, ask),
        task_waits: task_waits(snapshot, ask),
        runtimes: runtimes(snapshot, ask),
        resources: resources(snapshot, ask, false),
    };
    document.functions.truncate(rows);
    document.off_cpu_functions.truncate(rows);
    document.threads.truncate(rows);
    document.waits.truncate(rows);
    document.task_waits.truncate(rows);
    document
}
