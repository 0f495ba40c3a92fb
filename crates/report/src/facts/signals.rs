//! Signals that have no section of their own: memory, locks, tasks. By what own code called, and where.

use std::collections::BTreeMap;

use fathom_analysis::{FunctionId, FunctionIndex, blame_frame};
use fathom_model::{FrameId, FrameKind, Recording, Signal, StackId};

use crate::facts::types::{SignalFact, SignalRowFact};

const MOST_ROWS: usize = 500;

/// The signals with samples, in their fixed order.
pub(crate) fn signals(recording: &Recording, index: &FunctionIndex) -> Vec<SignalFact> {
    let main = recording.main_signal();
    let is_imported = recording.meta.imported.is_some();
    let has_section = |signal: Signal| {
        signal == main || matches!(signal, Signal::OffCpu | Signal::TaskWait) && !is_imported
    };
    let mut by_signal: BTreeMap<Signal, BTreeMap<Option<StackId>, (i64, u64)>> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| !has_section(sample.signal)) {
        let sum = by_signal.entry(sample.signal).or_default().entry(sample.stack).or_default();
        *sum = (sum.0.saturating_add(sample.value.max(0)), sum.1.saturating_add(u64::from(sample.n)));
    }
    by_signal.into_iter().map(|(signal, stacks)| fact(recording, index, signal, &stacks)).collect()
}

#[derive(Default)]
struct Group {
    value: i64,
    samples: u64,
    heaviest: i64,
    line: Option<u32>,
}

fn fact(
    recording: &Recording,
    index: &FunctionIndex,
    signal: Signal,
    stacks: &BTreeMap<Option<StackId>, (i64, u64)>,
) -> SignalFact {
    let mut groups: BTreeMap<(Option<FunctionId>, Option<FunctionId>), Group> = BTreeMap::new();
    for (stack, (value, samples)) in stacks {
        let (called, asked_by) = stack.map_or((None, None), |stack| ends(recording, stack));
        let function = |frame: Option<FrameId>| frame.map(|frame| index.of_frame(frame));
        let group = groups.entry((function(called), function(asked_by))).or_default();
        if group.samples == 0 || *value > group.heaviest {
            group.heaviest = *value;
            let frame = asked_by.or(called).and_then(|frame| recording.frames.get(frame.index()));
            group.line = frame.and_then(|frame| frame.line);
        }
        group.value = group.value.saturating_add(*value);
        group.samples = group.samples.saturating_add(*samples);
    }
    let total = groups.values().fold(0_i64, |sum, group| sum.saturating_add(group.value));
    let samples = groups.values().fold(0_u64, |sum, group| sum.saturating_add(group.samples));
    let mut rows: Vec<SignalRowFact> = groups
        .into_iter()
        .map(|((called, asked_by), group)| {
            let place = asked_by.or(called).map(|function| index.get(function));
            SignalRowFact {
                function: called.map_or_else(|| "[no stack]".into(), |id| index.get(id).name.clone()),
                asked_by: asked_by.map(|function| index.get(function).name.clone()),
                file: place.and_then(|function| function.file.clone()),
                line: group.line.or(place.and_then(|function| function.start_line)),
                value: group.value,
                samples: group.samples,
                share: if total > 0 { group.value as f64 / total as f64 } else { 0.0 },
            }
        })
        .collect();
    // Stable: what weighs the same keeps the order of its functions.
    rows.sort_by_key(|row| std::cmp::Reverse(row.value));
    let left_out = rows.len().saturating_sub(MOST_ROWS) as u64;
    rows.truncate(MOST_ROWS);
    SignalFact {
        signal,
        name: recording.meta.name_of(signal).to_owned(),
        unit: recording.meta.unit_of(signal),
        total,
        samples,
        rows,
        left_out,
    }
}

/// What own code called, or itself did, and the own code that called it. Without own code: the innermost function
/// that is not the runtime's, else the innermost.
fn ends(recording: &Recording, stack: StackId) -> (Option<FrameId>, Option<FrameId>) {
    let kind = |id: &FrameId| recording.frames.get(id.index()).map(|frame| frame.kind);
    let Some(own) = blame_frame(recording, stack) else {
        let is_runtime = |id: &FrameId| matches!(kind(id), Some(FrameKind::Runtime | FrameKind::Gc));
        let mut frames = recording.stacks.frames(stack);
        let innermost = recording.stacks.frames(stack).next();
        return (frames.find(|id| !is_runtime(id)).or(innermost), None);
    };
    let mut called = own;
    for frame in recording.stacks.frames(stack) {
        if frame == own {
            break;
        }
        called = frame;
    }
    (Some(called), Some(own))
}
