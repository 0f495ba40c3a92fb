//! `fathom dump PID...`: what every thread and task does at this moment.

mod tasks;

use crate::destination;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::values;
use fathom_model::{FrameKind, Pid};
use fathom_report::plain;
use fathom_runtimes::{GilState, Locals, ManagedFrame, Variable};
use fathom_session::{DumpedThread, ProcessDump, SessionError};
use serde::Serialize;
use std::fmt::Write;
use std::process::ExitCode;

/// Version of the JSON that `--json` prints.
const JSON_VERSION: u32 = 1;

/// Show what every thread of running processes does right now
///
/// Functions with file and line, which thread holds the interpreter's lock, and what the others wait for. Nothing is
/// stopped and nothing is installed. Threads and tasks that do the same stand together.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom dump 4711
  fathom dump $(pgrep -f worker)
  fathom dump --locals 4711
  fathom dump --json 4711 | jq '.processes[].threads[].frames[0]'")]
pub(crate) struct Dump {
    /// Processes to look at
    #[arg(value_name = "PID", required = true, value_parser = values::pid)]
    pids: Vec<Pid>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Show the tasks and frames of the runtime itself too: garbage collection, scheduler
    #[arg(long)]
    all: bool,

    /// Show the values of variables too (Python), without what looks like a secret
    #[arg(long)]
    locals: bool,

    /// With --locals: show secrets too
    #[arg(long, requires = "locals")]
    show_secrets: bool,
}

impl Dump {
    /// Prints one dump after the other.
    ///
    /// # Errors
    /// No such process, or one that may not be read; stdout cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let locals = match (self.locals, self.show_secrets) {
            (false, _) => Locals::Hidden,
            (true, false) => Locals::Redacted,
            (true, true) => Locals::Plain,
        };
        let dumps = self
            .pids
            .iter()
            .map(|pid| {
                fathom_session::dump(*pid, locals).map_err(|error| match error {
                    SessionError::NotPermitted { .. } => {
                        Failure::from(error).hint(format!("sudo fathom dump {pid}"))
                    }
                    _ => Failure::from(error),
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let text = if self.json { json(&dumps)? } else { text(&dumps, &Screen::stdout(), self.all) };
        destination::print(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Serialize)]
struct DumpJson<'a> {
    version: u32,
    processes: Vec<ProcessJson<'a>>,
}

#[derive(Serialize)]
struct ProcessJson<'a> {
    pid: Pid,
    command: &'a [String],
    runtimes: Vec<RuntimeJson<'a>>,
    threads: Vec<ThreadJson<'a>>,
    tasks: Vec<tasks::TaskJson<'a>>,
    issues: &'a [String],
}

#[derive(Serialize)]
struct RuntimeJson<'a> {
    id: &'a str,
    version: Option<&'a str>,
    /// How it was read.
    method: Option<&'a str>,
    /// Why it was not.
    unreadable: Option<&'a str>,
}

#[derive(Serialize)]
struct ThreadJson<'a> {
    tid: Option<i32>,
    name: &'a str,
    runs: Option<bool>,
    waits_in: Option<&'a str>,
    runtime: Option<&'a str>,
    interpreter: Option<u64>,
    /// `holds`, `without`, `no-lock`; null where nothing is known.
    gil: Option<&'a str>,
    /// Innermost first.
    frames: Vec<FrameJson<'a>>,
    /// The inner frames changed each time they were read, and are missing.
    torn: bool,
    /// What the runtime says of its state and of what it waits for.
    said: &'a [String],
}

#[derive(Serialize)]
struct FrameJson<'a> {
    function: &'a str,
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    first_line: u32,
    kind: FrameKind,
    /// With `--locals`.
    #[serde(skip_serializing_if = "Option::is_none")]
    locals: Option<Vec<VariableJson<'a>>>,
}

#[derive(Serialize)]
struct VariableJson<'a> {
    name: &'a str,
    value: &'a str,
}

