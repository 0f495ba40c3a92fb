//! Bytes to values. Counts are charged to the budget by the caller; nothing here trusts a length.

use super::Physical;
use crate::varint::{read_varint, unzigzag};

/// Reads `count` values of the run-length/bit-packed hybrid. `None` if the bytes end before.
pub(super) fn rle_hybrid(mut rest: &[u8], width: u32, count: usize, mut put: impl FnMut(u32)) -> Option<()> {
    if width > 32 {
        return None;
    }
    let value_bytes = width.div_ceil(8) as usize;
    let mut left = count;
    while left > 0 {
        let header = read_varint(&mut rest)?;
        if header & 1 == 0 {
            let run = usize::try_from(header >> 1).ok()?.min(left);
            let (bytes, after) = rest.split_at_checked(value_bytes)?;
            let mut value = [0; 4];
            value[..value_bytes].copy_from_slice(bytes);
            rest = after;
            // An empty run takes at least a byte of input, so this loop ends.
            for _ in 0..run {
                put(u32::from_le_bytes(value));
            }
            left -= run;
        } else {
            let values = usize::try_from(header >> 1).ok()?.checked_mul(8)?;
            let run = values.min(left);
            // Writers may cut the padding of the last group, so only what is used must be there.
            let needed = run.checked_mul(width as usize)?.div_ceil(8);
            let whole = values.checked_mul(width as usize)?.div_ceil(8);
            if needed > rest.len() {
                return None;
            }
            bit_unpack(&rest[..needed], width, run, |value| put(value as u32));
            rest = &rest[whole.min(rest.len())..];
            left -= run;
        }
    }
    Some(())
}

/// Reads `count` values of `DELTA_BINARY_PACKED`. `None` for damaged bytes.
pub(super) fn delta(
    mut rest: &[u8],
    physical: Physical,
    count: usize,
    mut put: impl FnMut(i64),
) -> Option<()> {
    let narrow = |value: i64| if physical == Physical::Int32 { i64::from(value as i32) } else { value };
    let block = usize::try_from(read_varint(&mut rest)?).ok()?;
    let parts = usize::try_from(read_varint(&mut rest)?).ok()?;
    let total = usize::try_from(read_varint(&mut rest)?).ok()?;
    let mut value = narrow(unzigzag(read_varint(&mut rest)?));
    if total != count {
        return None;
    }
    if count == 0 {
        return Some(());
    }
    // The format asks for blocks of a multiple of 128 and parts of a multiple of 32.
    if parts == 0 || parts > 1024 || block == 0 || block % parts != 0 || (block / parts) % 8 != 0 {
        return None;
    }
    let part_values = block / parts;
    put(value);
    let mut left = count - 1;
    while left > 0 {
        let min = unzigzag(read_varint(&mut rest)?);
        let (widths, after) = rest.split_at_checked(parts)?;
        rest = after;
        for width in widths {
            if left == 0 {
                break;
            }
            let width = u32::from(*width);
            if width > 64 {
                return None;
            }
            let used = part_values.min(left);
            let whole = part_values.checked_mul(width as usize)? / 8;
            let (packed, after) = rest.split_at_checked(whole)?;
            rest = after;
            bit_unpack(packed, width, used, |above| {
                value = narrow(value.wrapping_add(min).wrapping_add(above as i64));
                put(value);
            });
            left -= used;
        }
    }
    Some(())
}

/// Reads `count` plain integers.
pub(super) fn plain_ints(
    rest: &[u8],
    physical: Physical,
    count: usize,
    mut put: impl FnMut(i64),
) -> Option<()> {
    let size = if physical == Physical::Int32 { 4 } else { 8 };
    let bytes = rest.get(..count.checked_mul(size)?)?;
    for value in bytes.chunks_exact(size) {
        put(match value {
            [a, b, c, d] => i64::from(i32::from_le_bytes([*a, *b, *c, *d])),
            _ => i64::from_le_bytes(value.try_into().ok()?),
        });
    }
    Some(())
}

/// Reads `count` plain texts.
pub(super) fn plain_text<'a>(mut rest: &'a [u8], count: usize, mut put: impl FnMut(&'a [u8])) -> Option<()> {
    for _ in 0..count {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let (text, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        put(text);
        rest = after;
    }
    Some(())
}

/// Unpacks `count` values of `width` bits (up to 64); the bytes must hold them.
fn bit_unpack(bytes: &[u8], width: u32, count: usize, mut put: impl FnMut(u64)) {
    if width == 0 {
        (0..count).for_each(|_| put(0));
        return;
    }
    let mask = u64::MAX >> (64 - width);
    let mut bytes = bytes.iter();
    let mut pending = 0u128;
    let mut bits = 0;
    for _ in 0..count {
        while bits < width {
            pending |= u128::from(bytes.next().copied().unwrap_or(0)) << bits;
            bits += 8;
        }
        put(pending as u64 & mask);
        pending >>= width;
        bits -= width;
    }
}
