//! A sink that keeps the last seconds in memory, for views of a running program.
//!
//! Memory is bounded: seconds, entries per second, stacks and threads all have a limit; what passes it is counted
//! under "no stack" or dropped and the count of it is part of every snapshot. Addresses stay raw: names are given
//! by whoever draws.

use std::collections::{BTreeMap, HashMap, VecDeque};

use fathom_model::{
    RawFrame, RawSample, Record, Signal, Sink, SinkError, StackId, Thread, ThreadId, ThreadState, ThreadTimes,
};

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// Seconds of samples.
    pub seconds: usize,
    /// Distinct (signal, thread, state, stack) per second; later ones lose their stack.
    pub entries_per_second: usize,
    /// Stack nodes in all; later stacks are not stored.
    pub stacks: usize,
    /// Threads in all; the first to go is the one that ended longest ago.
    pub threads: usize,
}

impl Default for LiveLimits {
    /// About 100 MB at the very worst; a usual target stays below 5.
    fn default() -> Self {
        Self { seconds: 120, entries_per_second: 10_000, stacks: 1 << 20, threads: 1 << 16 }
    }
}

/// One sum of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LiveKey {
    /// What was measured.
    pub signal: Signal,
    /// The thread.
    pub thread: ThreadId,
    /// What it was doing.
    pub state: ThreadState,
    /// Innermost node of its stack; see [`LiveAggregate::frames`].
    pub stack: Option<StackId>,
}

/// What happened in a window of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveSnapshot {
    /// First second covered, in whole seconds of `CLOCK_MONOTONIC`.
    pub from_second: i64,
    /// Second after the last.
    pub until_second: i64,
    /// Sums of value and observations; largest value first, then by key.
    pub sums: Vec<(LiveKey, i64, u64)>,
    /// Latest known times of each thread (absolute, not of the window), in the order of ids.
    pub threads: Vec<(ThreadId, ThreadTimes)>,
    /// Observations in the window whose stack was given up for lack of room.
    pub folded: u64,
    /// Samples that came later than the oldest second kept, since the start.
    pub too_late: u64,
}

/// The live aggregator.
#[derive(Debug, Default)]
pub struct LiveAggregate {
    limits: LiveLimits,
    seconds: VecDeque<Second>,
    stacks: HashMap<StackId, (Option<StackId>, RawFrame)>,
    threads: BTreeMap<ThreadId, LiveThread>,
    too_late: u64,
}

#[derive(Debug)]
struct Second {
    at: i64,
    sums: HashMap<LiveKey, (i64, u64)>,
    folded: u64,
}

#[derive(Clone, Debug, Default)]
struct LiveThread {
    times: ThreadTimes,
    info: Option<Thread>,
    ended_nanos: Option<i64>,
}

