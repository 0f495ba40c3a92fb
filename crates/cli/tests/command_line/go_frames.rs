//! Go functions in what `fathom run` records, below the runtime's work that is done on another stack too.

// A test that cannot run here says so.
#![allow(clippy::print_stdout)]

use crate::bench::{Folder, run};
use std::fs;
use std::process::Command;

/// Grows a tree until it has worked for a while: the collector marks it, and the memory comes from the heap.
const PROGRAM: &str = "
package main

import \"time\"

type node struct {
	left, right *node
	payload     [8]uint64
}

func grow(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: grow(depth - 1), right: grow(depth - 1)}
}

func main() {
	var kept []*node
	for end := time.Now().Add(900 * time.Millisecond); time.Now().Before(end); {
		kept = append(kept, grow(12))
		if len(kept) > 20 {
			kept = nil
		}
	}
}
";

/// Fewer samples tell nothing; there are none at all where neither perf events nor timers work.
const FEWEST_SAMPLES: u64 = 60;

#[test]
fn what_runs_on_the_system_stack_has_its_goroutine_below_it() {
    let folder = Folder::new();
    fs::write(folder.join("main.go"), PROGRAM).unwrap();
    let built = ["go", "/usr/local/go/bin/go"].into_iter().find_map(|go| {
        let mut build = Command::new(go);
        build.current_dir(&*folder).args(["build", "-o", "program", "main.go"]).env("GO111MODULE", "off");
        Some((go, build.env("GOTOOLCHAIN", "local").output().ok()?.status.success()))
    });
    let Some((go, is_built)) = built else { return println!("skipped: no go on PATH") };
    assert!(is_built, "go builds it");
    let version = Command::new(go).args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local").output().unwrap();
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let minor = version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
    if minor.is_none_or(|minor| minor < 21) {
        return println!("skipped: {version} leaves no frame pointer on the system stack, Go 1.21 does");
    }
    let ended =
        run(&mut folder.fathom(["run", "-o", "x.fathom", "--max-overhead", "100", "--", "./program"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let json = run(&mut folder.fathom(["report", "x.fathom", "--output", "json"])).stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let quality = &report["meta"]["quality"];
    // The frame pointers are followed for a program in the kernel, at the sample.
    let has_bpf = report["meta"]["collectors"].to_string().contains("1 in 2^k at random");
    if !has_bpf || quality["cpu_samples"].as_u64().unwrap() < FEWEST_SAMPLES {
        println!("skipped: BPF is permitted: {has_bpf}, CPU samples: {}", quality["cpu_samples"]);
        return;
    }
    let folded = run(&mut folder.fathom(["export", "x.fathom", "--format", "folded", "--signal", "cpu"]));
    assert!(
        folded.stdout.contains(";runtime.gcBgMarkWorker;runtime.systemstack;"),
        "the collector's goroutine is not below its work\n{}",
        folded.stdout
    );
}
