//! Finds the function table in an ELF file, and in the module data what the table itself lacks.
//!
//! The module data (`runtime.firstmoduledata`) is a structure that the linker fills with addresses. It is
//! found by its first word, the address of the table, either stored or left to a relocation (PIE).

use super::Pclntab;
use super::header::{Header, Version};
use crate::Bytes;
use crate::elf::{Elf, Relocation, dynamic_relocations, read_number};
use fathom_model::Issue;
use std::collections::BTreeMap;

/// Places of the module data that are tried; a sound file has one.
const MAX_CANDIDATES: usize = 64;

/// Tables that are tried when the section has no name; a sound file has one.
const MAX_TABLES: usize = 64;

impl Pclntab {
    /// The function table of an ELF file; `None` if it is not a Go program.
    pub fn from_elf(elf: Bytes) -> (Option<Self>, Vec<Issue>) {
        match Elf::parse(elf) {
            Ok(elf) => find(&elf),
            Err(reason) => (None, vec![Issue::of("elf", reason)]),
        }
    }
}

/// As [`Pclntab::from_elf`] for headers already read.
pub(crate) fn find(elf: &Elf) -> (Option<Pclntab>, Vec<Issue>) {
    let named = [".gopclntab", ".data.rel.ro.gopclntab"].iter().find_map(|name| elf.section(name));
    let named = named.and_then(|section| Some((section.address, section.data.clone()?)));
    let is_go = named.is_some()
        || elf.sections.is_empty()
        || elf
            .sections
            .iter()
            .any(|section| section.name.starts_with(".go.") || section.name == ".note.go.buildid");
    if !is_go {
        return (None, Vec::new());
    }
    let Some((address, data)) = named.filter(|(_, data)| Header::parse(data).is_ok()).or_else(|| scan(elf))
    else {
        let has_go_sections = !elf.sections.is_empty();
        let issues = has_go_sections
            .then(|| Issue::of(".gopclntab", "a Go program without a function table of a known layout"));
        return (None, issues.into_iter().collect());
    };
    let Ok(header) = Header::parse(&data) else { return (None, Vec::new()) };
    let module = module_data(elf, address, &header);
    let mut issues = Vec::new();
    if module.is_none() && header.version >= Version::Go118 {
        issues.push(Issue::of(
            ".gopclntab",
            "the program's module data was not found: inlined calls are not named",
        ));
    }
    let text_start = module.as_ref().map(|module| module.text).or(header.text_start);
    let text_start = text_start.or_else(|| elf.section(".text").map(|section| section.address)).unwrap_or(0);
    let places = module.map(|module| module.inline_trees).unwrap_or_default();
    let (mut table, parsing) = Pclntab::parse(data, text_start, None);
    issues.extend(parsing);
    let n_places = places.len();
    let is_found = places.into_iter().filter_map(|place| elf.bytes_at(place)).any(|trees| {
        table.inline_trees = Some(trees);
        table.inline_trees_are_sound()
    });
    if !is_found {
        table.inline_trees = None;
        if n_places > 0 {
            issues.push(Issue::of(
                ".gopclntab",
                "inline trees are not where this release is known to keep them: inlined calls are not named",
            ));
        }
    }
    (Some(table), issues)
}

/// Looks for a header that holds in all read-only data: the section was renamed, merged or cut off.
fn scan(elf: &Elf) -> Option<(u64, Bytes)> {
    let from_sections = elf
        .sections
        .iter()
        .filter(|section| section.allocated && !section.executable)
        .filter_map(|section| Some((section.address, section.data.as_ref()?)));
    let places: Vec<(u64, &Bytes)> = if elf.sections.is_empty() {
        elf.segments.iter().map(|segment| (segment.address, &segment.data)).collect()
    } else {
        from_sections.collect()
    };
    let mut n_tried = 0;
    let mut n_left = elf.bytes.len();
    for (address, data) in places {
        // Sections that overlap would be searched again and again.
        n_left = n_left.checked_sub(data.len())?;
        for at in (0..data.len().saturating_sub(8)).step_by(8) {
            let is_magic = matches!(
                data[at..at + 4],
                [0xfb | 0xfa | 0xf0 | 0xf1, 0xff, 0xff, 0xff] | [0xff, 0xff, 0xff, 0xfb | 0xfa | 0xf0 | 0xf1]
            );
            if !is_magic || data[at + 4..at + 6] != [0, 0] {
                continue;
            }
            n_tried += 1;
            let table = data.slice(at..data.len())?;
            if Header::parse(&table).is_ok_and(|header| functions_ascend(&header, &table)) {
                return Some((address.checked_add(at as u64)?, table));
            }
            if n_tried == MAX_TABLES {
                return None;
            }
        }
    }
    None
}

