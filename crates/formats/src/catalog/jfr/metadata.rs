//! The types of a chunk as its metadata event declares them: names, fields, annotations.
//!
//! A string table and a tree of elements (`root > metadata > class > field > annotation`), of which only what is
//! needed to read events is kept. Source: `MetadataReader` of OpenJDK's `jdk.jfr.internal`.

use super::cursor::{Cursor, RawText};
use std::sync::Arc;

/// Elements within one another; the virtual machine writes five.
const MAX_ELEMENT_DEPTH: usize = 16;
/// Types within one another without a constant pool between them; the virtual machine writes two.
const MAX_TYPE_DEPTH: usize = 32;

/// Position of a type in [`Types`].
pub(super) type TypeIndex = u32;

/// A value that is no composite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Primitive {
    Boolean,
    Byte,
    Char,
    Short,
    Int,
    Long,
    Float,
    Double,
    Text,
}

impl Primitive {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "byte" => Self::Byte,
            "char" => Self::Char,
            "short" => Self::Short,
            "int" => Self::Int,
            "long" => Self::Long,
            "float" => Self::Float,
            "double" => Self::Double,
            "java.lang.String" => Self::Text,
            _ => return None,
        })
    }
}

/// How the value of a field (or each of a list) stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Primitive(Primitive),
    /// The fields of this type, one after the other.
    Inline(TypeIndex),
    /// A key in the constant pool of this type.
    Pooled(TypeIndex),
}

/// What a number means, as annotations tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldUnit {
    /// Nothing is said.
    #[default]
    None,
    /// A moment in ticks.
    TimestampTicks,
    /// A moment in milliseconds since 1970.
    TimestampMillis,
    /// A span in ticks.
    SpanTicks,
    /// A span, and the nanoseconds of its unit.
    Span(i64),
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name: `stackTrace`.
    pub name: Arc<str>,
    /// What the number means.
    pub unit: FieldUnit,
    pub(super) storage: Storage,
    pub(super) is_list: bool,
    pub(super) is_unsigned: bool,
}

/// A type: that of an event, of a constant, or of a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its name: `jdk.ExecutionSample`.
    pub name: Arc<str>,
    /// Its fields in the order of their bytes.
    pub fields: Vec<Field>,
    pub(super) id: u64,
    pub(super) is_event: bool,
    /// Whether its only field stands for it.
    pub(super) is_simple: bool,
    /// Whether its values can be read: every type in it is there, and none contains itself.
    pub(super) is_sound: bool,
}

impl Type {
    /// Position of the field with this name.
    pub fn position(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|found| &*found.name == field)
    }
}

/// The types of a chunk.
#[derive(Debug, Default)]
pub(super) struct Types {
    types: Vec<Type>,
    /// Id and position, by id.
    by_id: Vec<(u64, TypeIndex)>,
    /// The type of strings, whose pool strings refer to.
    pub(super) text_type: Option<TypeIndex>,
}

impl Types {
    /// Reads the payload of a metadata event: what follows its size and type id.
    ///
    /// # Errors
    /// What is wrong with it, as a message.
    pub(super) fn read(mut cursor: Cursor<'_>) -> Result<Self, String> {
        let cut = || "the metadata ends in the middle".to_owned();
        for _ in ["start", "duration", "metadata id"] {
            cursor.long().ok_or_else(cut)?;
        }
        let n_strings = cursor.count().ok_or_else(cut)?;
        let mut strings: Vec<Arc<str>> = Vec::new();
        for _ in 0..n_strings {
            match cursor.text().ok_or_else(cut)? {
                RawText::Here(text) => strings.push(text.into()),
                RawText::Null => strings.push("".into()),
                RawText::Pooled(_) => return Err("a string of the metadata refers to a constant pool".into()),
            }
        }
        let mut tree = Tree { strings, classes: Vec::new() };
        tree.element(&mut cursor, Place::Above, 0)?;
        Ok(tree.into_types())
    }

    pub(super) fn get(&self, index: TypeIndex) -> &Type {
        // Every index comes from this table.
        &self.types[index as usize]
    }

