//! From a profile to a recording.

use super::profile::Profile;
use crate::builder::RecordingBuilder;
use crate::call_graph::{CallGraph, expand};
use crate::input::Input;
use crate::notes::Notes;
use fathom_model::{
    Frame, FrameId, FrameKind, Issue, Recording, Sample, Signal, StackId, ThreadId, ThreadState,
};
use std::collections::HashMap;

/// What a tick stands for.
#[derive(Clone, Copy)]
struct Measure {
    signal: Signal,
    /// Of one tick.
    value: i64,
    /// The time since the tick before, where it is known, stands in for `value`.
    by_time: bool,
}

pub(super) fn recording(profile: &Profile, input: &Input<'_>, notes: &mut Notes) -> (Recording, Vec<Issue>) {
    let mut builder = RecordingBuilder::new(super::FORMAT.name, input.limits());
    builder.tool(format!("stackprof {} ({})", profile.version, profile.mode));
    let thread = builder.only_thread("ruby");
    let measure = measure(profile);
    let mut frames = Frames::new(profile);
    if profile.raw.is_empty() {
        edges(profile, measure, thread, &mut frames, &mut builder, notes);
        return builder.finish(false);
    }
    let has_times = !profile.times.is_empty() || !profile.deltas.is_empty();
    let mut rest = profile.raw.as_slice();
    let mut tick = 0_usize;
    let mut time_micros = profile.times.first().copied().unwrap_or(0);
    while let Some((length, behind)) = rest.split_first() {
        let at = profile.raw.len() - rest.len();
        let n = usize::try_from(*length).unwrap_or(usize::MAX);
        let (Some(numbers), Some(count)) =
            (behind.get(..n), behind.get(n).and_then(|n| u32::try_from(*n).ok()))
        else {
            notes.say("raw samples that do not end", || {
                let n_left = behind.len();
                format!("item {at} of raw says {length} frames and a count, but {n_left} items follow")
            });
            break;
        };
        rest = &behind[n + 1..];
        let mut stack = None;
        for (place, number) in numbers.iter().enumerate() {
            let line = profile.raw_lines.get(at + 1 + place).and_then(|line| u32::try_from(*line).ok());
            let frame = frames.frame(*number, line.filter(|line| *line > 0), &mut builder, notes);
            stack = Some(builder.stack(stack, frame));
        }
        // One row for each tick that has a time, one for all that have none.
        let n_timed =
            if has_times { (count as usize).min(most_ticks(profile).saturating_sub(tick)) } else { 0 };
        let n_untimed = count - n_timed as u32;
        for _ in 0..n_timed {
            let delta = profile.deltas.get(tick).copied();
            match profile.times.get(tick) {
                Some(time) => time_micros = *time,
                None => time_micros = time_micros.saturating_add(delta.unwrap_or(0)),
            }
            let value = match delta.filter(|_| measure.by_time) {
                Some(delta) => delta.saturating_mul(1_000),
                None => measure.value,
            };
            add(&mut builder, measure.signal, thread, time_micros, stack, value, 1);
            tick += 1;
        }
        if n_untimed > 0 {
            let value = measure.value.saturating_mul(i64::from(n_untimed));
            add(&mut builder, measure.signal, thread, time_micros, stack, value, n_untimed);
        }
    }
    builder.finish(has_times)
}

/// Ticks of which a time is told.
fn most_ticks(profile: &Profile) -> usize {
    profile.times.len().max(profile.deltas.len())
}

fn measure(profile: &Profile) -> Measure {
    let interval = profile.interval.filter(|interval| *interval > 0);
    let has_deltas = !profile.deltas.is_empty();
    match (profile.mode.as_str(), interval) {
        ("object", _) => Measure { signal: Signal::AllocCount, value: interval.unwrap_or(1), by_time: false },
        ("cpu", Some(interval)) => {
            Measure { signal: Signal::ProgramCpu, value: interval.saturating_mul(1_000), by_time: false }
        }
        ("wall", _) if has_deltas || interval.is_some() => {
            let value = interval.unwrap_or(0).saturating_mul(1_000);
            Measure { signal: Signal::ProgramWall, value, by_time: true }
        }
        _ => Measure { signal: Signal::Samples, value: 1, by_time: false },
    }
}

