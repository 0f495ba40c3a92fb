//! Exit codes: the command's own after `run`, Fathom's otherwise.

use crate::bench::{Folder, run};
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[track_caller]
fn check(words: &[&str], code: i32) -> String {
    let folder = Folder::new();
    // A folder of the PATH that may not be read would make a missing program one that cannot be executed.
    let ended = run(folder.fathom([&["run", "--"], words].concat()).env("PATH", "/usr/bin:/bin"));
    assert_eq!(ended.code, code, "{}", ended.stderr);
    ended.stderr
}

#[test]
fn the_command_s_status_is_fathom_s() {
    check(&["true"], 0);
    check(&["false"], 1);
    check(&["sh", "-c", "exit 7"], 7);
    check(&["sh", "-c", "exit 255"], 255);
}

#[test]
fn a_signal_is_128_and_its_number() {
    check(&["sh", "-c", "kill -TERM $$"], 128 + 15);
    check(&["sh", "-c", "kill -KILL $$"], 128 + 9);
}

#[test]
fn what_is_not_there_is_127() {
    let stderr = check(&["fathom-test-no-such-program"], 127);
    assert!(stderr.starts_with("error: cannot run `fathom-test-no-such-program`"), "{stderr}");
    assert!(!stderr.contains("os error"), "{stderr}");
}

#[test]
fn what_cannot_be_executed_is_126() {
    check(&["/etc/passwd"], 126);
    check(&["/"], 126);
}

#[test]
fn a_failed_launch_leaves_nothing_behind() {
    let folder = Folder::new();
    run(&mut folder.fathom(["run", "-o", "x.fathom", "--", "fathom-test-no-such-program"]));
    assert_eq!(
        fs::read_dir(&*folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn a_script_without_an_interpreter_runs() {
    let folder = Folder::new();
    let script = folder.join("script");
    fs::write(&script, "exit 5\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(run(&mut folder.fathom(["run", "--", "./script"])).code, 5);
}

#[test]
fn wrong_arguments_are_told_from_the_command_s_status() {
    let folder = Folder::new();
    let ended = run(&mut folder.fathom(["run", "--no-such-flag", "--", "true"]));
    assert_eq!(ended.code, 125);
    assert!(ended.stderr.starts_with("error: unexpected argument '--no-such-flag'"), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("\n\nhint: fathom run --help\n"), "{}", ended.stderr);
    let ended = run(&mut folder.fathom(["report", "--no-such-flag"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert_eq!(run(&mut folder.fathom([])).code, 2);
    assert_eq!(run(&mut folder.fathom(["no-such-command"])).code, 2);
}

#[test]
fn wrong_values_say_what_would_be_right() {
    let folder = Folder::new();
    for (arguments, needed) in [
        (["run", "--rate", "0", "true"], "needed is a rate from 1 to 10000"),
        (["run", "--signal", "heat", "true"], "needed is one of cpu, off-cpu, task-wait"),
        (["run", "--max-overhead", "200", "true"], "needed is a percentage above 0"),
        (["attach", "1", "-d", "1 fortnight"], "needed is a duration such as 500ms"),
        (["export", "x", "--format", "gif"], "needed is one of bolt, callgrind, chrome-trace"),
    ] {
        let ended = run(&mut folder.fathom(arguments));
        assert!(ended.stderr.contains(needed), "{arguments:?}: {}", ended.stderr);
    }
}
