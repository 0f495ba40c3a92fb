//! A real Go program, asked for profiles of itself while it is recorded. It does its work when it is told to, so that
//! what lies between begin and end is known.

// Says what is not tested.
#![allow(clippy::print_stdout)]

use fathom_collect::catalog::{PprofAsk, ProfilesUrl};
use fathom_collect::perf::Capability;
use fathom_collect::{Method, Outcome, Recorder, RecorderSettings};
use fathom_model::{FrameKind, ModuleId, NamedFrame, RawFrame, Record, Signal, Sink, SinkError, StackId};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const MIB: i64 = 1 << 20;

/// Says `served PATH` after each request and `done` after each piece of work. Lines are those of this text, from 1.
const PROGRAM: &str = r#"package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"sync"
	"time"
)

// Every allocation is counted.
var _ = func() bool { runtime.MemProfileRate = 1; return true }()

var kept [][]byte
var dropped []byte
var mutex sync.Mutex

//go:noinline
func keeps() {
	kept = append(kept, make([]byte, 1<<20)) // 24
}

//go:noinline
func drops() {
	dropped = make([]byte, 1<<20) // 29
}

//go:noinline
func parked(c chan int) {
	<-c // 34
}

//go:noinline
func leaks() {
	<-make(chan int) // 39
}

//go:noinline
func locks() {
	mutex.Lock()
	mutex.Unlock()
}

//go:noinline
func holds() {
	mutex.Lock()
	done := make(chan int)
	go func() {
		locks()
		done <- 1
	}()
	time.Sleep(50 * time.Millisecond)
	mutex.Unlock() // 57
	<-done         // 58
}

//go:noinline
func burns() {
	for until := time.Now().Add(500 * time.Millisecond); time.Now().Before(until); {
	}
}

func work() {
	burns()
	for i := 0; i < 64; i++ {
		drops()
	}
	for i := 0; i < 8; i++ {
		keeps()
	}
	holds()
	// The heap profile is as of a collection whose sweep has ended.
	runtime.GC()
	runtime.GC()
	fmt.Println("done")
}

func main() {
	if len(os.Args) > 1 {
		runtime.SetMutexProfileFraction(1)
		runtime.SetBlockProfileRate(1)
	}
	c := make(chan int)
	for i := 0; i < 500; i++ {
		go parked(c)
	}
	go leaks()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.DefaultServeMux.ServeHTTP(w, r)
		fmt.Println("served", r.URL.Path)
	}))
	runtime.GC()
	fmt.Println("ready", listener.Addr())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		work()
	}
	runtime.KeepAlive(c)
}
"#;

