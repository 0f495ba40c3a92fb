//! Images of processes of every version are read as they were when they were made, without any runtime here; and,
//! damaged in any way, without harm.
//!
//! `FATHOM_MAKE_IMAGES=all` makes them anew of the interpreters and the toolchain of this machine, another word those
//! that have it in their path.

// Says what it makes, or that it makes nothing.
#![allow(clippy::print_stdout)]

mod images;
#[path = "images/make.rs"]
mod make;
#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_runtimes::{Detection, Locals, RuntimeDump, catalog};
use fathom_sys::process_view::ProcessView;
use images::{Image, damage};
use make::{addresses, all_of, program_of_symbols, reduce, set_program};
use python_support::{interpreters, own, poll};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PYTHON: &str = r#"import asyncio, sys, threading

async def waits(event):
    await event.wait()

async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(waits(event), name=f"waiter-{n}") for n in range(2)]
    await asyncio.sleep(0)
    blocks({"answer": 42, "password": "hunter2"}, [1, 2.5, "three", None], {b"four"})
    event.set()
    await asyncio.gather(*tasks)

def blocks(values, several, one):
    threading.Thread(target=consume, args=(sys.stdin,)).start()
    print("ready", flush=True)
    ended.wait()

def generate(lines):
    for line in lines:
        yield line

def consume(lines):
    for _ in generate(lines):
        ended.set()
        break

ended = threading.Event()
asyncio.run(main())
"#;

const GO: &str = r#"package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
)

func receives(c chan int) { <-c }

func locks(m *sync.Mutex) { m.Lock() }

func recurses(n int, c chan int) {
	if n > 0 {
		recurses(n-1, c)
	}
	<-c
}

func main() {
	c := make(chan int)
	m := new(sync.Mutex)
	m.Lock()
	labels := pprof.Labels("job", "seven")
	pprof.Do(context.Background(), labels, func(context.Context) { go receives(c) })
	go locks(m)
	go recurses(3, c)
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadByte()
}
"#;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images")
}

/// Version and state of whatever runtime it is.
fn read(view: &ProcessView) -> Option<(String, RuntimeDump)> {
    catalog::all().iter().find_map(|runtime| match runtime.detect(view) {
        Detection::Ready(mut reader) => {
            reader.read_locals(Locals::Redacted);
            let mut dump = reader.dump(view).ok()?;
            // What it waited until now.
            dump.tasks.iter_mut().for_each(|task| task.waited_nanos = None);
            Some((reader.version(), dump))
        }
        Detection::Absent | Detection::Unreadable { .. } => None,
    })
}

/// Every image, by its name.
fn all() -> Vec<(String, Image)> {
    let entries = std::fs::read_dir(folder()).expect("the folder is there");
    let mut images: Vec<(String, Image)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "image"))
        .map(|path| {
            let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).expect("it can be read");
            (name, Image::parse(&bytes).expect("it is an image"))
        })
        .collect();
    images.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!images.is_empty(), "there are images");
    images
}

/// Threads and tasks, a line each, then what could not be read.
fn text_of(version: &str, dump: &RuntimeDump) -> String {
    let mut text = format!("{version}\n");
    let stack = |frames: &[fathom_runtimes::ManagedFrame]| -> String {
        let frames = frames.iter().map(|frame| format!(" < {}:{}", frame.function, frame.line.unwrap_or(0)));
        frames.collect()
    };
    for thread in &dump.threads {
        let _ = writeln!(text, "thread {:?}{}", thread.gil, stack(&thread.frames));
        for local in thread.locals.iter().flatten().filter(|local| !local.value.contains("0x")) {
            let _ = writeln!(text, "  {} = {}", local.name, local.value);
        }
    }
    for task in dump.tasks.iter().filter(|task| !task.is_runtimes_own) {
        let name = task.name.as_deref().unwrap_or_default();
        let reason = task.wait_reason.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "{} {name} {} {reason} {:?}{}",
            task.kind,
            task.state,
            task.labels,
            stack(&task.frames)
        );
    }
    for issue in &dump.issues {
        let _ = writeln!(text, "issue {issue}");
    }
    text
}

