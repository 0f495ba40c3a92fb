//! Keeps the cost of profiling under a budget, by numbers measured while recording.
//!
//! Two shares are held under the budget: the target's CPU time that went into being sampled, and Fathom's own
//! CPU time against one core or the target's CPU time, whichever is more. It acts on windows of
//! [`WINDOW_NANOS`] and only lowers; what it did stands in the recording's epochs. The one thing it
//! raises is the size of the copied stack, when too many stacks end at the copy's end.

use crate::perf::SampleCost;

/// Length of a window.
pub const WINDOW_NANOS: i64 = 2_000_000_000;
/// CPU samples are never thinner than this; below, a profile says nothing.
const LOWEST_CPU_HZ: f64 = 19.0;
/// Off-CPU stacks per second and thread are never thinner than this where the filter in the kernel thins each
/// thread by itself: ten stacks a second of a thread cost nothing.
pub(crate) const LOWEST_FILTERED_HZ: f64 = 10.0;
/// ... and where one period thins them all: a thread that switches 200,000 times a second has to be bearable.
pub(crate) const LOWEST_BY_PERIOD_HZ: f64 = 0.1;
/// Less target CPU time than this in a window is too little to judge a share by.
const LEAST_TARGET_NANOS: i64 = 20_000_000;
/// Fathom's own work in a window must be at least this much before it is judged: start-up reads many files.
const LEAST_OWN_NANOS: i64 = 30_000_000;
/// What one switch costs the target in nanoseconds while it is watched, without and with wake-up records:
/// the upper ends of what `cargo xtask bench cost` measured (docs/evidence/cost.md).
pub const NANOS_PER_SWITCH: f64 = 700.0;
/// See [`NANOS_PER_SWITCH`].
pub const NANOS_PER_WAKEUP: f64 = 600.0;
/// Above this many switches a second wake-ups are not recorded.
pub const MAX_WAKEUPS_HZ: f64 = 20_000.0;

/// Bytes of stack copied per sample: to begin with, and the next ones where stacks are deeper. The last is the
/// kernel's maximum. A copy of 64 KiB costs twice what one of 16 KiB costs, one of 8 KiB a tenth less (docs/evidence/cost.md), and most
/// deeper stacks can be completed without it (see `stack_walker`).
pub(crate) const STACK_BYTES: [u32; 4] = [8 << 10, 16 << 10, 32 << 10, 65_528];
/// More cut stacks than this share lead to the next size.
const MAX_CUT_SHARE: f64 = 0.005;
/// ... if it is at least this many.
const LEAST_CUT: u64 = 5;

/// So many are answered at once and not only at the end of a window.
const MANY_CUT: u64 = 12;

/// A burst of stacks at switches is answered after this time.
const LEAST_BURST_NANOS: i64 = 100_000_000;

/// Running totals the governor looks at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    /// When.
    pub time_nanos: i64,
    /// Stacks copied.
    pub stacks: u64,
    /// Of these, cut and not completed.
    pub cut: u64,
    /// Of these, CPU samples.
    pub cpu_samples: u64,
    /// Switches.
    pub switches: u64,
    /// Wake-ups recorded.
    pub wakeups: u64,
    /// CPU time of the target.
    pub target_cpu_nanos: i64,
    /// CPU time of Fathom.
    pub own_cpu_nanos: i64,
}

/// What is in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dials {
    /// CPU samples per second and thread.
    pub cpu_hz: f64,
    /// Off-CPU stacks aimed at per second and thread.
    pub off_cpu_hz: f64,
    /// Whether wake-ups are recorded.
    pub wakeups: bool,
    /// Bytes of stack copied per sample.
    pub stack_bytes: u32,
}

/// A decision to change something.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The new settings.
    pub dials: Dials,
    /// Why, as a sentence for the report.
    pub reason: String,
}

/// The governor.
#[derive(Clone, Debug)]
pub struct Governor {
    budget: f64,
    cost: SampleCost,
    lowest_off_cpu_hz: f64,
    last: Totals,
    /// The first window is start-up: every library is opened once, and that says nothing of what follows.
    started: bool,
    /// Cut stacks up to here have been answered with a larger copy.
    judged_cut: u64,
}

impl Governor {
    /// Holds the cost under `budget` (0.01 is one per cent).
    pub fn new(budget: f64, cost: SampleCost, lowest_off_cpu_hz: f64, start: Totals) -> Self {
        Self { budget, cost, lowest_off_cpu_hz, last: start, started: false, judged_cut: 0 }
    }