    pub(super) fn index_of(&self, id: u64) -> Option<TypeIndex> {
        let at = self.by_id.binary_search_by_key(&id, |known| known.0).ok()?;
        Some(self.by_id[at].1)
    }
}

/// Where an element stands.
#[derive(Clone, Copy)]
enum Place {
    /// Above the classes, or in what is of no interest.
    Above,
    /// In the class at this position.
    Class(usize),
    /// In the last field of the class at this position.
    Field(usize),
}

struct Tree {
    strings: Vec<Arc<str>>,
    classes: Vec<RawClass>,
}

struct RawClass {
    id: u64,
    name: Arc<str>,
    is_event: bool,
    is_simple: bool,
    fields: Vec<RawField>,
}

struct RawField {
    name: Arc<str>,
    type_id: u64,
    is_pooled: bool,
    is_list: bool,
    /// Type and value of each annotation.
    annotations: Vec<(u64, Arc<str>)>,
}

/// The attributes of an element that matter.
#[derive(Default)]
struct Attributes {
    name: Arc<str>,
    id: Option<u64>,
    class: Option<u64>,
    super_type: Arc<str>,
    value: Arc<str>,
    is_simple: bool,
    is_pooled: bool,
    dimension: u64,
}

impl Tree {
    fn element(&mut self, cursor: &mut Cursor<'_>, place: Place, depth: usize) -> Result<(), String> {
        let cut = || "the tree of the metadata ends in the middle".to_owned();
        if depth == MAX_ELEMENT_DEPTH {
            return Err(format!("more than {MAX_ELEMENT_DEPTH} elements of the metadata within one another"));
        }
        let kind = self.string(cursor.int().ok_or_else(cut)?)?;
        let n_attributes = cursor.count().ok_or_else(cut)?;
        let mut attributes = Attributes::default();
        for _ in 0..n_attributes {
            let key = self.string(cursor.int().ok_or_else(cut)?)?;
            let value = self.string(cursor.int().ok_or_else(cut)?)?;
            match &*key {
                "name" => attributes.name = value,
                "id" => attributes.id = number(&value),
                "class" => attributes.class = number(&value),
                "superType" => attributes.super_type = value,
                "value" => attributes.value = value,
                "simpleType" => attributes.is_simple = &*value != "false",
                "constantPool" => attributes.is_pooled = &*value != "false",
                "dimension" => attributes.dimension = number(&value).unwrap_or(0),
                _ => {}
            }
        }
        let inner = self.enter(&kind, attributes, place);
        let n_children = cursor.count().ok_or_else(cut)?;
        for _ in 0..n_children {
            self.element(cursor, inner, depth + 1)?;
        }
        Ok(())
    }

    /// Keeps what an element says; the place of its children.
    fn enter(&mut self, kind: &str, attributes: Attributes, place: Place) -> Place {
        match (kind, place) {
            ("class", Place::Above) => {
                let Some(id) = attributes.id else { return Place::Above };
                self.classes.push(RawClass {
                    id,
                    name: attributes.name,
                    is_event: &*attributes.super_type == "jdk.jfr.Event",
                    is_simple: attributes.is_simple,
                    fields: Vec::new(),
                });
                Place::Class(self.classes.len() - 1)
            }
            ("field", Place::Class(class)) => {
                self.classes[class].fields.push(RawField {
                    name: attributes.name,
                    // No type has this id: a field without one makes its class unreadable.
                    type_id: attributes.class.unwrap_or(u64::MAX),
                    is_pooled: attributes.is_pooled,
                    is_list: attributes.dimension > 0,
                    annotations: Vec::new(),
                });
                Place::Field(class)
            }
            ("annotation", Place::Field(class)) => {
                if let (Some(field), Some(id)) = (self.classes[class].fields.last_mut(), attributes.class) {
                    field.annotations.push((id, attributes.value));
                }
                Place::Above
            }
            _ => Place::Above,
        }
    }

    fn string(&self, at: u32) -> Result<Arc<str>, String> {
        self.strings.get(at as usize).cloned().ok_or_else(|| {
            format!("string {at} of the metadata is named, but there are {}", self.strings.len())
        })
    }

