//! Sums of both recordings on one tree and by function, and by chunk of time. Knows no verdicts.
//!
//! Nothing recurses on the depth of a stack. Chunks of a node live only while its callees are summed up, so that memory
//! goes with the depth of the tree and the number of functions, not with the number of nodes times chunks.

use std::collections::HashMap;

use fathom_model::{Recording, StackId};

use super::change::{Change, Comparison, Tally};
use super::chunks::Chunks;
use super::matching::Matching;
use crate::filter::Filter;
use crate::functions::FunctionIndex;
use crate::interpreted::Payers;

/// A function along one path, in either recording or both.
pub(crate) struct Node {
    pub(crate) function: u32,
    pub(crate) parent: Option<usize>,
    pub(crate) children: Vec<u32>,
    pub(crate) own: [Tally; 2],
    pub(crate) total: [Tally; 2],
}

/// Sums of one function: per side, and per side and chunk.
#[derive(Clone, Default)]
pub(crate) struct Sums {
    pub(crate) tallies: [Tally; 2],
    /// Chunks of A, then those of B; empty while nothing was added.
    chunks: Vec<f64>,
}

impl Sums {
    fn add(&mut self, n_chunks: usize, side: usize, chunk: usize, tally: Tally) {
        self.tallies[side].add(tally);
        self.chunks.resize(2 * n_chunks, 0.0);
        if let Some(sum) = self.chunks.get_mut(side * n_chunks + chunk) {
            *sum += tally.value;
        }
    }

    fn add_all(&mut self, tallies: [Tally; 2], chunks: &[f64]) {
        (0..2).for_each(|side| self.tallies[side].add(tallies[side]));
        self.chunks.resize(chunks.len(), 0.0);
        self.chunks.iter_mut().zip(chunks).for_each(|(sum, value)| *sum += value);
    }

    pub(crate) fn change(&self, comparison: &Comparison) -> Change {
        let (a, b) = self.chunks.split_at(self.chunks.len() / 2);
        comparison.change(self.tallies, [a, b])
    }
}

/// Everything that samples say, before it is judged.
pub(crate) struct Gathered {
    /// Callers before callees; node 0 is the root.
    pub(crate) nodes: Vec<Node>,
    /// What ends in a function.
    pub(crate) own: Vec<Sums>,
    /// The whole of both sides.
    pub(crate) comparison: Comparison,
    n_chunks: usize,
    /// Value that ends in a node, by node, side and chunk; sorted.
    cells: Vec<(u32, usize, usize, f64)>,
}

impl Gathered {
    pub(crate) fn new(
        recordings: [&Recording; 2],
        indices: [&FunctionIndex; 2],
        matching: &Matching,
        filter: &Filter,
        chunks: Option<&Chunks>,
        comparison: Comparison,
    ) -> Self {
        let n_chunks = chunks.map_or(0, |chunks| chunks.count);
        let root = Node {
            function: 0,
            parent: None,
            children: Vec::new(),
            own: Default::default(),
            total: Default::default(),
        };
        let mut gathered = Self {
            nodes: vec![root],
            own: vec![Sums::default(); matching.functions.len()],
            comparison,
            n_chunks,
            cells: Vec::new(),
        };
        let mut known = HashMap::new();
        for side in 0..2 {
            gathered.add_side(side, recordings[side], indices[side], matching, filter, chunks, &mut known);
        }
        gathered.finish();
        gathered
    }

    #[expect(clippy::too_many_arguments, reason = "one call, and each is another thing")]
    fn add_side(
        &mut self,
        side: usize,
        recording: &Recording,
        index: &FunctionIndex,
        matching: &Matching,
        filter: &Filter,
        chunks: Option<&Chunks>,
        known: &mut HashMap<(u32, u32), u32>,
    ) {
        let payers = Payers::of(recording);
        let function_of = |stack: StackId| {
            recording.stacks.get(stack).map(|node| matching.of(side, index.of_frame(node.frame)))
        };
        let mut of_stack = vec![u32::MAX; recording.stacks.nodes().len()];
        for sample in recording.samples.iter().filter(|sample| filter.accepts(sample)) {
            let value = sample.value.max(0) as f64;
            let squares = if sample.n > 0 { value * value / f64::from(sample.n) } else { 0.0 };
            let tally = Tally { value, squares, n: u64::from(sample.n) };
            let chunk = chunks.map_or(0, |chunks| chunks.of(side, sample));
            self.comparison.whole[side].add(tally);
            if let Some(sum) = self.comparison.whole_chunks[side].get_mut(chunk) {
                *sum += value;
            }
            let stack = sample.stack.filter(|stack| stack.index() < of_stack.len());
            let node =
                stack.map_or(0, |stack| self.node_of(stack, recording, &function_of, &mut of_stack, known));
            self.nodes[node as usize].own[side].add(tally);
            self.cells.push((node, side, chunk, value));
            if let Some(function) = stack.and_then(|stack| function_of(payers.of_stack(stack))) {
                self.own[function as usize].add(self.n_chunks, side, chunk, tally);
            }
        }
    }

