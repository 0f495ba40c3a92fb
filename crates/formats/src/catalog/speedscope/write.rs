//! A recording as sampled profiles, one for each signal and thread, in the order in which samples were taken.

use crate::format::{OutputFile, WriteError, WriteOptions};
use crate::names::frame_name;
use fathom_model::{Process, Recording, Sample, Signal, StackId, Thread, Unit};
use std::collections::{BTreeMap, HashMap};

/// A profile: signal, number of the process, number and name of the thread. Told by content, so that reading and
/// writing again gives the same order.
type Key<'a> = (Signal, i32, i32, &'a str);

pub(super) fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signals = options.present_signals(recording)?;
    let mut groups: BTreeMap<Key<'_>, Vec<&Sample>> = BTreeMap::new();
    // The viewer refuses negative weights and leaves out empty ones.
    let wanted = |sample: &&Sample| sample.value > 0 && signals.contains(&sample.signal);
    for sample in recording.samples.iter().filter(wanted) {
        let thread = recording.threads.get(sample.thread.index());
        let pid = recording.processes.get(sample.process.index()).map_or(0, |process| process.pid);
        let (tid, name) = thread.map_or((0, ""), |thread| (thread.tid, thread.name.as_str()));
        groups.entry((sample.signal, pid, tid, name)).or_default().push(sample);
    }
    if groups.is_empty() {
        let signals = signals.iter().map(|signal| signal.as_str()).collect::<Vec<_>>().join(", ");
        return Err(WriteError::NoSamples { signals });
    }
    let mut frames = Frames::new(recording, options);
    let mut profiles = Vec::new();
    for (key, samples) in &groups {
        if !profiles.is_empty() {
            profiles.push(b',');
        }
        profile(&mut profiles, recording, &mut frames, key, samples);
    }
    let mut out = Vec::with_capacity(profiles.len() + 1024);
    out.extend_from_slice(
        b"{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":",
    );
    text(&mut out, concat!("fathom@", env!("CARGO_PKG_VERSION")));
    out.extend_from_slice(b",\"shared\":{\"frames\":[");
    out.extend_from_slice(&frames.rows);
    out.extend_from_slice(b"]},\"profiles\":[");
    out.extend_from_slice(&profiles);
    out.extend_from_slice(b"]}\n");
    Ok(vec![OutputFile { name: "profile.speedscope.json".into(), bytes: out }])
}

fn profile(
    out: &mut Vec<u8>,
    recording: &Recording,
    frames: &mut Frames<'_>,
    key: &Key<'_>,
    samples: &[&Sample],
) {
    let (signal, pid, tid, thread) = *key;
    let process = name_of_process(&recording.processes, pid);
    let unit = recording.meta.unit_of(signal);
    let total = samples.iter().fold(0_i64, |sum, sample| sum.saturating_add(sample.value));
    let signal_name = recording.meta.name_of(signal);
    put(out, "{\"type\":\"sampled\",\"name\":");
    text(out, &format!("{signal_name}: {thread} ({tid}), {process} ({pid})"));
    let unit_name = match unit {
        Unit::Nanoseconds => "nanoseconds",
        Unit::Bytes => "bytes",
        Unit::Count | Unit::Ratio => "none",
    };
    put(
        out,
        &format!(",\"unit\":\"{unit_name}\",\"startValue\":0,\"endValue\":{total},\"fathom\":{{\"signal\":"),
    );
    if Signal::COLUMNS.contains(&signal) {
        put(out, &format!("\"column\",\"unit\":\"{unit}\",\"column\":"));
        text(out, signal_name);
    } else {
        text(out, signal.as_str());
    }
    put(out, ",\"process\":");
    text(out, process);
    put(out, &format!(",\"pid\":{pid},\"thread\":"));
    text(out, thread);
    put(out, &format!(",\"tid\":{tid}}},\"samples\":["));
    for (at, sample) in samples.iter().enumerate() {
        put(out, if at > 0 { ",[" } else { "[" });
        let path = frames.path(sample);
        for (at, frame) in path.iter().enumerate() {
            put(out, &format!("{}{frame}", if at > 0 { "," } else { "" }));
        }
        put(out, "]");
    }
    put(out, "],\"weights\":[");
    for (at, sample) in samples.iter().enumerate() {
        put(out, &format!("{}{}", if at > 0 { "," } else { "" }, sample.value));
    }
    put(out, "]}");
}

/// The first name that a process with this number has.
fn name_of_process(processes: &[Process], pid: i32) -> &str {
    let named = |process: &&Process| process.pid == pid && !process.name.is_empty();
    processes.iter().find(named).map_or("", |process| process.name.as_str())
}

/// The table of frames, in the order of their first use.
struct Frames<'a> {
    recording: &'a Recording,
    options: &'a WriteOptions,
    /// Numbers of rows by the rows themselves: frames that differ in what is lost share one.
    numbers: HashMap<Vec<u8>, usize>,
    /// Numbers by the recording's ids.
    known: Vec<Option<usize>>,
    rows: Vec<u8>,
}

impl<'a> Frames<'a> {
    fn new(recording: &'a Recording, options: &'a WriteOptions) -> Self {
        let known = vec![None; recording.frames.len()];
        Self { recording, options, numbers: HashMap::new(), known, rows: Vec::new() }
    }

    /// Numbers of a sample's frames, outermost first.
    fn path(&mut self, sample: &Sample) -> Vec<usize> {
        let recording = self.recording;
        let ids: Vec<_> =
            sample.stack.into_iter().flat_map(|stack: StackId| recording.stacks.frames(stack)).collect();
        let mut path = Vec::with_capacity(ids.len());
        if let Some(process) =
            recording.processes.get(sample.process.index()).filter(|_| self.options.process_root)
        {
            path.push(self.root(&format!("{} (process {})", process.name, process.pid)));
        }
        let thread: Option<&Thread> = recording.threads.get(sample.thread.index());
        if let Some(thread) = thread.filter(|_| self.options.thread_root) {
            path.push(self.root(&format!("{} (thread {})", thread.name, thread.tid)));
        }
        path.extend(ids.iter().rev().map(|id| self.number(id.index())));
        path
    }

    fn root(&mut self, name: &str) -> usize {
        let mut row = b"{\"name\":".to_vec();
        text(&mut row, name);
        row.push(b'}');
        self.row(row)
    }

    fn number(&mut self, at: usize) -> usize {
        if let Some(number) = self.known.get(at).copied().flatten() {
            return number;
        }
        let mut row = b"{\"name\":".to_vec();
        match self.recording.frames.get(at) {
            Some(frame) => {
                text(&mut row, &frame_name(frame, &self.recording.modules));
                if let Some(file) = frame.file.as_ref().filter(|file| !file.is_empty()) {
                    put(&mut row, ",\"file\":");
                    text(&mut row, file);
                }
                for (name, value) in [("line", frame.line), ("col", frame.column)] {
                    if let Some(value) = value {
                        put(&mut row, &format!(",\"{name}\":{value}"));
                    }
                }
            }
            None => text(&mut row, "[unknown]"),
        }
        row.push(b'}');
        let number = self.row(row);
        if let Some(place) = self.known.get_mut(at) {
            *place = Some(number);
        }
        number
    }

    fn row(&mut self, row: Vec<u8>) -> usize {
        if let Some(number) = self.numbers.get(&row) {
            return *number;
        }
        let number = self.numbers.len();
        if number > 0 {
            self.rows.push(b',');
        }
        self.rows.extend_from_slice(&row);
        self.numbers.insert(row, number);
        number
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(&mut *out, text).expect("a vector takes any text");
}
