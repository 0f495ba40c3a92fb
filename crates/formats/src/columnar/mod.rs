//! The part of Apache Parquet that flat tables need: written for every engine, read from anybody's bytes.
//!
//! A full Parquet library brings some 25 packages and a minute of build, and its readers allocate what a page
//! header claims and assert on damaged pages. Recordings are passed around, so this reader charges every byte
//! it is about to produce to a [`Budget`] first, and never panics.
//!
//! Written: one schema level plus lists, data pages v1, `PLAIN`, `RLE_DICTIONARY` and `DELTA_BINARY_PACKED`,
//! zstd or uncompressed. Read: the same, from any writer that keeps to it.
//! Sources: <https://github.com/apache/parquet-format> (`parquet.thrift`, `Encodings.md`, `LogicalTypes.md`).

mod budget;
mod decode;
mod encode;
mod metadata;
mod page;
mod reader;
mod sink;
mod thrift;
mod writer;

pub(crate) use budget::Budget;
pub(crate) use reader::{Column, TableReader};
pub(crate) use writer::TableWriter;

/// Physical types of the tables, with their numbers in `parquet.thrift`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Physical {
    Int32 = 1,
    Int64 = 2,
    Double = 5,
    Text = 6,
}

/// `Encoding` in `parquet.thrift`.
mod encoding {
    pub(super) const PLAIN: i64 = 0;
    pub(super) const PLAIN_DICTIONARY: i64 = 2;
    pub(super) const RLE: i64 = 3;
    pub(super) const DELTA_BINARY_PACKED: i64 = 5;
    pub(super) const RLE_DICTIONARY: i64 = 8;
}

/// `CompressionCodec` in `parquet.thrift`.
mod codec {
    pub(super) const UNCOMPRESSED: i64 = 0;
    pub(super) const ZSTD: i64 = 6;
}

/// First and last four bytes of a file.
const MAGIC: &[u8; 4] = b"PAR1";

#[cfg(test)]
mod tests;
