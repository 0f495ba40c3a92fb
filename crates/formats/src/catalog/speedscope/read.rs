//! From the JSON to a recording. The table of frames may stand behind the profiles, so stacks are kept by the numbers
//! of their frames until the end.

use super::events::{Event, OpenFrames};
use crate::builder::RecordingBuilder;
use crate::input::Input;
use crate::pull_json::{Damage, Log, Number, PullJson};
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
    let mut log = Log::new("speedscope");
    let mut json = PullJson::new(input.stream());
    let mut document = Document::default();
    let outcome = json.members(|json, name| member(json, name, &mut document, &mut log));
    match outcome {
        Ok(true) => {}
        Ok(false) => log.of("no object", || "the file is no JSON object".into()),
        Err(damage) => log.damage(damage),
    }
    let mut issues = json.reader().issues();
    let (recording, more) = recording(document, input, &mut log);
    issues.extend(log.finish());
    issues.extend(more);
    (recording, issues)
}

fn member<R: Read>(
    json: &mut PullJson<R>,
    name: &str,
    document: &mut Document,
    log: &mut Log,
) -> Result<(), Damage> {
    match name {
        "exporter" => document.exporter = json.text()?,
        "shared" => {
            json.members(|json, name| match name {
                "frames" => {
                    json.items(|json, _| {
                        let frame = frame(json, log)?;
                        document.frames.push(frame);
                        Ok(())
                    })?;
                    Ok(())
                }
                _ => json.skip(),
            })?;
        }
        "profiles" => {
            json.items(|json, number| {
                // A profile that the file is cut in keeps what was read of it.
                let mut profile = Profile::default();
                let outcome = self::profile(json, number, &mut profile, &mut document.stacks, log);
                document.profiles.push(profile);
                outcome
            })?;
        }
        _ => json.skip()?,
    }
    Ok(())
}

