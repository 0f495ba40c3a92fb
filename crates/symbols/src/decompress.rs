//! Compressed debug sections (zlib, zstd, the old `.zdebug`) and the xz stream of `.gnu_debugdata`.
//!
//! Every decoder is bounded before it runs, so that a bomb costs no more than [`limit_for`] allows.

use std::io::{Cursor, Read};

/// A decompressed section may be this many times its compressed size. Of the sections in Debian's libc6-dbg
/// and of Rust programs with full debug information packed with zlib's best level, those above 1 MiB reach
/// 34 (`.debug_info` of dwz's shared file) and mostly stay below 21; only bombs pass 64.
pub const MAX_DECOMPRESSION_RATIO: u64 = 64;

/// Whatever the ratio, no section grows past this. The largest `.debug_info` in wide use (browsers) is
/// just below it.
pub const MAX_DECOMPRESSED_BYTES: u64 = 1 << 30;

/// Up to here the ratio is not applied: one `.debug_abbrev` of libc6-dbg grows from 2 to 160 KiB.
const RATIO_FREE_BYTES: u64 = 4 << 20;

/// How a section is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Zlib,
    Zstd,
    Unknown,
}

/// Most bytes that `compressed` bytes may become.
pub(crate) fn limit_for(compressed: usize) -> u64 {
    (compressed as u64)
        .saturating_mul(MAX_DECOMPRESSION_RATIO)
        .clamp(RATIO_FREE_BYTES, MAX_DECOMPRESSED_BYTES)
}

/// Decompresses a debug section that claims to hold `claimed` bytes; the error says what was wrong.
pub(crate) fn section(compression: Compression, compressed: &[u8], claimed: u64) -> Result<Vec<u8>, String> {
    let limit = limit_for(compressed.len());
    if claimed > limit {
        return Err(format!(
            "claims {claimed} bytes out of {}, more than the {limit} allowed",
            compressed.len()
        ));
    }
    match compression {
        Compression::Zlib => read_exactly(flate2::read::ZlibDecoder::new(compressed), claimed),
        Compression::Zstd => {
            let decoder = zstd::stream::read::Decoder::new(compressed).map_err(|error| error.to_string())?;
            read_exactly(decoder, claimed)
        }
        Compression::Unknown => Err("is compressed in an unknown way, zlib and zstd are known".to_owned()),
    }
}

fn read_exactly(decoder: impl Read, claimed: u64) -> Result<Vec<u8>, String> {
    // The claim was held against the limit above, so that it is safe to reserve.
    let mut out = Vec::with_capacity(usize::try_from(claimed).unwrap_or(0));
    decoder.take(claimed).read_to_end(&mut out).map_err(|error| format!("does not decompress: {error}"))?;
    if out.len() as u64 != claimed {
        return Err(format!("decompresses to {} bytes, its header says {claimed}", out.len()));
    }
    Ok(out)
}

/// Decompresses an xz stream. `lzma-rs` has no limit of its own, so that the sizes in the chunk headers
/// are added up first; they are binding, a chunk cannot decode to more than its header says.
pub(crate) fn xz(compressed: &[u8]) -> Result<Vec<u8>, String> {
    let limit = limit_for(compressed.len());
    let size = xz_uncompressed_size(compressed).ok_or("is not an xz stream of LZMA2 blocks")?;
    if size > limit {
        return Err(format!(
            "claims {size} bytes out of {}, more than the {limit} allowed",
            compressed.len()
        ));
    }
    let mut out = Vec::new();
    lzma_rs::xz_decompress(&mut Cursor::new(compressed), &mut out)
        .map_err(|error| format!("does not decompress: {error}"))?;
    Ok(out)
}

/// Sum of the sizes in the LZMA2 chunk headers of all blocks; the layout is that of
/// <https://tukaani.org/xz/xz-file-format.txt>. `None` for anything but a chain of one LZMA2 filter,
/// because a second filter would multiply what the first one claims.
fn xz_uncompressed_size(data: &[u8]) -> Option<u64> {
    if !data.starts_with(b"\xfd7zXZ\0") {
        return None;
    }
    let check_size = match data.get(7)? & 0x0f {
        0 => 0,
        1 => 4,
        4 => 8,
        10 => 32,
        _ => return None,
    };
    let mut at = 12;
    let mut total = 0u64;
    loop {
        let header_size = (usize::from(*data.get(at)?) + 1) * 4;
        if header_size == 4 {
            return Some(total);
        }
        let filters = data.get(at + 1)? & 0x03;
        if filters != 0 {
            return None;
        }
        at += header_size;
        let block = at;
        loop {
            let control = *data.get(at)?;
            let size = |offset: usize| {
                Some(u64::from(u16::from_be_bytes([*data.get(at + offset)?, *data.get(at + offset + 1)?])))
            };
            match control {
                0 => break,
                1 | 2 => {
                    let size = size(1)? + 1;
                    total += size;
                    at += 3 + usize::try_from(size).ok()?;
                }
                0x80.. => {
                    total += (u64::from(control & 0x1f) << 16) + size(1)? + 1;
                    at += 5 + usize::from(control >= 0xc0) + usize::try_from(size(3)? + 1).ok()?;
                }
                _ => return None,
            }
        }
        at += 1;
        at = block + (at - block).next_multiple_of(4) + check_size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn sections_read_back_and_bombs_do_not() {
        let text = b"some text that repeats, some text that repeats".repeat(10);
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&text).unwrap();
        let zlib = encoder.finish().unwrap();
        assert_eq!(section(Compression::Zlib, &zlib, text.len() as u64).unwrap(), text);
        assert!(section(Compression::Zlib, &zlib, 3).is_ok_and(|out| out == b"som"));
        assert!(section(Compression::Zlib, &zlib, text.len() as u64 + 1).is_err());
        let zstd = zstd::encode_all(text.as_slice(), 3).unwrap();
        assert_eq!(section(Compression::Zstd, &zstd, text.len() as u64).unwrap(), text);
        let bomb = zstd::encode_all(vec![0; 16 << 20].as_slice(), 19).unwrap();
        assert!(section(Compression::Zstd, &bomb, 16 << 20).unwrap_err().contains("more than"));
    }

    #[test]
    fn xz_sizes_are_known_before_decoding() {
        let mut xz_bytes = Vec::new();
        let text = b"0123456789".repeat(20_000);
        lzma_rs::xz_compress(&mut text.as_slice(), &mut xz_bytes).unwrap();
        assert_eq!(xz_uncompressed_size(&xz_bytes), Some(text.len() as u64));
        assert_eq!(xz(&xz_bytes).unwrap(), text);
        for cut in [0, 5, 12, 40, xz_bytes.len() - 5] {
            assert!(xz(&xz_bytes[..cut]).is_err());
        }
    }
}