#[test]
fn images_are_read_as_when_they_were_made() {
    for (name, image) in all() {
        let (version, dump) = read(&image.view()).unwrap_or_else(|| panic!("{name} cannot be read"));
        let file = folder().join(format!("{name}.txt"));
        let found = text_of(&version, &dump);
        let wanted = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(found == wanted, "{name}:\n{found}\nis not\n{wanted}");
    }
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

#[test]
fn damaged_images_cost_errors_not_a_hang() {
    let mut n_read = 0;
    for (number, (_, image)) in (0u64..).zip(all()) {
        let mut numbers = Numbers(number << 32);
        for case in 0..40 {
            let mut damaged = image.clone();
            let changes: Vec<u8> = (0..1 << (case % 8)).flat_map(|_| numbers.next().to_le_bytes()).collect();
            damage(&mut damaged, &changes);
            n_read += usize::from(read(&damaged.view()).is_some());
        }
    }
    assert!(n_read > 0, "some of them can be read in part");
}

#[test]
fn images_are_made_anew_when_asked() {
    let Ok(word) = std::env::var("FATHOM_MAKE_IMAGES") else {
        println!("skipped: FATHOM_MAKE_IMAGES is not set");
        return;
    };
    let is_wanted = |path: &str| word == "all" || path.contains(&word);
    for interpreter in interpreters().into_iter().filter(|interpreter| is_wanted(&interpreter.name())) {
        let running = interpreter.start(PYTHON, &[]);
        let live = running.view();
        let is_there = |dump: &RuntimeDump| {
            let mut own = dump.threads.iter().filter_map(|thread| own(&thread.frames).into_iter().next());
            dump.tasks.len() == 3 && own.any(|f| f.starts_with("blocks:")) && dump.threads.len() == 2
        };
        poll(&running, |dump| is_there(dump).then_some(()).ok_or(format!("{dump:?}")));
        let wanted = ["_PyRuntime", "Py_Version", ".AsyncioDebug"];
        let symbols = addresses(&live, &wanted);
        let (version, _) = read(&live).expect("it can be read");
        let minor = interpreter.minor;
        let mut image = all_of(&live);
        let path = format!("/usr/bin/python3.{minor}");
        set_program(
            &mut image,
            &path,
            "00000000-00001000 r-xp 00000000 08:01 7",
            program_of_symbols(&symbols),
        );
        let is_free = version.contains("free-threaded");
        make(&format!("python-3.{minor}{}", if is_free { "t" } else { "" }), image);
        running.ends_well();
    }
    if is_wanted("go") {
        make_of_go();
    }
}

fn make_of_go() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.go"), GO).expect("the program can be written");
    let built = Command::new("go")
        .current_dir(folder.path())
        .env("GOCACHE", std::env::temp_dir().join("fathom-runtimes-go-cache"))
        .args(["build", "-o", "program", "main.go"])
        .status();
    assert!(built.is_ok_and(|status| status.success()), "go builds it");
    let program = folder.path().join("program");
    let mut child =
        Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let live = ProcessView::Live(child.id() as i32);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let start = Instant::now();
    let is_there = |dump: &RuntimeDump| {
        let waits = |task: &&fathom_runtimes::TaskDump| !task.is_runtimes_own && task.state == "waiting";
        dump.tasks.iter().filter(waits).count() == 3
    };
    while !read(&live).is_some_and(|(_, dump)| is_there(&dump)) && start.elapsed() < Duration::from_secs(20) {
    }
    let mut image = all_of(&live);
    let maps = live.maps().expect("it lives").0;
    let map = maps.iter().find(|map| map.path.ends_with("/program")).expect("it is mapped");
    let map = format!("{:x}-{:x} r-xp {:08x} 08:01 7", map.start, map.end, map.file_offset);
    set_program(&mut image, "/srv/program", &map, std::fs::read(&program).expect("it is there"));
    let (version, _) = read(&image.view()).expect("it can be read");
    make(&version.replace(' ', "-").to_lowercase(), image);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

fn make(name: &str, image: Image) {
    let start = Instant::now();
    let image = reduce(image, read);
    let (version, dump) = read(&image.view()).expect("it can be read");
    std::fs::write(folder().join(format!("{name}.image")), image.to_bytes()).expect("it can be written");
    std::fs::write(folder().join(format!("{name}.txt")), text_of(&version, &dump)).expect("so can this");
    println!("{name}: {} bytes, {:?}", image.to_bytes().len(), start.elapsed());
}
