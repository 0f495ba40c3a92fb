//! What `go tool pprof` and Go's compiler make of the profiles.

use super::*;
use crate::WriteOptions;
use crate::catalog::parquet::tests::small_recording;
use fathom_model::{Module, ModuleId, ModuleKind, Signal};
use std::path::Path;
use std::process::Command;

fn bytes(options: &WriteOptions) -> Vec<u8> {
    write::write(&small_recording(), options).expect("has samples").remove(0).bytes
}

/// Runs go with these arguments; `None`, with the reason printed, where there is no go.
fn go(directory: &Path, arguments: &[&str]) -> Option<String> {
    let found = ["go", "/usr/local/go/bin/go"]
        .into_iter()
        .find(|go| Command::new(go).arg("version").output().is_ok());
    let Some(go) = found else {
        println!("skipped: no go found in PATH or /usr/local/go");
        return None;
    };
    let output = Command::new(go)
        .args(arguments)
        .current_dir(directory)
        .env("GOFLAGS", "")
        .env("PPROF_TMPDIR", directory)
        .env("GOTOOLCHAIN", "local")
        .output()
        .expect("go starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "go {arguments:?} failed: {errors}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn go_reads_what_is_written() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("all.pb.gz"), bytes(&WriteOptions::default())).expect("written");
    let Some(top) = go(directory.path(), &["tool", "pprof", "-top", "all.pb.gz"]) else { return };
    assert!(top.contains("Type: cpu"), "{top}");
    assert!(top.contains("300ns 96.15%"), "{top}");
    assert!(top.contains("[no stack]") && top.contains("app+0x1234"), "{top}");

    let raw = go(directory.path(), &["tool", "pprof", "-raw", "all.pb.gz"]).expect("go is there");
    assert!(raw.contains("samples/count cpu/nanoseconds[dflt] off-cpu/nanoseconds"), "{raw}");
    assert!(raw.contains("Period: 1000000"), "{raw}");
    // One location, two lines: the inlined function, then the one that holds its code.
    assert!(raw.contains("(a;b<int>\nc)\n             main src/app.c:12:0 s=10"), "{raw}");
    assert!(raw.contains("/opt/app 0a0b"), "{raw}");
    assert!(raw.contains("thread:[worker]") && raw.contains("tid:[11]"), "{raw}");
}

#[test]
fn the_program_is_the_first_mapping() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut recording = small_recording();
    recording.meta.imported = None;
    let module = |path: &str, kind| Module { path: path.into(), kind, ..recording.modules[0].clone() };
    let before = [module("[kernel]", ModuleKind::Kernel), module("/usr/bin/env", ModuleKind::Elf)];
    recording.modules.splice(..0, before);
    recording.frames.iter_mut().for_each(|frame| frame.module = Some(ModuleId(2)));
    let written = write::write(&recording, &WriteOptions::default()).expect("has samples").remove(0).bytes;
    std::fs::write(directory.path().join("shop.pb.gz"), written).expect("written");
    let Some(raw) = go(directory.path(), &["tool", "pprof", "-raw", "shop.pb.gz"]) else { return };
    let mappings: Vec<&str> = raw.lines().skip_while(|line| *line != "Mappings").skip(1).collect();
    assert!(mappings[0].contains("/opt/app"), "{raw}");
}

#[test]
fn roots_stand_outermost() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = WriteOptions { signals: vec![Signal::OffCpu], process_root: true, thread_root: true };
    std::fs::write(directory.path().join("off.pb.gz"), bytes(&options)).expect("written");
    let Some(traces) = go(directory.path(), &["tool", "pprof", "-traces", "off.pb.gz"]) else { return };
    let order: Vec<usize> = ["main", "_start", "worker (thread 11)", "app (process 10)"]
        .iter()
        .map(|name| traces.find(&format!(" {name}\n")).unwrap_or_else(|| panic!("{name} in {traces}")))
        .collect();
    assert!(order.is_sorted(), "{traces}");
}

/// Go's compiler takes a profile through `preprofile`, which gives the weight of every call by its line within
/// the caller: without `start_line`, or without sample types that it knows, it finds none.
#[test]
fn go_finds_the_calls_in_it_for_default_pgo() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = WriteOptions { signals: vec![Signal::Cpu], ..WriteOptions::default() };
    let mut recording = small_recording();
    for (frame, name) in recording.frames.iter_mut().zip(["runtime.main", "main.main", "main.hot"]) {
        frame.function = Some(name.into());
    }
    let pgo = write::write(&recording, &options).expect("has samples").remove(0).bytes;
    std::fs::write(directory.path().join("default.pgo"), pgo).expect("written");
    let Some(_) = go(directory.path(), &["tool", "preprofile", "-i", "default.pgo", "-o", "calls"]) else {
        return;
    };
    let calls = std::fs::read_to_string(directory.path().join("calls")).expect("written by go");
    // `main.hot` is inlined at line 12 of `main.main`, which begins at line 10.
    assert!(calls.contains("main.main\nmain.hot\n2 3\n"), "{calls}");
    assert!(calls.starts_with("GO PREPROFILE V1\n"), "{calls}");
}
