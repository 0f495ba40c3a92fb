//! JFR: the recordings of Java's flight recorder.
//!
//! [`read_events`] gives the events of a recording one by one, whatever its size; [`SeekSource`] reads from an open
//! file. Source: OpenJDK (`jdk.jfr.internal.consumer`, HotSpot's `share/jfr`), versions 1.x and 2.x of the format
//! (JDK 9 on).

mod chunk;
mod cursor;
mod event;
#[cfg(test)]
mod hand;
mod header;
mod metadata;
mod pools;
pub mod profile;
mod source;
mod value;

pub use chunk::{Summary, read_events};
pub use event::{Event, JavaCode, JavaFrame, JavaMethod, JavaStack, JavaThread};
pub use header::ChunkHeader;
pub use metadata::{Field, FieldUnit, Type};
pub use source::{ReadAt, SeekSource};
pub use value::{Composite, List, Value};
