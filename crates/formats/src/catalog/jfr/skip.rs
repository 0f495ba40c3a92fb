//! Goes past values without making them: what events and constants are cut into fields by.

use super::cursor::Cursor;
use super::metadata::{Field, Primitive, Storage, TypeIndex, Types};

/// Goes past a field. Takes time in proportion to the bytes, as types are judged before.
pub(super) fn skip(types: &Types, field: &Field, cursor: &mut Cursor<'_>) -> Option<()> {
    if field.is_list {
        let n = cursor.count()?;
        return (0..n).try_for_each(|_| skip_one(types, field.storage, cursor));
    }
    skip_one(types, field.storage, cursor)
}

/// Goes past one value of a field.
pub(super) fn skip_one(types: &Types, storage: Storage, cursor: &mut Cursor<'_>) -> Option<()> {
    match storage {
        Storage::Primitive(primitive) => match primitive {
            Primitive::Boolean | Primitive::Byte => cursor.skip(1),
            Primitive::Char | Primitive::Short => cursor.short().map(drop),
            Primitive::Int => cursor.int().map(drop),
            Primitive::Long => cursor.long().map(drop),
            Primitive::Float => cursor.skip(4),
            Primitive::Double => cursor.skip(8),
            Primitive::Text => cursor.skip_text(),
        },
        Storage::Pooled(_) => cursor.long().map(drop),
        Storage::Inline(of) => types.get(of).fields.iter().try_for_each(|field| skip(types, field, cursor)),
    }
}

/// Goes past a value of a whole type, as it stands in a constant pool.
pub(super) fn skip_constant(types: &Types, of: TypeIndex, cursor: &mut Cursor<'_>) -> Option<()> {
    if types.text_type == Some(of) {
        return cursor.skip_text();
    }
    let of = types.get(of);
    if !of.is_sound || of.fields.is_empty() {
        return None;
    }
    of.fields.iter().try_for_each(|field| skip(types, field, cursor))
}
