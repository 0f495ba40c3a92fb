//! Processes that run managed code: found as they come, walked at their samples, named while they live.

mod code_maps;
mod code_names;
mod merge;
mod names;
mod tasks;

pub(crate) use merge::{Merged, Numbered, merge};
pub(crate) use names::{Names, named_frame};
pub(crate) use tasks::Look;

use crate::registry::Registry;
use code_maps::{CodeMaps, Compiled};
use code_names::{CodeNames, FunctionKey};
use fathom_model::{ModuleId, NamedFrame, Pid, Sink, SinkError, Tid};
use fathom_runtimes::{Detection, FrameSource, Snapshot};
use fathom_sys::bpf_frame_walker::{FrameWalker, WalkRecord, WalkedFrame};
use fathom_sys::clock::{monotonic_nanos, thread_cpu_nanos};
use fathom_sys::process_view::ProcessView;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;
use tasks::TaskWatches;

/// How long the outer part of a very deep stack is taken to be what it was.
const OUTER_NANOS: i64 = 20_000_000;
/// How often a process is asked for its threads, so that the walker need not search.
const THREADS_NANOS: i64 = 2_000_000_000;
/// How often a process is asked for a thread that it did not have.
const ASK_NANOS: i64 = 50_000_000;
/// Pause between two looks at the rings.
const TICK: Duration = Duration::from_millis(25);
/// The same while a process is young.
const YOUNG_TICK: Duration = Duration::from_millis(5);
/// How long that is.
const YOUNG_NANOS: i64 = 500_000_000;
/// A program's runtime begins a moment after the program.
const FIRST_PAUSE_NANOS: i64 = 20_000_000;
const LAST_PAUSE_NANOS: i64 = 2_000_000_000;
/// Shortest pause before one.
const RETRY_NANOS: i64 = 20_000_000;
/// Detections that can wait cost this much at once, and one percent of a CPU from then on.
const FREE_DETECTION_NANOS: i64 = 200_000_000;
/// How long one waits that cannot be afforded.
const POSTPONED_NANOS: i64 = 500_000_000;
/// Code objects that are remembered of a process: one that makes code without end is read anew from time to time.
const MAX_CODES: usize = 200_000;
/// A process with fewer threads is searched quickly enough.
const FEW_THREADS: usize = 16;

/// What is known of a process's memory.
#[derive(Debug)]
struct Space {
    runtime: &'static str,
    version: Rc<str>,
    source: Box<dyn FrameSource>,
    codes: HashMap<u64, CodeNames>,
    outer: Option<Outer>,
    /// Structures of threads, and when they were asked for.
    threads: HashMap<Tid, u64>,
    threads_nanos: i64,
}

/// What it cost to find out about processes.
#[derive(Debug, Default)]
struct Detections {
    since_nanos: Option<i64>,
    cpu_nanos: i64,
}

impl Detections {
    /// Whether another one fits: a build may start a thousand processes whose tasks nobody asks for.
    fn is_affordable(&mut self, now: i64) -> bool {
        let since = *self.since_nanos.get_or_insert(now);
        self.cpu_nanos < FREE_DETECTION_NANOS + (now - since) / 100
    }

    fn pay<T>(&mut self, detect: impl FnOnce() -> T) -> T {
        let before = thread_cpu_nanos();
        let found = detect();
        self.cpu_nanos += thread_cpu_nanos() - before;
        found
    }
}

/// A process that is looked at again.
#[derive(Clone, Copy, Debug)]
struct Retry {
    next_nanos: i64,
    pause_nanos: i64,
}

impl Retry {
    fn first(now: i64) -> Self {
        Self { next_nanos: now + FIRST_PAUSE_NANOS, pause_nanos: FIRST_PAUSE_NANOS }
    }

    /// Sets the next time; `false` after the last one.
    fn again(&mut self, now: i64) -> bool {
        let is_last = self.pause_nanos > LAST_PAUSE_NANOS;
        self.next_nanos = if is_last { i64::MAX } else { now + self.pause_nanos };
        self.pause_nanos *= 2;
        !is_last
    }
}

