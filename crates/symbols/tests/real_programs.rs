//! Programs that nobody wrote for this test, against the `addr2line` crate.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

use fathom_symbols::{Bytes, FileSource, ModuleSymbols, NoFiles, demangle};
use gimli::EndianSlice;
use object::{Object, ObjectSection};
use std::path::Path;
use std::time::Duration;

/// Function, file and line of each frame, outermost first.
type Frames = Vec<(Option<String>, Option<String>, Option<u32>)>;

struct Disk;

impl FileSource for Disk {
    fn open(&self, path: &str) -> Option<Bytes> {
        std::fs::read(path).ok().map(Bytes::from)
    }
}

/// Addresses spread evenly over the code.
fn addresses(bytes: &[u8], count: u64) -> Vec<u64> {
    let file = object::File::parse(bytes).unwrap();
    let text = file.section_by_name(".text").unwrap();
    (0..count).map(|n| text.address() + text.size() / count * n).collect()
}

fn reference(bytes: &[u8], addresses: &[u64]) -> Vec<Frames> {
    let file = object::File::parse(bytes).unwrap();
    let load = |id: gimli::SectionId| {
        let data = file.section_by_name(id.name()).map(|section| section.data().unwrap()).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(data, gimli::LittleEndian))
    };
    let context = addr2line::Context::from_dwarf(gimli::Dwarf::load(load).unwrap()).unwrap();
    let lookup = |address: &u64| {
        let mut frames: Frames = Vec::new();
        let mut found = context.find_frames(*address).skip_all_loads().unwrap();
        while let Some(frame) = found.next().unwrap() {
            let name = frame.function.map(|name| demangle(&name.raw_name().unwrap()));
            let (file, line) = frame
                .location
                .map_or((None, None), |location| (location.file.map(str::to_owned), location.line));
            frames.push((name, file, line));
        }
        frames.reverse();
        frames
    };
    addresses.iter().map(lookup).collect()
}

/// Share of addresses with equal answers; the first few others are printed.
fn agreement(path: &Path, count: u64) -> f64 {
    let bytes = std::fs::read(path).unwrap();
    let addresses = addresses(&bytes, count);
    let expected = reference(&bytes, &addresses);
    let (module, issues) = ModuleSymbols::load(path.to_str().unwrap(), Bytes::from(bytes), &NoFiles);
    assert!(issues.is_empty(), "{issues:?}");
    let (mut n_equal, mut n_known) = (0, 0);
    for (address, expected) in addresses.iter().zip(&expected) {
        if expected.iter().all(|(name, ..)| name.is_none()) {
            continue;
        }
        n_known += 1;
        let found: Frames = module
            .lookup(*address)
            .into_iter()
            .map(|frame| (frame.function, frame.file, frame.line))
            .collect();
        if found == *expected {
            n_equal += 1;
        } else if n_known - n_equal < 6 {
            println!("{address:#x}\n  ours   {found:?}\n  theirs {expected:?}");
        }
    }
    assert!(module.lookup_issue().is_none(), "{:?}", module.lookup_issue());
    println!("{}: {n_equal} of {n_known} known addresses agree", path.display());
    assert!(n_known > 0);
    f64::from(n_equal) / f64::from(n_known)
}

#[test]
fn agrees_with_addr2line_on_this_test() {
    let share = agreement(&std::env::current_exe().unwrap(), 4000);
    assert!(share > 0.99, "{share}");
}

#[test]
fn libc_with_its_debug_file() {
    let path = "/lib/x86_64-linux-gnu/libc.so.6";
    let Ok(bytes) = std::fs::read(path) else { return println!("skipped: no {path}") };
    let (module, issues) = ModuleSymbols::load(path, Bytes::from(bytes), &Disk);
    println!("{:?} {issues:?}", module.sources());
    assert!(module.function_at(0).is_none());
    if module.sources().debug_file.is_none() {
        return println!("skipped: libc6-dbg is not installed");
    }
    assert!(module.sources().has_debug_info && module.sources().n_symbols > 2000);
}

/// Prints the cold start of a DWARF-heavy program: `SLOW=1 FATHOM_BINARY=... cargo test cold_start -- --nocapture`.
#[test]
fn cold_start() {
    if std::env::var_os("SLOW").is_none() {
        return println!("skipped: SLOW is not set");
    }
    let path = std::env::var("FATHOM_BINARY").map_or_else(|_| std::env::current_exe().unwrap(), Into::into);
    let bytes = std::fs::read(&path).unwrap();
    let addresses = addresses(&bytes, 5000);
    let bytes = Bytes::from(bytes);
    for _ in 0..3 {
        let start = cpu_time();
        let (module, issues) = ModuleSymbols::load(path.to_str().unwrap(), bytes.clone(), &Disk);
        let loaded = cpu_time();
        let n_frames: usize = addresses.iter().map(|address| module.lookup(*address).len()).sum();
        let resolved = cpu_time();
        let n_again: usize = addresses.iter().map(|address| module.lookup(*address).len()).sum();
        println!(
            "load {:?}, 5000 addresses {:?}, {n_frames} frames, again {:?}; {:?} {issues:?}",
            loaded - start,
            resolved - loaded,
            cpu_time() - resolved,
            module.sources()
        );
        assert_eq!(n_frames, n_again);
    }
    let start = cpu_time();
    let n_frames: usize = reference(&bytes, &addresses).iter().map(Vec::len).sum();
    println!("addr2line crate: {:?}, {n_frames} frames", cpu_time() - start);
}

/// Time this thread was on a CPU, which other load on the machine does not change.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}
