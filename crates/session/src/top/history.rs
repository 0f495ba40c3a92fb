//! What a live view knows beside sums: who is who, series, events, and the last minutes sample by sample, so that
//! they can be kept as a recording.
//!
//! All of it is bounded: by time, and by numbers for what may come faster than time goes.

use crate::gather::RawModule;
use fathom_model::{
    Event, Mapping, ModuleId, ModuleKind, NamedFrame, Process, ProcessId, RawFrame, RawSample, Record,
    SeriesPoint, StackId, Thread, ThreadId, ThreadTimes, Unit,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// How far back samples are kept one by one.
pub(crate) const KEPT_NANOS: i64 = 300_000_000_000;
/// ... and how many at most: 30 MB.
const MAX_KEPT: usize = 400_000;
/// The times of a thread are kept this often; samples between are scaled to them.
const TIMES_NANOS: i64 = 5_000_000_000;
const MAX_THREADS: usize = 1 << 16;
const MAX_PROCESSES: usize = 1 << 14;
const MAX_MAPPINGS: usize = 1 << 17;
const MAX_SERIES: usize = 4096;
/// Points of one series: five minutes, once a second.
const MAX_POINTS: usize = 300;
const MAX_EVENTS: usize = 4096;

/// One thing with its time.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Sample(RawSample),
    Times(ThreadId, i64, ThreadTimes),
}

impl Kept {
    fn time_nanos(&self) -> i64 {
        match self {
            Self::Sample(sample) => sample.time_nanos,
            Self::Times(_, time_nanos, _) => *time_nanos,
        }
    }
}

/// A thread with the times it had when the kept part began.
#[derive(Clone, Debug)]
pub(crate) struct KnownThread {
    pub(crate) row: Thread,
    /// Its times at the start of what is kept.
    base: ThreadTimes,
    last_kept_nanos: i64,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) unit: Unit,
    /// Time and value, oldest first.
    pub(crate) points: VecDeque<(i64, f64)>,
}

/// See the file's head.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) modules: BTreeMap<ModuleId, RawModule>,
    pub(crate) named: HashMap<(ModuleId, u64), NamedFrame>,
    pub(crate) mappings: VecDeque<Mapping>,
    pub(crate) processes: BTreeMap<ProcessId, Process>,
    pub(crate) threads: BTreeMap<ThreadId, KnownThread>,
    pub(crate) series: BTreeMap<(String, Option<ProcessId>), Line>,
    pub(crate) events: VecDeque<Event>,
    kept: VecDeque<Kept>,
    ended_threads: VecDeque<(i64, ThreadId)>,
    ended_processes: VecDeque<(i64, ProcessId)>,
    /// The latest time seen.
    pub(crate) now_nanos: i64,
    /// From when on everything is kept.
    pub(crate) since_nanos: Option<i64>,
}

impl History {
    /// Nothing yet, of what begins at `start_nanos`.
    pub(crate) fn since(start_nanos: i64) -> Self {
        Self { since_nanos: Some(start_nanos), ..Self::default() }
    }

    /// Takes one record.
    pub(crate) fn take(&mut self, record: Record) {
        match record {
            Record::Module { id, path, local_path, build_id, kind, identity } => {
                self.modules.insert(id, RawModule { path, local_path, build_id, kind, identity });
            }
            Record::Named { module, address, frame } => {
                self.named.insert((module, address), frame);
            }
            Record::Mapping(mapping) => {
                self.mappings.push_back(mapping);
                if self.mappings.len() > MAX_MAPPINGS {
                    self.mappings.pop_front();
                }
            }
            Record::Process(process) => self.process(process),
            Record::ProcessEnd { id, time_nanos, exit_status } => {
                if let Some(process) = self.processes.get_mut(&id) {
                    (process.end_nanos, process.exit_status) = (Some(time_nanos), exit_status);
                    self.ended_processes.push_back((time_nanos, id));
                }
            }
            Record::Thread(thread) => self.thread(thread),
            Record::ThreadTimes { id, times, switches, time_nanos, ended } => {
                self.saw(time_nanos);
                let Some(thread) = self.threads.get_mut(&id) else { return };
                (thread.row.times, thread.row.switches) = (times, switches);
                if ended {
                    thread.row.end_nanos = Some(time_nanos);
                    self.ended_threads.push_back((time_nanos, id));
                }
                if ended || time_nanos - thread.last_kept_nanos >= TIMES_NANOS {
                    thread.last_kept_nanos = time_nanos;
                    self.keep(Kept::Times(id, time_nanos, times));
                }
            }
            Record::Sample(sample) => {
                self.saw(sample.time_nanos);
                self.keep(Kept::Sample(sample));
            }
            Record::Series(point) => self.point(point),
            Record::Event(event) => {
                self.saw(event.start_nanos.saturating_add(event.duration_nanos));
                self.events.push_back(event);
                if self.events.len() > MAX_EVENTS {
                    self.events.pop_front();
                }
            }
            Record::Meta(_) | Record::Clock(_) | Record::Stack { .. } => {}
        }
    }

