//! Puts a recording together from what a profile of another tool says, each text, frame and stack once.
//!
//! Knows the tables, their ids and their size in memory; not where anything comes from. Threads are told apart by
//! process and number, processes by number. When the tables are full, further rows are left out and counted.

use crate::input::Limits;
use fathom_model::{
    Column, Event, FORMAT_VERSION, Frame, FrameId, FrameKind, Imported, Issue, Label, LabelsId, Meta, Module,
    ModuleId, Process, ProcessId, Recording, Sample, SeriesPoint, Signal, StackId, StackTable, Thread,
    ThreadId, ThreadState, ThreadTimes, Unit,
};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// A frame without its texts, which most of them share with others; and the map's own share.
const FRAME_BYTES: u64 = size_of::<Frame>() as u64 + 16;
/// A node of the prefix tree and its place in the index.
const STACK_BYTES: u64 = 24;
const SAMPLE_BYTES: u64 = size_of::<Sample>() as u64;

/// A recording that grows.
pub struct RecordingBuilder {
    recording: Recording,
    frames: HashTable<FrameId>,
    named: NamedFrames,
    hasher: DefaultHashBuilder,
    modules: HashMap<String, ModuleId>,
    processes: HashMap<i32, ProcessId>,
    threads: HashMap<(ProcessId, i32, String), ThreadId>,
    labels: HashMap<Vec<(String, String)>, LabelsId>,
    n_labels: u32,
    bytes: u64,
    most_bytes: u64,
    n_left_out: u64,
    n_unnamed: u64,
    n_columns_left_out: u64,
}

impl RecordingBuilder {
    /// An empty recording of a format.
    pub fn new(format: &str, limits: Limits) -> Self {
        let imported = Imported { format: format.to_owned(), ..Imported::default() };
        let meta = Meta {
            format_version: FORMAT_VERSION.into(),
            fathom_version: env!("CARGO_PKG_VERSION").into(),
            imported: Some(imported),
            ..Meta::default()
        };
        Self {
            recording: Recording { meta, ..Recording::default() },
            frames: HashTable::new(),
            named: NamedFrames::default(),
            hasher: DefaultHashBuilder::default(),
            modules: HashMap::new(),
            processes: HashMap::new(),
            threads: HashMap::new(),
            labels: HashMap::new(),
            n_labels: 0,
            bytes: 0,
            most_bytes: limits.model_bytes,
            n_left_out: 0,
            n_unnamed: 0,
            n_columns_left_out: 0,
        }
    }

    /// The head: times, target, host. Signals and `imported` are set by the builder.
    pub fn meta(&mut self) -> &mut Meta {
        &mut self.recording.meta
    }

    /// Names the tool that made the profile.
    pub fn tool(&mut self, tool: impl Into<String>) {
        if let Some(imported) = &mut self.recording.meta.imported {
            imported.tool = Some(tool.into());
        }
    }

    /// Whether the tables have taken the memory they may.
    pub fn is_full(&self) -> bool {
        self.bytes > self.most_bytes
    }

    /// Whether they have, or will with this many samples that are to come.
    pub fn is_full_with(&self, n_samples: usize) -> bool {
        self.bytes + n_samples as u64 * SAMPLE_BYTES > self.most_bytes
    }

    /// Memory that the tables take, in bytes (an estimate).
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What has been put together so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The rows of processes and threads, to fill in what was learned late.
    pub fn tasks_mut(&mut self) -> (&mut [Process], &mut [Thread]) {
        (&mut self.recording.processes, &mut self.recording.threads)
    }

    /// The frame that has nothing but this name, of a kind that is not known. Costs no allocation if it is known.
    pub fn named_frame(&mut self, name: &str) -> FrameId {
        let Self { recording, named, .. } = self;
        let hash = named.hash(name);
        if let Some(id) = named.find(hash, name) {
            return id;
        }
        let id = FrameId::from_index(recording.frames.len());
        named.insert(hash, name, id);
        recording.frames.push(Frame::named(name, FrameKind::Unknown));
        self.bytes += FRAME_BYTES + 2 * name.len() as u64;
        id
    }

