//! From what a trace says to a recording.

use super::event::Word;
use super::file::{SpanFrame, StackFrame, TraceFile, Track};
use super::spans::{MAX_DEPTH, Unmatched, Visitor, walk};
use super::{FORMAT, SPANS};
use crate::builder::RecordingBuilder;
use crate::catalog::cpuprofile::{Told, add_profile, profile_of};
use fathom_model::{
    Event, Frame, FrameId, FrameKind, Issue, ProcessId, Recording, Sample, Signal, StackId, ThreadId,
    ThreadState, Unit,
};

pub(super) fn recording(mut file: TraceFile, issues: &mut Vec<Issue>) -> Recording {
    let tracks = std::mem::take(&mut file.tracks);
    let has_samples = tracks.iter().any(|(_, track)| !track.samples.is_empty() || !track.profiles.is_empty());
    let signal = span_signal(&mut file, has_samples);
    let frames = span_frames(&mut file);
    let mut n_cyclic = 0;
    let stacks = if tracks.iter().any(|(_, track)| !track.samples.is_empty()) {
        stack_table(&file.stack_frames, &mut file.builder, &mut n_cyclic)
    } else {
        Vec::new()
    };
    let mut unmatched = Unmatched::default();
    for ((process_word, thread_word), track) in tracks {
        let process = file.process(&process_word);
        let known = file.thread_names.remove(&(process_word.clone(), thread_word.clone()));
        let (tid, made_up) = match &thread_word {
            Word::Number(number) => match i32::try_from(*number) {
                Ok(tid) => (tid, String::new()),
                Err(_) => (0, number.to_string()),
            },
            Word::Text(text) => (0, text.clone()),
        };
        let thread = file.builder.thread(process, tid, &known.unwrap_or(made_up));
        let Track { spans, moments, samples, profiles } = track;
        if let (Some(signal), false) = (signal, spans.is_empty()) {
            let mut visitor = Spans {
                builder: &mut file.builder,
                frames: &frames,
                sample: empty_sample(signal, process, thread),
                open: Vec::new(),
                pending: None,
            };
            let found = walk(spans, &mut visitor);
            visitor.flush();
            unmatched.n_ends += found.n_ends;
            unmatched.n_open += found.n_open;
            unmatched.n_deep += found.n_deep;
        }
        for parts in profiles {
            let told = joined(parts);
            add_profile(&mut file.builder, process, thread, &profile_of(told, issues));
        }
        add_samples(samples, &stacks, &mut file.builder, process, thread);
        for (start_nanos, name) in moments {
            let name = file.names.get(name as usize).map_or("", String::as_str);
            let event = moment(name, start_nanos, thread);
            file.builder.event(event);
        }
    }
    for (n, what) in [
        (unmatched.n_ends, "ends of spans fit to no span that is open and are left out"),
        (unmatched.n_open, "spans have no end; they last until the last event of their thread"),
        (unmatched.n_deep, "spans are deeper than 4096; their time is their callers'"),
        (n_cyclic, "frames of stacks lead back to themselves, to nowhere, or are deeper than 4096"),
    ] {
        if n > 0 {
            issues.push(Issue::of(FORMAT.name, format!("{n} {what}")));
        }
    }
    let (recording, more) = file.builder.finish(true);
    issues.extend(more);
    recording
}

/// What spans are: the program's own time, unless something else is, or Fathom wrote what they were.
fn span_signal(file: &mut TraceFile, has_samples: bool) -> Option<Signal> {
    if let Some(name) = file.written[0].as_deref() {
        let unit = file.written[1].as_deref().and_then(Unit::parse);
        return match (Signal::parse(name).filter(|signal| !Signal::COLUMNS.contains(signal)), unit) {
            (Some(signal), _) => Some(signal),
            (None, unit) => file.builder.column(name, unit.unwrap_or(Unit::Count)),
        };
    }
    if has_samples && !file.frames.is_empty() {
        return file.builder.column(SPANS, Unit::Nanoseconds);
    }
    Some(Signal::ProgramWall)
}

fn span_frames(file: &mut TraceFile) -> Vec<FrameId> {
    let TraceFile { builder, names, frames, .. } = file;
    let text = |number: u32| names.get(number as usize).map_or("", String::as_str);
    let frame_of = |frame: &SpanFrame, builder: &mut RecordingBuilder| match (&frame.url, frame.kind) {
        (None, None) => builder.named_frame(text(frame.name)),
        (url, kind) => builder.frame(Frame {
            function_start_line: frame.function_line,
            file: url.map(|url| text(url).to_owned()),
            line: frame.line,
            column: frame.column,
            ..Frame::named(text(frame.name), kind.unwrap_or(FrameKind::Unknown))
        }),
    };
    frames.iter().map(|frame| frame_of(frame, builder)).collect()
}

