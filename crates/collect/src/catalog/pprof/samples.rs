//! From the profiles of a begin and an end to values of the recording.

use super::ask::Asked;
use crate::collector::{Answers, Statement};
use crate::loopback::http::quoted;
use fathom_formats::pprof::{PprofFrame, PprofProfile};
use fathom_model::{FrameKind, NamedFrame, SeriesPoint, Signal, ThreadState, Unit};
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, HashMap};

/// A column of a profile and what it is here.
struct Column {
    profile: &'static str,
    values: &'static str,
    /// The column that says how many there were.
    counts: &'static str,
    /// The column that says how many bytes they have, if any does.
    bytes: &'static str,
    signal: Signal,
    /// It counts since the program's start.
    is_counting: bool,
}

const COLUMNS: [Column; 9] = [
    Column::new("heap", "alloc_space", "alloc_objects", Signal::AllocBytes, true).of_size("alloc_space"),
    Column::new("heap", "alloc_objects", "alloc_objects", Signal::AllocCount, true).of_size("alloc_space"),
    Column::new("heap", "inuse_space", "inuse_objects", Signal::LiveBytes, false).of_size("inuse_space"),
    Column::new("heap", "inuse_objects", "inuse_objects", Signal::LiveCount, false).of_size("inuse_space"),
    Column::new("mutex", "delay", "contentions", Signal::Contention, true),
    Column::new("block", "delay", "contentions", Signal::TaskBlock, true),
    Column::new("goroutine", "goroutine", "goroutine", Signal::Tasks, false),
    Column::new("goroutineleak", "goroutineleak", "goroutineleak", Signal::LeakedTasks, false),
    // Its pieces are of the recording alone.
    Column::new(CPU, super::cpu::COLUMN, "samples", Signal::ProgramCpu, false),
];

/// Where the pieces of the CPU profile stand among the profiles of the end.
const CPU: &str = "cpu";

/// Profiles that are empty unless the program asks for them, and the function it does so with.
const SWITCHED_ON: [(&str, &str); 2] =
    [("mutex", "runtime.SetMutexProfileFraction"), ("block", "runtime.SetBlockProfileRate")];

impl Column {
    const fn new(
        profile: &'static str,
        values: &'static str,
        counts: &'static str,
        signal: Signal,
        is_counting: bool,
    ) -> Self {
        Self { profile, values, counts, bytes: "", signal, is_counting }
    }

    const fn of_size(self, bytes: &'static str) -> Self {
        Self { bytes, ..self }
    }
}

/// Distinct frames of all answers.
#[derive(Default)]
pub(super) struct Frames {
    list: Vec<NamedFrame>,
    index: HashMap<NamedFrame, u32>,
}

impl Frames {
    fn number(&mut self, frame: NamedFrame) -> u32 {
        let list = &mut self.list;
        *self.index.entry(frame).or_insert_with_key(|frame| {
            list.push(frame.clone());
            (list.len() - 1) as u32
        })
    }

    pub(super) fn into_list(self) -> Vec<NamedFrame> {
        self.list
    }
}

/// Value, count and bytes by stack.
type Sums = BTreeMap<Vec<u32>, [i64; 3]>;

/// Puts what a process said among the answers.
pub(super) fn put(mut asked: Asked, frames: &mut Frames, answers: &mut Answers) {
    let mut clauses: Vec<String> = Vec::new();
    if let Some(mut pieces) = asked.cpu.take() {
        clauses.push(format!("its own CPU profile covers {} s", pieces.seconds()));
        clauses.extend(pieces.problem.take());
        asked.end.profiles.insert(CPU, pieces.into_profile());
    }
    let asked = &asked;
    for column in &COLUMNS {
        let Some(end) = asked.end.profiles.get(column.profile) else { continue };
        let Some(mut sums) = sums(end, column, asked, frames) else { continue };
        if column.is_counting {
            let begin = asked.begin.profiles.get(column.profile);
            let Some(begin) = begin.and_then(|begin| self::sums(begin, column, asked, frames)) else {
                continue;
            };
            subtract(&mut sums, &begin);
        }
        let said = sums.into_iter().filter(|(_, [value, ..])| *value > 0);
        for (innermost_first, [value, count, bytes]) in said {
            answers.statements.push(Statement {
                process: asked.process,
                thread: None,
                signal: column.signal,
                time_nanos: asked.end.time_nanos,
                value,
                n: observations(count, bytes, end.period),
                state: ThreadState::Unknown,
                stack: answers.stacks.stack(&innermost_first),
            });
        }
    }
    for (name, function) in SWITCHED_ON {
        if asked.end.profiles.get(name).is_some_and(|profile| profile.samples.is_empty()) {
            clauses.push(format!(
                "{name} is empty, as it is until the program calls {function} and something waits"
            ));
        }
    }
    if let Some(clause) = heap_stood_still(asked) {
        clauses.push(clause.to_owned());
    }
    clauses.extend(asked.begin.problems.iter().map(|problem| format!("at the start {problem}")));
    clauses.extend(asked.end.problems.iter().map(|problem| format!("at the end {problem}")));
    clauses.extend(other_program(asked));
    if !clauses.is_empty() {
        let version = asked.known.as_ref().map_or("", |known| known.version.as_str());
        let whose = format!("{version} process {}", asked.pid);
        answers.notes.push(format!("Profiles of {} by itself: {}.", whose.trim_start(), clauses.join("; ")));
    }
    for answer in [&asked.begin, &asked.end] {
        let Some(heap) = answer.profiles.get("heap") else { continue };
        let Some(at) = heap.column("inuse_space") else { continue };
        let value =
            heap.samples.iter().filter_map(|sample| sample.values.get(at)).map(|value| *value as f64).sum();
        answers.series.push(SeriesPoint {
            name: "process.live_heap".to_owned(),
            unit: Unit::Bytes,
            time_nanos: answer.time_nanos,
            value,
            process: Some(asked.process),
        });
    }
}

