//! A recording as spans: samples of a thread that touch and share callers share their spans.
//!
//! Begins and ends (`B`, `E`) rather than whole spans (`X`): readers with floating numbers add a begin and a length to
//! something near the end, and spans that end together no longer do. Values are lengths: nanoseconds, and one nanosecond
//! for each byte or piece of what is no time. Which signal it was is in `otherData`, so that it reads back as that.
//! Samples without a time, and those that would begin before the one before them has ended, are put behind it: weights
//! stay exact, times give way.

use super::{FORMAT, UNNAMED};
use crate::format::{OutputFile, WriteError, WriteOptions};
use crate::names::{NO_STACK, frame_name};
use fathom_model::{FrameKind, Recording, Sample, SeriesPoint, StackId, ThreadId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What is told apart in the file: name, in quotes, and kind.
type Label = (String, FrameKind);

pub(super) fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signal = options.one_signal(recording, FORMAT.name)?;
    let mut threads: BTreeMap<ThreadId, Vec<&Sample>> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal && sample.value > 0) {
        threads.entry(sample.thread).or_default().push(sample);
    }
    let mut text = format!(
        "{{\"otherData\":{{\"fathom-signal\":{},\"fathom-unit\":{}}},\n\"displayTimeUnit\":\"ns\",\n\"traceEvents\":[",
        quoted(recording.meta.name_of(signal)),
        quoted(recording.meta.unit_of(signal).as_str()),
    );
    let mut list = List { text: &mut text, is_empty: true };
    let mut process_names: BTreeMap<i32, &str> = BTreeMap::new();
    for process in recording.processes.iter().filter(|process| !process.name.is_empty()) {
        process_names.insert(process.pid, &process.name);
    }
    for (pid, name) in process_names {
        list.item(format_args!(
            "{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{pid},\"tid\":0,\"ts\":0,\"args\":{{\"name\":{}}}}}",
            quoted(name)
        ));
    }
    let labels = Labels::of(recording);
    let mut used: BTreeSet<(i32, i32)> = BTreeSet::new();
    for (id, samples) in threads {
        let thread = recording.threads.get(id.index());
        let process = thread.and_then(|thread| recording.processes.get(thread.process.index()));
        let (pid, mut tid) =
            (process.map_or(0, |process| process.pid), thread.map_or(0, |thread| thread.tid));
        if used.contains(&(pid, tid)) {
            // Tools without numbers tell threads by name alone; here they need one.
            let last = used.range((pid, i32::MIN)..=(pid, i32::MAX)).next_back();
            tid = last.map_or(0, |(_, last)| last.wrapping_add(1));
        }
        while !used.insert((pid, tid)) {
            tid = tid.wrapping_add(1);
        }
        if let Some(thread) = thread {
            let name = quoted(&thread.name);
            list.item(format_args!(
                "{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":{pid},\"tid\":{tid},\"ts\":0,\"args\":{{\"name\":{name}}}}}"
            ));
        }
        let track = Track { pid, tid, labels: &labels };
        track.write(samples, recording, &mut list);
    }
    let mut points: Vec<&SeriesPoint> =
        recording.series.iter().filter(|point| point.value.is_finite()).collect();
    points.sort_by_key(|point| point.time_nanos);
    for point in points {
        let process = point.process.and_then(|id| recording.processes.get(id.index()));
        list.item(format_args!(
            "{{\"ph\":\"C\",\"name\":{},\"pid\":{},\"tid\":0,\"ts\":{},\"args\":{{\"{}\":{}}}}}",
            quoted(&point.name),
            process.map_or(0, |process| process.pid),
            micros(point.time_nanos),
            point.unit,
            point.value
        ));
    }
    text.push_str("\n]}\n");
    Ok(vec![OutputFile { name: "profile.json".into(), bytes: text.into_bytes() }])
}

struct List<'a> {
    text: &'a mut String,
    is_empty: bool,
}

impl List<'_> {
    fn item(&mut self, item: std::fmt::Arguments<'_>) {
        self.text.push_str(if self.is_empty { "\n" } else { ",\n" });
        self.is_empty = false;
        // Writing to a text cannot fail.
        let _ = self.text.write_fmt(item);
    }
}

