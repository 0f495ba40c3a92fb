//! A sink that keeps the last seconds in memory, for views of a running program.
//!
//! Memory is bounded: seconds, entries per second, stacks and threads all have a limit; what passes it is counted
//! under "no stack" or dropped and the count of it is part of every snapshot. Stacks that no second needs any more
//! go with [`LiveAggregate::forget_stacks`]. Addresses stay raw: names are given by whoever draws.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use fathom_model::{
    RawFrame, RawSample, Record, Signal, Sink, SinkError, StackId, Thread, ThreadId, ThreadState, ThreadTimes,
};

const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// How far before a window the last known times of a thread are looked for.
const BASELINE_SECONDS: usize = 5;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// Seconds of samples.
    pub seconds: usize,
    /// Distinct (signal, thread, state, stack) per second; later ones lose their stack. As many threads' times.
    pub entries_per_second: usize,
    /// Stack nodes in all; later stacks are not stored.
    pub stacks: usize,
    /// Threads in all; the first to go is the one that ended longest ago.
    pub threads: usize,
}

impl Default for LiveLimits {
    /// About 200 MB at the very worst; a usual target stays below 5.
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
    /// Threads that ended, in the order of their ends.
    ended: VecDeque<(i64, ThreadId)>,
    too_late: u64,
}

#[derive(Debug, Default)]
struct Second {
    at: i64,
    sums: HashMap<LiveKey, (i64, u64)>,
    folded: u64,
    /// Latest times of each thread in this second.
    times: HashMap<ThreadId, ThreadTimes>,
}

#[derive(Clone, Debug, Default)]
struct LiveThread {
    times: ThreadTimes,
    info: Option<Thread>,
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

    /// How long each thread did what within the last `seconds` seconds, in the order of ids. Its times are those since
    /// the last ones known from before the window; where none are, since the first ones in it.
    pub fn times_in(&self, seconds: usize) -> BTreeMap<ThreadId, ThreadTimes> {
        let until = self.seconds.back().map_or(0, |second| second.at.saturating_add(1));
        let from = until.saturating_sub(i64::try_from(seconds).unwrap_or(i64::MAX));
        let first = self.seconds.partition_point(|second| second.at < from);
        let mut spans: BTreeMap<ThreadId, (ThreadTimes, ThreadTimes)> = BTreeMap::new();
        for second in self.seconds.range(first..) {
            for (id, times) in &second.times {
                // The times of a thread count from when it was first seen.
                let is_new = || {
                    self.threads
                        .get(id)
                        .and_then(|thread| thread.info.as_ref())
                        .is_some_and(|info| info.start_nanos.div_euclid(NANOS_PER_SECOND) >= from)
                };
                let begin = || if is_new() { ThreadTimes::default() } else { *times };
                spans.entry(*id).or_insert_with(|| (begin(), *times)).1 = *times;
            }
        }
        // What was known at the window's begin: a checkpoint is at most some seconds away.
        let mut missing: HashSet<ThreadId> = spans.keys().copied().collect();
        for second in self.seconds.range(..first).rev().take(BASELINE_SECONDS) {
            for (id, times) in &second.times {
                if missing.remove(id)
                    && let Some(span) = spans.get_mut(id)
                {
                    span.0 = *times;
                }
            }
        }
        let difference = |begin: ThreadTimes, end: ThreadTimes| ThreadTimes {
            running_nanos: (end.running_nanos - begin.running_nanos).max(0),
            runnable_nanos: (end.runnable_nanos - begin.runnable_nanos).max(0),
            blocked_nanos: (end.blocked_nanos - begin.blocked_nanos).max(0),
            missing_nanos: (end.missing_nanos - begin.missing_nanos).max(0),
        };
        spans.into_iter().map(|(id, (begin, end))| (id, difference(begin, end))).collect()
    }

