//! Whether an interpreter collects garbage at this moment, and which thread does it.
//!
//! Collection runs in the thread that allocated last, without a frame of its own. From 3.15 on the interpreter notes
//! the frame in which it began; before, it is the thread that holds the lock. A finaliser that the collection calls is
//! then told below it, not above.

use super::frames::RawFrame;
use super::layout::Layout;
use crate::Snapshot;
use crate::runtime::{GilState, ManagedFrame};
use fathom_model::FrameKind;

/// What an interpreter collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    /// Nothing, or it cannot be read.
    None,
    /// By the thread that holds the lock.
    ByHolder,
    /// By the thread that has this frame.
    From(u64),
}

/// Reads whether `interpreter` collects.
pub(super) fn collection(snapshot: &Snapshot<'_>, layout: &Layout, interpreter: u64) -> Collection {
    let at = |offset: u64| interpreter.wrapping_add(offset);
    if snapshot.u32("whether garbage is collected", at(layout.objects.gc_collecting)) != Ok(1) {
        return Collection::None;
    }
    let frame = layout.objects.gc_frame.map(|offset| snapshot.u64("the collector's frame", at(offset)));
    match frame {
        Some(Ok(frame)) if frame != 0 => Collection::From(frame),
        _ => Collection::ByHolder,
    }
}

impl Collection {
    /// How many frames of a stack are above the collection; `None` for a thread that does not collect.
    pub(super) fn position(&self, stack: &[RawFrame], gil: GilState) -> Option<usize> {
        match self {
            Self::None => None,
            Self::ByHolder => (gil == GilState::Holds && !stack.is_empty()).then_some(0),
            Self::From(frame) => stack.iter().position(|one| one.address == *frame),
        }
    }
}

/// The frame that stands for it.
pub(super) fn frame() -> ManagedFrame {
    ManagedFrame {
        function: "<garbage collection>".to_owned(),
        file: String::new(),
        line: None,
        column: None,
        first_line: 0,
        kind: FrameKind::Gc,
        is_entry: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_where_it_began() {
        let raw = |address| RawFrame { address, code: 0, instruction: 0, owner: 0, is_entry: false };
        let stack = [raw(1), raw(2), raw(3)];
        assert_eq!(Collection::None.position(&stack, GilState::Holds), None);
        assert_eq!(Collection::ByHolder.position(&stack, GilState::Holds), Some(0));
        assert_eq!(Collection::ByHolder.position(&stack, GilState::Without), None);
        assert_eq!(Collection::ByHolder.position(&[], GilState::Holds), None);
        // A finaliser runs above it.
        assert_eq!(Collection::From(2).position(&stack, GilState::Without), Some(1));
        assert_eq!(Collection::From(9).position(&stack, GilState::Holds), None);
    }
}
