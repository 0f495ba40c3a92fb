//! Threads: what they do now, how busy they are, and what for.

use super::{Ask, Place, clean};
use crate::top::Snapshot;
use fathom_analysis::{Payers, leaf_frame, wait_class, wait_reason};
use fathom_model::{FrameId, FrameKind, Pid, Signal, StackId, ThreadId, Tid, WaitClass};
use serde::Serialize;
use std::collections::BTreeMap;

/// Order of the threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThreadSort {
    /// Busiest first.
    #[default]
    Cpu,
    /// Longest kept waiting for a CPU first.
    Runnable,
    /// By name, then number.
    Name,
}

/// One thread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThreadLine {
    /// Its process.
    pub pid: Pid,
    /// Its number.
    pub tid: Tid,
    /// Its name.
    pub name: String,
    /// Its process's name.
    pub process: String,
    /// `running`, `runnable`, `ended`, or the class of what it waits for.
    pub state: String,
    /// Part of its time in the window on a CPU.
    pub cpu_share: f64,
    /// Part of it able to run, without a CPU.
    pub runnable_share: f64,
    /// Part of it waiting.
    pub blocked_share: f64,
    /// The function that most of its CPU time is in.
    pub top: Option<Place>,
    /// What it waits for now, in plain words.
    pub waits_for: Option<String>,
    /// Its own code that waits.
    pub waits_in: Option<Place>,
    /// For how long, in seconds.
    pub waits_seconds: Option<f64>,
}

/// The threads that are asked for.
pub fn threads(snapshot: &Snapshot, ask: &Ask) -> Vec<ThreadLine> {
    let recording = &snapshot.recording;
    let tops = hottest(snapshot);
    let off_cpu: BTreeMap<ThreadId, _> = snapshot.off_cpu.iter().map(|now| (now.thread, now)).collect();
    let mut lines = Vec::new();
    for thread in &recording.threads {
        let Some(process) = recording.processes.get(thread.process.index()) else { continue };
        if ask.pid.is_some_and(|pid| pid != process.pid) || ask.tid.is_some_and(|tid| tid != thread.tid) {
            continue;
        }
        let now = off_cpu.get(&thread.id).filter(|_| thread.end_nanos.is_none());
        let wait = now.filter(|now| !now.is_runnable).map(|now| {
            let class = now.stack.map_or(WaitClass::Other, |stack| class_of(snapshot, stack));
            (class, now.stack.map(|_| wait_reason(recording, now.stack, class).what))
        });
        let state = match (now, &wait) {
            _ if thread.end_nanos.is_some() => "ended".to_owned(),
            (None, _) if snapshot.is_ended => "ended".to_owned(),
            (None, _) => "running".to_owned(),
            (Some(_), None) => "runnable".to_owned(),
            (Some(_), Some((WaitClass::Other, _))) => "waiting".to_owned(),
            (Some(_), Some((class, _))) => class.as_str().to_owned(),
        };
        let life = thread.times.lifetime_nanos();
        let blame = now.and_then(|now| fathom_analysis::blame_frame(recording, now.stack?));
        let line = ThreadLine {
            pid: process.pid,
            tid: thread.tid,
            name: clean(&thread.name),
            process: clean(&process.name),
            state,
            cpu_share: super::share(thread.times.running_nanos, life),
            runnable_share: super::share(thread.times.runnable_nanos, life),
            blocked_share: super::share(thread.times.blocked_nanos, life),
            top: tops.get(&thread.id).map(|frame| Place::of_frame(snapshot, *frame)),
            waits_for: wait.and_then(|(_, what)| what).map(|what| clean(&what)),
            waits_in: blame.map(|frame| Place::of_frame(snapshot, frame)),
            waits_seconds: now.map(|now| now.since_nanos as f64 / 1e9),
        };
        let top = line.top.as_ref().map_or("", |place| &place.function);
        if ask.matches(&line.name)
            || ask.matches(top)
            || line.waits_for.as_ref().is_some_and(|w| ask.matches(w))
        {
            lines.push(line);
        }
    }
    lines.sort_by(|a, b| {
        let by_name = a.name.cmp(&b.name).then(a.tid.cmp(&b.tid));
        match ask.thread_sort {
            ThreadSort::Cpu => {
                b.cpu_share.total_cmp(&a.cpu_share).then(b.runnable_share.total_cmp(&a.runnable_share))
            }
            ThreadSort::Runnable => b.runnable_share.total_cmp(&a.runnable_share),
            ThreadSort::Name => by_name,
        }
        .then(by_name)
    });
    lines
}

/// Each thread's hottest function, as one of its frames.
fn hottest(snapshot: &Snapshot) -> BTreeMap<ThreadId, FrameId> {
    let recording = &snapshot.recording;
    let payers = Payers::of(recording);
    let mut sums: BTreeMap<(ThreadId, u32), (i64, FrameId)> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == Signal::Cpu) {
        if leaf_frame(recording, &payers, sample).is_none() {
            continue;
        }
        let node = sample.stack.and_then(|stack| recording.stacks.get(payers.of_stack(stack)));
        let Some(frame) = node.map(|node| node.frame) else { continue };
        let sum = sums.entry((sample.thread, snapshot.index.of_frame(frame).0)).or_insert((0, frame));
        sum.0 = sum.0.saturating_add(sample.value);
    }
    let mut best: BTreeMap<ThreadId, (i64, FrameId)> = BTreeMap::new();
    for ((thread, _), (value, frame)) in sums {
        let known = best.entry(thread).or_insert((value, frame));
        if value > known.0 {
            *known = (value, frame);
        }
    }
    best.into_iter().map(|(thread, (_, frame))| (thread, frame)).collect()
}

/// What a thread with this stack waits for.
fn class_of(snapshot: &Snapshot, stack: StackId) -> WaitClass {
    let (mut kernel, mut user) = (Vec::new(), Vec::new());
    let recording = &snapshot.recording;
    for frame in recording.stacks.frames(stack).filter_map(|id| recording.frames.get(id.index())) {
        let Some(function) = frame.function.as_deref() else { continue };
        if frame.kind == FrameKind::Kernel { kernel.push(function) } else { user.push(function) }
    }
    wait_class(&kernel, &user)
}
