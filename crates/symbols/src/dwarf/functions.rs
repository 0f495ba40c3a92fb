//! The functions of one unit, and the calls inlined into each.

use super::budget::Limits;
use super::place::EntryPlace;
use super::ranges::RangeAttributes;
use super::sections::Slice;
use gimli::{UnitOffset, UnitRef};
use std::sync::OnceLock;

/// Deepest chain of inlined calls that is reported. Compilers stop far below; 512 also bounds what one
/// lookup in a hostile file returns.
const MAX_INLINE_DEPTH: usize = 512;

/// Functions with code, and where it is.
#[derive(Debug, Default)]
pub(super) struct Functions {
    /// Sorted by begin.
    ranges: Vec<FunctionRange>,
    functions: Vec<Function>,
}

#[derive(Debug)]
struct FunctionRange {
    begin: u64,
    end: u64,
    function: u32,
}

/// A function, its inlined calls read when first asked for.
#[derive(Debug)]
pub(super) struct Function {
    entry: UnitOffset,
    inlined: OnceLock<InlineTree>,
}

impl Functions {
    /// Walks all entries of the unit once. An error ends the walk, what was found before it stands.
    pub(super) fn parse(unit: UnitRef<'_, Slice<'_>>, limits: Limits<'_>) -> Self {
        let mut found = Self::default();
        let _ = found.walk(unit, limits);
        found.ranges.sort_unstable_by_key(|range| (range.begin, range.end, range.function));
        found
    }

    fn walk(&mut self, unit: UnitRef<'_, Slice<'_>>, limits: Limits<'_>) -> gimli::Result<()> {
        let mut entries = unit.header.entries_raw(&unit.abbreviations, None)?;
        while !entries.is_empty() {
            let entry = entries.next_offset();
            let Some(abbreviation) = entries.read_abbreviation()? else { continue };
            if abbreviation.tag() != gimli::DW_TAG_subprogram {
                entries.skip_attributes(abbreviation.attributes())?;
                continue;
            }
            let mut attributes = RangeAttributes::default();
            for specification in abbreviation.attributes() {
                let attribute = entries.read_attribute(*specification)?;
                attributes.take(unit, attribute.name(), attribute.value());
            }
            let function = self.functions.len() as u32;
            let n_before = self.ranges.len();
            attributes.for_each(unit, limits, |begin, end| {
                self.ranges.push(FunctionRange { begin, end, function })
            });
            if self.ranges.len() > n_before {
                self.functions.push(Function { entry, inlined: OnceLock::new() });
            }
        }
        Ok(())
    }

    /// The function whose code holds `address`; of overlapping ones (identical code that the linker
    /// folded) the one that begins last, then the first in the file.
    pub(super) fn find(&self, address: u64) -> Option<&Function> {
        let after = self.ranges.partition_point(|range| range.begin <= address);
        let last = self.ranges[..after].last()?;
        let group = self.ranges[..after].partition_point(|range| range.begin < last.begin);
        // Look a little further out for a function that encloses one that has ended.
        let inner = self.ranges[group..after].iter().take(MAX_OVERLAP).find(|range| address < range.end);
        let outer = || self.ranges[..group].iter().rev().take(MAX_OVERLAP).find(|range| address < range.end);
        self.functions.get(inner.or_else(outer)?.function as usize)
    }
}

/// Ranges that are looked at around an address before it is taken as uncovered.
const MAX_OVERLAP: usize = 8;

impl Function {
    /// Place of the function's own entry.
    pub(super) fn place(&self, unit: UnitRef<'_, Slice<'_>>) -> Option<EntryPlace> {
        Some(EntryPlace { offset: self.entry.to_debug_info_offset(&unit.header)?.0, is_supplementary: false })
    }

    /// The inlined calls that hold `address`, outermost first.
    pub(super) fn inlined_at(
        &self,
        unit: UnitRef<'_, Slice<'_>>,
        address: u64,
        limits: Limits<'_>,
    ) -> Vec<&InlinedCall> {
        let tree = self.inlined.get_or_init(|| InlineTree::parse(unit, self.entry, limits));
        tree.find(address)
    }
}

/// Inlined calls in the order of the entries, so that callees follow their caller.
#[derive(Debug, Default)]
struct InlineTree {
    calls: Vec<InlinedCall>,
    ranges: Vec<(u64, u64)>,
}

/// One call that was replaced by the callee's body.
#[derive(Debug)]
pub(super) struct InlinedCall {
    /// The callee.
    pub(super) callee: EntryPlace,
    /// Number of the caller's file in the line table.
    pub(super) call_file: Option<u64>,
    pub(super) call_line: Option<u32>,
    pub(super) call_column: Option<u32>,
    first_range: u32,
    n_ranges: u32,
    /// Position behind the last call inlined into this one.
    subtree_end: u32,
}

