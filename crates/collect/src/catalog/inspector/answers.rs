//! From what probes kept to values of the recording, and how it went in words.

use super::ID;
use super::asked::Fetched;
use super::probe::{Happening, Told};
use super::target::Target;
use crate::collector::{Answers, Statement, ToldEvent};
use fathom_formats::cpuprofile::{CpuProfile, CpuProfileNode};
use fathom_model::{
    CollectorUse, FrameKind, NamedFrame, Pid, ProcessId, SeriesPoint, Signal, ThreadState, Tid, Unit,
    WaitClass,
};
use fathom_runtimes::{Inspected, path_of_url};
use fathom_sys::process_view::ProcessView;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// A sample stands for the time to the next one, but not for a pause of the sampler's this many times as long.
const MOST_INTERVALS: i64 = 50;
/// Processes that are listed one by one.
const MAX_LISTED: usize = 8;

/// How it went with all processes so far.
#[derive(Default)]
pub(super) struct Summary {
    answers: Answers,
    frames: HashMap<NamedFrame, u32>,
    asked: Vec<String>,
    n_asked: usize,
    could_be: Vec<(Pid, String)>,
    refused: Vec<String>,
    n_openings: usize,
    n_ended: usize,
    n_left_out: usize,
}

impl Summary {
    /// A process was not asked, or not to the end; `why` is a clause about it.
    pub(super) fn refused(&mut self, target: &Target, version: &str, why: &str) {
        self.refused_by(target.pid, version, why);
    }

    pub(super) fn refused_by(&mut self, pid: Pid, version: &str, why: &str) {
        self.refused.push(format!("Process {pid} ({version}) {why}."));
    }

    /// A process could be asked if that were permitted.
    pub(super) fn could_be_asked(&mut self, target: &Target, version: &str) {
        self.could_be.push((target.pid, version.to_owned()));
    }

    pub(super) fn left_out(&mut self) {
        self.n_left_out += 1;
    }

    pub(super) fn too_late(&mut self, pid: Pid) {
        self.refused
            .push(format!("Process {pid} was not asked for JavaScript stacks: the recording was too short."));
    }

    /// A process ended before its samples were fetched.
    pub(super) fn ended(&mut self, pid: Pid, version: &str) {
        self.n_ended += 1;
        if self.n_ended <= MAX_LISTED {
            let note = format!(
                "Process {pid} ({version}) ended before its JavaScript samples were fetched; launch it with `fathom \
                 run` to have them."
            );
            self.answers.notes.push(note);
        }
        self.n_openings += 1;
    }

    /// A process was signalled and has opened nothing.
    pub(super) fn stays_pending(&mut self, target: &Target, version: &str) {
        self.refused_by(
            target.pid,
            version,
            "did not open its inspector: its main thread is not in JavaScript",
        );
        self.answers.residues.push(format!(
            "process {} will open its inspector when its main thread is back in JavaScript; if that comes after \
             Fathom's end, close it by `require('inspector').close()`",
            target.pid
        ));
    }

    /// Takes what was fetched.
    pub(super) fn fetched(&mut self, fetched: Fetched) {
        let Fetched { target, inspected, told, begin_open, end_open, problems } = fetched;
        let millis = |open: Option<Duration>| open.map(|open| format!("{:.0} ms", open.as_secs_f64() * 1e3));
        let open = match (millis(begin_open), millis(end_open)) {
            (Some(begin), Some(end)) => format!("its inspector was open for {begin} and {end}"),
            _ => "its inspector was open before and stays open".to_owned(),
        };
        self.n_asked += 1;
        self.n_openings += usize::from(begin_open.is_some()) + usize::from(end_open.is_some());
        if self.asked.len() < MAX_LISTED {
            self.asked.push(format!("process {} ({}), {open}", target.pid, inspected.version));
        }
        let mut clauses: Vec<String> = problems;
        let tids = tids_of(&target);
        for told in told {
            let thread = told.tid.and_then(|tid| tids.get(&tid).copied());
            self.put(&target, &inspected, thread, told, &mut clauses);
        }
        if !clauses.is_empty() {
            let whose = format!("{} process {}", inspected.version, target.pid);
            self.answers.notes.push(format!("JavaScript of {whose}: {}.", clauses.join("; ")));
        }
    }

