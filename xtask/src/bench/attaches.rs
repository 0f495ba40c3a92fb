//! Hundreds of attaches to one process that works, half of them killed; what is left in it is counted.
//!
//! The process is asked a sum during each recording, so that it shows that it goes on and counts right.

use super::launch::Launch;
use super::managed::{Interpreter, program};
use super::statistics::Random;
use super::table::Table;
use super::tools::{DEFAULT_RATE_HZ, Place, Tools, machine};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How long Fathom records each time.
const RECORDED: &str = "200ms";
/// A killed Fathom is killed at most this much later than it is started.
const LONGEST_LIFE: Duration = Duration::from_millis(600);

/// Arguments of `bench attaches`.
#[derive(clap::Args)]
pub(crate) struct Attaches {
    #[command(flatten)]
    place: Place,
    /// Attaches to each process; every second one is killed at a random moment.
    #[arg(long, default_value_t = 200)]
    attaches: u32,
    /// A CPython to run the program with; may be given several times [default: pyenv's 3.11 and newest, or python3].
    #[arg(long, value_name = "FILE")]
    python: Vec<PathBuf>,
    /// A `java` to run the program with; may be given several times [default: the oldest and the newest below
    /// /usr/lib/jvm, or java].
    #[arg(long, value_name = "FILE")]
    java: Vec<PathBuf>,
    /// Only programs whose name contains this text; may be given several times.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Fail when a process was changed.
    #[arg(long)]
    check: bool,
}

/// What a process has that could grow.
#[derive(Clone, Debug, Default)]
struct State {
    descriptors: usize,
    threads: usize,
    mappings: usize,
    resident_kib: u64,
    /// Signal masks, tracer, seccomp: lines of `status` that must stay as they are.
    fixed: Vec<String>,
}

impl State {
    fn of(pid: u32) -> Result<Self> {
        let root = PathBuf::from(format!("/proc/{pid}"));
        let count = |name: &str| -> Result<usize> {
            Ok(fs::read_dir(root.join(name)).with_context(|| format!("process {pid} is gone"))?.count())
        };
        let status = fs::read_to_string(root.join("status"))?;
        let kept = ["TracerPid", "SigBlk", "SigIgn", "SigCgt", "Seccomp", "NoNewPrivs"];
        let fixed = status.lines().filter(|line| kept.iter().any(|name| line.starts_with(name)));
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
        Ok(Self {
            descriptors: count("fd")?,
            threads: count("task")?,
            mappings: fs::read_to_string(root.join("maps"))?.lines().count(),
            resident_kib: resident.and_then(|kib| kib.parse().ok()).unwrap_or(0),
            fixed: fixed.map(str::to_owned).collect(),
        })
    }
}

/// A process that answers.
struct Asked {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        // It has ended by itself, unless something failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Asked {
    fn start(words: &[std::ffi::OsString]) -> Result<Self> {
        let (file, arguments) = words.split_first().context("an empty command")?;
        let mut child =
            Command::new(file).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().context("no stdout")?);
        let mut asked = Self { child, questions, answers };
        ensure!(asked.line()? == "ready", "the program does not start");
        Ok(asked)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    /// Asks for the sum of the numbers below `n`.
    fn answers(&mut self, n: u64) -> Result<bool> {
        let questions = self.questions.as_mut().context("it was asked for its end")?;
        writeln!(questions, "{n}")?;
        Ok(self.line()? == (n * (n - 1) / 2).to_string())
    }

    fn end(mut self) -> Result<String> {
        drop(self.questions.take());
        Ok(self.child.wait()?.to_string())
    }
}

/// What came of all attaches to one process.
struct Found {
    killed: u32,
    recorded: u32,
    right: u32,
    longest_answer: Duration,
    before: State,
    after: State,
    ended: String,
    /// What a Java virtual machine says of the recordings that run in it.
    recordings: Option<String>,
}

/// A program that answers, and what runs it.
struct Subject {
    name: String,
    words: Vec<std::ffi::OsString>,
    java: Option<Interpreter>,
}

/// What `jcmd` says of a virtual machine in which nobody records.
const NO_RECORDINGS: &str = "none";

