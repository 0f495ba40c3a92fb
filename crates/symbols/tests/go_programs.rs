//! Go programs built here: a stripped one must be named as the whole one is.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

mod common;

use common::{go, load, nm, run, text, tool, write};
use fathom_symbols::{Bytes, Pclntab};
use std::path::Path;

const GO: &str = r#"package main

import (
	"fmt"
	"os"
)

var sink int

func deepest(n int) int {
	return n*3 + sink
}

func middle(n int) int {
	total := 0
	for i := 0; i < 10; i++ {
		total += deepest(n + i)
	}
	return total
}

//go:noinline
func outer(n int) int {
	var room [64]int
	for i := range room {
		room[i] = middle(n)
	}
	return room[n&63]
}

type Basket struct{ total int }

//go:noinline
func (b *Basket) Add(n int) { b.total += outer(n); fmt.Fprintln(os.Stderr, b.total) }

func main() {
	b := &Basket{}
	b.Add(len(os.Args))
}
"#;

/// Builds the program twice, whole and without symbols and DWARF.
fn build(directory: &Path, go: &str, mode: &str) {
    write(directory, "main.go", GO);
    write(directory, "go.mod", "module shop\n\ngo 1.18\n");
    let (mode, linking) =
        if mode == "external" { ("exe", "-linkmode=external") } else { (mode, "-linkmode=internal") };
    for (name, flags) in [("whole", "-compressdwarf=true"), ("stripped", "-s -w")] {
        let arguments =
            ["build", &format!("-ldflags={flags} {linking}"), "-o", name, &format!("-buildmode={mode}"), "."];
        run(directory, go, &arguments);
    }
}

#[test]
fn stripped_programs_are_named_like_whole_ones() {
    let (Some(go), Some(_)) = (go(), tool(&["nm"])) else { return };
    stripped_like_whole(&go, true);
}

/// Debian 12 has Go 1.19, whose table is that of 1.18: no start lines, other inline trees.
#[test]
fn the_layout_of_go_1_18_is_read() {
    let (Some(go), Some(_)) = (tool(&["/usr/lib/go-1.19/bin/go"]), tool(&["nm"])) else { return };
    stripped_like_whole(&go, false);
}

fn stripped_like_whole(go: &str, has_start_lines: bool) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    for mode in ["exe", "pie", "external"] {
        build(directory, go, mode);
        let (whole, issues) = load(&directory.join("whole"), directory);
        assert!(issues.is_empty(), "{issues:?}");
        assert!(whole.sources().has_debug_info && whole.sources().has_go_table);
        let (stripped, issues) = load(&directory.join("stripped"), directory);
        assert!(issues.is_empty(), "{mode:?}: {issues:?}");
        assert!(!stripped.sources().has_debug_info);
        let symbols = nm(directory, "whole");
        let mut deepest = 0;
        let (mut n_equal, mut n_all) = (0, 0);
        for (name, (start, size)) in symbols.iter().filter(|(name, _)| {
            name.starts_with("main.") || name.starts_with("fmt.") || name.starts_with("strconv.")
        }) {
            for address in (*start..start + size).step_by(5) {
                let (ours, theirs) = (stripped.lookup(address), whole.lookup(address));
                n_all += 1;
                let equal = text(&ours) == text(&theirs)
                    && (!has_start_lines || ours[0].function_start_line == theirs[0].function_start_line);
                n_equal += usize::from(equal);
                if !equal && n_all - n_equal < 4 {
                    println!("{name} {address:#x}\n  table {:?}\n  dwarf {:?}", text(&ours), text(&theirs));
                }
                assert_eq!(ours[0].function, theirs[0].function, "{name}");
                if name == "main.outer" {
                    deepest = deepest.max(ours.len());
                }
            }
        }
        println!("{mode:?}: {n_equal} of {n_all} equal");
        assert!(n_equal * 100 >= n_all * 98, "{n_equal} of {n_all}");
        assert_eq!(deepest, 3, "outer, middle, deepest");
        let (start, size) = symbols["main.outer"];
        let frames =
            (start..start + size).map(|address| stripped.lookup(address)).max_by_key(Vec::len).unwrap();
        let starts: Vec<_> = frames.iter().map(|frame| frame.function_start_line).collect();
        assert_eq!(starts, if has_start_lines { [Some(23), Some(14), Some(10)] } else { [None; 3] });
        assert!(frames[1].inlined && frames[2].inlined && !frames[0].inlined);
        assert_eq!(
            stripped.function_at(symbols["main.(*Basket).Add"].0).as_deref(),
            Some("main.(*Basket).Add")
        );
    }
}

