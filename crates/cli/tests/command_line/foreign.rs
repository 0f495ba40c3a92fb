//! Profiles of other tools, wherever a recording is taken: from files, pipes and stdin, whole and damaged.

use crate::bench::{Ended, Folder, run};
use std::fs;
use std::process::Stdio;

const FOLDED: &str = "main;parse;read 30\nmain;parse 10\nmain;write 60\n";

#[test]
fn a_profile_is_reported_imported_and_exported() {
    let folder = Folder::new();
    // The name says nothing: files are recognised by their content.
    fs::write(folder.join("profile.json"), FOLDED).unwrap();
    let ended = run(&mut folder.fathom(["report", "profile.json"]));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.contains("SAMPLES  100 in 100 samples"), "{}", ended.stdout);
    let ended = run(&mut folder.fathom(["import", "profile.json"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert!(ended.stderr.starts_with("recording kept in .fathom/0001-profile.fathom;"), "{}", ended.stderr);
    let ended = run(&mut folder.fathom(["export", "@last", "--format", "folded"]));
    let sorted = "main;parse 10\nmain;parse;read 30\nmain;write 60\n";
    assert_eq!((ended.code, ended.stdout.as_str()), (0, sorted));
    assert!(ended.stderr.starts_with("note: folded keeps stacks by function name"), "{}", ended.stderr);
    // Nothing is left but the recording and what hides it from git.
    assert_eq!(fs::read_dir(folder.join(".fathom")).unwrap().count(), 2);
}

#[test]
fn a_profile_comes_from_stdin_and_from_a_pipe() {
    let folder = Folder::new();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let feeding =
        std::thread::spawn(move || std::io::Write::write_all(&mut writer, FOLDED.as_bytes()).unwrap());
    let ended = Ended::from(
        folder.fathom(["export", "-", "--format", "svg"]).stdin(Stdio::from(reader)).output().unwrap(),
    );
    feeding.join().unwrap();
    assert!(ended.code == 0 && ended.stdout.contains("parse"), "{}", ended.stderr);
    let pipe = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = pipe.clone();
    let feeding = std::thread::spawn(move || fs::write(path, FOLDED).unwrap());
    let ended = run(&mut folder.fathom(["report", "pipe"]));
    feeding.join().unwrap();
    assert!(ended.code == 0 && ended.stdout.contains("write"), "{}", ended.stderr);
}

#[test]
fn damage_is_a_warning_and_with_strict_an_error() {
    let folder = Folder::new();
    fs::write(folder.join("damaged"), format!("{FOLDED}no weight\n")).unwrap();
    let ended = run(&mut folder.fathom(["report", "damaged"]));
    assert_eq!(ended.code, 0);
    assert!(
        ended.stderr.starts_with("warning: folded at byte 47: the line ends with no weight"),
        "{}",
        ended.stderr
    );
    let ended = run(&mut folder.fathom(["report", "damaged", "--strict"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(
        ended.stderr.ends_with("1 thing is wrong with `damaged`, and --strict allows none\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_is_no_profile_is_said() {
    let folder = Folder::new();
    fs::write(folder.join("letter"), "Dear reader,\nthis is no profile.\n").unwrap();
    let ended = run(&mut folder.fathom(["report", "letter"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert_eq!(
        ended.stderr,
        "error: `letter` is not a recording: its 33 bytes begin as no known format does\n\nhint: fathom import --formats\n"
    );
    let ended = run(&mut folder.fathom(["import", "--formats"]));
    assert!(ended.code == 0 && ended.stdout.contains("folded"), "{}", ended.stderr);
}
