//! Real Go programs, built here, read while they run.

// Says which versions are not tested.
#![allow(clippy::print_stdout)]

use fathom_model::FrameKind;
use fathom_runtimes::{Detection, ManagedFrame, Runtime, RuntimeDump, TaskDump, catalog};
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Goroutines whose waits are known. Lines are those of this text, from 1.
const PROGRAM: &str = r#"package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

var sink int

func receives(c chan int) {
	sink = <-c // 19
}

func sends(c chan int) {
	c <- 1 // 23
}

func selects(a, b chan int) {
	select { // 27
	case sink = <-a:
	case b <- 1:
	}
}

func locks(m *sync.Mutex) {
	m.Lock() // 34
}

func waits(w *sync.WaitGroup) {
	w.Wait() // 38
}

func sleeps() {
	time.Sleep(time.Hour) // 42
}

func waitsForCondition(c *sync.Cond) {
	c.L.Lock()
	c.Wait() // 47
}

func accepts(l net.Listener) {
	l.Accept() // 51
}

func reads(fd int) {
	var b [1]byte
	syscall.Read(fd, b[:]) // 56
}

func inner(c chan int) { sink = <-c } // 59

func outer(c chan int) {
	inner(c) // 62
}

type Box struct{ c chan int }

func (b *Box) Method() {
	sink = <-b.c // 68
}

//go:noinline
func recurses(n int, c chan int) {
	if n == 0 {
		sink = <-c // 74
		return
	}
	recurses(n-1, c) // 77
}

func parked(c chan int) {
	sink = <-c // 81
}

func tied(c chan int) {
	runtime.LockOSThread()
	sink = <-c // 86
}

func spins() {
	for {
		sink++
	}
}

func starts(c chan int) {
	go func() { // 96
		sink = <-c // 97
	}()
}

func main() {
	c := make(chan int)
	go receives(c)
	go sends(make(chan int))
	go selects(make(chan int), make(chan int))
	m := new(sync.Mutex)
	m.Lock()
	go locks(m)
	w := new(sync.WaitGroup)
	w.Add(1)
	go waits(w)
	go sleeps()
	go waitsForCondition(sync.NewCond(new(sync.Mutex)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go accepts(l)
	var pipe [2]int
	syscall.Pipe(pipe[:])
	go reads(pipe[0])
	go outer(c)
	go (&Box{c}).Method()
	go recurses(3000, c)
	labels := pprof.Labels("job", "seven", "who", "me")
	pprof.Do(context.Background(), labels, func(context.Context) { go tied(c) })
	starts(c)
	for i := 0; i < 1000; i++ {
		go parked(c)
	}
	if len(os.Args) > 1 {
		go spins()
	}
	fmt.Printf("ready %p\n", m)
	bufio.NewReader(os.Stdin).ReadByte() // 135
}
"#;

/// A Go toolchain: the one on PATH, or another that it fetches.
struct Toolchain {
    go: PathBuf,
    /// `GOTOOLCHAIN`.
    name: String,
    modules: Option<PathBuf>,
}

impl Toolchain {
    /// The installed one; `None` with a word if there is none.
    fn installed() -> Option<Self> {
        let found = ["go", "/usr/local/go/bin/go"]
            .into_iter()
            .find(|go| Command::new(go).arg("version").output().is_ok_and(|output| output.status.success()));
        if found.is_none() {
            println!("skipped: no go on PATH");
        }
        Some(Self { go: found?.into(), name: "local".to_owned(), modules: None })
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.go);
        command
            .current_dir(folder)
            .env("GOTOOLCHAIN", &self.name)
            .env("GOFLAGS", "")
            .env("GOCACHE", std::env::temp_dir().join("fathom-runtimes-go-cache"));
        if let Some(modules) = &self.modules {
            command.env("GOMODCACHE", modules);
        }
        command
    }

    /// Builds [`PROGRAM`].
    fn build(&self, folder: &Path, arguments: &[&str]) -> PathBuf {
        self.build_text(folder, PROGRAM, arguments)
    }

    fn build_text(&self, folder: &Path, text: &str, arguments: &[&str]) -> PathBuf {
        std::fs::write(folder.join("main.go"), text).expect("the program can be written");
        std::fs::write(folder.join("go.mod"), "module example.com/shop\n\ngo 1.18\n").expect("so can this");
        let output = self
            .command(folder)
            .args(["build", "-o", "program"])
            .args(arguments)
            .arg(".")
            .output()
            .expect("go starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        folder.join("program")
    }
}

struct Running {
    child: Child,
    /// Address of the mutex that one goroutine waits for.
    mutex: String,
}

impl Running {
    fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let mutex = line.trim().strip_prefix("ready ").expect("it is ready").to_owned();
        Self { child, mutex }
    }

    fn view(&self) -> ProcessView {
        ProcessView::Live(self.child.id() as i32)
    }

    fn ends_well(mut self) {
        self.child.stdin.take().expect("a pipe").write_all(b"\n").expect("it still reads");
        assert!(self.child.wait().expect("it ends").success());
    }
}

fn go() -> &'static dyn Runtime {
    *catalog::all().iter().find(|runtime| runtime.id() == "go").expect("it is in the catalog")
}