    /// Forgets the stacks below `keep_from` that neither a second that is kept nor one of `also` needs.
    pub fn forget_stacks(&mut self, keep_from: StackId, also: impl IntoIterator<Item = StackId>) {
        let used = self.seconds.iter().flat_map(|second| second.sums.keys().filter_map(|key| key.stack));
        let newer = self.stacks.keys().copied().filter(|id| *id >= keep_from);
        let mut kept: HashSet<StackId> = HashSet::new();
        for id in used.chain(also).chain(newer) {
            let mut next = Some(id);
            while let Some(current) = next.filter(|id| kept.insert(*id)) {
                next = self.stacks.get(&current).and_then(|(parent, _)| *parent);
            }
        }
        self.stacks.retain(|id, _| kept.contains(id));
        self.stacks.shrink_to_fit();
    }

    /// Entries held, of all kinds: what memory depends on.
    pub fn n_entries(&self) -> usize {
        let in_seconds: usize =
            self.seconds.iter().map(|second| second.sums.len() + second.times.len()).sum();
        in_seconds + self.stacks.len() + self.threads.len() + self.ended.len()
    }

    /// Stacks held.
    pub fn n_stacks(&self) -> usize {
        self.stacks.len()
    }

    /// A node of the stacks: its caller and its frame.
    pub fn node(&self, stack: StackId) -> Option<(Option<StackId>, RawFrame)> {
        self.stacks.get(&stack).copied()
    }

    /// Every frame of the stacks that are kept.
    pub fn all_frames(&self) -> impl Iterator<Item = RawFrame> + '_ {
        self.stacks.values().map(|(_, frame)| *frame)
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

    /// A wait of several seconds is part of each of them: the window that it ends in should not be without it.
    fn spread(&mut self, sample: &RawSample) {
        let begin = sample.time_nanos.div_euclid(NANOS_PER_SECOND);
        let newest = self.seconds.back().map_or(begin, |second| second.at.max(begin));
        let end = sample.time_nanos.saturating_add(sample.value).div_euclid(NANOS_PER_SECOND);
        // A value that stands for several waits says nothing of the end of this one.
        let end = end.clamp(begin, newest);
        let n_seconds = end - begin + 1;
        let oldest = newest.saturating_sub(i64::try_from(self.limits.seconds).unwrap_or(i64::MAX) - 1);
        if sample.signal != Signal::OffCpu || sample.n != 1 || n_seconds < 2 || end < oldest {
            return self.sample(sample);
        }
        for at in begin.max(oldest)..=end {
            // Observed once: in the second in which it ended.
            let n = u32::from(at == end);
            let time_nanos =
                if at == begin { sample.time_nanos } else { at.saturating_mul(NANOS_PER_SECOND) };
            self.sample(&RawSample { time_nanos, value: sample.value / n_seconds, n, ..*sample });
        }
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
        self.seconds.insert(position, Second { at, ..Second::default() });
        while self.seconds.front().is_some_and(|second| newest.saturating_sub(second.at) >= kept) {
            self.seconds.pop_front();
        }
        let oldest_nanos = newest.saturating_sub(kept).saturating_mul(NANOS_PER_SECOND);
        while let Some((_, id)) = self.ended.pop_front_if(|(ended, _)| *ended < oldest_nanos) {
            self.threads.remove(&id);
        }
        self.seconds.binary_search_by_key(&at, |second| second.at).ok()
    }

    fn thread_entry(&mut self, id: ThreadId) -> &mut LiveThread {
        if !self.threads.contains_key(&id) && self.threads.len() >= self.limits.threads.max(1) {
            let ended =
                std::iter::from_fn(|| self.ended.pop_front()).find(|(_, id)| self.threads.contains_key(id));
            let oldest = ended.map(|(_, id)| id).or_else(|| self.threads.keys().next().copied());
            oldest.and_then(|id| self.threads.remove(&id));
        }
        self.threads.entry(id).or_default()
    }
}

impl Sink for LiveAggregate {
    fn record(&mut self, record: &Record) -> Result<(), SinkError> {
        match record {
            Record::Sample(sample) => self.spread(sample),
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
                if *ended {
                    self.ended.push_back((*time_nanos, *id));
                }
                let limit = self.limits.entries_per_second;
                if let Some(second) = self.second(time_nanos.div_euclid(NANOS_PER_SECOND)) {
                    let known = &mut self.seconds[second].times;
                    if known.len() < limit || known.contains_key(id) {
                        known.insert(*id, *times);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}
