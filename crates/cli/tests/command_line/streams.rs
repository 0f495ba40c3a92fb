//! Input, output and signals of the command pass through unchanged.

use crate::bench::{Folder, Stream, binary, kill, run, until};
use std::fs;
use std::io::Write;
use std::process::Stdio;

#[test]
fn input_and_output_are_the_command_s() {
    let folder = Folder::new();
    let mut child = folder
        .fathom(["run", "--", "sh", "-c", "cat; echo own-words >&2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds, and not text.
    let input: Vec<u8> = (0..300_000_u32).map(|number| (number * 7 % 251) as u8).collect();
    let mut stdin = child.stdin.take().unwrap();
    let copy = input.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&copy).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout == input, "{} bytes instead of {}", output.stdout.len(), input.len());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("own-words\n"), "Fathom spoke before the command had ended:\n{stderr}");
    assert!(stderr.len() > "own-words\n".len(), "no summary");
}

#[test]
fn a_reader_that_goes_away_is_the_command_s_business() {
    let folder = Folder::new();
    let ended = run(&mut folder.shell("$FATHOM run -- yes 2>stderr | head -1; echo ${PIPESTATUS[0]}"));
    // SIGPIPE must be as it was before Fathom: `yes` dies from it.
    assert_eq!(ended.stdout, "y\n141\n", "{}", ended.stderr);
}

#[test]
fn sigterm_to_fathom_reaches_the_command_once() {
    let folder = Folder::new();
    let script = "trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = folder
        .fathom(["run", "--", "sh", "-c", script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = Stream::of(child.stdout.take().unwrap());
    stdout.expect("ready\n");
    kill("-TERM", child.id());
    assert_eq!(stdout.rest(), "ready\ncaught\n");
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn a_stopped_command_is_waited_for() {
    let folder = Folder::new();
    let mut child = folder
        .fathom(["run", "--", "sh", "-c", "echo $$; kill -STOP $$; echo resumed"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = Stream::of(child.stdout.take().unwrap());
    stdout.expect("\n");
    let pid =
        fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap().trim().to_owned();
    until("the command stops", || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") T "));
    assert!(child.try_wait().unwrap().is_none(), "Fathom did not wait");
    kill("-CONT", &pid);
    assert_eq!(stdout.rest(), format!("{pid}\nresumed\n"));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_command_s_environment_is_its_own() {
    let folder = Folder::new();
    let lines_of = |flags: &str| {
        let script = format!("env -i A=1 B='two words' $FATHOM run {flags} -- /usr/bin/env 2>/dev/null");
        let ended = run(&mut folder.shell(&script));
        let mut lines: Vec<String> = ended.stdout.lines().map(str::to_owned).collect();
        // Without perf events the recording itself needs a preloaded library.
        lines.retain(|line| !line.starts_with("LD_PRELOAD=") && !line.starts_with("FATHOM_"));
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines_of("--passive"), ["A=1", "B=two words"], "{}", binary());
    // Node.js is to write down where its compiled code is; nobody else reads that.
    let told = "NODE_OPTIONS=--perf-basic-prof --interpreted-frames-native-stack";
    assert_eq!(lines_of(""), ["A=1", "B=two words", told], "{}", binary());
}

#[test]
fn descriptors_are_the_command_s() {
    let folder = Folder::new();
    // The shell that lists them opens one more, 3, for the folder.
    let list =
        |prefix: &str| run(&mut folder.shell(&format!("{prefix} ls /proc/self/fd 2>/dev/null"))).stdout;
    assert_eq!(list("$FATHOM run --"), list(""));
}
