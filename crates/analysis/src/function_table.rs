//! Self and total value per function, with intervals, and who called whom. Knows no wait classes.

use std::collections::{BTreeMap, HashMap};

use fathom_model::{FrameId, Recording, Signal};

use crate::call_tree::CallTree;
use crate::filter::Filter;
use crate::functions::{FunctionId, FunctionIndex};
use crate::share::{Evidence, Share};
use crate::stack_sums::StackSums;

/// One function's part of a signal.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRow {
    /// The function.
    pub function: FunctionId,
    /// Value of samples that end in it, in the signal's unit.
    pub self_value: i64,
    /// Value of samples that pass through it; a sample counts once, however often the function recurs in it.
    pub total_value: i64,
    /// Raw observations that end in it.
    pub self_n: u64,
    /// Raw observations that pass through it.
    pub total_n: u64,
    /// `self_value` as a share of the whole.
    pub self_share: Share,
    /// `total_value` as a share of the whole.
    pub total_share: Share,
    /// The line that most of `self_value` falls on, if lines are known and any of it was sampled.
    pub hottest_line: Option<u32>,
}

/// The functions of one signal.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionTable {
    /// The signal.
    pub signal: Signal,
    /// What the shares rest on.
    pub evidence: Evidence,
    /// Value of samples without a stack.
    pub without_stack_value: i64,
    /// Rows by self value, then total value, then name.
    pub rows: Vec<FunctionRow>,
}

impl FunctionTable {
    /// Builds the table of the samples that a filter accepts.
    pub fn build(recording: &Recording, index: &FunctionIndex, filter: &Filter) -> Self {
        let evidence = Evidence::of(recording, filter);
        let stacks = StackSums::of(recording, filter);
        let hottest = hottest_lines(recording, index, &stacks);
        let mut sums = vec![[0_i64; 2]; index.functions().len()];
        let mut counts = vec![[0_u64; 2]; index.functions().len()];
        for (frame, (value, n)) in stacks.own.iter().enumerate() {
            let function = index.of_frame(FrameId::from_index(frame)).index();
            sums[function][0] = sums[function][0].saturating_add(*value);
            counts[function][0] = counts[function][0].saturating_add(*n);
        }
        let mut on_path = vec![0_u32; index.functions().len()];
        stacks.walk(|frame, entered| {
            let function = index.of_frame(frame).index();
            let Some((value, n)) = entered else {
                on_path[function] -= 1;
                return;
            };
            if on_path[function] == 0 {
                sums[function][1] = sums[function][1].saturating_add(value);
                counts[function][1] = counts[function][1].saturating_add(n);
            }
            on_path[function] += 1;
        });
        let seen = (0..index.functions().len()).filter(|at| sums[*at][1] > 0 || counts[*at][1] > 0);
        let mut rows: Vec<FunctionRow> = seen
            .map(|at| {
                let function = FunctionId(at as u32);
                let ([self_value, total_value], [self_n, total_n]) = (sums[at], counts[at]);
                FunctionRow {
                    function,
                    self_value,
                    total_value,
                    self_n,
                    total_n,
                    self_share: evidence.share(self_value),
                    total_share: evidence.share(total_value),
                    hottest_line: hottest.get(&function).copied(),
                }
            })
            .collect();
        rows.sort_by(|a, b| {
            let name = |row: &FunctionRow| (&index.get(row.function).name, row.function);
            (b.self_value, b.total_value)
                .cmp(&(a.self_value, a.total_value))
                .then_with(|| name(a).cmp(&name(b)))
        });
        Self { signal: filter.signal, evidence, without_stack_value: stacks.without_stack, rows }
    }
}

/// Who calls a function and whom it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// Value that reaches the function from each caller, at its outermost occurrence in a stack; `None` where it
    /// is itself outermost. The values add up to the function's total. Largest first.
    pub callers: Vec<(Option<FunctionId>, i64)>,
    /// Value that leaves it into each callee, at its innermost occurrence in a stack; with the function's self
    /// value they add up to its total. Largest first.
    pub callees: Vec<(FunctionId, i64)>,
}

/// Callers and callees of one function, recursion folded so that both sides add up.
pub fn neighbours(tree: &CallTree, function: FunctionId) -> Neighbours {
    let mut callers: BTreeMap<Option<FunctionId>, i64> = BTreeMap::new();
    let mut callees: BTreeMap<FunctionId, i64> = BTreeMap::new();
    // Value under a node that meets the function again further in.
    let mut nested = vec![0_i64; tree.nodes.len()];
    let is_function = |at: usize| tree.nodes[at].parent.is_some() && tree.nodes[at].function == function;
    for at in (1..tree.nodes.len()).rev() {
        let node = &tree.nodes[at];
        let contained = if is_function(at) { node.total_value } else { nested[at] };
        if let Some(parent) = node.parent {
            nested[parent] = nested[parent].saturating_add(contained);
            if is_function(parent) {
                let leaves = node.total_value.saturating_sub(contained);
                if leaves > 0 {
                    let sum = callees.entry(node.function).or_default();
                    *sum = sum.saturating_add(leaves);
                }
            }
        }
    }
    let mut depth_inside = 0_u32;
    tree.walk(|at, entered| {
        if !is_function(at) {
            return;
        }
        if !entered {
            depth_inside -= 1;
            return;
        }
        if depth_inside == 0 {
            let parent = tree.nodes[at].parent.filter(|parent| *parent != 0);
            let sum = callers.entry(parent.map(|parent| tree.nodes[parent].function)).or_default();
            *sum = sum.saturating_add(tree.nodes[at].total_value);
        }
        depth_inside += 1;
    });
    let mut neighbours =
        Neighbours { callers: callers.into_iter().collect(), callees: callees.into_iter().collect() };
    neighbours.callers.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    neighbours.callees.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    neighbours
}

fn hottest_lines(
    recording: &Recording,
    index: &FunctionIndex,
    stacks: &StackSums<'_>,
) -> HashMap<FunctionId, u32> {
    // Several frames (addresses) of one line add up before lines are compared.
    let mut by_line: BTreeMap<(FunctionId, u32), i64> = BTreeMap::new();
    let sampled =
        recording.frames.iter().zip(&stacks.own).enumerate().filter(|(_, (_, own))| **own != (0, 0));
    for (at, (frame, (value, _))) in sampled {
        if let Some(line) = frame.line {
            let sum = by_line.entry((index.of_frame(FrameId::from_index(at)), line)).or_default();
            *sum = sum.saturating_add(*value);
        }
    }
    let mut hottest: HashMap<FunctionId, (u32, i64)> = HashMap::new();
    for ((function, line), value) in by_line {
        let best = hottest.entry(function).or_insert((line, value));
        if value > best.1 {
            *best = (line, value);
        }
    }
    hottest.into_iter().map(|(function, (line, _))| (function, line)).collect()
}
