//! Values of events and constants: looked at where they stand, constant pools followed on the way.

use super::cursor::{Cursor, RawText};
use super::header::ChunkHeader;
use super::metadata::{Field, FieldUnit, Primitive, Storage, Type, TypeIndex, Types};
use super::pools::Pools;
use super::skip::{skip, skip_one};
use std::borrow::Cow;

/// Constants that stand for one another; the virtual machine writes one or two.
const MAX_HOPS: usize = 8;

/// Everything needed to understand the bytes of a chunk's events.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) header: ChunkHeader,
    pub(super) types: Types,
    pub(super) pools: Pools,
}

/// A value of an event or of a part of it.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Java's null, or a constant that is not in its pool.
    Null,
    /// A whole number; `boolean` is 0 or 1.
    Integer(i64),
    /// A number that may be NaN or infinite.
    Float(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// Fields.
    Composite(Composite<'a>),
    /// Several values of one type.
    List(List<'a>),
}

impl<'a> Value<'a> {
    /// The whole number, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, if it is one and finite.
    pub fn float(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number).filter(|number| number.is_finite()),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The fields, if it has some.
    pub fn composite(self) -> Option<Composite<'a>> {
        match self {
            Self::Composite(composite) => Some(composite),
            _ => None,
        }
    }

    /// The values in it, if it is a list.
    pub fn list(self) -> Option<List<'a>> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }
}

/// A value with fields: a class, a thread, a stack frame.
#[derive(Clone, Copy, Debug)]
pub struct Composite<'a> {
    pub(super) context: &'a Context,
    pub(super) of: &'a Type,
    /// From its first byte on.
    pub(super) bytes: &'a [u8],
}

impl<'a> Composite<'a> {
    /// Its type.
    pub fn of(&self) -> &'a Type {
        self.of
    }

    /// The value of a field; `None` if there is no such field.
    pub fn field(&self, name: &str) -> Option<Value<'a>> {
        let (field, cursor) = self.find(name)?;
        value(self.context, field, cursor)
    }

    /// The number of a field in nanoseconds: a span as it is, a moment as wall-clock time since 1970. `None` also
    /// for what Java calls not available.
    pub fn nanos(&self, name: &str) -> Option<i64> {
        let (field, cursor) = self.find(name)?;
        in_nanos(self.context, field, &value(self.context, field, cursor)?)
    }

    /// The key of a field in its constant pool: equal keys in one chunk are equal values. 0 is null.
    pub fn key(&self, name: &str) -> Option<u64> {
        let (field, cursor) = self.find(name)?;
        key(field, cursor)
    }

    fn find(&self, name: &str) -> Option<(&'a Field, Cursor<'a>)> {
        let mut cursor = Cursor::new(self.bytes, self.context.header.is_compressed);
        for field in &self.of.fields {
            if &*field.name == name {
                return Some((field, cursor));
            }
            skip(&self.context.types, field, &mut cursor)?;
        }
        None
    }
}

/// Values of one type.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    context: &'a Context,
    storage: Storage,
    is_unsigned: bool,
    n: usize,
    cursor: Cursor<'a>,
}

impl<'a> List<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.n = self.n.checked_sub(1)?;
        let found = one(self.context, self.storage, self.is_unsigned, self.cursor, 0);
        if skip_one(&self.context.types, self.storage, &mut self.cursor).is_none() {
            self.n = 0;
            return None;
        }
        found
    }
}

/// The value of a field whose bytes begin at the cursor.
pub(super) fn value<'a>(context: &'a Context, field: &Field, mut cursor: Cursor<'a>) -> Option<Value<'a>> {
    if field.is_list {
        let n = cursor.count()?;
        let (storage, is_unsigned) = (field.storage, field.is_unsigned);
        return Some(Value::List(List { context, storage, is_unsigned, n, cursor }));
    }
    one(context, field.storage, field.is_unsigned, cursor, 0)
}

/// The key of a pooled field whose bytes begin at the cursor.
pub(super) fn key(field: &Field, mut cursor: Cursor<'_>) -> Option<u64> {
    match field.storage {
        Storage::Pooled(_) if !field.is_list => cursor.long(),
        _ => None,
    }
}

