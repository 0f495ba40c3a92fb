//! From the JSON to a recording. The table of frames may stand behind the profiles, so stacks are kept by the numbers
//! of their frames until the end.

use super::events::{Event, OpenFrames};
use crate::builder::RecordingBuilder;
use crate::input::Input;
use crate::json::{JsonTokens, Number, Token};
use crate::notes::Notes;
use fathom_model::{
    Frame, FrameId, FrameKind, Issue, Recording, Sample, Signal, StackId, StackTable, ThreadId, ThreadState,
    Unit,
};
use std::io::Read;

/// Rows of one file that are read: ids have 32 bits.
const MOST_ROWS: usize = u32::MAX as usize - 1;

#[derive(Default)]
struct Document {
    exporter: Option<String>,
    frames: Vec<Frame>,
    profiles: Vec<Profile>,
    /// Stacks over the numbers of frames.
    stacks: StackTable,
}

#[derive(Default)]
struct Profile {
    name: String,
    unit: String,
    start: Option<Number>,
    end: Option<Number>,
    /// Of sampled profiles.
    samples: Vec<Option<StackId>>,
    weights: Vec<Number>,
    /// Of evented ones.
    spans: Vec<super::events::Span>,
    own: Option<Own>,
}

/// What Fathom adds to a profile that it writes.
#[derive(Default)]
struct Own {
    signal: String,
    unit: String,
    column: String,
    process: String,
    pid: i32,
    thread: String,
    tid: i32,
}

pub(super) fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut notes = Notes::new(super::FORMAT.name);
    let mut json = JsonTokens::new(input.stream());
    let mut document = Document::default();
    if json.enter(Token::Object) {
        read_members(&mut json, &mut document, &mut notes);
    } else if !json.is_broken() {
        notes.of("the file is no JSON object".into());
    }
    let mut issues = json.reader().issues();
    issues.extend(json.issues(super::FORMAT.name));
    let (recording, more) = recording(document, input, &mut notes);
    issues.extend(notes.finish());
    issues.extend(more);
    (recording, issues)
}

fn read_members<R: Read>(json: &mut JsonTokens<R>, document: &mut Document, notes: &mut Notes) {
    while let Some(name) = json.next_key() {
        match name {
            "exporter" => document.exporter = json.text().map(str::to_owned),
            "shared" => {
                if json.enter(Token::Object) {
                    while let Some(name) = json.next_key() {
                        match name {
                            "frames" => read_frames(json, &mut document.frames, notes),
                            _ => json.skip_value(),
                        }
                    }
                }
            }
            "profiles" => {
                if json.enter(Token::Array) {
                    let mut number = 0;
                    while json.next_item() {
                        // A profile that the file is cut in keeps what was read of it.
                        let profile = read_profile(json, number, &mut document.stacks, notes);
                        document.profiles.push(profile);
                        number += 1;
                    }
                }
            }
            _ => json.skip_value(),
        }
    }
}

fn read_frames<R: Read>(json: &mut JsonTokens<R>, frames: &mut Vec<Frame>, notes: &mut Notes) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        let at = json.token_at();
        let mut frame = Frame { function: None, ..Frame::named("", FrameKind::Unknown) };
        if json.enter(Token::Object) {
            while let Some(name) = json.next_key() {
                match name {
                    "name" => {
                        if let Some(name) = json.text() {
                            frame.function = Some(name.to_owned());
                        }
                    }
                    "file" => frame.file = json.text().filter(|file| !file.is_empty()).map(str::to_owned),
                    "line" => frame.line = read_position(json),
                    "col" => frame.column = read_position(json),
                    _ => json.skip_value(),
                }
            }
        }
        if json.is_broken() {
            return;
        }
        if frame.function.is_none() {
            notes.say_at(at, "frames without a name", || "a frame has no name".into());
        }
        frames.push(frame);
    }
}

fn read_position<R: Read>(json: &mut JsonTokens<R>) -> Option<u32> {
    json.number().and_then(Number::as_index).and_then(|index| u32::try_from(index).ok())
}

