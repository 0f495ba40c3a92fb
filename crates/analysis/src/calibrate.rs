//! Scales sampled values to exact thread totals, so that a profile adds up to what the kernel counted.
//!
//! Sampling in time is exact on average only: a thread of 1 s gets 499 samples at 499 Hz give or take, and
//! weights drawn at random (1 in N) scatter more. The kernel's totals per thread and state are exact, so each
//! group of samples is scaled to its total; shares within the group do not change. Integer rounding follows the
//! largest remainder (Hamilton), so that the sum is exact to the nanosecond. It does not touch `n`.

use std::collections::BTreeMap;

use fathom_model::{ProcessId, Sample, Signal, Thread, ThreadId, ThreadState, WaitClass};

/// What is scaled together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bucket {
    Running,
    Runnable,
    Blocked,
}

impl Bucket {
    const ALL: [Self; 3] = [Self::Running, Self::Runnable, Self::Blocked];

    fn of(sample: &Sample) -> Option<Self> {
        match (sample.signal, sample.state) {
            (Signal::Cpu, _) => Some(Self::Running),
            (Signal::OffCpu, ThreadState::Runnable) => Some(Self::Runnable),
            (Signal::OffCpu, ThreadState::Blocked(_)) => Some(Self::Blocked),
            _ => None,
        }
    }

    fn signal(self) -> Signal {
        if self == Self::Running { Signal::Cpu } else { Signal::OffCpu }
    }

    fn exact_nanos(self, thread: &Thread) -> i64 {
        match self {
            Self::Running => thread.times.running_nanos,
            Self::Runnable => thread.times.runnable_nanos,
            Self::Blocked => thread.times.blocked_nanos,
        }
    }

    fn state(self) -> ThreadState {
        match self {
            Self::Running => ThreadState::Running,
            Self::Runnable => ThreadState::Runnable,
            Self::Blocked => ThreadState::Blocked(WaitClass::Other),
        }
    }
}

/// Scales the samples of `signals` per thread and state to the threads' exact times.
///
/// - `Signal::Cpu` of a thread adds up to its `running_nanos`, off-CPU samples to `runnable_nanos` and
///   `blocked_nanos`. Samples of other signals, of unknown state, and of threads outside `threads` stay as they are.
/// - Exact time of which no sample was taken becomes one sample with `n` 0 and no stack, at the thread's start.
/// - A thread of which no state is known (all three times 0) keeps its samples unscaled.
///
/// Returns the samples in their order; those added stand at the end, by thread and state.
pub fn calibrate(samples: &[Sample], threads: &[Thread], signals: &[Signal]) -> Vec<Sample> {
    let mut calibrated = samples.to_vec();
    let mut groups: BTreeMap<(ThreadId, Bucket), Vec<usize>> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        if let Some(bucket) = Bucket::of(sample) {
            groups.entry((sample.thread, bucket)).or_default().push(at);
        }
    }
    for thread in threads.iter().filter(|thread| has_known_times(thread)) {
        for bucket in Bucket::ALL.into_iter().filter(|bucket| signals.contains(&bucket.signal())) {
            let exact_nanos = bucket.exact_nanos(thread).max(0);
            match groups.remove(&(thread.id, bucket)) {
                Some(group) => scale(&mut calibrated, &group, exact_nanos),
                None if exact_nanos > 0 => calibrated.push(unsampled(thread, bucket, exact_nanos)),
                None => {}
            }
        }
    }
    calibrated
}

fn has_known_times(thread: &Thread) -> bool {
    Bucket::ALL.iter().any(|bucket| bucket.exact_nanos(thread) > 0)
}

/// Scales a group to a sum; by value, or by observations where all values are 0, or evenly.
fn scale(samples: &mut [Sample], group: &[usize], exact_nanos: i64) {
    let by_value: Vec<u64> = group.iter().map(|at| samples[*at].value.max(0) as u64).collect();
    let by_count: Vec<u64> = group.iter().map(|at| u64::from(samples[*at].n)).collect();
    let weights = [by_value, by_count].into_iter().find(|weights| weights.iter().any(|weight| *weight > 0));
    let weights = weights.unwrap_or_else(|| vec![1; group.len()]);
    for (at, value) in group.iter().zip(apportion(exact_nanos as u64, &weights)) {
        samples[*at].value = value as i64;
    }
}

/// Divides `total` in proportion to `weights`, whose sum is not 0, without a remainder: everybody gets the whole
/// part of the quota, and the units left over go to the largest fractions, first come first served among equals.
fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let products = weights.iter().map(|weight| u128::from(total) * u128::from(*weight));
    let (mut parts, fractions): (Vec<u64>, Vec<u128>) =
        products.map(|product| ((product / sum) as u64, product % sum)).unzip();
    let left_over = total - parts.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| fractions[*b].cmp(&fractions[*a]).then(a.cmp(b)));
    for at in order.into_iter().take(left_over as usize) {
        parts[at] += 1;
    }
    parts
}

fn unsampled(thread: &Thread, bucket: Bucket, exact_nanos: i64) -> Sample {
    let process: ProcessId = thread.process;
    Sample {
        signal: bucket.signal(),
        time_nanos: thread.start_nanos,
        process,
        thread: thread.id,
        cpu: None,
        stack: None,
        value: exact_nanos,
        n: 0,
        state: bucket.state(),
        labels: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_fractions_get_the_rest() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(100, &[57, 28, 15]), [57, 28, 15]);
        assert_eq!(apportion(7, &[0, 5, 0]), [0, 7, 0]);
        assert_eq!(
            apportion(u64::MAX, &[u64::MAX, u64::MAX]).iter().map(|part| u128::from(*part)).sum::<u128>(),
            u128::from(u64::MAX)
        );
    }
}
