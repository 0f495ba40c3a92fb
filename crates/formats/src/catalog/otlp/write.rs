//! A recording as one `ProfilesData`: a resource for each process, a profile for each of its signals.
//!
//! Samples of one stack, thread, CPU, state and labels are one, with their values and times side by side; recordings
//! without times are summed. Rows stand in the order of their first sample, so that what is read back is written the
//! same.

use super::SCOPE;
use super::attributes::AttributeValue::{self, Integer, Text};
use super::json::from_protobuf;
use super::schema::PROFILES_DATA;
use super::tables::Tables;
use crate::format::{OutputFile, WriteError, WriteOptions};
use crate::protobuf::Message;
use fathom_model::{
    Label, LabelsId, Process, ProcessId, Recording, Sample, Signal, StackId, ThreadId, ThreadState,
};
use std::collections::{BTreeMap, HashMap};

pub(super) fn write_protobuf(
    recording: &Recording,
    options: &WriteOptions,
) -> Result<Vec<OutputFile>, WriteError> {
    let bytes = message(recording, options)?.into_bytes();
    Ok(vec![OutputFile { name: "profile.otlp".into(), bytes }])
}

pub(super) fn write_json(
    recording: &Recording,
    options: &WriteOptions,
) -> Result<Vec<OutputFile>, WriteError> {
    let mut text = String::new();
    from_protobuf(&PROFILES_DATA, &message(recording, options)?.into_bytes(), &mut text);
    text.push('\n');
    Ok(vec![OutputFile { name: "profile.otlp.json".into(), bytes: text.into_bytes() }])
}

/// What samples have in common that are written as one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    stack: Option<StackId>,
    thread: ThreadId,
    cpu: Option<u32>,
    state: ThreadState,
    labels: Option<LabelsId>,
}

/// Samples of one key: values, and times where the recording has some.
#[derive(Default)]
struct Rows {
    keys: HashMap<Key, usize>,
    rows: Vec<(Key, Vec<i64>, Vec<u64>)>,
}

fn message(recording: &Recording, options: &WriteOptions) -> Result<Message, WriteError> {
    let signals = options.present_signals(recording)?;
    let mut writer = Writer {
        recording,
        options,
        tables: Tables::new(recording),
        labels: labels(recording),
        ahead: ahead(recording),
        has_times: recording.meta.imported.as_ref().is_none_or(|imported| imported.has_times),
    };
    let mut profiles: BTreeMap<(ProcessId, usize), Rows> = BTreeMap::new();
    for sample in &recording.samples {
        if let Some(signal) = signals.iter().position(|signal| *signal == sample.signal) {
            writer.add(profiles.entry((sample.process, signal)).or_default(), sample);
        }
    }
    let mut out = Message::default();
    let mut profiles = profiles.into_iter().peekable();
    while let Some(((process, _), _)) = profiles.peek() {
        let process = *process;
        let mut scope = Message::default();
        scope.message(1, |out| {
            out.bytes(1, SCOPE.as_bytes()).bytes(2, env!("CARGO_PKG_VERSION").as_bytes());
        });
        while let Some(((_, signal), rows)) = profiles.next_if(|((of, _), _)| *of == process) {
            scope.bytes(2, &writer.profile(signals[signal], rows).into_bytes());
        }
        out.message(1, |out| {
            if let Some(row) = recording.processes.get(process.index()) {
                out.message(1, |out| resource(row, out));
            }
            out.bytes(2, &scope.into_bytes());
        });
    }
    out.bytes(2, &writer.tables.into_message().into_bytes());
    Ok(out)
}

struct Writer<'a> {
    recording: &'a Recording,
    options: &'a WriteOptions,
    tables: Tables<'a>,
    labels: HashMap<LabelsId, Vec<&'a Label>>,
    /// What the time since 1970 is ahead of the recording's.
    ahead: i64,
    has_times: bool,
}

