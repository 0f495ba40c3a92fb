//! Values to bytes: plain, run-length/bit-packed, delta.

use super::Physical;
use crate::varint::{write_varint, zigzag};

/// Values in a block of `DELTA_BINARY_PACKED`, and in each of its four parts.
const DELTA_BLOCK: usize = 128;
const DELTA_PART: usize = 32;

/// Bits needed for `max`; at least one, because some readers do not take zero.
pub(super) fn bit_width(max: u64) -> u32 {
    (64 - max.leading_zeros()).max(1)
}

/// `PLAIN` integers.
pub(super) fn plain_ints(out: &mut Vec<u8>, values: &[i64], physical: Physical) {
    for value in values {
        match physical {
            Physical::Int32 => out.extend_from_slice(&(*value as i32).to_le_bytes()),
            _ => out.extend_from_slice(&value.to_le_bytes()),
        }
    }
}

/// `PLAIN` text: length, bytes.
pub(super) fn plain_text<'a>(out: &mut Vec<u8>, values: impl Iterator<Item = &'a str>) {
    for value in values {
        out.extend_from_slice(&(value.len() as u32).to_le_bytes());
        out.extend_from_slice(value.as_bytes());
    }
}

/// The run-length/bit-packed hybrid, without a length in front.
pub(super) fn rle_hybrid(out: &mut Vec<u8>, values: &[u32], width: u32) {
    let value_bytes = width.div_ceil(8) as usize;
    let mut literals_from = 0;
    let mut at = 0;
    while at < values.len() {
        let value = values[at];
        let run = values[at..].iter().take_while(|next| **next == value).count();
        if run >= 8 {
            bit_packed_run(out, &values[literals_from..at], width);
            write_varint(out, (run as u64) << 1);
            out.extend_from_slice(&value.to_le_bytes()[..value_bytes]);
            at += run;
            literals_from = at;
        } else {
            // Bit-packed runs hold whole groups of eight.
            at = (at + 8).min(values.len());
        }
    }
    bit_packed_run(out, &values[literals_from..], width);
}

fn bit_packed_run(out: &mut Vec<u8>, values: &[u32], width: u32) {
    if values.is_empty() {
        return;
    }
    let groups = values.len().div_ceil(8);
    write_varint(out, (groups as u64) << 1 | 1);
    let padding = std::iter::repeat_n(0, groups * 8 - values.len());
    bit_pack(out, values.iter().map(|value| u64::from(*value)).chain(padding), width);
}

/// `DELTA_BINARY_PACKED`. Differences wrap, in 32 bits for `INT32` as its readers expect.
pub(super) fn delta(out: &mut Vec<u8>, values: &[i64], physical: Physical) {
    let Some(first) = values.first() else { return delta_header(out, 0, 0) };
    delta_header(out, values.len(), *first);
    let narrow = physical == Physical::Int32;
    let deltas: Vec<i64> = values
        .windows(2)
        .map(|pair| {
            let wide = pair[1].wrapping_sub(pair[0]);
            if narrow { i64::from(wide as i32) } else { wide }
        })
        .collect();
    for block in deltas.chunks(DELTA_BLOCK) {
        let min = block.iter().copied().min().unwrap_or(0);
        write_varint(out, zigzag(min));
        let above: Vec<u64> = block
            .iter()
            .map(|delta| {
                let wide = delta.wrapping_sub(min);
                if narrow { u64::from(wide as u32) } else { wide as u64 }
            })
            .collect();
        let mut widths = [0u8; DELTA_BLOCK / DELTA_PART];
        for (width, part) in widths.iter_mut().zip(above.chunks(DELTA_PART)) {
            let max = part.iter().copied().max().unwrap_or(0);
            *width = (64 - max.leading_zeros()) as u8;
        }
        out.extend_from_slice(&widths);
        for (width, part) in widths.iter().zip(above.chunks(DELTA_PART)) {
            let padding = std::iter::repeat_n(0, DELTA_PART - part.len());
            bit_pack(out, part.iter().copied().chain(padding), u32::from(*width));
        }
    }
}

fn delta_header(out: &mut Vec<u8>, count: usize, first: i64) {
    write_varint(out, DELTA_BLOCK as u64);
    write_varint(out, (DELTA_BLOCK / DELTA_PART) as u64);
    write_varint(out, count as u64);
    write_varint(out, zigzag(first));
}

/// Packs values of `width` bits (up to 64), lowest bits first; their bits together must be whole bytes.
fn bit_pack(out: &mut Vec<u8>, values: impl Iterator<Item = u64>, width: u32) {
    if width == 0 {
        return;
    }
    let mut pending = 0u128;
    let mut bits = 0;
    for value in values {
        pending |= u128::from(value) << bits;
        bits += width;
        while bits >= 8 {
            out.push(pending as u8);
            pending >>= 8;
            bits -= 8;
        }
    }
    debug_assert_eq!(bits, 0, "groups of eight values fill whole bytes");
}
