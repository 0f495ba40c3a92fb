//! The DWARF sections of a module, decompressed, and of the supplementary file that dwz split off.

use crate::Bytes;
use crate::elf::Elf;
use fathom_model::Issue;
use gimli::{EndianSlice, RunTimeEndian};
use std::collections::BTreeMap;

/// Sections that naming reads; locations, types' indices and macros are never decompressed.
const NEEDED: [&str; 10] =
    ["abbrev", "addr", "aranges", "info", "line", "line_str", "ranges", "rnglists", "str", "str_offsets"];

/// The reader of all tables: a slice and its byte order.
pub(super) type Slice<'a> = EndianSlice<'a, RunTimeEndian>;

/// Everything that the index borrows from.
pub(crate) struct DwarfBytes {
    main: BTreeMap<&'static str, Bytes>,
    supplementary: Option<BTreeMap<&'static str, Bytes>>,
    endian: RunTimeEndian,
    /// Address ranges that hold code. Ranges of functions that the linker threw away begin at 0 or at
    /// an address outside.
    pub(super) code: Vec<(u64, u64)>,
}

impl DwarfBytes {
    /// Takes the sections of `elf`, and of the file its `.gnu_debugaltlink` names.
    pub(crate) fn load(elf: &Elf, supplementary: Option<&Elf>, code: Vec<(u64, u64)>) -> (Self, Vec<Issue>) {
        let mut issues = Vec::new();
        let main = sections(elf, &mut issues);
        let supplementary = supplementary.map(|elf| sections(elf, &mut issues));
        let endian = match elf.endian {
            object::Endianness::Little => RunTimeEndian::Little,
            object::Endianness::Big => RunTimeEndian::Big,
        };
        (Self { main, supplementary, endian, code }, issues)
    }

    pub(super) fn main(&self) -> gimli::Dwarf<Slice<'_>> {
        self.dwarf(&self.main)
    }

    pub(super) fn supplementary(&self) -> Option<gimli::Dwarf<Slice<'_>>> {
        self.supplementary.as_ref().map(|sections| self.dwarf(sections))
    }

    /// Size of a section of the main file in bytes.
    pub(super) fn size(&self, suffix: &str) -> usize {
        self.main.get(suffix).map_or(0, |bytes| bytes.len())
    }

    fn dwarf<'a>(&self, sections: &'a BTreeMap<&'static str, Bytes>) -> gimli::Dwarf<Slice<'a>> {
        let load = |id: gimli::SectionId| {
            let bytes = id.name().strip_prefix(".debug_").and_then(|suffix| sections.get(suffix));
            Ok::<_, std::convert::Infallible>(EndianSlice::new(
                bytes.map_or(&[][..], |bytes| bytes),
                self.endian,
            ))
        };
        let Ok(dwarf) = gimli::Dwarf::load(load);
        dwarf
    }
}

fn sections(elf: &Elf, issues: &mut Vec<Issue>) -> BTreeMap<&'static str, Bytes> {
    let mut found = BTreeMap::new();
    for suffix in NEEDED {
        match elf.debug_section(suffix) {
            Some(Ok(bytes)) => _ = found.insert(suffix, bytes),
            Some(Err(issue)) => issues.push(issue),
            None => {}
        }
    }
    found
}
