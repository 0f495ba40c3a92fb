//! Parts of a file to one recording: the same ids as if one thread had read it all.

use super::names::is_cpu_clock;
use super::part::{EventName, Part, Row};
use crate::builder::RecordingBuilder;
use fathom_model::{
    FrameId, FrameKind, Issue, ModuleId, Recording, Sample, Signal, StackId, ThreadId, ThreadState, Unit,
};

/// One recording of parts that stand in the order of the file.
pub(super) fn recording(mut parts: Vec<Part>) -> (Recording, Vec<Issue>) {
    let mut events: Vec<EventName> = Vec::new();
    for event in parts.iter().flat_map(|part| &part.events) {
        if !events.contains(event) {
            events.push(event.clone());
        }
    }
    let others = parts.split_off(1);
    let mut whole = parts.remove(0);
    let mut issues = std::mem::take(&mut whole.issues);
    let signals = signals(&events, &mut whole.builder);
    let first_rows = std::mem::take(&mut whole.rows);
    let first_events = std::mem::take(&mut whole.events);
    samples(&mut whole, first_rows, &signals_of(&first_events, &events, &signals), None);
    for part in others {
        let ids = Ids::of(&part, &mut whole.builder);
        whole.n_more_issues += part.n_more_issues;
        whole.n_left_out += part.n_left_out;
        whole.n_lost = whole.n_lost.saturating_add(part.n_lost);
        whole.has_times |= part.has_times;
        whole.lacks_pids |= part.lacks_pids;
        issues.extend(part.issues);
        let signals = signals_of(&part.events, &events, &signals);
        samples(&mut whole, part.rows, &signals, Some(&ids));
    }
    if whole.n_more_issues > 0 {
        issues.push(Issue::of("file", format!("{} more lines could not be read", whole.n_more_issues)));
    }
    if whole.n_left_out > 0 {
        let what = format!("{} samples are left out: the tables are full", whole.n_left_out);
        issues.push(Issue::of("file", what));
    }
    let has_kernel = whole.builder.recording().frames.iter().any(|frame| frame.kind == FrameKind::Kernel);
    let has_threads = whole.builder.recording().threads.len() > 1;
    let meta = whole.builder.meta();
    meta.kernel_sampled = has_kernel;
    meta.quality.lost = whole.n_lost;
    if whole.lacks_pids && has_threads {
        meta.quality.notes.push(
            "The text has the numbers of threads but not of their processes, therefore each thread stands as a \
             process of its own: `perf script -F +pid` prints both."
                .into(),
        );
    }
    let (recording, more) = whole.builder.finish(whole.has_times);
    issues.extend(more);
    (recording, issues)
}

/// What each event measures. The first clock with periods is the CPU time: two of them measure the same time twice.
fn signals(events: &[EventName], builder: &mut RecordingBuilder) -> Vec<Option<Signal>> {
    let clock = events.iter().position(|event| event.has_period && is_cpu_clock(&event.name));
    let plain = events.iter().position(|event| !event.has_period);
    let mut signals = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let name = if event.name.is_empty() { "period" } else { &event.name };
        signals.push(match event.has_period {
            true if clock == Some(at) => Some(Signal::Cpu),
            true if is_cpu_clock(name) => builder.column(name, Unit::Nanoseconds),
            true => builder.column(name, Unit::Count),
            false if plain == Some(at) => Some(Signal::Samples),
            false => builder.column(name, Unit::Count),
        });
    }
    signals
}

fn signals_of(own: &[EventName], all: &[EventName], signals: &[Option<Signal>]) -> Vec<Option<Signal>> {
    let signal = |event| all.iter().position(|other| other == event).and_then(|at| signals[at]);
    own.iter().map(signal).collect()
}

/// Adds rows; without `ids` they are the builder's own.
fn samples(whole: &mut Part, rows: Vec<Row>, signals: &[Option<Signal>], ids: Option<&Ids>) {
    for row in rows {
        let Some(signal) = signals.get(row.event as usize).copied().flatten() else { continue };
        let thread = ids.map_or(row.thread, |ids| ids.threads[row.thread.index()]);
        let stack = row.stack.map(|stack| ids.map_or(stack, |ids| ids.stacks[stack.index()]));
        let process = whole.builder.recording().threads[thread.index()].process;
        whole.builder.sample(Sample {
            signal,
            time_nanos: row.time_nanos,
            process,
            thread,
            cpu: row.cpu,
            stack,
            value: row.value,
            n: 1,
            state: if signal == Signal::Cpu { ThreadState::Running } else { ThreadState::Unknown },
            labels: None,
        });
    }
}

/// What the ids of a part are in the whole, by position.
struct Ids {
    threads: Vec<ThreadId>,
    stacks: Vec<StackId>,
}

impl Ids {
    fn of(part: &Part, whole: &mut RecordingBuilder) -> Self {
        let from = part.builder.recording();
        let modules: Vec<ModuleId> = from.modules.iter().map(|module| whole.module(module.clone())).collect();
        let frames: Vec<FrameId> = from
            .frames
            .iter()
            .map(|frame| {
                let mut frame = frame.clone();
                frame.module = frame.module.map(|module| modules[module.index()]);
                whole.frame(frame)
            })
            .collect();
        let mut stacks: Vec<StackId> = Vec::with_capacity(from.stacks.nodes().len());
        for node in from.stacks.nodes() {
            let parent = node.parent.map(|parent| stacks[parent.index()]);
            stacks.push(whole.stack(parent, frames[node.frame.index()]));
        }
        let threads = from
            .threads
            .iter()
            .map(|thread| {
                let process = &from.processes[thread.process.index()];
                let id = whole.process(process.pid, &process.name);
                whole.thread(id, thread.tid, &thread.name)
            })
            .collect();
        Self { threads, stacks }
    }
}
