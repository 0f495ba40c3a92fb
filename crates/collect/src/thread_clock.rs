//! A thread's time by state, from the kernel's switch records.
//!
//! Every moment of a thread's recorded life is on exactly one of four accounts: running, runnable, blocked,
//! missing. A record that contradicts the state (two switch-ins in a row) means that one was lost; the time
//! between is missing, by name.

use fathom_model::{StackId, ThreadTimes};

/// A stack taken when the thread left the CPU, waiting for the length of the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingStack {
    /// Where it left.
    pub stack: Option<StackId>,
    /// Switches this one stands for.
    pub weight: u32,
    /// When it was taken.
    pub time_nanos: i64,
}

/// An interval off the CPU that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffInterval {
    /// When the thread left the CPU.
    pub start_nanos: i64,
    /// Time waiting for something.
    pub blocked_nanos: i64,
    /// Time able to run but not running.
    pub runnable_nanos: i64,
    /// The stack, if this interval was chosen.
    pub stack: Option<PendingStack>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Nothing seen yet; `hint` is what `/proc` said.
    Unseen {
        hint: FirstState,
    },
    Running,
    Off {
        preempted: bool,
        woken_nanos: Option<i64>,
        stack: Option<PendingStack>,
    },
}

/// What is known of a thread when it is first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstState {
    /// It has just been made: runnable until its first switch-in.
    New,
    /// `/proc` shows it asleep.
    Asleep,
    /// `/proc` shows it running or runnable.
    Awake,
    /// A sample has shown it on a CPU. One that nothing else wants to have is never switched.
    OnCpu,
}

/// The accounts of one thread.
#[derive(Clone, Copy, Debug)]
pub struct ThreadClock {
    state: State,
    since_nanos: i64,
    times: ThreadTimes,
    switches: u64,
    pending: Option<PendingStack>,
    kernel: Option<KernelTotals>,
}

/// The kernel's own CPU time of the thread, read twice, beside ours at the same moments.
///
/// Switch records say when a thread was on a CPU. The kernel's accounting leaves out what the hypervisor took
/// away meanwhile (steal) and counts a switch itself to the thread that comes, so the two differ by some per
/// cent on a busy virtual machine or at 100,000 switches a second. The kernel's is the one that counts.
#[derive(Clone, Copy, Debug)]
struct KernelTotals {
    first: (i64, i64),
    last: (i64, i64),
}

impl KernelTotals {
    /// Kernel's over ours; `None` before there is enough of both.
    fn ratio(&self) -> Option<f64> {
        const LEAST_NANOS: i64 = 50_000_000;
        let (kernel, ours) = (self.last.0 - self.first.0, self.last.1 - self.first.1);
        (ours >= LEAST_NANOS && kernel > 0).then(|| (kernel as f64 / ours as f64).clamp(0.3, 3.0))
    }
}

impl ThreadClock {
    /// A thread seen at `now`.
    pub fn new(now_nanos: i64, hint: FirstState) -> Self {
        Self {
            state: State::Unseen { hint },
            since_nanos: now_nanos,
            times: ThreadTimes::default(),
            switches: 0,
            pending: None,
            kernel: None,
        }
    }

    /// The kernel's own CPU time of the thread at this moment (`schedstat`).
    pub(crate) fn compare(&mut self, now_nanos: i64, kernel_running_nanos: i64) {
        let ours = self.recorded_at(now_nanos).running_nanos;
        let reading = (kernel_running_nanos, ours);
        let first = self.kernel.map_or(reading, |totals| totals.first);
        self.kernel = Some(KernelTotals { first, last: reading });
    }

    /// Switches away from the CPU so far.
    pub fn switches(&self) -> u64 {
        self.switches
    }

    /// A stack was taken; it belongs to the switch-out that follows.
    pub fn stack_at_switch(&mut self, stack: PendingStack) {
        self.pending = Some(stack);
    }

    /// A sample was taken in it.
    pub(crate) fn seen_on_cpu(&mut self) {
        if let State::Unseen { hint: hint @ (FirstState::New | FirstState::Awake) } = &mut self.state {
            *hint = FirstState::OnCpu;
        }
    }

