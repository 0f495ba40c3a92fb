//! Where a process keeps its Java virtual machine, and whether it is HotSpot: the tables that it exports for debuggers.

use crate::loaded::bias;
use fathom_sys::process_view::ProcessView;
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSymbol, ReadCache};
use std::collections::BTreeMap;
use std::fs::File;

/// File name of every Java virtual machine.
const LIBRARY: &str = "libjvm.so";
/// How the names of the exported tables begin (`src/hotspot/share/runtime/vmStructs.cpp`).
const TABLES: &str = "gHotSpotVM";

/// A HotSpot in a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Path of `libjvm.so` as the process sees it.
    pub(super) path: String,
    /// Run-time addresses of the exported tables and their layout, by symbol.
    pub(super) symbols: BTreeMap<String, u64>,
}

/// The HotSpot of a process. `None` if it has none: no Java, or OpenJ9, whose library has the same name.
///
/// # Errors
/// Its library cannot be opened: path and reason.
pub(super) fn find(process: &ProcessView) -> Result<Option<Found>, (String, String)> {
    let Ok((maps, _)) = process.maps() else { return Ok(None) };
    let Some(map) = maps.iter().find(|map| map.is_file() && is_library(&map.path)) else { return Ok(None) };
    let closed = |error: std::io::Error| (map.path.clone(), error.to_string());
    let file = process.open_mapped(&map.path, map.inode, (map.start, map.end)).map_err(closed)?;
    let cache = ReadCache::new(&file);
    let Ok(elf) = ElfFile64::<Endianness, _>::parse(&cache) else { return Ok(None) };
    let Some(bias) = bias(&elf, map) else { return Ok(None) };
    let symbols: BTreeMap<String, u64> = elf
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition())
        .filter_map(|symbol| Some((symbol.name().ok()?, symbol.address())))
        .filter(|(name, _)| name.starts_with(TABLES))
        .map(|(name, address)| (name.to_owned(), address.wrapping_add(bias)))
        .collect();
    Ok((!symbols.is_empty()).then(|| Found { path: map.path.clone(), symbols }))
}

/// Whether a file is named as a Java virtual machine's library.
pub(super) fn is_library(path: &str) -> bool {
    path.trim_end_matches(" (deleted)").rsplit('/').next() == Some(LIBRARY)
}

/// Whether a file exports HotSpot's tables.
pub(super) fn is_hotspot(file: &File) -> bool {
    let cache = ReadCache::new(file);
    ElfFile64::<Endianness, _>::parse(&cache).is_ok_and(|elf| {
        elf.dynamic_symbols()
            .any(|symbol| symbol.is_definition() && symbol.name().is_ok_and(|name| name.starts_with(TABLES)))
    })
}