    fn put(
        &mut self,
        target: &Target,
        inspected: &Inspected,
        thread: Option<Tid>,
        told: Told,
        clauses: &mut Vec<String>,
    ) {
        let whose = if told.title.is_empty() { "the main thread".to_owned() } else { told.title.clone() };
        if told.lost_pieces > 0 {
            clauses.push(format!("{} older parts of the profile of {whose} were dropped", told.lost_pieces));
        }
        if told.lost_events > 0 {
            clauses.push(format!("{} events of {whose} were dropped", told.lost_events));
        }
        clauses.extend(told.problems.into_iter().map(|problem| format!("{whose}: {problem}")));
        if let (Some(thread), false) = (thread, told.title.is_empty()) {
            self.answers.thread_names.push((target.process, thread, told.title.clone()));
        }
        for profile in &told.profiles {
            self.samples(target.process, thread, profile, inspected);
        }
        let events = told.happenings.iter().filter_map(|happening| event(target.process, thread, happening));
        self.answers.events.extend(events);
        // Those of workers would be under the same names.
        if told.title.is_empty() {
            for point in &told.points {
                let [mean, median, most, latest] = point.late_nanos;
                let values = [
                    ("utilization", Unit::Ratio, point.utilization),
                    ("delay_mean", Unit::Nanoseconds, mean),
                    ("delay_p50", Unit::Nanoseconds, median),
                    ("delay_p99", Unit::Nanoseconds, most),
                    ("delay_max", Unit::Nanoseconds, latest),
                ];
                self.answers.series.extend(values.map(|(name, unit, value)| SeriesPoint {
                    name: format!("node.event_loop.{name}"),
                    unit,
                    time_nanos: point.time_micros.saturating_mul(1_000),
                    value,
                    process: Some(target.process),
                }));
            }
        }
    }

    fn samples(
        &mut self,
        process: ProcessId,
        thread: Option<Tid>,
        profile: &CpuProfile,
        inspected: &Inspected,
    ) {
        let mut callers: Vec<Option<u32>> = Vec::with_capacity(profile.nodes.len());
        for node in &profile.nodes {
            let caller = node.parent.and_then(|parent| callers.get(parent as usize).copied().flatten());
            callers.push(self.stack_of(node, None, caller, inspected));
        }
        let mut stacks: HashMap<(u32, Option<u32>), Option<u32>> = HashMap::new();
        let n = profile.samples.len().max(1) as i64;
        let usual = ((profile.end_micros - profile.start_micros) / n).max(1);
        for (at, sample) in profile.samples.iter().enumerate() {
            let Some(node) = profile.nodes.get(sample.node as usize) else { continue };
            let next = profile.samples.get(at + 1).map_or(profile.end_micros, |next| next.time_micros);
            let micros = (next - sample.time_micros).clamp(0, usual.saturating_mul(MOST_INTERVALS));
            let stack = match stacks.get(&(sample.node, sample.line)) {
                Some(known) => *known,
                None => {
                    let caller =
                        node.parent.and_then(|parent| callers.get(parent as usize).copied().flatten());
                    let stack = self.stack_of(node, sample.line, caller, inspected);
                    stacks.insert((sample.node, sample.line), stack);
                    stack
                }
            };
            self.answers.statements.push(Statement {
                process,
                thread,
                signal: Signal::ProgramWall,
                time_nanos: sample.time_micros.saturating_mul(1_000),
                value: micros.saturating_mul(1_000),
                n: 1,
                state: state_of(node),
                stack,
            });
        }
    }

    /// The stack that ends in a node. The root and the marks of a thread that runs no JavaScript have no frame.
    fn stack_of(
        &mut self,
        node: &CpuProfileNode,
        line: Option<u32>,
        caller: Option<u32>,
        inspected: &Inspected,
    ) -> Option<u32> {
        if node.is_root() || node.is_idle() || node.is_program() {
            return caller;
        }
        let frame = frame_of(node, line, inspected);
        let list = &mut self.answers.frames;
        let frame = *self.frames.entry(frame).or_insert_with_key(|frame| {
            list.push(frame.clone());
            (list.len() - 1) as u32
        });
        Some(self.answers.stacks.intern(caller, frame))
    }

