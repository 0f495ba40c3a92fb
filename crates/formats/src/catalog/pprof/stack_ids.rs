//! Stacks as they come, before anybody knows what their locations are: a prefix tree of locations.
//!
//! A way from the outermost location inwards is told by 128 bits of hash over the locations on it (two hashes with
//! seeds of this process, so that no file can be made to mix two up). A stack that was seen before costs one look-up.
//! Of a new one its callers are looked up from the innermost outwards until one is known, because all callers of that
//! are known then, too; what was looked up in vain is what has to be added.

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// No stack, no location, no node.
pub(super) const NONE: u32 = u32::MAX;
/// Ids below this have a place in a list from the start on; profiles with larger ones have addresses or hashes as ids.
const ALWAYS_DENSE: u64 = 1 << 20;
/// A node, its key, and its place in the index while that grows.
pub(super) const NODE_BYTES: u64 = 40;

/// What a stack is told by.
pub(super) type Key = [u64; 2];

/// Makes the keys of stacks.
#[derive(Clone, Copy)]
pub(super) struct KeyMaker {
    start: Key,
    multipliers: Key,
}

impl Default for KeyMaker {
    fn default() -> Self {
        let seed = |number: u64| DefaultHashBuilder::default().hash_one(number);
        Self { start: [seed(1), seed(2)], multipliers: [seed(3) | 1, seed(4) | 1] }
    }
}

impl KeyMaker {
    /// Of a stack, outermost location first.
    pub(super) fn key(&self, slots: &[u32]) -> Key {
        slots.iter().fold(self.start, |key, slot| self.next(key, *slot))
    }

    /// Of a stack that goes on for one location.
    #[inline]
    fn next(&self, key: Key, slot: u32) -> Key {
        let mix = |half: usize| {
            let product = (key[half] ^ u64::from(slot)).wrapping_mul(self.multipliers[half]);
            product ^ product >> 32
        };
        [mix(0), mix(1)]
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
    keys: Vec<Key>,
    /// Nodes, and the part of their key that their place comes from: it is at hand when the table grows.
    index: HashTable<(u32, u32)>,
    maker: KeyMaker,
    most_nodes: usize,
    /// Of the stack that is being added.
    path: Vec<Key>,
}

impl StackIds {
    /// For stacks with keys of this maker, which become no more than so many nodes.
    pub(super) fn new(maker: KeyMaker, most_nodes: usize) -> Self {
        Self {
            nodes: Vec::new(),
            n_cut: 0,
            keys: Vec::new(),
            index: HashTable::new(),
            maker,
            most_nodes: most_nodes.min(NONE as usize - 1),
            path: Vec::new(),
        }
    }

    /// The node of the stack with this key, if it was seen.
    #[inline]
    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let part = part_of(key);
        let is_it = |(node, of): &(u32, u32)| *of == part && self.keys[*node as usize] == key;
        self.index.find(spread(part), is_it).map(|(node, _)| *node)
    }

    /// The node of a stack, outermost location first, added if it is new; [`NONE`] for an empty one.
    pub(super) fn number(&mut self, slots: &[u32]) -> u32 {
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        path.extend(slots.iter().scan(self.maker.start, |key, slot| {
            *key = self.maker.next(*key, *slot);
            Some(*key)
        }));
        let known = path.iter().enumerate().rev().find_map(|(at, key)| Some((at + 1, self.find(*key)?)));
        let (n_known, mut node) = known.unwrap_or((0, NONE));
        for (key, slot) in path.iter().zip(slots).skip(n_known) {
            if self.nodes.len() >= self.most_nodes {
                self.n_cut += 1;
                break;
            }
            let next = self.nodes.len() as u32;
            self.nodes.push(LocationNode { parent: node, slot: *slot });
            self.keys.push(*key);
            let part = part_of(*key);
            self.index.insert_unique(spread(part), (next, part), |(_, of)| spread(*of));
            node = next;
        }
        self.path = path;
        node
    }

    /// The tree alone: what is needed to find a stack takes three times as much memory, and is given back.
    pub(super) fn into_nodes(self) -> Vec<LocationNode> {
        self.nodes
    }
}

fn part_of(key: Key) -> u32 {
    key[0] as u32
}

/// A table takes a node's place from some bits of this, and what it compares first from others.
fn spread(part: u32) -> u64 {
    u64::from(part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
mod tests {
    use super::*;

    fn stacks(most_nodes: usize) -> StackIds {
        StackIds::new(KeyMaker::default(), most_nodes)
    }

    #[test]
    fn equal_stacks_have_one_number() {
        let mut stacks = stacks(usize::MAX);
        let deep: Vec<u32> = (1..=20).collect();
        let numbers = [&deep[..], &[1, 9], &deep, &[], &[1, 9, 2], &[9]].map(|slots| stacks.number(slots));
        assert_eq!(numbers, [19, 20, 19, NONE, 21, 22]);
        assert_eq!(stacks.find(stacks.maker.key(&deep)), Some(19));
        assert_eq!(stacks.find(stacks.maker.key(&[9, 1])), None);
        let node = |parent, slot| LocationNode { parent, slot };
        assert_eq!(stacks.nodes[19..], [node(18, 20), node(0, 9), node(20, 2), node(NONE, 9)]);
    }

    #[test]
    fn a_full_tree_keeps_the_callers() {
        let mut stacks = stacks(3);
        let numbers = [&[1, 2][..], &[1, 3, 4], &[5], &[1, 2]].map(|slots| stacks.number(slots));
        assert_eq!((numbers, stacks.n_cut), ([1, 2, NONE, 1], 2));
    }

    #[test]
    fn both_halves_of_keys_differ_where_stacks_do() {
        let maker = KeyMaker::default();
        let all = (1..40).flat_map(|n| (0..4).map(move |slot| vec![slot; n]));
        let mut keys: Vec<Key> = all.map(|slots| maker.key(&slots)).collect();
        for half in 0..2 {
            keys.sort_unstable_by_key(|key| key[half]);
            assert!(keys.windows(2).all(|pair| pair[0][half] != pair[1][half]));
        }
        assert_eq!(keys.len(), 39 * 4);
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
