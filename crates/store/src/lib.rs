//! Recordings on disk: `.fathom` files, the spool that is written while recording, the directory of both.
//!
//! **You give** a [`Recording`](fathom_model::Recording) and a path, or
//! [`Record`](fathom_model::Record)s as they come.
//!
//! **You get** [`write_recording`] and [`read_recording`]; [`SpoolWriter`], a
//! [`Sink`](fathom_model::Sink), and [`SpoolReader`]; [`RecordingDir`], which names recordings and finds them
//! by handle; [`sniff`], which tells what a file is.
//!
//! **It does not** turn a spool into a recording: that takes symbols, and belongs to the session.
//!
//! **Invariants**: a `.fathom` file appears whole or not at all; what a spool took until a checkpoint survives
//! the death of Fathom and a full disk; readers take any bytes without a panic and bound their memory by the
//! input's size. `docs/recording.md` describes both files.

mod directory;
mod error;
mod recording_file;
mod sniff;
mod spool;

pub use directory::{Entry, RecordingDir, spool_path};
pub use error::StoreError;
pub use recording_file::{read_recording, read_recording_bytes, write_recording};
pub use sniff::{FileKind, sniff};
pub use spool::{SpoolReader, SpoolWriter};
