//! Strings and byte strings of the interpreter.

use super::layout::Layout;
use crate::Snapshot;
use crate::read_error::ReadError;

/// Longest text that is read, in characters; longer ones are cut and end in an ellipsis.
pub(super) const MAX_TEXT: u64 = 4096;
/// Largest table (locations, byte strings) that is read.
const MAX_BYTES: u64 = 4 << 20;

/// A `str`. Layout: PEP 393; the kinds are 1, 2 and 4 bytes a character.
pub(super) fn text(snapshot: &Snapshot<'_>, layout: &Layout, address: u64) -> Result<String, ReadError> {
    let length = snapshot.u64("a text's length", address.wrapping_add(layout.text_length))?;
    let state = snapshot.u32("a text's state", address.wrapping_add(layout.text_state))?;
    // interned takes 2 bits up to 3.13 (of which 3.12 and 3.13 are 2 too); from 3.14 on 16 bits.
    let shift = layout.text_kind_shift;
    let (kind, compact, ascii) = (state >> shift & 7, state >> (shift + 3) & 1, state >> (shift + 4) & 1);
    let unexpected = |found: String| ReadError::Unexpected {
        what: "a text",
        address,
        found,
        wanted: "a compact string of 1, 2 or 4 bytes a character",
    };
    if compact != 1 || !matches!(kind, 1 | 2 | 4) {
        return Err(unexpected(format!("state {state:#x}")));
    }
    let data =
        address.wrapping_add(if ascii == 1 { layout.text_ascii_size } else { layout.text_compact_size });
    let shown = length.min(MAX_TEXT);
    let bytes = snapshot.bytes("a text", data, (shown * u64::from(kind)) as usize)?;
    let unit = |chunk: &[u8]| chunk.iter().rev().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
    let mut text: String = bytes
        .chunks_exact(kind as usize)
        .map(|chunk| char::from_u32(unit(chunk)).unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if length > shown {
        text.push('…');
    }
    Ok(text)
}

/// The content of a `bytes`.
pub(super) fn byte_string(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    address: u64,
) -> Result<Vec<u8>, ReadError> {
    let length = snapshot.u64("a byte string's length", address.wrapping_add(layout.sequence_size))?;
    if length > MAX_BYTES {
        return Err(ReadError::Unexpected {
            what: "a byte string",
            address,
            found: format!("{length} bytes long"),
            wanted: "at most 4 MiB",
        });
    }
    snapshot.bytes("a byte string", address.wrapping_add(layout.bytes_data), length as usize)
}
