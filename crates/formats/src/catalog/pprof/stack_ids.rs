//! Stacks as they come, before anybody knows what their locations are: a prefix tree of locations.
//!
//! A way from the outermost location inwards is told by 96 bits of hash over the locations on it. The callers of a new
//! stack are looked up from the innermost outwards until one is known, because all callers of that are known then, too;
//! what was looked up in vain is what has to be added.

use super::key_table::{Key, KeyTable};
use hashbrown::{DefaultHashBuilder, HashMap};
use std::hash::BuildHasher;

/// No stack, no location, no node.
pub(super) const NONE: u32 = u32::MAX;
/// Ids below this have a place in a list from the start on; profiles with larger ones have addresses or hashes as ids.
const ALWAYS_DENSE: u64 = 1 << 20;
/// A node, its key, and its place in the index while that grows.
pub(super) const NODE_BYTES: u64 = 40;
/// Stacks that are looked up together: enough that the memory of many is waited for at once, few enough that all of it
/// stays at hand.
const TOGETHER: usize = 64;
/// Of each of them so many callers are touched. Most stacks leave a known one this near to their end.
const TOUCHED_CALLERS: usize = 6;

/// Makes the keys of stacks, one location after the other.
#[derive(Clone, Copy)]
struct KeyMaker {
    start: [u64; 2],
    multipliers: [u64; 2],
}

impl Default for KeyMaker {
    fn default() -> Self {
        let seed = |number: u64| DefaultHashBuilder::default().hash_one(number);
        Self { start: [seed(1), seed(2)], multipliers: [seed(3) | 1, seed(4) | 1] }
    }
}

impl KeyMaker {
    /// The key of every way from the outermost location inwards.
    fn keys(self, outermost_first: &[u32]) -> impl Iterator<Item = Key> {
        outermost_first.iter().scan(self.start, move |hash, slot| {
            let mix = |half: usize| {
                let product = (hash[half] ^ u64::from(*slot)).wrapping_mul(self.multipliers[half]);
                product ^ product >> 32
            };
            *hash = [mix(0), mix(1)];
            Some(Key { place: hash[0] as u32, check: hash[1] })
        })
    }
}

/// A location and the stack that called it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LocationNode {
    /// [`NONE`] at the outermost; stands before its callees.
    pub(super) parent: u32,
    pub(super) slot: u32,
}

/// The distinct stacks of a profile.
pub(super) struct StackIds {
    pub(super) nodes: Vec<LocationNode>,
    /// Stacks of which a part was left out, because there are too many.
    pub(super) n_cut: u64,
    /// By number the nodes' keys.
    index: KeyTable,
    maker: KeyMaker,
    most_nodes: usize,
    /// Of the stacks that are being added.
    keys: Vec<Key>,
}

impl StackIds {
    /// For stacks that become no more than so many nodes.
    pub(super) fn new(most_nodes: usize) -> Self {
        Self {
            nodes: Vec::new(),
            n_cut: 0,
            index: KeyTable::default(),
            maker: KeyMaker::default(),
            most_nodes: most_nodes.min(NONE as usize - 1),
            keys: Vec::new(),
        }
    }

    /// Gives the nodes of stacks, added where they are new; [`NONE`] for an empty one. `slots` has the locations of all
    /// of them, outermost first, and `ends` says where each ends.
    pub(super) fn number(&mut self, slots: &[u32], ends: &[usize], mut give: impl FnMut(u32)) {
        let mut keys = std::mem::take(&mut self.keys);
        let mut first = 0;
        for ends in ends.chunks(TOGETHER) {
            let stacks = || std::iter::once(first).chain(ends.iter().copied()).zip(ends.iter().copied());
            keys.clear();
            for (begin, end) in stacks() {
                keys.extend(self.maker.keys(&slots[begin..end]));
            }
            // A loop of its own: between other work the processor would not see that many touches at once.
            for (begin, end) in stacks() {
                let callers = begin.max(end.saturating_sub(TOUCHED_CALLERS));
                keys[callers - first..end - first].iter().for_each(|key| self.index.touch(*key));
            }
            for (begin, end) in stacks() {
                give(self.number_of(&slots[begin..end], &keys[begin - first..end - first]));
            }
            first = ends.last().copied().unwrap_or(first);
        }
        self.keys = keys;
    }

    fn number_of(&mut self, slots: &[u32], keys: &[Key]) -> u32 {
        let known =
            keys.iter().enumerate().rev().find_map(|(at, key)| Some((at + 1, self.index.find(*key)?)));
        let (n_known, mut node) = known.unwrap_or((0, NONE));
        for (key, slot) in keys.iter().zip(slots).skip(n_known) {
            if self.nodes.len() >= self.most_nodes {
                self.n_cut += 1;
                break;
            }
            self.nodes.push(LocationNode { parent: node, slot: *slot });
            node = self.index.add(*key);
        }
        node
    }