    fn into_types(self) -> Types {
        let mut by_id: Vec<(u64, TypeIndex)> =
            self.classes.iter().enumerate().map(|(at, class)| (class.id, at as TypeIndex)).collect();
        by_id.sort();
        by_id.dedup_by_key(|known| known.0);
        let index_of = |id: u64| by_id.binary_search_by_key(&id, |known| known.0).ok().map(|at| by_id[at].1);
        let mut types: Vec<Type> = Vec::with_capacity(self.classes.len());
        for class in &self.classes {
            let mut fields = Vec::with_capacity(class.fields.len());
            let mut is_sound = true;
            for field in &class.fields {
                let Some(of) = index_of(field.type_id) else {
                    is_sound = false;
                    continue;
                };
                let name_of = |id: u64| index_of(id).map_or("", |at| &*self.classes[at as usize].name);
                let storage = match Primitive::named(&self.classes[of as usize].name) {
                    _ if field.is_pooled => Storage::Pooled(of),
                    Some(primitive) => Storage::Primitive(primitive),
                    None => Storage::Inline(of),
                };
                let annotated = || field.annotations.iter().map(|(id, value)| (name_of(*id), &**value));
                fields.push(Field {
                    name: field.name.clone(),
                    unit: annotated().map(|(name, value)| unit(name, value)).fold(
                        FieldUnit::None,
                        |all, one| {
                            if all == FieldUnit::None { one } else { all }
                        },
                    ),
                    storage,
                    is_list: field.is_list,
                    is_unsigned: annotated().any(|(name, _)| name == "jdk.jfr.Unsigned"),
                });
            }
            types.push(Type {
                name: class.name.clone(),
                is_simple: class.is_simple && fields.len() == 1,
                fields,
                id: class.id,
                is_event: class.is_event,
                is_sound,
            });
        }
        judge(&mut types);
        let text_type = types.iter().position(|found| &*found.name == "java.lang.String");
        Types { types, by_id, text_type: text_type.map(|at| at as TypeIndex) }
    }
}

/// Finds the types that cannot be read: those that contain themselves, that lie too deep, or that have an unknown
/// part. After it every value of a sound type takes at least one byte, and skipping one never goes deep.
fn judge(types: &mut [Type]) {
    let mut is_known = vec![false; types.len()];
    for _ in 0..MAX_TYPE_DEPTH {
        let mut is_changed = false;
        for at in 0..types.len() {
            if is_known[at] || !types[at].is_sound {
                continue;
            }
            let parts_known = types[at].fields.iter().all(|field| match field.storage {
                Storage::Inline(part) => is_known[part as usize] && !types[part as usize].fields.is_empty(),
                Storage::Primitive(_) | Storage::Pooled(_) => true,
            });
            if parts_known {
                is_known[at] = true;
                is_changed = true;
            }
        }
        if !is_changed {
            break;
        }
    }
    for (found, is_known) in types.iter_mut().zip(is_known) {
        found.is_sound = is_known;
    }
}

fn number(text: &str) -> Option<u64> {
    // Written as Java's `long`, which has a sign.
    text.parse::<i64>().ok().map(|number| number as u64)
}

fn unit(annotation: &str, value: &str) -> FieldUnit {
    match (annotation, value) {
        ("jdk.jfr.Timestamp", "TICKS") => FieldUnit::TimestampTicks,
        ("jdk.jfr.Timestamp", "MILLISECONDS_SINCE_EPOCH") => FieldUnit::TimestampMillis,
        ("jdk.jfr.Timespan", "TICKS") => FieldUnit::SpanTicks,
        ("jdk.jfr.Timespan", "NANOSECONDS") => FieldUnit::Span(1),
        ("jdk.jfr.Timespan", "MICROSECONDS") => FieldUnit::Span(1_000),
        ("jdk.jfr.Timespan", "MILLISECONDS") => FieldUnit::Span(1_000_000),
        ("jdk.jfr.Timespan", "SECONDS") => FieldUnit::Span(1_000_000_000),
        _ => FieldUnit::None,
    }
}
