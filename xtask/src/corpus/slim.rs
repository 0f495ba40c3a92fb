//! Recordings as they are kept: small, and without what tells of the machine and the person.

use super::build::Built;
use anyhow::{Context, Result};
use fathom_model::{Frame, FrameId, Recording, Sample, Signal, StackId, StackTable};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Samples are summed within such parts of the recording, so that rules that look at time still see it.
const WINDOWS: i64 = 16;
/// Ends of stacks with less than this of their signal are of no interest to any rule.
const LEAST_SHARE: f64 = 0.0005;

/// Reads a recording and writes it beside its source: `PATH.fathom`, `PATH.EXT`, and the lines that were planted.
///
/// # Errors
/// The recording cannot be read or written.
pub(super) fn keep(recording: &Path, built: &Built, path: &Path) -> Result<()> {
    let (mut recording, _) = fathom_store::read_recording(recording).context("cannot read the recording")?;
    anonymise(&mut recording, &built.folder);
    forget_addresses(&mut recording);
    prune(&mut recording);
    merge(&mut recording);
    // What is still there of another language or name would be another recording's.
    for extension in ["fathom", "py", "js", "go", "rs", "java", "c", "cpp"] {
        let _ = std::fs::remove_file(path.with_extension(extension));
    }
    fathom_store::write_recording(&recording, &path.with_extension("fathom"))
        .context("cannot write the recording")?;
    let extension = built.prepared.file.rsplit('.').next().unwrap_or_default();
    std::fs::write(path.with_extension(extension), &built.prepared.text)?;
    let lines: Vec<String> = built.prepared.planted.iter().map(ToString::to_string).collect();
    std::fs::write(path.with_extension("planted"), format!("{} {}\n", built.prepared.file, lines.join(" ")))?;
    Ok(())
}

fn anonymise(recording: &mut Recording, folder: &Path) {
    let home = std::env::var("HOME").unwrap_or_default();
    let folder = format!("{}/", folder.display());
    let clean = |text: &mut String| {
        *text = text.replace(&folder, "");
        if home.len() > 1 {
            *text = text.replace(&home, "/home/user");
        }
    };
    recording.meta.host.name = "corpus".to_owned();
    recording.meta.host.limits.cgroup = None;
    recording.meta.target.working_directory = None;
    recording.meta.target.command.iter_mut().for_each(clean);
    recording.meta.quality.notes.iter_mut().for_each(clean);
    recording.meta.collectors.iter_mut().for_each(|collector| clean(&mut collector.how));
    recording.modules.iter_mut().for_each(|module| clean(&mut module.path));
    recording.frames.iter_mut().filter_map(|frame| frame.file.as_mut()).for_each(clean);
    recording.processes.iter_mut().flat_map(|process| &mut process.command).for_each(clean);
    recording.events.iter_mut().for_each(|event| clean(&mut event.attributes));
}

/// Rules look at functions and lines: frames that differ by address only become one, and so do their stacks.
fn forget_addresses(recording: &mut Recording) {
    let mut known: HashMap<Frame, FrameId> = HashMap::new();
    let mut frames: Vec<Frame> = Vec::new();
    let ids: Vec<FrameId> = std::mem::take(&mut recording.frames)
        .into_iter()
        .map(|frame| {
            let frame = Frame { relative_address: None, column: None, ..frame };
            *known.entry(frame.clone()).or_insert_with(|| {
                frames.push(frame);
                FrameId::from_index(frames.len() - 1)
            })
        })
        .collect();
    let mut stacks = StackTable::new();
    let mut moved: Vec<StackId> = Vec::new();
    for node in recording.stacks.nodes() {
        let parent = node.parent.and_then(|parent| moved.get(parent.index()).copied());
        moved.push(stacks.intern(parent, ids[node.frame.index()]));
    }
    let to = |stack: &mut Option<StackId>| *stack = stack.and_then(|stack| moved.get(stack.index()).copied());
    recording.samples.iter_mut().for_each(|sample| to(&mut sample.stack));
    recording.events.iter_mut().for_each(|event| to(&mut event.stack));
    recording.frames = frames;
    recording.stacks = stacks;
}

/// Ends of stacks that hold next to nothing count for their callers, and frames that no stack needs any more are gone.
fn prune(recording: &mut Recording) {
    let n_stacks = recording.stacks.nodes().len();
    let mut shares = vec![0.0_f64; n_stacks];
    for signal in Signal::ALL {
        let total = recording.total(*signal) as f64;
        for sample in recording.samples.iter().filter(|sample| sample.signal == *signal && total > 0.0) {
            if let Some(stack) = sample.stack.filter(|stack| stack.index() < n_stacks) {
                shares[stack.index()] += sample.value.max(0) as f64 / total;
            }
        }
    }
    // Callees stand behind their callers.
    for at in (0..n_stacks).rev() {
        if let Some(parent) = recording.stacks.nodes()[at].parent {
            shares[parent.index()] += shares[at];
        }
    }
    let mut frames: Vec<Frame> = Vec::new();
    let mut known: HashMap<FrameId, FrameId> = HashMap::new();
    let mut stacks = StackTable::new();
    let mut moved: Vec<Option<StackId>> = Vec::new();
    for (at, node) in recording.stacks.nodes().iter().enumerate() {
        let parent = node.parent.and_then(|parent| moved.get(parent.index()).copied().flatten());
        moved.push(if shares[at] < LEAST_SHARE {
            parent
        } else {
            let frame = *known.entry(node.frame).or_insert_with(|| {
                frames.push(recording.frames[node.frame.index()].clone());
                FrameId::from_index(frames.len() - 1)
            });
            Some(stacks.intern(parent, frame))
        });
    }
    let to = |stack: &mut Option<StackId>| {
        *stack = stack.and_then(|stack| moved.get(stack.index()).copied().flatten())
    };
    recording.samples.iter_mut().for_each(|sample| to(&mut sample.stack));
    recording.events.iter_mut().for_each(|event| to(&mut event.stack));
    recording.frames = frames;
    recording.stacks = stacks;
}

/// Samples of one thread, stack and state within a part of the recording become one.
fn merge(recording: &mut Recording) {
    let (start, length) = (recording.meta.start_nanos, recording.meta.duration_nanos.max(1));
    let window = |sample: &Sample| (sample.time_nanos - start).clamp(0, length - 1) / (length / WINDOWS + 1);
    let mut merged: BTreeMap<_, Sample> = BTreeMap::new();
    for sample in &recording.samples {
        let state = sample.state.as_str();
        let key = (
            window(sample),
            sample.signal,
            sample.process,
            sample.thread,
            sample.stack,
            state,
            sample.labels,
        );
        match merged.get_mut(&key) {
            Some(sum) => {
                sum.value = sum.value.saturating_add(sample.value);
                sum.n = sum.n.saturating_add(sample.n);
            }
            None => {
                merged.insert(key, *sample);
            }
        }
    }
    recording.samples = merged.into_values().collect();
}