    /// The id of a frame, added if it is new; without its texts when the tables are full, because a file may name a
    /// long text in a few bytes again and again.
    pub fn frame(&mut self, frame: Frame) -> FrameId {
        let hash = self.hasher.hash_one(&frame);
        if let Some(id) = self.known_frame(hash, &frame) {
            return id;
        }
        if !self.is_full() {
            return self.new_frame(hash, frame);
        }
        self.n_unnamed += u64::from(frame.function.is_some() || frame.file.is_some());
        let unnamed = Frame { function: None, file: None, ..frame };
        let hash = self.hasher.hash_one(&unnamed);
        self.known_frame(hash, &unnamed).unwrap_or_else(|| self.new_frame(hash, unnamed))
    }

    fn known_frame(&self, hash: u64, frame: &Frame) -> Option<FrameId> {
        let rows = &self.recording.frames;
        self.frames.find(hash, |id| rows[id.index()] == *frame).copied()
    }

    fn new_frame(&mut self, hash: u64, frame: Frame) -> FrameId {
        let Self { recording, frames, hasher, .. } = self;
        let rows = &mut recording.frames;
        let id = FrameId::from_index(rows.len());
        frames.insert_unique(hash, id, |id| hasher.hash_one(&rows[id.index()]));
        let text = [&frame.function, &frame.file, &frame.runtime]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum::<usize>();
        self.bytes += FRAME_BYTES + text as u64;
        rows.push(frame);
        id
    }

    /// The stack of `frame` called from `caller`, added if it is new.
    pub fn stack(&mut self, caller: Option<StackId>, frame: FrameId) -> StackId {
        let before = self.recording.stacks.nodes().len();
        let id = self.recording.stacks.intern(caller, frame);
        if id.index() == before {
            self.bytes += STACK_BYTES;
        }
        id
    }

    /// Takes a whole tree of stacks that was put together elsewhere, instead of those so far. Callers stand before
    /// their callees.
    pub fn replace_stacks(&mut self, stacks: StackTable) {
        let before = self.recording.stacks.nodes().len() as u64;
        let now = stacks.nodes().len() as u64;
        self.bytes = self.bytes.saturating_sub(before * STACK_BYTES) + now * STACK_BYTES;
        self.recording.stacks = stacks;
    }

    /// Makes room for so many more samples, as far as the tables may still grow.
    pub fn expect_samples(&mut self, n: usize) {
        let room = self.most_bytes.saturating_sub(self.bytes) / SAMPLE_BYTES;
        self.recording.samples.reserve_exact(n.min(usize::try_from(room).unwrap_or(usize::MAX)));
    }

    /// Adds the frames and stacks of another recording, without modules; gives the ids of its stacks here, in their
    /// order. `None` stands for those that did not fit.
    pub fn adopt_stacks(&mut self, other: &Recording) -> Vec<Option<StackId>> {
        let frames: Vec<FrameId> = other.frames.iter().map(|frame| self.adopt_frame(frame)).collect();
        let mut stacks: Vec<Option<StackId>> = Vec::with_capacity(other.stacks.nodes().len());
        // Each of them may end in a sample.
        for node in other.stacks.nodes() {
            let caller = node.parent.map(|parent| stacks.get(parent.index()).copied().flatten());
            let frame = frames.get(node.frame.index());
            stacks.push(match (caller, frame) {
                (None, Some(frame)) if !self.is_full_with(stacks.len()) => Some(self.stack(None, *frame)),
                (Some(Some(caller)), Some(frame)) if !self.is_full_with(stacks.len()) => {
                    Some(self.stack(Some(caller), *frame))
                }
                _ => None,
            });
        }
        stacks
    }

    fn adopt_frame(&mut self, frame: &Frame) -> FrameId {
        match &frame.function {
            Some(name) if *frame == Frame::named(name.as_str(), FrameKind::Unknown) => self.named_frame(name),
            _ => self.frame(frame.clone()),
        }
    }

    /// A module, told by its path; the first one with a path counts.
    pub fn module(&mut self, module: Module) -> ModuleId {
        if let Some(id) = self.modules.get(&module.path) {
            return *id;
        }
        let id = ModuleId::from_index(self.recording.modules.len());
        self.bytes += 2 * module.path.len() as u64 + 128;
        self.modules.insert(module.path.clone(), id);
        self.recording.modules.push(module);
        id
    }

