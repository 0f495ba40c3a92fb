//! The keeper of a live view: takes what the recorder says, keeps the last minutes of it, and makes snapshots.

use crate::finish::name_everything;
use crate::symbolise::is_jitdump;
use crate::top::feed::{RecorderStatus, Told};
use crate::top::freeze::Freezer;
use crate::top::history::History;
use crate::top::live_names::{LiveNames, Question};
use crate::top::snapshot::{Health, OffCpuNow, SeriesLine, Snapshot};
use crate::top::tables::{Choice, Ids, NamesNow, tables};
use fathom_analysis::{FunctionIndex, LiveAggregate, LiveLimits};
use fathom_model::{
    Meta, ModuleId, ModuleKind, ProcessId, RawFrame, RawSample, Record, Recording, Signal, Sink, StackId,
    Thread, ThreadState, WaitClass,
};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

/// Rates are those of the last statuses over this time.
const RATE_NANOS: i64 = 3_000_000_000;
/// Addresses of compiled code that are asked for again.
const MAX_NAMELESS: usize = 20_000;
/// ... this often.
const ASK_AGAIN_NANOS: i64 = 2_000_000_000;
/// Longest window that can be asked for, in seconds.
pub const MAX_WINDOW_SECONDS: usize = 120;

/// Counters at one moment, for rates.
#[derive(Clone, Copy, Debug)]
struct Moment {
    now_nanos: i64,
    samples: u64,
    own_nanos: i64,
    target_nanos: i64,
    sampling_nanos: i64,
}

/// See the file's head.
pub(crate) struct Keeper {
    meta: Meta,
    live: LiveAggregate,
    history: History,
    names: LiveNames,
    status: RecorderStatus,
    moments: VecDeque<Moment>,
    /// Stacks from here on have come since the recorder last forgot.
    known_from: StackId,
    ended: Option<Arc<Vec<File>>>,
    /// Frames that have come since names were last asked for.
    new_frames: HashSet<RawFrame>,
    /// Compiled code without a name so far: its runtime may write it down later.
    nameless: HashSet<RawFrame>,
    last_asked_nanos: i64,
    pub(crate) freezer: Freezer,
}

impl Keeper {
    pub(crate) fn new(meta: Meta) -> Self {
        Self {
            live: LiveAggregate::new(LiveLimits { seconds: MAX_WINDOW_SECONDS, ..LiveLimits::default() }),
            history: History::since(meta.start_nanos),
            names: LiveNames::start(),
            status: RecorderStatus::default(),
            moments: VecDeque::new(),
            known_from: StackId(0),
            ended: None,
            new_frames: HashSet::new(),
            nameless: HashSet::new(),
            last_asked_nanos: 0,
            freezer: Freezer::default(),
            meta,
        }
    }

    /// Takes what the recorder says.
    pub(crate) fn take(&mut self, told: Told) {
        match told {
            Told::Records(records) => {
                for record in records {
                    // Memory takes every record.
                    let _ = self.live.record(&record);
                    match record {
                        Record::Stack { frame, .. } => {
                            self.new_frames.insert(frame);
                        }
                        record => self.history.take(record),
                    }
                }
            }
            Told::Status(status) => self.status(*status),
            Told::Forgot(first) => self.forget(first),
            Told::Ended(meta, files) => {
                self.meta = *meta;
                self.ended = Some(files);
            }
        }
    }