fn read_profile<R: Read>(
    json: &mut JsonTokens<R>,
    number: usize,
    stacks: &mut StackTable,
    notes: &mut Notes,
) -> Profile {
    let begin = json.token_at();
    let mut profile = Profile::default();
    let mut open = OpenFrames::new(number);
    let mut events_end = begin;
    let mut kind = None;
    if json.enter(Token::Object) {
        while let Some(name) = json.next_key() {
            match name {
                "type" => kind = json.text().map(str::to_owned),
                "name" => profile.name = json.text_or_empty(),
                "unit" => profile.unit = json.text_or_empty(),
                "startValue" => profile.start = json.number(),
                "endValue" => profile.end = json.number(),
                "samples" => read_samples(json, &mut profile, stacks, notes),
                "weights" => read_weights(json, &mut profile, notes),
                "events" => {
                    if json.enter(Token::Array) {
                        while json.next_item() {
                            read_event(json, &mut open, stacks, notes);
                        }
                    }
                    if !json.is_broken() {
                        events_end = json.token_at();
                    }
                }
                "fathom" => profile.own = Some(read_own(json)),
                _ => json.skip_value(),
            }
        }
    }
    open.finish(profile.end, events_end, notes);
    profile.spans = open.spans;
    if json.is_broken() {
        return profile;
    }
    if !matches!(kind.as_deref(), Some("evented" | "sampled")) {
        notes.say_at(begin, "profiles of unknown type", || {
            let found = kind.unwrap_or_default();
            format!("profile {number} has type `{found}`; expected `evented` or `sampled`")
        });
    }
    let (n_samples, n_weights) = (profile.samples.len(), profile.weights.len());
    if n_samples != n_weights {
        notes.say_at(begin, "lists of unequal length", || {
            format!("profile {number} has {n_samples} samples, but {n_weights} weights; expected as many")
        });
    }
    profile
}

fn read_samples<R: Read>(
    json: &mut JsonTokens<R>,
    profile: &mut Profile,
    stacks: &mut StackTable,
    notes: &mut Notes,
) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        let (at, byte) = (profile.samples.len(), json.token_at());
        let mut stack = None;
        if json.enter(Token::Array) {
            while json.next_item() {
                let index = json.number().and_then(Number::as_index).filter(|index| *index < MOST_ROWS);
                match index {
                    Some(index) => stack = Some(stacks.intern(stack, FrameId::from_index(index))),
                    None if json.is_broken() => return,
                    None => notes.say_at(byte, "bad frame numbers", || {
                        format!("sample {at} holds what is no frame's number")
                    }),
                }
            }
        } else if !json.is_broken() {
            notes.say_at(byte, "samples that are no lists", || format!("sample {at} is no list of frames"));
        }
        if json.is_broken() {
            return;
        }
        profile.samples.push(stack);
    }
}

fn read_weights<R: Read>(json: &mut JsonTokens<R>, profile: &mut Profile, notes: &mut Notes) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        let (at, byte) = (profile.weights.len(), json.token_at());
        let weight = json.number().filter(|weight| weight.as_f64().is_finite());
        if json.is_broken() {
            return;
        }
        if weight.is_none() {
            notes.say_at(byte, "bad weights", || format!("weight {at} is no finite number"));
        }
        profile.weights.push(weight.unwrap_or(Number::Whole(0)));
    }
}

fn read_event<R: Read>(
    json: &mut JsonTokens<R>,
    open: &mut OpenFrames,
    stacks: &mut StackTable,
    notes: &mut Notes,
) {
    let byte = json.token_at();
    let (mut opens, mut frame, mut at) = (None, None, None);
    if json.enter(Token::Object) {
        while let Some(name) = json.next_key() {
            match name {
                "type" => {
                    opens = match json.text() {
                        Some("O") => Some(true),
                        Some("C") => Some(false),
                        _ => None,
                    }
                }
                "frame" => frame = read_position(json).filter(|frame| (*frame as usize) < MOST_ROWS),
                "at" => at = json.number().filter(|at| at.as_f64().is_finite()),
                _ => json.skip_value(),
            }
        }
    }
    // A cut event may have lost what matters most.
    if json.is_broken() {
        return;
    }
    if let (Some(opens), Some(frame), Some(at)) = (opens, frame, at) {
        open.event(&Event { opens, frame, at }, byte, stacks, notes);
    } else {
        let number = open.n_events;
        notes.say_at(byte, "bad events", || {
            format!(
                "event {number} lacks one of `type` (O or C), `frame` (a number) and `at` (a finite number)"
            )
        });
        open.n_events += 1;
    }
}

fn read_own<R: Read>(json: &mut JsonTokens<R>) -> Own {
    let mut own = Own::default();
    if !json.enter(Token::Object) {
        return own;
    }
    while let Some(name) = json.next_key() {
        match name {
            "signal" => own.signal = json.text_or_empty(),
            "unit" => own.unit = json.text_or_empty(),
            "column" => own.column = json.text_or_empty(),
            "process" => own.process = json.text_or_empty(),
            "thread" => own.thread = json.text_or_empty(),
            "pid" => own.pid = read_whole(json),
            "tid" => own.tid = read_whole(json),
            _ => json.skip_value(),
        }
    }
    own
}

