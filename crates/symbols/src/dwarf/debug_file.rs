//! The units of one file with debug information, each read when it is asked for.

use super::sections::Slice;
use super::unit::Unit;
use fathom_model::Issue;
use gimli::{DebugInfoOffset, Reader, Section, UnitOffset};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// The units of one file.
pub(super) struct DebugFile<'a> {
    pub(super) dwarf: gimli::Dwarf<Slice<'a>>,
    pub(super) units: Vec<UnitSlot<'a>>,
    abbreviations: Vec<AbbreviationsSlot>,
}

/// A unit whose header was read.
pub(super) struct UnitSlot<'a> {
    /// Place of the header in `.debug_info`.
    pub(super) offset: usize,
    pub(super) header: gimli::UnitHeader<Slice<'a>>,
    parsed: OnceLock<Option<Box<Unit<'a>>>>,
}

struct AbbreviationsSlot {
    start: usize,
    end: usize,
    parsed: OnceLock<Option<Arc<gimli::Abbreviations>>>,
}

impl<'a> DebugFile<'a> {
    pub(super) fn new(dwarf: gimli::Dwarf<Slice<'a>>, source: &str, issues: &mut Vec<Issue>) -> Self {
        let mut units = Vec::new();
        let mut headers = dwarf.units();
        loop {
            match headers.next() {
                Ok(Some(header)) => {
                    let Some(offset) = header.debug_info_offset() else { continue };
                    units.push(UnitSlot { offset: offset.0, header, parsed: OnceLock::new() });
                }
                Ok(None) => break,
                Err(error) => {
                    issues.push(Issue::of(
                        source,
                        format!("a unit header is damaged after {} units: {error}", units.len()),
                    ));
                    break;
                }
            }
        }
        // Tables do not overlap in sound files; reading each no further than the next one begins keeps
        // the sum of all at the size of the section.
        let starts: BTreeSet<usize> = units.iter().map(|unit| unit.header.debug_abbrev_offset().0).collect();
        let ends = starts.iter().skip(1).copied().chain([dwarf.debug_abbrev.reader().len()]);
        let abbreviations = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| AbbreviationsSlot { start: *start, end, parsed: OnceLock::new() })
            .collect();
        Self { dwarf, units, abbreviations }
    }

    /// The unit at a position; `None` if it is damaged or holds only types.
    pub(super) fn unit(&self, at: usize) -> Option<&Unit<'a>> {
        let slot = self.units.get(at)?;
        let parse = || {
            if matches!(slot.header.type_(), gimli::UnitType::Type { .. } | gimli::UnitType::SplitType { .. })
            {
                return None;
            }
            let abbreviations = self.abbreviations(slot.header.debug_abbrev_offset().0)?;
            Unit::parse(&self.dwarf, slot.header, abbreviations).ok().map(Box::new)
        };
        slot.parsed.get_or_init(parse).as_deref()
    }

    /// The unit that holds an entry, and the entry's place in it.
    pub(super) fn unit_at(&self, place: DebugInfoOffset) -> Option<(&Unit<'a>, UnitOffset)> {
        let after = self.units.partition_point(|unit| unit.offset <= place.0);
        let unit = self.unit(after.checked_sub(1)?)?;
        Some((unit, place.to_unit_offset(&unit.unit.header)?))
    }

    fn abbreviations(&self, start: usize) -> Option<Arc<gimli::Abbreviations>> {
        let slot =
            &self.abbreviations[self.abbreviations.binary_search_by_key(&start, |slot| slot.start).ok()?];
        let parse = || {
            let section = self.dwarf.debug_abbrev.reader();
            let bytes = section.slice().get(..slot.end)?;
            let table = gimli::DebugAbbrev::from(Slice::new(bytes, section.endian()));
            table.abbreviations(gimli::DebugAbbrevOffset(start)).ok().map(Arc::new)
        };
        slot.parsed.get_or_init(parse).clone()
    }
}
