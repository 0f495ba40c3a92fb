//! Thrift's compact protocol, as far as Parquet's metadata needs it.
//!
//! Source: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

use crate::varint::{read_varint, unzigzag, write_varint, zigzag};

const TYPE_TRUE: u8 = 1;
const TYPE_FALSE: u8 = 2;
const TYPE_BYTE: u8 = 3;
const TYPE_I16: u8 = 4;
pub(super) const TYPE_I32: u8 = 5;
const TYPE_I64: u8 = 6;
const TYPE_DOUBLE: u8 = 7;
pub(super) const TYPE_BINARY: u8 = 8;
const TYPE_LIST: u8 = 9;
const TYPE_SET: u8 = 10;
const TYPE_MAP: u8 = 11;
pub(super) const TYPE_STRUCT: u8 = 12;

/// Parquet's own metadata nests seven deep; anything far beyond is not metadata.
const MAX_DEPTH: u32 = 24;

/// Writes one struct; fields must come in rising order of their ids.
#[derive(Default)]
pub(super) struct StructWriter {
    out: Vec<u8>,
    last_id: u8,
    outer_ids: Vec<u8>,
}

impl StructWriter {
    pub(super) fn i32(&mut self, id: u8, value: i64) -> &mut Self {
        self.field(id, TYPE_I32);
        write_varint(&mut self.out, zigzag(value));
        self
    }

    pub(super) fn i64(&mut self, id: u8, value: i64) -> &mut Self {
        self.field(id, TYPE_I64);
        write_varint(&mut self.out, zigzag(value));
        self
    }

    pub(super) fn text(&mut self, id: u8, value: &str) -> &mut Self {
        self.field(id, TYPE_BINARY);
        self.list_text(value)
    }

    /// A struct without members, as Parquet's logical types are.
    pub(super) fn empty_struct(&mut self, id: u8) -> &mut Self {
        self.begin_struct(id).end_struct()
    }

    pub(super) fn begin_struct(&mut self, id: u8) -> &mut Self {
        self.field(id, TYPE_STRUCT);
        self.begin_list_struct()
    }

    pub(super) fn begin_list(&mut self, id: u8, element_type: u8, len: usize) -> &mut Self {
        self.field(id, TYPE_LIST);
        if len < 15 {
            self.out.push((len as u8) << 4 | element_type);
        } else {
            self.out.push(0xf0 | element_type);
            write_varint(&mut self.out, len as u64);
        }
        self
    }

    pub(super) fn begin_list_struct(&mut self) -> &mut Self {
        self.outer_ids.push(self.last_id);
        self.last_id = 0;
        self
    }

    pub(super) fn end_struct(&mut self) -> &mut Self {
        self.out.push(0);
        self.last_id = self.outer_ids.pop().unwrap_or(0);
        self
    }

    pub(super) fn list_i32(&mut self, value: i64) -> &mut Self {
        write_varint(&mut self.out, zigzag(value));
        self
    }

    pub(super) fn list_text(&mut self, value: &str) -> &mut Self {
        write_varint(&mut self.out, value.len() as u64);
        self.out.extend_from_slice(value.as_bytes());
        self
    }

    /// Closes the outermost struct.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.push(0);
        self.out
    }

    fn field(&mut self, id: u8, field_type: u8) {
        debug_assert!(id > self.last_id && id - self.last_id < 16, "fields rise in small steps");
        self.out.push((id - self.last_id) << 4 | field_type);
        self.last_id = id;
    }
}

