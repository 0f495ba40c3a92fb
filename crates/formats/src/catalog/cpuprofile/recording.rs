//! From nodes and samples of a CPU profile to samples of a thread.

use super::decode::{CpuProfile, CpuProfileNode};
use crate::builder::RecordingBuilder;
use fathom_model::{Frame, FrameKind, ProcessId, Sample, Signal, StackId, ThreadId, ThreadState, WaitClass};
use std::collections::HashMap;

/// Adds the samples of a profile to a thread. Each lasts until the next one, the last one to the profile's end.
///
/// The collector has no caller in V8's tree. As Chromium's developer tools do, it is put upon what ran before: it is
/// that code's garbage, or nearly so.
pub(crate) fn add_profile(
    builder: &mut RecordingBuilder,
    process: ProcessId,
    thread: ThreadId,
    profile: &CpuProfile,
) {
    let last = profile.samples.last().map_or(profile.start_micros, |sample| sample.time_micros);
    let end_micros = profile.end_micros.max(last);
    if let Some(process) = builder.tasks_mut().0.get_mut(process.index()) {
        process.runtime = Some("node".to_owned());
    }
    let mut callers: Vec<Option<StackId>> = Vec::with_capacity(profile.nodes.len());
    let caller_of = |node: &CpuProfileNode, callers: &[Option<StackId>]| {
        node.parent.and_then(|parent| callers.get(parent as usize).copied().flatten())
    };
    for node in &profile.nodes {
        let caller = caller_of(node, &callers);
        callers.push(stack_of(node, None, caller, builder));
    }
    let mut stacks: HashMap<(u32, Option<u32>), Option<StackId>> = HashMap::new();
    let mut script_before: Option<StackId> = None;
    for (at, sample) in profile.samples.iter().enumerate() {
        let Some(node) = profile.nodes.get(sample.node as usize) else { continue };
        let next = profile.samples.get(at + 1).map_or(end_micros, |next| next.time_micros);
        let caller = caller_of(node, &callers);
        let stack = if node.is_garbage_collector() && caller.is_none() {
            stack_of(node, sample.line, script_before, builder)
        } else {
            let key = (sample.node, sample.line);
            *stacks.entry(key).or_insert_with(|| stack_of(node, sample.line, caller, builder))
        };
        if !node.is_program() && !node.is_garbage_collector() {
            script_before = stack;
        }
        let state = if node.is_idle() {
            ThreadState::Blocked(WaitClass::Poll)
        } else if node.is_program() {
            ThreadState::Unknown
        } else {
            ThreadState::Running
        };
        builder.sample(Sample {
            signal: Signal::ProgramWall,
            time_nanos: sample.time_micros * 1_000,
            process,
            thread,
            cpu: None,
            stack,
            value: (next - sample.time_micros).max(0) * 1_000,
            n: 1,
            state,
            labels: None,
        });
    }
}

/// The stack that ends in a node; the root above all functions and the marks of a thread without JavaScript have none.
fn stack_of(
    node: &CpuProfileNode,
    line: Option<u32>,
    caller: Option<StackId>,
    builder: &mut RecordingBuilder,
) -> Option<StackId> {
    if node.is_root() || node.is_idle() || node.is_program() {
        return caller;
    }
    let kind = if node.is_garbage_collector() { FrameKind::Gc } else { FrameKind::Unknown };
    let name = if node.function.is_empty() { "(anonymous)" } else { &node.function };
    let frame = builder.frame(Frame {
        function_start_line: node.line,
        file: Some(node.url.clone()).filter(|url| !url.is_empty()),
        line,
        runtime: Some("node".to_owned()),
        ..Frame::named(name, kind)
    });
    Some(builder.stack(caller, frame))
}