    /// Everything, and how it was done.
    pub(super) fn into_answers(mut self, interval_micros: u64) -> Answers {
        if self.n_openings > 0 {
            let (n, lines) = (self.n_openings, self.n_openings * 3);
            self.answers.residues.push(format!(
                "{lines} lines about a debugger, which Node.js writes to the stderr of a program whose inspector is \
                 opened ({n} times here), and 2 or 4 more each time that its event loop was blocked: then it opens \
                 once more for an instant"
            ));
        }
        if self.n_left_out > 0 {
            let n = self.n_left_out;
            self.answers.notes.push(format!("{n} more JavaScript processes were not asked."));
        }
        if self.n_ended > MAX_LISTED {
            let n = self.n_ended - MAX_LISTED;
            self.answers.notes.push(format!("{n} more processes ended before their JavaScript was fetched."));
        }
        let first_refused = self.refused.first().cloned();
        let is_used = self.n_asked > 0;
        self.answers.used = if is_used {
            let more = match self.n_asked - self.asked.len() {
                0 => String::new(),
                n => format!("; and {n} more"),
            };
            Some(CollectorUse {
                id: ID.to_owned(),
                used: true,
                how: format!(
                    "a sample every {interval_micros} us in {}{more}; functions that V8 had compiled into their \
                     callers, or while they ran, before count for their callers",
                    self.asked.join("; ")
                ),
                fix: None,
            })
        } else if let Some((pid, version)) = self.could_be.first() {
            Some(CollectorUse {
                id: ID.to_owned(),
                used: false,
                how: format!(
                    "process {pid} ({version}) could be asked by its inspector, which runs code in it; --passive \
                     forbids that"
                ),
                fix: Some(format!("fathom attach {pid}")),
            })
        } else {
            // Why nothing came at all stands there and is no note.
            first_refused.map(|why| {
                self.refused.remove(0);
                CollectorUse {
                    id: ID.to_owned(),
                    used: false,
                    how: why.trim_end_matches('.').to_owned(),
                    fix: None,
                }
            })
        };
        self.answers.notes.extend(self.refused.iter().take(MAX_LISTED).cloned());
        self.answers
    }
}

fn state_of(node: &CpuProfileNode) -> ThreadState {
    if node.is_idle() {
        ThreadState::Blocked(WaitClass::Poll)
    } else if node.is_program() {
        // Code of C++, or a system call.
        ThreadState::Unknown
    } else {
        ThreadState::Running
    }
}

fn frame_of(node: &CpuProfileNode, line: Option<u32>, inspected: &Inspected) -> NamedFrame {
    let file = path_of_url(&node.url);
    let function = match node.function.as_str() {
        "" => "(anonymous)".to_owned(),
        name => name.to_owned(),
    };
    let kind = match node.is_garbage_collector() {
        true => FrameKind::Gc,
        false => (inspected.kind_of)(&function, &file),
    };
    NamedFrame {
        function,
        file: Some(file).filter(|file| !file.is_empty()),
        line,
        column: None,
        function_start_line: node.line,
        kind,
        runtime: inspected.runtime.to_owned(),
        inlined: false,
    }
}

/// Our numbers of a process's threads by their own.
fn tids_of(target: &Target) -> BTreeMap<i32, Tid> {
    let view = ProcessView::Live(target.pid);
    let threads = view.threads().unwrap_or_default().into_iter();
    threads.map(|tid| (view.thread_status(tid).map_or(tid, |status| status.innermost_pid()), tid)).collect()
}

/// Kinds of V8's collections (`perf_hooks.constants.NODE_PERFORMANCE_GC_*`).
fn gc_kind(number: i64) -> &'static str {
    match number {
        1 => "minor",
        2 | 4 => "major",
        8 => "incremental",
        16 => "weak callbacks",
        _ => "other",
    }
}

fn event(process: ProcessId, thread: Option<Tid>, happening: &Happening) -> Option<ToldEvent> {
    let text = |at: usize| happening.values.get(at).and_then(Value::as_str).unwrap_or_default();
    let number = |at: usize| happening.values.get(at).and_then(Value::as_i64).unwrap_or(0);
    let (kind, attributes) = match (happening.kind.as_str(), text(0)) {
        ("gc", _) => ("gc.pause", json!({ "gc.type": gc_kind(number(0)) })),
        ("http", name) => {
            let kind = if name == "HttpClient" { "http.client.request" } else { "http.server.request" };
            let attributes = json!({
                "http.request.method": text(1),
                "url.path": text(2),
                "http.response.status_code": number(3),
            });
            (kind, attributes)
        }
        ("net", _) => ("net.connect", json!({ "server.address": text(1), "server.port": number(2) })),
        ("dns", name) => ("dns.lookup", json!({ "dns.operation": name, "dns.question.name": text(1) })),
        _ => return None,
    };
    Some(ToldEvent {
        process,
        thread,
        kind: kind.to_owned(),
        start_nanos: happening.start_micros.saturating_mul(1_000),
        duration_nanos: happening.duration_micros.saturating_mul(1_000),
        stack: None,
        attributes: attributes.to_string(),
    })
}
