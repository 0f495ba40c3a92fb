//! C, C++ and Rust programs built here, against `nm` and binutils' `addr2line`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

mod common;

use common::{load, nm, run, text, tool, write};
use fathom_symbols::{ModuleSymbols, elf_build_id};
use std::path::Path;

const C: &str = r#"
#include <stdlib.h>
#include <string.h>
static inline __attribute__((always_inline)) int deepest(volatile int *p) {
    return *p * 3;
}
static inline __attribute__((always_inline)) int middle(volatile int *p) {
    int sum = 0;
    for (int i = 0; i < 10; i++) sum += deepest(p);
    return sum;
}
__attribute__((noinline)) int outer(volatile int *p) {
    return middle(p) + 1;
}
static __attribute__((noinline)) int only_local(int n) { return n * 7 + rand(); }
int __public_name(int n) __attribute__((alias("public_name")));
__attribute__((noinline)) int public_name(int n) { return only_local(n) + 1; }
static int pick_a(int n) { return n + rand(); }
static int (*resolve(void))(int) { return pick_a; }
int chosen(int n) __attribute__((ifunc("resolve")));
int main(int argc, char **argv) { volatile int n = argc; return outer(&n) + public_name(argc) + chosen(argc) + (int)strlen(argv[0]); }
"#;

const CPP: &str = r#"
#include <cstdlib>
namespace shop {
template <typename T> class Basket {
  public:
    explicit Basket(T first) : total(first) {}
    T add(T item);
    T total;
};
template <typename T> __attribute__((noinline)) T Basket<T>::add(T item) {
    auto twice = [this](T value) __attribute__((noinline)) { return value * 2 + total + rand(); };
    total += twice(item);
    return total;
}
}
namespace { __attribute__((noinline)) int hidden(int n) { return n * 5 + rand(); } }
int main(int argc, char **) { shop::Basket<long> basket(argc); return (int)basket.add(3) + hidden(argc); }
"#;

const RUST: &str = r#"
mod shop {
    pub struct Basket<T>(pub Vec<T>);
    impl<T: Copy + std::ops::Add<Output = T>> Basket<T> {
        #[inline(never)]
        pub fn add(&mut self, item: T) -> usize { self.0.push(item + item); self.0.iter().map(|_| std::hint::black_box(1usize)).sum() }
    }
}
fn main() { println!("{}", shop::Basket(vec![1u64]).add(2)); }
"#;

/// What binutils prints for an address: function and `file:line` pairs, outermost first.
fn binutils(directory: &Path, file: &str, address: u64) -> Vec<String> {
    let lines = run(directory, "addr2line", &["-fiCe", file, &format!("{address:#x}")]);
    let lines: Vec<&str> = lines.lines().collect();
    let pairs = lines.chunks(2).map(|pair| {
        let place = pair[1].rsplit('/').next().unwrap().split(" (").next().unwrap();
        // Of link-time optimised units it takes the wrong file of a version 5 table.
        format!("{} {}", pair[0], place.replace("<artificial>", "shop.c"))
    });
    let mut frames: Vec<String> = pairs.collect();
    frames.reverse();
    frames
}

/// Every fourth byte of a function must be named alike.
fn check_function(directory: &Path, file: &str, module: &ModuleSymbols, function: (u64, u64)) -> usize {
    let (start, size) = function;
    let mut deepest = 0;
    for address in (start..start + size).step_by(4) {
        let frames = module.lookup(address);
        assert_eq!(text(&frames), binutils(directory, file, address), "{file} at {address:#x}");
        assert!(frames[1..].iter().all(|frame| frame.inlined) && !frames[0].inlined);
        deepest = deepest.max(frames.len());
    }
    deepest
}

