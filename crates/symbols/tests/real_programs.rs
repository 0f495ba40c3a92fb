//! Programs that nobody wrote for this test, against the `addr2line` crate.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

use fathom_symbols::{Bytes, FileSource, KernelSymbols, ModuleSymbols, NoFiles, demangle};
use gimli::EndianSlice;
use object::{Object, ObjectSection, ObjectSymbol};
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

/// With debug information of its own, as the profile of these tests has lines only.
const PROGRAM: &str = r#"
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::mpsc;

fn words(text: &str) -> impl Iterator<Item = &str> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn main() {
    let text = std::env::args().collect::<Vec<_>>().join(" and ").repeat(99);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for part in 0..4 {
            let (sender, text) = (sender.clone(), &text);
            scope.spawn(move || {
                let mut counts: HashMap<String, usize> = HashMap::new();
                words(text).skip(part).step_by(4).for_each(|word| *counts.entry(word.to_lowercase()).or_default() += 1);
                sender.send(counts.into_iter().collect::<BTreeMap<_, _>>()).unwrap();
            });
        }
    });
    drop(sender);
    let mut out = String::new();
    for counts in receiver {
        counts.iter().for_each(|(word, n)| writeln!(out, "{word:>9} {n}").unwrap());
    }
    print!("{out}");
}
"#;

#[test]
fn agrees_with_addr2line_on_a_program_with_debug_information() {
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (folder.path().join("words.rs"), folder.path().join("words"));
    std::fs::write(&source, PROGRAM).unwrap();
    let mut compiler = std::process::Command::new("rustc");
    compiler.args(["--edition=2021", "-g", "-O", "-o"]).arg(&program).arg(&source);
    assert!(compiler.status().unwrap().success());
    let share = agreement(&program, 4000);
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

/// Everything in the system's directories: no issue that a sound file should not give, and the slowest.
#[test]
fn programs_and_libraries_of_this_machine() {
    if std::env::var_os("SLOW").is_none() {
        return println!("skipped: SLOW is not set");
    }
    let directories =
        ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/local/bin", "/usr/local/go/bin"];
    let entries = directories.iter().filter_map(|path| std::fs::read_dir(path).ok()).flatten().flatten();
    let mut slowest = (Duration::ZERO, String::new());
    let mut n_read = 0;
    for path in entries.map(|entry| entry.path()).filter(|path| path.is_file()) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        if !bytes.starts_with(b"\x7fELF") {
            continue;
        }
        let symbols: Vec<u64> = object::File::parse(&*bytes).map_or_else(
            |_| Vec::new(),
            |file| {
                file.dynamic_symbols()
                    .filter(|symbol| symbol.size() > 0 && symbol.kind() == object::SymbolKind::Text)
                    .map(|symbol| symbol.address())
                    .collect()
            },
        );
        let start = cpu_time();
        let (module, issues) = ModuleSymbols::load(path.to_str().unwrap(), Bytes::from(bytes), &Disk);
        slowest = slowest.max((cpu_time() - start, path.display().to_string()));
        n_read += 1;
        for issue in issues {
            println!("{issue}");
        }
        let n_unnamed =
            symbols.iter().filter(|address| **address != 0 && module.lookup(**address).is_empty()).count();
        assert_eq!(
            n_unnamed,
            0,
            "{} of {} exported functions of {}",
            n_unnamed,
            symbols.len(),
            path.display()
        );
    }
    println!("{n_read} files, the slowest to load: {slowest:?}");
}

#[test]
fn kernel_symbols_of_this_machine() {
    let Ok(text) = std::fs::read("/proc/kallsyms") else { return println!("skipped: no /proc/kallsyms") };
    let start = cpu_time();
    let (symbols, issues) = KernelSymbols::parse(&text);
    println!("{} bytes of kallsyms in {:?}, {issues:?}", text.len(), cpu_time() - start);
    if symbols.is_empty() {
        return println!("skipped: the kernel hides its addresses");
    }
    assert!(issues.is_empty(), "{issues:?}");
    let text = String::from_utf8(text).unwrap();
    let line = text.lines().find(|line| line.ends_with(" T schedule")).unwrap();
    let address = u64::from_str_radix(line.split(' ').next().unwrap(), 16).unwrap();
    assert_eq!(symbols.lookup(address + 1), Some(("schedule", None)));
}

#[test]
fn threads_get_the_same_answers() {
    let path = std::env::current_exe().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let addresses = addresses(&bytes, 500);
    let bytes = Bytes::from(bytes);
    let load = || ModuleSymbols::load(path.to_str().unwrap(), bytes.clone(), &NoFiles).0;
    let alone = load();
    let expected: Vec<_> = addresses.iter().map(|address| alone.lookup(*address)).collect();
    let shared = load();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (shared, addresses, expected) = (&shared, &addresses, &expected);
            scope.spawn(move || {
                for at in (0..addresses.len()).map(|at| (at * 7 + thread * 131) % addresses.len()) {
                    assert_eq!(shared.lookup(addresses[at]), expected[at]);
                }
            });
        }
    });
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
