//! Real interpreters, found on this machine, read while they run.

// Says which versions are not on this machine.
#![allow(clippy::print_stdout)]

use fathom_runtimes::{Detection, GilState, ManagedFrame, Runtime, RuntimeDump, catalog};
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Threads whose stacks are known: line numbers are those of this text, from 1.
const PROGRAM: &str = r#"import sys, threading, time

class Box:
    def method(self, event):
        event.wait()                      # 5

def recurse(n, event):
    if n:
        return recurse(n - 1, event)      # 9
    event.wait()                          # 10

def generator(event):
    event.wait()                          # 13
    yield 1

def consume(event):
    return [x for x in generator(event)]  # 17

def naïve_日本語(event):
    event.wait()                          # 20

def spin(event):
    n = 0
    while not event.is_set():
        n += 1                            # 25

e = threading.Event()
targets = [
    lambda: Box().method(e),              # 29
    lambda: recurse(40, e),
    lambda: consume(e),
    lambda: naïve_日本語(e),
]
for target in targets:
    threading.Thread(target=target).start()
if "spin" in sys.argv:
    threading.Thread(target=spin, args=(e,)).start()
time.sleep(0.2)
print("ready", flush=True)
sys.stdin.readline()                      # 40
e.set()
"#;

struct Running {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start(interpreter: &Path, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the program");
        let file = folder.path().join("program.py");
        std::fs::write(&file, PROGRAM).expect("the program can be written");
        let mut child = Command::new(interpreter)
            .arg(&file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the interpreter starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        assert_eq!(line.trim(), "ready", "{}", interpreter.display());
        Self { child, _folder: folder }
    }

    fn view(&self) -> ProcessView {
        ProcessView::Live(self.child.id() as i32)
    }

    fn ends_well(mut self) {
        self.child.stdin.take().expect("a pipe").write_all(b"\n").expect("it still reads");
        assert!(self.child.wait().expect("it ends").success());
    }
}

/// Interpreters by minor version: pyenv's and the system's.
fn interpreters() -> BTreeMap<u32, PathBuf> {
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")))
        .map(|root| root.join("versions"));
    let versions = pyenv.and_then(|folder| std::fs::read_dir(folder).ok());
    let mut folders: Vec<PathBuf> =
        versions.into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    folders.extend(["/usr/local/bin".into(), "/usr/bin".into()]);
    let mut found = BTreeMap::new();
    for minor in 10..=13 {
        let name = format!("python3.{minor}");
        if let Some(path) = folders.iter().map(|folder| folder.join(&name)).find(|path| path.exists()) {
            found.insert(minor, path);
        } else {
            println!("not tested: {name} is not in {folders:?}");
        }
    }
    found
}

fn python() -> &'static dyn Runtime {
    *catalog::all().iter().find(|runtime| runtime.id() == "python").expect("it is in the catalog")
}

fn read(view: &ProcessView) -> (String, RuntimeDump) {
    let Detection::Ready(mut reader) = python().detect(view) else { panic!("it is not recognised") };
    (reader.version(), reader.dump(view).expect("it can be read"))
}

/// `function:line` of the program's own frames, innermost first.
fn own(frames: &[ManagedFrame]) -> Vec<String> {
    frames
        .iter()
        .filter(|frame| frame.file.ends_with("/program.py"))
        .map(|frame| format!("{}:{}", frame.function, frame.line.unwrap_or(0)))
        .collect()
}

#[test]
fn stacks_of_every_thread_are_right_to_the_line() {
    let found = interpreters();
    assert!(!found.is_empty(), "no interpreter of 3.10 to 3.13 on this machine");
    for (minor, interpreter) in found {
        let running = Running::start(&interpreter, &[]);
        // Before 3.11 code objects have no qualified names.
        let name = |qualified: &str| match minor {
            10 => qualified.rsplit('.').next().unwrap_or_default().to_owned(),
            _ => qualified.to_owned(),
        };
        let mut recursion = vec!["recurse:10".to_owned()];
        recursion.extend(vec!["recurse:9".to_owned(); 40]);
        recursion.push("<lambda>:30".to_owned());
        // List comprehensions are inlined from 3.12 on (PEP 709).
        let comprehension = (minor < 12).then(|| format!("{}:17", name("consume.<locals>.<listcomp>")));
        let consume: Vec<String> = ["generator:13".to_owned()]
            .into_iter()
            .chain(comprehension)
            .chain(["consume:17".to_owned(), "<lambda>:31".to_owned()])
            .collect();
        let wanted = [
            vec!["<module>:40".to_owned()],
            vec![format!("{}:5", name("Box.method")), "<lambda>:29".to_owned()],
            recursion,
            consume,
            vec!["naïve_日本語:20".to_owned(), "<lambda>:32".to_owned()],
        ];
        // Its threads reach their last calls some time after it said so.
        let start = Instant::now();
        let (version, dump) = loop {
            let (version, dump) = read(&running.view());
            let all: Vec<_> = dump.threads.iter().map(|thread| own(&thread.frames)).collect();
            let n_found = |stack: &&Vec<String>| all.iter().filter(|found| found == stack).count();
            let Some(missing) = wanted.iter().find(|stack| n_found(stack) != 1) else {
                break (version, dump);
            };
            assert!(start.elapsed() < Duration::from_secs(20), "3.{minor}: {missing:?} in {all:?}");
        };
        assert!(version.starts_with(&format!("CPython 3.{minor}")), "{version}");
        assert_eq!(dump.issues, [""; 0], "3.{minor}");
        assert!(dump.threads.iter().all(|thread| !thread.torn), "3.{minor}");
        assert_eq!(dump.threads.len(), 5, "3.{minor}");
        let tasks = running.view().threads().expect("it lives");
        assert!(
            dump.threads.iter().all(|thread| thread.tid.is_some_and(|tid| tasks.contains(&tid))),
            "3.{minor}: {:?} in {tasks:?}",
            dump.threads.iter().map(|thread| thread.tid).collect::<Vec<_>>()
        );
        assert!(dump.threads.iter().all(|thread| thread.gil == GilState::Without), "3.{minor}");
        running.ends_well();
    }
}

#[test]
fn a_busy_thread_holds_the_lock_and_its_stack_is_never_wrong() {
    for (minor, interpreter) in interpreters() {
        let running = Running::start(&interpreter, &["spin"]);
        let Detection::Ready(mut reader) = python().detect(&running.view()) else {
            panic!("it is not recognised")
        };
        let (mut holds, mut torn) = (0, 0);
        for _ in 0..200 {
            let dump = reader.dump(&running.view()).expect("it can be read");
            for thread in &dump.threads {
                torn += usize::from(thread.torn);
                let own = own(&thread.frames);
                let spins = own.first().is_some_and(|frame| frame.starts_with("spin:"));
                holds += usize::from(spins && thread.gil == GilState::Holds);
                if spins {
                    let line =
                        thread.frames.iter().find(|frame| frame.function == "spin").and_then(|f| f.line);
                    assert!(matches!(line, Some(23..=25)), "3.{minor}: {own:?}");
                    assert_eq!(own.len(), 1, "3.{minor}: {own:?}");
                }
            }
        }
        // `is_set` is Python code too: now and then the stack has changed at every try.
        assert!(holds > 100, "3.{minor}: seen with the lock {holds} of 200 times, {torn} torn");
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