    /// Walks up to the first stack already met, then down again: one step per distinct stack.
    fn node_of(
        &mut self,
        stack: StackId,
        recording: &Recording,
        function_of: &impl Fn(StackId) -> Option<u32>,
        of_stack: &mut [u32],
        known: &mut HashMap<(u32, u32), u32>,
    ) -> u32 {
        let mut unmet = Vec::new();
        let mut next = Some(stack);
        let mut node = 0;
        while let Some((current, row)) = next.and_then(|id| Some((id, recording.stacks.get(id)?))) {
            if of_stack[current.index()] != u32::MAX {
                node = of_stack[current.index()];
                break;
            }
            unmet.push(current);
            // A parent that is not smaller than its child is damage, and would loop.
            next = row.parent.filter(|parent| *parent < current);
        }
        for id in unmet.into_iter().rev() {
            let function = function_of(id).unwrap_or(0);
            let fresh = self.nodes.len() as u32;
            let child = *known.entry((node, function)).or_insert(fresh);
            if child == fresh {
                let parent = Some(node as usize);
                let (own, total) = Default::default();
                self.nodes.push(Node { function, parent, children: Vec::new(), own, total });
                self.nodes[node as usize].children.push(child);
            }
            node = child;
            of_stack[id.index()] = node;
        }
        node
    }

    fn finish(&mut self) {
        // Callees stand behind their callers, so one pass from the end sums everything up.
        for at in (0..self.nodes.len()).rev() {
            for side in 0..2 {
                let node = &mut self.nodes[at];
                node.total[side].add(node.own[side]);
                let (total, parent) = (node.total[side], node.parent);
                if let Some(parent) = parent {
                    self.nodes[parent].total[side].add(total);
                }
            }
        }
        self.cells.sort_by_key(|cell| (cell.0, cell.1, cell.2));
    }

    /// Visits all nodes, callees before callers, each with the sums of its chunks; `order` sorts the callees of each.
    /// Returns the nodes in the order in which they are entered, and the sums of what passes through each function.
    pub(crate) fn walk(
        &mut self,
        mut order: impl FnMut(&[Node], &mut [u32]),
        mut visit: impl FnMut(usize, [Tally; 2], [&[f64]; 2]),
    ) -> (Vec<usize>, Vec<Sums>) {
        let width = 2 * self.n_chunks;
        let mut totals = vec![Sums::default(); self.own.len()];
        let mut on_path = vec![0_u32; self.own.len()];
        let mut entered = Vec::with_capacity(self.nodes.len());
        // Node, position of its next callee, chunks so far.
        let mut path: Vec<(usize, usize, Vec<f64>)> = Vec::new();
        let mut spare: Vec<Vec<f64>> = Vec::new();
        let mut next = Some(0_usize);
        loop {
            if let Some(at) = next.take() {
                entered.push(at);
                let mut children = std::mem::take(&mut self.nodes[at].children);
                order(&self.nodes, &mut children);
                self.nodes[at].children = children;
                let mut chunks = spare.pop().unwrap_or_default();
                chunks.clear();
                chunks.resize(width, 0.0);
                self.add_cells(at as u32, &mut chunks);
                if at > 0 {
                    on_path[self.nodes[at].function as usize] += 1;
                }
                path.push((at, 0, chunks));
            }
            let Some((at, callee, _)) = path.last_mut() else { return (entered, totals) };
            if let Some(child) = self.nodes[*at].children.get(*callee) {
                *callee += 1;
                next = Some(*child as usize);
                continue;
            }
            let Some((at, _, chunks)) = path.pop() else { return (entered, totals) };
            let node = &self.nodes[at];
            let (a, b) = chunks.split_at(self.n_chunks);
            visit(at, node.total, [a, b]);
            if at > 0 {
                let function = node.function as usize;
                on_path[function] -= 1;
                // Recursion counts once, at its outermost call.
                if on_path[function] == 0 {
                    totals[function].add_all(node.total, &chunks);
                }
            }
            if let Some((_, _, above)) = path.last_mut() {
                above.iter_mut().zip(&chunks).for_each(|(sum, value)| *sum += value);
            }
            spare.push(chunks);
        }
    }

    fn add_cells(&self, node: u32, chunks: &mut [f64]) {
        let from = self.cells.partition_point(|cell| cell.0 < node);
        for (_, side, chunk, value) in self.cells[from..].iter().take_while(|cell| cell.0 == node) {
            if let Some(sum) = chunks.get_mut(side * self.n_chunks + chunk) {
                *sum += value;
            }
        }
    }
}
