//! From the prefix tree of locations to that of their frames.
//!
//! A location with inlined functions is several frames. Where two locations have frames in common, their nodes are put
//! together, so that no stack stands there twice; that needs an index, and most profiles do not need it.

use super::stack_ids::{LocationNode, NONE};
use fathom_model::{FrameId, StackId, StackNode, StackTable};
use hashbrown::HashSet;

/// The frames of every location, outermost first.
#[derive(Default)]
pub(super) struct FrameLists {
    frames: Vec<FrameId>,
    /// By slot: where its frames are.
    ranges: Vec<(u32, u32)>,
}

impl FrameLists {
    /// Adds the frames of the next location; there must be at least one.
    pub(super) fn push(&mut self, frames: impl IntoIterator<Item = FrameId>) {
        let start = self.frames.len() as u32;
        self.frames.extend(frames);
        self.ranges.push((start, self.frames.len() as u32));
    }

    fn get(&self, slot: u32) -> &[FrameId] {
        let (start, end) = self.ranges.get(slot as usize).copied().unwrap_or_default();
        self.frames.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Whether every frame is of one location, and there once.
    fn are_apart(&self) -> bool {
        let mut seen = HashSet::with_capacity(self.frames.len());
        self.frames.iter().all(|frame| seen.insert(*frame))
    }
}

/// The prefix tree.
pub(super) struct Tree {
    pub(super) stacks: StackTable,
    /// By node of the tree of locations: the node of its innermost frame, [`NONE`] if it has none.
    pub(super) ends: Vec<u32>,
    /// Locations in stacks that were left out, because there are too many.
    pub(super) n_cut: usize,
    /// Whether several stacks may end at one node: their locations differ in nothing but their ids.
    pub(super) has_doubles: bool,
}

impl Tree {
    /// Puts the tree together, of no more than so many nodes.
    pub(super) fn build(locations: &[LocationNode], lists: &FrameLists, most_nodes: usize) -> Self {
        let are_apart = lists.are_apart();
        let mut nodes: Vec<StackNode> = Vec::with_capacity(if are_apart { locations.len() } else { 0 });
        let mut known = StackTable::new();
        let mut ends: Vec<u32> = Vec::with_capacity(locations.len());
        let mut n_cut = 0;
        for location in locations {
            let mut end = ends.get(location.parent as usize).copied().unwrap_or(NONE);
            for frame in lists.get(location.slot) {
                // Once it is full nothing is added any more: no stack loses a call in its middle.
                if nodes.len().max(known.nodes().len()) >= most_nodes {
                    n_cut += 1;
                    break;
                }
                let parent = (end != NONE).then_some(StackId(end));
                end = if are_apart {
                    nodes.push(StackNode { parent, frame: *frame });
                    nodes.len() as u32 - 1
                } else {
                    known.intern(parent, *frame).0
                };
            }
            ends.push(end);
        }
        let stacks = if are_apart { nodes.into_iter().collect() } else { known };
        Self { stacks, ends, n_cut, has_doubles: !are_apart || n_cut > 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::pprof::stack_ids::StackIds;
    use crate::catalog::pprof::stack_ids::tests::numbers;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Lists of frames as locations have them: one that is not inlined (even numbers), then inlined ones (odd).
    fn any_lists() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let list = (0..3u32, vec(0..2u32, 0..3));
        let list = list.prop_map(|(outer, inlined)| {
            std::iter::once(2 * outer).chain(inlined.into_iter().map(|frame| 2 * frame + 1)).collect()
        });
        // All alike in something, or all different.
        prop_oneof![vec(list, 6), Just((0..6).map(|at| vec![2 * at, 2 * at + 1]).collect::<Vec<Vec<u32>>>())]
    }

    proptest! {
        #[test]
        fn the_tree_is_that_of_looking_up_node_by_node(
            lists in any_lists(),
            stacks in vec(vec(0..6u32, 1..20), 1..40),
        ) {
            let mut ids = StackIds::new(usize::MAX);
            let numbers = numbers(&mut ids, &stacks.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let mut frames = FrameLists::default();
            lists.iter().for_each(|list| frames.push(list.iter().map(|frame| FrameId(*frame))));
            let tree = Tree::build(&ids.nodes, &frames, usize::MAX);
            let mut expected = StackTable::new();
            for stack in &stacks {
                let path = stack.iter().flat_map(|slot| &lists[*slot as usize]);
                expected.intern_path(path.map(|frame| FrameId(*frame)));
            }
            // No node stands there twice, and every stack reads as it was.
            prop_assert_eq!(tree.stacks.nodes().len(), expected.nodes().len());
            for (stack, number) in stacks.iter().zip(numbers) {
                let end = StackId(tree.ends[number as usize]);
                let mut found: Vec<u32> = tree.stacks.frames(end).map(|frame| frame.0).collect();
                found.reverse();
                let path: Vec<u32> = stack.iter().flat_map(|slot| &lists[*slot as usize]).copied().collect();
                prop_assert_eq!(found, path);
            }
        }

        #[test]
        fn a_full_tree_ends_stacks_early(
            lists in any_lists(),
            stacks in vec(vec(0..6u32, 1..20), 1..40),
            most in 0usize..60,
        ) {
            let mut ids = StackIds::new(usize::MAX);
            let numbers = numbers(&mut ids, &stacks.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let mut frames = FrameLists::default();
            lists.iter().for_each(|list| frames.push(list.iter().map(|frame| FrameId(*frame))));
            let tree = Tree::build(&ids.nodes, &frames, most);
            prop_assert!(tree.stacks.nodes().len() <= most);
            for (stack, number) in stacks.iter().zip(numbers) {
                let end = tree.ends[number as usize];
                let mut found: Vec<u32> = tree.stacks.frames(StackId(end)).map(|frame| frame.0).collect();
                found.reverse();
                let path: Vec<u32> = stack.iter().flat_map(|slot| &lists[*slot as usize]).copied().collect();
                prop_assert!(path.starts_with(&found));
            }
        }
    }
}
