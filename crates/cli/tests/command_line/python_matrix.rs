//! Every interpreter that can be had, recorded by `fathom run` and `fathom attach`: its functions to the line, merged
//! with the native frames below them. With `SLOW=1` also those of other mount namespaces.

// Prints a row for each interpreter, and which are not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "the runtimes' own tests use the rest")]
#[path = "../../../runtimes/tests/python_support/interpreters.rs"]
mod interpreters;

use crate::bench::{Folder, run};
use interpreters::{Interpreter, interpreters};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// Of its time in Python code four fifths are in `heavy`, which another function calls through C, the rest in
/// `light`; as much again is in a library. At the end a hundred threads live for a millisecond each.
const PROGRAM: &str = r#"import functools, sys, threading, time, zlib

DATA = bytes(range(256)) * 200

def heavy(_=None):
    s = 0
    for i in range(30000):
        s += i & 7
    return s

def light():
    s = 0
    for i in generate(5000):
        s += i & 7
    return s

def generate(n):
    for i in range(n):
        yield i

def through_c():
    return sorted([0], key=heavy)

def squeeze():
    return zlib.compress(DATA)

def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        through_c()
        light()
        squeeze()

def naps(seconds):
    time.sleep(seconds)

def brief():
    return [i & 7 for i in range(20000)]

def starts_threads():
    for _ in range(100):
        thread = threading.Thread(target=brief)
        thread.start()
        thread.join()

print("ready", flush=True)
seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.6
sleeper = threading.Thread(target=naps, args=(seconds,))
sleeper.start()
work(seconds)
starts_threads()
sleeper.join()
if len(sys.argv) == 1:
    sys.stdin.readline()
"#;

/// Fewer samples tell nothing; there are none at all where neither perf events nor timers work.
const FEWEST_SAMPLES: u64 = 60;
/// Stacks without their native frames. Seen: 1.2 % of 3.10, less of all others.
const MOST_UNMERGED: f64 = 0.05;

fn line_of(mark: &str) -> u64 {
    PROGRAM.lines().position(|line| line.contains(mark)).expect("it is there") as u64 + 1
}

/// Checks `x.fathom`, and says what it found in a row.
fn check(folder: &Folder, name: &str, how: &str) {
    let report: Value = serde_json::from_str(&fs::read_to_string(folder.join("x.json")).unwrap()).unwrap();
    let quality = &report["meta"]["quality"];
    let count = |what: &str| quality[what].as_u64().unwrap();
    let n_stacks = count("cpu_samples") + count("off_cpu_samples");
    if count("cpu_samples") < FEWEST_SAMPLES {
        println!("skipped: {name}, {how}: {} CPU samples only", count("cpu_samples"));
        return;
    }
    let rows = report["functions"]["rows"].as_array().unwrap();
    let row = |function: &str| {
        let is_it = |row: &&Value| {
            row["name"] == function && row["file"].as_str().is_some_and(|file| file.ends_with("/program.py"))
        };
        rows.iter().find(is_it).unwrap_or_else(|| panic!("{name}, {how}: no {function} in {rows:#?}"))
    };
    let own = |function: &str| row(function)["self_value"].as_f64().unwrap();
    if how == "run" {
        let brief = row("brief")["total_value"].as_f64().unwrap();
        assert!(brief > 0.0, "{name}: threads that end soon");
    }
    let loops = own("heavy") / (own("heavy") + own("light") + own("generate"));
    let line = row("heavy")["line"].as_u64().unwrap();
    assert!((line_of("def heavy")..=line_of("def light")).contains(&line), "{name}, {how}: {line}");
    let folded = run(&mut folder.fathom(["export", "x.fathom", "--format", "folded"])).stdout;
    let has = |part: &str| folded.contains(part);
    assert!(has(";work;through_c;heavy"), "{name}, {how}: across C\n{folded}");
    assert!(has(";work;light;generate"), "{name}, {how}: a generator\n{folded}");
    let is_merged = |line: &str| {
        let below = line.split(";work;squeeze;").nth(1).unwrap_or_default();
        ["deflate", "zlib", "libz", "adler32", "crc32"].iter().any(|part| below.contains(part))
    };
    assert!(folded.lines().any(is_merged), "{name}, {how}: no library below squeeze\n{folded}");
    let unmerged = count("unmerged") as f64 / n_stacks as f64;
    println!("| {name} | {how} | {n_stacks} | {:.2} % | {:.0} % |", unmerged * 100.0, loops * 100.0);
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        assert!(unmerged <= MOST_UNMERGED, "{name}, {how}: {unmerged} of {n_stacks} are not merged");
    }
    assert!((0.5..0.95).contains(&loops), "{name}, {how}: heavy has {loops} of the loops' time");
}

fn launched(interpreter: &Interpreter) {
    let folder = Folder::new();
    let (command, _program) = interpreter.command(PROGRAM);
    let mut fathom = folder.fathom(["run", "-o", "x.fathom", "--json", "x.json", "--"]);
    fathom.arg(command.get_program()).args(command.get_args()).arg("0.8");
    let ended = run(&mut fathom);
    assert_eq!(ended.code, 0, "{}: {}", interpreter.name(), ended.stderr);
    check(&folder, &interpreter.name(), "run");
}

fn attached(interpreter: &Interpreter) {
    let folder = Folder::new();
    let running = interpreter.start(PROGRAM, &[]);
    let pid = running.pid.to_string();
    let ended =
        run(&mut folder.fathom(["attach", &pid, "-d", "1200ms", "-o", "x.fathom", "--json", "x.json"]));
    assert_eq!(ended.code, 0, "{}: {}", interpreter.name(), ended.stderr);
    running.ends_well();
    check(&folder, &interpreter.name(), "attach");
}

#[test]
fn recordings_of_every_interpreter_are_merged_and_right_to_the_line() {
    println!("| interpreter | how | stacks | unmerged | heavy of the loops |");
    for interpreter in interpreters() {
        attached(&interpreter);
        if std::env::var_os("SLOW").is_some() {
            launched(&interpreter);
        }
    }
}