/// Frames that look alike in the file are one.
struct Labels {
    rows: Vec<Label>,
    of_frame: Vec<usize>,
    no_stack: usize,
}

impl Labels {
    fn of(recording: &Recording) -> Self {
        let mut rows: Vec<Label> = Vec::new();
        let mut known: BTreeMap<Label, usize> = BTreeMap::new();
        let mut number = |name: &str, kind: FrameKind| {
            let label = (quoted(if name.is_empty() { UNNAMED } else { name }), kind);
            *known.entry(label.clone()).or_insert_with(|| {
                rows.push(label);
                rows.len() - 1
            })
        };
        let no_stack = number(NO_STACK, FrameKind::Unknown);
        let of_frame = recording
            .frames
            .iter()
            .map(|frame| number(&frame_name(frame, &recording.modules), frame.kind))
            .collect();
        Self { rows, of_frame, no_stack }
    }

    /// The labels of a stack, outermost first; never empty.
    fn path(&self, stack: Option<StackId>, recording: &Recording) -> Vec<usize> {
        let frames = stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
        let mut path: Vec<usize> =
            frames.map(|frame| self.of_frame.get(frame.index()).copied().unwrap_or(self.no_stack)).collect();
        path.reverse();
        if path.is_empty() {
            path.push(self.no_stack);
        }
        path
    }
}

/// A thread of the file.
struct Track<'a> {
    pid: i32,
    tid: i32,
    labels: &'a Labels,
}

impl Track<'_> {
    fn write(&self, mut samples: Vec<&Sample>, recording: &Recording, list: &mut List<'_>) {
        samples.sort_by_key(|sample| sample.time_nanos);
        let mut open: Vec<usize> = Vec::new();
        let mut now = i64::MIN;
        for sample in samples {
            let start_nanos = sample.time_nanos.max(now);
            let path = self.labels.path(sample.stack, recording);
            // A gap ends all spans.
            let is_gap = start_nanos > now;
            let shared = open.iter().zip(&path).take_while(|(open, label)| open == label).count();
            let keep = if is_gap { 0 } else { shared };
            // Readers that follow speedscope take a begin before the ends of its name at one time, and the stack falls
            // apart. With an argument it is not the same.
            let name = |label: &usize| self.labels.rows[*label].0.as_str();
            let first = path.get(keep).map(name);
            let is_again = !is_gap && open[keep..].iter().any(|label| Some(name(label)) == first);
            self.close(&mut open, keep, now, list);
            for (at, label) in path.into_iter().enumerate().skip(keep) {
                self.begin(label, start_nanos, is_again && at == keep, list);
                open.push(label);
            }
            now = start_nanos.saturating_add(sample.value);
        }
        self.close(&mut open, 0, now, list);
    }

    fn begin(&self, label: usize, start_nanos: i64, is_again: bool, list: &mut List<'_>) {
        let (name, kind) = &self.labels.rows[label];
        let (pid, tid, time) = (self.pid, self.tid, micros(start_nanos));
        let category =
            if *kind == FrameKind::Unknown { String::new() } else { format!("\"cat\":\"{kind}\",") };
        let arguments = if is_again { ",\"args\":{\"again\":true}" } else { "" };
        list.item(format_args!(
            "{{\"ph\":\"B\",\"name\":{name},{category}\"pid\":{pid},\"tid\":{tid},\"ts\":{time}{arguments}}}"
        ));
    }

    fn close(&self, open: &mut Vec<usize>, keep: usize, now: i64, list: &mut List<'_>) {
        let (pid, tid, time) = (self.pid, self.tid, micros(now));
        while open.len() > keep {
            let Some(label) = open.pop() else { return };
            let name = &self.labels.rows[label].0;
            list.item(format_args!(
                "{{\"ph\":\"E\",\"name\":{name},\"pid\":{pid},\"tid\":{tid},\"ts\":{time}}}"
            ));
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Nanoseconds as microseconds, exactly.
fn micros(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let (whole, rest) = (nanos.unsigned_abs() / 1_000, nanos.unsigned_abs() % 1_000);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:03}") }
}
