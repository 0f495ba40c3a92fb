//! Profile formats of Fathom: bytes to model and back.
//!
//! **You give** an [`Input`] (the bytes of a profile file), or a [`Recording`](fathom_model::Recording) and [`WriteOptions`].
//!
//! **You get** a recording with a list of [`Issue`](fathom_model::Issue)s, or named files of bytes
//! ([`OutputFile`]). [`FORMATS`] lists what there is, [`recognise`] tells by content which one a file is.
//! [`parquet`] holds the tables of a `.fathom` file for `fathom-store`; [`pprof`] and [`cpuprofile`] read profiles
//! that a program gives of itself.
//!
//! **It does not** open, create or name files on disk, and prints nothing.
//!
//! **Invariants**: formats are recognised by content, never by name; readers take any bytes without a panic
//! and bound their memory by the input's size; equal recordings give equal bytes.

mod builder;
mod call_graph;
mod catalog;
mod columnar;
#[cfg(test)]
mod corpus;
mod format;
mod input;
mod json;
mod lines;
mod names;
mod notes;
mod protobuf;
mod recognise;
pub mod varint;

pub use builder::RecordingBuilder;
pub use catalog::{FORMATS, cpuprofile, jfr, parquet, pprof};
pub use format::{Format, HEAD_BYTES, OutputFile, ReadFn, Sniff, WriteError, WriteFn, WriteOptions};
pub use input::{Compression, Input, Limits, Progress, ReadAt, Stream};
pub use names::{NO_STACK, frame_name};
pub use recognise::{by_name, recognise};
