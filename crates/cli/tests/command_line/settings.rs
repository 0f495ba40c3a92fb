//! Where settings come from: flag, variable, project, user, default.

use crate::bench::{Folder, run};
use serde_json::Value;
use std::fs;

/// The head of the recording that `fathom run` makes with these flags and variables.
#[track_caller]
fn recorded(folder: &Folder, flags: &[&str], variables: &[(&str, &str)]) -> Value {
    let mut command = folder.fathom([&["run", "--json", "report.json"], flags, &["--", "true"]].concat());
    command.envs(variables.iter().copied());
    let ended = run(&mut command);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let text = fs::read_to_string(folder.join("report.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["meta"].take()
}

#[track_caller]
fn rate(folder: &Folder, flags: &[&str], variables: &[(&str, &str)]) -> f64 {
    recorded(folder, flags, variables)["epochs"][0]["rate_hz"].as_f64().unwrap()
}

#[test]
fn each_source_stands_above_the_next() {
    let folder = Folder::new();
    assert_eq!(rate(&folder, &[], &[]), 499.0);
    fs::create_dir_all(folder.join(".config/fathom")).unwrap();
    fs::write(folder.join(".config/fathom/fathom.toml"), "[record]\nrate = 101\nsignals = [\"cpu\"]\n")
        .unwrap();
    assert_eq!(rate(&folder, &[], &[]), 101.0);
    fs::write(folder.join("fathom.toml"), "[record]\nrate = 102\n").unwrap();
    assert_eq!(rate(&folder, &[], &[]), 102.0);
    assert_eq!(recorded(&folder, &[], &[])["signals"], serde_json::json!(["cpu"]));
    assert_eq!(rate(&folder, &[], &[("FATHOM_RATE", "103")]), 103.0);
    assert_eq!(rate(&folder, &["--rate", "104"], &[("FATHOM_RATE", "103")]), 104.0);
    let signals =
        |flags: &[&str], variables: &[(&str, &str)]| recorded(&folder, flags, variables)["signals"].clone();
    assert_eq!(signals(&[], &[("FATHOM_SIGNAL", "off-cpu")]), serde_json::json!(["off-cpu"]));
    let both = serde_json::json!(["cpu", "off-cpu"]);
    assert_eq!(signals(&["--signal", "cpu,off-cpu"], &[("FATHOM_SIGNAL", "off-cpu")]), both);
}

#[test]
fn unknown_keys_are_errors_before_anything_runs() {
    let folder = Folder::new();
    fs::write(folder.join("fathom.toml"), "[record]\nrate = 99\ncolour = \"red\"\n").unwrap();
    let ended = run(&mut folder.fathom(["run", "--", "touch", "it-ran"]));
    assert_eq!(ended.code, 125);
    assert!(ended.stderr.contains("fathom.toml, line 3: unknown key `colour`"), "{}", ended.stderr);
    assert!(!folder.join("it-ran").exists());
    let ended = run(&mut folder.fathom(["attach", "1"]));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("unknown key `colour`"), "{}", ended.stderr);
}

#[test]
fn a_missing_folder_is_told_before_anything_runs() {
    let folder = Folder::new();
    for flag in ["-o", "--json"] {
        let ended = run(&mut folder.fathom(["run", flag, "not/there", "--", "touch", "it-ran"]));
        assert_eq!(ended.code, 125);
        assert!(ended.stderr.contains("cannot write not/there: not is not a directory"), "{}", ended.stderr);
        assert!(!folder.join("it-ran").exists());
    }
}

#[test]
fn recordings_hide_themselves_from_git() {
    let folder = Folder::new();
    run(&mut folder.fathom(["run", "--", "true"]));
    run(&mut folder.fathom(["run", "--", "true"]));
    assert_eq!(fs::read_to_string(folder.join(".fathom/.gitignore")).unwrap().trim(), "*");
    for handle in ["@last", "@prev"] {
        let ended = run(&mut folder.fathom(["report", handle]));
        assert_eq!(ended.code, 0, "{handle}: {}", ended.stderr);
    }
}
