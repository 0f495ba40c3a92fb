//! Where a process keeps its interpreter: `_PyRuntime` in the program, in `libpython`, or in whatever embeds it.
//!
//! A file that was replaced is opened through its mapping where that is allowed. Where it is not, the interpreter is
//! looked for in memory, by the cookie with which `_PyRuntime` of 3.13 and later begins.

use super::debug_offsets::COOKIE;
use crate::loaded::bias;
use fathom_sys::proc::MemoryMap;
use fathom_sys::process_view::{OpenRules, ProcessView};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, ObjectSymbol, ReadCache, ReadRef};
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

/// Most memory that is searched for a cookie; the data of an interpreter are one or two megabytes.
const MAX_SEARCHED_BYTES: u64 = 64 << 20;

/// The interpreter of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Address of `_PyRuntime`.
    pub(super) runtime: u64,
    /// Address of `Py_Version`, a 32-bit word, from 3.11 on.
    pub(super) version: Option<u64>,
    /// Address of `_AsyncioDebug`, from 3.14 on, where `_asyncio` is part of this file.
    pub(super) asyncio: Option<u64>,
    /// Path of the file, as the process sees it.
    pub(super) path: String,
}

/// Looks through the files mapped into the process, those with "python" in their name and the program first.
///
/// # Errors
/// One of them looks like an interpreter, and it can neither be opened nor found in memory: path and reason.
pub(super) fn find(process: &ProcessView) -> Result<Option<Found>, (String, String)> {
    let Ok((maps, _)) = process.maps() else { return Ok(None) };
    let program = process.executable().ok();
    let is_likely = |map: &&MemoryMap| {
        file_name(&map.path).contains("python")
            || program.as_deref().is_some_and(|program| {
                program.to_string_lossy().trim_end_matches(" (deleted)") == map.path.as_str()
            })
    };
    let files: Vec<&MemoryMap> = maps.iter().filter(|map| map.is_file()).collect();
    let (likely, others): (Vec<&MemoryMap>, Vec<&MemoryMap>) = files.into_iter().partition(is_likely);
    let (mut seen, mut closed) = (BTreeSet::new(), None);
    for map in likely.into_iter().chain(others) {
        // The first mapping of a file is enough: what is looked for is an address in the file.
        if !seen.insert((map.path.as_str(), map.inode)) {
            continue;
        }
        match in_file(process, map) {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
            Err(error) if is_named_as_interpreter(&map.path) => {
                if let Some(found) = in_memory(process, &maps, map) {
                    return Ok(Some(found));
                }
                closed.get_or_insert((map.path.clone(), error.to_string()));
            }
            Err(_) => {}
        }
    }
    closed.map_or(Ok(None), Err)
}

/// Whether a file exports the interpreter's entry point, or has the section it is kept in.
pub(super) fn is_in_file(file: &File) -> bool {
    let cache = ReadCache::new(file);
    ElfFile64::<Endianness, _>::parse(&cache).is_ok_and(|elf| {
        elf.section_by_name(".PyRuntime").is_some()
            || elf.dynamic_symbols().any(|symbol| symbol.is_definition() && symbol.name() == Ok("_PyRuntime"))
    })
}

/// The address of `_AsyncioDebug` where `_asyncio` is a file of its own: `_asyncio.cpython-314-….so`.
pub(super) fn find_asyncio(process: &ProcessView) -> Option<u64> {
    let (maps, _) = process.maps().ok()?;
    let is_asyncio = |name: &str| name.starts_with("_asyncio.") && name.ends_with(".so");
    let map = maps.iter().find(|map| is_asyncio(file_name(&map.path)))?;
    addresses_in_file(process, map).ok()??.asyncio
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// `python3.14`, `libpython3.14.so.1.0`; not `_ssl.cpython-314-x86_64-linux-gnu.so`.
pub(super) fn is_named_as_interpreter(path: &str) -> bool {
    let name = file_name(path);
    name.starts_with("python3") || name.starts_with("libpython3")
}

fn in_file(process: &ProcessView, map: &MemoryMap) -> io::Result<Option<Found>> {
    let addresses = addresses_in_file(process, map)?;
    Ok(addresses.and_then(|Addresses { runtime, version, asyncio }| {
        Some(Found { runtime: runtime?, version, asyncio, path: map.path.clone() })
    }))
}

/// Run-time addresses of what is looked for.
struct Addresses {
    runtime: Option<u64>,
    version: Option<u64>,
    asyncio: Option<u64>,
}

fn addresses_in_file(process: &ProcessView, map: &MemoryMap) -> io::Result<Option<Addresses>> {
    if let ProcessView::Recorded(_) = process {
        let bytes = process.read_in_root(Path::new(&map.path), &OpenRules::BINARY)?;
        return Ok(addresses(bytes.as_slice(), map));
    }
    let file = process.open_mapped(&map.path, map.inode, (map.start, map.end))?;
    Ok(addresses(&ReadCache::new(&file), map))
}

/// `None` for what is no ELF file, or one that is not mapped as it says.
fn addresses<'data, R: ReadRef<'data>>(data: R, map: &MemoryMap) -> Option<Addresses> {
    let elf = ElfFile64::<Endianness, R>::parse(data).ok()?;
    let bias = bias(&elf, map)?;
    let symbol = |name: &str| {
        elf.dynamic_symbols()
            .chain(elf.symbols())
            .find(|symbol| symbol.is_definition() && symbol.name() == Ok(name))
            .map(|symbol| symbol.address().wrapping_add(bias))
    };
    let section = |name: &str| elf.section_by_name(name).map(|section| section.address().wrapping_add(bias));
    Some(Addresses {
        runtime: symbol("_PyRuntime").or_else(|| section(".PyRuntime")),
        version: symbol("Py_Version"),
        asyncio: section(".AsyncioDebug"),
    })
}

/// Looks for the cookie in what the process may write of a file's mappings.
fn in_memory(process: &ProcessView, maps: &[MemoryMap], file: &MemoryMap) -> Option<Found> {
    const CHUNK: u64 = 1 << 20;
    let mut searched = 0;
    let data = maps.iter().filter(|map| {
        (&map.path, map.inode) == (&file.path, file.inode) && map.readable && map.writable && !map.shared
    });
    let mut bytes = vec![0; CHUNK as usize];
    for map in data {
        let mut start = map.start;
        while start < map.end && searched < MAX_SEARCHED_BYTES {
            let wanted = (map.end - start).min(CHUNK) as usize;
            let n_read = process.read_memory(start, &mut bytes[..wanted]).unwrap_or(0);
            // The structure is aligned, so no cookie lies across two chunks.
            let at = bytes[..n_read].chunks_exact(8).position(|word| word == COOKIE);
            if let Some(at) = at {
                let runtime = start + at as u64 * 8;
                return Some(Found { runtime, version: None, asyncio: None, path: file.path.clone() });
            }
            start += CHUNK;
            searched += CHUNK;
        }
    }
    None
}
