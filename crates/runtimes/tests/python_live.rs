//! A busy interpreter, read many times while it runs; and what is none.

// Says which versions are not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_runtimes::{Detection, GilState};
use fathom_sys::process_view::ProcessView;
use python_support::{interpreters, line_of, own, python, reader};
use std::process::Command;

const PROGRAM: &str = r#"import sys, threading

def spin(event):
    n = 0
    while not event.is_set():                   # asks
        n += 1                                  # adds

e = threading.Event()
threading.Thread(target=spin, args=(e,)).start()
print("ready", flush=True)
sys.stdin.readline()
e.set()
"#;

#[test]
fn a_busy_thread_has_the_lock_and_its_stack_is_never_wrong() {
    let lines = line_of(PROGRAM, "asks") - 1..=line_of(PROGRAM, "adds");
    for interpreter in interpreters() {
        let name = interpreter.name();
        let running = interpreter.start(PROGRAM, &[]);
        let mut reader = reader(&running.view());
        let (mut n_busy, mut n_torn) = (0, 0);
        for _ in 0..200 {
            let dump = reader.dump(&running.view()).expect("it can be read");
            for thread in &dump.threads {
                n_torn += usize::from(thread.torn);
                let own = own(&thread.frames);
                if own.first().is_none_or(|frame| !frame.starts_with("spin:")) {
                    continue;
                }
                n_busy += usize::from(matches!(thread.gil, GilState::Holds | GilState::NoLock));
                let line = thread.frames.iter().find(|frame| frame.function == "spin").and_then(|f| f.line);
                assert!(line.is_some_and(|line| lines.contains(&line)), "{name}: {own:?}");
                assert_eq!(own.len(), 1, "{name}: {own:?}");
            }
        }
        // `is_set` is Python code too: now and then the stack has changed at every try.
        assert!(n_busy > 100, "{name}: seen with the lock {n_busy} of 200 times, {n_torn} torn");
        running.ends_well();
    }
}

#[test]
fn a_program_without_an_interpreter_is_not_one() {
    let mut child = Command::new("sleep").arg("60").spawn().expect("sleep starts");
    let detection = python().detect(&ProcessView::Live(child.id() as i32));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(matches!(detection, Detection::Absent));
}