/// Builds the program; `None`, with the reason printed, where that cannot be done.
fn build(folder: &Path, environment: &[(&str, &str)]) -> Option<PathBuf> {
    let go = ["go", "/usr/local/go/bin/go"]
        .into_iter()
        .find(|go| Command::new(go).arg("version").output().is_ok_and(|output| output.status.success()));
    let Some(go) = go else {
        println!("skipped: no go on PATH");
        return None;
    };
    std::fs::write(folder.join("main.go"), PROGRAM).expect("the program can be written");
    std::fs::write(folder.join("go.mod"), "module example.com/shop\n\ngo 1.18\n").expect("so can this");
    let output = Command::new(go)
        .args(["build", "-o", "program", "."])
        .current_dir(folder)
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .env("GOCACHE", std::env::temp_dir().join("fathom-collect-go-cache"))
        .envs(environment.iter().copied())
        .output()
        .expect("go starts");
    if !output.status.success() {
        println!("skipped: go build with {environment:?}: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(folder.join("program"))
}

struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Of a test that failed; one that has ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (line, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        let mut running = Self { child, input, lines, address: String::new() };
        running.address = running.line().strip_prefix("ready ").expect("it is ready").to_owned();
        running
    }

    fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    fn line(&mut self) -> String {
        self.lines.recv_timeout(Duration::from_secs(60)).expect("a line of the program, before long")
    }

    /// Waits until it has served the last profile of the start.
    fn waits_for_begin(&mut self) -> Vec<String> {
        let mut served = Vec::new();
        while served.last().is_none_or(|line: &String| !line.ends_with("/block")) {
            served.push(self.line());
        }
        served
    }

    /// What it says before it has worked.
    fn works(&mut self) -> Vec<String> {
        self.input.as_mut().expect("a pipe").write_all(b"work\n").expect("it still reads");
        std::iter::repeat_with(|| self.line()).take_while(|line| line != "done").collect()
    }

    fn ends_well(mut self) {
        self.input = None;
        assert!(self.child.wait().expect("it ends").success());
    }
}

/// Keeps what was said.
#[derive(Default)]
struct Told {
    names: HashMap<(ModuleId, u64), NamedFrame>,
    stacks: Vec<(Option<StackId>, RawFrame)>,
    /// Sums by signal and stack, as `function:line` from the innermost own frame on.
    sums: BTreeMap<(Signal, String), i64>,
    live_heap: Vec<f64>,
}

impl Told {
    fn stack(&self, stack: Option<StackId>) -> String {
        let mut next = stack;
        let mut names = Vec::new();
        while let Some(id) = next {
            let (parent, frame) = self.stacks[id.index()];
            let named = frame.module.and_then(|module| self.names.get(&(module, frame.address)));
            let named = named.expect("every frame has its name");
            assert_eq!(named.runtime, "go");
            if named.kind == FrameKind::User {
                names.push(format!("{}:{}", named.function, named.line.unwrap_or(0)));
            }
            next = parent;
        }
        names.join(" < ")
    }

    fn sum(&self, signal: Signal, innermost: &str) -> i64 {
        let of_it =
            self.sums.iter().filter(|((found, stack), _)| *found == signal && stack.starts_with(innermost));
        of_it.map(|(_, value)| value).sum()
    }
}

impl Sink for Told {
    fn record(&mut self, record: &Record) -> Result<(), SinkError> {
        match record {
            Record::Named { module, address, frame } => {
                self.names.insert((*module, *address), frame.clone());
            }
            Record::Stack { id, parent, frame } => {
                assert_eq!(id.index(), self.stacks.len());
                self.stacks.push((*parent, *frame));
            }
            Record::Sample(sample) if !matches!(sample.signal, Signal::Cpu | Signal::OffCpu) => {
                let stack = self.stack(sample.stack);
                *self.sums.entry((sample.signal, stack)).or_default() += sample.value;
            }
            Record::Series(point) if point.name == "process.live_heap" => self.live_heap.push(point.value),
            _ => {}
        }
        Ok(())
    }
}

fn recorder(pprof: Option<PprofAsk>, rate_hz: Option<f64>) -> Recorder {
    let settings = RecorderSettings {
        rate_hz,
        off_cpu: false,
        task_waits: false,
        children: true,
        max_overhead: 0.01,
        pprof,
        is_passive: false,
        guardian: None,
    };
    Recorder::new(Method::Proc, &Capability::probe(), settings).expect("/proc is enough")
}

/// Records the program while it works.
fn record(running: &mut Running, ask: PprofAsk, rate_hz: Option<f64>) -> (Told, Outcome, Vec<String>) {
    let mut told = Told::default();
    let mut recorder = recorder(Some(ask), rate_hz);
    recorder.watch_running(&[running.pid()], &mut told).expect("it runs");
    let mut served = running.waits_for_begin();
    // The answer is on its way; the program works when Fathom has it or soon will.
    recorder.step(&mut told).expect("nothing fails");
    served.extend(running.works());
    let outcome = recorder.finish(&mut told).expect("nothing fails");
    (told, outcome, served)
}

#[test]
fn what_happened_in_between_is_what_is_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let leak_profile = [("GOEXPERIMENT", "goroutineleakprofile")];
    let built = build(folder.path(), &leak_profile).map(|program| (program, true));
    let Some((program, has_leaks)) = built.or_else(|| Some((build(folder.path(), &[])?, false))) else {
        return;
    };
    let mut running = Running::start(&program, &["rates"]);
    // Before the start, so that it must not count.
    assert!(running.works().is_empty());
    let (told, outcome, served) = record(&mut running, PprofAsk::Found, None);
    let served: Vec<&str> = served.iter().map(|line| line.trim_start_matches("served ")).collect();
    let expected = ["", "heap", "mutex", "block"].map(|name| format!("/debug/pprof/{name}"));
    assert_eq!(served, expected);

    // The runtime allocates a few bytes of its own on the way, and the list of what is kept grows a little.
    assert_eq!(told.sum(Signal::AllocBytes, "main.drops:29 < main.work") / MIB, 64, "{:?}", told.sums);
    assert!(
        (64..128).contains(&told.sum(Signal::AllocCount, "main.drops:29 < main.work")),
        "{:?}",
        told.sums
    );
    assert_eq!(told.sum(Signal::AllocBytes, "main.keeps:24") / MIB, 8);
    assert_eq!(told.sum(Signal::LiveBytes, "main.keeps:24") / MIB, 16);
    assert_eq!(told.sum(Signal::Tasks, "main.parked:34"), 500);
    assert_eq!(told.sum(Signal::Tasks, "main.leaks:39"), 1);
    // The other goroutine waits while this one sleeps, which is 50 ms at least.
    assert!(told.sum(Signal::Contention, "main.holds:57") > 40_000_000, "{:?}", told.sums);
    assert!(told.sum(Signal::Contention, "main.holds:57") < 60_000_000_000);
    assert!(told.sum(Signal::TaskBlock, "main.locks") > 40_000_000, "{:?}", told.sums);
    let [begin, end] = told.live_heap[..] else { panic!("{:?}", told.live_heap) };
    assert!(end - begin >= (8 * MIB) as f64, "{begin} {end}");
    let used = outcome.inquiries.first().expect("it is in the list");
    assert!(used.used && used.how.contains(&format!("http://{}/debug/pprof/", running.address)), "{used:?}");
    assert!(outcome.quality.notes.is_empty(), "{:?}", outcome.quality.notes);
    if has_leaks {
        assert_eq!(told.sum(Signal::LeakedTasks, "main.leaks:39"), 1, "{:?}", told.sums);
        // They wait for what `main` still holds.
        assert_eq!(told.sum(Signal::LeakedTasks, "main.parked:34"), 0);
    }
    running.ends_well();
}