    /// Lets go what is too old; called about once a second.
    pub(crate) fn tidy(&mut self) {
        let oldest = self.now_nanos.saturating_sub(KEPT_NANOS);
        while self.kept.front().is_some_and(|kept| kept.time_nanos() < oldest) {
            self.let_go();
        }
        while let Some((_, id)) = self.ended_threads.pop_front_if(|(ended, _)| *ended < oldest) {
            self.threads.remove(&id);
        }
        let mut gone = BTreeSet::new();
        while let Some((_, id)) = self.ended_processes.pop_front_if(|(ended, _)| *ended < oldest) {
            gone.insert(id);
        }
        self.forget_processes(&gone);
        while self.events.front().is_some_and(|event| event.start_nanos < oldest) {
            self.events.pop_front();
        }
    }

    /// Forgets names and modules that no frame of `frames` has any more. Kernel, runtimes and markers stay.
    pub(crate) fn forget_names(&mut self, frames: impl Iterator<Item = RawFrame>) {
        let used: HashSet<RawFrame> = frames.collect();
        let modules: HashSet<ModuleId> = used.iter().filter_map(|frame| frame.module).collect();
        self.named.retain(|(module, address), _| {
            used.contains(&RawFrame { module: Some(*module), address: *address })
        });
        self.named.shrink_to_fit();
        let mapped: HashSet<ModuleId> = self.mappings.iter().map(|mapping| mapping.module).collect();
        self.modules.retain(|id, module| {
            !matches!(module.kind, ModuleKind::Elf | ModuleKind::Jit)
                || modules.contains(id)
                || mapped.contains(id)
        });
    }

    /// The samples that are kept, oldest first.
    pub(crate) fn samples(&self) -> impl Iterator<Item = &RawSample> {
        self.kept.iter().filter_map(|kept| match kept {
            Kept::Sample(sample) => Some(sample),
            Kept::Times(..) => None,
        })
    }