/// Values and counts of a column by stack; `None` if the profile does not have it.
fn sums(profile: &PprofProfile, column: &Column, asked: &Asked, frames: &mut Frames) -> Option<Sums> {
    let wanted =
        [Some(profile.column(column.values)?), profile.column(column.counts), profile.column(column.bytes)];
    let numbers: Vec<u32> = profile.frames.iter().map(|frame| frames.number(named(frame, asked))).collect();
    let mut sums = Sums::new();
    for sample in &profile.samples {
        let stack = sample.frames.iter().filter_map(|at| numbers.get(*at as usize)).copied().collect();
        let sum = sums.entry(stack).or_insert([0; 3]);
        for (sum, at) in sum.iter_mut().zip(wanted) {
            let value = at.and_then(|at| sample.values.get(at)).copied().unwrap_or(0);
            *sum = sum.saturating_add(value);
        }
    }
    Some(sums)
}

fn named(frame: &PprofFrame, asked: &Asked) -> NamedFrame {
    let (kind, runtime) = match &asked.known {
        Some(known) => ((known.kind_of)(&frame.function, &frame.file), known.runtime),
        None => (FrameKind::Unknown, "pprof"),
    };
    NamedFrame {
        function: frame.function.clone(),
        file: Some(frame.file.clone()).filter(|file| !file.is_empty()),
        line: frame.line,
        column: None,
        function_start_line: frame.start_line,
        kind,
        runtime: runtime.to_owned(),
        inlined: false,
    }
}

fn subtract(sums: &mut Sums, begin: &Sums) {
    for (stack, values) in begin {
        for (sum, value) in sums.get_mut(stack).into_iter().flatten().zip(values) {
            *sum = sum.saturating_sub(*value);
        }
    }
}

/// How many observations stand behind a value. Go's heap takes one allocation of `size` bytes with the probability
/// `1 - exp(-size / period)` and scales by its inverse (`scaleHeapSample` of `runtime/pprof/protomem.go`); the others
/// do not say how they scaled.
fn observations(count: i64, bytes: i64, period: i64) -> u32 {
    let count = count.max(0) as f64;
    let taken = match bytes > 0 && count > 0.0 && period > 1 {
        true => (count * (1.0 - (-(bytes as f64 / count) / period as f64).exp())).round().max(1.0),
        false => count,
    };
    taken.min(f64::from(u32::MAX)) as u32
}

/// Why there are no allocations, if there are none: the heap profile is that of the last finished collection.
fn heap_stood_still(asked: &Asked) -> Option<&'static str> {
    let (begin, end) = (asked.begin.profiles.get("heap")?, asked.end.profiles.get("heap")?);
    let at = (begin.column("alloc_objects")?, end.column("alloc_objects")?);
    let total = |profile: &PprofProfile, at: usize| -> i128 {
        profile
            .samples
            .iter()
            .filter_map(|sample| sample.values.get(at))
            .map(|value| i128::from(*value))
            .sum()
    };
    (total(begin, at.0) == total(end, at.1)).then_some(
        "heap did not change, because no garbage collection ended between begin and end (it is as of the last one)",
    )
}

/// Says so if the profiles are of another program than the recorded process runs.
fn other_program(asked: &Asked) -> Option<String> {
    let said =
        asked.end.profiles.get("heap").or_else(|| asked.end.profiles.get("goroutine"))?.program.as_deref()?;
    let runs = ProcessView::Live(asked.pid).executable().ok()?;
    let runs = runs.to_str()?.trim_end_matches(" (deleted)");
    let said_plain = said.trim_end_matches(" (deleted)");
    (runs != said_plain)
        .then(|| format!("they are of {:?}, but the process runs {runs:?}", quoted(said_plain)))
}

#[cfg(test)]
mod tests;
