//! Whether a file is Node.js, and which version.
//!
//! Every build exports `node::Start` for those who embed it, and the functions for add-ons. The version stands as text
//! in its constant data: in the address of its release, or alone in builds of distributions.

use fathom_sys::file_map::file_bytes;
use fathom_sys::proc::MemoryMap;
use fathom_sys::process_view::{OpenRules, ProcessView};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, ObjectSymbol, ReadCache};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What programs that embed it and add-ons call: `node::Start(int, char**)`, and a function of its own interface.
const EXPORTED: [&str; 2] = ["_ZN4node5StartEiPPc", "node_module_register"];
/// Oldest and newest major version that a text alone is taken for.
const MAJORS: std::ops::RangeInclusive<u32> = 12..=60;
/// Files whose version is remembered; a build starts the same program a thousand times.
const MAX_REMEMBERED: usize = 64;

/// Device, inode, size and time of change of a file.
type FileStamp = (u64, u64, u64, i64);

static REMEMBERED: Mutex<BTreeMap<FileStamp, Option<String>>> = Mutex::new(BTreeMap::new());

/// `libnode.so.115` of distributions.
pub(super) fn is_named_as_library(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with("libnode.so"))
}

/// Whether a file is Node.js.
pub(super) fn is_in_file(file: &File) -> bool {
    let cache = ReadCache::new(file);
    ElfFile64::<Endianness, _>::parse(&cache).is_ok_and(|elf| exports_all(&elf))
}

fn exports_all<'d, R: object::ReadRef<'d>>(elf: &ElfFile64<'d, Endianness, R>) -> bool {
    let mut missing: Vec<&str> = EXPORTED.to_vec();
    for symbol in elf.dynamic_symbols().filter(|symbol| symbol.is_definition()) {
        let Ok(name) = symbol.name() else { continue };
        missing.retain(|wanted| *wanted != name);
        if missing.is_empty() {
            return true;
        }
    }
    false
}

/// The version of the Node.js that a process runs, empty if the file does not say; `None` if it runs none.
pub(super) fn version(process: &ProcessView) -> Option<String> {
    let (maps, _) = process.maps().ok()?;
    let program = process.executable().ok();
    let is_program = |map: &MemoryMap| {
        program.as_deref().is_some_and(|program| {
            program.to_string_lossy().trim_end_matches(" (deleted)")
                == map.path.trim_end_matches(" (deleted)")
        })
    };
    let mut seen: Vec<&str> = Vec::new();
    for map in maps.iter().filter(|map| map.is_file() && (is_program(map) || is_named_as_library(&map.path)))
    {
        if !seen.contains(&map.path.as_str()) {
            seen.push(&map.path);
            if let Some(version) = version_of_mapped(process, map) {
                return Some(version);
            }
        }
    }
    None
}

fn version_of_mapped(process: &ProcessView, map: &MemoryMap) -> Option<String> {
    if let ProcessView::Recorded(_) = process {
        return version_in(&process.read_in_root(Path::new(&map.path), &OpenRules::BINARY).ok()?);
    }
    let file = process.open_mapped(&map.path, map.inode, (map.start, map.end)).ok()?;
    let metadata = file.metadata().ok()?;
    let stamp = (metadata.dev(), metadata.ino(), metadata.len(), metadata.mtime());
    if let Some(known) = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner).get(&stamp) {
        return known.clone();
    }
    let found = match is_in_file(&file) {
        true => file_bytes(file).ok().and_then(|bytes| version_in(bytes.as_ref())),
        false => None,
    };
    let mut remembered = REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner);
    if remembered.len() >= MAX_REMEMBERED {
        remembered.clear();
    }
    remembered.insert(stamp, found.clone());
    found
}

/// The version in an ELF file's constant data; `None` for a file that is not Node.js.
fn version_in(bytes: &[u8]) -> Option<String> {
    let elf = ElfFile64::<Endianness>::parse(bytes).ok()?;
    exports_all(&elf).then_some(())?;
    let constants =
        elf.section_by_name(".rodata").and_then(|section| section.data().ok()).unwrap_or_default();
    Some(version_text(constants).unwrap_or_default())
}

/// `/v20.20.2/node-v20.20.2` of a release, else `v20.20.2` between two zeros.
fn version_text(constants: &[u8]) -> Option<String> {
    const RELEASE: &[u8] = b"/node-v";
    let find = |needle: &[u8], from: usize| {
        constants.get(from..).and_then(|rest| memchr::memmem::find(rest, needle)).map(|at| from + at)
    };
    let mut from = 0;
    while let Some(at) = find(RELEASE, from) {
        from = at + RELEASE.len();
        if let Some(version) = number_at(&constants[from..], b".") {
            return Some(version);
        }
    }
    from = 0;
    while let Some(at) = find(b"\0v", from) {
        from = at + 2;
        if let Some(version) = number_at(&constants[from..], b"\0") {
            return Some(version);
        }
    }
    None
}

/// Three numbers with dots between them in front of `end`.
fn number_at(bytes: &[u8], end: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(16)];
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let n_bytes = head.iter().position(|byte| !is_of_number(byte)).unwrap_or(head.len());
    let (text, rest) = head.split_at(n_bytes);
    let text = std::str::from_utf8(text).ok()?;
    // A release's file name goes on with `.tar.gz`, whose dot is no part of the number.
    let (text, follows) = match text.strip_suffix('.') {
        Some(text) => (text, &b"."[..]),
        None => (text, rest),
    };
    let parts: Vec<u32> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let is_version = parts.len() == 3 && MAJORS.contains(&parts[0]) && follows.starts_with(end);
    is_version.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_constants() {
        let release = b"\0v8.3.1\0https://nodejs.org/download/release/v20.20.2/node-v20.20.2.tar.gz\0";
        assert_eq!(version_text(release).as_deref(), Some("20.20.2"));
        assert_eq!(version_text(b"x\0v3.0.1\0v18.19.0\0v1").as_deref(), Some("18.19.0"));
        assert_eq!(version_text(b"/node-vX\0v18.19\0v18.19.0-rc\0"), None);
        assert_eq!(version_text(b"\0v18.19.0"), None);
        assert_eq!(version_text(b""), None);
    }

    #[test]
    fn what_is_no_program_of_node_has_no_version() {
        assert!(is_named_as_library("/usr/lib/x86_64-linux-gnu/libnode.so.115"));
        assert!(!is_named_as_library("/usr/lib/libnotify.so"));
        let own = std::fs::read("/proc/self/exe").expect("this test");
        assert_eq!(version_in(&own), None);
        assert_eq!(version_in(b"no elf"), None);
    }
}
