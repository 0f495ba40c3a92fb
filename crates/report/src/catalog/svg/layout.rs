//! Which bars a flame graph has and where they stand, in units of the signal. Knows no pixels and no markup.
//!
//! Direct recursion is drawn a few levels deep and then folded, so that a function that calls itself two thousand
//! times does not hide what it ends in. What is left is bounded in width, number and depth.

use std::collections::HashMap;

use fathom_analysis::{CallTree, Filter, FunctionId, FunctionIndex, FunctionTable, Granularity};
use fathom_model::{FrameKind, Recording};

use crate::catalog::svg::kinds::kind_class;
use crate::text::location_text;

/// Bars below this share are a hundredth of a pixel on the widest screen; zooming in shows a hundred times more.
pub(super) const NARROWEST_SHARE: f64 = 0.000_05;
/// Browsers draw this many bars without a pause, and the file stays below 2 MB.
pub(super) const MOST_BARS: usize = 20_000;
/// More rows than this nobody scrolls.
pub(super) const DEEPEST: usize = 512;
/// Levels of direct recursion that are drawn.
const RECURSION_LEVELS: usize = 8;

/// One bar.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub(super) function: FunctionId,
    /// `None` at the root.
    pub(super) kind: Option<FrameKind>,
    /// Position of the caller; `None` at the root.
    pub(super) parent: Option<usize>,
    pub(super) depth: usize,
    /// Where it begins, from the left end of the root.
    pub(super) begin: i64,
    pub(super) total: i64,
    pub(super) own: i64,
    pub(super) samples: u64,
    /// Whether deeper levels of direct recursion are part of it.
    pub(super) recursive: bool,
}

/// All bars, callers before callees, siblings from the heaviest on.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) bars: Vec<Bar>,
    /// Frames that have no bar.
    pub(super) folded_bars: u64,
    /// Value that ends in them.
    pub(super) folded_self: i64,
    /// Value without a stack.
    pub(super) without_stack: i64,
    /// Value by the kind of code it ends in; the position is that of the style class.
    pub(super) self_by_kind: [i64; 9],
    lines: HashMap<FunctionId, u32>,
}

impl Layout {
    pub(super) fn build(recording: &Recording, index: &FunctionIndex, filter: &Filter) -> Self {
        let tree = CallTree::build(recording, index, filter, Granularity::Function);
        let table = FunctionTable::build(recording, index, filter);
        let mut self_by_kind = [0_i64; 9];
        for row in &table.rows {
            let class = kind_class(Some(index.get(row.function).kind));
            self_by_kind[class] = self_by_kind[class].saturating_add(row.self_value);
        }
        let line = |row: &fathom_analysis::FunctionRow| {
            let line = row.hottest_line.or(index.get(row.function).start_line)?;
            Some((row.function, line))
        };
        let lines = table.rows.iter().filter_map(line).collect();
        let folded = fold_recursion(&tree, index);
        let without_stack = tree.root().self_value;
        let (bars, folded_bars, folded_self) = prune(folded, index);
        Self { bars, folded_bars, folded_self, without_stack, self_by_kind, lines }
    }

    /// Value of the root.
    pub(super) fn total(&self) -> i64 {
        self.bars.first().map_or(0, |bar| bar.total)
    }

    pub(super) fn name(&self, index: &FunctionIndex, bar: &Bar) -> String {
        let name = if bar.parent.is_none() { "all" } else { &index.get(bar.function).name };
        if bar.recursive { format!("{name} (recursive)") } else { name.to_owned() }
    }

    /// File and line of a bar's function.
    pub(super) fn place(&self, recording: &Recording, index: &FunctionIndex, bar: &Bar) -> String {
        if bar.parent.is_none() {
            return String::new();
        }
        let directory = recording.meta.target.working_directory.as_deref();
        let line = self.lines.get(&bar.function).copied();
        location_text(index.get(bar.function).file.as_deref(), line, directory)
    }
}

