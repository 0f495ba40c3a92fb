//! Where the code of an entry is: `DW_AT_low_pc`, `DW_AT_high_pc` and `DW_AT_ranges`.

use super::budget::Limits;
use super::sections::Slice;
use crate::elf::code_end;
use gimli::{AttributeValue, DwAt, RangeListsOffset, UnitRef};

/// The attributes that say where an entry's code is.
#[derive(Clone, Debug, Default)]
pub(super) struct RangeAttributes {
    /// The first address, which is also the base of the unit's lists.
    pub(super) low: Option<u64>,
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

    /// Calls `found` with the start and end of each range that begins in code.
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
