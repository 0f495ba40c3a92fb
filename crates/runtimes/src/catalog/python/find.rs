//! Where a process keeps its interpreter: `_PyRuntime` in the program, in `libpython`, or in whatever embeds it.

use fathom_sys::proc::MemoryMap;
use fathom_sys::process_view::ProcessView;
use object::read::elf::{ElfFile64, FileHeader};
use object::{Endianness, Object, ObjectSection, ObjectSegment, ObjectSymbol, ReadCache, ReadRef};
use std::collections::BTreeSet;
use std::fs::File;

/// The interpreter of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Address of `_PyRuntime`.
    pub(super) runtime: u64,
    /// Address of `Py_Version`, a 32-bit word, from 3.11 on.
    pub(super) version: Option<u64>,
    /// Path of the file, as the process sees it.
    pub(super) path: String,
}

/// Looks through the files mapped into the process, those with "python" in their name and the program first.
pub(super) fn find(process: &ProcessView) -> Option<Found> {
    let (maps, _) = process.maps().ok()?;
    let program = process.executable().ok();
    let is_likely = |map: &&MemoryMap| {
        let name = map.path.rsplit('/').next().unwrap_or_default();
        name.contains("python")
            || program.as_deref().is_some_and(|program| program.as_os_str() == map.path.as_str())
    };
    let files: Vec<&MemoryMap> = maps.iter().filter(|map| map.is_file()).collect();
    let (likely, others): (Vec<&MemoryMap>, Vec<&MemoryMap>) = files.into_iter().partition(is_likely);
    let mut seen = BTreeSet::new();
    likely.into_iter().chain(others).find_map(|map| {
        // The first mapping of a file is enough: what is looked for is an address in the file.
        seen.insert(map.path.as_str()).then(|| in_file(process, map)).flatten()
    })
}

/// Whether a file exports the interpreter's entry point, or has the section it is kept in.
pub(super) fn is_in_file(file: &File) -> bool {
    let cache = ReadCache::new(file);
    ElfFile64::<Endianness, _>::parse(&cache).is_ok_and(|elf| {
        elf.section_by_name(".PyRuntime").is_some()
            || elf.dynamic_symbols().any(|symbol| symbol.name() == Ok("_PyRuntime"))
    })
}

fn in_file(process: &ProcessView, map: &MemoryMap) -> Option<Found> {
    let file = process.open_mapped(&map.path, map.inode, (map.start, map.end)).ok()?;
    let cache = ReadCache::new(&file);
    let elf = ElfFile64::<Endianness, _>::parse(&cache).ok()?;
    let bias = bias(&elf, map)?;
    let address = |name: &str| {
        elf.dynamic_symbols()
            .chain(elf.symbols())
            .find(|symbol| symbol.is_definition() && symbol.name() == Ok(name))
            .map(|symbol| symbol.address().wrapping_add(bias))
    };
    let section = || elf.section_by_name(".PyRuntime").map(|section| section.address().wrapping_add(bias));
    Some(Found {
        runtime: address("_PyRuntime").or_else(section)?,
        version: address("Py_Version"),
        path: map.path.clone(),
    })
}

/// Run-time address less address in the file.
fn bias<'d, H, R>(elf: &object::read::elf::ElfFile<'d, H, R>, map: &MemoryMap) -> Option<u64>
where
    H: FileHeader,
    R: ReadRef<'d>,
{
    const PAGE: u64 = 4096;
    elf.segments().find_map(|segment| {
        let (offset, length) = segment.file_range();
        let first = offset & !(PAGE - 1);
        (first..offset.saturating_add(length.max(1))).contains(&map.file_offset).then(|| {
            map.start.wrapping_sub(segment.address().wrapping_add(map.file_offset).wrapping_sub(offset))
        })
    })
}
