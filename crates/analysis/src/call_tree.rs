//! The call tree of one signal: every distinct path with its own and its total value. Knows no intervals.
//!
//! Built without recursion, because stacks of several thousand frames are normal input.

use std::cmp::Ordering;
use std::collections::HashMap;

use fathom_model::{FrameId, Recording, StackId};

use crate::filter::Filter;
use crate::functions::{FunctionId, FunctionIndex};

/// What makes two frames one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// The same function.
    Function,
    /// The same function, file and line; frames without a name by address.
    Line,
}

/// One node: a function called along one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallNode {
    /// The function.
    pub function: FunctionId,
    /// The frame with the smallest id among those merged here; its line is the node's line at
    /// [`Granularity::Line`]. `None` at the root.
    pub frame: Option<FrameId>,
    /// Position of the caller in [`CallTree::nodes`]; always smaller than the node's own. `None` at the root.
    pub parent: Option<usize>,
    /// Positions of the callees, largest total first, then by name.
    pub children: Vec<usize>,
    /// Calls between the root and this node, itself included.
    pub depth: usize,
    /// Value of samples that end here, in the signal's unit; at the root, of samples without a stack.
    pub self_value: i64,
    /// Value of samples that pass through here.
    pub total_value: i64,
    /// Raw observations that end here.
    pub self_n: u64,
    /// Raw observations that pass through here.
    pub total_n: u64,
}

/// A call tree; node 0 is the root, which stands for all samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallTree {
    /// Nodes, callers before callees.
    pub nodes: Vec<CallNode>,
}

impl CallTree {
    /// Builds the tree of the samples that a filter accepts.
    pub fn build(
        recording: &Recording,
        index: &FunctionIndex,
        filter: &Filter,
        granularity: Granularity,
    ) -> Self {
        let places = places_of_frames(recording, index, granularity);
        let mut builder = Builder::new(recording, index, places);
        for sample in recording.samples.iter().filter(|sample| filter.accepts(sample)) {
            let node = sample.stack.map_or(0, |stack| builder.node_of(stack));
            let node = &mut builder.nodes[node];
            node.self_value = node.self_value.saturating_add(sample.value.max(0));
            node.self_n = node.self_n.saturating_add(u64::from(sample.n));
        }
        builder.finish()
    }

    /// The node of all samples.
    pub fn root(&self) -> &CallNode {
        &self.nodes[0]
    }

    /// The nodes from the outermost call to this one, without the root.
    pub fn path(&self, node: usize) -> Vec<usize> {
        let mut path = Vec::new();
        let mut current = node;
        while let Some(parent) = self.nodes.get(current).and_then(|node| node.parent) {
            path.push(current);
            current = parent;
        }
        path.reverse();
        path
    }

    /// Visits every node once, callers before callees, siblings in their order. `visit` gets the position and
    /// whether the node is entered (`true`) or left.
    pub fn walk(&self, mut visit: impl FnMut(usize, bool)) {
        let mut open = vec![(0, 0)];
        visit(0, true);
        while let Some((node, next)) = open.last_mut() {
            match self.nodes[*node].children.get(*next) {
                Some(&child) => {
                    *next += 1;
                    visit(child, true);
                    open.push((child, 0));
                }
                None => {
                    visit(*node, false);
                    open.pop();
                }
            }
        }
    }
}

/// A number for every frame that is equal where two frames are one node.
fn places_of_frames(recording: &Recording, index: &FunctionIndex, granularity: Granularity) -> Vec<u32> {
    let functions = (0..recording.frames.len()).map(|at| index.of_frame(FrameId::from_index(at)));
    match granularity {
        Granularity::Function => functions.map(|function| function.0).collect(),
        Granularity::Line => {
            let mut known = HashMap::new();
            let keys = recording.frames.iter().zip(functions).map(|(frame, function)| {
                let address = if frame.function.is_none() { frame.relative_address } else { None };
                (function, frame.file.as_deref(), frame.line, address)
            });
            // Place 0 is kept for frames outside the table.
            keys.map(|key| {
                let next = known.len() as u32 + 1;
                *known.entry(key).or_insert(next)
            })
            .collect()
        }
    }
}

