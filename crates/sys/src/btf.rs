//! Just enough of BTF, the kernel's description of its own types, to find where a member of a structure lies.
//!
//! Source: `Documentation/bpf/btf.rst`, `include/uapi/linux/btf.h`. Any bytes are survived.

const MAGIC: u16 = 0xeb9f;
const KIND_STRUCT: u32 = 4;

/// Byte offset of `member` in `struct structure`; `None` if the bytes do not tell.
pub fn member_offset(btf: &[u8], structure: &str, member: &str) -> Option<u32> {
    if u16::from_le_bytes(btf.get(..2)?.try_into().ok()?) != MAGIC {
        return None;
    }
    let header = word(btf, 4)? as usize;
    let section = |offset_at: usize, length_at: usize| {
        let start = header.checked_add(word(btf, offset_at)? as usize)?;
        btf.get(start..start.checked_add(word(btf, length_at)? as usize)?)
    };
    let types = section(8, 12)?;
    let strings = section(16, 20)?;
    let mut at = 0;
    while let (Some(name), Some(info)) = (word(types, at), word(types, at + 4)) {
        let n = (info & 0xffff) as usize;
        let body = at + 12;
        // What follows the three common words, by kind (`btf_type` in the header).
        let body_bytes = match info >> 24 & 0x1f {
            1 | 14 | 17 => 4,
            3 => 12,
            KIND_STRUCT | 5 | 15 | 19 => 12 * n,
            6 | 13 => 8 * n,
            2 | 7..=12 | 16 | 18 => 0,
            _ => return None,
        };
        if info >> 24 & 0x1f == KIND_STRUCT && text_is(strings, name, structure) {
            let with_bit_sizes = info >> 31 == 1;
            return (0..n).map(|i| body + 12 * i).find_map(|at| {
                let bits = word(types, at + 8)?;
                let bits = if with_bit_sizes { bits & 0x00ff_ffff } else { bits };
                (text_is(strings, word(types, at)?, member) && bits % 8 == 0).then_some(bits / 8)
            });
        }
        at = body + body_bytes;
    }
    None
}

fn text_is(strings: &[u8], offset: u32, wanted: &str) -> bool {
    strings
        .get(offset as usize..)
        .and_then(|rest| rest.strip_prefix(wanted.as_bytes()))
        .is_some_and(|rest| rest.first() == Some(&0))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One struct `task` with members `a` at bit 0 and `parent` at bit 192.
    fn small() -> Vec<u8> {
        let strings = b"\0task\0a\0parent\0";
        let types: Vec<u32> = vec![1, KIND_STRUCT << 24 | 2, 32, 6, 0, 0, 8, 0, 192];
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        let length = types.len() as u32 * 4;
        for value in [24, 0, length, length, strings.len() as u32].iter().chain(&types) {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes.extend_from_slice(strings);
        bytes
    }

    #[test]
    fn members_are_found() {
        assert_eq!(member_offset(&small(), "task", "parent"), Some(24));
        assert_eq!(member_offset(&small(), "task", "par"), None);
        assert_eq!(member_offset(&small(), "other", "a"), None);
    }

    #[test]
    fn any_bytes_are_survived() {
        let whole = small();
        for cut in 0..whole.len() {
            member_offset(&whole[..cut], "task", "parent");
            let mut flipped = whole.clone();
            flipped[cut] ^= 0xff;
            member_offset(&flipped, "task", "parent");
        }
    }
}
