//! Weights for chosen intervals: post-stratification by duration.
//!
//! The kernel draws 1 in 2^k intervals for a stack, but says how long every one was. A thread's intervals are
//! grouped by kind and by the power of two of their duration, and the chosen ones of a group are scaled to the
//! exact time of the group (the post-stratified ratio estimator: Särndal, Swensson, Wretman, *Model Assisted
//! Survey Sampling*, 1992, section 7.6). What is left to chance is only which stack an interval of that length
//! has; that 1 in 16 of a disk's 1 ms waits was drawn beside 3 ms sleeps no longer matters. A group none of which
//! was drawn yet waits for its first; what waits at a thread's end is in the thread's totals alone.

use crate::thread_clock::OffInterval;
use fathom_model::RawSample;

/// Powers of two of nanoseconds from 1 us: below are switches that no stack is worth, above is 36 minutes.
const FIRST_POWER: u32 = 10;
const N_POWERS: usize = 32;

/// One group.
#[derive(Clone, Debug, Default)]
struct Stratum {
    /// Exact time of all intervals since the last chosen ones were written.
    exact_nanos: i64,
    /// The chosen ones.
    chosen: Vec<RawSample>,
}

/// The groups of one thread.
#[derive(Debug, Default)]
pub(crate) struct IntervalStrata {
    /// By kind (preempted, blocked) and power; empty until the thread first leaves its CPU.
    strata: Vec<Stratum>,
    /// Whether anything waits to be written.
    waiting: bool,
}

impl IntervalStrata {
    /// Counts an interval, and takes its samples (blocked, runnable, or both) if it was chosen.
    pub(crate) fn add(&mut self, interval: &OffInterval, chosen: impl Iterator<Item = RawSample>) {
        if self.strata.is_empty() {
            self.strata = vec![Stratum::default(); 2 * N_POWERS];
        }
        let nanos = interval.blocked_nanos.saturating_add(interval.runnable_nanos).max(0);
        let power = nanos.max(1).ilog2().saturating_sub(FIRST_POWER) as usize;
        let kind = usize::from(interval.blocked_nanos > 0) * N_POWERS;
        let stratum = &mut self.strata[kind + power.min(N_POWERS - 1)];
        stratum.exact_nanos = stratum.exact_nanos.saturating_add(nanos);
        let before = stratum.chosen.len();
        stratum.chosen.extend(chosen);
        self.waiting |= stratum.chosen.len() > before;
    }

    /// The samples chosen since the last call, scaled; in no order.
    pub(crate) fn take(&mut self) -> Vec<RawSample> {
        if !std::mem::take(&mut self.waiting) {
            return Vec::new();
        }
        let mut samples = Vec::new();
        for stratum in self.strata.iter_mut().filter(|stratum| !stratum.chosen.is_empty()) {
            let sum: i128 = stratum.chosen.iter().map(|sample| i128::from(sample.value)).sum();
            let exact = i128::from(std::mem::take(&mut stratum.exact_nanos));
            samples.extend(stratum.chosen.drain(..).map(|sample| RawSample {
                value: (i128::from(sample.value) * exact).checked_div(sum).unwrap_or(0) as i64,
                ..sample
            }));
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{ProcessId, Signal, StackId, ThreadId, ThreadState, WaitClass};

    fn interval(blocked_nanos: i64, runnable_nanos: i64) -> OffInterval {
        OffInterval { start_nanos: 0, blocked_nanos, runnable_nanos, stack: None }
    }

    fn sample(stack: u32, value: i64) -> RawSample {
        RawSample {
            signal: Signal::OffCpu,
            time_nanos: 0,
            process: ProcessId(0),
            thread: ThreadId(0),
            cpu: None,
            stack: Some(StackId(stack)),
            value,
            n: 1,
            state: ThreadState::Blocked(WaitClass::Other),
        }
    }

    fn sum_of(samples: &[RawSample], stack: u32) -> i64 {
        samples.iter().filter(|sample| sample.stack == Some(StackId(stack))).map(|sample| sample.value).sum()
    }

    #[test]
    fn groups_add_up_to_their_exact_time() {
        let mut strata = IntervalStrata::default();
        // 1 in 16 drawn of each, but by chance 9 of 100 short ones and 3 of 100 long ones.
        for at in 0..100 {
            let short = sample(1, 16 * 1_000_000);
            strata.add(&interval(900_000, 100_000), (at < 9).then_some(short).into_iter());
            let long = sample(2, 16 * 3_000_000);
            strata.add(&interval(3_000_000, 0), (at < 3).then_some(long).into_iter());
        }
        let samples = strata.take();
        assert_eq!(samples.len(), 12);
        // To the nanosecond that division drops.
        assert!((100_000_000 - sum_of(&samples, 1)).abs() < 12, "{}", sum_of(&samples, 1));
        assert!((300_000_000 - sum_of(&samples, 2)).abs() < 12, "{}", sum_of(&samples, 2));
    }

    #[test]
    fn a_group_waits_for_its_first_choice() {
        let mut strata = IntervalStrata::default();
        strata.add(&interval(5_000_000, 0), std::iter::empty());
        assert!(strata.take().is_empty());
        strata.add(&interval(6_000_000, 0), Some(sample(1, 2 * 6_000_000)).into_iter());
        assert_eq!(sum_of(&strata.take(), 1), 11_000_000);
        assert!(strata.take().is_empty(), "written once");
    }

    #[test]
    fn preempted_and_blocked_do_not_mix_and_no_length_is_too_odd() {
        let mut strata = IntervalStrata::default();
        strata.add(&interval(0, 2_000_000), Some(sample(1, 2_000_000)).into_iter());
        strata.add(&interval(2_000_000, 0), std::iter::empty());
        for odd in [i64::MIN, -1, 0, 1, i64::MAX] {
            strata.add(&interval(odd, 0), Some(sample(3, odd.max(0))).into_iter());
        }
        assert_eq!(sum_of(&strata.take(), 1), 2_000_000);
    }
}