const NOT_YET: u32 = u32::MAX;

struct Builder<'a> {
    recording: &'a Recording,
    index: &'a FunctionIndex,
    places: Vec<u32>,
    nodes: Vec<CallNode>,
    children: HashMap<(u32, u32), u32>,
    /// The node of every stack met so far.
    of_stack: Vec<u32>,
}

impl<'a> Builder<'a> {
    fn new(recording: &'a Recording, index: &'a FunctionIndex, places: Vec<u32>) -> Self {
        let of_stack = vec![NOT_YET; recording.stacks.nodes().len()];
        let mut builder =
            Self { recording, index, places, nodes: Vec::new(), children: HashMap::new(), of_stack };
        builder.push(None, FunctionId::UNKNOWN, None);
        builder
    }

    fn push(&mut self, parent: Option<usize>, function: FunctionId, frame: Option<FrameId>) -> usize {
        let depth = parent.map_or(0, |parent| self.nodes[parent].depth + 1);
        self.nodes.push(CallNode {
            function,
            frame,
            parent,
            children: Vec::new(),
            depth,
            self_value: 0,
            total_value: 0,
            self_n: 0,
            total_n: 0,
        });
        self.nodes.len() - 1
    }

    /// Walks up to the first stack already met, then down again; the cost is one step per distinct stack.
    fn node_of(&mut self, stack: StackId) -> usize {
        let mut unmet = Vec::new();
        let mut next = Some(stack);
        let mut node = 0;
        while let Some(current) = next {
            let Some(row) = self.recording.stacks.get(current) else { break };
            let met = self.of_stack[current.index()];
            if met != NOT_YET {
                node = met as usize;
                break;
            }
            unmet.push((current, row.frame));
            // A parent that is not smaller than its child is damage, and would loop.
            next = row.parent.filter(|parent| *parent < current);
        }
        for (id, frame) in unmet.into_iter().rev() {
            node = self.child(node, frame);
            self.of_stack[id.index()] = node as u32;
        }
        node
    }

    fn child(&mut self, parent: usize, frame: FrameId) -> usize {
        let place = self.places.get(frame.index()).copied().unwrap_or(0);
        if let Some(&known) = self.children.get(&(parent as u32, place)) {
            let node = &mut self.nodes[known as usize];
            node.frame = node.frame.min(Some(frame));
            return known as usize;
        }
        let node = self.push(Some(parent), self.index.of_frame(frame), Some(frame));
        self.children.insert((parent as u32, place), node as u32);
        node
    }

    fn finish(mut self) -> CallTree {
        // Callees stand behind their callers, so one pass from the end sums everything up.
        for at in (0..self.nodes.len()).rev() {
            let node = &mut self.nodes[at];
            node.total_value = node.total_value.saturating_add(node.self_value);
            node.total_n = node.total_n.saturating_add(node.self_n);
            let (value, n, parent) = (node.total_value, node.total_n, node.parent);
            if let Some(parent) = parent {
                let parent = &mut self.nodes[parent];
                parent.total_value = parent.total_value.saturating_add(value);
                parent.total_n = parent.total_n.saturating_add(n);
                parent.children.push(at);
            }
        }
        for at in 0..self.nodes.len() {
            if self.nodes[at].children.len() < 2 {
                continue;
            }
            let mut children = std::mem::take(&mut self.nodes[at].children);
            children.sort_by(|a, b| self.order(*a, *b));
            self.nodes[at].children = children;
        }
        CallTree { nodes: self.nodes }
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        let (left, right) = (&self.nodes[a], &self.nodes[b]);
        let name = |node: &CallNode| self.index.get(node.function).name.as_str();
        let line = |node: &CallNode| {
            let frame = node.frame.and_then(|id| self.recording.frames.get(id.index()));
            frame.map(|frame| (frame.file.as_deref(), frame.line))
        };
        right
            .total_value
            .cmp(&left.total_value)
            .then_with(|| name(left).cmp(name(right)))
            .then_with(|| line(left).cmp(&line(right)))
            .then_with(|| left.frame.cmp(&right.frame))
    }
}