/// Asks a virtual machine for its recordings until none is left, for a while: what undoes those of a killed Fathom
/// takes its time.
fn recordings_left(java: &Interpreter, pid: u32) -> Result<String> {
    let begin = Instant::now();
    loop {
        let output = Command::new(java.tool("jcmd")).args([&pid.to_string(), "JFR.check"]).output();
        let output = output.context("cannot start jcmd")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // `Recording 1: name=... (running)`
        let left: Vec<&str> = text.lines().filter(|line| line.starts_with("Recording")).collect();
        if left.is_empty() {
            return Ok(NO_RECORDINGS.to_owned());
        }
        if begin.elapsed() > Duration::from_secs(10) {
            return Ok(left.join(", "));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Attaches {
    /// Attaches to every program and writes `attaches.md`.
    ///
    /// # Errors
    /// A program does not start or dies, or with `--check` one was changed.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let subjects = self.subjects(&tools)?;
        let mut table = Table::new(&[
            "program",
            "attaches",
            "killed",
            "recorded",
            "right answers",
            "slowest answer",
            "descriptors",
            "threads",
            "mappings",
            "resident",
            "signals, tracer",
            "recordings left",
            "end",
        ]);
        let mut is_changed = false;
        for subject in &subjects {
            let name = &subject.name;
            let found = self.subject(&tools, subject).with_context(|| name.clone())?;
            let same = found.before.fixed == found.after.fixed;
            is_changed |= !same
                || found.right < self.attaches
                || found.after.descriptors > found.before.descriptors
                || found.recordings.as_deref().is_some_and(|left| left != NO_RECORDINGS)
                || found.ended != "exit status: 0";
            let change = |before: usize, after: usize| format!("{before} → {after}");
            table.row([
                name.clone(),
                self.attaches.to_string(),
                found.killed.to_string(),
                found.recorded.to_string(),
                found.right.to_string(),
                format!("{} ms", found.longest_answer.as_millis()),
                change(found.before.descriptors, found.after.descriptors),
                change(found.before.threads, found.after.threads),
                change(found.before.mappings, found.after.mappings),
                format!("{} → {} MiB", found.before.resident_kib >> 10, found.after.resident_kib >> 10),
                if same { "the same".to_owned() } else { format!("CHANGED: {:?}", found.after.fixed) },
                found.recordings.clone().unwrap_or_else(|| "–".to_owned()),
                found.ended.clone(),
            ]);
        }
        let text = format!(
            "# Attaches\n\n{}\n\n`cargo xtask bench attaches --attaches {}`\n\n{EXPLANATION}\n{}",
            machine(),
            self.attaches,
            table.markdown()
        );
        tools.write("attaches.md", &text)?;
        if self.check && is_changed {
            bail!("a program was changed");
        }
        Ok(())
    }

    /// Every program that can be run here.
    fn subjects(&self, tools: &Tools) -> Result<Vec<Subject>> {
        let wanted =
            |name: &str| self.only.is_empty() || self.only.iter().any(|text| name.contains(text.as_str()));
        let mut subjects = Vec::new();
        for python in Interpreter::all(&self.python)? {
            let words = program(tools, "py_answers", Some(&python));
            subjects.push(Subject { name: python.name(), words, java: None });
        }
        subjects.push(Subject {
            name: "Go".to_owned(),
            words: program(tools, "goanswers", None),
            java: None,
        });
        match Interpreter::javas(&self.java) {
            Ok(javas) => subjects.extend(javas.into_iter().map(|java| {
                let words = program(tools, "JavaAnswers", Some(&java));
                Subject { name: java.name(), words, java: Some(java) }
            })),
            Err(error) if self.java.is_empty() => eprintln!("without Java: {error:#}"),
            Err(error) => return Err(error),
        }
        subjects.retain(|subject| wanted(&subject.name));
        Ok(subjects)
    }

    fn subject(&self, tools: &Tools, subject: &Subject) -> Result<Found> {
        let folder = tools.folder(&format!("attaches {}", subject.name))?;
        let mut asked = Asked::start(&subject.words)?;
        let pid = asked.child.id();
        let mut random = Random::new(0x5afe);
        // What a program sets up with its first answers is its own.
        for n in 2..50 {
            ensure!(asked.answers(n * 1000)?, "wrong before anybody looked");
        }
        // A virtual machine starts what listens to others with the first that asks, and keeps it.
        if subject.java.is_some() {
            let status = attach(tools, pid, &folder)?.wait()?;
            ensure!(status.success(), "fathom attach ended with {status}: {}", folder.display());
        }
        let before = State::of(pid)?;
        let (mut killed, mut recorded, mut right, mut longest_answer) = (0, 0, 0, Duration::ZERO);
        for round in 0..self.attaches {
            let mut fathom = attach(tools, pid, &folder)?;
            let start = Instant::now();
            let life = (round % 2 == 1).then(|| LONGEST_LIFE.mul_f64(random.unit()));
            let mut is_right = true;
            loop {
                let asked_at = Instant::now();
                is_right &= asked.answers(10_000 + u64::from(round))?;
                longest_answer = longest_answer.max(asked_at.elapsed());
                if life.is_some_and(|life| start.elapsed() >= life) {
                    fathom.kill()?;
                }
                if let Some(status) = fathom.try_wait()? {
                    killed += u32::from(status.code().is_none());
                    recorded += u32::from(status.success());
                    if life.is_none() {
                        ensure!(status.success(), "fathom attach ended with {status}: {}", folder.display());
                    }
                    break;
                }
            }
            right += u32::from(is_right);
        }
        let recordings = subject.java.as_ref().map(|java| recordings_left(java, pid)).transpose()?;
        let after = State::of(pid)?;
        Ok(Found { recordings, killed, recorded, right, longest_answer, before, after, ended: asked.end()? })
    }
}

fn attach(tools: &Tools, pid: u32, folder: &Path) -> Result<Child> {
    for old in ["run.fathom", "run.fathom.part"] {
        let _ = fs::remove_file(folder.join(old));
    }
    let words = tools.fathom_attach(pid, DEFAULT_RATE_HZ, &["--duration", RECORDED]);
    Launch::new(words, folder).spawn()
}

const EXPLANATION: &str = "\
Each time `fathom attach` records a program for 200 ms; every second Fathom is killed (SIGKILL) at a random moment of
the first 600 ms after its start, which is before, while or after it records. The program has busy threads and is asked
for a sum again and again meanwhile. *Recorded*: Fathom ended by itself with status 0. Descriptors, threads, mappings
and memory are the program's before the first and after the last attach; of a Java virtual machine, after one attach
before those that are counted, since it starts the thread that listens to others with the first and keeps it.
*Recordings left* is what `jcmd JFR.check` lists 10 seconds after the last attach, if it lists any.
";