pub(super) fn in_nanos(context: &Context, field: &Field, value: &Value<'_>) -> Option<i64> {
    // The least `long` stands for "not available".
    let number = value.integer().filter(|number| *number != i64::MIN)?;
    Some(match field.unit {
        FieldUnit::None => number,
        FieldUnit::TimestampTicks => context.header.wall_nanos(number),
        FieldUnit::TimestampMillis => number.saturating_mul(1_000_000),
        FieldUnit::SpanTicks => context.header.span_nanos(number),
        FieldUnit::Span(nanos) => number.saturating_mul(nanos),
    })
}

fn one<'a>(
    context: &'a Context,
    storage: Storage,
    is_unsigned: bool,
    mut cursor: Cursor<'a>,
    hops: usize,
) -> Option<Value<'a>> {
    match storage {
        Storage::Primitive(primitive) => scalar(context, primitive, is_unsigned, &mut cursor),
        Storage::Inline(of) => Some(whole(context, of, cursor, hops)),
        Storage::Pooled(of) => {
            let key = cursor.long()?;
            Some(constant(context, of, key, hops + 1))
        }
    }
}

/// The constant with this key; what is not in its pool is null.
pub(super) fn constant(context: &Context, of: TypeIndex, key: u64, hops: usize) -> Value<'_> {
    match context.pools.get(of, key) {
        Some(bytes) if hops < MAX_HOPS => {
            let cursor = Cursor::new(bytes, context.header.is_compressed);
            if context.types.text_type == Some(of) {
                return pooled_text(context, cursor).map_or(Value::Null, Value::Text);
            }
            whole(context, of, cursor, hops)
        }
        _ => Value::Null,
    }
}

/// A composite, or the only field of a type for which it stands.
fn whole<'a>(context: &'a Context, of: TypeIndex, cursor: Cursor<'a>, hops: usize) -> Value<'a> {
    let of = context.types.get(of);
    match of.fields.first() {
        Some(field) if of.is_simple && !field.is_list && hops < MAX_HOPS => {
            one(context, field.storage, field.is_unsigned, cursor, hops + 1).unwrap_or(Value::Null)
        }
        _ => Value::Composite(Composite { context, of, bytes: cursor.rest() }),
    }
}

fn scalar<'a>(
    context: &'a Context,
    primitive: Primitive,
    is_unsigned: bool,
    cursor: &mut Cursor<'a>,
) -> Option<Value<'a>> {
    Some(match primitive {
        Primitive::Boolean => Value::Integer(i64::from(cursor.byte()? != 0)),
        Primitive::Byte if is_unsigned => Value::Integer(cursor.byte()?.into()),
        Primitive::Byte => Value::Integer((cursor.byte()? as i8).into()),
        Primitive::Short if !is_unsigned => Value::Integer((cursor.short()? as i16).into()),
        Primitive::Char | Primitive::Short => Value::Integer(cursor.short()?.into()),
        Primitive::Int if is_unsigned => Value::Integer(cursor.int()?.into()),
        Primitive::Int => Value::Integer((cursor.int()? as i32).into()),
        Primitive::Long => Value::Integer(cursor.long()? as i64),
        Primitive::Float => Value::Float(cursor.float()?.into()),
        Primitive::Double => Value::Float(cursor.double()?),
        Primitive::Text => match cursor.text()? {
            RawText::Null => Value::Null,
            RawText::Here(text) => Value::Text(text),
            RawText::Pooled(key) => match context.types.text_type {
                Some(of) => constant(context, of, key, 0),
                None => Value::Null,
            },
        },
    })
}

/// A string in the pool of strings, which may itself refer to another there.
fn pooled_text<'a>(context: &'a Context, mut cursor: Cursor<'a>) -> Option<Cow<'a, str>> {
    for _ in 0..MAX_HOPS {
        match cursor.text()? {
            RawText::Null => return None,
            RawText::Here(text) => return Some(text),
            RawText::Pooled(key) => {
                let bytes = context.pools.get(context.types.text_type?, key)?;
                cursor = Cursor::new(bytes, context.header.is_compressed);
            }
        }
    }
    None
}
