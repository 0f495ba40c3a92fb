//! Ids of texts that are not kept: a text is known by 128 bits of two seeded hashes.
//!
//! Two texts of one map that share all of them have never been seen by anybody; a hundred million texts would do it
//! with a chance of one in 10^22.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// At most so many texts are remembered, then the map begins anew: it is a cache.
const MOST_TEXTS: usize = 1 << 21;

/// What a text is known by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct TextKey(u64, u64);

pub(super) struct TextMap<T> {
    entries: HashTable<(TextKey, T)>,
    hashers: [DefaultHashBuilder; 2],
}

impl<T: Copy> TextMap<T> {
    pub(super) fn new() -> Self {
        Self {
            entries: HashTable::new(),
            hashers: [DefaultHashBuilder::default(), DefaultHashBuilder::default()],
        }
    }

    pub(super) fn key(&self, text: &[u8]) -> TextKey {
        let [first, second] = &self.hashers;
        TextKey(first.hash_one(text), second.hash_one(text))
    }

    /// The key of texts in their order, and of a mark beside them.
    pub(super) fn key_of(&self, parts: &[&[u8]], mark: u64) -> TextKey {
        let [first, second] = &self.hashers;
        TextKey(first.hash_one((parts, mark)), second.hash_one((parts, mark)))
    }

    pub(super) fn get(&self, key: TextKey) -> Option<T> {
        self.entries.find(key.0, |entry| entry.0 == key).map(|entry| entry.1)
    }

    pub(super) fn insert(&mut self, key: TextKey, value: T) {
        if self.entries.len() >= MOST_TEXTS {
            self.entries.clear();
        }
        self.entries.insert_unique(key.0, (key, value), |entry| entry.0.0);
    }
}