/// The bars of the whole tree before any limit; `begin` is not set yet.
fn fold_recursion(tree: &CallTree, index: &FunctionIndex) -> Vec<Bar> {
    let root = Bar {
        function: FunctionId::UNKNOWN,
        kind: None,
        parent: None,
        depth: 0,
        begin: 0,
        total: 0,
        own: tree.root().self_value,
        samples: tree.root().self_n,
        recursive: false,
    };
    let mut bars = vec![root];
    // How many bars of the same function stand directly above a bar, itself included.
    let mut levels = vec![0_usize];
    let mut known: HashMap<(usize, FunctionId), usize> = HashMap::new();
    let mut bar_of_node = vec![0_usize; tree.nodes.len()];
    for (at, node) in tree.nodes.iter().enumerate().skip(1) {
        let above = node.parent.map_or(0, |parent| bar_of_node[parent]);
        let same = bars[above].parent.is_some() && bars[above].function == node.function;
        let bar = if same && levels[above] >= RECURSION_LEVELS {
            bars[above].recursive = true;
            above
        } else {
            *known.entry((above, node.function)).or_insert_with(|| {
                levels.push(if same { levels[above] + 1 } else { 1 });
                bars.push(Bar {
                    function: node.function,
                    kind: Some(index.get(node.function).kind),
                    parent: Some(above),
                    depth: bars[above].depth + 1,
                    begin: 0,
                    total: 0,
                    own: 0,
                    samples: 0,
                    recursive: false,
                });
                bars.len() - 1
            })
        };
        bar_of_node[at] = bar;
        bars[bar].own = bars[bar].own.saturating_add(node.self_value);
        bars[bar].samples = bars[bar].samples.saturating_add(node.self_n);
    }
    for at in (0..bars.len()).rev() {
        bars[at].total = bars[at].total.saturating_add(bars[at].own);
        let (total, samples) = (bars[at].total, bars[at].samples);
        if let Some(parent) = bars[at].parent {
            bars[parent].total = bars[parent].total.saturating_add(total);
            bars[parent].samples = bars[parent].samples.saturating_add(samples);
        }
    }
    bars
}

/// Keeps what is within the limits, in drawing order, and counts the rest.
fn prune(bars: Vec<Bar>, index: &FunctionIndex) -> (Vec<Bar>, u64, i64) {
    let least = (bars[0].total as f64 * NARROWEST_SHARE) as i64;
    let mut kept: Vec<usize> = (0..bars.len())
        .filter(|at| *at == 0 || bars[*at].total > least && bars[*at].depth <= DEEPEST)
        .collect();
    // A caller is at least as heavy as its callees and stands before them, so what is kept is closed upwards.
    kept.sort_by_key(|at| (std::cmp::Reverse(bars[*at].total), *at));
    kept.truncate(MOST_BARS);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); bars.len()];
    let mut is_kept = vec![false; bars.len()];
    for at in kept {
        is_kept[at] = true;
        if let Some(parent) = bars[at].parent {
            children[parent].push(at);
        }
    }
    let mut out: Vec<Bar> = Vec::new();
    // (position in `bars`, position of the caller in `out`), next to be drawn last.
    let mut open = vec![(0, None)];
    let mut next_begin: Vec<i64> = Vec::new();
    while let Some((at, parent)) = open.pop() {
        let mut bar = bars[at].clone();
        if let Some(parent) = parent {
            let parent: usize = parent;
            bar.begin = next_begin[parent];
            next_begin[parent] = next_begin[parent].saturating_add(bar.total);
        }
        bar.parent = parent;
        next_begin.push(bar.begin);
        out.push(bar);
        let mut callees = std::mem::take(&mut children[at]);
        let name = |at: &usize| &index.get(bars[*at].function).name;
        callees.sort_by(|a, b| {
            bars[*b].total.cmp(&bars[*a].total).then_with(|| name(a).cmp(name(b))).then(a.cmp(b))
        });
        let position = out.len() - 1;
        open.extend(callees.into_iter().rev().map(|callee| (callee, Some(position))));
    }
    let left = || bars.iter().zip(&is_kept).filter(|(_, kept)| !**kept).map(|(bar, _)| bar);
    let folded_self = left().fold(0_i64, |sum, bar| sum.saturating_add(bar.own));
    (out, left().count() as u64, folded_self)
}
