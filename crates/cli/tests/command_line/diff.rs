//! Two recordings compared.

use crate::bench::{Folder, run};
use serde_json::Value;
use std::fs;

#[test]
fn a_recording_does_not_differ_from_itself() {
    let folder = Folder::new();
    let name = folder.record();
    let ended = run(&mut folder.fathom(["diff", name, name, "--signal", "off-cpu"]));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    for part in ["no difference is proved", "cannot exclude run-to-run variation", "amounts are compared"] {
        assert!(ended.stdout.contains(part), "no `{part}` in:\n{}", ended.stdout);
    }
    assert!(!ended.stdout.contains("regress"), "{}", ended.stdout);
    let normalised =
        run(&mut folder.fathom(["diff", name, name, "--signal", "off-cpu", "--normalised"])).stdout;
    assert!(normalised.contains("shares are compared: B times 1.000"), "{normalised}");
}

#[test]
fn every_kind_of_document_is_written() {
    let folder = Folder::new();
    let name = folder.record();
    let json = run(&mut folder.fathom(["diff", name, name, "--signal", "off-cpu", "--json"])).stdout;
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&value["signal"], &value["proved"]), (&"off-cpu".into(), &0.into()));
    assert_eq!(value["tree"][0]["function"], "all");
    let arguments = ["diff", name, name, "--signal", "off-cpu", "--output", "md", "-o", "change.md"];
    let ended = run(&mut folder.fathom(arguments));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert!(
        fs::read_to_string(folder.join("change.md")).unwrap().starts_with("# What changed from `x.fathom`")
    );
}

#[test]
fn what_cannot_be_compared_is_named() {
    let folder = Folder::new();
    let name = folder.record();
    for (arguments, part) in [
        (vec!["diff", name, "other.fathom"], "other.fathom"),
        (vec!["diff", name, name, "--signal", "net"], "x.fathom has no samples of net"),
        (vec!["diff", name, name, "--output", "gif"], "needed is one of html, json, markdown, terminal"),
        (vec!["diff", name], "<B>"),
        (vec!["diff", name, name, "--absolute", "--normalised"], "cannot be used with"),
    ] {
        let ended = run(&mut folder.fathom(arguments));
        assert!(
            ended.code == 2 && ended.stdout.is_empty() && ended.stderr.contains(part),
            "{}",
            ended.stderr
        );
    }
}
