//! Where reports and exports go.

use crate::bench::{Folder, run};
use serde_json::Value;
use std::fs;
use std::io::pipe;
use std::process::Stdio;

#[test]
fn one_kind_goes_to_stdout_or_a_file() {
    let folder = Folder::new();
    let name = folder.record();
    let ended = run(&mut folder.fathom(["report", name]));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(!ended.stdout.is_empty());
    let json = run(&mut folder.fathom(["report", name, "--json"])).stdout;
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["meta"]["target"]["command"][0], "sh");
    let ended = run(&mut folder.fathom(["report", name, "--output", "json", "-o", "report.json"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(folder.join("report.json")).unwrap(), json);
    assert_eq!(run(&mut folder.fathom(["report", name, "--output", "json", "-o", "-"])).stdout, json);
}

#[test]
fn several_kinds_need_a_directory() {
    let folder = Folder::new();
    let name = folder.record();
    let ended = run(&mut folder.fathom(["report", name, "--output", "md,json"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(
        ended.stderr.ends_with("\n\nhint: fathom report x.fathom --output markdown,json -o reports/\n"),
        "{}",
        ended.stderr
    );
    let ended = run(&mut folder.fathom(["report", name, "--output", "md,json,md", "-o", "reports"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut names: Vec<_> =
        fs::read_dir(folder.join("reports")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["report.json", "report.md"]);
    fs::write(folder.join("file"), "").unwrap();
    let ended = run(&mut folder.fathom(["report", name, "--output", "md,json", "-o", "file"]));
    assert!(ended.code == 2 && ended.stderr.contains("file is a file"), "{}", ended.stderr);
}

#[test]
fn every_format_is_exported() {
    let folder = Folder::new();
    let name = folder.record();
    let ended = run(&mut folder.fathom(["export", name, "--format", "folded"]));
    assert!(ended.code == 0 && ended.stderr.starts_with("note: folded keeps"), "{}", ended.stderr);
    let weight = ended.stdout.lines().next().and_then(|line| line.rsplit(' ').next()).unwrap();
    assert!(weight.parse::<u64>().is_ok(), "{}", ended.stdout);
    let ended = run(&mut folder.fathom(["export", name, "--format", "svg", "--signal", "off-cpu"]));
    assert!(ended.code == 0 && ended.stdout.contains("<svg"), "{}", ended.stderr);
    run(&mut folder.fathom(["export", name, "--format", "pprof", "-o", "profile.pb.gz"]));
    assert_eq!(fs::read(folder.join("profile.pb.gz")).unwrap()[..2], [0x1f, 0x8b]);
    let ended = run(&mut folder.fathom(["export", name, "--format", "parquet"]));
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("hint: fathom export x.fathom --format parquet -o tables/"),
        "{}",
        ended.stderr
    );
    assert_eq!(run(&mut folder.fathom(["export", name, "--format", "parquet", "-o", "tables"])).code, 0);
    assert!(folder.join("tables/samples.parquet").is_file());
    let ended = run(&mut folder.fathom(["export", name, "--format", "folded", "--signal", "net"]));
    assert!(
        ended.code == 2 && ended.stderr.contains("the recording has no samples of net"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let folder = Folder::new();
    let name = folder.record();
    let all: [&[&str]; 5] = [
        &["report", name],
        &["report", name, "--json"],
        &["export", name, "--format", "folded"],
        &["doctor"],
        &["run", "--help"],
    ];
    for arguments in all {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let output =
            folder.fathom(arguments.iter().copied()).stdin(Stdio::null()).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
    let ended = run(&mut folder.shell("set -o pipefail; $FATHOM report x.fathom | head -1"));
    assert_eq!((ended.code, ended.stdout.lines().count()), (0, 1), "{}", ended.stderr);
}

#[test]
fn a_full_disk_is_an_error() {
    let folder = Folder::new();
    let name = folder.record();
    let ended = run(&mut folder.fathom(["report", name, "-o", "/dev/full"]));
    assert!(
        ended.code == 2 && ended.stderr.contains("cannot write /dev/full: no space left"),
        "{}",
        ended.stderr
    );
    let ended = run(&mut folder.shell("$FATHOM report x.fathom >/dev/full"));
    assert!(
        ended.code == 2 && ended.stderr.contains("cannot write to stdout: no space left"),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_is_no_recording_is_named() {
    let folder = Folder::new();
    fs::write(folder.join("notes.txt"), "hello\n").unwrap();
    for name in ["@last", "not-there.fathom", "notes.txt"] {
        let ended = run(&mut folder.fathom(["report", name]));
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{name}");
        assert!(
            ended.stderr.starts_with("error: ") && !ended.stderr.contains("os error"),
            "{}",
            ended.stderr
        );
    }
}
