//! Where a process keeps its Go program: the file, its function table, and the list of all goroutines.
//!
//! The list is `runtime.allgs`. Programs stripped of symbols still have their function table, and with it the code
//! of `runtime.allgadd`, which appends to the list: one of the addresses that this code refers to is the list's.

use super::build_info::BuildInfo;
use crate::Snapshot;
use crate::loaded::bias;
use fathom_symbols::{Bytes, Pclntab};
use fathom_sys::file_map::file_bytes;
use fathom_sys::proc::MemoryMap;
use fathom_sys::process_view::{OpenRules, ProcessView};
use object::elf::{PF_W, PT_LOAD, ProgramHeader64};
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Architecture, Endianness, Object, ObjectSection, ObjectSymbol, ReadCache, ReadRef};
use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// Sections of which every Go program has one.
const GO_SECTIONS: [&str; 4] = [".go.buildinfo", ".gopclntab", ".data.rel.ro.gopclntab", ".note.go.buildid"];
/// As far as `debug/buildinfo` looks into the data of a program without sections.
const BUILD_INFO_WINDOW: usize = 64 << 10;
/// Longest function that is searched for references; `runtime.allgadd` has some 400 bytes.
const MAX_CODE_BYTES: u64 = 16 << 10;

/// A Go program in a process.
#[derive(Debug)]
pub(super) struct Found {
    /// Path of the file, as the process sees it.
    pub(super) path: String,
    pub(super) build: BuildInfo,
    pub(super) program: Program,
}

/// What is needed of the file.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) table: Pclntab,
    /// Run-time address less address in the file.
    pub(super) bias: u64,
    /// Where variables are, as the process has them.
    data: Vec<Range<u64>>,
    /// By name: variables of the runtime, if the file has symbols.
    variables: Vec<(&'static str, u64)>,
}

/// Variables of the runtime that are looked for.
pub(super) const ALL_GOROUTINES: &str = "runtime.allgs";
pub(super) const SEMAPHORES: &str = "runtime.semtable";

impl Program {
    /// Addresses at which a variable may be: that of its symbol, else those that the code of `function` refers to;
    /// and whether it was the symbol.
    pub(super) fn places_of(
        &self,
        snapshot: &Snapshot<'_>,
        variable: &'static str,
        function: &str,
    ) -> (Vec<u64>, bool) {
        match self.variables.iter().find(|(name, _)| *name == variable) {
            Some((_, address)) => (vec![*address], true),
            None => (self.references(snapshot, function), false),
        }
    }

    /// Every aligned address in the data that four bytes of the function's code, read as a distance from the next
    /// instruction, lead to. Some are no such distances; the caller looks at what stands there.
    fn references(&self, snapshot: &Snapshot<'_>, function: &str) -> Vec<u64> {
        let Some(range) = self.table.function_range(function) else { return Vec::new() };
        let length = (range.end - range.start).min(MAX_CODE_BYTES) as usize;
        let start = range.start.wrapping_add(self.bias);
        let Ok(code) = snapshot.bytes("a function of the runtime", start, length) else { return Vec::new() };
        let mut places = BTreeSet::new();
        for (at, bytes) in code.windows(4).enumerate() {
            let Ok(bytes) = bytes.try_into() else { continue };
            let next = start.wrapping_add(at as u64 + 4);
            // Behind the distance may stand an immediate operand of one or four bytes.
            for immediate in [0, 1, 4] {
                let place =
                    next.wrapping_add(immediate).wrapping_add_signed(i64::from(i32::from_le_bytes(bytes)));
                if place % 8 == 0 && self.data.iter().any(|range| range.contains(&place)) {
                    places.insert(place);
                }
            }
        }
        places.into_iter().collect()
    }

    #[cfg(test)]
    pub(super) fn for_test(table: Pclntab, data: Range<u64>, goroutines: u64) -> Self {
        Self { table, bias: 0, data: vec![data], variables: vec![(ALL_GOROUTINES, goroutines)] }
    }
}

/// Looks at the program, then at the other files mapped into the process. The error says of a Go program why it
/// cannot be read, behind its version.
pub(super) fn find(process: &ProcessView) -> Option<Result<Found, (Option<String>, String)>> {
    let (maps, _) = process.maps().ok()?;
    let program = process.executable().ok();
    let is_program =
        |map: &MemoryMap| program.as_deref().is_some_and(|path| path.as_os_str() == map.path.as_str());
    let files: Vec<&MemoryMap> = maps.iter().filter(|map| map.is_file()).collect();
    let (first, others): (Vec<&MemoryMap>, Vec<&MemoryMap>) =
        files.into_iter().partition(|map| is_program(map));
    let mut seen = BTreeSet::new();
    first.into_iter().chain(others).find_map(|map| {
        seen.insert(map.path.as_str()).then(|| in_file(process, map, is_program(map))).flatten()
    })
}