    /// The thread left the CPU.
    pub fn switch_out(&mut self, now_nanos: i64, preempted: bool) {
        let elapsed = self.advance(now_nanos);
        match self.state {
            State::Running => self.times.running_nanos += elapsed,
            // The first record is a switch-out: it was running all the while.
            State::Unseen { hint: FirstState::Awake | FirstState::OnCpu } => {
                self.times.running_nanos += elapsed;
            }
            State::Unseen { .. } | State::Off { .. } => self.times.missing_nanos += elapsed,
        }
        self.switches += 1;
        self.state = State::Off { preempted, woken_nanos: None, stack: self.pending.take() };
    }

    /// Whether the thread has been waiting for so long without a stack that says where.
    pub(crate) fn waits_without_stack(&self, now_nanos: i64, least_nanos: i64) -> bool {
        matches!(self.state, State::Off { preempted: false, woken_nanos: None, stack: None })
            && now_nanos - self.since_nanos >= least_nanos
    }

    /// Since when the thread is off the CPU, whether it could run, and where it left, if it is off the CPU.
    pub(crate) fn off_cpu_now(&self) -> Option<(i64, bool, Option<StackId>)> {
        match self.state {
            State::Off { preempted, woken_nanos, stack } => Some((
                self.since_nanos,
                preempted || woken_nanos.is_some(),
                stack.and_then(|pending| pending.stack),
            )),
            State::Unseen { hint: FirstState::Asleep } => Some((self.since_nanos, false, None)),
            State::Unseen { .. } | State::Running => None,
        }
    }

    /// Says where the thread, which is off the CPU, has been since it left it.
    pub(crate) fn found_waiting(&mut self, found: PendingStack) {
        if let State::Off { stack: stack @ None, .. } = &mut self.state {
            *stack = Some(found);
        }
    }

    /// The thread was made runnable.
    pub fn woken(&mut self, now_nanos: i64) {
        if let State::Off { preempted: false, woken_nanos, .. } = &mut self.state
            && woken_nanos.is_none()
            && now_nanos >= self.since_nanos
        {
            *woken_nanos = Some(now_nanos);
        }
    }

    /// The thread came onto a CPU; the interval that ended, if there was one.
    pub fn switch_in(&mut self, now_nanos: i64) -> Option<OffInterval> {
        self.pending = None;
        let start_nanos = self.since_nanos;
        let elapsed = self.advance(now_nanos);
        let interval = self.leave(start_nanos, elapsed);
        self.state = State::Running;
        interval
    }

    /// The end of the thread or of the recording: closes what is open.
    pub fn finish(&mut self, now_nanos: i64) -> Option<OffInterval> {
        let start_nanos = self.since_nanos;
        let elapsed = self.advance(now_nanos);
        if let State::Running | State::Unseen { hint: FirstState::OnCpu } = self.state {
            self.times.running_nanos += elapsed;
            return None;
        }
        let interval = self.leave(start_nanos, elapsed);
        if let State::Off { preempted, woken_nanos, .. } = self.state {
            // The clock may go on after a look at it; the stack stays with the part already handed out.
            self.state = State::Off { preempted, woken_nanos: woken_nanos.map(|_| now_nanos), stack: None };
        }
        interval
    }

    /// The accounts up to `now`, without closing anything, corrected to the kernel's CPU time.
    pub(crate) fn times_at(&self, now_nanos: i64) -> ThreadTimes {
        let times = self.recorded_at(now_nanos);
        self.kernel.and_then(|totals| totals.ratio()).map_or(times, |ratio| corrected(times, ratio))
    }

    fn recorded_at(&self, now_nanos: i64) -> ThreadTimes {
        let mut copy = *self;
        copy.finish(now_nanos.max(self.since_nanos));
        copy.times
    }