fn frame<R: Read>(json: &mut PullJson<R>, log: &mut Log) -> Result<Frame, Damage> {
    let at = json.at();
    let mut frame = Frame::named("", FrameKind::Unknown);
    let mut has_name = false;
    let is_object = json.members(|json, name| {
        match name {
            "name" => {
                if let Some(name) = json.text()? {
                    frame.function = Some(name);
                    has_name = true;
                }
            }
            "file" => frame.file = json.text()?.filter(|file| !file.is_empty()),
            "line" => frame.line = position(json)?,
            "col" => frame.column = position(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if !is_object || !has_name {
        log.at("frames without a name", at, || "a frame has no name".into());
        frame.function = None;
    }
    Ok(frame)
}

fn position<R: Read>(json: &mut PullJson<R>) -> Result<Option<u32>, Damage> {
    Ok(json.number()?.and_then(Number::as_index).and_then(|index| u32::try_from(index).ok()))
}

fn profile<R: Read>(
    json: &mut PullJson<R>,
    number: usize,
    profile: &mut Profile,
    stacks: &mut StackTable,
    log: &mut Log,
) -> Result<(), Damage> {
    let begin = json.at();
    let mut open = OpenFrames::new(number);
    let mut events_end = begin;
    let mut kind = None;
    let outcome = json.members(|json, name| {
        match name {
            "type" => kind = json.text()?,
            "name" => profile.name = json.text()?.unwrap_or_default(),
            "unit" => profile.unit = json.text()?.unwrap_or_default(),
            "startValue" => profile.start = json.number()?,
            "endValue" => profile.end = json.number()?,
            "samples" => samples(json, profile, stacks, log)?,
            "weights" => weights(json, profile, log)?,
            "events" => {
                json.items(|json, _| event(json, &mut open, stacks, log))?;
                events_end = json.at();
            }
            "fathom" => profile.own = Some(own(json)?),
            _ => json.skip()?,
        }
        Ok(())
    });
    open.finish(profile.end, events_end, log);
    profile.spans = open.spans;
    outcome?;
    if !matches!(kind.as_deref(), Some("evented" | "sampled")) {
        log.at("profiles of unknown type", begin, || {
            let found = kind.unwrap_or_default();
            format!("profile {number} has type `{found}`; expected `evented` or `sampled`")
        });
    }
    let (n_samples, n_weights) = (profile.samples.len(), profile.weights.len());
    if n_samples != n_weights {
        log.at("lists of unequal length", begin, || {
            format!("profile {number} has {n_samples} samples, but {n_weights} weights; expected as many")
        });
    }
    Ok(())
}

fn samples<R: Read>(
    json: &mut PullJson<R>,
    profile: &mut Profile,
    stacks: &mut StackTable,
    log: &mut Log,
) -> Result<(), Damage> {
    json.items(|json, at| {
        let byte = json.at();
        let mut stack = None;
        let is_list = json.items(|json, _| {
            match json.number()?.and_then(Number::as_index).filter(|index| *index < MOST_ROWS) {
                Some(index) => stack = Some(stacks.intern(stack, FrameId::from_index(index))),
                None => log
                    .at("bad frame numbers", byte, || format!("sample {at} holds what is no frame's number")),
            }
            Ok(())
        })?;
        if !is_list {
            log.at("samples that are no lists", byte, || format!("sample {at} is no list of frames"));
        }
        profile.samples.push(stack);
        Ok(())
    })?;
    Ok(())
}

fn weights<R: Read>(json: &mut PullJson<R>, profile: &mut Profile, log: &mut Log) -> Result<(), Damage> {
    json.items(|json, at| {
        let byte = json.at();
        let weight = json.number()?.filter(|weight| weight.as_f64().is_finite());
        if weight.is_none() {
            log.at("bad weights", byte, || format!("weight {at} is no finite number"));
        }
        profile.weights.push(weight.unwrap_or(Number::Whole(0)));
        Ok(())
    })?;
    Ok(())
}

fn event<R: Read>(
    json: &mut PullJson<R>,
    open: &mut OpenFrames,
    stacks: &mut StackTable,
    log: &mut Log,
) -> Result<(), Damage> {
    let byte = json.at();
    let (mut opens, mut frame, mut at) = (None, None, None);
    json.members(|json, name| {
        match name {
            "type" => {
                opens = match json.text()?.as_deref() {
                    Some("O") => Some(true),
                    Some("C") => Some(false),
                    _ => None,
                }
            }
            "frame" => frame = position(json)?.filter(|frame| (*frame as usize) < MOST_ROWS),
            "at" => at = json.number()?.filter(|at| at.as_f64().is_finite()),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if let (Some(opens), Some(frame), Some(at)) = (opens, frame, at) {
        open.event(&Event { opens, frame, at }, byte, stacks, log);
    } else {
        let number = open.n_events;
        log.at("bad events", byte, || {
            format!(
                "event {number} lacks one of `type` (O or C), `frame` (a number) and `at` (a finite number)"
            )
        });
        open.n_events += 1;
    }
    Ok(())
}

fn own<R: Read>(json: &mut PullJson<R>) -> Result<Own, Damage> {
    let mut own = Own::default();
    json.members(|json, name| {
        match name {
            "signal" => own.signal = json.text()?.unwrap_or_default(),
            "unit" => own.unit = json.text()?.unwrap_or_default(),
            "column" => own.column = json.text()?.unwrap_or_default(),
            "process" => own.process = json.text()?.unwrap_or_default(),
            "thread" => own.thread = json.text()?.unwrap_or_default(),
            "pid" => own.pid = whole(json)?,
            "tid" => own.tid = whole(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(own)
}

fn whole<R: Read>(json: &mut PullJson<R>) -> Result<i32, Damage> {
    Ok(json.number()?.and_then(|number| i32::try_from(number.scaled(1)?).ok()).unwrap_or(0))
}

fn recording(document: Document, input: &Input<'_>, log: &mut Log) -> (Recording, Vec<Issue>) {
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
                log.of("frames that are not there", || {
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
        has_times |= fill(&mut builder, number, profile, &stacks, log);
    }
    builder.finish(has_times)
}

/// Adds the samples of a profile; says whether its values are times.
fn fill(
    builder: &mut RecordingBuilder,
    number: usize,
    profile: Profile,
    stacks: &[Option<StackId>],
    log: &mut Log,
) -> bool {
    let (factor, is_time) = match profile.unit.as_str() {
        "nanoseconds" => (1, true),
        "microseconds" => (1_000, true),
        "milliseconds" => (1_000_000, true),
        "seconds" => (1_000_000_000, true),
        _ => (1, false),
    };
    if !is_time && !matches!(profile.unit.as_str(), "bytes" | "none") {
        log.of("unknown units", || {
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
    let bad = |log: &mut Log| {
        log.of("values out of range", || {
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
            None => bad(log),
        }
    }
    for span in &profile.spans {
        match (span.begin.scaled(factor), span.end.scaled(factor)) {
            (Some(begin), Some(end)) => add(begin, Some(span.stack), end.saturating_sub(begin)),
            _ => bad(log),
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
