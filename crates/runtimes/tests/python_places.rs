//! Interpreters in odd places: embedded in a program, with sub-interpreters, in a virtual environment, replaced
//! while they run.

// Says what is not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_model::FrameKind;
use fathom_runtimes::{GilState, ThreadDump};
use python_support::interpreters::Interpreter;
use python_support::{Running, interpreters, own, poll};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program on its main thread and a loop in a sub-interpreter on another.
const SUB: &str = r#"import sys, threading
try:
    import _interpreters as interpreters
    new = interpreters.create()
except ImportError:
    import _xxsubinterpreters as interpreters
    new = interpreters.create()

def start():
    # Before 3.12 a thread that never sleeps keeps the lock from threads of other interpreters for ever.
    pause = "time.sleep(0.001)" if sys.version_info < (3, 12) else "pass"
    interpreters.run_string(new, f"import time\ndef spin():\n    while True:\n        {pause}\nspin()")

threading.Thread(target=start, daemon=True).start()

def spin():
    n = 0
    while not stop:
        n += 1

stop = []
threading.Thread(target=spin, daemon=True).start()
print("ready", flush=True)
sys.stdin.readline()
stop.append(1)
import os
os._exit(0)
"#;

fn spins(thread: &ThreadDump, interpreter: bool) -> bool {
    (thread.interpreter != 0) == interpreter
        && thread.frames.first().is_some_and(|frame| frame.function == "spin")
}

#[test]
fn sub_interpreters_have_their_own_threads_and_locks() {
    for interpreter in interpreters() {
        let name = interpreter.name();
        let running = interpreter.start(SUB, &[]);
        // From 3.12 on each interpreter has a lock of its own.
        let own_lock = interpreter.minor >= 12;
        poll(&running, |dump| {
            let find = |sub: bool| dump.threads.iter().find(|thread| spins(thread, sub));
            let (Some(main), Some(sub)) = (find(false), find(true)) else {
                let all: Vec<_> = dump.threads.iter().map(|t| (t.interpreter, &t.frames)).collect();
                return Err(format!("{name}: {all:?} {:?}", dump.issues));
            };
            // The thread that entered the other interpreter is in the list of both.
            let outer = dump.threads.iter().filter(|thread| thread.tid == sub.tid).count();
            let holders = [main, sub].iter().filter(|thread| thread.gil == GilState::Holds).count();
            let is_free = main.gil == GilState::NoLock;
            let is_right = is_free || holders == if own_lock { 2 } else { 1 };
            if outer != 2 || !is_right {
                return Err(format!("{name}: {outer} of the thread, {holders} hold a lock"));
            }
            Ok(())
        });
        running.ends_well();
    }
}

const WAITS: &str = r#"import sys

def waits():
    print("ready", flush=True)
    sys.stdin.readline()

import helper
helper.call(waits)
"#;

#[test]
fn a_virtual_environment_is_read_and_its_packages_are_libraries() {
    for interpreter in interpreters().into_iter().filter(|interpreter| interpreter.root.is_none()) {
        let folder = tempfile::tempdir().expect("a folder");
        let environment = folder.path().join("environment");
        let made = Command::new(&interpreter.program)
            .args(["-m", "venv", "--without-pip", "--copies"])
            .arg(&environment)
            .output()
            .expect("it starts");
        if !made.status.success() {
            println!("skipped: {} has no venv", interpreter.name());
            continue;
        }
        // `python3.13t` for a free-threaded one.
        let name = interpreter.program.file_name().expect("it has a name");
        let packages = environment.join("lib").join(name).join("site-packages");
        std::fs::write(packages.join("helper.py"), "def call(function):\n    function()\n")
            .expect("a module");
        let program = environment.join("bin").join(name);
        let inside = Interpreter { program: program.clone(), ..interpreter };
        let running = inside.start(WAITS, &[]);
        // As an upgrade does: the file goes while it runs.
        std::fs::remove_file(&program).expect("it is there");
        poll(&running, |dump| {
            let frames = &dump.threads[0].frames;
            let found: Vec<_> =
                frames.iter().map(|frame| (frame.function.as_str(), frame.line, frame.kind)).collect();
            let wanted = [
                ("waits", Some(5), FrameKind::User),
                ("call", Some(2), FrameKind::Library),
                ("<module>", Some(8), FrameKind::User),
            ];
            (found == wanted).then_some(()).ok_or(format!("{found:?} {:?}", dump.issues))
        });
        running.ends_well();
    }
}

const EMBEDS: &str = r#"
#include <Python.h>
int main(int argc, char **argv) {
    Py_InitializeEx(0);
    FILE *file = fopen(argv[1], "r");
    int failed = file == NULL || PyRun_SimpleFileEx(file, argv[1], 1) != 0;
    return Py_FinalizeEx() != 0 || failed;
}
"#;

const EMBEDDED: &str = r#"import sys

def waits():
    print("ready", flush=True)
    sys.stdin.readline()

waits()
"#;

/// Builds a program that has an interpreter in it; `None` if the interpreter came without headers or library.
fn embed(interpreter: &Interpreter, folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let root = interpreter.program.parent()?.parent()?;
    let version = format!("3.{}", interpreter.minor);
    let include = root.join(format!("include/python{version}"));
    let library = root.join(format!("lib/libpython{version}.so.1.0"));
    if !include.join("Python.h").exists() || !library.exists() {
        return None;
    }
    // A copy that the test can take away.
    let copy = folder.join(library.file_name()?);
    std::fs::copy(&library, &copy).expect("it can be copied");
    let source = folder.join("embeds.c");
    std::fs::write(&source, EMBEDS).expect("the program can be written");
    let program = folder.join("server");
    let output = Command::new("cc")
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .arg("-I")
        .arg(&include)
        .arg(&copy)
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .output();
    match output {
        Ok(output) if output.status.success() => Some((program, copy)),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => None,
    }
}

#[test]
fn an_embedded_interpreter_is_found_also_after_its_library_is_gone() {
    for interpreter in interpreters().into_iter().filter(|interpreter| interpreter.root.is_none()) {
        let folder = tempfile::tempdir().expect("a folder");
        let Some((program, library)) = embed(&interpreter, folder.path()) else {
            println!(
                "skipped: {} has no headers and library beside it, or there is no cc",
                interpreter.name()
            );
            continue;
        };
        let home = interpreter.program.parent().and_then(Path::parent).expect("it is in a bin");
        let running: Running =
            Interpreter { program, ..interpreter.clone() }.start_with(EMBEDDED, &[], &[("PYTHONHOME", home)]);
        let check = |what: &str| {
            poll(&running, |dump| {
                let own = own(&dump.threads[0].frames);
                let wanted = ["waits:5", "<module>:7"];
                (own == wanted).then_some(()).ok_or(format!("{what}: {own:?} {:?}", dump.issues))
            });
        };
        check("with its library");
        std::fs::remove_file(library).expect("it is there");
        check("without its library");
        running.ends_well();
    }
}