#[test]
fn inlined_calls_and_lines_in_every_dwarf_version() {
    let (Some(gcc), Some(_), Some(_)) = (tool(&["gcc"]), tool(&["addr2line"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.c", C);
    let variants: [&[&str]; 9] = [
        &["-gdwarf-2"],
        &["-gdwarf-3"],
        &["-gdwarf-4"],
        &["-gdwarf-5"],
        &["-gdwarf-5", "-gz=zlib"],
        &["-gdwarf-4", "-gz=zlib-gnu"],
        &["-gdwarf-5", "-flto"],
        &["-gdwarf-5", "-no-pie", "-static"],
        &["-gdwarf-4", "-ffunction-sections", "-Wl,--gc-sections"],
    ];
    for (number, variant) in variants.iter().enumerate() {
        let name = format!("shop{number}");
        let mut arguments = vec!["-O2", "shop.c", "-o", &name];
        arguments.extend_from_slice(variant);
        run(directory, &gcc, &arguments);
        let (module, issues) = load(&directory.join(&name), directory);
        assert!(issues.is_empty(), "{variant:?}: {issues:?}");
        let symbols = nm(directory, &name);
        assert_eq!(check_function(directory, &name, &module, symbols["outer"]), 3, "{variant:?}");
        assert!(check_function(directory, &name, &module, symbols["public_name"]) >= 1);
        let frames = module.lookup(symbols["outer"].0 + 8);
        assert_eq!(frames[0].function_start_line, Some(12), "{variant:?}: {frames:?}");
        let deepest = (symbols["outer"].0..symbols["outer"].0 + symbols["outer"].1)
            .map(|at| module.lookup(at))
            .max_by_key(Vec::len)
            .unwrap();
        let starts: Vec<_> = deepest.iter().map(|frame| frame.function_start_line).collect();
        assert_eq!(starts, [Some(12), Some(7), Some(4)], "{variant:?}");
    }
}

#[test]
fn zstd_sections_are_read() {
    let (Some(gcc), Some(objcopy)) = (tool(&["gcc"]), tool(&["objcopy"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.c", C);
    run(directory, &gcc, &["-O2", "-gdwarf-5", "shop.c", "-o", "shop"]);
    let symbols = nm(directory, "shop");
    // Old binutils cannot write zstd; the header of a compressed section is three numbers.
    let plain = std::fs::read(directory.join("shop")).unwrap();
    run(
        directory,
        &objcopy,
        &["--dump-section", ".debug_info=info", "--dump-section", ".debug_line=line", "shop"],
    );
    for section in ["info", "line"] {
        let data = std::fs::read(directory.join(section)).unwrap();
        let mut packed = [2u32.to_le_bytes(), [0; 4]].concat();
        packed.extend((data.len() as u64).to_le_bytes());
        packed.extend(1u64.to_le_bytes());
        packed.extend(zstd::encode_all(data.as_slice(), 3).unwrap());
        std::fs::write(directory.join(section), packed).unwrap();
    }
    run(
        directory,
        &objcopy,
        &["--update-section", ".debug_info=info", "--update-section", ".debug_line=line", "shop"],
    );
    let mut packed = std::fs::read(directory.join("shop")).unwrap();
    set_compressed(&mut packed, &[".debug_info", ".debug_line"]);
    let files = common::Rooted(directory.to_owned());
    let [expected, found] = [plain, packed].map(|bytes| {
        let (module, issues) = ModuleSymbols::load("/shop", bytes.into(), &files);
        assert!(issues.is_empty(), "{issues:?}");
        text(&module.lookup(symbols["outer"].0 + 12))
    });
    assert_eq!(expected, found);
    assert!(found.len() > 1);
}

/// Sets `SHF_COMPRESSED` in the headers of the named sections of a 64-bit little-endian file.
fn set_compressed(elf: &mut [u8], names: &[&str]) {
    let number = |elf: &[u8], at: usize, size: usize| {
        elf[at..at + size].iter().rev().fold(0usize, |value, byte| value << 8 | usize::from(*byte))
    };
    let (table, count, strings) = (number(elf, 0x28, 8), number(elf, 0x3c, 2), number(elf, 0x3e, 2));
    let string_offset = number(elf, table + strings * 64 + 0x18, 8);
    for header in (0..count).map(|index| table + index * 64) {
        let name = string_offset + number(elf, header, 4);
        let end = name + elf[name..].iter().position(|byte| *byte == 0).unwrap();
        if names.contains(&std::str::from_utf8(&elf[name..end]).unwrap()) {
            elf[header + 9] |= 0x08;
        }
    }
}

#[test]
fn symbols_alone_name_functions_and_no_gaps() {
    let (Some(gcc), Some(_)) = (tool(&["gcc"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.c", C);
    run(directory, &gcc, &["-O2", "shop.c", "-o", "shop"]);
    let symbols = nm(directory, "shop");
    let (module, issues) = load(&directory.join("shop"), directory);
    assert!(issues.is_empty(), "{issues:?}");
    let name = |address: u64| module.function_at(address);
    for function in ["outer", "only_local", "public_name", "pick_a", "main"] {
        let (start, size) = symbols[function];
        assert_eq!(name(start).as_deref(), Some(function));
        assert_eq!(name(start + size - 1).as_deref(), Some(function));
    }
    assert_eq!(symbols["__public_name"], symbols["public_name"]);
    assert_eq!(symbols["chosen"], symbols["resolve"], "an ifunc's value is its resolver");
    assert_eq!(name(symbols["chosen"].0).as_deref(), Some("chosen"), "the global name wins");
    let (start, size) = symbols["outer"];
    if size % 16 != 0 {
        assert_eq!(name(start + size), None, "padding behind a function");
    }
    assert_eq!(name(0), None);
    assert!(module.lookup(u64::MAX).is_empty());
    // Every call of an imported function goes through a stub that has its name.
    let disassembly = run(directory, "objdump", &["-d", "--no-show-raw-insn", "shop"]);
    for function in ["rand", "strlen"] {
        let stub = disassembly.lines().find(|line| line.contains(&format!("<{function}@plt>:"))).unwrap();
        let address = u64::from_str_radix(stub.split(' ').next().unwrap(), 16).unwrap();
        assert_eq!(name(address + 4).as_deref(), Some(format!("{function}@plt").as_str()));
    }
}

#[test]
fn separate_debug_files_are_found_and_foreign_ones_refused() {
    let (Some(gcc), Some(objcopy), Some(strip)) = (tool(&["gcc"]), tool(&["objcopy"]), tool(&["strip"]))
    else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let bin = root.join("bin");
    std::fs::create_dir_all(bin.join(".debug")).unwrap();
    write(&bin, "shop.c", C);
    for (name, style) in [("by_id", "-Wl,--build-id=sha1"), ("by_link", "-Wl,--build-id=none")] {
        run(&bin, &gcc, &["-O2", "-g", style, "shop.c", "-o", name]);
        let outer = nm(&bin, name)["outer"].0;
        let (full, _) = load(&bin.join(name), root);
        let expected = text(&full.lookup(outer + 12));
        assert!(expected.len() > 1);
        run(&bin, &objcopy, &["--only-keep-debug", name, "shop.debug"]);
        run(&bin, &strip, &["-o", "stripped", name]);
        run(&bin, &objcopy, &["--add-gnu-debuglink=shop.debug", "stripped"]);
        let debug = std::fs::read(bin.join("shop.debug")).unwrap();
        std::fs::remove_file(bin.join("shop.debug")).unwrap();
        let stripped = std::fs::read(bin.join("stripped")).unwrap();
        let lookup = || {
            let (module, issues) = ModuleSymbols::load(
                "/bin/stripped",
                stripped.clone().into(),
                &common::Rooted(root.to_owned()),
            );
            (text(&module.lookup(outer + 12)), module.sources().debug_file.clone(), issues)
        };
        let (frames, file, issues) = lookup();
        assert_eq!((frames, file, issues), (Vec::new(), None, Vec::new()), "{name}: nothing is there yet");

        let mut places = vec![
            "bin/shop.debug".to_owned(),
            "bin/.debug/shop.debug".to_owned(),
            "usr/lib/debug/bin/shop.debug".to_owned(),
        ];
        if let Some(id) = elf_build_id(&stripped) {
            let id = id.to_string();
            places.push(format!("usr/lib/debug/.build-id/{}/{}.debug", &id[..2], &id[2..]));
        }
        for place in places {
            let path = root.join(&place);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &debug).unwrap();
            let (frames, file, issues) = lookup();
            assert_eq!(
                (frames, file.as_deref()),
                (expected.clone(), Some(format!("/{place}").as_str())),
                "{issues:?}"
            );

            // The same place with the debug file of another build: refused, and said.
            let (foreign, flag) = (
                bin.join("foreign"),
                if name == "by_id" { "-Wl,--build-id=0x1234567890" } else { "-Wl,--build-id=none" },
            );
            run(&bin, &gcc, &["-O1", "-g", flag, "shop.c", "-o", "foreign"]);
            std::fs::copy(foreign, &path).unwrap();
            let (frames, file, issues) = lookup();
            assert_eq!((frames, file), (Vec::new(), None));
            assert!(issues[0].message.contains("another build"), "{issues:?}");
            std::fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn mini_debug_info_names_local_functions() {
    let (Some(gcc), Some(objcopy), Some(strip), Some(xz)) =
        (tool(&["gcc"]), tool(&["objcopy"]), tool(&["strip"]), tool(&["xz"]))
    else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.c", C);
    run(directory, &gcc, &["-O2", "shop.c", "-o", "shop"]);
    let symbols = nm(directory, "shop");
    for check in ["crc32", "crc64", "none", "sha256"] {
        run(directory, &objcopy, &["--only-keep-debug", "shop", "mini"]);
        run(directory, &xz, &["-kf", &format!("--check={check}"), "mini"]);
        run(directory, &strip, &["-o", "stripped", "shop"]);
        run(directory, &objcopy, &["--add-section", ".gnu_debugdata=mini.xz", "stripped"]);
        let (module, issues) = load(&directory.join("stripped"), directory);
        if check == "sha256" && !issues.is_empty() {
            // The decoder at hand cannot check it, and says so.
            continue;
        }
        assert!(issues.is_empty(), "{check}: {issues:?}");
        assert_eq!(module.function_at(symbols["only_local"].0).as_deref(), Some("only_local"), "{check}");
    }
}

#[test]
fn cpp_names_are_whole() {
    let (Some(gxx), Some(_)) = (tool(&["g++"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.cc", CPP);
    for flags in [&["-O2", "-g"][..], &["-O2"], &["-O0", "-g"]] {
        run(directory, &gxx, &[flags, &["shop.cc", "-o", "shop"]].concat());
        let (module, _) = load(&directory.join("shop"), directory);
        let symbols = nm(directory, "shop");
        let name_of = |part: &str| {
            let (_, (start, _)) = symbols.iter().find(|(name, _)| name.contains(part)).unwrap();
            module.lookup(*start)[0].function.clone().unwrap()
        };
        assert_eq!(name_of("BasketIlE3addEl"), "shop::Basket<long>::add(long)", "{flags:?}");
        assert_eq!(name_of("hidden"), "(anonymous namespace)::hidden(int)", "{flags:?}");
        if let Some((lambda, (start, _))) = symbols.iter().find(|(name, _)| name.contains("clE")) {
            let name = module.lookup(*start)[0].function.clone().unwrap();
            assert!(name.contains("lambda") && name.contains("operator()"), "{flags:?}: {lambda} is {name}");
        }
    }
}

#[test]
fn rust_names_are_whole_and_without_hash() {
    let (Some(rustc), Some(_)) = (tool(&["rustc"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.rs", RUST);
    for mangling in ["legacy", "v0"] {
        let flag = format!("-Csymbol-mangling-version={mangling}");
        let mut arguments = vec!["-O", "-g", "shop.rs", "-o", "shop", &flag];
        if mangling == "legacy" {
            // Stable compilers take this one only with the switch.
            arguments.push("-Zunstable-options");
        }
        let built = std::process::Command::new(&rustc)
            .current_dir(directory)
            .env("RUSTC_BOOTSTRAP", "1")
            .args(&arguments)
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let (module, issues) = load(&directory.join("shop"), directory);
        assert!(issues.is_empty(), "{issues:?}");
        let symbols = nm(directory, "shop");
        let (_, (start, size)) =
            symbols.iter().find(|(name, _)| name.contains("Basket") && name.contains("add")).unwrap();
        let mut n_inlined = 0;
        for address in (*start..start + size).step_by(3) {
            let frames = module.lookup(address);
            let outermost = frames[0].function.clone().unwrap();
            assert!(outermost.contains("shop::Basket<") && outermost.ends_with("::add"), "{outermost}");
            assert_eq!(frames[0].file.as_deref().and_then(|file| file.rsplit('/').next()), Some("shop.rs"));
            n_inlined += frames.len() - 1;
        }
        assert!(n_inlined > 0);
    }
}

#[test]
fn split_dwarf_is_told_and_lines_remain() {
    let (Some(gcc), Some(_)) = (tool(&["gcc"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.c", C);
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        run(directory, &gcc, &["-O2", "-g", version, "-gsplit-dwarf", "shop.c", "-o", "shop"]);
        let (module, issues) = load(&directory.join("shop"), directory);
        assert!(issues.iter().any(|issue| issue.message.contains(".dwo")), "{version}: {issues:?}");
        let frames = module.lookup(nm(directory, "shop")["outer"].0);
        assert_eq!(text(&frames), ["outer shop.c:12"], "{version}");
    }
}

#[test]
fn supplementary_files_of_dwz_are_read() {
    let (Some(gcc), Some(dwz)) = (tool(&["gcc"]), tool(&["dwz"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    write(directory, "shop.c", C);
    for copy in ["one", "two"] {
        run(directory, &gcc, &["-O2", "-gdwarf-4", "shop.c", "-o", copy]);
    }
    let outer = nm(directory, "one")["outer"].0;
    let (module, _) = load(&directory.join("one"), directory);
    let expected = text(&module.lookup(outer + 12));
    run(directory, &dwz, &["-m", "common.debug", "one", "two"]);
    let (module, issues) = load(&directory.join("one"), directory);
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(text(&module.lookup(outer + 12)), expected);
    std::fs::remove_file(directory.join("common.debug")).unwrap();
    let (_, issues) = load(&directory.join("one"), directory);
    assert!(issues[0].message.contains("common.debug"), "{issues:?}");
}
