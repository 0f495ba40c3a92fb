//! Every interpreter that can be had, with stacks of every shape, to the line.

// Says which versions are not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_runtimes::GilState;
use python_support::{interpreters, line_of, own, poll, reader};
use std::time::Instant;

const PROGRAM: &str = r#"import asyncio, functools, sys, threading

class Nested:
    def outer(self, event):
        return self.middle(event)               # outer
    def middle(self, event):
        return [self.inner(event)][0]           # middle
    @staticmethod
    def inner(event):
        return (lambda: event.wait())()         # inner

def generator(event):
    yield 1
    yield event.wait()                          # generator

def delegating(event):
    yield from generator(event)                 # delegating

def consume(event):
    for _ in delegating(event):                 # consume
        pass

def recurse(n, event):
    if n:
        return recurse(n - 1, event)            # recurse
    event.wait()                                # recursed

def by_key(event):
    return sorted([1, 2], key=lambda n: event.wait() and n)         # by_key

def reduced(event):
    def add(a, b):
        return event.wait() and a + b           # add
    return functools.reduce(add, [1, 2, 3])     # reduced

class Meta(type):
    def __new__(meta, name, bases, members):
        members["event"].wait()                 # meta
        return super().__new__(meta, name, bases, members)

def makes_a_class(shared):
    class Made(metaclass=Meta):                 # made
        event = shared
    return Made

async def deep(event):
    event.wait()                                # deep

async def between(event):
    await deep(event)                           # between

async def coroutine(event):
    await asyncio.create_task(between(event))

class Context:
    def __enter__(self):
        return self
    def __exit__(self, *_):
        e.wait()                                # exit

def manages():
    with Context():                             # with
        pass

def naïve_日本語(event):
    event.wait()                                # naive

def comprehends(event):
    return [x for x in generator(event)]        # comprehends

e = threading.Event()
sys.setrecursionlimit(6000)
threading.stack_size(64 << 20)
targets = [
    lambda: Nested().outer(e),                  # l-nested
    lambda: consume(e),                         # l-consume
    lambda: recurse(5000, e),                   # l-recurse
    lambda: by_key(e),                          # l-key
    lambda: reduced(e),                         # l-reduced
    lambda: makes_a_class(e),                   # l-class
    lambda: asyncio.run(coroutine(e)),          # l-async
    lambda: naïve_日本語(e),                    # l-naive
    lambda: comprehends(e),                     # l-comprehends
    manages,
]
for target in targets:
    threading.Thread(target=target).start()
print("ready", flush=True)
sys.stdin.readline()                            # main
e.set()
"#;

/// Stacks, innermost first, as `function@mark`; in 3.10 functions have no qualified names.
fn wanted(minor: u32) -> Vec<Vec<String>> {
    let stack = |frames: &[&str]| -> Vec<String> {
        let frame = |frame: &&str| {
            let (function, mark) = frame.split_once('@').expect("a mark");
            let function =
                if minor == 10 { function.rsplit('.').next().unwrap_or_default() } else { function };
            format!("{function}:{}", line_of(PROGRAM, mark))
        };
        frames.iter().map(frame).collect()
    };
    let mut recursion = stack(&["recurse@recursed"]);
    recursion.extend(vec![stack(&["recurse@recurse"]).remove(0); 5000]);
    recursion.extend(stack(&["<lambda>@l-recurse"]));
    // Comprehensions of lists are inlined from 3.12 on (PEP 709).
    let comprehension: &[&str] = match minor {
        ..12 => &["generator@generator", "comprehends.<locals>.<listcomp>@comprehends"],
        _ => &["generator@generator"],
    };
    let comprehension = [comprehension, &["comprehends@comprehends", "<lambda>@l-comprehends"]].concat();
    vec![
        stack(&["<module>@main"]),
        stack(&[
            "Nested.inner.<locals>.<lambda>@inner",
            "Nested.inner@inner",
            "Nested.middle@middle",
            "Nested.outer@outer",
            "<lambda>@l-nested",
        ]),
        stack(&["generator@generator", "delegating@delegating", "consume@consume", "<lambda>@l-consume"]),
        recursion,
        stack(&["by_key.<locals>.<lambda>@by_key", "by_key@by_key", "<lambda>@l-key"]),
        stack(&["reduced.<locals>.add@add", "reduced@reduced", "<lambda>@l-reduced"]),
        stack(&["Meta.__new__@meta", "makes_a_class@made", "<lambda>@l-class"]),
        stack(&["deep@deep", "between@between", "<lambda>@l-async"]),
        stack(&["naïve_日本語@naive", "<lambda>@l-naive"]),
        stack(&comprehension),
        stack(&["Context.__exit__@exit", "manages@with"]),
    ]
}

