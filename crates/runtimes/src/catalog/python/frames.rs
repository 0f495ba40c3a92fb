//! The chain of frames of one thread.

use super::layout::{FrameStyle, Layout};
use crate::Snapshot;
use crate::read_error::ReadError;

/// Longest chain that is followed; the interpreter's own limit is 1,000 unless the program raises it.
pub(super) const MAX_FRAMES: usize = 20_000;

/// What stands in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawFrame {
    pub(super) address: u64,
    pub(super) code: u64,
    /// The instruction: an address, or (3.10) its number.
    pub(super) instruction: u64,
    pub(super) owner: u8,
    /// Whether C code called it.
    pub(super) is_entry: bool,
}

impl RawFrame {
    /// Reads one frame; the second is the address of the one that called it.
    pub(super) fn read(
        snapshot: &Snapshot<'_>,
        layout: &Layout,
        address: u64,
    ) -> Result<(Self, u64), ReadError> {
        let mut bytes = [0; 128];
        let bytes = &mut bytes[..layout.frame_size.min(128) as usize];
        snapshot.read("a frame", address, bytes)?;
        let word = |offset: u64| {
            let at = offset as usize;
            bytes.get(at..at + 8).map_or(0, |word| u64::from_le_bytes(word.try_into().unwrap_or_default()))
        };
        let owner = layout.frame_owner.and_then(|offset| bytes.get(offset as usize).copied()).unwrap_or(0);
        let (code, instruction) = (word(layout.frame_code) & !TAGS, word(layout.frame_instruction));
        let frame = Self {
            address,
            code,
            instruction: match (layout.style, layout.frame_tlbc_index) {
                (FrameStyle::Object, _) => instruction & 0xffff_ffff,
                (_, Some(index)) if owner < OWNED_BY_C => {
                    in_the_original(snapshot, layout, code, word(index) as u32, instruction)
                }
                _ => instruction,
            },
            owner,
            is_entry: layout.style == FrameStyle::Object
                || layout.frame_is_entry.is_some_and(|offset| bytes.get(offset as usize) == Some(&1)),
        };
        Ok((frame, word(layout.frame_previous)))
    }
}

/// Pointers to objects carry tags in their lowest bits from 3.14 on.
pub(super) const TAGS: u64 = 7;
/// `FRAME_OWNED_BY_CSTACK` (3.12 on; 3.14 on `FRAME_OWNED_BY_INTERPRETER`): a mark where C code called in.
pub(super) const OWNED_BY_C: u8 = 3;

/// The frames from the innermost out. A chain that bites its own tail, or is longer than [`MAX_FRAMES`], is an error.
pub(super) fn chain(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    thread: u64,
) -> Result<Vec<RawFrame>, ReadError> {
    let mut frame = snapshot.u64("a thread's frame", thread.wrapping_add(layout.thread_frame))?;
    if let Some(offset) = layout.cframe_frame
        && frame != 0
    {
        frame = snapshot.u64("a thread's innermost frame", frame.wrapping_add(offset))?;
    }
    let mut frames: Vec<RawFrame> = Vec::new();
    // Brent's algorithm: the tortoise moves up at powers of two.
    // Marks count as steps, too: a ring of them has no frames.
    let (mut tortoise, mut power, mut n_steps) = (0, 1, 0);
    while frame != 0 {
        if frames.len() >= MAX_FRAMES || n_steps >= 2 * MAX_FRAMES || frame == tortoise {
            return Err(ReadError::Unexpected {
                what: "the chain of frames",
                address: frame,
                found: if frame == tortoise {
                    "a ring".to_owned()
                } else {
                    format!("longer than {MAX_FRAMES}")
                },
                wanted: "a chain with an end",
            });
        }
        n_steps += 1;
        if n_steps == power {
            (tortoise, power) = (frame, power * 2);
        }
        let (read, next) = RawFrame::read(snapshot, layout, frame)?;
        if read.owner >= OWNED_BY_C {
            if let Some(inner) = frames.last_mut() {
                inner.is_entry = true;
            }
        } else {
            frames.push(read);
        }
        frame = next;
    }
    if let Some(outermost) = frames.last_mut() {
        outermost.is_entry = true;
    }
    Ok(frames)
}

/// The instruction in the code object itself that stands where `instruction` does in copy `index` of its byte code:
/// in free-threaded builds each thread specialises a copy of its own. An unreadable list of copies leaves it as it is.
fn in_the_original(snapshot: &Snapshot<'_>, layout: &Layout, code: u64, index: u32, instruction: u64) -> u64 {
    let start = || -> Option<u64> {
        let copies = snapshot.u64("copies of byte code", code.wrapping_add(layout.code_tlbc?)).ok()?;
        let n_copies = snapshot.u64("copies of byte code", copies).ok()?;
        if u64::from(index) >= n_copies {
            return None;
        }
        let entry = copies.wrapping_add(8).wrapping_add(u64::from(index) * 8);
        snapshot.u64("a copy of byte code", entry).ok().filter(|start| *start != 0)
    };
    match (start(), layout.code_adaptive) {
        (Some(start), Some(adaptive)) => {
            code.wrapping_add(adaptive).wrapping_add(instruction.wrapping_sub(start))
        }
        _ => instruction,
    }
}

/// The same where the copy is not known: the one that begins nearest before the instruction.
pub(super) fn in_the_nearest_original(
    snapshot: &Snapshot<'_>,
    layout: &Layout,
    code: u64,
    instruction: u64,
) -> u64 {
    /// Copies looked at: one for each thread there ever was at once.
    const MAX_COPIES: u64 = 1024;
    /// No function's byte code is longer.
    const MAX_BYTES: u64 = 16 << 20;
    let start = || -> Option<u64> {
        let copies = snapshot.u64("copies of byte code", code.wrapping_add(layout.code_tlbc?)).ok()?;
        let n_copies = snapshot.u64("copies of byte code", copies).ok()?.min(MAX_COPIES);
        (0..n_copies)
            .filter_map(|at| snapshot.u64("a copy of byte code", copies.wrapping_add(8 + at * 8)).ok())
            .filter(|start| *start != 0 && instruction.wrapping_sub(*start) < MAX_BYTES)
            .min_by_key(|start| instruction.wrapping_sub(*start))
    };
    match (start(), layout.code_adaptive) {
        (Some(start), Some(adaptive)) => {
            code.wrapping_add(adaptive).wrapping_add(instruction.wrapping_sub(start))
        }
        _ => instruction,
    }
}
