//! Language runtimes by process: what they are, and what they do beside running the program.
//!
//! Nothing here knows a runtime by name: series and events are shown as they are called, and collections, waits and
//! interpreters as the kinds of frames say.

use super::{Ask, SeriesView, clean, resources};
use crate::top::Snapshot;
use fathom_analysis::{Filter, by_kind, waits};
use fathom_model::{FrameKind, Pid, ProcessId, Signal};
use serde::Serialize;
use std::collections::BTreeMap;

/// One process with a runtime, or with series or events of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuntimeView {
    /// Its process.
    pub pid: Pid,
    /// The process's name.
    pub process: String,
    /// The runtime: `python`; none where none was recognised.
    pub runtime: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Threads alive.
    pub threads: usize,
    /// CPU time by kind of code, largest first: kind and part of the process's CPU time.
    pub kinds: Vec<(&'static str, f64)>,
    /// Locks and collections of the runtime itself that threads wait for: reason, and threads waiting on average.
    pub waits: Vec<(String, f64)>,
    /// Tasks without a thread of their own, on average: reason and number.
    pub tasks: Vec<(String, f64)>,
    /// Events of the window, by kind.
    pub events: Vec<EventSum>,
    /// The runtime's series.
    pub series: Vec<SeriesView>,
}

/// Events of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventSum {
    /// The kind.
    pub kind: String,
    /// How many in the window.
    pub n: u64,
    /// Their time together, in nanoseconds.
    pub total_nanos: i64,
    /// The longest.
    pub longest_nanos: i64,
    /// Seconds since the last one ended.
    pub last_seconds: f64,
}

/// The processes that are asked for.
pub fn runtimes(snapshot: &Snapshot, ask: &Ask) -> Vec<RuntimeView> {
    let recording = &snapshot.recording;
    let series = resources(snapshot, &Ask { pattern: None, ..ask.clone() }, true);
    let mut views = Vec::new();
    for process in
        recording.processes.iter().filter(|process| process.end_nanos.is_none() || snapshot.is_ended)
    {
        if ask.pid.is_some_and(|pid| pid != process.pid) {
            continue;
        }
        let filter = Filter::of(Signal::Cpu).in_process(process.id);
        let kinds = by_kind(recording, &filter).into_iter().filter_map(|part| {
            Some((part.key.unwrap_or(FrameKind::Unknown).as_str(), part.share.ratio))
                .filter(|(_, share)| *share > 0.0)
        });
        let view = RuntimeView {
            pid: process.pid,
            process: clean(&process.name),
            runtime: process.runtime.as_deref().map(clean),
            version: process.runtime_version.as_deref().map(clean),
            threads: recording
                .threads
                .iter()
                .filter(|thread| thread.process == process.id && thread.end_nanos.is_none())
                .count(),
            kinds: kinds.collect(),
            waits: runtime_waits(snapshot, process.id),
            tasks: tasks_of(snapshot, process.id),
            events: events(snapshot, process.id),
            series: series.iter().filter(|line| line.pid == Some(process.pid)).cloned().collect(),
        };
        let known = view.runtime.as_deref().unwrap_or_default();
        let is_something = !known.is_empty() || !view.events.is_empty() || !view.series.is_empty();
        if (is_something || snapshot.pids.contains(&view.pid))
            && (ask.matches(&view.process) || ask.matches(known))
        {
            views.push(view);
        }
    }
    views
}

/// Waits that nobody's own code asked for in so many words: an interpreter's lock, a collector, idle workers.
fn runtime_waits(snapshot: &Snapshot, process: ProcessId) -> Vec<(String, f64)> {
    let filter = Filter::of(Signal::OffCpu).in_process(process);
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for wait in waits(&snapshot.recording, &snapshot.index, &filter) {
        *sums.entry(clean(&wait.reason.to_string())).or_default() += wait.value;
    }
    let mut waits: Vec<(String, f64)> = sums
        .into_iter()
        .map(|(reason, value)| (reason, super::share(value, snapshot.window_nanos)))
        .collect();
    waits.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    // Less is written as nothing.
    waits.retain(|(_, mean)| *mean >= 0.005);
    waits.truncate(6);
    waits
}

/// Tasks of a process: reason and how many on average.
fn tasks_of(snapshot: &Snapshot, process: ProcessId) -> Vec<(String, f64)> {
    let filter = Filter::of(Signal::TaskWait).in_process(process);
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for wait in fathom_analysis::task_waits(&snapshot.recording, &snapshot.index, &filter) {
        *sums.entry(clean(&wait.reason)).or_default() += wait.value;
    }
    let mut tasks: Vec<(String, f64)> = sums
        .into_iter()
        .map(|(reason, value)| (reason, super::share(value, snapshot.window_nanos)))
        .collect();
    tasks.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    tasks.retain(|(_, mean)| *mean >= 0.05);
    tasks.truncate(8);
    tasks
}

fn events(snapshot: &Snapshot, process: ProcessId) -> Vec<EventSum> {
    let recording = &snapshot.recording;
    let now = recording.meta.start_nanos.saturating_add(recording.meta.duration_nanos);
    let mut sums: BTreeMap<String, EventSum> = BTreeMap::new();
    let is_alone = recording.processes.len() == 1;
    for event in &snapshot.events {
        let of = event
            .thread
            .and_then(|thread| recording.threads.get(thread.index()))
            .map(|thread| thread.process);
        if of.is_some_and(|of| of != process) || of.is_none() && !is_alone {
            continue;
        }
        let end = event.start_nanos.saturating_add(event.duration_nanos.max(0));
        let since = (now.saturating_sub(end)).max(0) as f64 / 1e9;
        let sum = sums.entry(clean(&event.kind)).or_insert_with_key(|kind| EventSum {
            kind: kind.clone(),
            n: 0,
            total_nanos: 0,
            longest_nanos: 0,
            last_seconds: since,
        });
        sum.n += 1;
        sum.total_nanos = sum.total_nanos.saturating_add(event.duration_nanos.max(0));
        sum.longest_nanos = sum.longest_nanos.max(event.duration_nanos);
        sum.last_seconds = sum.last_seconds.min(since);
    }
    let mut events: Vec<EventSum> = sums.into_values().collect();
    events.sort_by(|a, b| b.total_nanos.cmp(&a.total_nanos).then(a.kind.cmp(&b.kind)));
    events
}