    /// A process by its number; a name that is not empty replaces one that is.
    pub fn process(&mut self, pid: i32, name: &str) -> ProcessId {
        let rows = &mut self.recording.processes;
        let id = *self.processes.entry(pid).or_insert_with(|| {
            let id = ProcessId::from_index(rows.len());
            rows.push(Process {
                id,
                pid,
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
            id
        });
        let row = &mut rows[id.index()];
        if row.name.is_empty() && !name.is_empty() {
            row.name = name.to_owned();
        }
        id
    }

    /// The next program that a process runs: what is said of its number from now on is this one's.
    pub fn next_program(&mut self, pid: i32, name: &str, exec_generation: u32) -> ProcessId {
        self.processes.remove(&pid);
        let id = self.process(pid, name);
        self.recording.processes[id.index()].exec_generation = exec_generation;
        id
    }

    /// A thread of a process by its number and name: tools without numbers tell threads by names alone.
    pub fn thread(&mut self, process: ProcessId, tid: i32, name: &str) -> ThreadId {
        let rows = &mut self.recording.threads;
        // The key is built for the look-up, too; readers keep the id of the thread they are in.
        let key = (process, tid, name.to_owned());
        let bytes = &mut self.bytes;
        *self.threads.entry(key).or_insert_with(|| {
            let id = ThreadId::from_index(rows.len());
            *bytes += 256 + 2 * name.len() as u64;
            rows.push(Thread {
                id,
                process,
                tid,
                name: name.to_owned(),
                start_nanos: 0,
                end_nanos: None,
                times: ThreadTimes::default(),
                switches: None,
            });
            id
        })
    }

    /// The only thread of profiles that know of none.
    pub fn only_thread(&mut self, name: &str) -> ThreadId {
        let process = self.process(0, name);
        self.thread(process, 0, name)
    }

    /// A set of labels; `None` for an empty one, and for a new one when the tables are full.
    pub fn labels(&mut self, set: Vec<(String, String)>) -> Option<LabelsId> {
        if set.is_empty() {
            return None;
        }
        if let Some(id) = self.labels.get(&set) {
            return Some(*id);
        }
        if self.is_full() {
            self.n_left_out += 1;
            return None;
        }
        let id = LabelsId(self.n_labels);
        self.n_labels += 1;
        for (key, value) in &set {
            self.bytes += 2 * (key.len() + value.len()) as u64 + 128;
            self.recording.labels.push(Label { id, key: key.clone(), value: value.clone() });
        }
        self.labels.insert(set, id);
        Some(id)
    }

    /// The signal of what a tool calls `name`, in its unit: one of [`Signal::COLUMNS`], the same one for the same name.
    /// `None` when all are taken, which is said at the end.
    pub fn column(&mut self, name: &str, unit: Unit) -> Option<Signal> {
        let columns = &mut self.recording.meta.columns;
        if let Some(known) = columns.iter().find(|column| column.name == name) {
            return Some(known.signal);
        }
        let Some(signal) = Signal::COLUMNS.get(columns.len()).copied() else {
            self.n_columns_left_out += 1;
            return None;
        };
        columns.push(Column { signal, name: name.to_owned(), unit });
        Some(signal)
    }

    /// Adds an observation, unless the tables are full. Negative values stay as they are.
    pub fn sample(&mut self, sample: Sample) {
        if self.is_full() {
            self.n_left_out += 1;
            return;
        }
        self.bytes += SAMPLE_BYTES;
        self.recording.samples.push(sample);
    }

    /// Adds a sum without a time: what `n` observations in a stack add up to.
    pub fn sum(&mut self, signal: Signal, thread: ThreadId, stack: Option<StackId>, value: i64, n: u32) {
        let process =
            self.recording.threads.get(thread.index()).map_or(ProcessId(0), |thread| thread.process);
        self.sample(Sample {
            signal,
            time_nanos: 0,
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

    /// Adds a point of a series, unless the tables are full.
    pub fn point(&mut self, point: SeriesPoint) {
        if self.is_full() {
            self.n_left_out += 1;
            return;
        }
        self.bytes += size_of::<SeriesPoint>() as u64 + point.name.len() as u64;
        self.recording.series.push(point);
    }

    /// Adds an event, unless the tables are full. Its id is set by the builder.
    pub fn event(&mut self, mut event: Event) {
        if self.is_full() {
            self.n_left_out += 1;
            return;
        }
        let text = event.kind.len() + event.attributes.len();
        self.bytes += size_of::<Event>() as u64 + text as u64;
        event.id = self.recording.events.len() as u32;
        self.recording.events.push(event);
    }

    /// The recording, its samples by time, and what had to be left out. Where samples have times, `start_nanos` becomes
    /// the first of them unless it is set already, and `duration_nanos` reaches the last.
    pub fn finish(mut self, has_times: bool) -> (Recording, Vec<Issue>) {
        let mut issues = Vec::new();
        if self.n_left_out > 0 {
            let message = format!(
                "{} rows are left out: the tables may take {} bytes and are full",
                self.n_left_out, self.most_bytes
            );
            issues.push(Issue::of("file", message));
        }
        if self.n_unnamed > 0 {
            let message = format!(
                "the names of {} frames are left out: the tables may take {} bytes and are full",
                self.n_unnamed, self.most_bytes
            );
            issues.push(Issue::of("file", message));
        }
        if self.n_columns_left_out > 0 {
            let most = Signal::COLUMNS.len();
            issues.push(Issue::of(
                "file",
                format!("it has more columns of its own than {most}; those behind are left out"),
            ));
        }
        if has_times {
            self.times();
        }
        let mut present = vec![false; Signal::ALL.len()];
        for sample in &self.recording.samples {
            present[sample.signal as usize] = true;
        }
        let recording = &mut self.recording;
        recording.meta.signals =
            Signal::ALL.iter().copied().filter(|signal| present[*signal as usize]).collect();
        if let Some(imported) = &mut recording.meta.imported {
            imported.has_times = has_times;
        }
        (self.recording, issues)
    }

    fn times(&mut self) {
        let recording = &mut self.recording;
        recording.samples.sort_by_key(|sample| sample.time_nanos);
        recording.series.sort_by_key(|point| point.time_nanos);
        let firsts = [
            recording.samples.first().map(|sample| sample.time_nanos),
            recording.series.first().map(|point| point.time_nanos),
            recording.events.iter().map(|event| event.start_nanos).min(),
        ];
        let ends = [
            recording.samples.iter().map(|sample| end_of(sample, &recording.meta)).max(),
            recording.series.last().map(|point| point.time_nanos),
            recording.events.iter().map(|event| event.start_nanos.saturating_add(event.duration_nanos)).max(),
        ];
        let meta = &mut recording.meta;
        if meta.start_nanos == 0 {
            meta.start_nanos = firsts.into_iter().flatten().min().unwrap_or(0);
        }
        let end = ends.into_iter().flatten().max().unwrap_or(meta.start_nanos);
        meta.duration_nanos = meta.duration_nanos.max(end.saturating_sub(meta.start_nanos));
        let (start, end) = (meta.start_nanos, meta.start_nanos.saturating_add(meta.duration_nanos));
        for thread in recording.threads.iter_mut().filter(|thread| thread.start_nanos == 0) {
            thread.start_nanos = start;
            thread.end_nanos = thread.end_nanos.or(Some(end));
        }
    }
}

/// Frames that have nothing but a name. The names stand here once more, side by side: looking one up in the rows of
/// the frames would touch three distant places, and names are looked up a hundred million times.
#[derive(Default)]
struct NamedFrames {
    /// The frame, the upper half of its name's hash, and where in `text` the name stands.
    rows: HashTable<(FrameId, u32, u32, u32)>,
    text: Vec<u8>,
    hasher: DefaultHashBuilder,
}

impl NamedFrames {
    fn hash(&self, name: &str) -> u64 {
        self.hasher.hash_one(name.as_bytes())
    }

    fn find(&self, hash: u64, name: &str) -> Option<FrameId> {
        let upper = (hash >> 32) as u32;
        let is_it = |(_, of, start, end): &(FrameId, u32, u32, u32)| {
            *of == upper && self.text[*start as usize..*end as usize] == *name.as_bytes()
        };
        self.rows.find(hash, is_it).map(|row| row.0)
    }

    /// Names beyond the first four gigabytes of them are not found again, and become frames of their own.
    fn insert(&mut self, hash: u64, name: &str, id: FrameId) {
        let start = self.text.len();
        let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(start + name.len())) else { return };
        self.text.extend_from_slice(name.as_bytes());
        let Self { rows, text, hasher } = self;
        rows.insert_unique(hash, (id, (hash >> 32) as u32, from, to), |row| {
            hasher.hash_one(&text[row.2 as usize..row.3 as usize])
        });
    }
}

/// Values of time last from the sample's moment on.
fn end_of(sample: &Sample, meta: &Meta) -> i64 {
    match meta.unit_of(sample.signal) {
        Unit::Nanoseconds => sample.time_nanos.saturating_add(sample.value.max(0)),
        _ => sample.time_nanos,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_stacks_are_kept_once() {
        let mut builder = RecordingBuilder::new("test", Limits::default());
        let thread = builder.only_thread("program");
        let [main, work] = ["main", "work"].map(|name| builder.named_frame(name));
        assert_eq!(builder.named_frame("main"), main);
        let outer = builder.stack(None, main);
        let inner = builder.stack(Some(outer), work);
        assert_eq!(builder.stack(Some(outer), work), inner);
        builder.sum(Signal::Samples, thread, Some(inner), 3, 3);
        let (recording, issues) = builder.finish(false);
        assert!(issues.is_empty());
        assert_eq!((recording.frames.len(), recording.stacks.nodes().len()), (2, 2));
        assert_eq!(recording.meta.signals, [Signal::Samples]);
    }

    #[test]
    fn full_tables_take_no_more_and_say_so() {
        let limits = Limits { model_bytes: 1000, ..Limits::default() };
        let mut builder = RecordingBuilder::new("test", limits);
        let thread = builder.only_thread("program");
        (0..100).for_each(|_| builder.sum(Signal::Samples, thread, None, 1, 1));
        let (recording, issues) = builder.finish(false);
        assert!(recording.samples.len() < 20);
        assert!(issues[0].message.ends_with("the tables may take 1000 bytes and are full"), "{}", issues[0]);
    }

    #[test]
    fn texts_that_many_frames_share_do_not_outgrow_the_tables() {
        let limits = Limits { model_bytes: 10_000, ..Limits::default() };
        let mut builder = RecordingBuilder::new("test", limits);
        let name = "n".repeat(1000);
        let set = |n: u32| vec![("key".to_owned(), format!("{n}{name}"))];
        for line in 0..100 {
            let file = Some(name.clone());
            let frame = Frame { line: Some(line), file, ..Frame::named(name.as_str(), FrameKind::Unknown) };
            builder.frame(frame);
            builder.labels(set(line));
        }
        let (recording, issues) = builder.finish(false);
        let frames = recording.frames.iter().flat_map(|frame| [&frame.function, &frame.file]);
        let labels = recording.labels.iter().map(|label| label.value.len()).sum::<usize>();
        assert!(frames.flatten().map(String::len).sum::<usize>() + labels < 20_000);
        assert_eq!(recording.frames.len(), 100);
        let n_unnamed = recording.frames.iter().filter(|frame| frame.function.is_none()).count();
        let n_rows = 100 - recording.labels.len();
        let full = "are left out: the tables may take 10000 bytes and are full";
        let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
        assert_eq!(
            messages,
            [format!("{n_rows} rows {full}"), format!("the names of {n_unnamed} frames {full}")]
        );
    }

    #[test]
    fn columns_have_the_names_of_their_tool() {
        let mut builder = RecordingBuilder::new("test", Limits::default());
        assert_eq!(builder.column("Ir", Unit::Count), Some(Signal::Column1));
        assert_eq!(builder.column("Dr", Unit::Count), Some(Signal::Column2));
        assert_eq!(builder.column("Ir", Unit::Count), Some(Signal::Column1));
        assert_eq!(builder.meta().name_of(Signal::Column2), "Dr");
        for name in ["c", "d", "e", "f", "g", "h"] {
            assert!(builder.column(name, Unit::Bytes).is_some());
        }
        assert_eq!(builder.column("i", Unit::Count), None);
    }

    #[test]
    fn times_come_from_what_is_there() {
        let mut builder = RecordingBuilder::new("test", Limits::default());
        let thread = builder.only_thread("program");
        for (time_nanos, value) in [(700, 50), (500, 100)] {
            builder.sample(Sample {
                signal: Signal::ProgramCpu,
                time_nanos,
                process: ProcessId(0),
                thread,
                cpu: None,
                stack: None,
                value,
                n: 1,
                state: ThreadState::Running,
                labels: None,
            });
        }
        let (recording, _) = builder.finish(true);
        assert_eq!((recording.meta.start_nanos, recording.meta.duration_nanos), (500, 250));
        assert_eq!(recording.samples[0].time_nanos, 500);
    }
}