/// The stack of each frame of the table; `None` for one whose callers never end.
fn stack_table(
    frames: &[StackFrame],
    builder: &mut RecordingBuilder,
    n_cyclic: &mut usize,
) -> Vec<Option<StackId>> {
    let mut stacks: Vec<Option<(StackId, usize)>> = vec![None; frames.len()];
    let mut is_bad = vec![false; frames.len()];
    for at in 0..frames.len() {
        let mut path = Vec::new();
        let mut next = Some(at);
        // Up to a caller that has its stack already, or to the outermost.
        while let Some(frame) = next.filter(|at| stacks[*at].is_none() && !is_bad[*at]) {
            path.push(frame);
            if path.len() > MAX_DEPTH {
                break;
            }
            next = frames[frame].parent.map(|parent| parent as usize);
        }
        let known = next.and_then(|at| stacks[at]);
        let depth = known.map_or(0, |known| known.1) + path.len();
        if depth > MAX_DEPTH || next.is_some_and(|at| is_bad[at]) {
            path.iter().for_each(|frame| is_bad[*frame] = true);
            continue;
        }
        let mut caller = known;
        for frame in path.into_iter().rev() {
            let told = &frames[frame];
            let kind = if told.category == "Native" { FrameKind::Native } else { FrameKind::Unknown };
            let id = builder.frame(Frame::named(told.name.as_str(), kind));
            let stack = builder.stack(caller.map(|caller| caller.0), id);
            caller = Some((stack, caller.map_or(0, |caller| caller.1) + 1));
            stacks[frame] = caller;
        }
    }
    *n_cyclic = is_bad.iter().filter(|bad| **bad).count();
    stacks.into_iter().map(|stack| stack.map(|stack| stack.0)).collect()
}

/// Each sample lasts until the next one of its thread; the last one takes no time.
fn add_samples(
    mut samples: Vec<(i64, u32)>,
    stacks: &[Option<StackId>],
    builder: &mut RecordingBuilder,
    process: ProcessId,
    thread: ThreadId,
) {
    samples.sort_by_key(|sample| sample.0);
    for (at, (time_nanos, frame)) in samples.iter().enumerate() {
        let next = samples.get(at + 1).map_or(*time_nanos, |next| next.0);
        builder.sample(Sample {
            time_nanos: *time_nanos,
            stack: stacks.get(*frame as usize).copied().flatten(),
            value: next.saturating_sub(*time_nanos),
            ..empty_sample(Signal::ProgramWall, process, thread)
        });
    }
}

/// The parts of a profile in the order of their times, as one.
fn joined(mut parts: Vec<(i64, Told)>) -> Told {
    parts.sort_by_key(|part| part.0);
    let mut whole = Told::default();
    for (_, part) in parts {
        whole.append(part);
    }
    whole
}

fn moment(name: &str, start_nanos: i64, thread: ThreadId) -> Event {
    Event {
        id: 0,
        parent: None,
        kind: "mark".to_owned(),
        start_nanos,
        duration_nanos: 0,
        thread: Some(thread),
        stack: None,
        trace_id: None,
        span_id: None,
        attributes: serde_json::json!({ "name": name }).to_string(),
    }
}

fn empty_sample(signal: Signal, process: ProcessId, thread: ThreadId) -> Sample {
    Sample {
        signal,
        time_nanos: 0,
        process,
        thread,
        cpu: None,
        stack: None,
        value: 0,
        n: 1,
        state: ThreadState::Unknown,
        labels: None,
    }
}

/// Follows the stack of a thread's spans. Times of one stack that touch are one sample.
struct Spans<'a> {
    builder: &'a mut RecordingBuilder,
    frames: &'a [FrameId],
    sample: Sample,
    open: Vec<StackId>,
    pending: Option<(StackId, i64, i64)>,
}

impl Visitor for Spans<'_> {
    fn enter(&mut self, frame: u32) {
        let caller = self.open.last().copied();
        // Every begin has a frame; without one it would be its caller's.
        if let Some(frame) = self.frames.get(frame as usize) {
            self.open.push(self.builder.stack(caller, *frame));
        }
    }

    fn leave(&mut self) {
        self.open.pop();
    }

    fn lasted(&mut self, since_nanos: i64, nanos: i64) {
        let Some(stack) = self.open.last().copied() else { return };
        match &mut self.pending {
            Some((same, start, length)) if *same == stack && start.saturating_add(*length) == since_nanos => {
                *length = length.saturating_add(nanos);
            }
            _ => {
                self.flush();
                self.pending = Some((stack, since_nanos, nanos));
            }
        }
    }
}

impl Spans<'_> {
    fn flush(&mut self) {
        if let Some((stack, time_nanos, value)) = self.pending.take() {
            self.builder.sample(Sample { time_nanos, value, stack: Some(stack), ..self.sample });
        }
    }
}