fn read(view: &ProcessView) -> (String, String, RuntimeDump) {
    match go().detect(view) {
        Detection::Ready(mut reader) => {
            let dump = reader.dump(view).expect("it can be read");
            (reader.version(), reader.method(), dump)
        }
        Detection::Unreadable { version, why } => panic!("{version:?}: {why}"),
        Detection::Absent => panic!("it is not recognised"),
    }
}

/// `function:line` of the program's own frames, innermost first.
fn own(frames: &[ManagedFrame]) -> Vec<String> {
    frames
        .iter()
        .filter(|frame| frame.kind == FrameKind::User)
        .map(|frame| format!("{}:{}", frame.function, frame.line.unwrap_or(0)))
        .collect()
}

/// What is wrong with a dump of the program, if anything.
fn mistake(dump: &RuntimeDump, minor: u32, mutex: &str) -> Option<String> {
    let since = |first, name: &'static str| if minor >= first { name } else { "semacquire" };
    let mut recursion = vec!["main.recurses:74"];
    recursion.extend(vec!["main.recurses:77"; 3000]);
    let wanted: [(&[&str], &str, &str, usize); 16] = [
        (&["main.receives:19"], "waiting", "chan receive", 1),
        (&["main.sends:23"], "waiting", "chan send", 1),
        (&["main.selects:27"], "waiting", "select", 1),
        (&["main.locks:34"], "waiting", since(20, "sync.Mutex.Lock"), 1),
        (&["main.waits:38"], "waiting", since(24, "sync.WaitGroup.Wait"), 1),
        (&["main.sleeps:42"], "waiting", "sleep", 1),
        (&["main.waitsForCondition:47"], "waiting", "sync.Cond.Wait", 1),
        (&["main.accepts:51"], "waiting", "IO wait", 1),
        (&["main.reads:56"], "syscall", "", 1),
        (&["main.inner:59", "main.outer:62"], "waiting", "chan receive", 1),
        (&["main.(*Box).Method:68"], "waiting", "chan receive", 1),
        (&recursion, "waiting", "chan receive", 1),
        (&["main.parked:81"], "waiting", "chan receive", 1000),
        (&["main.tied:86"], "waiting", "chan receive", 1),
        (&["main.starts.func1:97"], "waiting", "chan receive", 1),
        (&["main.main:135"], "syscall", "", 1),
    ];
    let state = |task: &TaskDump| (task.state.clone(), task.wait_reason.clone().unwrap_or_default());
    for (frames, wanted_state, reason, n) in wanted {
        let found: Vec<&TaskDump> = dump.tasks.iter().filter(|task| own(&task.frames) == frames).collect();
        // Standard input is a pipe, which the poller watches or not, as the release will.
        let is_main = frames == ["main.main:135"];
        let n_right = found
            .iter()
            .filter(|task| {
                is_main
                    || state(task) == (wanted_state.to_owned(), reason.to_owned())
                        && task.waited_nanos.is_none()
            })
            .count();
        if n_right != n || found.len() != n {
            let states: BTreeSet<_> = found.iter().map(|task| state(task)).collect();
            let top = frames.first().copied().unwrap_or_default();
            let alike =
                dump.tasks.iter().map(|task| own(&task.frames)).find(|own| {
                    own.first().is_some_and(|own| own.split(':').next() == top.split(':').next())
                });
            let near = alike.map(|own| own.into_iter().take(4).collect::<Vec<_>>());
            return Some(format!(
                "{n_right} right of {}, wanted {n} of {top} in {wanted_state} {reason}: {states:?}, near: {near:?}",
                found.len()
            ));
        }
    }
    let one =
        |top: &str| dump.tasks.iter().find(|task| own(&task.frames).first().is_some_and(|own| own == top));
    let labels = [("job".to_owned(), "seven".to_owned()), ("who".to_owned(), "me".to_owned())];
    let locks = one("main.locks:34").and_then(|task| task.waits_for.clone()).unwrap_or_default();
    let wanted_lock = match minor {
        18..20 => "semaphore 0x".to_owned(),
        _ => format!("mutex {mutex}"),
    };
    let tied = one("main.tied:86")?;
    let started = one("main.starts.func1:97")?;
    let begun = started.created_by.as_ref().map(|frame| (frame.function.as_str(), frame.line));
    let n_channels =
        one("main.selects:27").and_then(|task| Some(task.waits_for.as_ref()?.matches("0x").count()));
    let checks = [
        ("the lock", locks.starts_with(&wanted_lock), locks.clone()),
        ("labels", tied.labels == labels, format!("{:?}", tied.labels)),
        ("a tied thread", tied.is_tied_to_thread && tied.thread.is_some(), format!("{:?}", tied.thread)),
        ("who started it", begun == Some(("main.starts", Some(96))), format!("{begun:?}")),
        ("the parent", started.parent == (minor >= 21).then_some(1), format!("{:?}", started.parent)),
        ("channels of the select", n_channels == Some(2), format!("{n_channels:?}")),
        ("no issues", dump.issues.is_empty(), format!("{:?}", dump.issues)),
        ("whole stacks", dump.tasks.iter().all(|task| task.incomplete.is_none() && !task.torn), {
            let broken = dump.tasks.iter().find(|task| task.incomplete.is_some() || task.torn);
            format!("{broken:?}")
        }),
        (
            "the thread of the system call",
            one("main.reads:56").is_some_and(|task| task.thread.is_some()),
            String::new(),
        ),
        (
            "the runtime's own",
            dump.tasks.iter().any(|task| {
                task.is_runtimes_own && task.frames.iter().any(|frame| frame.function == "runtime.bgsweep")
            }) && dump.tasks.iter().all(|task| !task.is_runtimes_own || own(&task.frames).is_empty()),
            String::new(),
        ),
    ];
    checks.into_iter().find(|(_, is_right, _)| !is_right).map(|(what, _, found)| format!("{what}: {found}"))
}

