//! One unit of `.debug_info`: its root entry, and on demand its functions and lines.

use super::Slice;
use super::budget::Limits;
use super::functions::Functions;
use super::lines::Lines;
use crate::elf::code_end;
use gimli::{AttributeValue, DwAt, RangeListsOffset, UnitRef};
use std::sync::{Arc, OnceLock};

/// A unit of which the root entry was read.
pub(super) struct Unit<'a> {
    pub(super) unit: gimli::Unit<Slice<'a>>,
    pub(super) language: Option<gimli::DwLang>,
    /// Whether the functions stand in a `.dwo` file, which is not read.
    pub(super) is_skeleton: bool,
    line_offset: Option<gimli::DebugLineOffset>,
    ranges: RangeAttributes,
    functions: OnceLock<Functions>,
    lines: OnceLock<Option<Lines<'a>>>,
}

impl<'a> Unit<'a> {
    /// Reads the root entry. `gimli::Unit::new` would also parse the line program's header, which costs
    /// time for units that are only asked for names, and loops on hostile version 5 headers.
    pub(super) fn parse(
        dwarf: &gimli::Dwarf<Slice<'a>>,
        header: gimli::UnitHeader<Slice<'a>>,
        abbreviations: Arc<gimli::Abbreviations>,
    ) -> gimli::Result<Self> {
        let encoding = header.encoding();
        let mut unit = gimli::Unit {
            name: None,
            comp_dir: None,
            low_pc: 0,
            str_offsets_base: gimli::DebugStrOffsetsBase::default_for_encoding_and_file(
                encoding,
                dwarf.file_type,
            ),
            addr_base: gimli::DebugAddrBase(0),
            loclists_base: gimli::DebugLocListsBase::default_for_encoding_and_file(encoding, dwarf.file_type),
            rnglists_base: gimli::DebugRngListsBase::default_for_encoding_and_file(encoding, dwarf.file_type),
            line_program: None,
            dwo_id: match header.type_() {
                gimli::UnitType::Skeleton(id) | gimli::UnitType::SplitCompilation(id) => Some(id),
                _ => None,
            },
            abbreviations,
            header,
        };
        let mut root = Vec::new();
        {
            let mut entries = unit.header.entries_raw(&unit.abbreviations, None)?;
            let abbreviation = entries.read_abbreviation()?.ok_or(gimli::Error::MissingUnitDie)?;
            for specification in abbreviation.attributes() {
                let attribute = entries.read_attribute(*specification)?;
                root.push((attribute.name(), attribute.value()));
            }
        }
        // Bases first: the other attributes are read through them, wherever they stand.
        for (name, value) in &root {
            match (*name, value) {
                (_, AttributeValue::DebugStrOffsetsBase(base)) => unit.str_offsets_base = *base,
                (_, AttributeValue::DebugAddrBase(base)) => unit.addr_base = *base,
                (_, AttributeValue::DebugRngListsBase(base)) => unit.rnglists_base = *base,
                (gimli::DW_AT_GNU_dwo_id, AttributeValue::DwoId(id)) => unit.dwo_id = Some(*id),
                _ => {}
            }
        }
        let mut ranges = RangeAttributes::default();
        let (mut language, mut line_offset) = (None, None);
        for (name, value) in root {
            ranges.take(UnitRef::new(dwarf, &unit), name, value);
            match (name, value) {
                (gimli::DW_AT_name, value) => unit.name = dwarf.attr_string(&unit, value).ok(),
                (gimli::DW_AT_comp_dir, value) => unit.comp_dir = dwarf.attr_string(&unit, value).ok(),
                (gimli::DW_AT_stmt_list, AttributeValue::DebugLineRef(offset)) => line_offset = Some(offset),
                (gimli::DW_AT_language, AttributeValue::Language(value)) => language = Some(value),
                _ => {}
            }
        }
        unit.low_pc = ranges.low.unwrap_or(0);
        let is_skeleton = unit.dwo_id.is_some();
        Ok(Self {
            unit,
            language,
            is_skeleton,
            line_offset,
            ranges,
            functions: OnceLock::new(),
            lines: OnceLock::new(),
        })
    }

    /// The functions, read at the first call.
    pub(super) fn functions(&self, dwarf: &gimli::Dwarf<Slice<'a>>, limits: Limits<'_>) -> &Functions {
        self.functions.get_or_init(|| Functions::parse(UnitRef::new(dwarf, &self.unit), limits))
    }

    /// The line table, read at the first call.
    pub(super) fn lines(&self, dwarf: &gimli::Dwarf<Slice<'a>>, limits: Limits<'_>) -> Option<&Lines<'a>> {
        let lines = self
            .lines
            .get_or_init(|| Lines::parse(UnitRef::new(dwarf, &self.unit), self.line_offset?, limits));
        lines.as_ref()
    }

    /// Calls `found` with every range of code that the root entry names.
    pub(super) fn for_each_range(
        &self,
        dwarf: &gimli::Dwarf<Slice<'a>>,
        limits: Limits<'_>,
        found: impl FnMut(u64, u64),
    ) {
        self.ranges.for_each(UnitRef::new(dwarf, &self.unit), limits, found);
    }
}

/// The attributes that say where an entry's code is.
#[derive(Clone, Debug, Default)]
pub(super) struct RangeAttributes {
    low: Option<u64>,
    high: Option<u64>,
    size: Option<u64>,
    list: Option<RangeListsOffset>,
}

impl RangeAttributes {
    /// Takes one attribute of the entry; others than those of ranges are ignored.
    pub(super) fn take<'a>(
        &mut self,
        unit: UnitRef<'_, Slice<'a>>,
        name: DwAt,
        value: AttributeValue<Slice<'a>>,
    ) {
        match name {
            gimli::DW_AT_low_pc => self.low = unit.attr_address(value).ok().flatten(),
            gimli::DW_AT_high_pc => match value {
                AttributeValue::Udata(size) => self.size = Some(size),
                value => self.high = unit.attr_address(value).ok().flatten(),
            },
            gimli::DW_AT_ranges => self.list = unit.attr_ranges_offset(value).ok().flatten(),
            _ => {}
        }
    }

    /// Calls `found` with the begin and end of each range that begins in code.
    pub(super) fn for_each(
        &self,
        unit: UnitRef<'_, Slice<'_>>,
        limits: Limits<'_>,
        mut found: impl FnMut(u64, u64),
    ) {
        let mut check = |begin: u64, end: u64| {
            if begin < end && code_end(limits.code, begin).is_some() {
                found(begin, end);
            }
        };
        if let Some(list) = self.list {
            let Ok(mut entries) = unit.ranges(list) else { return };
            while let Ok(Some(raw)) = entries.next_raw() {
                if !limits.budget.take_range_entry() {
                    return;
                }
                if let Ok(Some(range)) = entries.convert_raw(raw) {
                    check(range.begin, range.end);
                }
            }
        } else if let (Some(low), Some(high)) =
            (self.low, self.high.or_else(|| self.low?.checked_add(self.size?)))
        {
            check(low, high);
        }
    }
}
