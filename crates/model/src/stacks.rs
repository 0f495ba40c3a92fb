//! The prefix tree of stacks: every distinct stack is stored once.

use crate::hash::{ContentHash, ContentHasher};
use crate::ids::{FrameId, StackId};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// One node: a frame and the stack that called it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackNode {
    /// The caller's stack; `None` at the outermost frame. Always smaller than the node's own id.
    pub parent: Option<StackId>,
    /// The frame of this node.
    pub frame: FrameId,
}

/// All stacks of a recording. Parents stand before their children.
#[derive(Clone, Debug, Default)]
pub struct StackTable {
    nodes: Vec<StackNode>,
    /// Ids by their node: four bytes for each, the node itself is in the list. Holds the first `n_indexed` nodes: whole
    /// tables come from files, and most are never added to.
    index: HashTable<StackId>,
    n_indexed: usize,
    hasher: DefaultHashBuilder,
}

impl PartialEq for StackTable {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

impl StackTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of `frame` called from `parent`, added if it is new.
    pub fn intern(&mut self, parent: Option<StackId>, frame: FrameId) -> StackId {
        self.index_all();
        let node = StackNode { parent, frame };
        let Self { nodes, index, hasher, n_indexed } = self;
        let is_known = |id: &StackId| nodes[id.index()] == node;
        let hash_of = |id: &StackId| hasher.hash_one(nodes[id.index()]);
        let entry = index.entry(hasher.hash_one(node), is_known, hash_of);
        let id = *entry.or_insert_with(|| StackId::from_index(nodes.len())).get();
        if id.index() == nodes.len() {
            nodes.push(node);
            *n_indexed += 1;
        }
        id
    }

    fn index_all(&mut self) {
        let Self { nodes, index, hasher, n_indexed } = self;
        if *n_indexed == nodes.len() {
            return;
        }
        let hash_of = |id: &StackId| hasher.hash_one(nodes[id.index()]);
        index.reserve(nodes.len() - *n_indexed, hash_of);
        for (at, node) in nodes.iter().enumerate().skip(*n_indexed) {
            let is_known = |id: &StackId| nodes[id.index()] == *node;
            index.entry(hasher.hash_one(node), is_known, hash_of).or_insert_with(|| StackId::from_index(at));
        }
        *n_indexed = nodes.len();
    }

    /// The id of a whole stack, outermost frame first; `None` for an empty one.
    pub fn intern_path(&mut self, outermost_first: impl IntoIterator<Item = FrameId>) -> Option<StackId> {
        outermost_first.into_iter().fold(None, |parent, frame| Some(self.intern(parent, frame)))
    }

    /// All nodes in the order of their ids.
    pub fn nodes(&self) -> &[StackNode] {
        &self.nodes
    }

    /// The node with this id, if there is one.
    pub fn get(&self, id: StackId) -> Option<StackNode> {
        self.nodes.get(id.index()).copied()
    }

    /// The frames of a stack from the innermost outwards. Ends at an id outside the table or at a parent
    /// that is not smaller than its child, so that damaged input cannot loop.
    pub fn frames(&self, id: StackId) -> impl Iterator<Item = FrameId> + '_ {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let current = next?;
            let node = self.get(current)?;
            next = node.parent.filter(|parent| *parent < current);
            Some(node.frame)
        })
    }

    /// Content hash of every stack in the order of ids: the caller's hash and the frame's.
    pub fn content_hashes(&self, frame_hashes: &[ContentHash]) -> Vec<ContentHash> {
        let mut hashes: Vec<ContentHash> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let parent = node.parent.and_then(|id| hashes.get(id.index())).copied().unwrap_or_default();
            let frame = frame_hashes.get(node.frame.index()).copied().unwrap_or_default();
            let mut hasher = ContentHasher::default();
            hasher.field(&parent.0.to_le_bytes()).field(&frame.0.to_le_bytes());
            hashes.push(hasher.finish());
        }
        hashes
    }
}

impl FromIterator<StackNode> for StackTable {
    /// Takes nodes as they stand in a file; ids are their positions. Duplicate nodes keep their own rows.
    fn from_iter<I: IntoIterator<Item = StackNode>>(nodes: I) -> Self {
        Self { nodes: nodes.into_iter().collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_callers_are_stored_once() {
        let mut table = StackTable::new();
        let [main, left, right] = [FrameId(0), FrameId(1), FrameId(2)];
        let a = table.intern_path([main, left]).expect("not empty");
        let b = table.intern_path([main, right]).expect("not empty");
        assert_eq!(table.nodes().len(), 3);
        assert_eq!(table.frames(a).collect::<Vec<_>>(), [left, main]);
        assert_eq!(table.frames(b).collect::<Vec<_>>(), [right, main]);
    }

    #[test]
    fn a_table_from_a_file_grows_without_doubles() {
        let mut table = StackTable::new();
        let [main, left, right] = [FrameId(0), FrameId(1), FrameId(2)];
        let a = table.intern_path([main, left]);
        let mut read: StackTable = table.nodes().iter().copied().collect();
        assert_eq!(read.intern_path([main, left]), a);
        assert_eq!(read.intern_path([main, right]), Some(StackId(2)));
        assert_eq!(read.nodes().len(), 3);
    }

    #[test]
    fn a_cycle_in_damaged_input_ends() {
        let node = |parent, frame| StackNode { parent: Some(StackId(parent)), frame: FrameId(frame) };
        let table: StackTable = [node(1, 0), node(0, 1)].into_iter().collect();
        assert_eq!(table.frames(StackId(1)).count(), 2);
    }
}
