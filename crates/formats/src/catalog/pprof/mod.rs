//! pprof's `profile.proto`, gzipped: for `go tool pprof`, Speedscope, Grafana, and as Go's `default.pgo`.
//!
//! Source: <https://github.com/google/pprof/blob/main/proto/profile.proto>. Inlined frames become several lines
//! of one location. `function.start_line` is set, because Go's profile-guided optimisation needs it.

mod decode;

pub use decode::{PprofFrame, PprofProfile, PprofSample, ValueType, read_pprof};

use crate::format::{Format, OutputFile, Sniff, WriteError, WriteOptions};
use crate::names::{NO_STACK, frame_name};
use crate::protobuf::Message;
use fathom_model::{FrameId, Module, Recording, Signal, StackId, ThreadId};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

pub(super) const FORMAT: Format = Format {
    name: "pprof",
    summary: "gzipped profile.proto, for go tool pprof and as default.pgo",
    extensions: &["pb.gz", "pprof", "pgo"],
    keeps: "stacks with inlining, files, lines, modules and build ids; every signal; thread and process as labels",
    loses: "time of each sample, CPU numbers, states, columns, time series, events",
    sniff,
    read: None,
    write: Some(write),
    writes_directory: false,
};

/// Fields of the messages in `profile.proto`.
mod field {
    pub(super) const PROFILE_SAMPLE_TYPE: u64 = 1;
    pub(super) const PROFILE_SAMPLE: u64 = 2;
    pub(super) const PROFILE_MAPPING: u64 = 3;
    pub(super) const PROFILE_LOCATION: u64 = 4;
    pub(super) const PROFILE_FUNCTION: u64 = 5;
    pub(super) const PROFILE_STRING_TABLE: u64 = 6;
    pub(super) const PROFILE_TIME_NANOS: u64 = 9;
    pub(super) const PROFILE_DURATION_NANOS: u64 = 10;
    pub(super) const PROFILE_PERIOD_TYPE: u64 = 11;
    pub(super) const PROFILE_PERIOD: u64 = 12;
    pub(super) const PROFILE_COMMENT: u64 = 13;
    pub(super) const PROFILE_DEFAULT_SAMPLE_TYPE: u64 = 14;
    pub(super) const VALUE_TYPE_KIND: u64 = 1;
    pub(super) const VALUE_TYPE_UNIT: u64 = 2;
    pub(super) const SAMPLE_LOCATION: u64 = 1;
    pub(super) const SAMPLE_VALUE: u64 = 2;
    pub(super) const MAPPING_FILE: u64 = 5;
    pub(super) const LOCATION_ID: u64 = 1;
    pub(super) const LOCATION_LINE: u64 = 4;
    pub(super) const LINE_FUNCTION: u64 = 1;
    pub(super) const LINE_LINE: u64 = 2;
    pub(super) const FUNCTION_ID: u64 = 1;
    pub(super) const FUNCTION_NAME: u64 = 2;
    pub(super) const FUNCTION_FILE: u64 = 4;
    pub(super) const FUNCTION_START_LINE: u64 = 5;
}

fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signals = options.present_signals(recording)?;
    let types = sample_types(&signals);
    let mut profile = Profile::new(recording, options);
    for ((stack, thread), values) in summed(recording, &types) {
        profile.sample(stack, thread, &values);
    }
    let bytes = profile.finish(&types).into_bytes();
    Ok(vec![OutputFile { name: "profile.pb.gz".into(), bytes: gzip(&bytes) }])
}

/// A column of values: its name, its unit, and whose values (or raw observations) it holds.
struct SampleType {
    name: &'static str,
    unit: &'static str,
    signal: Signal,
    counts: bool,
}

/// Go's names where it has some (`samples/count` and `cpu/nanoseconds` are what its compiler looks for), ours
/// elsewhere.
fn sample_types(signals: &[Signal]) -> Vec<SampleType> {
    let mut types = Vec::new();
    for &signal in signals {
        let name = match signal {
            Signal::AllocBytes => "alloc_space",
            Signal::AllocCount => "alloc_objects",
            Signal::LiveBytes => "inuse_space",
            Signal::LiveCount => "inuse_objects",
            other => other.as_str(),
        };
        if signal == Signal::Cpu {
            types.push(SampleType { name: "samples", unit: "count", signal, counts: true });
        }
        types.push(SampleType { name, unit: signal.unit().as_str(), signal, counts: false });
    }
    types
}

type Key = (Option<StackId>, ThreadId);

/// Values by stack and thread, in the order of their ids.
fn summed(recording: &Recording, types: &[SampleType]) -> BTreeMap<Key, Vec<i64>> {
    let mut sums: BTreeMap<Key, Vec<i64>> = BTreeMap::new();
    for sample in &recording.samples {
        for (at, _) in types.iter().enumerate().filter(|(_, kind)| kind.signal == sample.signal) {
            let values = sums.entry((sample.stack, sample.thread)).or_insert_with(|| vec![0; types.len()]);
            let value = if types[at].counts { i64::from(sample.n) } else { sample.value };
            values[at] = values[at].saturating_add(value);
        }
    }
    sums
}