#[test]
fn a_table_without_its_section_is_found() {
    let (Some(go), Some(objcopy), Some(_)) = (go(), tool(&["objcopy"]), tool(&["nm"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    build(directory, &go, "exe");
    let (start, size) = nm(directory, "whole")["main.outer"];
    let (module, _) = load(&directory.join("stripped"), directory);
    let place = (start..start + size).max_by_key(|address| module.lookup(*address).len()).unwrap();
    let expected = text(&module.lookup(place));
    assert_eq!(expected.len(), 3, "{expected:?}");
    run(directory, &objcopy, &["--rename-section", ".gopclntab=.other", "stripped", "renamed"]);
    let mut headless = std::fs::read(directory.join("stripped")).unwrap();
    headless[0x28..0x30].fill(0);
    headless[0x3c..0x40].fill(0);
    std::fs::write(directory.join("headless"), headless).unwrap();
    for name in ["renamed", "headless"] {
        let (module, issues) = load(&directory.join(name), directory);
        assert_eq!(text(&module.lookup(place)), expected, "{name}: {issues:?}");
    }
}

/// At the entry the return address is on top of the stack; behind the prologue it is a frame away, as the
/// frame's own instructions say.
#[test]
fn stack_deltas_follow_the_prologue() {
    let (Some(go), Some(_), Some(objdump)) = (go(), tool(&["nm"]), tool(&["objdump"])) else { return };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    build(directory, &go, "exe");
    let symbols = nm(directory, "whole");
    let (table, issues) = Pclntab::from_elf(Bytes::from(std::fs::read(directory.join("stripped")).unwrap()));
    assert!(issues.is_empty(), "{issues:?}");
    let table = table.unwrap();
    assert!(table.n_functions() > 500);
    let (start, size) = symbols["main.outer"];
    assert_eq!(table.function_entry(start + size / 2), Some(start));
    assert_eq!(table.function_entry(start - 1).filter(|entry| *entry == start), None);
    let range = table.function_range("main.outer").unwrap();
    assert!(range.start == start && range.end >= start + size && range.end < start + size + 64);
    assert_eq!((table.function_range("main.oute"), table.function_range("main.outer2")), (None, None));
    assert_eq!(table.stack_delta(start), Some(0));
    // `push rbp`, `sub $n,%rsp`: n + 8.
    let text = run(
        directory,
        &objdump,
        &[
            "-d",
            "--no-show-raw-insn",
            &format!("--start-address={start}"),
            &format!("--stop-address={}", start + size),
            "whole",
        ],
    );
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains("sub ") && line.contains(",%rsp")).unwrap();
    let room = lines[at].split("$0x").nth(1).unwrap().split(',').next().unwrap();
    let behind = u64::from_str_radix(lines[at + 1].trim().split(':').next().unwrap(), 16).unwrap();
    assert_eq!(table.stack_delta(behind), Some(u32::from_str_radix(room, 16).unwrap() + 8), "{text}");
    let flags = |name: &str| table.function_flags(symbols[name].0).unwrap();
    assert!(flags("runtime.goexit.abi0").is_top_frame && !flags("main.outer").is_top_frame);
    let id = |name: &str| table.function_id(symbols[name].0);
    assert!(
        id("main.outer") == Some(0)
            && id("runtime.asyncPreempt.abi0") == Some(3)
            && table.function_id(0).is_none()
    );
    assert!(flags("runtime.mcall").writes_stack_pointer && !flags("main.outer").writes_stack_pointer);
}
