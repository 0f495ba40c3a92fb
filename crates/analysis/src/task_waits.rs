//! What tasks waited for that have no thread of their own: goroutines, tasks of asyncio.

use crate::filter::Filter;
use crate::functions::{FunctionId, FunctionIndex};
use crate::share::{Evidence, Share};
use crate::waits::blame_frame;
use fathom_model::{FrameId, FrameKind, Recording, Signal, StackId, ThreadState};
use std::collections::BTreeMap;

/// Time that tasks waited for one reason, asked for by one function.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskWaitSum {
    /// The runtime: `go`.
    pub runtime: String,
    /// Blocked, or runnable and not yet run.
    pub state: ThreadState,
    /// In the runtime's own words: `chan receive`.
    pub reason: String,
    /// The own-code function nearest to the wait; without one the first function that is not the runtime's, from
    /// the outermost in.
    pub blame: Option<FunctionId>,
    /// Whether `blame` is own code.
    pub is_own_code: bool,
    /// The line of the call in `blame`, of the heaviest stack.
    pub blame_line: Option<u32>,
    /// Nanoseconds, over all tasks.
    pub value: i64,
    /// Times that a task was seen waiting so.
    pub n: u64,
    /// Share of all time that the filter accepts.
    pub share: Share,
    /// The stack with the most time.
    pub stack: Option<StackId>,
}

/// All waits of tasks that a filter accepts (its signal is set here), largest first.
pub fn task_waits(recording: &Recording, index: &FunctionIndex, filter: &Filter) -> Vec<TaskWaitSum> {
    let filter = Filter { signal: Signal::TaskWait, ..*filter };
    let evidence = Evidence::of(recording, &filter);
    let mut by_stack: BTreeMap<(StackId, ThreadState), (i64, u64)> = BTreeMap::new();
    for sample in filter.samples(recording) {
        let Some(stack) = sample.stack else { continue };
        let (value, n) = by_stack.entry((stack, sample.state)).or_default();
        *value = value.saturating_add(sample.value.max(0));
        *n = n.saturating_add(u64::from(sample.n));
    }
    let mut sums: BTreeMap<(String, String, Option<FunctionId>), (TaskWaitSum, i64)> = BTreeMap::new();
    for ((stack, state), (value, n)) in by_stack {
        let reason = recording.stacks.frames(stack).next().and_then(|id| recording.frames.get(id.index()));
        let Some(reason) = reason else { continue };
        let own = blame_frame(recording, stack);
        let blame = own.or_else(|| entry(recording, stack));
        let runtime = reason.runtime.clone().unwrap_or_default();
        let reason = reason.function.clone().unwrap_or_default();
        let function = blame.map(|frame| index.of_frame(frame));
        let (sum, heaviest) = sums.entry((runtime.clone(), reason.clone(), function)).or_insert_with(|| {
            let share = evidence.share(0);
            let sum = TaskWaitSum {
                runtime,
                state,
                reason,
                blame: function,
                is_own_code: own.is_some(),
                blame_line: None,
                value: 0,
                n: 0,
                share,
                stack: None,
            };
            (sum, -1)
        });
        if value > *heaviest {
            *heaviest = value;
            sum.stack = Some(stack);
            sum.blame_line =
                blame.and_then(|id| recording.frames.get(id.index())).and_then(|frame| frame.line);
        }
        sum.value = sum.value.saturating_add(value);
        sum.n = sum.n.saturating_add(n);
        sum.share = evidence.share(sum.value);
    }
    let mut waits: Vec<TaskWaitSum> = sums.into_values().map(|(sum, _)| sum).collect();
    // Stable: equal times stay in the order of their names.
    waits.sort_by_key(|sum| std::cmp::Reverse(sum.value));
    waits
}

/// The outermost frame that is not the runtime's.
fn entry(recording: &Recording, stack: StackId) -> Option<FrameId> {
    let is_entry = |id: &FrameId| {
        let kind = recording.frames.get(id.index()).map(|frame| frame.kind);
        kind.is_some_and(|kind| !matches!(kind, FrameKind::Runtime | FrameKind::Unknown))
    };
    recording.stacks.frames(stack).filter(is_entry).last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{Frame, ProcessId, Sample, ThreadId, WaitClass};

    #[test]
    fn waits_are_summed_by_reason_and_own_code() {
        let mut recording = Recording::default();
        for (name, kind) in [
            ("chan receive", FrameKind::Runtime),
            ("IO wait", FrameKind::Runtime),
            ("runtime.gopark", FrameKind::Runtime),
            ("main.worker", FrameKind::User),
            ("main.start", FrameKind::User),
            ("net/http.(*conn).readRequest", FrameKind::Library),
            ("net/http.(*conn).serve", FrameKind::Library),
        ] {
            recording.frames.push(Frame::named(name, kind));
        }
        let mut add = |path: &[u32], value: i64, class: WaitClass| {
            let stack = recording.stacks.intern_path(path.iter().rev().map(|id| FrameId(*id)));
            recording.samples.push(Sample {
                signal: Signal::TaskWait,
                time_nanos: 0,
                process: ProcessId(0),
                thread: ThreadId(0),
                cpu: None,
                stack,
                value,
                n: 2,
                state: ThreadState::Blocked(class),
                labels: None,
            });
        };
        add(&[0, 2, 3, 4], 30, WaitClass::Task);
        add(&[0, 3, 4], 12, WaitClass::Task);
        add(&[1, 2, 5, 6], 100, WaitClass::Network);
        let index = FunctionIndex::new(&recording);
        let waits = task_waits(&recording, &index, &Filter::of(Signal::TaskWait));
        let of = |wait: &TaskWaitSum| {
            let name = wait.blame.map(|id| index.get(id).name.clone());
            (wait.reason.clone(), name.unwrap_or_default(), wait.is_own_code, wait.value, wait.n)
        };
        assert_eq!(
            waits.iter().map(of).collect::<Vec<_>>(),
            [
                ("IO wait".to_owned(), "net/http.(*conn).serve".to_owned(), false, 100, 2),
                ("chan receive".to_owned(), "main.worker".to_owned(), true, 42, 4),
            ]
        );
    }
}
