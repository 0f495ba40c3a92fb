//! Cuts a stream of protobuf into blocks that end where a field ends, so that each can be read by itself.

use super::SOURCE;
use crate::varint::read_varint;
use fathom_model::Issue;
use std::io::Read;

/// Bytes of a block: enough to make handing over cheap, few enough for a cache.
const BLOCK_BYTES: usize = 1 << 20;

/// Reads to the end and hands over block after block. Gets back a block that is not needed any more, whatever is in
/// it; `None` ends the reading. A field is at most `most_bytes` long. Gives what was found wrong.
pub(super) fn cut_into_blocks(
    stream: &mut impl Read,
    most_bytes: usize,
    mut hand_over: impl FnMut(Vec<u8>) -> Option<Vec<u8>>,
) -> Vec<Issue> {
    let mut block: Vec<u8> = Vec::with_capacity(2 * BLOCK_BYTES);
    // Where the block stands in the stream.
    let mut offset = 0_u64;
    loop {
        let before = block.len();
        // A stream has no errors.
        let _ = stream.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut block);
        let is_end = block.len() == before;
        let whole = whole_fields(&block);
        let at = offset + whole.bytes as u64;
        let problem = if whole.is_broken {
            Some("no protobuf field stands here; what comes behind is not read".to_owned())
        } else if is_end && whole.bytes < block.len() {
            Some("the file ends in the middle of this field".to_owned())
        } else if block.len() - whole.bytes > most_bytes {
            Some(format!(
                "this field is longer than {most_bytes} bytes; it and what comes behind are not read"
            ))
        } else {
            None
        };
        let is_last = is_end || problem.is_some();
        if whole.bytes > 0 {
            let rest = block.split_off(whole.bytes);
            let Some(mut next) = hand_over(block) else { return Vec::new() };
            next.clear();
            next.extend_from_slice(&rest);
            block = next;
            offset = at;
        }
        if is_last {
            return problem.map(|what| Issue::at(SOURCE, at, what)).into_iter().collect();
        }
    }
}

struct Whole {
    /// Up to where there are whole fields.
    bytes: usize,
    /// What stands behind is none, however many bytes follow.
    is_broken: bool,
}

/// Only heads are looked at: of a long field that is far from whole it costs next to nothing to look again.
fn whole_fields(block: &[u8]) -> Whole {
    let mut rest = block;
    let mut whole = Whole { bytes: 0, is_broken: false };
    loop {
        // A number has ten bytes at most.
        let head = rest;
        let is_short = rest.len() < 10;
        let Some(tag) = read_varint(&mut rest) else {
            whole.is_broken = !is_short;
            return whole;
        };
        let is_short = rest.len() < 10;
        let length = match tag & 7 {
            0 => match read_varint(&mut rest) {
                Some(_) => Some(0),
                None => {
                    whole.is_broken = !is_short;
                    return whole;
                }
            },
            1 => Some(8),
            2 => match read_varint(&mut rest) {
                Some(length) => usize::try_from(length).ok(),
                None => {
                    whole.is_broken = !is_short;
                    return whole;
                }
            },
            5 => Some(4),
            _ => {
                whole.is_broken = true;
                return whole;
            }
        };
        let Some((_, behind)) = length.and_then(|length| rest.split_at_checked(length)) else { return whole };
        whole.bytes += head.len() - behind.len();
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::{Fields, Message};

    fn fields(n: usize, bytes: usize) -> Vec<u8> {
        let mut out = Message::default();
        for at in 0..n {
            out.bytes(6, &vec![at as u8; bytes]).uint(9, at as u64 + 1);
        }
        out.into_bytes()
    }

    fn cut(mut bytes: &[u8], most: usize) -> (Vec<Vec<u8>>, Vec<Issue>) {
        let mut blocks = Vec::new();
        let issues = cut_into_blocks(&mut bytes, most, |block| {
            blocks.push(block);
            Some(b"used".to_vec())
        });
        (blocks, issues)
    }

    #[test]
    fn blocks_hold_whole_fields_and_nothing_is_lost() {
        for (n, bytes) in [(3, 10), (50_000, 60), (4, 700_000), (2, 5_000_000)] {
            let bytes = fields(n, bytes);
            let (blocks, issues) = cut(&bytes, usize::MAX);
            assert!(issues.is_empty());
            assert_eq!(blocks.concat(), bytes);
            let n_fields: usize = blocks.iter().map(|block| Fields::new(block).count()).sum();
            assert_eq!(n_fields, 2 * n);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let bytes = fields(2, 10);
        for length in 0..bytes.len() {
            let (blocks, issues) = cut(&bytes[..length], usize::MAX);
            let kept = blocks.concat().len();
            assert_eq!(
                issues.iter().map(|issue| issue.offset).next().flatten(),
                (kept < length).then_some(kept as u64)
            );
        }
        let (blocks, issues) = cut(&[&bytes[..], &[0x0f; 20]].concat(), usize::MAX);
        assert_eq!((blocks.concat(), issues[0].offset), (bytes.clone(), Some(bytes.len() as u64)));
        let (_, issues) = cut(&fields(1, 3_000_000), 1_000_000);
        assert!(issues[0].message.starts_with("this field is longer than 1000000 bytes"), "{issues:?}");
    }
}
