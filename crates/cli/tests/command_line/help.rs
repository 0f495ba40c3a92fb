//! Help: `-h` fits a screen, `--help` says more.

use crate::bench::{Folder, run};

const COMMANDS: [&str; 6] = ["run", "attach", "report", "diff", "export", "doctor"];
/// Lines of the classic terminal.
const SCREEN_LINES: usize = 24;
const SCREEN_COLUMNS: usize = 80;

#[test]
fn short_help_fits_a_screen() {
    let folder = Folder::new();
    for arguments in COMMANDS.iter().map(|command| vec![*command, "-h"]).chain([vec!["-h"]]) {
        let ended = run(&mut folder.fathom(arguments.clone()));
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        let n_lines = ended.stdout.lines().count();
        assert!(n_lines <= SCREEN_LINES, "{arguments:?} has {n_lines} lines:\n{}", ended.stdout);
        for line in ended.stdout.lines() {
            assert!(line.chars().count() <= SCREEN_COLUMNS, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn long_help_has_examples_and_defaults() {
    let folder = Folder::new();
    for command in COMMANDS {
        let ended = run(&mut folder.fathom([command, "--help"]));
        assert!(ended.stdout.contains("Examples:\n"), "{command}");
    }
    let run_help = run(&mut folder.fathom(["run", "--help"])).stdout;
    for part in ["default 499", "FATHOM_RATE", "In percent", "127"] {
        assert!(run_help.contains(part), "no `{part}` in:\n{run_help}");
    }
}

#[test]
fn generated_texts_are_printed() {
    let folder = Folder::new();
    for (arguments, part) in [
        (&["docs", "cli"][..], "## fathom attach"),
        (&["docs", "collectors"], "## off-cpu"),
        (&["docs", "schema"], "\"$schema\""),
        (&["docs", "settings"], "max-overhead"),
        (&["docs", "man"], ".TH fathom-run 1"),
        (&["docs", "completions", "zsh"], "#compdef fathom"),
    ] {
        let ended = run(&mut folder.fathom(arguments.iter().copied()));
        assert!(
            ended.code == 0 && ended.stdout.contains(part),
            "{arguments:?}: {}{}",
            ended.stdout,
            ended.stderr
        );
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = Folder::new();
    assert_eq!(run(&mut folder.fathom(["docs", "man", "-o", "pages"])).code, 0);
    for command in COMMANDS {
        let page = std::fs::read_to_string(folder.join(format!("pages/fathom-{command}.1"))).unwrap();
        assert!(page.contains(&format!(".TH fathom-{command} 1")), "{page}");
    }
    assert!(folder.join("pages/fathom.1").is_file() && !folder.join("pages/fathom-docs.1").exists());
}

#[test]
fn the_doctor_answers_in_text_and_json() {
    let folder = Folder::new();
    let ended = run(&mut folder.fathom(["doctor"]));
    assert!(ended.code == 0 && ended.stdout.contains("off-cpu"), "{}", ended.stdout);
    let ended = run(&mut folder.fathom(["doctor", "--json"]));
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let ids: Vec<_> = value["collectors"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert!(ids.contains(&"cpu".into()), "{ids:?}");
    for collector in value["collectors"].as_array().unwrap() {
        for rung in collector["rungs"].as_array().unwrap() {
            let has_fix = rung["fix"].is_string();
            assert_eq!(rung["ready"] == false, has_fix, "{rung}");
        }
    }
}