/// The part of a deep stack that a walker does not reach.
#[derive(Clone, Debug)]
struct Outer {
    next: u64,
    read_nanos: i64,
    frames: Vec<WalkedFrame>,
}

impl Clone for Space {
    fn clone(&self) -> Self {
        Self {
            runtime: self.runtime,
            version: self.version.clone(),
            source: self.source.for_child(),
            codes: self.codes.clone(),
            outer: None,
            threads: HashMap::new(),
            threads_nanos: i64::MIN / 2,
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct ManagedProcesses {
    spaces: HashMap<Pid, Rc<Space>>,
    pub(crate) names: Names,
    pub(crate) code: CodeMaps,
    pub(crate) tasks: TaskWatches,
    /// Processes whose runtime cannot be read yet, and when to try again.
    retries: HashMap<Pid, Retry>,
    detections: Detections,
    /// Frames that could not be named any more.
    unnamed: u64,
    /// What cannot be read, and why.
    notes: BTreeSet<String>,
    /// Stacks with managed frames, and those not merged, by version.
    counts: BTreeMap<String, (u64, u64)>,
    threads_read: HashMap<Pid, i64>,
    walked: HashSet<Pid>,
    last_found_nanos: i64,
    has_walker: bool,
}

/// The managed frames of one sample.
#[derive(Debug)]
pub(crate) struct ManagedStack {
    /// The module that their numbers belong to.
    pub(crate) module: ModuleId,
    /// Innermost first.
    pub(crate) activations: Vec<Numbered>,
    /// Whether the outermost frame was reached.
    pub(crate) is_complete: bool,
}

impl ManagedStack {
    /// Without native frames.
    pub(crate) fn alone(&self) -> Vec<Merged> {
        self.activations
            .iter()
            .flat_map(|(_, numbers)| numbers.iter().copied().map(Merged::Managed))
            .collect()
    }
}

impl ManagedProcesses {
    /// CPU time of what keeps to a limit of its own: looks at tasks, detections that can wait.
    pub(crate) fn limited_nanos(&self) -> i64 {
        self.detections.cpu_nanos + self.tasks.cost_nanos()
    }

    /// Looks at processes that mapped new code, and tells the walker about those that can be walked.
    pub(crate) fn look(
        &mut self,
        registry: &mut Registry,
        walker: Option<&FrameWalker>,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        self.has_walker = walker.is_some();
        let now = monotonic_nanos();
        let due = self.retries.iter().filter(|(_, retry)| retry.next_nanos <= now).map(|(pid, _)| *pid);
        let mut pids: BTreeSet<Pid> = due.collect();
        pids.extend(registry.take_changed());
        for pid in pids {
            self.look_at(pid, registry, walker, sink)?;
        }
        self.retries.retain(|pid, _| registry.processes.contains_key(pid));
        self.tasks.keep(|pid| registry.processes.contains_key(&pid));
        self.code.keep(|pid| registry.processes.contains_key(&pid));
        self.walked.retain(|pid| {
            let is_alive = registry.processes.contains_key(pid);
            if let Some(walker) = walker.filter(|_| !is_alive) {
                walker.forget(*pid);
            }
            is_alive
        });
        self.spaces.retain(|pid, _| registry.processes.contains_key(pid));
        self.threads_read.retain(|pid, _| registry.processes.contains_key(pid));
        let Some(walker) = walker else { return Ok(()) };
        // A forked child goes by its parent's plan, which ends with the parent.
        let orphans: Vec<Pid> =
            self.spaces.keys().copied().filter(|pid| !self.walked.contains(pid)).collect();
        for pid in orphans {
            self.announce(pid, walker);
        }
        self.tell_threads(registry, walker);
        Ok(())
    }

    /// Code that was compiled while running, by its name of this moment. New names go to the sink.
    pub(crate) fn compiled(
        &mut self,
        pid: Pid,
        address: u64,
        registry: &mut Registry,
        sink: &mut dyn Sink,
    ) -> Result<Option<Compiled>, SinkError> {
        let names = &mut self.names;
        self.code.at(pid, address, |frame| names.frame(frame, registry, sink))
    }

    /// A process goes on in its parent's program.
    pub(crate) fn forked(&mut self, pid: Pid, parent: Pid) {
        if let Some(space) = self.spaces.get(&parent) {
            self.spaces.insert(pid, space.clone());
        }
        self.tasks.forked(pid, parent);
    }

    /// A process runs another program now.
    pub(crate) fn executed(&mut self, pid: Pid) {
        self.spaces.remove(&pid);
        self.code.forget(pid);
        self.threads_read.remove(&pid);
        self.retries.remove(&pid);
        self.tasks.remove(pid);
    }

    /// Counts a stack with managed frames for the version it is of.
    pub(crate) fn count(&mut self, pid: Pid, is_merged: bool) {
        let Some(space) = self.spaces.get(&pid) else { return };
        let (stacks, unmerged) = match self.counts.get_mut(&*space.version) {
            Some(counts) => counts,
            None => self.counts.entry(space.version.to_string()).or_default(),
        };
        *stacks += 1;
        *unmerged += u64::from(!is_merged);
    }

    /// What a reader of the recording should know, in sentences.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.notes.iter().cloned().chain(self.code.note()).collect();
        for (version, (stacks, unmerged)) in &self.counts {
            if *unmerged > 0 {
                notes.push(format!(
                    "{version}: {unmerged} of {stacks} stacks are shown without their native frames, because \
                     the two did not fit together."
                ));
            }
        }
        if self.unnamed > 0 {
            notes.push(format!(
                "{} managed frames have no name: their code was gone before it was read.",
                self.unnamed
            ));
        }
        notes
    }

    /// Names that are remembered, over all processes.
    pub(crate) fn n_names(&self) -> usize {
        self.names.len()
    }

    /// Forgets every name given so far.
    pub(crate) fn forget_names(&mut self) {
        self.names.forget();
        for space in self.spaces.values_mut() {
            Rc::make_mut(space).codes = HashMap::new();
        }
    }

    /// Whether the process runs managed code that no walker reads at the samples.
    pub(crate) fn is_read_late(&self, pid: Pid) -> bool {
        !self.has_walker && self.spaces.contains_key(&pid)
    }

    /// Whether there is any such process.
    pub(crate) fn reads_late(&self) -> bool {
        !self.has_walker && !self.spaces.is_empty()
    }

    /// The frames of a thread as they are now.
    pub(crate) fn read_thread(&mut self, pid: Pid, tid: Tid) -> Option<WalkRecord> {
        let space = Rc::make_mut(self.spaces.get_mut(&pid)?);
        let view = ProcessView::Live(pid);
        let now = monotonic_nanos();
        if !space.threads.contains_key(&tid) && now - space.threads_nanos > ASK_NANOS {
            space.threads_nanos = now;
            space.threads = space.source.thread_addresses(&view).into_iter().collect();
        }
        let address = *space.threads.get(&tid)?;
        let record = space.source.read_thread(&view, address);
        if record.is_none() {
            // Its structure may be another thread's by now.
            space.threads.remove(&tid);
        }
        record
    }

    /// Whether the native stack of a sample holds traces of this very managed frame.
    pub(crate) fn is_proved(
        &self,
        pid: Pid,
        frame: &WalkedFrame,
        stack_words: impl Iterator<Item = u64>,
    ) -> bool {
        let Some(space) = self.spaces.get(&pid) else { return false };
        let view = ProcessView::Live(pid);
        let traces = space.source.traces(&Snapshot::new(&view), frame);
        let mut stack_words = stack_words;
        stack_words.any(|word| traces.contains(&word))
    }

    /// How soon to look again, so that code is read before its process ends; `None` without managed processes.
    pub(crate) fn tick(&self) -> Option<Duration> {
        // Much code is new, and some processes do not live longer.
        let is_young = monotonic_nanos() - self.last_found_nanos < YOUNG_NANOS;
        let tick = (!self.spaces.is_empty()).then_some(if is_young { YOUNG_TICK } else { TICK });
        let next = self.retries.values().map(|retry| retry.next_nanos).filter(|next| *next < i64::MAX).min();
        let pause =
            |next: i64| Duration::from_nanos((next - monotonic_nanos()).max(RETRY_NANOS).unsigned_abs());
        [tick, self.tasks.tick(), next.map(pause)].into_iter().flatten().min()
    }

    fn look_at(
        &mut self,
        pid: Pid,
        registry: &mut Registry,
        walker: Option<&FrameWalker>,
        sink: &mut dyn Sink,
    ) -> Result<(), SinkError> {
        if self.spaces.contains_key(&pid) || self.tasks.has(pid) {
            return Ok(());
        }
        let Some(process) = registry.processes.get(&pid) else { return Ok(()) };
        let files = process.code_files();
        if let Some(walker) = walker
            && files.iter().any(|module| module.is_go())
            && walker.chain(pid).is_ok()
        {
            self.walked.insert(pid);
        }
        let found = files.iter().enumerate().find_map(|(at, module)| module.runtime(at == 0));
        let Some(runtime) = found else { return Ok(()) };
        let now = monotonic_nanos();
        if !runtime.names_samples() && !self.retries.contains_key(&pid) {
            if self.tasks.is_wanted {
                self.retries.insert(pid, Retry::first(now));
            }
            return Ok(());
        }
        let is_postponed = !runtime.names_samples() && !self.detections.is_affordable(now);
        if let Some(retry) = self.retries.get_mut(&pid).filter(|_| is_postponed) {
            retry.next_nanos = now + POSTPONED_NANOS;
            return Ok(());
        }
        let detect = || runtime.detect(&ProcessView::Live(pid));
        let detection = if runtime.names_samples() { detect() } else { self.detections.pay(detect) };
        match detection {
            Detection::Absent => {
                self.retries.remove(&pid);
                Ok(())
            }
            Detection::Unreadable { version, why } => {
                let retry = self.retries.entry(pid).or_insert(Retry::first(now));
                if retry.again(now) {
                    return Ok(());
                }
                let version_text = version.as_deref().unwrap_or("of an unknown version");
                let what = if runtime.names_samples() { "Frames" } else { "Waits of tasks" };
                self.notes.insert(format!("{what} of {} {version_text} are not shown: {why}.", runtime.id()));
                registry.runs(pid, runtime.id(), version, sink)
            }
            Detection::Ready(reader) => {
                self.retries.remove(&pid);
                let version = reader.version();
                let sources = reader.into_sources();
                if let Some(source) = sources.tasks {
                    self.tasks.add(pid, runtime.id(), source);
                }
                if let Some(source) = sources.frames {
                    let space = Space {
                        runtime: runtime.id(),
                        version: version.as_str().into(),
                        source,
                        codes: HashMap::new(),
                        outer: None,
                        threads: HashMap::new(),
                        threads_nanos: i64::MIN / 2,
                    };
                    self.spaces.insert(pid, Rc::new(space));
                    self.last_found_nanos = monotonic_nanos();
                    if let Some(walker) = walker {
                        self.announce(pid, walker);
                    }
                }
                registry.runs(pid, runtime.id(), Some(version), sink)
            }
        }
    }

    fn announce(&mut self, pid: Pid, walker: &FrameWalker) {
        let Some(plan) = self.spaces.get(&pid).and_then(|space| space.source.walk_plan()) else { return };
        if walker.set_plan(pid, &plan).is_ok() {
            self.walked.insert(pid);
        }
    }

    /// Many threads are told to the walker, because it searches only the youngest.
    fn tell_threads(&mut self, registry: &Registry, walker: &FrameWalker) {
        let now = monotonic_nanos();
        for (pid, space) in &mut self.spaces {
            let last = self.threads_read.get(pid).copied().unwrap_or(i64::MIN / 2);
            let many = || registry.processes.get(pid).is_some_and(|p| p.n_threads() > FEW_THREADS);
            if now - last < THREADS_NANOS || !many() {
                continue;
            }
            self.threads_read.insert(*pid, now);
            let space = Rc::make_mut(space);
            for (tid, address) in space.source.thread_addresses(&ProcessView::Live(*pid)) {
                // One that is not told is searched for.
                let _ = walker.set_thread(tid, address);
            }
        }
    }

    /// The frames of a sample by number; new ones go to the sink. `stack_word` reads the native stack as it was.
    pub(crate) fn stack_of(
        &mut self,
        pid: Pid,
        mut record: WalkRecord,
        registry: &mut Registry,
        stack_word: &mut dyn FnMut(u64) -> Option<u64>,
        sink: &mut dyn Sink,
    ) -> Result<Option<ManagedStack>, SinkError> {
        let Some(space) = self.spaces.get_mut(&pid) else { return Ok(None) };
        let space = Rc::make_mut(space);
        let view = ProcessView::Live(pid);
        let now = monotonic_nanos();
        let mut is_complete = record.next == 0;
        if !is_complete {
            let outer = space.outer_frames(&view, &record, now);
            is_complete = !outer.is_empty();
            record.frames.extend(outer);
        }
        let memory = Snapshot::new(&view);
        let module = self.names.module(space.runtime, registry, sink)?;
        let mut activations = Vec::new();
        for activation in space.source.activations(&record, stack_word) {
            let mut numbers = Vec::with_capacity(activation.frames.len());
            for frame in &activation.frames {
                if let Some(known) = space.known(&memory, frame, now) {
                    numbers.push(known);
                    continue;
                }
                let named = space.name(&memory, frame);
                self.unnamed += u64::from(named.is_none());
                let function = named.as_ref().map(FunctionKey::of);
                let named = named.unwrap_or_else(|| unnamed(space.runtime));
                let number = self.names.number(module, named, sink)?;
                if let Some(function) = function {
                    if space.codes.len() >= MAX_CODES {
                        space.codes.clear();
                    }
                    space.codes.entry(frame.code).or_default().add(function, frame.instruction, number);
                }
                numbers.push(number);
            }
            activations.push((activation.anchor, numbers));
        }
        Ok(Some(ManagedStack { module, activations, is_complete }))
    }
}

impl Space {
    /// The number of a frame met before, if its code is still the same.
    fn known(&mut self, memory: &Snapshot<'_>, frame: &WalkedFrame, now: i64) -> Option<u64> {
        let names = self.codes.get_mut(&frame.code)?;
        names.known(frame.instruction, now, || self.source.is_current(memory, frame.code))
    }

    fn name(&mut self, memory: &Snapshot<'_>, frame: &WalkedFrame) -> Option<NamedFrame> {
        self.source.name(memory, frame).map(|named| named_frame(named, self.runtime))
    }

    fn outer_frames(&mut self, view: &ProcessView, record: &WalkRecord, now: i64) -> Vec<WalkedFrame> {
        if let Some(outer) = &self.outer
            && outer.next == record.next
            && now - outer.read_nanos < OUTER_NANOS
        {
            return outer.frames.clone();
        }
        let frames = self.source.outer_frames(view, record);
        self.outer = Some(Outer { next: record.next, read_nanos: now, frames: frames.clone() });
        frames
    }
}

/// A frame whose code could not be read.
fn unnamed(runtime: &str) -> NamedFrame {
    NamedFrame {
        function: format!("[{runtime} code that was gone before it was read]"),
        file: None,
        line: None,
        column: None,
        function_start_line: None,
        kind: fathom_model::FrameKind::Unknown,
        runtime: runtime.to_owned(),
        inlined: false,
    }
}
