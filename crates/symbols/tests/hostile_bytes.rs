//! Any bytes in every reader: no panic, bounded answers; what is written reads back.
//!
//! Damaged files are made from sound ones, because random bytes end at the first magic number.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

mod common;

use common::{go, run, tool, write};
use fathom_model::BuildId;
use fathom_symbols::cache::SymbolCacheFile;
use fathom_symbols::{
    Bytes, Jitdump, KernelSymbols, ModuleSymbols, NoFiles, Pclntab, PerfMap, SymbolFrame, demangle,
    elf_build_id,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// What is done to a sound file.
#[derive(Clone, Debug)]
enum Damage {
    Set(prop::sample::Index, u8),
    Truncate(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    /// Large and small numbers where sizes, counts and offsets are.
    Number(prop::sample::Index, u32),
    Copy(prop::sample::Index, prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let number = prop_oneof![Just(u32::MAX), Just(0x7fff_ffff), Just(0), Just(1), any::<u32>()];
    prop_oneof![
        8 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        4 => (any::<prop::sample::Index>(), number).prop_map(|(at, number)| Damage::Number(at, number)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Truncate),
        1 => (any::<prop::sample::Index>(), vec(any::<u8>(), 0..16)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        2 => (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1..64usize).prop_map(|(from, to, size)| Damage::Copy(from, to, size)),
    ]
}

/// Applies damage to `range` of the file.
fn damaged(sound: &[u8], range: &std::ops::Range<usize>, damages: &[Damage]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for damage in damages {
        let end = range.end.min(bytes.len());
        if range.start >= end {
            break;
        }
        let place = |index: &prop::sample::Index| range.start + index.index(end - range.start);
        match damage {
            Damage::Set(at, byte) => bytes[place(at)] = *byte,
            Damage::Truncate(at) => bytes.truncate(place(at)),
            Damage::Insert(at, new) => _ = bytes.splice(place(at)..place(at), new.iter().copied()),
            Damage::Number(at, number) => {
                let at = place(at);
                bytes[at..end.min(at + 4)].copy_from_slice(&number.to_le_bytes()[..(end - at).min(4)]);
            }
            Damage::Copy(from, to, size) => {
                let (from, to) = (place(from), place(to));
                let size = (*size).min(end - from.max(to));
                bytes.copy_within(from..from + size, to);
            }
        }
    }
    bytes
}

fn check_module(bytes: Vec<u8>, addresses: &[u64]) {
    let _ = elf_build_id(&bytes);
    let (module, issues) = ModuleSymbols::load("/damaged", Bytes::from(bytes), &NoFiles);
    assert!(issues.len() < 64);
    for address in addresses {
        let frames = module.lookup(*address);
        assert!(frames.len() <= 513);
        assert!(frames.iter().all(|frame| frame.function.as_ref().is_none_or(|name| name.len() <= 70_000)));
        let _ = module.function_at(*address);
    }
    let _ = module.lookup_issue();
}

/// Where the sections lie that begin with one of these names, by `readelf`.
fn section_ranges(directory: &std::path::Path, file: &str, prefixes: &[&str]) -> Vec<std::ops::Range<usize>> {
    let text = run(directory, "readelf", &["-SW", file]);
    let parse = |line: &str| {
        let words: Vec<&str> = line.split(']').nth(1)?.split_whitespace().collect();
        let number = |at: usize| usize::from_str_radix(words.get(at)?, 16).ok();
        prefixes.iter().any(|prefix| words[0].starts_with(prefix)).then_some(())?;
        Some(number(3)?..number(3)? + number(4)?)
    };
    text.lines().filter_map(parse).filter(|range| !range.is_empty()).collect()
}

/// Runs `check` on many damaged forms of a file, each with damage in one of `ranges`.
fn damage_each(sound: &[u8], ranges: &[std::ops::Range<usize>], cases: u32, check: impl Fn(Vec<u8>)) {
    let mut runner = TestRunner::new(ProptestConfig { cases, ..ProptestConfig::default() });
    let strategy = (0..ranges.len(), vec(damage(), 1..12));
    let outcome = runner.run(&strategy, |(range, damages)| {
        check(damaged(sound, &ranges[range], &damages));
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn damaged_programs() {
    let (Some(gcc), Some(_), Some(_)) = (tool(&["gcc"]), tool(&["readelf"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(
        directory,
        "shop.c",
        "static inline int a(int n) { return n * 3; }\nstatic inline int b(int n) { int s = 0; for (int i = 0; i < n; i++) s += a(i); return s; }\nint main(int c, char **v) { return b(c) + a((int)v[0][0]); }\n",
    );
    for flags in [&["-gdwarf-4"][..], &["-gdwarf-5"], &["-gdwarf-5", "-gz=zlib"]] {
        run(directory, &gcc, &[&["-O2", "shop.c", "-o", "shop"], flags].concat());
        let sound = std::fs::read(directory.join("shop")).unwrap();
        let addresses: Vec<u64> = common::nm(directory, "shop")
            .values()
            .flat_map(|(start, size)| (*start..start + size).step_by(7))
            .collect();
        let debug = section_ranges(directory, "shop", &[".debug_"]);
        let headers = 0..64;
        let all = 0..sound.len();
        let ranges: Vec<_> =
            debug.into_iter().chain([headers, all, sound.len() - 64 * 40..sound.len()]).collect();
        damage_each(&sound, &ranges, 600, |bytes| check_module(bytes, &addresses));
    }
}

#[test]
fn damaged_go_tables() {
    let (Some(go), Some(_), Some(_)) = (go(), tool(&["readelf"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(
        directory,
        "main.go",
        "package main\n\nfunc small(n int) int { return n * 3 }\n\nfunc main() { println(small(4)) }\n",
    );
    write(directory, "go.mod", "module shop\n\ngo 1.18\n");
    run(directory, &go, &["build", "-o", "shop", "."]);
    let addresses: Vec<u64> =
        common::nm(directory, "shop").values().map(|(start, size)| start + size / 2).step_by(40).collect();
    let sound = std::fs::read(directory.join("shop")).unwrap();
    let table = section_ranges(directory, "shop", &[".gopclntab"]).remove(0);
    let module = section_ranges(directory, "shop", &[".go.module", ".noptrdata", ".data"]);
    let header = table.start..table.start + 72;
    let functions = table.start + (table.end - table.start) / 2..table.end;
    let ranges: Vec<_> = module.into_iter().chain([header, functions, table]).collect();
    damage_each(&sound, &ranges, 400, |bytes| {
        let (table, _) = Pclntab::from_elf(Bytes::from(bytes));
        for pc in &addresses {
            let Some(table) = &table else { return };
            assert!(table.lookup(*pc).len() <= 257);
            let _ = (table.stack_delta(*pc), table.function_entry(*pc), table.function_flags(*pc));
        }
    });
}

/// A function whose inlined calls are nested a hundred thousand deep: a reader that recurses ends here.
#[test]
fn endless_nesting_does_not_exhaust_the_stack() {
    let (Some(gcc), Some(objcopy)) = (tool(&["gcc"]), tool(&["objcopy"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "empty.c", "int main(void) { return 0; }\n");
    run(directory, &gcc, &["-O2", "empty.c", "-o", "empty"]);
    let (start, size) = common::nm(directory, "empty")["main"];
    // Codes: 1 unit, 2 function with low and high pc, 3 inlined call with the same and an origin: itself.
    let abbreviations: Vec<u8> = vec![
        1, 0x11, 1, 0x11, 1, 0x12, 7, 0, 0, 2, 0x2e, 1, 0x11, 1, 0x12, 7, 3, 8, 0, 0, 3, 0x1d, 1, 0x31, 0x13,
        0x11, 1, 0x12, 7, 0, 0, 0,
    ];
    let mut info: Vec<u8> = vec![0; 4];
    info.extend([4, 0, 0, 0, 0, 0, 8]);
    let place = |code: u8| [&[code][..], &start.to_le_bytes(), &size.to_le_bytes()].concat();
    info.extend(place(1));
    info.extend(place(2));
    info.extend(b"main\0");
    for _ in 0..100_000 {
        let own = info.len() as u32;
        info.push(3);
        info.extend(own.to_le_bytes());
        info.extend(start.to_le_bytes());
        info.extend(size.to_le_bytes());
    }
    let length = info.len() as u32 - 4;
    info[..4].copy_from_slice(&length.to_le_bytes());
    std::fs::write(directory.join("info"), info).unwrap();
    std::fs::write(directory.join("abbrev"), abbreviations).unwrap();
    run(
        directory,
        &objcopy,
        &["--add-section", ".debug_info=info", "--add-section", ".debug_abbrev=abbrev", "empty"],
    );
    let bytes = std::fs::read(directory.join("empty")).unwrap();
    let (module, issues) = ModuleSymbols::load("/empty", Bytes::from(bytes), &NoFiles);
    assert!(issues.is_empty(), "{issues:?}");
    let frames = module.lookup(start);
    assert_eq!(frames.len(), 513, "cut at the deepest chain that is reported");
    assert_eq!(frames[0].function.as_deref(), Some("main"));
}

fn frame() -> impl Strategy<Value = SymbolFrame> {
    let text = || prop::option::of("[a-z:<>/ é]{0,12}");
    let number = || prop::option::of(any::<u32>());
    (text(), number(), text(), number(), number(), any::<bool>()).prop_map(
        |(function, function_start_line, file, line, column, inlined)| SymbolFrame {
            function,
            function_start_line,
            file,
            line,
            column,
            inlined,
        },
    )
}

fn table() -> impl Strategy<Value = SymbolCacheFile> {
    let entries = vec((any::<u64>(), vec(frame(), 0..4)), 0..20);
    (vec(any::<u8>(), 1..32), any::<bool>(), entries).prop_map(|(id, has_debug_info, entries)| {
        let mut table = SymbolCacheFile::new(BuildId(id), has_debug_info);
        entries.iter().for_each(|(address, frames)| table.insert(*address, frames));
        table
    })
}

/// With the checksum set right again, so that the reader behind it is reached.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= 16 {
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[16..]);
        let sum = crc.sum();
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    }
    bytes
}

proptest! {
    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..400), address in any::<u64>()) {
        check_module(bytes.clone(), &[0, address]);
        let (kernel, _) = KernelSymbols::parse(&bytes);
        let _ = kernel.lookup(address);
        let (map, _) = PerfMap::parse(&bytes);
        let _ = map.lookup(address);
        let (dump, _) = Jitdump::parse(&bytes);
        let _ = dump.lookup(address, address);
        let (table, _) = Pclntab::parse(Bytes::from(bytes.clone()), 0, None);
        prop_assert!(table.lookup(address).is_empty());
        let (cache, issues) = SymbolCacheFile::parse(&bytes);
        prop_assert!(cache.is_empty() && issues.len() == 1);
    }

    #[test]
    fn any_text_as_a_name(name in "(_Z|_R|)[A-Za-z0-9_$.]{0,60}") {
        prop_assert!(!demangle(&name).is_empty() || name.is_empty());
    }

    #[test]
    fn damaged_kallsyms(damages in vec(damage(), 1..10), address in any::<u64>()) {
        let sound = b"ffffffff81000000 T _text\nffffffff81000040 t start_here\nffffffffc0000000 t ext4_read\t[ext4]\n";
        let (kernel, _) = KernelSymbols::parse(&damaged(sound, &(0..sound.len()), &damages));
        let _ = (kernel.lookup(address), kernel.lookup(0xffff_ffff_8100_0041));
    }

    #[test]
    fn damaged_perf_maps(damages in vec(damage(), 1..10), address in any::<u64>()) {
        let sound = b"7f0000001000 40 JS:*add file.js:1\n7f0000001020 40 JS:~sub file.js:2\n0x7f0000002000 0x10 Stub\n";
        let (map, _) = PerfMap::parse(&damaged(sound, &(0..sound.len()), &damages));
        let _ = (map.lookup(address), map.lookup(0x7f00_0000_1030));
    }

    #[test]
    fn damaged_jitdumps(damages in vec(damage(), 1..10), time in any::<u64>()) {
        let mut sound = Vec::new();
        for number in [0x4a69_5444u32, 1, 40, 62, 0, 7, 0, 0, 0, 0] {
            sound.extend(number.to_le_bytes());
        }
        for (id, size) in [(2u32, 70usize), (0, 80), (1, 64), (0, 90), (3, 16)] {
            sound.extend(id.to_le_bytes());
            sound.extend((size as u32).to_le_bytes());
            sound.extend((0..size - 8).map(|at| if at % 8 == 1 { 0x10 } else { 0 }));
        }
        let (dump, issues) = Jitdump::parse(&damaged(&sound, &(0..sound.len()), &damages));
        prop_assert!(issues.len() < 20);
        let _ = (dump.lookup(0x1000, time), dump.lookup(0x1010, 0x1000));
    }

    #[test]
    fn caches_read_back(table in table()) {
        let bytes = table.to_bytes();
        let (read, issues) = SymbolCacheFile::parse(&bytes);
        prop_assert!(issues.is_empty(), "{issues:?}");
        prop_assert_eq!(&read, &table);
        prop_assert_eq!(read.to_bytes(), bytes);
    }

    #[test]
    fn damaged_caches_are_told(table in table(), damages in vec(damage(), 1..6)) {
        let sound = table.to_bytes();
        let bytes = damaged(&sound, &(0..sound.len()), &damages);
        let (read, issues) = SymbolCacheFile::parse(&bytes);
        prop_assert!(bytes == sound || read.is_empty() && !issues.is_empty());
        let (read, issues) = SymbolCacheFile::parse(&with_checksum(bytes));
        prop_assert!(issues.is_empty() || read.is_empty());
    }

    #[test]
    fn merging_keeps_the_better_answers(a in table(), b in table()) {
        let mut same = SymbolCacheFile::new(a.build_id().unwrap().clone(), b.has_debug_info());
        same.insert(5, &[SymbolFrame::named("five")]);
        let mut merged = a.clone();
        merged.merge(same.clone()).unwrap();
        prop_assert_eq!(merged.has_debug_info(), a.has_debug_info() || b.has_debug_info());
        let expected = match (a.has_debug_info(), same.has_debug_info()) {
            (true, false) => a.get(5),
            (false, true) => same.get(5),
            _ => a.get(5).or_else(|| same.get(5)),
        };
        prop_assert_eq!(merged.get(5), expected);
        if a.build_id() != b.build_id() {
            prop_assert!(merged.merge(b).is_err());
        }
    }
}
