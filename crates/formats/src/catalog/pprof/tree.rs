//! From stacks to the prefix tree of their frames.
//!
//! Stacks with equal beginnings are put beside one another by sorting a few locations at a time, and a node is made
//! where one differs from the one before. A stack that has nothing in common with another any more is written down as
//! it is. That is several times faster than to look every node up in an index, and no index has to be in memory.

use super::stack_ids::{NONE, SlotLists};
use fathom_model::{FrameId, StackId, StackNode};

/// Locations that are sorted by at a time.
const PIECE: usize = 7;

/// Places of locations in the order of their frames; 0 behind the end of a stack.
type Ranks = [u32; PIECE];

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

    /// Slots by the order of their frames, and each slot's place in it, counted from 1; equal frames have one place.
    fn ranks(&self) -> (Vec<u32>, Vec<u32>) {
        let mut slots: Vec<u32> = (0..self.ranges.len() as u32).collect();
        slots.sort_by(|a, b| self.get(*a).cmp(self.get(*b)));
        let mut ranks = vec![0; slots.len()];
        // Which slot a rank's frames are to be had from; there is no rank 0.
        let mut slot_of = vec![NONE];
        for slot in slots {
            let last = *slot_of.last().unwrap_or(&NONE);
            if last == NONE || self.get(last) != self.get(slot) {
                slot_of.push(slot);
            }
            ranks[slot as usize] = slot_of.len() as u32 - 1;
        }
        (ranks, slot_of)
    }
}

/// The prefix tree.
#[derive(Default)]
pub(super) struct Tree {
    /// Callers stand before their callees.
    pub(super) nodes: Vec<StackNode>,
    /// By stack: the node of its innermost frame.
    pub(super) ends: Vec<u32>,
    /// Stacks whose inner frames were left out, because there were too many.
    pub(super) n_cut: usize,
    /// Whether several stacks end at one node: their locations differ in nothing but their ids.
    pub(super) has_doubles: bool,
    most_nodes: usize,
}

/// Stacks with the same frames so far.
struct Group {
    /// Where they stand in the order.
    start: usize,
    end: usize,
    /// Their node.
    node: u32,
    /// Locations up to there.
    depth: usize,
}

impl Tree {
    /// Puts the tree together, of no more than so many nodes.
    pub(super) fn build(stacks: &SlotLists, lists: &FrameLists, most_nodes: usize) -> Self {
        let (ranks, slot_of) = lists.ranks();
        let mut tree = Self { ends: vec![NONE; stacks.len()], most_nodes, ..Self::default() };
        let mut order: Vec<u32> = (0..stacks.len() as u32).collect();
        let mut keys: Vec<(Ranks, u32)> = Vec::new();
        let mut groups = vec![Group { start: 0, end: order.len(), node: NONE, depth: 0 }];
        while let Some(group) = groups.pop() {
            let members = &mut order[group.start..group.end];
            keys.clear();
            keys.extend(
                members.iter().map(|number| (key(stacks.get(*number), group.depth, &ranks), *number)),
            );
            keys.sort_unstable();
            members.iter_mut().zip(&keys).for_each(|(member, (_, number))| *member = *number);
            let mut path = Path { root: group.node, ..Path::default() };
            let mut start = group.start;
            for run in keys.chunk_by(|a, b| a.0 == b.0) {
                let end = start + run.len();
                let (ranks_of_run, first) = run[0];
                let node = tree.add(&ranks_of_run, &mut path, lists, &slot_of);
                let depth = group.depth + PIECE;
                if ranks_of_run[PIECE - 1] == 0 || path.is_cut {
                    tree.has_doubles |= run.len() > 1 || path.is_cut;
                    tree.n_cut += if path.is_cut { run.len() } else { 0 };
                    run.iter().for_each(|(_, number)| tree.ends[*number as usize] = node);
                } else if run.len() == 1 {
                    tree.add_rest(first, stacks.get(first), depth, node, lists);
                } else {
                    groups.push(Group { start, end, node, depth });
                }
                start = end;
            }
        }
        tree
    }

    /// Adds the nodes of locations that are not on the path yet. Gives the innermost.
    fn add(&mut self, ranks: &Ranks, path: &mut Path, lists: &FrameLists, slot_of: &[u32]) -> u32 {
        let frames_of = |rank: u32| slot_of.get(rank as usize).map_or(&[][..], |slot| lists.get(*slot));
        let (first, n_shared) = path.shared(ranks, frames_of);
        path.nodes.truncate(n_shared);
        path.is_cut = false;
        // Of the first location a part may be shared with the one before.
        let mut n_known = n_shared - path.starts[first];
        for (place, rank) in ranks.iter().enumerate().skip(first) {
            for frame in frames_of(*rank).iter().skip(n_known) {
                let Some(node) = self.push(path.nodes.last().copied().unwrap_or(path.root), *frame) else {
                    path.is_cut = true;
                    break;
                };
                path.nodes.push(node);
            }
            n_known = 0;
            path.starts[place + 1] = path.nodes.len();
        }
        // What was cut may not be taken for a whole by the next.
        path.ranks = (!path.is_cut).then_some(*ranks);
        path.nodes.last().copied().unwrap_or(path.root)
    }