fn json(dumps: &[ProcessDump]) -> Result<String, Failure> {
    let processes = dumps
        .iter()
        .map(|dump| ProcessJson {
            pid: dump.pid,
            command: &dump.command,
            runtimes: dump
                .runtimes
                .iter()
                .map(|runtime| RuntimeJson {
                    id: runtime.id,
                    version: runtime.version.as_deref(),
                    method: runtime.method.as_deref().ok(),
                    unreadable: runtime.method.as_ref().err().map(String::as_str),
                })
                .collect(),
            threads: dump.threads.iter().map(thread_json).collect(),
            tasks: dump.tasks.iter().map(tasks::json).collect(),
            issues: &dump.issues,
        })
        .collect();
    serde_json::to_string_pretty(&DumpJson { version: JSON_VERSION, processes })
        .map(|text| text + "\n")
        .map_err(|error| Failure::new(format!("cannot write JSON: {error}")))
}

fn thread_json(thread: &DumpedThread) -> ThreadJson<'_> {
    let managed = thread.managed.as_ref();
    ThreadJson {
        tid: thread.tid,
        name: &thread.name,
        runs: thread.runs,
        waits_in: thread.waits_in.as_deref(),
        runtime: managed.map(|managed| managed.runtime),
        interpreter: managed.map(|managed| managed.interpreter),
        gil: managed.and_then(|managed| match managed.gil {
            GilState::Holds => Some("holds"),
            GilState::Without => Some("without"),
            GilState::NoLock => Some("no-lock"),
            GilState::Unknown => None,
        }),
        frames: managed
            .iter()
            .flat_map(|managed| {
                managed.frames.iter().enumerate().map(|(at, frame)| (frame, managed.locals.get(at)))
            })
            .map(|(frame, locals)| FrameJson {
                locals: locals.map(|all| variables_json(all)),
                ..frame_json(frame)
            })
            .collect(),
        torn: managed.is_some_and(|managed| managed.torn),
        said: managed.map(|managed| managed.said.as_slice()).unwrap_or_default(),
    }
}

fn frame_json(frame: &ManagedFrame) -> FrameJson<'_> {
    FrameJson {
        function: &frame.function,
        file: &frame.file,
        line: frame.line,
        column: frame.column,
        first_line: frame.first_line,
        kind: frame.kind,
        locals: None,
    }
}

fn variables_json(variables: &[Variable]) -> Vec<VariableJson<'_>> {
    variables.iter().map(|Variable { name, value }| VariableJson { name, value }).collect()
}

fn text(dumps: &[ProcessDump], screen: &Screen, all: bool) -> String {
    let mut text = String::new();
    for dump in dumps {
        if !text.is_empty() {
            text.push('\n');
        }
        process_text(&mut text, dump, screen, all);
    }
    text
}

fn process_text(text: &mut String, dump: &ProcessDump, screen: &Screen, all: bool) {
    let paint = |code: &str, text: &str| paint(screen, code, text);
    let n_threads = match dump.threads.len() {
        1 => "1 thread".to_owned(),
        n => format!("{n} threads"),
    };
    let _ = writeln!(
        text,
        "{}",
        paint("1", &format!("process {}: {} ({n_threads})", dump.pid, plain(&dump.command.join(" "))))
    );
    for runtime in &dump.runtimes {
        let version = runtime.version.as_deref().unwrap_or(runtime.id);
        let how = match &runtime.method {
            Ok(how) => how.clone(),
            Err(why) => format!("cannot be read: {why}"),
        };
        let _ = writeln!(text, "{}", paint("2", &plain(&format!("{version}, {how}"))));
    }
    if dump.runtimes.is_empty() {
        let _ = writeln!(
            text,
            "{}",
            paint("2", &format!("no runtime in it that `fathom dump` reads: {}", readable()))
        );
    }
    let mut is_first = true;
    for group in groups(&dump.threads) {
        let managed = group.first().and_then(|thread| thread.managed.as_ref());
        // Threads of which nothing more is known stand line by line.
        let space = if managed.is_some() || is_first { "\n" } else { "" };
        is_first = managed.is_some();
        let _ = writeln!(text, "{space}{}", heading(&group));
        let frames = managed.map(|managed| managed.frames.as_slice()).unwrap_or_default();
        match managed {
            Some(managed) if managed.torn => {
                let _ = writeln!(text, "    {}", paint("2", "... (changed each time it was read)"));
            }
            Some(managed) if managed.frames.is_empty() => {
                let _ = writeln!(text, "    {}", paint("2", "no function of the runtime"));
            }
            _ => {}
        }
        let locals = managed.map(|managed| managed.locals.as_slice()).unwrap_or_default();
        frames_text(text, frames, locals, screen);
    }
    tasks::text(text, &dump.tasks, screen, all);
    for issue in &dump.issues {
        let _ = writeln!(text, "\nnote: {}", plain(issue));
    }
}

