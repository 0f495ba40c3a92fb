//! What tasks without threads wait for, in what `fathom run` and `fathom attach` record.

// A test that cannot run here says so.
#![allow(clippy::print_stdout)]

use crate::bench::{Folder, Stream, run};
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};

/// Five goroutines that wait for a channel, one that sleeps, for as many milliseconds as the argument says.
const GO_PROGRAM: &str = "package main

import (
\t\"os\"
\t\"time\"
)

func receives(c chan int) { <-c }

func main() {
\tlength, _ := time.ParseDuration(os.Args[1])
\tc := make(chan int)
\tfor range make([]int, 5) {
\t\tgo receives(c)
\t}
\tprintln(\"ready\")
\ttime.Sleep(length)
}
";

/// The program above; `None` where there is no Go.
fn build(folder: &Folder) -> Option<String> {
    fs::write(folder.join("main.go"), GO_PROGRAM).unwrap();
    let program = folder.join("program").display().to_string();
    let is_built = ["go", "/usr/local/go/bin/go"].into_iter().find_map(|go| {
        let mut build = Command::new(go);
        build
            .args(["build", "-o", &program, "main.go"])
            .current_dir(folder.join("main.go").parent().unwrap());
        build.env("GO111MODULE", "off").env("GOTOOLCHAIN", "local");
        Some(build.output().ok()?.status.success())
    });
    assert!(is_built != Some(false), "go builds it");
    is_built.map(|_| program)
}

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("x.json")).unwrap()).unwrap()
}

/// Seconds that tasks waited for `reason`, asked for by `function`, and how many did on average.
fn waited(folder: &Folder, reason: &str, function: &str) -> (f64, f64) {
    let report = report(folder);
    let rows = &report["task_waits"]["rows"];
    let is_it = |row: &&Value| row["reason"] == reason && row["function"] == function;
    let row = rows.as_array().unwrap().iter().find(is_it);
    let row = row.unwrap_or_else(|| panic!("no {reason} in {function}: {report:#}"));
    assert!(row["file"].as_str().unwrap().ends_with("main.go"), "{row:#}");
    assert!(row["line"].as_u64().is_some_and(|line| (8..20).contains(&line)), "{row:#}");
    (row["nanos"].as_f64().unwrap() / 1e9, row["average_tasks"].as_f64().unwrap())
}

#[test]
fn goroutines_of_a_launched_program() {
    let folder = Folder::new();
    let Some(program) = build(&folder) else { return println!("skipped: no go on PATH") };
    let words = ["run", "-o", "x.fathom", "--json", "x.json", "--", &program, "1s"];
    let ended = run(&mut folder.fathom(words));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let (receiving, _) = waited(&folder, "chan receive", "main.receives");
    let (sleeping, _) = waited(&folder, "sleep", "main.main");
    // Its first moments are not seen.
    assert!((0.5..1.3).contains(&sleeping), "it slept {sleeping} s, not 1 s");
    assert!((4.5..5.5).contains(&(receiving / sleeping)), "{receiving} s of five, {sleeping} s of one");
}

#[test]
fn goroutines_of_a_running_program() {
    let folder = Folder::new();
    let Some(program) = build(&folder) else { return println!("skipped: no go on PATH") };
    let mut child = Command::new(program).arg("1h").stderr(Stdio::piped()).spawn().unwrap();
    Stream::of(child.stderr.take().unwrap()).expect("ready");
    let pid = child.id().to_string();
    let words = ["attach", &pid, "-d", "800ms", "-o", "x.fathom", "--json", "x.json"];
    let ended = run(&mut folder.fathom(words));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let (_, receiving) = waited(&folder, "chan receive", "main.receives");
    let (_, sleeping) = waited(&folder, "sleep", "main.main");
    assert!((4.5..5.5).contains(&(receiving / sleeping)), "{receiving} of five, {sleeping} of one");
}

/// Three tasks that the first one waits for, asleep in a function of theirs, again and again.
const PYTHON_PROGRAM: &str = "
import asyncio, sys

async def naps(end):
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.005)

async def main(seconds):
    end = asyncio.get_running_loop().time() + seconds
    await asyncio.gather(naps(end), naps(end), naps(end))

print('ready', flush=True)
asyncio.run(main(float(sys.argv[1])))
";

#[test]
fn asyncio_tasks_of_a_launched_python() {
    let folder = Folder::new();
    fs::write(folder.join("program.py"), PYTHON_PROGRAM).unwrap();
    let words = ["run", "-o", "x.fathom", "--json", "x.json", "--", "python3", "program.py", "1"];
    let ended = run(&mut folder.fathom(words));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let report = report(&folder);
    let rows = report["task_waits"]["rows"].as_array().unwrap();
    let naps = rows.iter().find(|row| row["function"] == "naps" && row["reason"] == "await sleep");
    let naps = naps.unwrap_or_else(|| panic!("nobody naps: {report:#}"));
    assert_eq!((&naps["runtime"], &naps["state"]), (&"python".into(), &"blocked.timer".into()));
    assert!(naps["chain"].as_array().unwrap().iter().any(|name| name == "main"), "{naps:#}");
    let waited: f64 = rows.iter().map(|row| row["nanos"].as_f64().unwrap()).sum::<f64>() / 1e9;
    // The last naps end late on a busy machine, but three tasks never wait longer than three times the run.
    let run = report["meta"]["duration_nanos"].as_f64().unwrap() / 1e9;
    assert!((1.5..3.2 * run).contains(&waited), "three tasks waited {waited} s in a run of {run} s, not 3 s");
}
