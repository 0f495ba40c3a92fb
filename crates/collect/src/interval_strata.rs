//! Weights for chosen intervals: post-stratification by duration.
//!
//! The kernel draws 1 in 2^k intervals for a stack, but says how long every one was. A thread's intervals are
//! grouped by kind and by the power of two of their duration, and the chosen ones of a group are scaled to the
//! exact time of the group (the post-stratified ratio estimator: Särndal, Swensson, Wretman, *Model Assisted
//! Survey Sampling*, 1992, section 7.6). What is left to chance is only which stack an interval of that length
//! has; that 1 in 16 of a disk's 1 ms waits was drawn beside 3 ms sleeps no longer matters.
//!
//! Intervals that were drawn with certainty stand for themselves and are no part of this: a thread that switches much
//! at times and little at others would have its quiet waits, all drawn, take the time of the busy ones, of which 1 in
//! 64 was. For the same reason a group is written when it has several chosen ones; one that has none at its thread's
//! end is in the thread's totals alone.

use crate::thread_clock::OffInterval;
use fathom_model::RawSample;

/// Powers of two of nanoseconds from 1 us: below are switches that no stack is worth, above is 36 minutes.
const FIRST_POWER: u32 = 10;
const N_POWERS: usize = 32;
/// Chosen intervals of a group before it is written: the chances within it differ by its thread's pace.
const ENOUGH: usize = 8;

/// One group.
#[derive(Clone, Debug, Default)]
struct Stratum {
    /// Exact time of all intervals not sure to be drawn since the last chosen ones were written.
    exact_nanos: i64,
    /// The chosen ones.
    chosen: Vec<RawSample>,
}

/// The groups of one thread.
#[derive(Debug, Default)]
pub(crate) struct IntervalStrata {
    /// By kind (preempted, blocked) and power; empty until the thread first leaves its CPU.
    strata: Vec<Stratum>,
    /// Those that were sure to be drawn.
    certain: Vec<RawSample>,
    /// Whether a chosen one waits to be written.
    waiting: bool,
}

impl IntervalStrata {
    /// Counts an interval, and takes its samples (blocked, runnable, or both) if it was chosen.
    pub(crate) fn add(&mut self, interval: &OffInterval, chosen: impl Iterator<Item = RawSample>) {
        if self.strata.is_empty() {
            self.strata = vec![Stratum::default(); 2 * N_POWERS];
        }
        if interval.stack.as_ref().is_some_and(|pending| pending.weight <= 1) {
            self.certain.extend(chosen);
            return;
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

    /// The samples chosen so far, scaled; in no order. Before the end small groups are kept back.
    pub(crate) fn take(&mut self, is_end: bool) -> Vec<RawSample> {
        let mut samples = std::mem::take(&mut self.certain);
        if !self.waiting {
            return samples;
        }
        self.waiting = false;
        let least = if is_end { 1 } else { ENOUGH };
        for stratum in &mut self.strata {
            if stratum.chosen.len() < least {
                self.waiting |= !stratum.chosen.is_empty();
                continue;
            }
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
    use crate::thread_clock::PendingStack;
    use fathom_model::{ProcessId, Signal, StackId, ThreadId, ThreadState, WaitClass};

    fn interval(blocked_nanos: i64, runnable_nanos: i64) -> OffInterval {
        OffInterval { start_nanos: 0, blocked_nanos, runnable_nanos, stack: None }
    }

    /// One that was drawn with a chance of 1 in `weight`, and its sample.
    fn drawn(blocked_nanos: i64, weight: u32, stack: u32) -> (OffInterval, Option<RawSample>) {
        let pending = PendingStack { stack: Some(StackId(stack)), weight, time_nanos: 0 };
        let interval = OffInterval { stack: Some(pending), ..interval(blocked_nanos, 0) };
        (interval, Some(sample(stack, blocked_nanos * i64::from(weight))))
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
        let samples = strata.take(true);
        assert_eq!(samples.len(), 12);
        // To the nanosecond that division drops.
        assert!((100_000_000 - sum_of(&samples, 1)).abs() < 12, "{}", sum_of(&samples, 1));
        assert!((300_000_000 - sum_of(&samples, 2)).abs() < 12, "{}", sum_of(&samples, 2));
    }

    #[test]
    fn a_group_waits_for_enough_choices() {
        let mut strata = IntervalStrata::default();
        strata.add(&interval(5_000_000, 0), std::iter::empty());
        assert!(strata.take(true).is_empty());
        let (some, chosen) = drawn(6_000_000, 2, 1);
        strata.add(&some, chosen.into_iter());
        assert!(strata.take(false).is_empty());
        assert_eq!(sum_of(&strata.take(true), 1), 11_000_000);
        assert!(strata.take(true).is_empty(), "written once");
        for _ in 0..ENOUGH {
            strata.add(&some, chosen.into_iter());
            strata.add(&interval(6_000_000, 0), std::iter::empty());
        }
        assert_eq!(sum_of(&strata.take(false), 1), 2 * 6_000_000 * ENOUGH as i64);
        assert!(strata.take(true).is_empty(), "written once");
    }

    #[test]
    fn quiet_waits_do_not_take_the_time_of_busy_ones() {
        let mut strata = IntervalStrata::default();
        let mut quiet_nanos = 0;
        for _ in 0..20 {
            // A second full of switches, of which few waits of this length are drawn, and one of long waits only.
            for at in 0..64 {
                let (busy, chosen) = drawn(5_000_000, 64, 1);
                let busy = if at == 9 { busy } else { interval(5_000_000, 0) };
                strata.add(&busy, chosen.filter(|_| at == 9).into_iter());
            }
            for _ in 0..100 {
                let (quiet, chosen) = drawn(5_000_000, 1, 2);
                strata.add(&quiet, chosen.into_iter());
            }
            quiet_nanos += sum_of(&strata.take(false), 2);
        }
        assert_eq!(quiet_nanos + sum_of(&strata.take(true), 2), 20 * 100 * 5_000_000);
    }

    #[test]
    fn preempted_and_blocked_do_not_mix_and_no_length_is_too_odd() {
        let mut strata = IntervalStrata::default();
        strata.add(&interval(0, 2_000_000), Some(sample(1, 2_000_000)).into_iter());
        strata.add(&interval(2_000_000, 0), std::iter::empty());
        for odd in [i64::MIN, -1, 0, 1, i64::MAX] {
            strata.add(&interval(odd, 0), Some(sample(3, odd.max(0))).into_iter());
        }
        assert_eq!(sum_of(&strata.take(true), 1), 2_000_000);
    }
}
