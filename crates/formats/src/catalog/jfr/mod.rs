//! JFR: the recordings of Java's flight recorder.
//!
//! [`read_events`] gives the events of a recording one by one, whatever its size; [`SeekSource`] reads from an open
//! file. [`profile`] makes samples, events and series of them, the format's reader a whole recording. Source: OpenJDK
//! (`jdk.jfr.internal.consumer`, HotSpot's `share/jfr`), versions 1.x and 2.x of the format (JDK 9 on).

mod chunk;
mod cursor;
mod event;
#[cfg(test)]
mod hand;
mod header;
mod metadata;
mod pools;
pub mod profile;
mod skip;
mod source;
#[cfg(test)]
mod tests;
mod value;

pub use chunk::{Summary, read_events};
pub use event::{Event, JavaCode, JavaFrame, JavaMethod, JavaStack, JavaThread};
pub use header::ChunkHeader;
pub use metadata::{Field, FieldUnit, Type};
pub use source::{ReadAt, SeekSource};
pub use value::{Composite, List, Value};

use crate::format::{Format, Sniff};

pub(super) const FORMAT: Format = Format {
    name: "jfr",
    summary: "recordings of Java's flight recorder",
    extensions: &["jfr"],
    keeps: "samples of CPU and allocations, lock waits, garbage collection, I/O, exceptions and other events, series",
    loses: "fields of events that Fathom does not know, settings, environment, messages of exceptions",
    sniff,
    read: Some(profile::recording::read),
    write: None,
    writes_directory: false,
};

fn sniff(head: &[u8]) -> Sniff {
    // Versions before 1 are of JRockit and Java 8, of another shape.
    if head.starts_with(header::MAGIC) && matches!(head.get(4..6), Some([0, 1 | 2])) {
        Sniff::Yes
    } else {
        Sniff::No
    }
}
