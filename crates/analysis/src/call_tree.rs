//! The call tree of one signal: every distinct path with its own and its total value. Knows no intervals.
//!
//! Built without recursion, because stacks of several thousand frames are normal input.

use std::cmp::Ordering;

use fathom_model::{FrameId, Recording};

use crate::filter::Filter;
use crate::functions::{FunctionId, FunctionIndex};
use crate::path_tree::{Granularity, PathTree};

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
        let accepted = || recording.samples.iter().filter(|sample| filter.accepts(sample));
        let stacks = accepted().filter_map(|sample| sample.stack);
        let paths = PathTree::build(recording, index, granularity, stacks);
        let mut builder = Builder { recording, index, nodes: nodes_of(&paths) };
        for sample in accepted() {
            let node = &mut builder.nodes[paths.node_of(sample.stack)];
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

fn nodes_of(paths: &PathTree) -> Vec<CallNode> {
    let mut nodes: Vec<CallNode> = Vec::with_capacity(paths.nodes.len());
    for (at, path) in paths.nodes.iter().enumerate() {
        let parent = (at > 0).then_some(path.parent as usize);
        nodes.push(CallNode {
            function: path.function,
            frame: path.frame,
            parent,
            children: Vec::new(),
            depth: parent.map_or(0, |parent| nodes[parent].depth + 1),
            self_value: 0,
            total_value: 0,
            self_n: 0,
            total_n: 0,
        });
    }
    nodes
}

struct Builder<'a> {
    recording: &'a Recording,
    index: &'a FunctionIndex,
    nodes: Vec<CallNode>,
}

impl Builder<'_> {
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