impl LiveAggregate {
    /// An empty aggregate.
    pub fn new(limits: LiveLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Sums over the last `seconds` seconds that anything was seen in.
    pub fn snapshot(&self, seconds: usize) -> LiveSnapshot {
        let until_second = self.seconds.back().map_or(0, |second| second.at.saturating_add(1));
        let from_second = until_second.saturating_sub(i64::try_from(seconds).unwrap_or(i64::MAX));
        let mut snapshot =
            LiveSnapshot { from_second, until_second, too_late: self.too_late, ..LiveSnapshot::default() };
        let mut sums: BTreeMap<LiveKey, (i64, u64)> = BTreeMap::new();
        for second in self.seconds.iter().filter(|second| second.at >= from_second) {
            snapshot.folded += second.folded;
            for (key, (value, n)) in &second.sums {
                let sum = sums.entry(*key).or_default();
                *sum = (sum.0.saturating_add(*value), sum.1.saturating_add(*n));
            }
        }
        snapshot.sums = sums.into_iter().map(|(key, (value, n))| (key, value, n)).collect();
        snapshot.sums.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        snapshot.threads = self.threads.iter().map(|(id, thread)| (*id, thread.times)).collect();
        snapshot
    }

    /// The raw frames of a stack, innermost first; empty for a stack that was not stored.
    pub fn frames(&self, stack: StackId) -> Vec<RawFrame> {
        let mut frames = Vec::new();
        let mut next = Some(stack);
        while let Some((parent, frame)) = next.and_then(|id| self.stacks.get(&id)) {
            frames.push(*frame);
            next = parent.filter(|parent| Some(*parent) < next);
        }
        frames
    }

    /// What is known of a thread beside its times.
    pub fn thread(&self, id: ThreadId) -> Option<&Thread> {
        self.threads.get(&id).and_then(|thread| thread.info.as_ref())
    }

    fn sample(&mut self, sample: &RawSample) {
        let at = sample.time_nanos.div_euclid(NANOS_PER_SECOND);
        let Some(second) = self.second(at) else {
            self.too_late += u64::from(sample.n.max(1));
            return;
        };
        let second = &mut self.seconds[second];
        let stack = sample.stack.filter(|id| self.stacks.contains_key(id));
        let mut key = LiveKey { signal: sample.signal, thread: sample.thread, state: sample.state, stack };
        let full = second.sums.len() >= self.limits.entries_per_second && !second.sums.contains_key(&key);
        if full {
            // Keys without a stack are as many as threads times states, which their own limit bounds.
            key.stack = None;
        }
        if key.stack.is_none() && sample.stack.is_some() {
            second.folded += u64::from(sample.n);
        }
        let sum = second.sums.entry(key).or_default();
        *sum = (sum.0.saturating_add(sample.value.max(0)), sum.1.saturating_add(u64::from(sample.n)));
    }

    /// Position of a second in the ring, made if it is new; `None` if it is older than all that is kept.
    fn second(&mut self, at: i64) -> Option<usize> {
        let position = self.seconds.partition_point(|second| second.at < at);
        if self.seconds.get(position).is_some_and(|second| second.at == at) {
            return Some(position);
        }
        let newest = self.seconds.back().map_or(at, |second| second.at.max(at));
        let kept = i64::try_from(self.limits.seconds.max(1)).unwrap_or(i64::MAX);
        if newest.saturating_sub(at) >= kept {
            return None;
        }
        self.seconds.insert(position, Second { at, sums: HashMap::new(), folded: 0 });
        while self.seconds.front().is_some_and(|second| newest.saturating_sub(second.at) >= kept) {
            self.seconds.pop_front();
        }
        self.seconds.binary_search_by_key(&at, |second| second.at).ok()
    }

    fn thread_entry(&mut self, id: ThreadId) -> &mut LiveThread {
        if !self.threads.contains_key(&id) && self.threads.len() >= self.limits.threads.max(1) {
            let ended = self.threads.iter().filter_map(|(id, thread)| Some((thread.ended_nanos?, *id)));
            let oldest = ended.min().map(|(_, id)| id).or_else(|| self.threads.keys().next().copied());
            oldest.and_then(|id| self.threads.remove(&id));
        }
        self.threads.entry(id).or_default()
    }
}

impl Sink for LiveAggregate {
    fn record(&mut self, record: &Record) -> Result<(), SinkError> {
        match record {
            Record::Sample(sample) => self.sample(sample),
            Record::Stack { id, parent, frame } if self.stacks.len() < self.limits.stacks => {
                self.stacks.insert(*id, (*parent, *frame));
            }
            Record::Thread(thread) => {
                let entry = self.thread_entry(thread.id);
                entry.times = thread.times;
                entry.info = Some(thread.clone());
            }
            Record::ThreadTimes { id, times, ended, time_nanos, .. } => {
                let entry = self.thread_entry(*id);
                entry.times = *times;
                entry.ended_nanos = ended.then_some(*time_nanos);
            }
            _ => {}
        }
        Ok(())
    }
}
