//! `fathom dump`.

use assert_cmd::Command;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command as Program, Stdio};
use std::time::{Duration, Instant};

fn fathom() -> Command {
    Command::cargo_bin("fathom").unwrap()
}

/// A Python that waits in a function with a name, in two threads.
fn python() -> Child {
    let program = "import sys, threading\n\
                   def waits_here():\n    sys.stdin.readline()\n\
                   def \u{e9}v\u{e9}nement():\n    threading.Event().wait(60)\n\
                   for _ in range(2):\n    threading.Thread(target=\u{e9}v\u{e9}nement, daemon=True).start()\n\
                   print('ready', flush=True)\nwaits_here()\n";
    let mut child = Program::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready");
    child
}

#[test]
fn functions_of_a_running_python_and_equal_threads_together() {
    let mut child = python();
    let pid = child.id().to_string();
    let wanted = ["CPython 3.", "waits_here (<string>:3)", "2 threads ", "\u{e9}v\u{e9}nement (<string>:5)"];
    // Its threads reach their last calls some time after they said so.
    let start = Instant::now();
    loop {
        let text = fathom().args(["dump", &pid]).assert().success().get_output().stdout.clone();
        let text = String::from_utf8(text).unwrap();
        let missing = wanted.iter().find(|wanted| !text.contains(**wanted));
        let Some(missing) = missing else { break };
        assert!(start.elapsed() < Duration::from_secs(20), "{missing} is not in\n{text}");
    }
    let json = fathom().args(["dump", "--json", &pid]).assert().success().get_output().stdout.clone();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success(), "it was left as it was");
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let threads = json["processes"][0]["threads"].as_array().unwrap();
    assert_eq!(threads.len(), 3);
    let main = threads.iter().find(|thread| thread["tid"] == child.id()).unwrap();
    assert_eq!(main["frames"][0]["function"], "waits_here");
    assert_eq!((&main["frames"][0]["line"], &main["torn"]), (&3.into(), &false.into()));
}

#[test]
fn goroutines_of_a_running_program_and_equal_ones_together() {
    let folder = tempfile::tempdir().unwrap();
    let program = "package main\n\
                   import \"time\"\n\
                   func waits(c chan int) { <-c }\n\
                   func main() {\n\tc := make(chan int)\n\tfor range make([]int, 5) {\n\t\tgo waits(c)\n\t}\n\
                   \tprintln(\"ready\")\n\ttime.Sleep(time.Hour)\n}\n";
    std::fs::write(folder.path().join("main.go"), program).unwrap();
    let built = ["go", "/usr/local/go/bin/go"].into_iter().find_map(|go| {
        let mut build = Program::new(go);
        build.current_dir(&folder).args(["build", "-o", "program", "main.go"]).env("GO111MODULE", "off");
        Some(build.env("GOTOOLCHAIN", "local").output().ok()?.status.success())
    });
    let Some(is_built) = built else { return println!("skipped: no go on PATH") };
    assert!(is_built, "go builds it");
    let mut child = Program::new(folder.path().join("program"))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let pid = child.id().to_string();
    let wanted =
        ["Go 1.", "5 goroutines, chan receive (channel 0x", "    main.waits (", "of the runtime's own"];
    let start = Instant::now();
    loop {
        let text = fathom().args(["dump", &pid]).assert().success().get_output().stdout.clone();
        let text = String::from_utf8(text).unwrap();
        let Some(missing) = wanted.iter().find(|wanted| !text.contains(**wanted)) else { break };
        assert!(start.elapsed() < Duration::from_secs(20), "{missing} is not in\n{text}");
    }
    let json = fathom().args(["dump", "--json", &pid]).assert().success().get_output().stdout.clone();
    child.kill().unwrap();
    child.wait().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let tasks = json["processes"][0]["tasks"].as_array().unwrap();
    let main = tasks.iter().find(|task| task["id"] == 1).unwrap();
    assert_eq!((&main["wait_reason"], &main["kind"]), (&"sleep".into(), &"goroutine".into()));
    assert!(main["frames"].as_array().unwrap().iter().any(|frame| frame["function"] == "main.main"));
}

#[test]
fn a_program_without_a_runtime_is_said_to_have_none() {
    let mut child = Program::new("sleep").arg("60").spawn().unwrap();
    let output =
        fathom().args(["dump", &child.id().to_string()]).assert().success().get_output().stdout.clone();
    child.kill().unwrap();
    child.wait().unwrap();
    let text = String::from_utf8(output).unwrap();
    assert!(
        text.contains("no runtime") && text.contains("Go 1.18 to") && text.contains("1 thread"),
        "{text}"
    );
}

#[test]
fn a_process_that_does_not_exist_is_an_error_with_a_hint() {
    let output = fathom().args(["dump", "2147483646"]).assert().code(2).get_output().stderr.clone();
    let text = String::from_utf8(output).unwrap();
    assert!(text.contains("no process 2147483646") && text.contains("hint:"), "{text}");
}