fn functions_ascend(header: &Header, table: &[u8]) -> bool {
    let entries: Vec<Option<u64>> =
        (0..header.n_functions.min(64)).map(|index| header.function_entry(table, index)).collect();
    header.n_functions > 0 && entries.is_sorted() && entries.iter().all(Option::is_some)
}

struct ModuleData {
    text: u64,
    /// Where they may be: releases with the same table keep their address at different places.
    inline_trees: Vec<u64>,
}

fn module_data(elf: &Elf, table_address: u64, header: &Header) -> Option<ModuleData> {
    if header.version < Version::Go118 {
        return None;
    }
    let relocations: BTreeMap<u64, u64> = (dynamic_relocations(elf).into_iter())
        .filter(|relocation: &Relocation| relocation.symbol == 0)
        .map(|relocation| (relocation.address, relocation.addend))
        .collect();
    let relocated =
        relocations.iter().filter(|(_, value)| **value == table_address).map(|(address, _)| *address);
    let mut candidates: Vec<u64> = relocated.take(MAX_CANDIDATES).collect();
    stored_words(elf, header, table_address, &mut candidates);
    let word = |address: u64, index: u64| {
        let address = address.checked_add(index * header.pointer_size as u64)?;
        let stored = || read_number(&elf.bytes_at(address)?, 0, header.pointer_size, header.endian);
        relocations.get(&address).copied().filter(|value| *value != 0).or_else(stored)
    };
    candidates.into_iter().find_map(|at| {
        // Words of `moduledata` in `src/runtime/symtab.go`: the list of functions must be the table's.
        let n_functions = header.n_functions as u64 + 1;
        if word(at, 16)? != table_address.checked_add(header.functions as u64)?
            || word(at, 17)? != n_functions
        {
            return None;
        }
        // Words that hold `gofunc`: of Go 1.20 to 1.26, and of 1.27; of 1.18 and 1.19.
        let words: &[u64] = if header.version == Version::Go120 { &[40, 43] } else { &[38] };
        Some(ModuleData {
            text: word(at, 22)?,
            inline_trees: words
                .iter()
                .filter_map(|index| word(at, *index))
                .filter(|address| *address != 0)
                .collect(),
        })
    })
}

/// Aligned addresses in writable data at which `value` is stored.
fn stored_words(elf: &Elf, header: &Header, value: u64, found: &mut Vec<u64>) {
    let size = header.pointer_size;
    let wanted = match header.endian {
        object::Endianness::Little => value.to_le_bytes()[..size].to_vec(),
        object::Endianness::Big => value.to_be_bytes()[8 - size..].to_vec(),
    };
    let mut n_left = elf.bytes.len();
    for segment in elf.segments.iter().filter(|segment| segment.writable) {
        // Segments that overlap in the file would be searched again and again.
        let Some(left) = n_left.checked_sub(segment.data.len()) else { return };
        n_left = left;
        let skipped = (size - (segment.address % size as u64) as usize) % size;
        let words = segment.data.get(skipped..).unwrap_or_default().chunks_exact(size).enumerate();
        for (index, _) in words.filter(|(_, word)| *word == wanted) {
            found.push(segment.address.saturating_add((skipped + index * size) as u64));
            if found.len() >= MAX_CANDIDATES {
                return;
            }
        }
    }
}
