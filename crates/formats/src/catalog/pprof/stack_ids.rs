//! Stacks as they come, before anybody knows what their locations are: each distinct one gets a number.
//!
//! A sample names its locations innermost first. A stack that was seen before is told by 128 bits of hash over its
//! bytes (two unrelated hashes with seeds of this process, so that no file can be made to mix two up), without looking
//! at a single location. Of a new one the locations are kept, four bytes each.

use crate::varint::{read_varint, write_varint};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// No stack, no location, no node.
pub(super) const NONE: u32 = u32::MAX;
/// Ids below this have a place in a list from the begin on; profiles with larger ones have addresses or hashes as ids.
const ALWAYS_DENSE: u64 = 1 << 20;

/// What a stack is told by.
pub(super) type Key = [u64; 2];

/// The distinct stacks of a profile.
pub(super) struct StackIds {
    seen: HashTable<(Key, u32)>,
    hasher: DefaultHashBuilder,
    multiplier: u64,
    slots: Slots,
    stacks: SlotLists,
}

/// Stacks as slots of locations, outermost first.
#[derive(Default)]
pub(super) struct SlotLists {
    slots: Vec<u32>,
    ends: Vec<usize>,
}

impl SlotLists {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The stack with this number.
    pub(super) fn get(&self, number: u32) -> &[u32] {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.slots.get(start..*end)).unwrap_or_default()
    }
}

impl Default for StackIds {
    fn default() -> Self {
        Self {
            seen: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            multiplier: DefaultHashBuilder::default().hash_one(0x9e37_79b9_7f4a_7c15_u64) | 1,
            slots: Slots::default(),
            stacks: SlotLists::default(),
        }
    }
}

impl StackIds {
    /// What a stack of varints is told by.
    pub(super) fn key(&self, varints: &[u8]) -> Key {
        [self.hasher.hash_one(varints), self.second_hash(varints)]
    }

    /// The number of the stack with this key, innermost location first; [`NONE`] for an empty one.
    #[inline]
    pub(super) fn number(&mut self, key: Key, varints: &[u8]) -> u32 {
        match self.seen.find(key[0], |(found, _)| *found == key) {
            Some((_, known)) => *known,
            None => self.add(key, varints),
        }
    }

    /// The number of a stack given by the ids of its locations, innermost first.
    pub(super) fn of_ids(&mut self, ids: &[u64]) -> u32 {
        let mut varints = Vec::new();
        ids.iter().for_each(|id| write_varint(&mut varints, *id));
        self.number(self.key(&varints), &varints)
    }

    fn add(&mut self, key: Key, mut varints: &[u8]) -> u32 {
        if varints.is_empty() {
            return NONE;
        }
        let number = self.stacks.len() as u32;
        let start = self.stacks.slots.len();
        while let Some(id) = read_varint(&mut varints) {
            let slot = self.slots.of(id);
            self.stacks.slots.push(slot);
        }
        self.stacks.slots[start..].reverse();
        self.stacks.ends.push(self.stacks.slots.len());
        self.seen.insert_unique(key[0], (key, number), |(found, _)| found[0]);
        number
    }

    /// The ids of locations by their slots, and the stacks; what was needed to find them is given back.
    pub(super) fn into_parts(self) -> (Vec<u64>, SlotLists) {
        (self.slots.ids, self.stacks)
    }

    /// Eight bytes at a time, each mixed in by a multiplication: nothing in common with the first hash.
    fn second_hash(&self, bytes: &[u8]) -> u64 {
        let mut hash = self.multiplier;
        let (words, rest) = bytes.as_chunks::<8>();
        let mut mix = |word: u64| {
            hash = (hash ^ word).wrapping_mul(self.multiplier);
            hash ^= hash >> 29;
        };
        mix(bytes.len() as u64);
        words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        mix(u64::from_le_bytes(last));
        hash
    }
}

/// Locations in the order in which samples first name them.
#[derive(Default)]
struct Slots {
    ids: Vec<u64>,
    /// By id, as far as ids are small.
    dense: Vec<u32>,
    others: HashMap<u64, u32>,
}

impl Slots {
    #[inline]
    fn of(&mut self, id: u64) -> u32 {
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

    #[test]
    fn equal_stacks_have_one_number() {
        let mut stacks = StackIds::default();
        let deep: Vec<u64> = (1..=20).rev().collect();
        let numbers = [&deep[..], &[9, 1], &deep, &[], &[9, 2]].map(|ids| stacks.of_ids(ids));
        assert_eq!(numbers, [0, 1, 0, NONE, 2]);
        let (ids, lists) = stacks.into_parts();
        let read = |number: u32| lists.get(number).iter().map(|slot| ids[*slot as usize]).collect::<Vec<_>>();
        assert_eq!((read(0), read(1), read(2)), ((1..=20).collect(), vec![1, 9], vec![2, 9]));
        assert!(lists.get(3).is_empty());
    }

    #[test]
    fn both_hashes_differ_where_stacks_do() {
        let stacks = StackIds::default();
        let all: Vec<Vec<u8>> = (0..40).flat_map(|n| (0..4).map(move |byte| vec![byte; n])).collect();
        let mut keys: Vec<Key> =
            all.iter().filter(|bytes| !bytes.is_empty()).map(|bytes| stacks.key(bytes)).collect();
        let n = keys.len();
        for half in 0..2 {
            keys.sort_unstable_by_key(|key| key[half]);
            assert!(keys.windows(2).all(|pair| pair[0][half] != pair[1][half]));
        }
        assert_eq!(n, 39 * 4);
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
