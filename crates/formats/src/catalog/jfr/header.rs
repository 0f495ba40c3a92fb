//! The header of a chunk: 68 bytes, big-endian.
//!
//! Source: `ChunkHeader` of OpenJDK's `jdk.jfr.internal.consumer`, `jfrChunk.cpp` of HotSpot.

/// What a chunk begins with.
pub(super) const MAGIC: &[u8; 4] = b"FLR\0";
/// Bytes of a header; events follow.
pub(super) const HEADER_BYTES: u64 = 68;

const COMPRESSED_INTEGERS: u32 = 1;

/// The head of one chunk. Offsets in it are relative to its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkHeader {
    /// Version of the format: 1 or 2, and a minor number.
    pub version: (u16, u16),
    /// Bytes with the header, as of the last update; 0 if the writer never came to it.
    pub size: u64,
    /// Where the newest checkpoint event stands.
    pub checkpoint_offset: u64,
    /// Where the newest metadata event stands.
    pub metadata_offset: u64,
    /// Wall-clock time of the start, nanoseconds since 1970.
    pub start_nanos: i64,
    /// Length of the chunk in nanoseconds.
    pub duration_nanos: i64,
    /// The same begin in ticks.
    pub start_ticks: i64,
    /// Ticks of a second, at least one.
    pub ticks_per_second: i64,
    /// Whether the writer closed it.
    pub is_finished: bool,
    /// Whether integers are compressed.
    pub is_compressed: bool,
}

impl ChunkHeader {
    /// Reads the first 68 bytes of a chunk.
    ///
    /// # Errors
    /// What is wrong with them, as a message.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        if !bytes.starts_with(MAGIC) {
            return Err("no chunk begins here, `FLR` and a zero needed".into());
        }
        let bytes: &[u8; HEADER_BYTES as usize] = bytes
            .first_chunk()
            .ok_or_else(|| format!("{} bytes of a chunk's header, {HEADER_BYTES} needed", bytes.len()))?;
        let word = |at: usize| i64::from_be_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let version = (u16::from_be_bytes([bytes[4], bytes[5]]), u16::from_be_bytes([bytes[6], bytes[7]]));
        if !matches!(version.0, 1 | 2) {
            return Err(format!("version {}.{} of the format, 1.x or 2.x needed", version.0, version.1));
        }
        let ticks_per_second = word(56);
        if ticks_per_second <= 0 {
            return Err(format!("{ticks_per_second} ticks a second, more than 0 needed"));
        }
        // The first byte is the state (0: closed, 255: just being changed, others count the updates); the last
        // holds the flags.
        let features = u32::from_be_bytes([0, bytes[65], bytes[66], bytes[67]]);
        Ok(Self {
            version,
            size: word(8) as u64,
            checkpoint_offset: word(16) as u64,
            metadata_offset: word(24) as u64,
            start_nanos: word(32),
            duration_nanos: word(40),
            start_ticks: word(48),
            ticks_per_second,
            is_finished: bytes[64] == 0,
            is_compressed: features & COMPRESSED_INTEGERS != 0,
        })
    }

    /// Wall-clock nanoseconds since 1970 of a tick, rounded down.
    pub fn wall_nanos(&self, ticks: i64) -> i64 {
        let span = i128::from(ticks) - i128::from(self.start_ticks);
        clamped(i128::from(self.start_nanos) + self.scaled(span))
    }

    /// Nanoseconds of a number of ticks, rounded down.
    pub fn span_nanos(&self, ticks: i64) -> i64 {
        clamped(self.scaled(i128::from(ticks)))
    }

    fn scaled(&self, ticks: i128) -> i128 {
        let per_second = i128::from(self.ticks_per_second);
        // The usual case fits into the machine's own integers, whose division is far cheaper.
        match (i64::try_from(ticks), self.ticks_per_second) {
            (Ok(ticks), 1_000_000_000) => i128::from(ticks),
            (Ok(ticks), per_second) => {
                let whole = ticks.div_euclid(per_second);
                let rest = ticks.rem_euclid(per_second);
                let rest_nanos = match rest.checked_mul(1_000_000_000) {
                    Some(product) => i128::from(product / per_second),
                    None => i128::from(rest) * 1_000_000_000 / i128::from(per_second),
                };
                i128::from(whole) * 1_000_000_000 + rest_nanos
            }
            _ => ticks.saturating_mul(1_000_000_000).div_euclid(per_second),
        }
    }
}

fn clamped(nanos: i128) -> i64 {
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::jfr::hand::header_bytes;

    #[test]
    fn a_header_reads() {
        let header = ChunkHeader::read(&header_bytes(100, 70, 68)).expect("sound");
        assert_eq!(header.version, (2, 1));
        assert_eq!((header.size, header.checkpoint_offset, header.metadata_offset), (100, 70, 68));
        assert!(header.is_finished && header.is_compressed);
        assert_eq!(header.wall_nanos(header.start_ticks), header.start_nanos);
    }

    #[test]
    fn what_is_no_header_is_said() {
        let sound = header_bytes(100, 70, 68);
        let error = |bytes: &[u8]| ChunkHeader::read(bytes).expect_err("damaged");
        assert_eq!(error(&sound[..67]), "67 bytes of a chunk's header, 68 needed");
        assert_eq!(error(b"FLX"), "no chunk begins here, `FLR` and a zero needed");
        let mut other = sound;
        other[5] = 3;
        assert_eq!(error(&other), "version 3.1 of the format, 1.x or 2.x needed");
        let mut other = sound;
        other[56..64].fill(0);
        assert_eq!(error(&other), "0 ticks a second, more than 0 needed");
    }

    #[test]
    fn ticks_become_nanoseconds() {
        let mut header = ChunkHeader::read(&header_bytes(100, 70, 68)).expect("sound");
        (header.start_nanos, header.start_ticks, header.ticks_per_second) = (1_000, 500, 2_500_000_000);
        assert_eq!(header.wall_nanos(500 + 25), 1_010);
        assert_eq!(header.wall_nanos(500 - 25), 990);
        // 2.9 GHz for ten days: the product does not fit into 64 bits.
        header.ticks_per_second = 2_900_000_000;
        assert_eq!(header.span_nanos(2_900_000_000 * 864_000), 864_000_000_000_000);
        assert_eq!(header.span_nanos(2_900_000_000 * 864_000 + 29), 864_000_000_000_010);
        assert_eq!(header.span_nanos(i64::MAX), 3_180_473_116_156_819_243);
        header.ticks_per_second = 1;
        assert_eq!((header.span_nanos(i64::MAX), header.span_nanos(i64::MIN)), (i64::MAX, i64::MIN));
        header.start_ticks = i64::MIN;
        assert_eq!(header.wall_nanos(i64::MAX), i64::MAX);
    }
}