/// Reads until everything is where it should be: goroutines reach their waits some time after the program says so.
fn check(program: &Path, minor: u32, is_stripped: bool) -> String {
    let running = Running::start(program, &[]);
    let start = Instant::now();
    let version = loop {
        let (version, method, dump) = read(&running.view());
        assert_eq!(method.contains("no symbols"), is_stripped, "{method}");
        let ids: BTreeSet<u64> = dump.tasks.iter().map(|task| task.id).collect();
        assert_eq!(ids.len(), dump.tasks.len(), "numbers are unique");
        match mistake(&dump, minor, &running.mutex) {
            None => break version,
            Some(mistake) => assert!(start.elapsed() < Duration::from_secs(20), "{version}: {mistake}"),
        }
    };
    running.ends_well();
    version
}

/// `26` of `Go 1.26.8`.
fn minor_of(toolchain: &Toolchain) -> u32 {
    let output = toolchain.command(&std::env::temp_dir()).arg("version").output().expect("go starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let minor = text.split("go1.").nth(1).and_then(|rest| rest.split(['.', ' ']).next()?.parse().ok());
    minor.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)))
}

const MODES: [(&[&str], bool); 3] =
    [(&[], false), (&["-ldflags=-s -w"], true), (&["-buildmode=pie", "-trimpath", "-ldflags=-s -w"], true)];

#[test]
fn every_goroutine_is_right_to_the_line() {
    let Some(toolchain) = Toolchain::installed() else { return };
    let minor = minor_of(&toolchain);
    for (arguments, is_stripped) in MODES {
        let folder = tempfile::tempdir().expect("a folder for the program");
        let program = toolchain.build(folder.path(), arguments);
        let version = check(&program, minor, is_stripped);
        assert!(version.starts_with(&format!("Go 1.{minor}")), "{version}");
    }
}

#[test]
fn one_that_runs_has_a_thread_and_no_stack_and_the_others_are_right() {
    let Some(toolchain) = Toolchain::installed() else { return };
    let folder = tempfile::tempdir().expect("a folder for the program");
    let program = toolchain.build(folder.path(), &[]);
    let running = Running::start(&program, &["spin"]);
    let start = Instant::now();
    loop {
        let (_, _, dump) = read(&running.view());
        let runs = dump.tasks.iter().find(|task| task.state == "running");
        if let Some(task) = runs.filter(|task| task.thread.is_some()) {
            assert!(task.frames.is_empty() && task.incomplete.is_some(), "{task:?}");
            assert!(running.view().threads().expect("it lives").contains(&task.thread.expect("a thread")));
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "none is running");
    }
    running.ends_well();
}

