//! From a spool to a finished recording: names, kinds, wait classes, exact totals.

use crate::absent::{Loaded, explain_absent_samples};
use crate::error::SessionError;
use crate::gather::Gathered;
use crate::kernel_names::KernelNames;
use crate::options::{Finished, Progress};
use crate::short_threads::share_stacks_among_siblings;
use crate::source_maps::SourceMaps;
use crate::spool_guard::Spool;
use crate::symbolise::{Names, symbolise};
use fathom_analysis::{
    ClassifyHints, Interleaved, calibrate, classify, interleave, is_managed, own_installed_programs,
    wait_class,
};
use fathom_collect::Recorder;
use fathom_model::{
    Event, Frame, FrameId, FrameKind, Issue, Meta, Module, ModuleId, ModuleKind, NamedFrame, RawFrame,
    Record, Recording, Sample, Signal, Sink, StackId, StackTable, ThreadState,
};
use fathom_store::{SpoolReader, StoreError, write_recording};
use fathom_symbols::SymbolFrame;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

/// Ends the recording and writes it to `path`; the spool goes once the recording is safe.
pub(crate) fn finish(
    recorder: Recorder,
    mut spool: Spool,
    mut meta: Meta,
    path: PathBuf,
    wait_status: Option<i32>,
    kernel: KernelNames,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Finished, SessionError> {
    let mut files = None;
    match recorder.finish(&mut spool) {
        Ok(outcome) => {
            files = Some(outcome.files);
            meta.duration_nanos = outcome.end_nanos - meta.start_nanos;
            meta.epochs = outcome.epochs;
            meta.clock_pairs = outcome.clock_pairs;
            meta.quality = outcome.quality;
            meta.collectors.extend(outcome.inquiries);
            meta.collectors.sort_by(|a, b| a.id.cmp(&b.id));
            let ended = spool.record(&Record::Meta(Box::new(meta))).and_then(|()| spool.checkpoint());
            spool.note(ended);
        }
        Err(error) => {
            spool.note(Err(error));
        }
    }
    let spool_path = spool.path().to_owned();
    let bytes = std::fs::read(&spool_path).map_err(|source| StoreError::Io {
        what: "read",
        path: spool_path.clone(),
        source,
    })?;
    let (mut recording, mut issues) =
        from_spool(&bytes, &spool_path.display().to_string(), kernel, progress)?;
    drop((bytes, files));
    if let Some(failure) = spool.failure() {
        issues.push(Issue::of(spool_path.display().to_string(), failure));
        recording.meta.quality.notes.push(format!("The recording ends early: {failure}."));
    }
    progress(Progress::Writing);
    match write_recording(&recording, &path) {
        Ok(()) => spool.discard()?,
        // The spool stays: with room on the disk `fathom report` makes the recording from it.
        Err(error) => issues.push(Issue::of(path.display().to_string(), error.to_string())),
    }
    Ok(Finished { path, recording, wait_status, issues })
}

/// A recording from the bytes of a spool.
pub(crate) fn from_spool(
    bytes: &[u8],
    name: &str,
    kernel: KernelNames,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Recording, Vec<Issue>), SessionError> {
    let mut reader = SpoolReader::new(bytes, name)?;
    let mut gathered = Gathered::default();
    reader.by_ref().for_each(|record| gathered.take(record));
    let mut issues = reader.finish();
    let (recording, name_issues) = find_names(gathered, kernel, progress);
    issues.extend(name_issues);
    Ok((recording, issues))
}

/// A recording from its raw tables.
pub(crate) fn find_names(
    mut gathered: Gathered,
    kernel: KernelNames,
    progress: &mut dyn FnMut(Progress<'_>),
) -> (Recording, Vec<Issue>) {
    let (names, issues) =
        symbolise(&gathered, kernel, &mut |done, total| progress(Progress::Symbolising { done, total }));
    let managed = std::mem::take(&mut gathered.named);
    (name_everything(gathered, &FoundNames { names, managed }), issues)
}

/// Where frames get their names from.
pub(crate) trait FrameNames {
    /// The functions at an address, outermost first.
    fn symbols(&self, module: ModuleId, address: u64) -> Option<&[SymbolFrame]>;
    /// The frame that had its name while recording.
    fn managed(&self, module: ModuleId, address: u64) -> Option<&NamedFrame>;
}

/// Names found for all addresses at once.
struct FoundNames {
    names: Names,
    managed: HashMap<(ModuleId, u64), NamedFrame>,
}

impl FrameNames for FoundNames {
    fn symbols(&self, module: ModuleId, address: u64) -> Option<&[SymbolFrame]> {
        self.names.get(&(module, address)).map(Vec::as_slice)
    }

    fn managed(&self, module: ModuleId, address: u64) -> Option<&NamedFrame> {
        self.managed.get(&(module, address))
    }
}

/// Tables of a recording from raw ones.
pub(crate) fn name_everything(gathered: Gathered, names: &dyn FrameNames) -> Recording {
    let mut recording = Recording { modules: gathered.module_table(), ..Recording::default() };
    let hints = hints(&gathered);
    let loaded = Loaded::of(&gathered);
    let mut frames = FrameTable {
        frames: Vec::new(),
        index: HashMap::new(),
        known: HashMap::new(),
        names,
        sources: SourceMaps::default(),
        hints,
        modules: &recording.modules,
    };
    let mut stacks = StackTable::new();
    let mut final_ids: Vec<StackId> = Vec::with_capacity(gathered.stacks.len());
    for (parent, frame) in &gathered.stacks {
        let mut current = parent.and_then(|id| final_ids.get(id.index()).copied());
        for frame in frames.of(*frame) {
            if frames.is_managed(frame) {
                current = without_interpreter(current, &stacks, &frames);
            }
            current = Some(stacks.intern(current, frame));
        }
        final_ids.push(current.expect("every address gives at least one frame"));
    }
    recording.frames = frames.frames;
    own_installed_programs(&mut recording.frames);
    recording.stacks = stacks;
    recording.meta = gathered.meta;
    recording.processes = gathered.processes;
    recording.threads = gathered.threads;
    recording.series = gathered.series;
    let stack_of = |stack: StackId| final_ids.get(stack.index()).copied();
    let events = gathered.events.into_iter();
    recording.events = events.map(|event| Event { stack: event.stack.and_then(stack_of), ..event }).collect();
    if recording.meta.duration_nanos == 0 {
        recording.meta.duration_nanos = (gathered.last_nanos - recording.meta.start_nanos).max(0);
    }
    let mut classes = WaitClasses { known: HashMap::new() };
    let samples: Vec<Sample> = gathered
        .samples
        .iter()
        .map(|raw| {
            let stack = raw.stack.and_then(|id| final_ids.get(id.index()).copied());
            Sample {
                signal: raw.signal,
                time_nanos: raw.time_nanos,
                process: raw.process,
                thread: raw.thread,
                cpu: raw.cpu,
                stack,
                value: raw.value,
                n: raw.n,
                state: classes.refine(raw.state, stack, &recording),
                labels: None,
            }
        })
        .collect();
    recording.samples = samples;
    let interleaved = interleave(&mut recording);
    note_interleaved(interleaved, &mut recording.meta);
    add_told_signals(&mut recording);
    scale_to_exact_totals(&mut recording);
    recording.samples.sort_by_key(|sample| (sample.time_nanos, sample.thread, sample.signal));
    count_frames(&mut recording);
    explain_absent_samples(&mut recording, &loaded);
    recording
}

/// Which signals programs tell of themselves is known only when they have.
fn add_told_signals(recording: &mut Recording) {
    let told: BTreeSet<Signal> = recording.samples.iter().map(|sample| sample.signal).collect();
    let asked = &mut recording.meta.signals;
    let new: Vec<Signal> = told.into_iter().filter(|signal| !asked.contains(signal)).collect();
    asked.extend(new);
}

/// Says what the runtimes' own samplers could not name, and where they stand for the kernel.
fn note_interleaved(outcome: Interleaved, meta: &mut Meta) {
    let Interleaved { named, unnamed, stand_in, .. } = outcome;
    meta.quality.unmerged += unnamed;
    if unnamed > 0 {
        meta.quality.notes.push(format!(
            "{unnamed} of {} samples with compiled or interpreted code have no names for it: the runtime's own sampler \
             looked at no moment near enough.",
            named + unnamed
        ));
    }
    if stand_in > 0 {
        meta.quality.notes.push(format!(
            "{stand_in} CPU samples are the runtime's own, scaled to the CPU time that the kernel counted, because the \
             kernel's samples are not permitted here."
        ));
    }
}

/// The stack without the interpreter's own frames at its inner end, if they come from a managed one: how one managed
/// function gets to call the next is not what its author asks.
fn without_interpreter(
    stack: Option<StackId>,
    stacks: &StackTable,
    frames: &FrameTable<'_>,
) -> Option<StackId> {
    let mut caller = stack;
    while let Some(node) = caller.and_then(|id| stacks.get(id)) {
        if frames.is_managed(node.frame) {
            return caller;
        }
        if frames.frames[node.frame.index()].kind != FrameKind::Interpreter {
            break;
        }
        caller = node.parent;
    }
    stack
}

/// Scales samples to the exact times of their threads. Where only user code was sampled, CPU samples keep
/// their value (each stands for one period) and the rest of the thread's CPU time is system time.
fn scale_to_exact_totals(recording: &mut Recording) {
    let user_only = !recording.meta.kernel_sampled
        && recording
            .meta
            .collectors
            .iter()
            .any(|c| c.id == "cpu" && c.used && c.how.starts_with("perf events"));
    let signals: &[Signal] = if user_only { &[Signal::OffCpu] } else { &[Signal::Cpu, Signal::OffCpu] };
    let asked = |signal: &Signal| recording.meta.signals.contains(signal);
    let signals: Vec<Signal> = signals.iter().copied().filter(asked).collect();
    let mut samples = calibrate(&recording.samples, &recording.threads, &signals);
    if user_only && recording.meta.signals.contains(&Signal::Cpu) {
        samples.extend(system_time(recording));
    }
    let shared = share_stacks_among_siblings(recording, &mut samples);
    // Less is written as nothing.
    if shared >= 5_000_000 {
        recording.meta.quality.notes.push(format!(
            "{:.2} s of CPU time of threads too short to be sampled stand under the stacks of their siblings.",
            shared as f64 / 1e9
        ));
    }
    recording.samples = samples;
}

fn system_time(recording: &mut Recording) -> Vec<Sample> {
    let mut sampled: HashMap<fathom_model::ThreadId, i64> = HashMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == Signal::Cpu) {
        *sampled.entry(sample.thread).or_default() += sample.value;
    }
    let frame = FrameId::from_index(recording.frames.len());
    let name = "[system time: sampling the kernel is not permitted]";
    recording.frames.push(Frame::named(name, FrameKind::Kernel));
    let stack = recording.stacks.intern(None, frame);
    recording
        .threads
        .iter()
        .filter_map(|thread| {
            let rest = thread.times.running_nanos - sampled.get(&thread.id).copied().unwrap_or(0);
            (rest > 0).then_some(Sample {
                signal: Signal::Cpu,
                time_nanos: thread.start_nanos,
                process: thread.process,
                thread: thread.id,
                cpu: None,
                stack: Some(stack),
                value: rest,
                n: 0,
                state: ThreadState::Running,
                labels: None,
            })
        })
        .collect()
}

/// Counts frames and those without a name over all samples, for the quality box.
fn count_frames(recording: &mut Recording) {
    let mut depths: Vec<(u64, u64)> = Vec::with_capacity(recording.stacks.nodes().len());
    for node in recording.stacks.nodes() {
        let (depth, unnamed) =
            node.parent.and_then(|parent| depths.get(parent.index())).copied().unwrap_or_default();
        let frame = recording.frames.get(node.frame.index());
        depths.push((depth + 1, unnamed + u64::from(frame.is_some_and(|frame| frame.function.is_none()))));
    }
    let (mut frames, mut unnamed) = (0, 0);
    for sample in &recording.samples {
        if let Some((depth, without)) = sample.stack.and_then(|stack| depths.get(stack.index())) {
            frames += depth;
            unnamed += without;
        }
    }
    recording.meta.quality.frames = frames;
    recording.meta.quality.unresolved_frames = unnamed;
}

fn hints(gathered: &Gathered) -> ClassifyHints {
    let root = gathered.processes.iter().rev().find(|process| process.pid == root_pid(gathered));
    let executable = root.and_then(|process| {
        // The kernel maps the program itself before its loader and libraries.
        gathered
            .mappings
            .iter()
            .filter(|mapping| mapping.process == process.id)
            .filter_map(|mapping| gathered.modules.get(mapping.module.index()))
            .find(|module| module.kind == ModuleKind::Elf)
    });
    ClassifyHints {
        working_directory: gathered.meta.target.working_directory.clone(),
        home: std::env::var("HOME").ok(),
        main_executable: executable.map(|module| module.path.clone()),
        goroot: std::env::var("GOROOT").ok(),
    }
}

fn root_pid(gathered: &Gathered) -> i32 {
    let attached = gathered.meta.target.pids.first().copied();
    attached.or_else(|| gathered.processes.first().map(|process| process.pid)).unwrap_or(0)
}

/// Frames as they are named, each distinct one once.
struct FrameTable<'a> {
    frames: Vec<Frame>,
    index: HashMap<Frame, FrameId>,
    /// Addresses met before: many stacks go through each.
    known: HashMap<RawFrame, Vec<FrameId>>,
    names: &'a dyn FrameNames,
    sources: SourceMaps,
    hints: ClassifyHints,
    modules: &'a [Module],
}

