//! The lists of waits: of threads, and of tasks without a thread.

use fathom_analysis::{Filter, FunctionIndex, own_code_chain};
use fathom_model::{Recording, Signal, StackId, ThreadId};

use crate::facts::types::{TaskWaitFact, TaskWaitsFact, WaitFact, WaitThreadFact, WaitsFact};

const MOST_WAITS: usize = 500;
/// Threads named per wait; pools are larger, but their names are alike.
const MOST_THREADS_PER_WAIT: usize = 64;
/// Functions of a chain; the innermost are kept.
const LONGEST_CHAIN: usize = 64;

/// All waits by time.
pub(crate) fn waits(recording: &Recording, index: &FunctionIndex, main: Option<ThreadId>) -> WaitsFact {
    let waits = fathom_analysis::waits(recording, index, &Filter::of(Signal::OffCpu));
    let total_nanos = waits.iter().fold(0_i64, |sum, wait| sum.saturating_add(wait.value));
    let samples = waits.iter().fold(0_u64, |sum, wait| sum.saturating_add(wait.n));
    let left_out = waits.len().saturating_sub(MOST_WAITS) as u64;
    let rows = waits.into_iter().take(MOST_WAITS).map(|wait| {
        let function = wait.blame.map(|id| index.get(id));
        let chain = chain(recording, index, wait.stack);
        let of_main = wait.threads.iter().any(|(thread, _)| Some(*thread) == main);
        let named = wait.threads.iter().take(MOST_THREADS_PER_WAIT).map(|(id, nanos)| {
            let thread = recording.threads.get(id.index());
            WaitThreadFact {
                name: thread.map(|thread| thread.name.clone()).unwrap_or_default(),
                tid: thread.map(|thread| thread.tid).unwrap_or_default(),
                nanos: *nanos,
            }
        });
        WaitFact {
            class: wait.reason.class,
            reason: wait.reason.to_string(),
            function: function.map(|function| function.name.clone()),
            file: function.and_then(|function| function.file.clone()),
            line: wait.blame_line.or(function.and_then(|function| function.start_line)),
            chain,
            idle: wait.blame.is_none() && wait.stack.is_some() && !of_main,
            nanos: wait.value,
            samples: wait.n,
            share: wait.share.into(),
            threads: named.collect(),
        }
    });
    WaitsFact { total_nanos, samples, rows: rows.collect(), left_out }
}

/// All waits of tasks by time.
pub(crate) fn task_waits(recording: &Recording, index: &FunctionIndex) -> TaskWaitsFact {
    let waits = fathom_analysis::task_waits(recording, index, &Filter::of(Signal::TaskWait));
    let total_nanos = waits.iter().fold(0_i64, |sum, wait| sum.saturating_add(wait.value));
    let left_out = waits.len().saturating_sub(MOST_WAITS) as u64;
    let wall_nanos = recording.meta.duration_nanos;
    let rows = waits.into_iter().take(MOST_WAITS).map(|wait| {
        let function = wait.blame.map(|id| index.get(id));
        TaskWaitFact {
            chain: if wait.is_own_code { chain(recording, index, wait.stack) } else { Vec::new() },
            runtime: wait.runtime,
            state: wait.state,
            reason: wait.reason,
            function: function.map(|function| function.name.clone()),
            file: function.and_then(|function| function.file.clone()),
            line: wait.blame_line.or(function.and_then(|function| function.start_line)),
            nanos: wait.value,
            average_tasks: if wall_nanos > 0 { wait.value as f64 / wall_nanos as f64 } else { 0.0 },
            samples: wait.n,
            share: wait.share.into(),
        }
    });
    TaskWaitsFact { total_nanos, rows: rows.collect(), left_out }
}

/// Names of the own-code functions of a stack, outermost first; the innermost are kept.
fn chain(recording: &Recording, index: &FunctionIndex, stack: Option<StackId>) -> Vec<String> {
    let chain = stack.map(|stack| own_code_chain(recording, index, stack)).unwrap_or_default();
    let skipped = chain.len().saturating_sub(LONGEST_CHAIN);
    chain[skipped..].iter().map(|id| index.get(*id).name.clone()).collect()
}
