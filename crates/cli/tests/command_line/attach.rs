//! `fathom attach`: by number and by name, for a time or until told to stop, leaving the process as it was.

use crate::bench::{Folder, Stream, kill, run};
use std::fs;
use std::process::{Child, Stdio};

/// A process that works a little and can be named; killed at the end.
struct Target(Child);

impl Target {
    fn start(folder: &Folder) -> Self {
        let script =
            "echo ready; while :; do i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; sleep 0.01; done";
        let mut child = folder
            .command("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Stream::of(child.stdout.take().unwrap()).expect("ready");
        Self(child)
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_process_is_recorded_for_a_time_and_runs_on() {
    let folder = Folder::new();
    let mut target = Target::start(&folder);
    let pid = target.pid();
    let ended =
        run(&mut folder.fathom(["attach", &pid, "-d", "300ms", "-o", "x.fathom", "--json", "x.json"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("recording process {pid} for 300ms")), "{}", ended.stderr);
    assert!(!ended.stdout.is_empty());
    assert!(target.0.try_wait().unwrap().is_none(), "it did not run on");
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("x.json")).unwrap()).unwrap();
    assert_eq!(report["meta"]["target"]["pids"][0].to_string(), pid);
    let seconds = report["meta"]["duration_nanos"].as_f64().unwrap() / 1e9;
    assert!((0.25..10.0).contains(&seconds), "{seconds}");
}

#[test]
fn an_interrupt_ends_the_recording_and_still_reports() {
    let folder = Folder::new();
    let target = Target::start(&folder);
    let mut child = folder
        .fathom(["attach", &target.pid(), "--json", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Stream::of(child.stderr.take().unwrap()).expect("until it ends");
    kill("-INT", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["meta"]["target"]["pids"][0].to_string(), target.pid());
}

#[test]
fn the_end_of_the_process_ends_the_recording() {
    let folder = Folder::new();
    let mut target = folder.command("sh").args(["-c", "read line"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut child = folder
        .fathom(["attach", &target.id().to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Stream::of(child.stderr.take().unwrap()).expect("until it ends");
    drop(target.stdin.take());
    target.wait().unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn nobody_to_attach_to_is_an_error() {
    let folder = Folder::new();
    let ended = run(&mut folder.fathom(["attach", "--name", "fathom-test-nobody"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    let expected = "error: no process is named `fathom-test-nobody`\n\nhint: pgrep -a fathom-test-nobody\n";
    assert_eq!(ended.stderr, expected);
    // Larger than any process number of Linux.
    let ended = run(&mut folder.fathom(["attach", "2147483647"]));
    assert!(ended.code == 2 && ended.stderr.contains("no process 2147483647"), "{}", ended.stderr);
    assert!(!folder.join(".fathom").exists());
}

#[test]
fn names_find_processes() {
    let folder = Folder::new();
    let program = folder.join("fathom-named");
    fs::copy("/bin/sleep", &program).unwrap();
    let mut target = folder.command(program.to_str().unwrap()).arg("1000").spawn().unwrap();
    let ended = run(&mut folder.fathom(["attach", "--name", "fathom-named", "-d", "100ms"]));
    target.kill().unwrap();
    target.wait().unwrap();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("recording process {}", target.id())), "{}", ended.stderr);
}