    /// The stacks of the samples that are kept.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = StackId> + '_ {
        self.samples().filter_map(|sample| sample.stack)
    }

    /// Begin of what is kept.
    pub(crate) fn kept_since(&self) -> i64 {
        let first = self.kept.front().map_or(self.now_nanos, Kept::time_nanos);
        self.since_nanos.map_or(first, |since| since.max(self.now_nanos.saturating_sub(KEPT_NANOS)))
    }

    /// A thread's row with its times within what is kept.
    pub(crate) fn thread_within(&self, thread: &KnownThread) -> Thread {
        let (now, base) = (thread.row.times, thread.base);
        Thread {
            times: ThreadTimes {
                running_nanos: (now.running_nanos - base.running_nanos).max(0),
                runnable_nanos: (now.runnable_nanos - base.runnable_nanos).max(0),
                blocked_nanos: (now.blocked_nanos - base.blocked_nanos).max(0),
                missing_nanos: (now.missing_nanos - base.missing_nanos).max(0),
            },
            start_nanos: thread.row.start_nanos.max(self.kept_since()),
            ..thread.row.clone()
        }
    }

    /// Entries held, of all kinds: what memory depends on.
    pub(crate) fn n_entries(&self) -> usize {
        let points: usize = self.series.values().map(|line| line.points.len()).sum();
        let rows = self.modules.len() + self.named.len() + self.mappings.len();
        let living = self.processes.len() + self.threads.len() + self.events.len();
        rows + living + self.kept.len() + points + self.ended_threads.len() + self.ended_processes.len()
    }

    fn process(&mut self, process: Process) {
        self.since_nanos.get_or_insert(process.start_nanos);
        self.processes.insert(process.id, process);
        if self.processes.len() > MAX_PROCESSES {
            let oldest = self.ended_processes.pop_front().map(|(_, id)| id);
            let oldest = oldest.or_else(|| self.processes.keys().next().copied());
            self.forget_processes(&oldest.into_iter().collect());
        }
    }

    fn forget_processes(&mut self, gone: &BTreeSet<ProcessId>) {
        if gone.is_empty() {
            return;
        }
        self.processes.retain(|id, _| !gone.contains(id));
        self.series.retain(|(_, process), _| process.is_none_or(|process| !gone.contains(&process)));
        self.mappings.retain(|mapping| !gone.contains(&mapping.process));
    }

    fn thread(&mut self, row: Thread) {
        if let Some(known) = self.threads.get_mut(&row.id) {
            known.row.name = row.name;
            return;
        }
        if self.threads.len() >= MAX_THREADS {
            let oldest = self.ended_threads.pop_front().map(|(_, id)| id);
            let oldest = oldest.or_else(|| self.threads.keys().next().copied());
            oldest.and_then(|id| self.threads.remove(&id));
        }
        let known = KnownThread { row, base: ThreadTimes::default(), last_kept_nanos: 0 };
        self.threads.insert(known.row.id, known);
    }

    fn point(&mut self, point: SeriesPoint) {
        self.saw(point.time_nanos);
        let key = (point.name, point.process);
        if !self.series.contains_key(&key) && self.series.len() >= MAX_SERIES {
            return;
        }
        let line =
            self.series.entry(key).or_insert_with(|| Line { unit: point.unit, points: VecDeque::new() });
        line.points.push_back((point.time_nanos, point.value));
        if line.points.len() > MAX_POINTS {
            line.points.pop_front();
        }
    }

    fn keep(&mut self, kept: Kept) {
        self.kept.push_back(kept);
        if self.kept.len() > MAX_KEPT {
            self.let_go();
        }
    }

    fn let_go(&mut self) {
        let Some(kept) = self.kept.pop_front() else { return };
        if let Kept::Times(id, _, times) = kept
            && let Some(thread) = self.threads.get_mut(&id)
        {
            thread.base = times;
        }
        self.since_nanos = self.since_nanos.max(Some(kept.time_nanos()));
    }

    fn saw(&mut self, time_nanos: i64) {
        self.now_nanos = self.now_nanos.max(time_nanos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{Signal, ThreadState};

    fn thread(history: &mut History, id: u32) {
        history.take(Record::Thread(Thread {
            id: ThreadId(id),
            process: ProcessId(0),
            tid: id as i32,
            name: String::new(),
            start_nanos: 0,
            end_nanos: None,
            times: ThreadTimes::default(),
            switches: None,
        }));
    }

    fn times(history: &mut History, id: u32, second: i64, ended: bool) {
        let nanos = second * 1_000_000_000;
        let times = ThreadTimes { running_nanos: nanos / 2, ..ThreadTimes::default() };
        history.take(Record::ThreadTimes {
            id: ThreadId(id),
            times,
            switches: None,
            time_nanos: nanos,
            ended,
        });
    }

    #[test]
    fn times_of_a_thread_are_those_of_what_is_kept() {
        let mut history = History::since(0);
        thread(&mut history, 0);
        for second in 1..=900 {
            times(&mut history, 0, second, false);
            history.tidy();
        }
        let running = history.thread_within(&history.threads[&ThreadId(0)]).times.running_nanos as f64 / 1e9;
        // Half of 300 s, to the 5 s between two kept ones.
        assert!((145.0..=155.0).contains(&running), "{running}");
        assert_eq!(history.kept_since(), 600_000_000_000);
    }

    #[test]
    fn what_ended_is_gone_when_its_samples_are() {
        let mut history = History::since(0);
        thread(&mut history, 0);
        thread(&mut history, 1);
        times(&mut history, 1, 2, true);
        times(&mut history, 0, 200, false);
        history.tidy();
        assert_eq!(history.threads.len(), 2);
        times(&mut history, 0, 303, false);
        history.tidy();
        assert_eq!(history.threads.len(), 1);
    }

    #[test]
    fn samples_are_kept_up_to_their_number() {
        let mut history = History::since(0);
        for at in 0..MAX_KEPT as i64 + 10 {
            history.take(Record::Sample(RawSample {
                signal: Signal::Cpu,
                time_nanos: at,
                process: ProcessId(0),
                thread: ThreadId(0),
                cpu: None,
                stack: None,
                value: 1,
                n: 1,
                state: ThreadState::Running,
            }));
        }
        assert_eq!(history.samples().count(), MAX_KEPT);
        assert_eq!(history.samples().next().map(|sample| sample.time_nanos), Some(10));
    }
}