/// A profile being written: ids of locations and functions begin at 1.
struct Profile<'a> {
    recording: &'a Recording,
    options: &'a WriteOptions,
    out: Message,
    strings: Strings,
    /// By the frames of the location, innermost first.
    locations: HashMap<Vec<FrameId>, u64>,
    functions: HashMap<(i64, i64, i64), u64>,
    stacks: HashMap<Option<StackId>, Vec<u64>>,
}

impl<'a> Profile<'a> {
    fn new(recording: &'a Recording, options: &'a WriteOptions) -> Self {
        let mut profile = Self {
            recording,
            options,
            out: Message::default(),
            strings: Strings::default(),
            locations: HashMap::new(),
            functions: HashMap::new(),
            stacks: HashMap::new(),
        };
        profile.strings.id("");
        profile.mappings();
        profile
    }

    /// Every module is a mapping from its first load address to the end of its highest sampled address.
    fn mappings(&mut self) {
        let mut highest = vec![0u64; self.recording.modules.len()];
        for frame in &self.recording.frames {
            let module = frame.module.and_then(|id| highest.get_mut(id.index()));
            if let (Some(high), Some(address)) = (module, frame.relative_address) {
                *high = address.max(*high);
            }
        }
        for (at, module) in self.recording.modules.iter().enumerate() {
            let start = load_address(module);
            let limit = start.saturating_add(highest[at]).saturating_add(0xfff) & !0xfff;
            let path = self.strings.id(&module.path);
            let build_id = module.build_id.as_ref().map_or(0, |id| self.strings.id(&id.to_string()));
            self.out.message(field::PROFILE_MAPPING, |out| {
                out.uint(1, at as u64 + 1)
                    .uint(2, start)
                    .uint(3, limit.max(start))
                    .int(5, path)
                    .int(6, build_id);
                // Symbols are here: the tool must not look for others.
                out.flag(7, true).flag(8, true).flag(9, true).flag(10, true);
            });
        }
    }

    fn sample(&mut self, stack: Option<StackId>, thread: ThreadId, values: &[i64]) {
        let mut locations = match self.stacks.get(&stack) {
            Some(known) => known.clone(),
            None => {
                let made = self.stack(stack);
                self.stacks.insert(stack, made.clone());
                made
            }
        };
        let row = self.recording.threads.get(thread.index());
        let process = row.and_then(|thread| self.recording.processes.get(thread.process.index()));
        if let Some(thread) = row.filter(|_| self.options.thread_root) {
            locations.push(self.root(&format!("{} (thread {})", thread.name, thread.tid)));
        }
        if let Some(process) = process.filter(|_| self.options.process_root) {
            locations.push(self.root(&format!("{} (process {})", process.name, process.pid)));
        }
        let mut labels: Vec<(i64, i64, i64)> = Vec::new();
        if let Some(process) = process {
            labels.push((self.strings.id("process"), self.strings.id(&process.name), 0));
            labels.push((self.strings.id("pid"), 0, i64::from(process.pid)));
        }
        if let Some(thread) = row {
            labels.push((self.strings.id("thread"), self.strings.id(&thread.name), 0));
            labels.push((self.strings.id("tid"), 0, i64::from(thread.tid)));
        }
        self.out.message(field::PROFILE_SAMPLE, |out| {
            out.packed(1, locations.iter().copied()).packed(2, values.iter().map(|value| *value as u64));
            for (key, text, number) in labels {
                out.message(3, |out| {
                    out.int(1, key).int(2, text).int(3, number);
                });
            }
        });
    }

    /// The locations of a stack, innermost first.
    fn stack(&mut self, stack: Option<StackId>) -> Vec<u64> {
        let Some(stack) = stack else { return vec![self.root(NO_STACK)] };
        let mut locations = Vec::new();
        let mut group: Vec<FrameId> = Vec::new();
        let recording = self.recording;
        for id in recording.stacks.frames(stack) {
            group.push(id);
            // The frame that is not inlined holds the machine code of those before it.
            if recording.frames.get(id.index()).is_none_or(|frame| !frame.inlined) {
                locations.push(self.location(std::mem::take(&mut group)));
            }
        }
        if !group.is_empty() {
            locations.push(self.location(group));
        }
        locations
    }

