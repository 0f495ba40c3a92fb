//! Protobuf's wire format, as far as a pprof profile needs it: varints and length-delimited fields.
//!
//! Source: <https://protobuf.dev/programming-guides/encoding/>.

use crate::varint::write_varint;

const VARINT: u64 = 0;
const BYTES: u64 = 2;

/// A message being written. Zero, the default of every field, is left out as proto3 does.
#[derive(Default)]
pub(super) struct Message {
    out: Vec<u8>,
}

impl Message {
    pub(super) fn uint(&mut self, field: u64, value: u64) -> &mut Self {
        if value != 0 {
            write_varint(&mut self.out, field << 3 | VARINT);
            write_varint(&mut self.out, value);
        }
        self
    }

    /// `int64`: negative numbers take ten bytes, as the format wants.
    pub(super) fn int(&mut self, field: u64, value: i64) -> &mut Self {
        self.uint(field, value as u64)
    }

    pub(super) fn flag(&mut self, field: u64, value: bool) -> &mut Self {
        self.uint(field, u64::from(value))
    }

    pub(super) fn bytes(&mut self, field: u64, value: &[u8]) -> &mut Self {
        write_varint(&mut self.out, field << 3 | BYTES);
        write_varint(&mut self.out, value.len() as u64);
        self.out.extend_from_slice(value);
        self
    }

    pub(super) fn message(&mut self, field: u64, fill: impl FnOnce(&mut Message)) -> &mut Self {
        let mut inner = Message::default();
        fill(&mut inner);
        self.bytes(field, &inner.out)
    }

    /// A packed list of numbers; zeros count here.
    pub(super) fn packed(&mut self, field: u64, values: impl Iterator<Item = u64>) -> &mut Self {
        let mut inner = Vec::new();
        values.for_each(|value| write_varint(&mut inner, value));
        self.bytes(field, &inner)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}
