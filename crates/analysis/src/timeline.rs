//! A fixed number of bins of time by state, per thread and per process. Knows no stacks.
//!
//! A CPU sample falls into the bin of its moment. An off-CPU sample is spread over the time from its start for as
//! long as its value; a value scaled up (1 in N drawn, or calibrated) is longer than the interval really was, so
//! it is spread over later bins than its own, and what would pass the end of the recording is spread evenly over
//! the part before it. Sums per thread and state are kept; bins of rarely drawn intervals are smeared.

use std::collections::BTreeMap;

use fathom_model::{ProcessId, Recording, Sample, Signal, ThreadId, ThreadState};

/// Time by state in one bin, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// On a CPU.
    pub running_nanos: f64,
    /// Preempted, or woken and not yet running.
    pub runnable_nanos: f64,
    /// Blocked.
    pub blocked_nanos: f64,
}

/// The bins of one thread or one process.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineRow<K> {
    /// Whose.
    pub key: K,
    /// As many as asked for.
    pub bins: Vec<Bin>,
}

/// A timeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Begin of the first bin, `CLOCK_MONOTONIC` nanoseconds.
    pub start_nanos: i64,
    /// Width of a bin in nanoseconds.
    pub bin_nanos: f64,
    /// By thread, in the order of ids; threads without samples are left out.
    pub threads: Vec<TimelineRow<ThreadId>>,
    /// By process, in the order of ids.
    pub processes: Vec<TimelineRow<ProcessId>>,
    /// CPUs in use per bin, all threads together: 1.5 is one and a half CPUs.
    pub cpus_used: Vec<f64>,
}

/// More bins than a screen has pixels say nothing.
const MOST_BINS: usize = 4096;

/// Bins a recording; `bins` is held between 1 and 4,096. Empty for a recording without length.
pub fn timeline(recording: &Recording, bins: usize) -> Timeline {
    let bins = bins.clamp(1, MOST_BINS);
    let start_nanos = recording.meta.start_nanos;
    let length = recording.meta.duration_nanos;
    if length <= 0 {
        return Timeline { start_nanos, ..Timeline::default() };
    }
    let bin_nanos = length as f64 / bins as f64;
    let empty = || vec![Bin::default(); bins];
    let mut threads: BTreeMap<ThreadId, Vec<Bin>> = BTreeMap::new();
    let mut processes: BTreeMap<ProcessId, Vec<Bin>> = BTreeMap::new();
    let mut cpus_used = vec![0.0; bins];
    for sample in &recording.samples {
        let Some(field) = field_of(sample) else { continue };
        let thread = threads.entry(sample.thread).or_insert_with(empty);
        let process = processes.entry(sample.process).or_insert_with(empty);
        spread(recording, sample, bin_nanos, bins, |bin, nanos| {
            *field(&mut thread[bin]) += nanos;
            *field(&mut process[bin]) += nanos;
            if sample.signal == Signal::Cpu {
                cpus_used[bin] += nanos / bin_nanos;
            }
        });
    }
    let threads = threads.into_iter().map(|(key, bins)| TimelineRow { key, bins }).collect();
    let processes = processes.into_iter().map(|(key, bins)| TimelineRow { key, bins }).collect();
    Timeline { start_nanos, bin_nanos, threads, processes, cpus_used }
}

fn field_of(sample: &Sample) -> Option<fn(&mut Bin) -> &mut f64> {
    match (sample.signal, sample.state) {
        (Signal::Cpu, _) => Some(|bin| &mut bin.running_nanos),
        (Signal::OffCpu, ThreadState::Runnable) => Some(|bin| &mut bin.runnable_nanos),
        (Signal::OffCpu, ThreadState::Blocked(_)) => Some(|bin| &mut bin.blocked_nanos),
        _ => None,
    }
}

pub(crate) fn spread(
    recording: &Recording,
    sample: &Sample,
    bin_nanos: f64,
    bins: usize,
    mut add: impl FnMut(usize, f64),
) {
    let value = sample.value.max(0) as f64;
    let length = recording.meta.duration_nanos as f64;
    let offset = |time: i64| (time.saturating_sub(recording.meta.start_nanos) as f64).clamp(0.0, length);
    let last = bins - 1;
    let bin_of = |nanos: f64| ((nanos / bin_nanos) as usize).min(last);
    let (begin, end) = if sample.n == 0 {
        // Known exactly but never sampled: anywhere in the thread's life.
        let thread = recording.threads.get(sample.thread.index());
        let begin = thread.map_or(0.0, |thread| offset(thread.start_nanos));
        let end = thread.and_then(|thread| thread.end_nanos).map_or(length, offset);
        (begin.min(end), end)
    } else if sample.signal == Signal::Cpu {
        return add(bin_of(offset(sample.time_nanos)), value);
    } else {
        let begin = offset(sample.time_nanos);
        (begin, (begin + value).min(length))
    };
    if end - begin < 1.0 {
        return add(bin_of(begin), value);
    }
    for bin in bin_of(begin)..=bin_of(end) {
        let from = begin.max(bin as f64 * bin_nanos);
        let until = end.min((bin + 1) as f64 * bin_nanos);
        if until > from {
            add(bin, value * (until - from) / (end - begin));
        }
    }
}
