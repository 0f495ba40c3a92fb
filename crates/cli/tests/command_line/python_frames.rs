//! Python functions in what `fathom run` and `fathom attach` record, whatever rung of the ladder reads them.

// A test that cannot run here says so.
#![allow(clippy::print_stdout)]

use crate::bench::{Folder, Stream, run};
use serde_json::Value;
use std::fs;
use std::process::Stdio;

/// Three quarters of its CPU time in `heavy`, a quarter in `light`; a third of its life asleep in `naps`.
const PROGRAM: &str = "
import sys, threading, time

def spin(n):
    s = 0
    for i in range(n):
        s += i & 7
    return s

def heavy():
    s = 0
    for i in range(30000):
        s += i & 7
    return s

def light():
    s = 0
    for i in range(10000):
        s += i & 7
    return s

def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        heavy()
        light()

def naps(seconds):
    time.sleep(seconds)

print('ready', flush=True)
sleeper = threading.Thread(target=naps, args=(float(sys.argv[1]),))
sleeper.start()
work(float(sys.argv[1]))
sleeper.join()
";

/// Fewer samples tell nothing; there are none at all where neither perf events nor timers work.
const FEWEST_SAMPLES: u64 = 60;

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("x.json")).unwrap()).unwrap()
}

/// The rows of a function in the program's own file.
fn row<'a>(rows: &'a Value, key: &str, function: &str) -> Option<&'a Value> {
    rows.as_array().unwrap().iter().find(|row| {
        row[key] == function && row["file"].as_str().is_some_and(|file| file.ends_with("program.py"))
    })
}

/// Records the program of the folder, which works for so many seconds.
fn launch(folder: &Folder, seconds: &str) {
    let words = ["run", "-o", "x.fathom", "--json", "x.json", "--", "python3", "program.py", seconds];
    let ended = run(&mut folder.fathom(words));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

/// Checks what was recorded; `false` where there is too little to check.
fn check(folder: &Folder) -> bool {
    let report = report(folder);
    let functions = &report["functions"]["rows"];
    if report["meta"]["quality"]["cpu_samples"].as_u64().unwrap() < FEWEST_SAMPLES {
        println!("skipped: {} CPU samples only", report["meta"]["quality"]["cpu_samples"]);
        return false;
    }
    let own =
        |function| row(functions, "name", function).map_or(0.0, |row| row["self_value"].as_f64().unwrap());
    let (heavy, light) = (own("heavy"), own("light"));
    let share = heavy / (heavy + light);
    assert!((0.6..0.9).contains(&share), "heavy has {share} of both, not 0.75\n{functions:#}");
    let heavy = row(functions, "name", "heavy").unwrap();
    assert_eq!(heavy["kind"], "user");
    assert!((12..=15).contains(&heavy["line"].as_u64().unwrap()), "{heavy:#}");
    let processes = &report["processes"][0];
    assert!(processes["runtime"].as_str().is_none_or(|runtime| runtime == "python"), "{processes:#}");
    true
}

#[test]
fn a_launched_python_shows_its_functions_on_cpu_and_waiting() {
    let folder = Folder::new();
    fs::write(folder.join("program.py"), PROGRAM).unwrap();
    launch(&folder, "0.6");
    if !check(&folder) {
        return;
    }
    let report = report(&folder);
    let waits = &report["waits"]["rows"];
    let naps = row(waits, "function", "naps").unwrap_or_else(|| panic!("no wait in naps\n{waits:#}"));
    assert!(naps["reason"].as_str().unwrap().ends_with("sleep"), "{naps:#}");
    let folded = run(&mut folder.fathom(["export", "x.fathom", "--format", "folded"]));
    assert!(folded.stdout.contains("<module>;work;heavy"), "callers stand before callees\n{}", folded.stdout);
}

#[test]
fn a_running_python_shows_its_functions_and_runs_on() {
    let folder = Folder::new();
    fs::write(folder.join("program.py"), PROGRAM).unwrap();
    let mut child = folder
        .command("python3")
        .args(["program.py", "3"])
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let pid = child.id().to_string();
    Stream::of(child.stdout.take().unwrap()).expect("ready");
    let ended =
        run(&mut folder.fathom(["attach", &pid, "-d", "800ms", "-o", "x.fathom", "--json", "x.json"]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(child.wait().unwrap().success(), "it was changed");
    check(&folder);
}

#[test]
fn children_that_fork_from_a_python_are_named_too() {
    let folder = Folder::new();
    let fork = PROGRAM.replace(
        "work(float(sys.argv[1]))",
        "import os\nif os.fork() == 0:\n    work(0.5)\n    os._exit(0)\nos.wait()",
    );
    fs::write(folder.join("program.py"), fork).unwrap();
    launch(&folder, "0.1");
    check(&folder);
}