    /// Lets go what is too old, and asks for the names of what is new.
    pub(crate) fn tidy(&mut self) {
        self.history.tidy();
        self.ask_for_names();
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// The last `seconds` seconds.
    pub(crate) fn snapshot(&self, seconds: usize) -> Snapshot {
        let now = self.status.now_nanos.max(self.history.now_nanos);
        let start = self.meta.start_nanos;
        let window_nanos = (seconds as i64 * 1_000_000_000).min(now - start).max(1);
        let choice = self.choose(seconds, now, window_nanos);
        let meta = Meta {
            start_nanos: now - window_nanos,
            duration_nanos: window_nanos,
            quality: self.status.quality.clone(),
            ..self.meta.clone()
        };
        let (gathered, ids) = tables(&self.history, &self.live, meta, choice);
        let names = NamesNow { history: &self.history, found: self.names.names(), modules: &ids.modules };
        // The stacks of the raw tables keep their order, but functions that are inlined add nodes: positions of
        // single stacks are found again by a sample that stands for each.
        let (recording, off_cpu) = self.named(gathered, &ids, &names);
        drop(names);
        Snapshot {
            index: FunctionIndex::new(&recording),
            window_nanos,
            elapsed_nanos: now - start,
            pids: self.meta.target.pids.clone(),
            off_cpu,
            series: self.series(now, &ids),
            events: recording.events.clone(),
            health: self.health(),
            n_processes: self
                .history
                .processes
                .values()
                .filter(|process| process.end_nanos.is_none())
                .count(),
            n_threads: self.history.threads.values().filter(|thread| thread.row.end_nanos.is_none()).count(),
            is_ended: self.is_ended(),
            kept_nanos: now - self.history.kept_since(),
            recording,
        }
    }

    /// Starts to write what is kept as a recording.
    pub(crate) fn freeze(&mut self, path: PathBuf) {
        let choice = Choice {
            samples: self.history.samples().copied().collect(),
            threads: self
                .history
                .threads
                .iter()
                .map(|(id, thread)| (*id, self.history.thread_within(thread)))
                .collect(),
            events: self.history.events.iter().cloned().collect(),
            with_series: true,
            ..Choice::default()
        };
        let since = self.history.kept_since();
        let now = self.history.now_nanos;
        let mut meta = Meta {
            start_nanos: since,
            duration_nanos: now - since,
            quality: self.status.quality.clone(),
            ..self.meta.clone()
        };
        let whole = since <= self.meta.start_nanos;
        let part = format!(
            "Frozen from a live view: the last {:.0} s{}. Counts of samples, losses and cost are those since the \
             view began.",
            (now - since) as f64 / 1e9,
            if whole { ", all there was" } else { ", as much as is kept" }
        );
        meta.quality.notes.push(part);
        let (mut gathered, ids) = tables(&self.history, &self.live, meta, choice);
        let named = ids.modules.iter().enumerate().map(|(at, old)| (*old, ModuleId::from_index(at)));
        let new: BTreeMap<ModuleId, ModuleId> = named.collect();
        let named = self.history.named.iter();
        gathered.named = named
            .filter_map(|((module, address), frame)| Some(((*new.get(module)?, *address), frame.clone())))
            .collect();
        self.freezer.start(gathered, path, now - since, self.ended.clone());
    }

    /// Entries held, of all kinds: what memory depends on.
    pub(crate) fn n_entries(&self) -> usize {
        let frames = self.new_frames.len() + self.nameless.len();
        self.live.n_entries() + self.history.n_entries() + self.names.n_entries() + frames
    }

    fn choose(&self, seconds: usize, now: i64, window_nanos: i64) -> Choice {
        let mut choice = Choice::default();
        let times = self.live.times_in(seconds);
        for (id, known) in &self.history.threads {
            if let Some(times) = times.get(id) {
                choice.threads.insert(*id, Thread { times: *times, ..known.row.clone() });
            } else if known.row.end_nanos.is_none() {
                choice.threads.insert(*id, Thread { times: Default::default(), ..known.row.clone() });
            }
        }
        for (key, value, n) in self.live.snapshot(seconds).sums {
            let Some(thread) = self.history.threads.get(&key.thread) else { continue };
            choice.threads.entry(key.thread).or_insert_with(|| thread.row.clone());
            choice.samples.push(RawSample {
                signal: key.signal,
                time_nanos: now,
                process: thread.row.process,
                thread: key.thread,
                cpu: None,
                stack: key.stack,
                value,
                n: u32::try_from(n).unwrap_or(u32::MAX),
                state: key.state,
            });
        }
        // What has not ended yet counts as far as it has come.
        for waiting in &self.status.off_cpu {
            let Some(thread) = self.history.threads.get(&waiting.thread) else { continue };
            let so_far = (now - waiting.since_nanos).clamp(0, window_nanos);
            let stack = waiting.stack.filter(|stack| self.live.node(*stack).is_some());
            let is_told = stack.is_some() && so_far > 0 && thread.row.end_nanos.is_none();
            if is_told && self.meta.signals.contains(&Signal::OffCpu) {
                choice.samples.push(RawSample {
                    signal: Signal::OffCpu,
                    time_nanos: now,
                    process: thread.row.process,
                    thread: waiting.thread,
                    cpu: None,
                    stack,
                    value: so_far,
                    n: 1,
                    state: match waiting.is_runnable {
                        true => ThreadState::Runnable,
                        false => ThreadState::Blocked(WaitClass::Other),
                    },
                });
            }
        }
        let from = now - window_nanos;
        let in_window =
            |event: &&fathom_model::Event| event.start_nanos + event.duration_nanos.max(0) >= from;
        choice.events = self.history.events.iter().filter(in_window).cloned().collect();
        // Only to tell the program from its libraries.
        let roots =
            self.history.processes.values().filter(|process| self.meta.target.pids.contains(&process.pid));
        choice.mapped = Some(roots.map(|process| process.id).collect());
        choice
    }

    /// The named recording, and where threads are that are off the CPU.
    fn named(
        &self,
        mut gathered: crate::gather::Gathered,
        ids: &Ids,
        names: &NamesNow<'_>,
    ) -> (Recording, Vec<OffCpuNow>) {
        let now = self.status.now_nanos;
        let mut waiting = Vec::new();
        for state in &self.status.off_cpu {
            let Some(thread) = ids.threads.get(&state.thread) else { continue };
            waiting.push((*thread, *state, state.stack.and_then(|stack| ids.stacks.get(&stack)).copied()));
        }
        // Events keep their stacks through naming, so that a wait can stand as one.
        let n_events = gathered.events.len();
        let place = |stack: Option<StackId>| fathom_model::Event {
            id: 0,
            parent: None,
            kind: String::new(),
            start_nanos: 0,
            duration_nanos: 0,
            thread: None,
            stack,
            trace_id: None,
            span_id: None,
            attributes: String::new(),
        };
        gathered.events.extend(waiting.iter().map(|(_, _, stack)| place(*stack)));
        let mut recording = name_everything(gathered, names);
        let places = recording.events.split_off(n_events.min(recording.events.len()));
        let off_cpu = waiting
            .into_iter()
            .zip(places)
            .map(|((thread, state, _), place)| OffCpuNow {
                thread,
                since_nanos: (now - state.since_nanos).max(0),
                is_runnable: state.is_runnable,
                stack: place.stack,
            })
            .collect();
        (recording, off_cpu)
    }

    fn series(&self, now: i64, ids: &Ids) -> Vec<SeriesLine> {
        let lines = self.history.series.iter().filter_map(|((name, process), line)| {
            let process = match process {
                None => None,
                Some(process) => Some(*ids.processes.get(process)?),
            };
            let points = line.points.iter().map(|(time, value)| ((now - time).max(0), *value)).collect();
            Some(SeriesLine { name: name.clone(), unit: line.unit, process, points })
        });
        let mut lines: Vec<SeriesLine> = lines.collect();
        lines.sort_by(|a, b| (a.process, &a.name).cmp(&(b.process, &b.name)));
        lines
    }

    fn status(&mut self, status: RecorderStatus) {
        let cost = &status.quality.cost;
        self.moments.push_back(Moment {
            now_nanos: status.now_nanos,
            samples: status.quality.cpu_samples + status.quality.off_cpu_samples,
            own_nanos: cost.fathom_cpu_nanos,
            target_nanos: cost.target_cpu_nanos,
            sampling_nanos: cost.target_sampling_nanos + cost.target_switch_nanos,
        });
        while self.moments.len() > 2 && status.now_nanos - self.moments[1].now_nanos >= RATE_NANOS {
            self.moments.pop_front();
        }
        self.status = status;
    }

    fn health(&self) -> Health {
        let quality = &self.status.quality;
        let mut health = Health {
            rate_hz: self.status.rate_hz,
            lost: quality.lost,
            dropped: self.status.dropped,
            complete_share: quality.complete_share(),
            own_peak_bytes: quality.cost.fathom_peak_rss_bytes,
            governed: self.status.governed.clone(),
            notes: quality.notes.clone(),
            ..Health::default()
        };
        if let (Some(first), Some(last)) = (self.moments.front(), self.moments.back()) {
            let span = last.now_nanos - first.now_nanos;
            if span > 0 {
                health.samples_per_second =
                    last.samples.saturating_sub(first.samples) as f64 * 1e9 / span as f64;
                health.own_share = (last.own_nanos - first.own_nanos) as f64 / span as f64;
            }
            let target = last.target_nanos - first.target_nanos;
            // Less says nothing: the target sleeps.
            if target >= 1_000_000 {
                health.target_share =
                    Some((last.sampling_nanos - first.sampling_nanos) as f64 / target as f64);
            }
        }
        health
    }

    /// The recorder has forgotten what it knew before `first`: what nobody here needs any more goes as well. What it
    /// said since it last forgot may still be meant by intervals that are under way.
    fn forget(&mut self, first: StackId) {
        let keep_from = std::mem::replace(&mut self.known_from, first);
        let waiting = self.status.off_cpu.iter().filter_map(|thread| thread.stack);
        let events = self.history.events.iter().filter_map(|event| event.stack);
        let also: BTreeSet<StackId> = self.history.stacks().chain(waiting).chain(events).collect();
        self.live.forget_stacks(keep_from, also);
        self.history.forget_names(self.live.all_frames());
        self.names.forget(self.live.all_frames());
        self.nameless.clear();
    }

    fn ask_for_names(&mut self) {
        let kinds = &self.history.modules;
        let is_jit =
            |module: ModuleId| kinds.get(&module).is_some_and(|module| module.kind == ModuleKind::Jit);
        let mut frames = std::mem::take(&mut self.new_frames);
        // A crowd of addresses that nobody names is not worth asking for again and again.
        let of_jit = frames.iter().filter(|frame| frame.module.is_some_and(is_jit));
        self.nameless.extend(of_jit.take(MAX_NAMELESS.saturating_sub(self.nameless.len())).copied());
        let now = self.history.now_nanos;
        if now - self.last_asked_nanos >= ASK_AGAIN_NANOS {
            self.last_asked_nanos = now;
            let names = self.names.names();
            self.nameless
                .retain(|frame| frame.module.is_some_and(|id| names.get(id, frame.address).is_none()));
            frames.extend(self.nameless.iter().copied());
        }
        let unknown = self.names.unknown(frames.into_iter(), is_jit);
        let mut by_module: BTreeMap<ModuleId, Vec<u64>> = BTreeMap::new();
        for frame in unknown {
            if let Some(module) = frame.module {
                by_module.entry(module).or_default().push(frame.address);
            }
        }
        for (id, mut addresses) in by_module {
            let Some(module) = self.history.modules.get(&id) else { continue };
            addresses.sort_unstable();
            let process = (module.kind == ModuleKind::Jit).then(|| self.process_of(id)).flatten();
            let pid = process.and_then(|id| self.history.processes.get(&id)).map(|process| process.pid);
            let jitdump = process.and_then(|process| self.jitdump_of(process));
            self.names.ask(id, Question { module: module.clone(), pid, jitdump, addresses });
        }
    }

    fn process_of(&self, module: ModuleId) -> Option<ProcessId> {
        self.history.mappings.iter().find(|mapping| mapping.module == module).map(|mapping| mapping.process)
    }

    fn jitdump_of(&self, process: ProcessId) -> Option<String> {
        let mappings = self.history.mappings.iter().filter(|mapping| mapping.process == process);
        let modules = mappings.filter_map(|mapping| self.history.modules.get(&mapping.module));
        let dump = modules.into_iter().find(|module| is_jitdump(&module.path))?;
        Some(dump.local_path.clone().unwrap_or_else(|| dump.path.clone()))
    }
}