fn add(
    builder: &mut RecordingBuilder,
    signal: Signal,
    thread: ThreadId,
    time_micros: i64,
    stack: Option<StackId>,
    value: i64,
    n: u32,
) {
    let process = builder.recording().threads[thread.index()].process;
    builder.sample(Sample {
        signal,
        time_nanos: time_micros.saturating_mul(1_000),
        process,
        thread,
        cpu: None,
        stack,
        value,
        n,
        state: ThreadState::Unknown,
        labels: None,
    });
}

/// Frames of the recording by number and line.
struct Frames<'a> {
    profile: &'a Profile,
    positions: HashMap<i64, usize>,
    known: HashMap<(i64, Option<u32>), FrameId>,
}

impl<'a> Frames<'a> {
    fn new(profile: &'a Profile) -> Self {
        let positions = profile.frames.iter().enumerate().map(|(at, frame)| (frame.number, at)).collect();
        Self { profile, positions, known: HashMap::new() }
    }

    fn frame(
        &mut self,
        number: i64,
        line: Option<u32>,
        builder: &mut RecordingBuilder,
        notes: &mut Notes,
    ) -> FrameId {
        if let Some(known) = self.known.get(&(number, line)) {
            return *known;
        }
        let frame = match self.positions.get(&number).and_then(|at| self.profile.frames.get(*at)) {
            Some(told) => {
                let kind = match &*told.name {
                    "(garbage collection)" | "(marking)" | "(sweeping)" => FrameKind::Gc,
                    _ => FrameKind::Unknown,
                };
                Frame {
                    file: Some(told.file.to_string()).filter(|file| !file.is_empty()),
                    function_start_line: told.line.filter(|line| *line > 0),
                    line,
                    runtime: Some("ruby".to_owned()),
                    ..Frame::named(&*told.name, kind)
                }
            }
            None => {
                notes.say("frames that are not there", || format!("frame {number} is not among the frames"));
                Frame { function: None, ..Frame::named("", FrameKind::Unknown) }
            }
        };
        let id = builder.frame(frame);
        self.known.insert((number, line), id);
        id
    }
}

/// Stacks of a profile without raw samples.
fn edges(
    profile: &Profile,
    measure: Measure,
    thread: ThreadId,
    frames: &mut Frames<'_>,
    builder: &mut RecordingBuilder,
    notes: &mut Notes,
) {
    let mut graph = CallGraph {
        own: profile.frames.iter().map(|frame| frame.own).collect(),
        total: profile.frames.iter().map(|frame| frame.total).collect(),
        edges: Vec::new(),
    };
    for (caller, frame) in profile.frames.iter().enumerate() {
        for (number, n) in &frame.edges {
            match frames.positions.get(number) {
                Some(callee) => graph.edges.push((caller, *callee, *n)),
                None => notes
                    .say("frames that are not there", || format!("frame {number} is not among the frames")),
            }
        }
    }
    let (nodes, is_full) = expand(&graph);
    if is_full {
        notes.say("too many paths", || {
            "there are more paths through the call graph than are made; what is left stands without callers"
                .into()
        });
    }
    let mut stacks: Vec<StackId> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let number = profile.frames[node.function].number;
        let frame = frames.frame(number, None, builder, notes);
        let stack = builder.stack(node.parent.map(|parent| stacks[parent]), frame);
        stacks.push(stack);
        if node.own > 0 {
            let n = i64::try_from(node.own).unwrap_or(i64::MAX);
            let observed = u32::try_from(node.own).unwrap_or(u32::MAX);
            builder.sum(measure.signal, thread, Some(stack), n.saturating_mul(measure.value), observed);
        }
    }
}
