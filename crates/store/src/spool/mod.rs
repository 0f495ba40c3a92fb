//! The spool: what a recording is while it runs, and what is left of it after a crash.
//!
//! A header, then blocks. A block is a marker, the length of its payload, a checksum over length and payload,
//! and the payload: whole records, coded relative to each other within the block only, so that a damaged block
//! takes nothing else with it. Blocks hold about 4 KiB. `docs/recording.md` has the layout byte by byte.

mod decode;
mod encode;
mod placeholders;
mod reader;
mod writer;

pub use reader::SpoolReader;
pub use writer::SpoolWriter;

use fathom_model::{FrameKind, ModuleKind, Signal, ThreadState, Unit, WaitClass};

/// First bytes of a spool.
pub(crate) const MAGIC: &[u8; 8] = b"FATHOMSP";
/// A larger major is refused; a larger minor only adds kinds of records, which are skipped.
const VERSION_MAJOR: u16 = 1;
const VERSION_MINOR: u16 = 0;
/// Magic, major, minor, fingerprint of the lists.
const HEADER_BYTES: usize = 16;

/// Begins every block; not valid UTF-8, so that no text holds it.
const MARKER: [u8; 4] = [0xf5, b'F', b'B', 0xf7];
/// Marker, length, checksum.
const BLOCK_HEAD_BYTES: usize = 12;
/// A block is closed when its payload has reached this size: what one flipped bit may cost.
const BLOCK_BYTES: usize = 4096;
/// Largest payload; one record may be longer than [`BLOCK_BYTES`], never than this.
const MAX_BLOCK_BYTES: usize = 16 << 20;

/// Kinds of records. All but samples and stacks carry their length, so that unknown ones can be skipped.
mod tag {
    pub(super) const META: u8 = 0;
    pub(super) const CLOCK: u8 = 1;
    pub(super) const MODULE: u8 = 2;
    pub(super) const MAPPING: u8 = 3;
    pub(super) const PROCESS: u8 = 4;
    pub(super) const PROCESS_END: u8 = 5;
    pub(super) const THREAD: u8 = 6;
    pub(super) const THREAD_TIMES: u8 = 7;
    pub(super) const STACK: u8 = 8;
    pub(super) const SERIES: u8 = 9;
    pub(super) const EVENT: u8 = 10;
    pub(super) const NAMED: u8 = 11;
    /// The highest bit; the other seven are [`super::flag`]s.
    pub(super) const SAMPLE: u8 = 0x80;
}

/// What a sample has in common with the one before it in the block.
mod flag {
    /// Same process and thread.
    pub(super) const SAME_THREAD: u8 = 1;
    /// Same signal and state.
    pub(super) const SAME_KIND: u8 = 2;
    /// Same CPU number, or none as before.
    pub(super) const SAME_CPU: u8 = 4;
    /// Same value.
    pub(super) const SAME_VALUE: u8 = 8;
    /// `n` is 1.
    pub(super) const ONE: u8 = 16;
    /// There is a stack.
    pub(super) const STACK: u8 = 32;
}

/// What records of a block are coded relative to; all zero at its start.
#[derive(Clone, Debug, Default)]
struct Context {
    time_nanos: i64,
    process: u32,
    thread: u32,
    signal: u8,
    state: u8,
    cpu: Option<u32>,
    value: i64,
    stack: u32,
    address: u64,
}

/// Members of closed lists are coded by their position. This checksum of the lists tells a reader whether its
/// own are the same.
fn lists_fingerprint() -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut add = |name: &str| {
        hasher.update(name.as_bytes());
        hasher.update(b"\n");
    };
    Signal::ALL.iter().for_each(|signal| add(signal.as_str()));
    Unit::ALL.iter().for_each(|unit| add(unit.as_str()));
    WaitClass::ALL.iter().for_each(|class| add(class.as_str()));
    ModuleKind::ALL.iter().for_each(|kind| add(kind.as_str()));
    FrameKind::ALL.iter().for_each(|kind| add(kind.as_str()));
    hasher.finalize()
}

fn state_code(state: ThreadState) -> u8 {
    match state {
        ThreadState::Running => 0,
        ThreadState::Runnable => 1,
        ThreadState::Unknown => 2,
        ThreadState::Blocked(class) => 3 + class as u8,
    }
}

fn state_of(code: u8) -> Option<ThreadState> {
    match code {
        0 => Some(ThreadState::Running),
        1 => Some(ThreadState::Runnable),
        2 => Some(ThreadState::Unknown),
        class => WaitClass::ALL.get(usize::from(class) - 3).map(|class| ThreadState::Blocked(*class)),
    }
}

fn header() -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..10].copy_from_slice(&VERSION_MAJOR.to_le_bytes());
    header[10..12].copy_from_slice(&VERSION_MINOR.to_le_bytes());
    header[12..].copy_from_slice(&lists_fingerprint().to_le_bytes());
    header
}

/// The checksum of a block: over the length too, so that a wrong length is noticed.
fn block_checksum(len: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&len);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests;