/// Goroutines that call each other by turns, lock, sleep and are collected around.
const CHURN: &str = r#"package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

type Lock struct {
	mu sync.Mutex
	n  int
}

//go:noinline
func (l *Lock) Even(n int) {
	if n > 0 {
		l.Odd(n - 1)
		l.n++
		return
	}
	l.mu.Lock()
	l.mu.Unlock()
}

//go:noinline
func (l *Lock) Odd(n int) {
	if n > 0 {
		l.Even(n - 1)
		l.n++
		return
	}
	time.Sleep(time.Microsecond)
}

func churn(l *Lock, depth int) {
	for {
		l.Even(depth)
		l.Odd(depth)
	}
}

func main() {
	l := new(Lock)
	for i := 0; i < 20; i++ {
		go churn(l, i)
	}
	go func() {
		for {
			time.Sleep(5 * time.Millisecond)
			runtime.GC()
		}
	}()
	fmt.Println("ready 0x0")
	os.Stdin.Read(make([]byte, 1))
}
"#;

#[test]
fn stacks_that_change_while_they_are_read_are_never_wrong() {
    let Some(toolchain) = Toolchain::installed() else { return };
    let folder = tempfile::tempdir().expect("a folder for the program");
    let program = toolchain.build_text(folder.path(), CHURN, &[]);
    let begin = Instant::now();
    let running = Running::start(&program, &[]);
    let (mut n_whole, mut n_torn, mut n_unread) = (0, 0, 0);
    let Detection::Ready(mut reader) = go().detect(&running.view()) else { panic!("it is not recognised") };
    for _ in 0..100 {
        let dump = reader.dump(&running.view()).expect("it can be read");
        for task in &dump.tasks {
            let begun = |frame: &ManagedFrame| frame.line == Some(47) && frame.function == "main.main";
            if !task.created_by.as_ref().is_some_and(begun) {
                continue;
            }
            let own: Vec<&str> = task
                .frames
                .iter()
                .filter(|frame| frame.kind == FrameKind::User)
                .map(|frame| frame.function.as_str())
                .collect();
            match (task.torn, own.split_last()) {
                (true, _) => n_torn += 1,
                (false, None) => {
                    assert!(task.incomplete.is_some() || task.state == "runnable", "{task:?}");
                    n_unread += 1;
                }
                (false, Some((first, rest))) => {
                    n_whole += 1;
                    assert_eq!(task.incomplete, None, "{task:?}");
                    // One that has not begun is at the function that the compiler made for its `go` statement.
                    let is_new = rest.is_empty() && first.starts_with("main.main.");
                    assert!(*first == "main.churn" || is_new, "{own:?}");
                    assert!(rest.len() <= 20, "{own:?}");
                    assert!(rest.windows(2).all(|two| two[0] != two[1]), "{own:?}");
                }
            }
        }
    }
    // Only a collection notes since when a goroutine waits.
    let start = Instant::now();
    let waited = loop {
        let dump = reader.dump(&running.view()).expect("it can be read");
        let main = dump.tasks.iter().find(|task| task.id == 1).and_then(|task| task.waited_nanos);
        if let Some(waited) = main {
            break waited;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no collection noted that main waits");
    };
    assert!(waited < begin.elapsed().as_nanos() as u64, "it waited for {waited} ns");
    println!("{n_whole} whole, {n_torn} torn, {n_unread} running");
    assert!(n_whole > 1000, "{n_whole} whole, {n_torn} torn, {n_unread} running");
    running.ends_well();
}

/// Go called from C, which Go called.
const CGO: &str = r#"package main

/*
extern void called(void);
static void calls(void) { called(); }
*/
import "C"
import (
	"fmt"
	"os"
	"time"
)

//export called
func called() {
	fmt.Println("ready 0x0")
	time.Sleep(time.Hour) // 17
}

func outer() {
	C.calls() // 21
}

func main() {
	go outer()
	os.Stdin.Read(make([]byte, 1))
}
"#;

#[test]
fn a_stack_through_c_goes_on_in_go() {
    let Some(toolchain) = Toolchain::installed() else { return };
    if !Command::new("gcc").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return println!("skipped: no gcc on PATH");
    }
    let folder = tempfile::tempdir().expect("a folder for the program");
    let program = toolchain.build_text(folder.path(), CGO, &[]);
    let running = Running::start(&program, &[]);
    let start = Instant::now();
    loop {
        let (_, _, dump) = read(&running.view());
        let called = dump
            .tasks
            .iter()
            .find(|task| own(&task.frames).first().is_some_and(|own| own == "main.called:17"));
        let stack = called.map(|task| (own(&task.frames), task.incomplete.clone()));
        if stack.as_ref().is_some_and(|(own, incomplete)| {
            incomplete.is_none() && own.last().is_some_and(|own| own == "main.outer:21")
        }) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{stack:?}");
    }
    running.ends_well();
}

