//! `.cpuprofile`: what V8 samples of a JavaScript thread, as JSON; of Node's `--cpu-prof`, its inspector and Chromium.
//!
//! Source: the type `Profiler.Profile` of the Chrome DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/v8/Profiler/>). Nodes form a tree of calls; samples are ids of
//! the innermost node with the microseconds since the one before. V8's sampler looks at the thread whatever it does:
//! `(program)` is code that is not JavaScript, `(idle)` a thread that waits, `(garbage collector)` the collector.

mod decode;

pub use decode::{CpuProfile, CpuProfileNode, CpuProfileSample, read_cpu_profile};

use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{
    Frame, FrameId, FrameKind, Issue, Process, ProcessId, Recording, Sample, Signal, StackId, Thread,
    ThreadId, ThreadState, ThreadTimes, WaitClass,
};
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format {
    name: "cpuprofile",
    summary: "CPU profile of V8, of node --cpu-prof and Chromium",
    extensions: &["cpuprofile"],
    keeps: "stacks, files, lines, the time of each sample",
    loses: "processes and threads, native and kernel frames",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

/// First bytes of a file: the profile's members come in any order, those of nodes first in all known tools.
fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(&head[..head.len().min(4096)]);
    if !text.trim_start().starts_with('{') {
        return Sniff::No;
    }
    let has = |member: &str| text.contains(&format!("\"{member}\""));
    match has("nodes") && has("callFrame") && has("functionName") {
        true => Sniff::Yes,
        false => Sniff::No,
    }
}

/// A recording of the one thread that a profile is of.
fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let (bytes, mut issues) = input.whole();
    let (profile, more) = read_cpu_profile(&bytes);
    issues.extend(more);
    (recording(&profile), issues)
}

fn recording(profile: &CpuProfile) -> Recording {
    let mut recording = Recording::default();
    let last = profile.samples.last().map_or(profile.start_micros, |sample| sample.time_micros);
    let end_micros = profile.end_micros.max(last);
    recording.meta.start_nanos = profile.start_micros * 1_000;
    recording.meta.duration_nanos = (end_micros - profile.start_micros).max(0) * 1_000;
    recording.meta.signals = vec![Signal::ProgramWall];
    recording.processes.push(Process {
        id: ProcessId(0),
        pid: 0,
        parent: None,
        exec_generation: 0,
        name: "JavaScript".to_owned(),
        command: Vec::new(),
        runtime: Some("node".to_owned()),
        runtime_version: None,
        start_nanos: recording.meta.start_nanos,
        end_nanos: Some(end_micros * 1_000),
        exit_status: None,
    });
    recording.threads.push(Thread {
        id: ThreadId(0),
        process: ProcessId(0),
        tid: 0,
        name: "JavaScript".to_owned(),
        start_nanos: recording.meta.start_nanos,
        end_nanos: Some(end_micros * 1_000),
        times: ThreadTimes::default(),
        switches: None,
    });
    let mut frames: HashMap<Frame, FrameId> = HashMap::new();
    let mut callers: Vec<Option<StackId>> = Vec::with_capacity(profile.nodes.len());
    let mut stacks: HashMap<(u32, Option<u32>), Option<StackId>> = HashMap::new();
    for node in &profile.nodes {
        let caller = node.parent.and_then(|parent| callers.get(parent as usize).copied().flatten());
        let stack = stack_of(node, None, caller, &mut frames, &mut recording);
        callers.push(stack);
    }
    for (at, sample) in profile.samples.iter().enumerate() {
        let Some(node) = profile.nodes.get(sample.node as usize) else { continue };
        let next = profile.samples.get(at + 1).map_or(end_micros, |next| next.time_micros);
        let caller = node.parent.and_then(|parent| callers.get(parent as usize).copied().flatten());
        let stack = *stacks
            .entry((sample.node, sample.line))
            .or_insert_with(|| stack_of(node, sample.line, caller, &mut frames, &mut recording));
        let state = if node.is_idle() {
            ThreadState::Blocked(WaitClass::Poll)
        } else if node.is_program() {
            ThreadState::Unknown
        } else {
            ThreadState::Running
        };
        recording.samples.push(Sample {
            signal: Signal::ProgramWall,
            time_nanos: sample.time_micros * 1_000,
            process: ProcessId(0),
            thread: ThreadId(0),
            cpu: None,
            stack,
            value: (next - sample.time_micros).max(0) * 1_000,
            n: 1,
            state,
            labels: None,
        });
    }
    recording
}

/// The stack that ends in a node; the root above all functions and the marks of a thread without JavaScript have none.
fn stack_of(
    node: &CpuProfileNode,
    line: Option<u32>,
    caller: Option<StackId>,
    frames: &mut HashMap<Frame, FrameId>,
    recording: &mut Recording,
) -> Option<StackId> {
    if node.is_root() || node.is_idle() || node.is_program() {
        return caller;
    }
    let list = &mut recording.frames;
    let kind = if node.is_garbage_collector() { FrameKind::Gc } else { FrameKind::Unknown };
    let name = if node.function.is_empty() { "(anonymous)" } else { &node.function };
    let frame = Frame {
        function_start_line: node.line,
        file: Some(node.url.clone()).filter(|url| !url.is_empty()),
        line,
        runtime: Some("node".to_owned()),
        ..Frame::named(name, kind)
    };
    let id = *frames.entry(frame).or_insert_with_key(|frame| {
        list.push(frame.clone());
        FrameId::from_index(list.len() - 1)
    });
    Some(recording.stacks.intern(caller, id))
}

#[cfg(test)]
mod tests;
