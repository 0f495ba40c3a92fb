//! Source text to functions, loops, calls and code patterns.
//!
//! **You give** the text of a file and its [`Language`].
//!
//! **You get** a [`Source`]: the functions, the loops with what they walk, the calls, the loops around a line
//! ([`Source::loop_nest_at`]), and the places where code is written in a way that is known to be slow
//! ([`Source::hits`]); [`PATTERNS`] lists what is looked for.
//!
//! **It does not** read files, run or type-check anything, or know how often a line runs: a [`Hit`] says how the code
//! is written, and only a profile says whether that matters.
//!
//! **Invariants**: any text is survived, in bounded time and memory, with what could be read of it; nothing recurses
//! on the depth of nesting; equal texts give equal results.

mod catalog;
mod hits;
mod language;
mod locks;
mod lower;
mod model;
mod nest;
mod pattern;
mod query;
mod role;
mod syntax;
mod tables;
#[cfg(test)]
mod testing;
mod text;

pub use catalog::PATTERNS;
pub use language::Language;
pub use model::{Call, Function, LineSpan, Loop, LoopKind, Source};
pub use nest::LoopNest;
pub use pattern::{Entry, Hit, Pattern};
pub use syntax::CodeError;