#[test]
fn profiles_that_are_not_switched_on_are_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(folder.path(), &[]) else { return };
    let mut running = Running::start(&program, &[]);
    let url = ProfilesUrl::parse(&format!("http://{}", running.address)).expect("an address");
    let (told, outcome, _) = record(&mut running, PprofAsk::At(url), None);
    assert_eq!(told.sum(Signal::AllocBytes, "main.drops:29") / MIB, 64);
    assert!(!told.sums.keys().any(|(signal, _)| matches!(signal, Signal::Contention | Signal::TaskBlock)));
    let note = outcome.quality.notes.first().expect("a note");
    for part in ["runtime.SetMutexProfileFraction", "runtime.SetBlockProfileRate"] {
        assert!(note.contains(part), "{note}");
    }
    running.ends_well();
}

#[test]
fn a_program_is_not_asked_unless_the_user_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(folder.path(), &[]) else { return };
    let mut running = Running::start(&program, &[]);
    let mut told = Told::default();
    let mut recorder = recorder(None, None);
    recorder.watch_running(&[running.pid()], &mut told).expect("it runs");
    let outcome = recorder.finish(&mut told).expect("nothing fails");
    let found = outcome.inquiries.first().expect("it could be asked");
    assert!(!found.used && found.how.contains(&running.address), "{found:?}");
    assert_eq!(found.fix.as_deref(), Some(format!("fathom attach {} --pprof", running.pid()).as_str()));
    assert!(told.sums.is_empty());
    // Nothing stands before the word that it has worked.
    assert!(running.works().is_empty());
    running.ends_well();
}

#[test]
fn a_program_that_ends_meanwhile_gives_what_it_gave() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(folder.path(), &[]) else { return };
    let mut running = Running::start(&program, &["rates"]);
    let mut told = Told::default();
    let mut recorder = recorder(Some(PprofAsk::Found), None);
    recorder.watch_running(&[running.pid()], &mut told).expect("it runs");
    running.waits_for_begin();
    running.ends_well();
    let outcome = recorder.finish(&mut told).expect("nothing fails");
    assert!(told.sums.is_empty(), "{:?}", told.sums);
    let note = outcome.quality.notes.first().expect("a note");
    assert!(note.contains("at the end heap cannot be asked: connection refused"), "{note}");
}

/// Without perf events there is nobody else who could say where its CPU time goes.
#[test]
fn a_program_samples_itself_where_nobody_else_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build(folder.path(), &[]) else { return };
    let mut running = Running::start(&program, &["rates"]);
    let (told, outcome, _) = record(&mut running, PprofAsk::Found, Some(499.0));
    // Half a second at 100 Hz, and less where others want the CPU.
    assert!(told.sum(Signal::ProgramCpu, "main.burns") > 0, "{:?}", told.sums);
    let note = outcome.quality.notes.first().expect("a note");
    assert!(note.contains("its own CPU profile covers "), "{note}");
    running.ends_well();
}
