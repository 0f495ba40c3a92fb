//! The place of an entry, and where references lead.

use super::sections::Slice;
use gimli::{AttributeValue, UnitRef};

/// An entry of the main or the supplementary file, by its place in `.debug_info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct EntryPlace {
    pub(super) offset: usize,
    pub(super) is_supplementary: bool,
}

impl EntryPlace {
    /// Where a reference from an entry of `unit` points; `None` for other forms.
    pub(super) fn of_reference(
        value: &AttributeValue<Slice<'_>>,
        unit: UnitRef<'_, Slice<'_>>,
        is_supplementary: bool,
    ) -> Option<Self> {
        match value {
            AttributeValue::UnitRef(offset) => {
                Some(Self { offset: offset.to_debug_info_offset(&unit.header)?.0, is_supplementary })
            }
            AttributeValue::DebugInfoRef(offset) => Some(Self { offset: offset.0, is_supplementary }),
            AttributeValue::DebugInfoRefSup(offset) => {
                Some(Self { offset: offset.0, is_supplementary: true })
            }
            _ => None,
        }
    }
}