    /// Writes a stack down from a depth on where no other goes the same way.
    fn add_rest(&mut self, number: u32, stack: &[u32], depth: usize, node: u32, lists: &FrameLists) {
        let mut end = node;
        let rest = stack.get(depth..).unwrap_or_default();
        for frame in rest.iter().flat_map(|slot| lists.get(*slot)) {
            let Some(next) = self.push(end, *frame) else {
                self.n_cut += 1;
                self.has_doubles = true;
                break;
            };
            end = next;
        }
        self.ends[number as usize] = end;
    }

    fn push(&mut self, caller: u32, frame: FrameId) -> Option<u32> {
        if self.nodes.len() >= self.most_nodes {
            return None;
        }
        let parent = (caller != NONE).then_some(StackId(caller));
        self.nodes.push(StackNode { parent, frame });
        Some(self.nodes.len() as u32 - 1)
    }
}

fn key(stack: &[u32], depth: usize, ranks: &[u32]) -> Ranks {
    let mut key = [0; PIECE];
    let rest = stack.get(depth..).unwrap_or_default();
    for (place, slot) in key.iter_mut().zip(rest) {
        // No location has rank 0.
        *place = ranks.get(*slot as usize).copied().unwrap_or(0);
    }
    key
}

/// The way to the stacks that were added last, from their group's node on.
#[derive(Default)]
struct Path {
    root: u32,
    ranks: Option<Ranks>,
    nodes: Vec<u32>,
    /// How many nodes stand before each of its locations.
    starts: [usize; PIECE + 1],
    is_cut: bool,
}

impl Path {
    /// How far it goes along with `ranks`: whole locations, and nodes.
    fn shared<'a>(&self, ranks: &Ranks, frames_of: impl Fn(u32) -> &'a [FrameId]) -> (usize, usize) {
        let Some(last) = &self.ranks else { return (0, 0) };
        let Some(place) = last.iter().zip(ranks).position(|(a, b)| a != b) else {
            return (PIECE, self.nodes.len());
        };
        let [a, b] = [last[place], ranks[place]].map(frames_of);
        (place, self.starts[place] + a.iter().zip(b).take_while(|(a, b)| a == b).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::pprof::stack_ids::StackIds;
    use fathom_model::StackTable;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Lists of frames as locations have them: one that is not inlined (even numbers), then inlined ones (odd).
    fn any_lists() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let list = (0..3u32, vec(0..2u32, 0..3));
        let list = list.prop_map(|(outer, inlined)| {
            std::iter::once(2 * outer).chain(inlined.into_iter().map(|frame| 2 * frame + 1)).collect()
        });
        vec(list, 6)
    }

    proptest! {
        #[test]
        fn the_tree_is_that_of_looking_up_node_by_node(
            lists in any_lists(),
            stacks in vec(vec(0..6u64, 1..20), 1..40),
        ) {
            let mut ids = StackIds::default();
            let numbers: Vec<u32> = stacks.iter().map(|stack| ids.of_ids(stack)).collect();
            let (slots, lists_of_slots) = ids.into_parts();
            let mut frames = FrameLists::default();
            slots.iter().for_each(|id| frames.push(lists[*id as usize].iter().map(|frame| FrameId(*frame))));
            let tree = Tree::build(&lists_of_slots, &frames, usize::MAX);
            let mut expected = StackTable::new();
            for stack in &stacks {
                let path = stack.iter().rev().flat_map(|id| &lists[*id as usize]);
                expected.intern_path(path.map(|frame| FrameId(*frame)));
            }
            // No node stands there twice, and every stack reads as it was.
            prop_assert_eq!(tree.nodes.len(), expected.nodes().len());
            let table: StackTable = tree.nodes.iter().copied().collect();
            for (stack, number) in stacks.iter().zip(numbers) {
                let end = StackId(tree.ends[number as usize]);
                let found: Vec<u32> = table.frames(end).map(|frame| frame.0).collect();
                let path: Vec<u32> =
                    stack.iter().flat_map(|id| lists[*id as usize].iter().rev()).copied().collect();
                prop_assert_eq!(found, path);
            }
        }

        #[test]
        fn a_full_tree_ends_stacks_early(stacks in vec(vec(0..6u64, 1..20), 1..40), most in 0usize..60) {
            let mut ids = StackIds::default();
            stacks.iter().for_each(|stack| { ids.of_ids(stack); });
            let (slots, lists_of_slots) = ids.into_parts();
            let mut frames = FrameLists::default();
            slots.iter().for_each(|id| frames.push([FrameId(*id as u32)]));
            let tree = Tree::build(&lists_of_slots, &frames, most);
            prop_assert!(tree.nodes.len() <= most);
            prop_assert!(tree.ends.iter().all(|end| *end == NONE || (*end as usize) < tree.nodes.len()));
        }
    }
}
