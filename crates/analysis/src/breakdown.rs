//! One signal split by thread, process, module, kind of code, or state. Every split adds up to the whole.

use std::collections::BTreeMap;

use fathom_model::{Frame, FrameKind, ModuleId, ProcessId, Recording, Sample, ThreadId, ThreadState};

use crate::filter::Filter;
use crate::interpreted::Payers;
use crate::share::{Evidence, Share};

/// One part of a split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part<K> {
    /// What the part is of.
    pub key: K,
    /// Its value, in the signal's unit.
    pub value: i64,
    /// Raw observations.
    pub n: u64,
    /// Its share of the whole.
    pub share: Share,
}

/// Splits by any key; parts by value, largest first, then by key.
pub fn split_by<K: Ord + Copy>(
    recording: &Recording,
    filter: &Filter,
    key: impl Fn(&Sample) -> K,
) -> Vec<Part<K>> {
    let mut evidence = Evidence::none(recording, filter);
    let mut sums: BTreeMap<K, (i64, u64)> = BTreeMap::new();
    for sample in filter.samples(recording) {
        evidence.add(sample.value, sample.n);
        let sum = sums.entry(key(sample)).or_default();
        sum.0 = sum.0.saturating_add(sample.value.max(0));
        sum.1 = sum.1.saturating_add(u64::from(sample.n));
    }
    let part = |(key, (value, n))| Part { key, value, n, share: evidence.share(value) };
    let mut parts: Vec<Part<K>> = sums.into_iter().map(part).collect();
    parts.sort_by(|a, b| b.value.cmp(&a.value).then(a.key.cmp(&b.key)));
    parts
}

/// By thread.
pub fn by_thread(recording: &Recording, filter: &Filter) -> Vec<Part<ThreadId>> {
    split_by(recording, filter, |sample| sample.thread)
}

/// By process.
pub fn by_process(recording: &Recording, filter: &Filter) -> Vec<Part<ProcessId>> {
    split_by(recording, filter, |sample| sample.process)
}

/// By state: running, runnable, or blocked for what.
pub fn by_state(recording: &Recording, filter: &Filter) -> Vec<Part<ThreadState>> {
    split_by(recording, filter, |sample| sample.state)
}

/// By the module of the innermost frame (see [`leaf_frame`]); `None` without a stack or a module.
pub fn by_module(recording: &Recording, filter: &Filter) -> Vec<Part<Option<ModuleId>>> {
    if recording.modules.is_empty() {
        // Looking at the stack of every sample takes long in a large profile.
        return split_by(recording, filter, |_| None);
    }
    let payers = Payers::of(recording);
    split_by(recording, filter, |sample| {
        let module = leaf_frame(recording, &payers, sample).and_then(|frame| frame.module);
        module.filter(|id| id.index() < recording.modules.len())
    })
}

/// By the kind of the innermost frame (see [`leaf_frame`]); `None` for samples without a stack.
pub fn by_kind(recording: &Recording, filter: &Filter) -> Vec<Part<Option<FrameKind>>> {
    let payers = Payers::of(recording);
    split_by(recording, filter, |sample| leaf_frame(recording, &payers, sample).map(|frame| frame.kind))
}

/// The frame that a sample's value is counted for: the innermost, or the managed one an interpreter works for.
pub fn leaf_frame<'a>(recording: &'a Recording, payers: &Payers, sample: &Sample) -> Option<&'a Frame> {
    let node = recording.stacks.get(payers.of_stack(sample.stack?))?;
    recording.frames.get(node.frame.index())
}
