//! The list of waits.

use fathom_analysis::{Filter, FunctionIndex, own_code_chain};
use fathom_model::{Recording, Signal, ThreadId};

use crate::facts::types::{WaitFact, WaitThreadFact, WaitsFact};

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
        let chain = wait.stack.map(|stack| own_code_chain(recording, index, stack)).unwrap_or_default();
        let skipped = chain.len().saturating_sub(LONGEST_CHAIN);
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
            chain: chain[skipped..].iter().map(|id| index.get(*id).name.clone()).collect(),
            idle: wait.blame.is_none() && wait.stack.is_some() && !of_main,
            nanos: wait.value,
            samples: wait.n,
            share: wait.share.into(),
            threads: named.collect(),
        }
    });
    WaitsFact { total_nanos, samples, rows: rows.collect(), left_out }
}