impl InlineTree {
    fn parse(unit: UnitRef<'_, Slice<'_>>, function: UnitOffset, limits: Limits<'_>) -> Self {
        let mut tree = Self::default();
        let mut open = Vec::new();
        let _ = tree.walk(unit, function, limits, &mut open);
        let n_calls = tree.calls.len() as u32;
        for (_, call) in open {
            tree.close(call, n_calls);
        }
        tree
    }

    fn walk(
        &mut self,
        unit: UnitRef<'_, Slice<'_>>,
        function: UnitOffset,
        limits: Limits<'_>,
        open: &mut Vec<(isize, usize)>,
    ) -> gimli::Result<()> {
        let mut entries = unit.header.entries_raw(&unit.abbreviations, Some(function))?;
        let function_depth = entries.next_depth();
        let Some(abbreviation) = entries.read_abbreviation()? else { return Ok(()) };
        entries.skip_attributes(abbreviation.attributes())?;
        let mut charged = function.0;
        // Depth of a function nested in this one; it has an entry of its own in `Functions`.
        let mut nested: Option<isize> = None;
        while !entries.is_empty() {
            let depth = entries.next_depth();
            if depth <= function_depth {
                break;
            }
            let n_calls = self.calls.len() as u32;
            while let Some((_, call)) = open.pop_if(|(call_depth, _)| depth <= *call_depth) {
                self.close(call, n_calls);
            }
            nested = nested.filter(|nested| depth > *nested);
            let place = entries.next_offset();
            if !limits.budget.take_function_bytes(place.0 - charged) {
                break;
            }
            charged = place.0;
            let Some(abbreviation) = entries.read_abbreviation()? else { continue };
            let tag = abbreviation.tag();
            if nested.is_some() || tag != gimli::DW_TAG_inlined_subroutine {
                if tag == gimli::DW_TAG_subprogram && nested.is_none() {
                    nested = Some(depth);
                }
                entries.skip_attributes(abbreviation.attributes())?;
                continue;
            }
            if abbreviation.has_children() {
                open.push((depth, self.calls.len()));
            }
            self.read_call(unit, &mut entries, place, abbreviation, limits)?;
        }
        Ok(())
    }

    fn read_call<'a>(
        &mut self,
        unit: UnitRef<'_, Slice<'a>>,
        entries: &mut gimli::EntriesRaw<'_, Slice<'a>>,
        place: UnitOffset,
        abbreviation: &gimli::Abbreviation,
        limits: Limits<'_>,
    ) -> gimli::Result<()> {
        let own = EntryPlace {
            offset: place.to_debug_info_offset(&unit.header).map_or(0, |offset| offset.0),
            is_supplementary: false,
        };
        let at = self.calls.len();
        let first_range = self.ranges.len() as u32;
        self.calls.push(InlinedCall {
            callee: own,
            call_file: None,
            call_line: None,
            call_column: None,
            first_range,
            n_ranges: 0,
            subtree_end: at as u32 + 1,
        });
        let call = &mut self.calls[at];
        let mut attributes = RangeAttributes::default();
        for specification in abbreviation.attributes() {
            let attribute = entries.read_attribute(*specification)?;
            let number = || {
                attribute
                    .udata_value()
                    .and_then(|number| u32::try_from(number).ok())
                    .filter(|number| *number > 0)
            };
            match attribute.name() {
                gimli::DW_AT_abstract_origin | gimli::DW_AT_specification => {
                    call.callee = EntryPlace::of_reference(&attribute.value(), unit, false).unwrap_or(own);
                }
                gimli::DW_AT_call_file => {
                    call.call_file = match attribute.value() {
                        gimli::AttributeValue::FileIndex(index) => Some(index),
                        value => value.udata_value(),
                    }
                }
                gimli::DW_AT_call_line => call.call_line = number(),
                gimli::DW_AT_call_column => call.call_column = number(),
                name => attributes.take(unit, name, attribute.value()),
            }
        }
        attributes.for_each(unit, limits, |begin, end| self.ranges.push((begin, end)));
        call.n_ranges = self.ranges.len() as u32 - first_range;
        Ok(())
    }

    fn close(&mut self, call: usize, end: u32) {
        if let Some(call) = self.calls.get_mut(call) {
            call.subtree_end = end;
        }
    }

    fn find(&self, address: u64) -> Vec<&InlinedCall> {
        let mut chain = Vec::new();
        let (mut at, mut end) = (0, self.calls.len());
        while at < end && chain.len() < MAX_INLINE_DEPTH {
            let call = &self.calls[at];
            let ranges = &self.ranges[call.first_range as usize..][..call.n_ranges as usize];
            if ranges.iter().any(|(begin, end)| (*begin..*end).contains(&address)) {
                chain.push(call);
                end = call.subtree_end as usize;
                at += 1;
            } else {
                at = call.subtree_end as usize;
            }
        }
        chain
    }
}
