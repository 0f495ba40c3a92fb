//! Both sides of a comparison as one recording without times: the merged tree, A as one signal and B as another.

use fathom_analysis::Diff;
use fathom_model::{
    Column, Frame, FrameId, Meta, Module, ModuleId, ModuleKind, Process, ProcessId, Recording, Sample,
    Signal, StackId, Thread, ThreadId, ThreadState, ThreadTimes,
};
use std::collections::BTreeMap;

/// The recording, and the frame of each function of the comparison.
pub(crate) struct Merged {
    pub(crate) recording: Recording,
    pub(crate) frames: Vec<FrameId>,
}

/// Puts both sides together. Values are those of the recordings, not scaled.
pub(crate) fn merged_recording(diff: &Diff) -> Merged {
    let mut recording = Recording::default();
    let sides = [Signal::Column1, Signal::Column2];
    let name = |side: &str| format!("{} {side}", diff.signal.as_str());
    let column = |(signal, side): (Signal, &str)| Column { signal, name: name(side), unit: diff.unit };
    recording.meta = Meta {
        signals: sides.to_vec(),
        columns: sides.into_iter().zip(["A", "B"]).map(column).collect(),
        ..Meta::default()
    };
    add_the_only_thread(&mut recording);
    let frames = add_frames(&mut recording, diff);
    let mut stacks: Vec<Option<StackId>> = Vec::with_capacity(diff.nodes.len());
    for node in &diff.nodes {
        let caller = node.parent.and_then(|parent| stacks.get(parent).copied().flatten());
        let frame = node.function.and_then(|at| frames.get(at).copied());
        stacks.push(frame.map(|frame| recording.stacks.intern(caller, frame)));
    }
    for (node, stack) in diff.nodes.iter().zip(stacks) {
        for (side, signal) in sides.into_iter().enumerate() {
            if node.own[side] == 0 && node.own_n[side] == 0 {
                continue;
            }
            recording.samples.push(Sample {
                signal,
                time_nanos: 0,
                process: ProcessId(0),
                thread: ThreadId(0),
                cpu: None,
                stack,
                value: node.own[side],
                n: u32::try_from(node.own_n[side]).unwrap_or(u32::MAX),
                state: ThreadState::Unknown,
                labels: None,
            });
        }
    }
    Merged { recording, frames }
}

fn add_frames(recording: &mut Recording, diff: &Diff) -> Vec<FrameId> {
    let mut modules: BTreeMap<&str, ModuleId> = BTreeMap::new();
    let rows = &mut recording.modules;
    let frames = diff.functions.iter().enumerate().map(|(at, row)| {
        let function = &row.function;
        let module = function.module_name.as_deref().map(|name| {
            *modules.entry(name).or_insert_with(|| {
                rows.push(Module {
                    path: name.to_owned(),
                    build_id: None,
                    kind: ModuleKind::Unknown,
                    load_addresses: Vec::new(),
                });
                ModuleId::from_index(rows.len() - 1)
            })
        });
        recording.frames.push(Frame {
            function_start_line: function.start_line,
            file: function.file.clone(),
            module,
            ..Frame::named(function.name.clone(), function.kind)
        });
        FrameId::from_index(at)
    });
    frames.collect()
}

fn add_the_only_thread(recording: &mut Recording) {
    recording.processes.push(Process {
        id: ProcessId(0),
        pid: 0,
        parent: None,
        exec_generation: 0,
        name: String::new(),
        command: Vec::new(),
        runtime: None,
        runtime_version: None,
        start_nanos: 0,
        end_nanos: None,
        exit_status: None,
    });
    recording.threads.push(Thread {
        id: ThreadId(0),
        process: ProcessId(0),
        tid: 0,
        name: "all threads".into(),
        start_nanos: 0,
        end_nanos: None,
        times: ThreadTimes::default(),
        switches: None,
    });
}