impl Writer<'_> {
    fn add(&self, rows: &mut Rows, sample: &Sample) {
        let key = Key {
            stack: sample.stack,
            thread: sample.thread,
            cpu: sample.cpu,
            state: sample.state,
            labels: sample.labels,
        };
        let Rows { keys, rows } = rows;
        let at = *keys.entry(key).or_insert_with(|| {
            rows.push((key, Vec::new(), Vec::new()));
            rows.len() - 1
        });
        let (_, values, times) = &mut rows[at];
        if self.has_times {
            values.push(sample.value);
            times.push(u64::try_from(sample.time_nanos.saturating_add(self.ahead)).unwrap_or(0));
        } else if let Some(sum) = values.first_mut() {
            *sum = sum.saturating_add(sample.value);
        } else {
            values.push(sample.value);
        }
    }

    fn profile(&mut self, signal: Signal, rows: Rows) -> Message {
        let meta = &self.recording.meta;
        let mut out = Message::default();
        let (kind, unit) =
            (self.tables.text(meta.name_of(signal)), self.tables.text(meta.unit_of(signal).as_str()));
        out.message(1, |out| {
            out.uint(1, kind).uint(2, unit);
        });
        let times = || rows.rows.iter().flat_map(|(_, _, times)| times.iter().copied());
        let (first, last) = (times().min(), times().max());
        for (identity, values, times) in self.identified(rows) {
            out.message(2, |out| identity.write(&values, &times, out));
        }
        // Times lie within the profile, whose end is not of it.
        if let (Some(first), Some(last)) = (first, last) {
            out.fixed(3, first).uint(4, last - first + 1);
        } else if self.ahead > 0 {
            out.fixed(3, u64::try_from(meta.start_nanos.saturating_add(self.ahead)).unwrap_or(0));
            out.uint(4, u64::try_from(meta.duration_nanos).unwrap_or(0));
        }
        out
    }

    /// Samples by what they are in the file: stacks that differ only in what the format does not have are one there.
    fn identified(&mut self, rows: Rows) -> Vec<(Identity, Vec<i64>, Vec<u64>)> {
        let mut known: HashMap<Identity, usize> = HashMap::new();
        let mut out: Vec<(Identity, Vec<i64>, Vec<u64>)> = Vec::new();
        for (key, values, times) in rows.rows {
            let identity = self.identity(key);
            let Some(at) = known.get(&identity).copied() else {
                known.insert(identity.clone(), out.len());
                out.push((identity, values, times));
                continue;
            };
            let (_, all_values, all_times) = &mut out[at];
            if times.is_empty() {
                let sum =
                    all_values.iter().chain(&values).fold(0_i64, |sum, value| sum.saturating_add(*value));
                *all_values = vec![sum];
                continue;
            }
            let before = all_times.iter().copied().zip(all_values.iter().copied());
            let mut pairs: Vec<(u64, i64)> = before.chain(times.into_iter().zip(values)).collect();
            pairs.sort_by_key(|pair| pair.0);
            (*all_times, *all_values) = pairs.into_iter().unzip();
        }
        out
    }

    fn identity(&mut self, key: Key) -> Identity {
        let recording = self.recording;
        let thread = recording.threads.get(key.thread.index());
        let mut roots = Vec::new();
        if let Some(thread) = thread.filter(|_| self.options.thread_root) {
            roots.push(self.tables.root(&format!("{} (thread {})", thread.name, thread.tid)));
        }
        let process = thread.and_then(|thread| recording.processes.get(thread.process.index()));
        if let Some(process) = process.filter(|_| self.options.process_root) {
            roots.push(self.tables.root(&format!("{} (process {})", process.name, process.pid)));
        }
        let stack = self.tables.stack(key.stack, &roots);
        let mut attributes: Vec<(&str, AttributeValue)> = Vec::new();
        if let Some(thread) = thread {
            attributes.push(("thread.id", Integer(thread.tid.into())));
            if !thread.name.is_empty() {
                attributes.push(("thread.name", Text(thread.name.clone())));
            }
        }
        if let Some(cpu) = key.cpu {
            attributes.push(("cpu.logical_number", Integer(cpu.into())));
        }
        if key.state != ThreadState::Unknown {
            attributes.push(("thread.state", Text(key.state.as_str().to_owned())));
        }
        let labels = key.labels.and_then(|id| self.labels.get(&id)).cloned().unwrap_or_default();
        let value_of =
            |key: &str| labels.iter().find(|label| label.key == key).map(|label| label.value.as_str());
        let link = match (value_of("trace_id"), value_of("span_id")) {
            (Some(trace), Some(span)) => self.tables.link(trace, span),
            _ => None,
        };
        for label in &labels {
            let is_linked = link.is_some() && matches!(label.key.as_str(), "trace_id" | "span_id");
            // A key may stand once, and none is nothing.
            let is_taken = RESERVED.contains(&label.key.as_str())
                || attributes.iter().any(|(known, _)| *known == label.key);
            if !is_linked && !is_taken && !label.key.is_empty() {
                attributes.push((&label.key, Text(label.value.clone())));
            }
        }
        let attributes: Vec<u64> =
            attributes.iter().map(|(key, value)| self.tables.attribute(key, value)).collect();
        Identity { stack, attributes, link: link.unwrap_or(0) }
    }
}

/// What tells a sample from others in the file.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Identity {
    stack: u64,
    attributes: Vec<u64>,
    link: u64,
}

impl Identity {
    fn write(&self, values: &[i64], times: &[u64], out: &mut Message) {
        out.uint(1, self.stack);
        if !self.attributes.is_empty() {
            out.packed(2, self.attributes.iter().copied());
        }
        out.uint(3, self.link).packed(4, values.iter().map(|value| *value as u64));
        if !times.is_empty() {
            out.packed_fixed(5, times.iter().copied());
        }
    }
}

/// Keys of a sample that are no labels.
const RESERVED: [&str; 6] = [
    "process.pid",
    "process.executable.name",
    "thread.id",
    "thread.name",
    "thread.state",
    "cpu.logical_number",
];

fn resource(process: &Process, out: &mut Message) {
    let mut put = |key: &str, value: AttributeValue| {
        out.message(1, |out| {
            out.bytes(1, key.as_bytes()).message(2, |out| value.write(out));
        });
    };
    put("process.pid", Integer(process.pid.into()));
    if !process.name.is_empty() {
        put("process.executable.name", Text(process.name.clone()));
    }
    if let Some(runtime) = &process.runtime {
        put("process.runtime.name", Text(runtime.clone()));
    }
    if let Some(version) = &process.runtime_version {
        put("process.runtime.version", Text(version.clone()));
    }
    if !process.command.is_empty() {
        put("process.command_args", AttributeValue::List(process.command.clone()));
    }
}

fn labels(recording: &Recording) -> HashMap<LabelsId, Vec<&Label>> {
    let mut sets: HashMap<LabelsId, Vec<&Label>> = HashMap::new();
    for label in &recording.labels {
        sets.entry(label.id).or_default().push(label);
    }
    sets
}

/// The pair of clocks read last before the start tells the date best.
fn ahead(recording: &Recording) -> i64 {
    let meta = &recording.meta;
    let pair = meta.clock_pairs.iter().rev().find(|pair| pair.monotonic_nanos <= meta.start_nanos);
    let pair = pair.or(meta.clock_pairs.first());
    pair.map_or(0, |pair| pair.realtime_nanos.saturating_sub(pair.monotonic_nanos))
}
