//! Recordings written by hand, for tests: every byte is known.

use super::header::HEADER_BYTES;

/// A closed chunk's header of version 2.1 with compressed integers; begin at tick 5000, one tick a nanosecond.
pub(super) fn header_bytes(size: u64, checkpoint: u64, metadata: u64) -> [u8; HEADER_BYTES as usize] {
    let mut out = [0; HEADER_BYTES as usize];
    out[..8].copy_from_slice(b"FLR\0\0\x02\0\x01");
    let words = [size, checkpoint, metadata, 1_700_000_000_000_000_000, 1_000_000, 5000, 1_000_000_000];
    for (at, word) in words.iter().enumerate() {
        out[8 + 8 * at..16 + 8 * at].copy_from_slice(&word.to_be_bytes());
    }
    out[67] = 1;
    out
}