/// The file is gone or another one stands in its place, as after an upgrade.
#[test]
fn a_program_whose_file_was_replaced_is_read_from_the_file_that_runs() {
    let Some(toolchain) = Toolchain::installed() else { return };
    let folder = tempfile::tempdir().expect("a folder for the program");
    let program = toolchain.build(folder.path(), &["-ldflags=-s -w"]);
    let running = Running::start(&program, &[]);
    std::fs::remove_file(&program).expect("it can be removed");
    std::fs::write(&program, "another one").expect("and replaced");
    // On a busy machine the goroutine may not have come to its sleep yet.
    let start = Instant::now();
    loop {
        let (_, _, dump) = read(&running.view());
        if dump.tasks.iter().any(|task| own(&task.frames) == ["main.sleeps:42"]) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", dump.tasks.len());
    }
    running.ends_well();
}

/// In namespaces of its own, with a root of its own: threads and files have other names there.
#[test]
fn a_program_in_a_container_is_read_from_outside() {
    let Some(toolchain) = Toolchain::installed() else { return };
    let folder = tempfile::tempdir().expect("a folder for the program");
    let program = toolchain.build(folder.path(), &["-tags=netgo,osusergo"]);
    let root = folder.path().join("root");
    std::fs::create_dir(&root).expect("a folder for its root");
    std::fs::rename(&program, root.join("shop")).expect("it can be moved");
    let mut child = Command::new("unshare")
        .args(["--fork", "--pid", "--mount", "--kill-child", "chroot"])
        .arg(&root)
        .args(["/shop", "spin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("unshare starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    if !line.starts_with("ready") {
        child.wait().expect("it ended");
        return println!("skipped: no right to make namespaces, or no static program: {line}");
    }
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let inner: i32 = std::fs::read_to_string(children).expect("children").trim().parse().expect("one child");
    let view = ProcessView::Live(inner);
    let start = Instant::now();
    loop {
        let (_, _, dump) = read(&view);
        let running = dump.tasks.iter().find(|task| task.state == "running" && task.thread.is_some());
        let sleeps = dump.tasks.iter().any(|task| own(&task.frames) == ["main.sleeps:42"]);
        if let (Some(running), true) = (running, sleeps) {
            // Its own number is another one there.
            assert!(view.threads().expect("it lives").contains(&running.thread.expect("a thread")));
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", dump.tasks.first());
    }
    child.stdin.take().expect("a pipe").write_all(b"\n").expect("it still reads");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_program_that_is_not_go_is_none() {
    let mut child = Command::new("sleep").arg("60").spawn().expect("sleep starts");
    let detection = go().detect(&ProcessView::Live(child.id() as i32));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(matches!(detection, Detection::Absent));
}

/// Toolchains that the go command fetches as modules, the newest of each release that is known to be there.
const FETCHED: [&str; 10] = [
    "go1.18.8",
    "go1.19.4",
    "go1.20.14",
    "go1.21.13",
    "go1.22.12",
    "go1.23.12",
    "go1.24.13",
    "go1.25.14",
    "go1.26.0",
    "go1.27.4",
];

#[test]
fn every_release_from_1_18_to_1_27() {
    if std::env::var_os("SLOW").is_none() {
        return println!("skipped: SLOW is not set");
    }
    let Some(installed) = Toolchain::installed() else { return };
    // Kept between runs: some 300 MB each.
    let modules = std::env::temp_dir().join("fathom-go-toolchains");
    let mut n_read = 0;
    for name in FETCHED {
        let toolchain = Toolchain {
            go: installed.go.clone(),
            name: name.to_owned(),
            modules: Some(std::env::var_os("FATHOM_GO_MODULES").map_or(modules.clone(), PathBuf::from)),
        };
        let is_there = toolchain.command(&std::env::temp_dir()).arg("version").output();
        if !is_there.is_ok_and(|output| output.status.success()) {
            println!("not tested: {name} cannot be fetched");
            continue;
        }
        for (arguments, is_stripped) in MODES {
            let folder = tempfile::tempdir().expect("a folder for the program");
            let program = toolchain.build(folder.path(), arguments);
            let version = check(&program, minor_of(&toolchain), is_stripped);
            println!("{version} {arguments:?}");
        }
        n_read += 1;
    }
    assert!(n_read >= 4, "{n_read} releases were read");
}