/// Whether a file holds a Go program; a quick look. `is_program` tells the program from its libraries.
pub(super) fn is_go(file: &File, is_program: bool) -> bool {
    let cache = ReadCache::new(file);
    ElfFile64::<Endianness, _>::parse(&cache).is_ok_and(|elf| {
        GO_SECTIONS.iter().any(|name| elf.section_by_name(name).is_some())
            || build_info(&elf, is_program).is_some()
    })
}

fn in_file(
    process: &ProcessView,
    map: &MemoryMap,
    is_program: bool,
) -> Option<Result<Found, (Option<String>, String)>> {
    if let ProcessView::Recorded(_) = process {
        let bytes = Bytes::from(process.read_in_root(Path::new(&map.path), &OpenRules::BINARY).ok()?);
        return in_elf(&*bytes, || Some(bytes.clone()), map, is_program);
    }
    let open = || process.open_mapped(&map.path, map.inode, (map.start, map.end)).ok();
    let file = open()?;
    in_elf(&ReadCache::new(&file), || Some(Bytes::new(file_bytes(open()?).ok()?)), map, is_program)
}

/// `whole` gives all bytes of the file, which only those of a Go program are worth.
fn in_elf<'d, R: ReadRef<'d>>(
    data: R,
    whole: impl Fn() -> Option<Bytes>,
    map: &MemoryMap,
    is_program: bool,
) -> Option<Result<Found, (Option<String>, String)>> {
    let elf = ElfFile64::<Endianness, R>::parse(data).ok()?;
    let has_section = GO_SECTIONS.iter().any(|name| elf.section_by_name(name).is_some());
    let build = build_info(&elf, is_program);
    if !has_section && build.is_none() {
        return None;
    }
    let architecture = elf.architecture();
    let version = build.as_ref().map(|build| build.version.clone());
    if architecture != Architecture::X86_64 {
        let why = format!("{}: its machine is {architecture:?}, needed is X86_64", map.path);
        return Some(Err((version, why)));
    }
    let Some(build) = build else {
        let why = format!("{}: it has no build information, needed is Go 1.18 or later", map.path);
        return Some(Err((None, why)));
    };
    let read = || -> Option<Program> {
        let bias = bias(&elf, map)?;
        let table = Pclntab::from_elf(whole()?).0?;
        Some(Program { table, bias, data: data_of(&elf, bias), variables: variables_of(&elf, bias) })
    };
    Some(match read() {
        Some(program) => Ok(Found { path: map.path.clone(), build, program }),
        None => Err((version, format!("{}: its function table (.gopclntab) cannot be read", map.path))),
    })
}

type Elf<'d, R> = ElfFile64<'d, Endianness, R>;

/// From the section, else from the start of the program's writable data, as `debug/buildinfo` does.
fn build_info<'d, R: ReadRef<'d>>(elf: &Elf<'d, R>, is_program: bool) -> Option<BuildInfo> {
    if let Some(section) = elf.section_by_name(".go.buildinfo") {
        return BuildInfo::find(section.data().ok()?);
    }
    writable(elf).filter(|_| is_program).find_map(|header| {
        let data = header.data(elf.endian(), elf.data()).ok()?;
        BuildInfo::find(data.get(..BUILD_INFO_WINDOW.min(data.len()))?)
    })
}

/// Memory of variables, those that the file does not hold included.
fn data_of<'d, R: ReadRef<'d>>(elf: &Elf<'d, R>, bias: u64) -> Vec<Range<u64>> {
    writable(elf)
        .map(|header| {
            let start = header.p_vaddr(elf.endian()).wrapping_add(bias);
            start..start.saturating_add(header.p_memsz(elf.endian()))
        })
        .collect()
}

fn writable<'d, 'e, R: ReadRef<'d>>(
    elf: &'e Elf<'d, R>,
) -> impl Iterator<Item = &'d ProgramHeader64<Endianness>> + use<'d, 'e, R> {
    elf.elf_program_headers().iter().filter(|header| {
        header.p_type(elf.endian()) == PT_LOAD && (header.p_flags(elf.endian()) & PF_W) == PF_W
    })
}

fn variables_of<'d, R: ReadRef<'d>>(elf: &Elf<'d, R>, bias: u64) -> Vec<(&'static str, u64)> {
    let wanted = [ALL_GOROUTINES, SEMAPHORES];
    elf.symbols()
        .filter_map(|symbol| {
            let name = wanted.iter().find(|name| symbol.name() == Ok(**name))?;
            symbol.is_definition().then(|| (*name, symbol.address().wrapping_add(bias)))
        })
        .collect()
}