#[test]
fn stacks_of_every_shape_are_right_to_the_line() {
    for interpreter in interpreters() {
        let name = interpreter.name();
        let running = interpreter.start(PROGRAM, &[]);
        let wanted = wanted(interpreter.minor);
        let (version, is_free) = {
            let reader = reader(&running.view());
            (reader.version(), reader.version().contains("free-threaded"))
        };
        assert!(version.starts_with(&format!("CPython 3.{}", interpreter.minor)), "{name}: {version}");
        let start = Instant::now();
        let (threads, n_frames) = poll(&running, |dump| {
            let all: Vec<_> = dump.threads.iter().map(|thread| own(&thread.frames)).collect();
            let short = |stack: &Vec<String>| stack[..stack.len().min(8)].to_vec();
            for stack in &wanted {
                if all.iter().filter(|found| *found == stack).count() != 1 {
                    let all: Vec<_> = all.iter().map(short).collect();
                    return Err(format!("{name}: {:?} in {all:?}, {:?}", short(stack), dump.issues));
                }
            }
            let n_frames: usize = dump.threads.iter().map(|thread| thread.frames.len()).sum();
            dump.issues.is_empty().then_some((dump.threads.clone(), n_frames)).ok_or(dump.issues.join(", "))
        });
        println!("{name}: {version}, {n_frames} frames, first right dump after {:?}", start.elapsed());
        assert_eq!(threads.len(), wanted.len(), "{name}");
        let tasks = running.view().threads().expect("it lives");
        for thread in &threads {
            assert!(
                thread.tid.is_some_and(|tid| tasks.contains(&tid)),
                "{name}: {:?} in {tasks:?}",
                thread.tid
            );
            assert!(!thread.torn, "{name}");
            // Free-threaded builds may switch the lock on for an old extension module.
            let states: &[GilState] =
                if is_free { &[GilState::NoLock, GilState::Without] } else { &[GilState::Without] };
            assert!(states.contains(&thread.gil), "{name}: {:?}", thread.gil);
        }
        running.ends_well();
    }
}

const BUSY: &str = r#"import sys, threading

def spin():
    n = 0
    while not stop:
        n += 1                                  # spin

stop = []
threading.Thread(target=spin).start()
print("ready", flush=True)
sys.stdin.readline()
stop.append(1)
"#;

#[test]
fn the_thread_that_runs_holds_the_lock() {
    for interpreter in interpreters() {
        let running = interpreter.start(BUSY, &[]);
        let name = interpreter.name();
        poll(&running, |dump| {
            let [main, other] = dump.threads.as_slice() else { return Err(format!("{name}: {dump:?}")) };
            let (main, other) = if main.tid == Some(running.pid) { (main, other) } else { (other, main) };
            let own = own(&other.frames);
            let spins = own.len() == 1 && own[0].starts_with("spin:");
            match (other.gil, main.gil) {
                (GilState::Holds, GilState::Without) | (GilState::NoLock, GilState::NoLock) if spins => {
                    Ok(())
                }
                states => Err(format!("{name}: {states:?} {own:?}")),
            }
        });
        running.ends_well();
    }
}

const COLLECTS: &str = r#"import gc, sys, threading

class Node:
    pass

def ring():
    node = Node()
    node.self = node
    return node

def collects():
    while not stop:
        gc.collect()                            # collects

gc.disable()
heap = [ring() for _ in range(200_000)]
stop = []
threading.Thread(target=collects).start()
print("ready", flush=True)
sys.stdin.readline()
stop.append(1)
"#;

#[test]
fn a_thread_that_collects_garbage_says_so() {
    for interpreter in interpreters() {
        let name = interpreter.name();
        let running = interpreter.start(COLLECTS, &[]);
        if interpreter.minor < 15 && reader(&running.view()).version().contains("free-threaded") {
            println!("skipped: {name} has no lock, and does not say which thread collects");
            running.ends_well();
            continue;
        }
        let wanted = format!("collects:{}", line_of(COLLECTS, "collects"));
        poll(&running, |dump| {
            let is_it = |kind| kind == fathom_model::FrameKind::Gc;
            let collects = dump.threads.iter().find(|thread| thread.frames.iter().any(|f| is_it(f.kind)));
            let Some(thread) = collects else { return Err(format!("{name}: {dump:?}")) };
            let is_right = own(&thread.frames) == [wanted.clone()]
                && thread.frames.first().is_some_and(|frame| frame.function == "<garbage collection>")
                && thread.tid != Some(running.pid);
            is_right.then_some(()).ok_or(format!("{name}: {thread:?}"))
        });
        running.ends_well();
    }
}