    /// Nanoseconds the target has spent being sampled: stacks, and switch and wake-up records.
    pub fn target_cost(&self, totals: &Totals) -> (i64, i64) {
        let switch_stacks = totals.stacks.saturating_sub(totals.cpu_samples) as f64;
        let sampling =
            totals.cpu_samples as f64 * self.cost.interrupt_nanos + switch_stacks * self.cost.switch_nanos;
        let switching = totals.switches as f64 * NANOS_PER_SWITCH + totals.wakeups as f64 * NANOS_PER_WAKEUP;
        (sampling as i64, switching as i64)
    }

    /// Looks at the totals; `Some` if something has to change.
    pub fn look(&mut self, now: Totals, dials: Dials) -> Option<Decision> {
        let window = now.time_nanos - self.last.time_nanos;
        if window < WINDOW_NANOS && !self.is_burst(&now) {
            // Many cut stacks do not wait: the processes that have them may be gone by then.
            let many = now.cut - self.last.cut >= MANY_CUT && now.cut > self.judged_cut;
            let decision = deeper_stacks(&self.last, &now, dials).filter(|_| many);
            if decision.is_some() {
                self.judged_cut = now.cut + MANY_CUT;
            }
            return decision;
        }
        let before = std::mem::replace(&mut self.last, now);
        let seconds = window as f64 / 1e9;
        let target = now.target_cpu_nanos - before.target_cpu_nanos;
        let own = now.own_cpu_nanos - before.own_cpu_nanos;
        let cpu_stacks = (now.cpu_samples - before.cpu_samples) as f64;
        let switch_stacks = (now.stacks - before.stacks) as f64 - cpu_stacks;
        let switches = (now.switches - before.switches) as f64;
        let wakeups = (now.wakeups - before.wakeups) as f64;
        if dials.wakeups && switches / seconds > MAX_WAKEUPS_HZ {
            let reason =
                format!("{:.0} switches a second: wake-ups are no longer recorded", switches / seconds);
            return Some(Decision { dials: Dials { wakeups: false, ..dials }, reason });
        }
        let cpu_share = cpu_stacks * self.cost.interrupt_nanos / target.max(1) as f64;
        let switch_share = switch_stacks * self.cost.switch_nanos / target.max(1) as f64;
        let spent = cpu_share
            + switch_share
            + (switches * NANOS_PER_SWITCH + wakeups * NANOS_PER_WAKEUP) / target.max(1) as f64;
        let own_share = own as f64 / window.max(target) as f64;
        let over_target = target >= LEAST_TARGET_NANOS && spent > self.budget;
        let started = std::mem::replace(&mut self.started, true);
        let over_own = started && own >= LEAST_OWN_NANOS && own_share > 2.0 * self.budget;
        if !over_target && !over_own {
            return deeper_stacks(&before, &now, dials);
        }
        let why = if over_target {
            format!("sampling took {:.2} % of the target's CPU time", spent * 100.0)
        } else {
            format!("Fathom took {:.2} % of a core", own as f64 / window as f64 * 100.0)
        };
        let budget = self.budget * 100.0;
        // The costlier of the two is thinned out; switches themselves cannot be.
        let thin_switches = switch_share >= cpu_share && dials.off_cpu_hz > self.lowest_off_cpu_hz;
        let dials = if thin_switches {
            let factor = if over_target { (self.budget / spent).clamp(0.005, 0.5) } else { 0.5 };
            Dials { off_cpu_hz: (dials.off_cpu_hz * factor).max(self.lowest_off_cpu_hz), ..dials }
        } else if dials.cpu_hz > LOWEST_CPU_HZ && (over_own || cpu_share > 0.1 * self.budget) {
            let factor = if over_target { (self.budget / spent).clamp(0.2, 0.8) } else { 0.5 };
            Dials { cpu_hz: (dials.cpu_hz * factor).max(LOWEST_CPU_HZ), ..dials }
        } else {
            return None;
        };
        Some(Decision { dials, reason: format!("{why}, over the budget of {budget:.1} %") })
    }

    /// Whether stacks at switches have spent already what a busy core may spend on them in a whole window.
    fn is_burst(&self, now: &Totals) -> bool {
        let stacks = (now.stacks - self.last.stacks).saturating_sub(now.cpu_samples - self.last.cpu_samples);
        stacks as f64 * self.cost.switch_nanos > self.budget * WINDOW_NANOS as f64
            && now.time_nanos - self.last.time_nanos >= LEAST_BURST_NANOS
    }
}