    /// Takes totals that something else has measured (`schedstat`); the rest of its life it was blocked.
    pub fn set_measured(
        &mut self,
        start_nanos: i64,
        now_nanos: i64,
        running_nanos: i64,
        runnable_nanos: i64,
    ) {
        let lifetime = (now_nanos - start_nanos).max(0);
        let running = running_nanos.clamp(0, lifetime);
        let runnable = runnable_nanos.clamp(0, lifetime - running);
        self.times = ThreadTimes {
            running_nanos: running,
            runnable_nanos: runnable,
            blocked_nanos: lifetime - running - runnable,
            missing_nanos: 0,
        };
        self.since_nanos = now_nanos;
        self.state = State::Unseen { hint: FirstState::Asleep };
        self.kernel = None;
    }

    /// The end of a thread whose exact CPU time is known. Whether it waited or was blocked since the totals
    /// were last measured is not: that is missing.
    pub fn end_measured(&mut self, start_nanos: i64, now_nanos: i64, running_nanos: i64) {
        let lifetime = (now_nanos - start_nanos).max(0);
        let running = running_nanos.clamp(0, lifetime);
        let runnable = self.times.runnable_nanos.clamp(0, lifetime - running);
        let blocked = self.times.blocked_nanos.clamp(0, lifetime - running - runnable);
        self.times = ThreadTimes {
            running_nanos: running,
            runnable_nanos: runnable,
            blocked_nanos: blocked,
            missing_nanos: lifetime - running - runnable - blocked,
        };
        self.since_nanos = now_nanos;
        self.state = State::Unseen { hint: FirstState::Asleep };
        self.kernel = None;
    }

    /// A thread found asleep whose stack could be read where it waits.
    pub fn asleep_at(now_nanos: i64, stack: PendingStack) -> Self {
        let mut clock = Self::new(now_nanos, FirstState::Asleep);
        clock.state = State::Off { preempted: false, woken_nanos: None, stack: Some(stack) };
        clock
    }

    /// Begins new accounts in the same state: the thread goes on as part of another program.
    pub fn restart_accounts(&mut self, now_nanos: i64) {
        self.advance(now_nanos);
        self.times = ThreadTimes::default();
        self.switches = 0;
        self.kernel = None;
    }

    /// Moves time whose state is in doubt (a gap without events) to the missing account.
    pub fn lose_track(&mut self, now_nanos: i64) {
        let elapsed = self.advance(now_nanos);
        self.times.missing_nanos += elapsed;
        self.state = State::Unseen { hint: FirstState::Awake };
        self.pending = None;
    }

    fn leave(&mut self, start_nanos: i64, elapsed: i64) -> Option<OffInterval> {
        let (blocked, runnable, stack) = match self.state {
            State::Running => {
                self.times.missing_nanos += elapsed;
                return None;
            }
            State::Unseen { hint: FirstState::New | FirstState::Awake | FirstState::OnCpu } => {
                (0, elapsed, None)
            }
            State::Unseen { hint: FirstState::Asleep } => (elapsed, 0, None),
            State::Off { preempted: true, stack, .. } => (0, elapsed, stack),
            State::Off { woken_nanos, stack, .. } => {
                let blocked = woken_nanos.map_or(elapsed, |woken| (woken - start_nanos).clamp(0, elapsed));
                (blocked, elapsed - blocked, stack)
            }
        };
        self.times.blocked_nanos += blocked;
        self.times.runnable_nanos += runnable;
        Some(OffInterval { start_nanos, blocked_nanos: blocked, runnable_nanos: runnable, stack })
    }

    /// Time since the last record; never negative, so that records out of order cost nothing but accuracy.
    fn advance(&mut self, now_nanos: i64) -> i64 {
        let elapsed = (now_nanos - self.since_nanos).max(0);
        self.since_nanos = self.since_nanos.max(now_nanos);
        elapsed
    }
}

