//! Constant pools: the values that events refer to by key, written by checkpoint events.
//!
//! Kept as the bytes of the checkpoint events and a sorted list of places in them, nothing is decoded before it is
//! asked for: memory is that of the checkpoints and 16 bytes a constant, which has at least one. Source:
//! `ChunkParser` of OpenJDK's `jdk.jfr.internal.consumer`, `jfrCheckpointManager.cpp` of HotSpot.

use super::cursor::Cursor;
use super::metadata::{TypeIndex, Types};
use super::skip::skip_constant;
use std::collections::BTreeMap;

/// Bytes of checkpoints in one chunk, so that places fit into 32 bits.
const MAX_BYTES: usize = u32::MAX as usize;

/// The pools of a chunk.
#[derive(Debug, Default)]
pub(super) struct Pools {
    bytes: Vec<u8>,
    /// By type: keys and the places of their values in `bytes`, by key.
    pools: BTreeMap<TypeIndex, Vec<(u64, u32)>>,
}

impl Pools {
    /// The bytes to which the next checkpoint event is appended, before [`Pools::index`].
    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Whether no further checkpoint of this size has room.
    pub(super) fn is_full(&self, more: usize) -> bool {
        self.bytes.len().saturating_add(more) > MAX_BYTES
    }

    /// Notes the constants of the checkpoint event whose payload (what follows size and type id) begins at `from`
    /// and is the last of the bytes. Of two constants with one key the one noted later counts.
    ///
    /// # Errors
    /// What is wrong with it, as a message; the constants before that place are kept.
    pub(super) fn index(&mut self, types: &Types, from: usize, is_compressed: bool) -> Result<(), String> {
        let payload = &self.bytes[from..];
        let end = self.bytes.len();
        let mut cursor = Cursor::new(payload, is_compressed);
        let cut = || "the checkpoint ends in the middle".to_owned();
        for _ in ["start", "duration", "delta"] {
            cursor.long().ok_or_else(cut)?;
        }
        cursor.byte().ok_or_else(cut)?;
        let n_pools = cursor.int().ok_or_else(cut)?;
        for _ in 0..n_pools {
            let id = cursor.long().ok_or_else(cut)?;
            let of = types
                .index_of(id)
                .ok_or_else(|| format!("constants of type {id}, which the metadata does not have"))?;
            let n = cursor.count().ok_or_else(cut)?;
            let pool = self.pools.entry(of).or_default();
            for _ in 0..n {
                let key = cursor.long().ok_or_else(cut)?;
                let at = end - cursor.rest().len();
                skip_constant(types, of, &mut cursor)
                    .ok_or_else(|| format!("constant {key} of `{}` cannot be read", types.get(of).name))?;
                pool.push((key, at as u32));
            }
        }
        Ok(())
    }

    /// Sorts what was noted; nothing is found before.
    pub(super) fn finish(&mut self) {
        for pool in self.pools.values_mut() {
            // Stable, so that the last of equal keys is the one noted last.
            pool.sort_by_key(|constant| constant.0);
            pool.reverse();
            pool.dedup_by_key(|constant| constant.0);
            pool.reverse();
            pool.shrink_to_fit();
        }
    }

    /// The bytes from the constant's first on.
    pub(super) fn get(&self, of: TypeIndex, key: u64) -> Option<&[u8]> {
        let pool = self.pools.get(&of)?;
        let at = pool.binary_search_by_key(&key, |constant| constant.0).ok()?;
        self.bytes.get(pool[at].1 as usize..)
    }

    pub(super) fn n_bytes(&self) -> usize {
        self.bytes.len()
    }
}