/// A larger copy, if too many stacks were cut in the window.
fn deeper_stacks(before: &Totals, now: &Totals, dials: Dials) -> Option<Decision> {
    let cut = now.cut - before.cut;
    let share = cut as f64 / (now.stacks - before.stacks).max(1) as f64;
    let next = STACK_BYTES.into_iter().find(|bytes| *bytes > dials.stack_bytes)?;
    (cut >= LEAST_CUT && share > MAX_CUT_SHARE).then(|| Decision {
        dials: Dials { stack_bytes: next, ..dials },
        reason: format!("{:.1} % of stacks were deeper than {} KiB", share * 100.0, dials.stack_bytes >> 10),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIALS: Dials =
        Dials { cpu_hz: 499.0, off_cpu_hz: 1000.0, wakeups: true, stack_bytes: STACK_BYTES[0] };
    const COST: SampleCost = SampleCost { interrupt_nanos: 10_000.0, switch_nanos: 5_000.0 };

    fn totals(seconds: i64, cpu_samples: u64, other_stacks: u64, switches: u64) -> Totals {
        Totals {
            time_nanos: seconds * 1_000_000_000,
            stacks: cpu_samples + other_stacks,
            cpu_samples,
            switches,
            wakeups: 0,
            cut: 0,
            target_cpu_nanos: seconds * 1_000_000_000,
            own_cpu_nanos: seconds * 1_000_000,
        }
    }

    fn governor(lowest_off_cpu_hz: f64) -> Governor {
        Governor::new(0.01, COST, lowest_off_cpu_hz, Totals::default())
    }

    fn look(now: Totals) -> Option<Decision> {
        governor(LOWEST_FILTERED_HZ).look(now, DIALS)
    }

    #[test]
    fn nothing_happens_within_the_budget() {
        assert_eq!(look(totals(2, 998, 0, 100)), None);
        assert_eq!(look(totals(1, 99_999, 0, 100)), None, "a window must be complete");
    }

    #[test]
    fn costly_samples_lower_the_rate() {
        let decision = look(totals(2, 4000, 0, 0)).expect("2 % is over 1 %");
        assert!(decision.dials.cpu_hz < 300.0 && decision.dials.cpu_hz >= 99.0, "{decision:?}");
        assert!(decision.reason.contains("2.00 %"), "{}", decision.reason);
    }

    #[test]
    fn cut_stacks_lead_to_larger_copies() {
        let now = Totals { cut: 10, ..totals(2, 998, 0, 100) };
        assert_eq!(look(now).expect("1 % is cut").dials.stack_bytes, STACK_BYTES[1]);
        let at_most = Dials { stack_bytes: STACK_BYTES[STACK_BYTES.len() - 1], ..DIALS };
        assert_eq!(governor(LOWEST_FILTERED_HZ).look(now, at_most), None);
    }

    #[test]
    fn start_up_is_not_held_against_it_but_what_follows_is() {
        let own = |seconds: i64| Totals { own_cpu_nanos: seconds * 50_000_000, ..totals(seconds, 0, 0, 0) };
        let mut governor = governor(LOWEST_FILTERED_HZ);
        assert_eq!(governor.look(own(2), DIALS), None);
        assert!(
            governor.look(own(4), DIALS).is_some_and(|decision| decision.reason.contains("5.00 % of a core"))
        );
    }

    #[test]
    fn many_switches_stop_wakeups_first() {
        let decision = look(totals(2, 100, 0, 100_000)).expect("50,000 switches a second");
        assert!(!decision.dials.wakeups);
    }

    #[test]
    fn many_switch_stacks_are_thinned_out() {
        let decision = look(totals(2, 100, 4500, 6000)).expect("over");
        assert_eq!(
            (decision.dials.off_cpu_hz.round(), decision.dials.cpu_hz),
            (500.0, 499.0),
            "{decision:?}"
        );
    }

    #[test]
    fn a_burst_of_switch_stacks_does_not_wait_for_the_window_to_end() {
        // 20,000 stacks of 5 us in 0.2 s: half of the target's time.
        let now = Totals {
            time_nanos: 200_000_000,
            target_cpu_nanos: 200_000_000,
            ..totals(0, 100, 20_000, 20_000)
        };
        let dials = Dials { wakeups: false, ..DIALS };
        let off_cpu_hz = |lowest| governor(lowest).look(now, dials).expect("over").dials.off_cpu_hz.round();
        assert_eq!(off_cpu_hz(LOWEST_BY_PERIOD_HZ), 17.0);
        assert_eq!(off_cpu_hz(100.0), 100.0);
        let calm = Totals { time_nanos: 200_000_000, ..totals(0, 100, 1000, 1000) };
        assert_eq!(governor(LOWEST_FILTERED_HZ).look(calm, dials), None, "not yet");
    }
}