/// Running time scaled by `ratio`, the lifetime kept: time that was taken away was runnable, time that has to
/// be added was switching and comes off both kinds of waiting in proportion.
fn corrected(times: ThreadTimes, ratio: f64) -> ThreadTimes {
    let off_cpu = times.runnable_nanos + times.blocked_nanos;
    let wanted = (times.running_nanos as f64 * ratio) as i64;
    let running_nanos = wanted.min(times.running_nanos + off_cpu);
    let more = running_nanos - times.running_nanos;
    let from_blocked = if more > 0 && off_cpu > 0 {
        (more as f64 * times.blocked_nanos as f64 / off_cpu as f64) as i64
    } else {
        0
    };
    let blocked_nanos = times.blocked_nanos - from_blocked.min(times.blocked_nanos);
    let runnable_nanos = times.lifetime_nanos() - running_nanos - blocked_nanos - times.missing_nanos;
    ThreadTimes { running_nanos, runnable_nanos, blocked_nanos, missing_nanos: times.missing_nanos }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(clock: &ThreadClock, now: i64) -> (i64, i64, i64, i64) {
        let t = clock.times_at(now);
        (t.running_nanos, t.runnable_nanos, t.blocked_nanos, t.missing_nanos)
    }

    #[test]
    fn a_whole_life_is_accounted_for() {
        let mut clock = ThreadClock::new(100, FirstState::New);
        clock.switch_in(110);
        clock.switch_out(150, true);
        clock.switch_in(155);
        clock.stack_at_switch(PendingStack { stack: None, weight: 4, time_nanos: 160 });
        clock.switch_out(160, false);
        clock.woken(190);
        let interval = clock.switch_in(200).expect("it was off");
        assert_eq!((interval.start_nanos, interval.blocked_nanos, interval.runnable_nanos), (160, 30, 10));
        assert_eq!(interval.stack.map(|stack| stack.weight), Some(4));
        clock.finish(260);
        assert_eq!(times(&clock, 260), (105, 25, 30, 0));
    }

    #[test]
    fn a_lost_record_becomes_missing_time() {
        let mut clock = ThreadClock::new(0, FirstState::New);
        clock.switch_in(0);
        clock.switch_in(50);
        clock.switch_out(60, false);
        clock.switch_out(90, false);
        clock.finish(100);
        assert_eq!(times(&clock, 100), (10, 0, 10, 80));
    }

    #[test]
    fn an_attached_thread_that_never_moves_is_blocked_throughout() {
        let clock = ThreadClock::new(0, FirstState::Asleep);
        assert_eq!(times(&clock, 70), (0, 0, 70, 0));
    }

    #[test]
    fn a_sampled_thread_that_is_never_switched_runs_throughout() {
        let mut clock = ThreadClock::new(1_000, FirstState::Awake);
        assert_eq!(times(&clock, 1_500), (0, 500, 0, 0));
        clock.seen_on_cpu();
        assert_eq!(times(&clock, 4_000), (3_000, 0, 0, 0));
        // It waited for its first CPU, if it comes onto one after all.
        clock.switch_in(1_200);
        assert_eq!(times(&clock, 4_000), (2_800, 200, 0, 0));
    }

    #[test]
    fn what_happened_after_the_last_look_is_missing_but_for_the_exact_cpu_time() {
        let mut clock = ThreadClock::new(0, FirstState::New);
        clock.set_measured(0, 100, 60, 10);
        clock.end_measured(0, 140, 75);
        assert_eq!(times(&clock, 140), (75, 10, 30, 25));
    }

    #[test]
    fn the_kernels_cpu_time_counts() {
        let mut clock = ThreadClock::new(0, FirstState::New);
        clock.compare(0, 0);
        clock.switch_in(0);
        clock.switch_out(100_000_000, false);
        clock.switch_in(200_000_000);
        clock.compare(200_000_000, 90_000_000);
        clock.finish(300_000_000);
        assert_eq!(
            times(&clock, 300_000_000),
            (180_000_000, 20_000_000, 100_000_000, 0),
            "a tenth was stolen"
        );
        clock.compare(300_000_000, 220_000_000);
        assert_eq!(
            times(&clock, 300_000_000),
            (220_000_000, 0, 80_000_000, 0),
            "switching counts as running"
        );
    }

    #[test]
    fn records_out_of_order_never_count_twice() {
        let mut clock = ThreadClock::new(0, FirstState::New);
        clock.switch_in(10);
        clock.switch_out(8, false);
        clock.finish(20);
        assert_eq!(clock.times_at(20).lifetime_nanos(), 20);
    }
}