impl FrameTable<'_> {
    /// The frames at an address, outermost first; at least one.
    fn of(&mut self, raw: RawFrame) -> Vec<FrameId> {
        if let Some(known) = self.known.get(&raw) {
            return known.clone();
        }
        let frames = self.find(raw);
        self.known.insert(raw, frames.clone());
        frames
    }

    fn find(&mut self, raw: RawFrame) -> Vec<FrameId> {
        let module = raw.module.and_then(|id| self.modules.get(id.index()));
        let plain = Frame {
            function: None,
            function_start_line: None,
            file: None,
            line: None,
            column: None,
            module: raw.module,
            relative_address: Some(raw.address),
            runtime: None,
            kind: FrameKind::Unknown,
            inlined: false,
        };
        if let Some(known) = raw.module.and_then(|module| self.names.managed(module, raw.address)) {
            let known = self.sources.original(known.clone());
            return vec![self.intern(Frame {
                function: Some(known.function),
                function_start_line: known.function_start_line,
                file: known.file,
                line: known.line,
                column: known.column,
                runtime: Some(known.runtime),
                kind: known.kind,
                // Not an address: two of the same place are one frame.
                relative_address: None,
                ..plain
            })];
        }
        let symbols = raw.module.and_then(|module| self.names.symbols(module, raw.address));
        let named = match (symbols, module) {
            (Some(symbols), _) => symbols
                .iter()
                .map(|symbol| Frame {
                    function: symbol.function.clone(),
                    function_start_line: symbol.function_start_line,
                    file: symbol.file.clone(),
                    line: symbol.line,
                    column: symbol.column,
                    inlined: symbol.inlined,
                    ..plain.clone()
                })
                .collect(),
            // Markers are their own name: `[stack not complete]`.
            (None, Some(module)) if module.kind == ModuleKind::Unknown && module.path.starts_with('[') => {
                vec![Frame { function: Some(module.path.clone()), relative_address: None, ..plain }]
            }
            (None, _) => vec![plain],
        };
        named
            .into_iter()
            .map(|mut frame| {
                frame.kind = classify(&frame, module, &self.hints);
                self.intern(frame)
            })
            .collect()
    }

    /// Whether a frame is a function that people wrote; code of the runtime's own may be named by it too.
    fn is_managed(&self, frame: FrameId) -> bool {
        let written = |frame: &Frame| frame.kind != FrameKind::Interpreter && is_managed(self.modules, frame);
        self.frames.get(frame.index()).is_some_and(written)
    }

    fn intern(&mut self, frame: Frame) -> FrameId {
        let frames = &mut self.frames;
        *self.index.entry(frame).or_insert_with_key(|frame| {
            frames.push(frame.clone());
            FrameId::from_index(frames.len() - 1)
        })
    }
}

/// Wait classes by stack.
struct WaitClasses {
    known: HashMap<StackId, ThreadState>,
}

impl WaitClasses {
    fn refine(&mut self, state: ThreadState, stack: Option<StackId>, recording: &Recording) -> ThreadState {
        let (ThreadState::Blocked(fathom_model::WaitClass::Other), Some(stack)) = (state, stack) else {
            return state;
        };
        *self.known.entry(stack).or_insert_with(|| {
            let (mut kernel, mut user) = (Vec::new(), Vec::new());
            for frame in recording.stacks.frames(stack).filter_map(|id| recording.frames.get(id.index())) {
                let Some(function) = frame.function.as_deref() else { continue };
                let list = if frame.kind == FrameKind::Kernel { &mut kernel } else { &mut user };
                list.push(function);
            }
            ThreadState::Blocked(wait_class(&kernel, &user))
        })
    }
}