fn read_whole<R: Read>(json: &mut JsonTokens<R>) -> i32 {
    json.number().and_then(|number| i32::try_from(number.scaled(1)?).ok()).unwrap_or(0)
}

fn recording(document: Document, input: &Input<'_>, notes: &mut Notes) -> (Recording, Vec<Issue>) {
    let mut builder = RecordingBuilder::new(super::FORMAT.name, input.limits());
    if let Some(exporter) = &document.exporter {
        builder.tool(exporter.clone());
    }
    let mut frames: Vec<Option<FrameId>> = vec![None; document.frames.len()];
    let mut stacks: Vec<Option<StackId>> = Vec::with_capacity(document.stacks.nodes().len());
    for node in document.stacks.nodes() {
        let caller = node.parent.and_then(|parent| stacks.get(parent.index()).copied().flatten());
        let number = node.frame.index();
        let known = frames.get(number).copied().flatten();
        let id = known.unwrap_or_else(|| match document.frames.get(number) {
            Some(frame) => builder.frame(frame.clone()),
            None => {
                let n = document.frames.len();
                notes.say("frames that are not there", || {
                    format!("frame {number} is not among the {n} of the file")
                });
                builder.frame(Frame { function: None, ..Frame::named("", FrameKind::Unknown) })
            }
        });
        if let Some(place) = frames.get_mut(number) {
            *place = Some(id);
        }
        stacks.push(Some(builder.stack(caller, id)));
    }
    let mut has_times = false;
    for (number, profile) in document.profiles.into_iter().enumerate() {
        has_times |= fill(&mut builder, number, profile, &stacks, notes);
    }
    builder.finish(has_times)
}

/// Adds the samples of a profile; says whether its values are times.
fn fill(
    builder: &mut RecordingBuilder,
    number: usize,
    profile: Profile,
    stacks: &[Option<StackId>],
    notes: &mut Notes,
) -> bool {
    let (factor, is_time) = match profile.unit.as_str() {
        "nanoseconds" => (1, true),
        "microseconds" => (1_000, true),
        "milliseconds" => (1_000_000, true),
        "seconds" => (1_000_000_000, true),
        _ => (1, false),
    };
    if !is_time && !matches!(profile.unit.as_str(), "bytes" | "none") {
        notes.say("unknown units", || {
            format!("profile {number} has the unit `{}`; it is read as none", profile.unit)
        });
    }
    let signal = match &profile.own {
        Some(own) => own_signal(builder, own),
        None if is_time => Some(Signal::ProgramWall),
        None if profile.unit == "bytes" => builder.column("bytes", Unit::Bytes),
        None => Some(Signal::Samples),
    };
    let Some(signal) = signal else { return false };
    let thread = match &profile.own {
        Some(own) => {
            let process = builder.process(own.pid, &own.process);
            builder.thread(process, own.tid, &own.thread)
        }
        None => {
            let process = builder.process(0, "");
            builder.thread(process, i32::try_from(number).unwrap_or(0), &profile.name)
        }
    };
    let process = builder.recording().threads[thread.index()].process;
    let mut add = |time_nanos: i64, stack: Option<StackId>, value: i64| {
        builder.sample(Sample {
            signal,
            time_nanos: if is_time { time_nanos } else { 0 },
            process,
            thread: ThreadId(thread.0),
            cpu: None,
            stack: stack.and_then(|stack| stacks.get(stack.index()).copied().flatten()),
            value,
            n: 1,
            state: ThreadState::Unknown,
            labels: None,
        });
    };
    let bad = |notes: &mut Notes| {
        notes.say("values out of range", || {
            format!("profile {number} holds values of more than 9e18 nanoseconds or units")
        });
    };
    let mut time = profile.start.and_then(|start| start.scaled(factor)).unwrap_or(0);
    for (stack, weight) in profile.samples.iter().zip(&profile.weights) {
        match weight.scaled(factor) {
            Some(value) => {
                add(time, *stack, value);
                time = time.saturating_add(value.max(0));
            }
            None => bad(notes),
        }
    }
    for span in &profile.spans {
        match (span.begin.scaled(factor), span.end.scaled(factor)) {
            (Some(begin), Some(end)) => add(begin, Some(span.stack), end.saturating_sub(begin)),
            _ => bad(notes),
        }
    }
    is_time
}

fn own_signal(builder: &mut RecordingBuilder, own: &Own) -> Option<Signal> {
    match Signal::parse(&own.signal).filter(|signal| !Signal::COLUMNS.contains(signal)) {
        Some(signal) => Some(signal),
        None => builder.column(&own.column, Unit::parse(&own.unit).unwrap_or(Unit::Count)),
    }
}
