//! Every distinct path of functions, and the path of every stack. Knows no values.
//!
//! Stacks that differ only in lines or addresses share a path at [`Granularity::Function`]. Small on purpose: a
//! recording of a million distinct stacks has tens of millions of paths.

use std::collections::HashMap;

use fathom_model::{FrameId, Recording, StackId};

use crate::functions::{FunctionId, FunctionIndex};

/// What makes two frames one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// The same function.
    Function,
    /// The same function, file and line; frames without a name by address.
    Line,
}

/// One path: a function and the path that called it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathNode {
    /// The function.
    pub function: FunctionId,
    /// The frame with the smallest id among those merged here; `None` at the root.
    pub frame: Option<FrameId>,
    /// Position of the caller, always smaller than the node's own; the root's is its own.
    pub parent: u32,
}

/// All paths; node 0 is the root, which stands for samples without a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathTree {
    /// Nodes, callers before callees.
    pub nodes: Vec<PathNode>,
    of_stack: Vec<u32>,
}

impl PathTree {
    /// The paths of these stacks; those of others are not looked at.
    pub fn build(
        recording: &Recording,
        index: &FunctionIndex,
        granularity: Granularity,
        stacks: impl IntoIterator<Item = StackId>,
    ) -> Self {
        let root = PathNode { function: FunctionId::UNKNOWN, frame: None, parent: 0 };
        let mut builder = Builder {
            recording,
            index,
            places: places_of_frames(recording, index, granularity),
            tree: Self { nodes: vec![root], of_stack: vec![NOT_YET; recording.stacks.nodes().len()] },
            children: HashMap::new(),
            unmet: Vec::new(),
        };
        for stack in stacks {
            builder.add(stack);
        }
        builder.tree
    }

    /// A tree without stacks.
    #[cfg(test)]
    pub(crate) fn of_nodes(nodes: Vec<PathNode>) -> Self {
        Self { nodes, of_stack: Vec::new() }
    }

    /// The node of a stack; the root for none, for one outside the table, and for one that was not asked for.
    pub fn node_of(&self, stack: Option<StackId>) -> usize {
        let node = stack.and_then(|stack| self.of_stack.get(stack.index()));
        node.filter(|node| **node != NOT_YET).map_or(0, |node| *node as usize)
    }
}

const NOT_YET: u32 = u32::MAX;

struct Builder<'a> {
    recording: &'a Recording,
    index: &'a FunctionIndex,
    places: Vec<u32>,
    tree: PathTree,
    children: HashMap<(u32, u32), u32>,
    /// Kept between stacks for its memory.
    unmet: Vec<(StackId, FrameId)>,
}

impl Builder<'_> {
    /// Walks up to the first stack already met, then down again; the cost is one step per distinct stack.
    fn add(&mut self, stack: StackId) {
        let mut next = Some(stack);
        let mut node = 0;
        while let Some(current) = next {
            let Some(row) = self.recording.stacks.get(current) else { break };
            let met = self.tree.of_stack[current.index()];
            if met != NOT_YET {
                node = met;
                break;
            }
            self.unmet.push((current, row.frame));
            // A parent that is not smaller than its child is damage, and would loop.
            next = row.parent.filter(|parent| *parent < current);
        }
        while let Some((id, frame)) = self.unmet.pop() {
            node = self.child(node, frame);
            self.tree.of_stack[id.index()] = node;
        }
    }

    fn child(&mut self, parent: u32, frame: FrameId) -> u32 {
        let place = self.places.get(frame.index()).copied().unwrap_or(0);
        let nodes = &mut self.tree.nodes;
        let known = *self.children.entry((parent, place)).or_insert_with(|| {
            let function = self.index.of_frame(frame);
            nodes.push(PathNode { function, frame: Some(frame), parent });
            (nodes.len() - 1) as u32
        });
        let node = &mut nodes[known as usize];
        node.frame = node.frame.min(Some(frame));
        known
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
