//! Labels that the program set with `runtime/pprof`: `g.labels`.
//!
//! From Go 1.24 on they are a list of pairs; before, a `map[string]string`, whose buckets are read as
//! `runtime/map.go` of those releases lays them out. Set labels are never changed, only replaced.

use super::layout::LabelStyle;
use crate::Snapshot;
use crate::read_error::ReadError;

/// More labels than any program sets; longer texts than a list can show.
const MAX_LABELS: u64 = 256;
const MAX_TEXT_BYTES: u64 = 4 << 10;
/// Entries of a bucket, its size, and where its parts are.
const BUCKET_ENTRIES: u64 = 8;
const BUCKET_KEYS: u64 = 8;
const BUCKET_VALUES: u64 = BUCKET_KEYS + 16 * BUCKET_ENTRIES;
const BUCKET_OVERFLOW: u64 = BUCKET_VALUES + 16 * BUCKET_ENTRIES;
const BUCKET_BYTES: u64 = BUCKET_OVERFLOW + 8;
/// Smallest first byte of an entry that is in use.
const MIN_TOP_HASH: u8 = 5;
/// Buckets are `1 << B`.
const MAX_B: u8 = 6;

/// The labels at `address`, by name.
pub(super) fn read(
    snapshot: &Snapshot<'_>,
    style: LabelStyle,
    address: u64,
) -> Result<Vec<(String, String)>, ReadError> {
    if address == 0 {
        return Ok(Vec::new());
    }
    let first = snapshot.u64("labels", address)?;
    let mut labels = match style {
        LabelStyle::List => {
            let n = snapshot.u64("how many labels there are", address.wrapping_add(8))?;
            if n > MAX_LABELS {
                return Err(unexpected(address, format!("{n} labels")));
            }
            (0..n)
                .map(|index| {
                    let pair = first.wrapping_add(32 * index);
                    Ok((text(snapshot, pair)?, text(snapshot, pair.wrapping_add(16))?))
                })
                .collect::<Result<Vec<_>, ReadError>>()?
        }
        LabelStyle::Map if first == 0 => Vec::new(),
        LabelStyle::Map => map(snapshot, first)?,
    };
    labels.sort();
    Ok(labels)
}

fn map(snapshot: &Snapshot<'_>, header: u64) -> Result<Vec<(String, String)>, ReadError> {
    let n = snapshot.u64("how many labels there are", header)?;
    let mut small = [0; 2];
    snapshot.read("a map of labels", header.wrapping_add(8), &mut small)?;
    let [_, b] = small;
    let buckets = snapshot.u64("a map of labels", header.wrapping_add(16))?;
    if n > MAX_LABELS || b > MAX_B {
        return Err(unexpected(header, format!("{n} labels in 2^{b} buckets")));
    }
    let mut labels = Vec::new();
    for index in 0..1u64 << b {
        let mut bucket = buckets.wrapping_add(index * BUCKET_BYTES);
        // Every bucket of a chain but the last is full.
        for _ in 0..=MAX_LABELS / BUCKET_ENTRIES {
            if bucket == 0 || labels.len() as u64 >= n {
                break;
            }
            let mut hashes = [0; BUCKET_ENTRIES as usize];
            snapshot.read("a bucket of labels", bucket, &mut hashes)?;
            for (entry, _) in (0u64..).zip(hashes).filter(|(_, hash)| *hash >= MIN_TOP_HASH) {
                let key = text(snapshot, bucket.wrapping_add(BUCKET_KEYS + 16 * entry))?;
                let value = text(snapshot, bucket.wrapping_add(BUCKET_VALUES + 16 * entry))?;
                labels.push((key, value));
            }
            bucket = snapshot.u64("a bucket of labels", bucket.wrapping_add(BUCKET_OVERFLOW))?;
        }
    }
    Ok(labels)
}

/// A Go string: address and length.
fn text(snapshot: &Snapshot<'_>, header: u64) -> Result<String, ReadError> {
    let address = snapshot.u64("a label", header)?;
    let length = snapshot.u64("a label's length", header.wrapping_add(8))?.min(MAX_TEXT_BYTES);
    let bytes = snapshot.bytes("a label's text", address, length as usize)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unexpected(address: u64, found: String) -> ReadError {
    ReadError::Unexpected { what: "a set of labels", address, found, wanted: "at most 256 labels" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::{ProcessView, RecordedProcess};
    use std::collections::BTreeMap;

    const BASE: u64 = 0xc000_0000;

    fn labels_of(style: LabelStyle, words: &[(u64, u64)], texts: &[(u64, &str)]) -> Vec<(String, String)> {
        let mut bytes = vec![0; 8192];
        for (at, word) in words {
            bytes[*at as usize..*at as usize + 8].copy_from_slice(&word.to_le_bytes());
        }
        for (at, text) in texts {
            bytes[*at as usize..*at as usize + text.len()].copy_from_slice(text.as_bytes());
        }
        let mut recorded = RecordedProcess::new(1, BTreeMap::new());
        recorded.add_memory(BASE, bytes);
        read(&Snapshot::new(&ProcessView::Recorded(recorded)), style, BASE).unwrap()
    }

    #[test]
    fn a_list_and_a_map_say_the_same() {
        let texts = [(4096, "job"), (4104, "seven"), (4112, "who"), (4120, "me")];
        let strings = |places: [u64; 4]| -> Vec<(u64, u64)> {
            let lengths = [3, 5, 3, 2];
            (0u64..)
                .zip(places)
                .zip(lengths)
                .flat_map(|((n, place), length)| [(place, BASE + 4096 + 8 * n), (place + 8, length)])
                .collect()
        };
        let mut list = vec![(0, BASE + 64), (8, 2), (16, 2)];
        list.extend(strings([64, 80, 96, 112]));
        let wanted = vec![("job".to_owned(), "seven".to_owned()), ("who".to_owned(), "me".to_owned())];
        assert_eq!(labels_of(LabelStyle::List, &list, &texts), wanted);

        // Entries 0 and 2 of the one bucket are in use.
        let bucket = 512;
        let mut map = vec![(0, BASE + 256), (256, 2), (264, 0), (272, BASE + bucket)];
        map.push((bucket, u64::from_le_bytes([200, 0, 5, 1, 1, 0, 0, 0])));
        let (keys, values) = (bucket + BUCKET_KEYS, bucket + BUCKET_VALUES);
        map.extend(strings([keys, values, keys + 32, values + 32]));
        assert_eq!(labels_of(LabelStyle::Map, &map, &texts), wanted);
        assert_eq!(labels_of(LabelStyle::Map, &[], &[]), []);
    }
}
