//! Colours of bars: a style class by kind of code, a shade by name. Knows no layout.

use fathom_model::FrameKind;

/// Kinds by the number of their style class; `all` is the root.
pub(super) const KIND_WORDS: [&str; 10] =
    ["own code", "library", "runtime", "gc", "jit code", "interpreter", "native", "kernel", "unknown", "all"];

/// The style class of a bar's kind.
pub(super) fn kind_class(kind: Option<FrameKind>) -> usize {
    match kind {
        None => 9,
        Some(FrameKind::User) => 0,
        Some(FrameKind::Library) => 1,
        Some(FrameKind::Runtime) => 2,
        Some(FrameKind::Gc) => 3,
        Some(FrameKind::Jit) => 4,
        Some(FrameKind::Interpreter) => 5,
        Some(FrameKind::Native) => 6,
        Some(FrameKind::Kernel) => 7,
        Some(FrameKind::Unknown) => 8,
    }
}

/// One of three shades by name, so that neighbours can be told apart; equal names look alike everywhere.
pub(super) fn shade(name: &str) -> usize {
    name.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte))) % 3
}
