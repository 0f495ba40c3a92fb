//! CPU time of threads too short to be sampled, given to the stacks of their siblings.
//!
//! A program that forks thousands of short children has many that no sample met, and some that one did. Scaling
//! each thread's samples to that thread's CPU time is exact for each and wrong for all together: those that
//! were met shrink to their own short time, and the rest has no stack. The samples of all siblings together are
//! an unbiased picture of all of them. So each unmet thread keeps its exact CPU time and gets, with `n` 0, the
//! stack that its siblings' samples say is still owed the most.

use fathom_model::{ProcessId, Recording, Sample, Signal, StackId, ThreadId};
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// A thread with less CPU time than this many sampling periods is short.
const SHORT_PERIODS: f64 = 20.0;
/// Siblings must have at least this many samples together.
const LEAST_SAMPLES: usize = 20;

/// Siblings: forked by the same process, running the same program.
type Family<'a> = (Option<ProcessId>, &'a str, &'a [String]);

#[derive(Default)]
struct Members {
    /// Samples by stack.
    stacks: BTreeMap<StackId, (usize, i64)>,
    n_samples: usize,
    /// Positions of samples without a stack.
    owed: Vec<usize>,
}

/// Gives stacks to the CPU time of short threads; returns the nanoseconds concerned.
///
/// `samples` are calibrated: an unmet thread has one sample without a stack and with `n` 0.
pub(crate) fn share_stacks_among_siblings(recording: &Recording, samples: &mut [Sample]) -> i64 {
    let rate = recording.meta.epochs.iter().map(|epoch| epoch.rate_hz).fold(f64::INFINITY, f64::min);
    if !rate.is_finite() || rate <= 0.0 {
        return 0;
    }
    let short_nanos = (SHORT_PERIODS * 1e9 / rate) as i64;
    let is_short: HashMap<ThreadId, bool> = recording
        .threads
        .iter()
        .map(|thread| (thread.id, thread.times.running_nanos < short_nanos))
        .collect();
    let mut families: BTreeMap<Family<'_>, Members> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        if sample.signal != Signal::Cpu || !is_short.get(&sample.thread).copied().unwrap_or(false) {
            continue;
        }
        let Some(process) = recording.processes.get(sample.process.index()) else { continue };
        let members =
            families.entry((process.parent, process.name.as_str(), process.command.as_slice())).or_default();
        match sample.stack {
            Some(stack) if sample.n > 0 => {
                members.n_samples += 1;
                let (n, nanos) = members.stacks.entry(stack).or_default();
                *n += 1;
                *nanos += sample.value;
            }
            None if sample.n == 0 => members.owed.push(at),
            _ => {}
        }
    }
    families.into_values().map(|members| give(members, samples)).sum()
}

/// Each owed sample gets the stack with the largest difference between its share of the siblings' samples and
/// what it has already.
fn give(mut members: Members, samples: &mut [Sample]) -> i64 {
    if members.n_samples < LEAST_SAMPLES {
        return 0;
    }
    let owed: i64 = members.owed.iter().map(|at| samples[*at].value).sum();
    let met: i64 = members.stacks.values().map(|(_, nanos)| nanos).sum();
    let mut open: BinaryHeap<(i64, std::cmp::Reverse<StackId>)> = members
        .stacks
        .iter()
        .map(|(stack, (n, nanos))| {
            let due = (owed + met) as f64 * *n as f64 / members.n_samples as f64;
            (due as i64 - nanos, std::cmp::Reverse(*stack))
        })
        .collect();
    // Large pieces first, so that the small ones can even them out.
    members.owed.sort_by_key(|at| (std::cmp::Reverse(samples[*at].value), *at));
    for at in members.owed {
        if let Some((due, stack)) = open.pop() {
            samples[at].stack = Some(stack.0);
            open.push((due - samples[at].value, stack));
        }
    }
    owed
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{Epoch, Process, Thread, ThreadState, ThreadTimes};

    /// 300 children of 1 ms; every tenth was met, twice as often in stack 1 as in stack 2.
    fn storm() -> (Recording, Vec<Sample>) {
        let mut recording = Recording::default();
        recording.meta.epochs.push(Epoch { rate_hz: 500.0, ..Epoch::default() });
        let mut samples = Vec::new();
        for child in 0..300u32 {
            recording.processes.push(Process {
                id: ProcessId(child),
                pid: 100 + child as i32,
                parent: None,
                exec_generation: 0,
                name: "child".to_owned(),
                command: Vec::new(),
                runtime: None,
                runtime_version: None,
                start_nanos: 0,
                end_nanos: None,
                exit_status: None,
            });
            recording.threads.push(Thread {
                id: ThreadId(child),
                process: ProcessId(child),
                tid: 100 + child as i32,
                name: String::new(),
                start_nanos: 0,
                end_nanos: None,
                times: ThreadTimes { running_nanos: 1_000_000, ..ThreadTimes::default() },
                switches: None,
            });
            let met = child % 10 == 0;
            samples.push(Sample {
                signal: Signal::Cpu,
                time_nanos: 0,
                process: ProcessId(child),
                thread: ThreadId(child),
                cpu: None,
                stack: met.then_some(StackId(if child % 30 == 0 { 2 } else { 1 })),
                value: 1_000_000,
                n: u32::from(met),
                state: ThreadState::Running,
                labels: None,
            });
        }
        (recording, samples)
    }

    #[test]
    fn siblings_share_their_stacks_and_keep_their_times() {
        let (recording, mut samples) = storm();
        assert_eq!(share_stacks_among_siblings(&recording, &mut samples), 270_000_000);
        let of =
            |stack| samples.iter().filter(|s| s.stack == Some(StackId(stack))).map(|s| s.value).sum::<i64>();
        assert_eq!((of(1), of(2)), (200_000_000, 100_000_000));
        assert!(samples.iter().all(|sample| sample.value == 1_000_000));
        assert_eq!(samples.iter().filter(|sample| sample.n > 0).count(), 30);
    }

    #[test]
    fn too_few_samples_give_nothing_away() {
        let (recording, mut samples) = storm();
        for sample in samples.iter_mut().skip(100) {
            (sample.stack, sample.n) = (None, 0);
        }
        assert_eq!(share_stacks_among_siblings(&recording, &mut samples), 0);
        assert_eq!(samples.iter().filter(|sample| sample.stack.is_some()).count(), 10);
    }
}
