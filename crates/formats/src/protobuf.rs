//! Protobuf's wire format, as far as profiles need it: varints and length-delimited fields, read and written. Knows no
//! schema.
//!
//! Source: <https://protobuf.dev/programming-guides/encoding/>.

use crate::varint::{read_varint, write_varint};

const VARINT: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const BYTES: u64 = 2;
const FOUR_BYTES: u64 = 5;

/// A field's value as it stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A varint, or four or eight bytes.
    Number(u64),
    /// A text, a message, or a packed list.
    Bytes(&'a [u8]),
}

impl Value<'_> {
    /// The numbers of a repeated field, of which this is one or a packed list.
    pub(crate) fn numbers(self, mut take: impl FnMut(u64)) {
        match self {
            Self::Number(number) => take(number),
            Self::Bytes(mut rest) => {
                while let Some(number) = read_varint(&mut rest) {
                    take(number);
                }
            }
        }
    }

    /// The same for numbers of eight bytes each.
    pub(crate) fn fixed_numbers(self, mut take: impl FnMut(u64)) {
        match self {
            Self::Number(number) => take(number),
            Self::Bytes(mut rest) => {
                while let Some(bytes) = take_array(&mut rest) {
                    take(u64::from_le_bytes(*bytes));
                }
            }
        }
    }
}

/// The fields of a message in their order; ends at the first bytes that are none.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    n_bytes: usize,
    is_broken: bool,
    is_lenient: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, n_bytes: bytes.len(), is_broken: false, is_lenient: false }
    }

    /// Gives also what is there of a last field that is longer than the bytes.
    pub(crate) fn lenient(bytes: &'a [u8]) -> Self {
        Self { is_lenient: true, ..Self::new(bytes) }
    }

    /// The last number of a field, which is the one that counts.
    pub(crate) fn number(self, field: u64) -> Option<u64> {
        let of_field = self.filter_map(|(found, value)| match value {
            Value::Number(number) if found == field => Some(number),
            _ => None,
        });
        of_field.last()
    }

    /// Where the bytes end to be fields, if they do.
    pub(crate) fn broken_at(&self) -> Option<usize> {
        self.is_broken.then(|| self.n_bytes - self.rest.len())
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let mut rest = self.rest;
        let tag = read_varint(&mut rest)?;
        let value = match tag & 7 {
            VARINT => Value::Number(read_varint(&mut rest)?),
            EIGHT_BYTES => Value::Number(u64::from_le_bytes(*take_array(&mut rest)?)),
            FOUR_BYTES => Value::Number(u64::from(u32::from_le_bytes(*take_array(&mut rest)?))),
            BYTES => {
                let length = usize::try_from(read_varint(&mut rest)?).ok()?;
                let length = if self.is_lenient { length.min(rest.len()) } else { length };
                let (bytes, behind) = rest.split_at_checked(length)?;
                rest = behind;
                Value::Bytes(bytes)
            }
            _ => return None,
        };
        self.rest = rest;
        Some((tag >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() || self.is_broken {
            return None;
        }
        let field = self.field();
        self.is_broken = field.is_none();
        field
    }
}

fn take_array<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (bytes, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(bytes)
}

/// A message being written. Zero, the default of every field, is left out as proto3 does.
#[derive(Default)]
pub(crate) struct Message {
    out: Vec<u8>,
}

impl Message {
    pub(crate) fn uint(&mut self, field: u64, value: u64) -> &mut Self {
        if value != 0 {
            write_varint(&mut self.out, field << 3 | VARINT);
            write_varint(&mut self.out, value);
        }
        self
    }

    /// A number of a field that is there or not: zero is written, too.
    pub(crate) fn uint_or_zero(&mut self, field: u64, value: u64) -> &mut Self {
        write_varint(&mut self.out, field << 3 | VARINT);
        write_varint(&mut self.out, value);
        self
    }

    /// `fixed64`, `double`: eight bytes.
    pub(crate) fn fixed(&mut self, field: u64, value: u64) -> &mut Self {
        write_varint(&mut self.out, field << 3 | EIGHT_BYTES);
        self.out.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// `int64`: negative numbers take ten bytes, as the format wants.
    pub(crate) fn int(&mut self, field: u64, value: i64) -> &mut Self {
        self.uint(field, value as u64)
    }

    pub(crate) fn flag(&mut self, field: u64, value: bool) -> &mut Self {
        self.uint(field, u64::from(value))
    }

    pub(crate) fn bytes(&mut self, field: u64, value: &[u8]) -> &mut Self {
        write_varint(&mut self.out, field << 3 | BYTES);
        write_varint(&mut self.out, value.len() as u64);
        self.out.extend_from_slice(value);
        self
    }

    pub(crate) fn message(&mut self, field: u64, fill: impl FnOnce(&mut Message)) -> &mut Self {
        let mut inner = Message::default();
        fill(&mut inner);
        self.bytes(field, &inner.out)
    }

    /// A packed list of numbers; zeros count here.
    pub(crate) fn packed(&mut self, field: u64, values: impl Iterator<Item = u64>) -> &mut Self {
        let mut inner = Vec::new();
        values.for_each(|value| write_varint(&mut inner, value));
        self.bytes(field, &inner)
    }

    /// A packed list of numbers of eight bytes each.
    pub(crate) fn packed_fixed(&mut self, field: u64, values: impl Iterator<Item = u64>) -> &mut Self {
        let mut inner = Vec::new();
        values.for_each(|value| inner.extend_from_slice(&value.to_le_bytes()));
        self.bytes(field, &inner)
    }

    /// Adds the fields of another message.
    pub(crate) fn append(&mut self, other: Self) -> &mut Self {
        self.out.extend_from_slice(&other.out);
        self
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}
