//! Where the messages of a file begin and end, and whether bytes are such messages at all.

use super::schema::{Kind, PROFILES_DATA, Schema};
use crate::format::Sniff;
use crate::varint::read_varint;

/// The messages of a file with their offsets: one, or several with their lengths before them.
pub(super) fn messages(bytes: &[u8]) -> Vec<(u64, &[u8])> {
    if is_top(bytes) {
        return vec![(0, bytes)];
    }
    // Nothing is both: a length of four bytes begins with a zero for all but huge messages.
    let with_varints = cut(bytes, read_varint);
    let with_words = cut(bytes, |rest| {
        let (word, behind) = rest.split_first_chunk::<4>()?;
        *rest = behind;
        Some(u32::from_be_bytes(*word).into())
    });
    match (with_varints, with_words) {
        (Some(messages), _) | (None, Some(messages)) => messages,
        // Whatever it is: the reader says what is wrong.
        (None, None) => vec![(0, bytes)],
    }
}

/// Whether the first field is one of the outermost message, which has only two.
fn is_top(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    matches!(read_varint(&mut rest), Some(0x0a | 0x12))
        && read_varint(&mut rest).is_some()
        && matches!(looks_like(&PROFILES_DATA, bytes, true, 0), Look::Right | Look::Unsure)
}

fn cut<'a>(bytes: &'a [u8], length: impl Fn(&mut &'a [u8]) -> Option<u64>) -> Option<Vec<(u64, &'a [u8])>> {
    let mut rest = bytes;
    let mut messages = Vec::new();
    while !rest.is_empty() {
        let Some(n) = length(&mut rest).filter(|n| *n > 0) else { break };
        let offset = (bytes.len() - rest.len()) as u64;
        // The last one may be cut.
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        let (message, behind) = rest.split_at(n.min(rest.len()));
        if !is_top(message) {
            break;
        }
        messages.push((offset, message));
        rest = behind;
    }
    (!messages.is_empty()).then_some(messages)
}

/// What the start of a message looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Fields that are not of the schema.
    Wrong,
    /// Nothing contradicts, but there is little to see.
    Unsure,
    /// A profile, or tables that a dictionary has.
    Right,
}

/// Whether bytes begin as profiles do: protobuf has no signature, but three messages stand within one another before
/// a profile, whose first field others with the same outer messages (traces, metrics, logs) do not have.
pub(super) fn sniff(head: &[u8]) -> Sniff {
    let bytes = messages(head).first().map_or(head, |(_, message)| *message);
    match looks_like(&PROFILES_DATA, bytes, true, 0) {
        Look::Right => Sniff::Yes,
        Look::Unsure | Look::Wrong => Sniff::No,
    }
}

/// Looks at the start of a message and of those in it. Where they may be cut, a number without its end is no sign of
/// anything; elsewhere it is one of other messages.
fn looks_like(schema: &Schema, bytes: &[u8], may_be_cut: bool, depth: usize) -> Look {
    let mut look = Look::Unsure;
    let mut rest = bytes;
    // More fields say nothing new.
    for _ in 0..64 {
        if rest.is_empty() {
            break;
        }
        let cut = if may_be_cut { look } else { Look::Wrong };
        let Some(tag) = read_varint(&mut rest) else { return cut };
        let Some(field) = schema.numbered(tag >> 3) else { return Look::Wrong };
        let is_bytes = matches!(field.kind, Kind::Message(_) | Kind::Text | Kind::Bytes | Kind::Id);
        match (tag & 7, field.kind) {
            (0, Kind::Small | Kind::Signed | Kind::Unsigned | Kind::Truth) => {
                if read_varint(&mut rest).is_none() {
                    return cut;
                }
            }
            (1, Kind::Fixed | Kind::Double) => rest = rest.get(8..).unwrap_or_default(),
            (2, _) if is_bytes || field.is_list => {
                let Some(length) = read_varint(&mut rest) else { return cut };
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let is_cut = length > rest.len();
                if is_cut && !may_be_cut {
                    return Look::Wrong;
                }
                let (inner, behind) = rest.split_at(length.min(rest.len()));
                rest = behind;
                let found = match field.kind {
                    Kind::Message(schema) if depth < 8 => looks_like(schema, inner, is_cut, depth + 1),
                    _ => Look::Unsure,
                };
                if found == Look::Wrong {
                    return Look::Wrong;
                }
                // Tables of a dictionary, and what is in a profile.
                let is_telling =
                    matches!(field.name, "sampleType" | "samples" | "stackTable" | "stringTable");
                if found == Look::Right || (is_telling && length > 0) {
                    look = Look::Right;
                }
            }
            _ => return Look::Wrong,
        }
    }
    look
}