    fn location(&mut self, group: Vec<FrameId>) -> u64 {
        if let Some(id) = self.locations.get(&group) {
            return *id;
        }
        let recording = self.recording;
        let mut lines = Vec::new();
        let (mut mapping, mut address) = (0, 0);
        for frame in group.iter().filter_map(|id| recording.frames.get(id.index())) {
            let name = frame_name(frame, &recording.modules);
            let start_line = frame.function_start_line.map_or(0, i64::from);
            let function = self.function(&name, frame.file.as_deref().unwrap_or(""), start_line);
            lines.push((function, frame.line.map_or(0, i64::from)));
            let module = frame.module.and_then(|id| recording.modules.get(id.index()));
            if let (Some(id), Some(module)) = (frame.module, module) {
                mapping = id.index() as u64 + 1;
                address = load_address(module).wrapping_add(frame.relative_address.unwrap_or(0));
            } else if let Some(absolute) = frame.relative_address {
                address = absolute;
            }
        }
        let id = self.locations.len() as u64 + 1;
        self.put_location(id, mapping, address, &lines);
        self.locations.insert(group, id);
        id
    }

    /// A location that stands for no code.
    fn root(&mut self, name: &str) -> u64 {
        let function = self.function(name, "", 0);
        // Not a frame of the recording: ids beyond its frames name it in the index.
        let key = vec![FrameId(u32::MAX), FrameId(function as u32)];
        if let Some(id) = self.locations.get(&key) {
            return *id;
        }
        let id = self.locations.len() as u64 + 1;
        self.put_location(id, 0, 0, &[(function, 0)]);
        self.locations.insert(key, id);
        id
    }

    fn put_location(&mut self, id: u64, mapping: u64, address: u64, lines: &[(u64, i64)]) {
        self.out.message(field::PROFILE_LOCATION, |out| {
            out.uint(1, id).uint(2, mapping).uint(3, address);
            for (function, line) in lines {
                out.message(4, |out| {
                    out.uint(1, *function).int(2, *line);
                });
            }
        });
    }

    fn function(&mut self, name: &str, file: &str, start_line: i64) -> u64 {
        let key = (self.strings.id(name), self.strings.id(file), start_line);
        if let Some(id) = self.functions.get(&key) {
            return *id;
        }
        let id = self.functions.len() as u64 + 1;
        self.out.message(field::PROFILE_FUNCTION, |out| {
            out.uint(1, id).int(2, key.0).int(3, key.0).int(4, key.1).int(5, start_line);
        });
        self.functions.insert(key, id);
        id
    }

    fn finish(mut self, types: &[SampleType]) -> Message {
        let meta = &self.recording.meta;
        for kind in types {
            let (name, unit) = (self.strings.id(kind.name), self.strings.id(kind.unit));
            self.out.message(field::PROFILE_SAMPLE_TYPE, |out| {
                out.int(1, name).int(2, unit);
            });
        }
        // The pair read last before the start tells the date best.
        let pair = meta.clock_pairs.iter().rev().find(|pair| pair.monotonic_nanos <= meta.start_nanos);
        if let Some(pair) = pair.or(meta.clock_pairs.first()) {
            let ahead = pair.realtime_nanos.saturating_sub(pair.monotonic_nanos);
            self.out.int(field::PROFILE_TIME_NANOS, meta.start_nanos.saturating_add(ahead));
        }
        self.out.int(field::PROFILE_DURATION_NANOS, meta.duration_nanos);
        let rate = meta.epochs.first().map_or(0.0, |epoch| epoch.rate_hz);
        if rate > 0.0 && types.iter().any(|kind| kind.signal == Signal::Cpu) {
            let (name, unit) = (self.strings.id("cpu"), self.strings.id("nanoseconds"));
            self.out.message(field::PROFILE_PERIOD_TYPE, |out| {
                out.int(1, name).int(2, unit);
            });
            self.out.int(field::PROFILE_PERIOD, (1e9 / rate).round() as i64);
        }
        let comment = self.strings.id(&format!("recorded by fathom {}", meta.fathom_version));
        self.out.packed(field::PROFILE_COMMENT, std::iter::once(comment as u64));
        let default = types.iter().find(|kind| !kind.counts).map_or("", |kind| kind.name);
        let default = self.strings.id(default);
        self.out.int(field::PROFILE_DEFAULT_SAMPLE_TYPE, default);
        for text in &self.strings.texts {
            self.out.bytes(field::PROFILE_STRING_TABLE, text.as_bytes());
        }
        self.out
    }
}

/// The string table; its first entry is the empty text.
#[derive(Default)]
struct Strings {
    texts: Vec<String>,
    ids: HashMap<String, i64>,
}

impl Strings {
    fn id(&mut self, text: &str) -> i64 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as i64;
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }
}

fn load_address(module: &Module) -> u64 {
    module.load_addresses.first().copied().unwrap_or(0)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

/// gzip may hold anything; an unpacked profile begins with a sample type, whose first field is a string's id.
fn sniff(head: &[u8]) -> Sniff {
    match head {
        [0x1f, 0x8b, 8, ..] => Sniff::Maybe,
        [0x0a, len @ 2..=8, 0x08, rest @ ..] if rest.len() + 1 >= usize::from(*len) => Sniff::Maybe,
        _ => Sniff::No,
    }
}

#[cfg(test)]
mod tests;
