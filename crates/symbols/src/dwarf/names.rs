//! Names and declaration lines of functions.

use super::debug_file::DebugFile;
use super::place::EntryPlace;
use super::sections::Slice;
use super::text::capped_string;
use crate::demangle::try_demangle;
use gimli::{DebugInfoOffset, UnitOffset, UnitRef};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries from a concrete function to its declaration: three in sound files. The limit ends cycles.
const MAX_ORIGINS: usize = 16;

/// What an entry and those it refers to say about a function.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FunctionName {
    /// Demangled.
    pub(super) name: Option<String>,
    /// Whether the name comes from `DW_AT_name` although the language has longer ones.
    pub(super) is_short: bool,
    pub(super) start_line: Option<u32>,
}

/// Names already resolved. A function inlined in a thousand places is demangled once.
#[derive(Default)]
pub(super) struct NameCache(Mutex<HashMap<EntryPlace, Arc<FunctionName>>>);

impl NameCache {
    /// The name of the function that the entry at `place` is, or is an instance of.
    pub(super) fn get<'a>(
        &self,
        place: EntryPlace,
        main: &DebugFile<'a>,
        supplementary: Option<&DebugFile<'a>>,
    ) -> Arc<FunctionName> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return Arc::clone(known);
        }
        let name = Arc::new(resolve(place, main, supplementary));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place, Arc::clone(&name));
        name
    }
}

fn resolve<'a>(
    mut place: EntryPlace,
    main: &DebugFile<'a>,
    supplementary: Option<&DebugFile<'a>>,
) -> FunctionName {
    let (mut linkage, mut plain) = (None, None);
    let (mut start_line, mut language) = (None, None);
    for _ in 0..MAX_ORIGINS {
        let file = if place.is_supplementary { supplementary } else { Some(main) };
        let Some(file) = file else { break };
        let Some((parsed, offset)) = file.unit_at(DebugInfoOffset(place.offset)) else { break };
        language = language.or(parsed.language);
        let unit = UnitRef::new(&file.dwarf, &parsed.unit);
        let Some(entry) = read_entry(unit, offset, place.is_supplementary) else { break };
        linkage = linkage.or(entry.linkage);
        plain = plain.or(entry.plain);
        start_line = start_line.or(entry.start_line);
        match entry.origin {
            Some(next) if linkage.is_none() || start_line.is_none() => place = next,
            _ => break,
        }
    }
    let has_long_names = matches!(
        language,
        Some(
            gimli::DW_LANG_Rust
                | gimli::DW_LANG_C_plus_plus
                | gimli::DW_LANG_C_plus_plus_03
                | gimli::DW_LANG_C_plus_plus_11
                | gimli::DW_LANG_C_plus_plus_14
                | gimli::DW_LANG_C_plus_plus_17
                | gimli::DW_LANG_C_plus_plus_20
        )
    );
    let is_short = linkage.is_none() && has_long_names;
    let name = linkage.or(plain).map(|name| try_demangle(&name).unwrap_or(name));
    FunctionName { name, is_short, start_line }
}

#[derive(Default)]
struct Entry {
    linkage: Option<String>,
    plain: Option<String>,
    start_line: Option<u32>,
    origin: Option<EntryPlace>,
}

fn read_entry(unit: UnitRef<'_, Slice<'_>>, offset: UnitOffset, is_supplementary: bool) -> Option<Entry> {
    let mut entries = unit.header.entries_raw(&unit.abbreviations, Some(offset)).ok()?;
    let abbreviation = entries.read_abbreviation().ok()??;
    let mut entry = Entry::default();
    for specification in abbreviation.attributes() {
        let attribute = entries.read_attribute(*specification).ok()?;
        let text =
            || capped_string(unit, attribute.value()).filter(|text| !text.is_empty()).map(Cow::into_owned);
        match attribute.name() {
            gimli::DW_AT_linkage_name | gimli::DW_AT_MIPS_linkage_name => entry.linkage = text(),
            gimli::DW_AT_name => entry.plain = text(),
            gimli::DW_AT_decl_line => {
                entry.start_line =
                    attribute.udata_value().and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0)
            }
            gimli::DW_AT_abstract_origin | gimli::DW_AT_specification => {
                entry.origin = EntryPlace::of_reference(&attribute.value(), unit, is_supplementary);
            }
            _ => {}
        }
    }
    Some(entry)
}