fn paint(screen: &Screen, code: &str, text: &str) -> String {
    if screen.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Frames, each with its variables where `locals` has them.
fn frames_text(text: &mut String, frames: &[ManagedFrame], locals: &[Vec<Variable>], screen: &Screen) {
    for (frame, variables, times) in folded(frames, locals) {
        let line = format!("    {}", place(frame));
        let line = if frame.kind == FrameKind::User { line } else { paint(screen, "2", &line) };
        let _ = writeln!(text, "{line}");
        for Variable { name, value } in variables {
            let line = format!("        {} = {}", plain(name), plain(value));
            let _ = writeln!(text, "{}", paint(screen, "2", &line));
        }
        if times > 1 {
            let _ = writeln!(text, "    {}", paint(screen, "2", &format!("... {} times more", times - 1)));
        }
    }
}

/// `function (file:line)`.
fn place(frame: &ManagedFrame) -> String {
    if frame.file.is_empty() {
        // Garbage collection is in no file.
        return plain(&frame.function);
    }
    let place = frame.line.map_or(frame.file.clone(), |line| format!("{}:{line}", frame.file));
    format!("{} ({})", plain(&frame.function), plain(&place))
}

/// The runtimes that are read, with their versions.
fn readable() -> String {
    let runtimes = fathom_session::dump_runtimes();
    runtimes.into_iter().map(|(_, versions)| versions).collect::<Vec<_>>().join(", ")
}

/// Threads that do the same together, those that run or hold a lock first, then by number.
fn groups(threads: &[DumpedThread]) -> Vec<Vec<&DumpedThread>> {
    let mut groups: Vec<Vec<&DumpedThread>> = Vec::new();
    for thread in threads {
        let alike = |group: &&mut Vec<&DumpedThread>| {
            group.first().is_some_and(|first| {
                (first.runs, &first.waits_in, &first.managed)
                    == (thread.runs, &thread.waits_in, &thread.managed)
            })
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(thread),
            None => groups.push(vec![thread]),
        }
    }
    groups.sort_by_key(|group| {
        group.first().map(|thread| {
            let holds = thread.managed.as_ref().is_some_and(|managed| managed.gil == GilState::Holds);
            (!holds, thread.runs != Some(true), thread.managed.is_none())
        })
    });
    groups
}

fn heading(group: &[&DumpedThread]) -> String {
    const SHOWN: usize = 8;
    let Some(first) = group.first() else { return String::new() };
    let mut numbers: Vec<String> = group
        .iter()
        .take(SHOWN)
        .map(|thread| thread.tid.map_or("without a number".to_owned(), |tid| tid.to_string()))
        .collect();
    if group.len() > SHOWN {
        numbers.push("...".to_owned());
    }
    let who = match group.len() {
        1 => format!("thread {}", numbers.join("")),
        n => format!("{n} threads {}", numbers.join(", ")),
    };
    let mut words = vec![if first.name.is_empty() { who } else { format!("{who} {}", plain(&first.name)) }];
    match (first.runs, &first.waits_in) {
        (Some(true), _) => words.push("running".to_owned()),
        (Some(false), Some(function)) => words.push(format!("waiting in {}", plain(function))),
        (Some(false), None) => words.push("waiting".to_owned()),
        (None, _) => {}
    }
    if let Some(managed) = &first.managed {
        if managed.gil == GilState::Holds {
            words.push("holds the GIL".to_owned());
        }
        if managed.interpreter != 0 {
            words.push(format!("interpreter {}", managed.interpreter));
        }
        words.extend(managed.said.iter().map(|said| plain(said)));
    }
    words.join(", ")
}

/// Equal frames in a row once, with how many there are.
fn folded<'a>(
    frames: &'a [ManagedFrame],
    locals: &'a [Vec<Variable>],
) -> Vec<(&'a ManagedFrame, &'a [Variable], usize)> {
    let mut rows: Vec<(&ManagedFrame, &[Variable], usize)> = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        let variables = locals.get(at).map(Vec::as_slice).unwrap_or_default();
        match rows.last_mut() {
            Some((last, same, times))
                if (&last.function, &last.file, last.line) == (&frame.function, &frame.file, frame.line)
                    && *same == variables =>
            {
                *times += 1;
            }
            _ => rows.push((frame, variables, 1)),
        }
    }
    rows
}