/// A value as it stands in the bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Any integer or boolean.
    Int(i64),
    /// A string or binary.
    Bytes(&'a [u8]),
    /// A list or set.
    List(Vec<Value<'a>>),
    /// A struct: field ids and values.
    Struct(Vec<(i16, Value<'a>)>),
    /// Something that no field read here has: a double or a map.
    Other,
}

impl<'a> Value<'a> {
    /// Reads a struct from the front of `bytes`; also gives the number of bytes it took. `None` if the bytes
    /// are not one.
    pub(super) fn read_struct(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let mut rest = bytes;
        let value = read_value(&mut rest, TYPE_STRUCT, 0)?;
        Some((value, bytes.len() - rest.len()))
    }

    pub(super) fn field(&self, id: i16) -> Option<&Value<'a>> {
        match self {
            Value::Struct(fields) => fields.iter().find(|(found, _)| *found == id).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn int(&self, id: i16) -> Option<i64> {
        match self.field(id) {
            Some(Value::Int(value)) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn list(&self, id: i16) -> &[Value<'a>] {
        match self.field(id) {
            Some(Value::List(values)) => values,
            _ => &[],
        }
    }

    pub(super) fn text(&self, id: i16) -> Option<&'a str> {
        match self.field(id) {
            Some(Value::Bytes(bytes)) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

fn read_value<'a>(rest: &mut &'a [u8], value_type: u8, depth: u32) -> Option<Value<'a>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value_type {
        TYPE_TRUE => Some(Value::Int(1)),
        TYPE_FALSE => Some(Value::Int(0)),
        TYPE_BYTE => take(rest, 1).map(|bytes| Value::Int(i64::from(bytes[0] as i8))),
        TYPE_I16 | TYPE_I32 | TYPE_I64 => read_varint(rest).map(|raw| Value::Int(unzigzag(raw))),
        TYPE_DOUBLE => take(rest, 8).map(|_| Value::Other),
        TYPE_BINARY => {
            let len = usize::try_from(read_varint(rest)?).ok()?;
            take(rest, len).map(Value::Bytes)
        }
        TYPE_LIST | TYPE_SET => read_list(rest, depth).map(Value::List),
        TYPE_MAP => read_map(rest, depth),
        TYPE_STRUCT => read_fields(rest, depth).map(Value::Struct),
        _ => None,
    }
}

fn read_fields<'a>(rest: &mut &'a [u8], depth: u32) -> Option<Vec<(i16, Value<'a>)>> {
    let mut fields = Vec::new();
    let mut last_id = 0i16;
    loop {
        let header = take(rest, 1)?[0];
        if header == 0 {
            return Some(fields);
        }
        let id = match header >> 4 {
            0 => i16::try_from(unzigzag(read_varint(rest)?)).ok()?,
            step => last_id.checked_add(i16::from(step))?,
        };
        fields.push((id, read_value(rest, header & 15, depth + 1)?));
        last_id = id;
    }
}

fn read_list<'a>(rest: &mut &'a [u8], depth: u32) -> Option<Vec<Value<'a>>> {
    let header = take(rest, 1)?[0];
    let len = match header >> 4 {
        15 => usize::try_from(read_varint(rest)?).ok()?,
        len => usize::from(len),
    };
    // Elements take at least a byte each, booleans too.
    if len > rest.len() {
        return None;
    }
    let element_type = header & 15;
    (0..len)
        .map(|_| match element_type {
            TYPE_TRUE | TYPE_FALSE => take(rest, 1).map(|bytes| Value::Int(i64::from(bytes[0] == TYPE_TRUE))),
            _ => read_value(rest, element_type, depth + 1),
        })
        .collect()
}

fn read_map<'a>(rest: &mut &'a [u8], depth: u32) -> Option<Value<'a>> {
    let len = usize::try_from(read_varint(rest)?).ok()?;
    if len == 0 {
        return Some(Value::Other);
    }
    if len > rest.len() {
        return None;
    }
    let types = take(rest, 1)?[0];
    if matches!(types >> 4, TYPE_TRUE | TYPE_FALSE) && matches!(types & 15, TYPE_TRUE | TYPE_FALSE) {
        return take(rest, len.checked_mul(2)?).map(|_| Value::Other);
    }
    for _ in 0..len {
        read_value(rest, types >> 4, depth + 1)?;
        read_value(rest, types & 15, depth + 1)?;
    }
    Some(Value::Other)
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(len)?;
    *rest = left;
    Some(taken)
}