    /// The tree alone: what is needed to find a stack takes three times as much memory, and is given back.
    pub(super) fn into_nodes(self) -> Vec<LocationNode> {
        self.nodes
    }
}

/// Locations in the order in which samples first name them.
#[derive(Default)]
pub(super) struct Slots {
    pub(super) ids: Vec<u64>,
    /// By id, as far as ids are small.
    dense: Vec<u32>,
    others: HashMap<u64, u32>,
}

impl Slots {
    #[inline]
    pub(super) fn of(&mut self, id: u64) -> u32 {
        match self.dense.get(id as usize) {
            Some(slot) if *slot != NONE => *slot,
            _ => self.find_or_add(id),
        }
    }

    fn find_or_add(&mut self, id: u64) -> u32 {
        if let Some(slot) = self.others.get(&id) {
            return *slot;
        }
        let slot = self.ids.len() as u32;
        self.ids.push(id);
        // The list grows with what is there, whatever ids are claimed.
        if id < ALWAYS_DENSE.max(4 * self.ids.len() as u64) {
            let at = id as usize;
            if self.dense.len() <= at {
                self.dense.resize((at + 1).next_power_of_two(), NONE);
            }
            self.dense[at] = slot;
        } else {
            self.others.insert(id, slot);
        }
        slot
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The nodes of stacks, outermost location first.
    pub(in super::super) fn numbers(ids: &mut StackIds, stacks: &[&[u32]]) -> Vec<u32> {
        let ends = stacks.iter().scan(0, |end, stack| {
            *end += stack.len();
            Some(*end)
        });
        let mut numbers = Vec::new();
        ids.number(&stacks.concat(), &ends.collect::<Vec<_>>(), |node| numbers.push(node));
        numbers
    }

    #[test]
    fn equal_stacks_have_one_number() {
        let mut ids = StackIds::new(usize::MAX);
        let deep: Vec<u32> = (1..=20).collect();
        let found = numbers(&mut ids, &[&deep[..], &[1, 9], &deep, &[], &[1, 9, 2], &[9], &[9, 1]]);
        assert_eq!(found, [19, 20, 19, NONE, 21, 22, 23]);
        let node = |parent, slot| LocationNode { parent, slot };
        assert_eq!(ids.nodes[19..], [node(18, 20), node(0, 9), node(20, 2), node(NONE, 9), node(22, 1)]);
    }

    #[test]
    fn more_stacks_than_are_looked_up_together_are_told_apart() {
        let stacks: Vec<Vec<u32>> =
            (0..5 * TOGETHER as u32).map(|at| vec![at / 7; at as usize % 40]).collect();
        let stacks: Vec<&[u32]> = stacks.iter().map(Vec::as_slice).collect();
        let (mut ids, mut one_by_one) = (StackIds::new(usize::MAX), StackIds::new(usize::MAX));
        let expected: Vec<u32> = stacks.iter().flat_map(|stack| numbers(&mut one_by_one, &[stack])).collect();
        assert_eq!(numbers(&mut ids, &stacks), expected);
        assert_eq!(ids.nodes, one_by_one.nodes);
    }

    #[test]
    fn a_full_tree_keeps_the_callers() {
        let mut ids = StackIds::new(3);
        let found = numbers(&mut ids, &[&[1, 2][..], &[1, 3, 4], &[5], &[1, 2]]);
        assert_eq!((found, ids.n_cut), (vec![1, 2, NONE, 1], 2));
    }

    #[test]
    fn both_parts_of_keys_differ_where_stacks_do() {
        let maker = KeyMaker::default();
        let keys: Vec<Key> = (0..4).flat_map(|slot| maker.keys(&[slot; 40]).collect::<Vec<_>>()).collect();
        let mut places: Vec<u32> = keys.iter().map(|key| key.place).collect();
        let mut checks: Vec<u64> = keys.iter().map(|key| key.check).collect();
        places.sort_unstable();
        checks.sort_unstable();
        assert!(places.is_sorted_by(|a, b| a < b) && checks.is_sorted_by(|a, b| a < b));
        assert_eq!(keys.len(), 160);
    }

    #[test]
    fn ids_of_any_size_keep_their_slot() {
        let mut slots = Slots::default();
        let ids = [u64::MAX, 3, 1 << 40, 1 << 21, 3, u64::MAX, 1 << 21];
        let found: Vec<u32> = ids.iter().map(|id| slots.of(*id)).collect();
        assert_eq!(found, [0, 1, 2, 3, 1, 0, 3]);
        assert_eq!(slots.ids, [u64::MAX, 3, 1 << 40, 1 << 21]);
        assert!(slots.dense.len() as u64 <= ALWAYS_DENSE);
    }
}
