//! One unit of `.debug_info`: its root entry, and on demand its functions and lines.

use super::budget::Limits;
use super::functions::Functions;
use super::lines::Lines;
use super::ranges::RangeAttributes;
use super::sections::Slice;
use gimli::{AttributeValue, UnitRef};
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
