//! Variable-length integers: seven bits a byte, lowest first, as Thrift, protobuf and the spool use them.

/// Appends an unsigned integer: one to ten bytes.
#[inline]
pub fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes an unsigned integer from the front; `None` at the end of the bytes or after more than ten.
#[inline]
pub fn read_varint(rest: &mut &[u8]) -> Option<u64> {
    // Most numbers are small.
    if let [byte @ 0..0x80, behind @ ..] = *rest {
        *rest = behind;
        return Some(u64::from(*byte));
    }
    if let Some((word, _)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let ends = !word & 0x8080_8080_8080_8080;
        if ends != 0 {
            // The bytes up to the first that ends a number, then their seven bits each put together by pairs. Without
            // a branch that depends on the length: in most files numbers of several lengths stand side by side.
            let last = ends.trailing_zeros();
            let bits = word & (u64::MAX >> (63 - last)) & 0x7f7f_7f7f_7f7f_7f7f;
            let bits = bits & 0x007f_007f_007f_007f | (bits & 0x7f00_7f00_7f00_7f00) >> 1;
            let bits = bits & 0x0000_3fff_0000_3fff | (bits & 0x3fff_0000_3fff_0000) >> 2;
            let bits = bits & 0x0000_0000_0fff_ffff | (bits & 0x0fff_ffff_0000_0000) >> 4;
            *rest = &rest[last as usize / 8 + 1..];
            return Some(bits);
        }
    }
    let mut value = 0u64;
    for (position, byte) in rest.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * position as u32);
        if byte & 0x80 == 0 {
            *rest = &rest[position + 1..];
            return Some(value);
        }
    }
    None
}

/// Maps small negative numbers to small unsigned ones: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
#[inline]
pub fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

/// The inverse of [`zigzag`].
#[inline]
pub fn unzigzag(raw: u64) -> i64 {
    (raw >> 1) as i64 ^ -((raw & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_read_back() {
        for value in [0, 1, -1, 63, -64, 64, 300, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            write_varint(&mut out, zigzag(value));
            let mut rest = out.as_slice();
            assert_eq!(read_varint(&mut rest).map(unzigzag), Some(value));
            assert!(rest.is_empty());
        }
        assert_eq!(read_varint(&mut [0x80u8; 11].as_slice()), None);
    }

    #[test]
    fn what_stands_behind_changes_nothing() {
        for bits in 0..64 {
            for value in [1 << bits, u64::MAX >> bits, 0xa5a5_5a5a_c3c3_3c3c >> bits] {
                let mut out = Vec::new();
                write_varint(&mut out, value);
                let length = out.len();
                for behind in [0x00, 0x7f, 0x80, 0xff] {
                    out.truncate(length);
                    out.extend([behind; 9]);
                    for n in length..=out.len() {
                        let mut rest = &out[..n];
                        assert_eq!(read_varint(&mut rest), Some(value));
                        assert_eq!(rest.len(), n - length);
                    }
                }
            }
        }
        assert_eq!(read_varint(&mut [0x80u8; 11].as_slice()), None);
        assert_eq!(read_varint(&mut [].as_slice()), None);
    }
}
