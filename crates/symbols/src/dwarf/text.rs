//! Text from string attributes, and joined paths.

use super::sections::Slice;
use crate::demangle::{MAX_NAME_BYTES, name_text};
use gimli::{AttributeValue, Section, UnitRef};
use std::borrow::Cow;

/// The text of a string attribute, cut at [`MAX_NAME_BYTES`] before its end is searched for: thousands of
/// attributes may point into one string of megabytes.
pub(super) fn capped_string<'a>(
    unit: UnitRef<'_, Slice<'a>>,
    value: AttributeValue<Slice<'a>>,
) -> Option<Cow<'a, str>> {
    let section = |section: &Slice<'a>, offset: usize| section.slice().get(offset..);
    let bytes: &'a [u8] = match value {
        AttributeValue::String(text) => text.slice(),
        AttributeValue::DebugStrRef(offset) => section(unit.dwarf.debug_str.reader(), offset.0)?,
        AttributeValue::DebugLineStrRef(offset) => section(unit.dwarf.debug_line_str.reader(), offset.0)?,
        AttributeValue::DebugStrOffsetsIndex(index) => {
            section(unit.dwarf.debug_str.reader(), unit.string_offset(index).ok()?.0)?
        }
        AttributeValue::DebugStrRefSup(offset) => section(unit.dwarf.sup()?.debug_str.reader(), offset.0)?,
        _ => return None,
    };
    let bytes = &bytes[..bytes.len().min(MAX_NAME_BYTES)];
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    Some(name_text(&bytes[..end]))
}

/// Appends `part` to `path`, or replaces it where `part` is absolute. Cut at [`MAX_NAME_BYTES`].
pub(super) fn push_path(path: &mut String, part: &str) {
    if part.starts_with('/') {
        path.clear();
    } else if !path.is_empty() && !path.ends_with('/') && !part.is_empty() {
        path.push('/');
    }
    if path.len() + part.len() <= MAX_NAME_BYTES {
        path.push_str(part);
    }
}
