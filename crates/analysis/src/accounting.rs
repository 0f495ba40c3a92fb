//! Where each thread's life went, and what of it nobody saw. Knows no stacks.

use fathom_model::{Recording, Thread, ThreadId, ThreadTimes};

/// One thread's account; all in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadAccount {
    /// The thread.
    pub thread: ThreadId,
    /// Life within the recording, by its start and end.
    pub lifetime_nanos: i64,
    /// Time by state as recorded.
    pub times: ThreadTimes,
    /// `lifetime_nanos` minus all recorded times: what no state accounts for. Negative if more was recorded than
    /// the thread lived, which only clock error or damage can do.
    pub gap_nanos: i64,
}

impl ThreadAccount {
    /// Recorded as missing, or not recorded at all.
    pub fn missing_nanos(&self) -> i64 {
        self.times.missing_nanos.saturating_add(self.gap_nanos).max(0)
    }

    /// `gap_nanos` as a share of the lifetime; 0 for a thread without a lifetime.
    pub fn gap_ratio(&self) -> f64 {
        if self.lifetime_nanos > 0 { self.gap_nanos as f64 / self.lifetime_nanos as f64 } else { 0.0 }
    }
}

/// All threads and their sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    /// In the order of ids.
    pub threads: Vec<ThreadAccount>,
    /// Sum of the times by state.
    pub times: ThreadTimes,
    /// Sum of the lifetimes.
    pub lifetime_nanos: i64,
    /// Sum of [`ThreadAccount::missing_nanos`].
    pub missing_nanos: i64,
}

/// Accounts for every thread of a recording.
pub fn account(recording: &Recording) -> Accounting {
    let mut accounting = Accounting::default();
    for thread in &recording.threads {
        let times = thread.times;
        let lifetime_nanos = lifetime_nanos(recording, thread);
        let known = [times.running_nanos, times.runnable_nanos, times.blocked_nanos, times.missing_nanos];
        let gap_nanos =
            lifetime_nanos.saturating_sub(known.iter().fold(0_i64, |sum, time| sum.saturating_add(*time)));
        let account = ThreadAccount { thread: thread.id, lifetime_nanos, times, gap_nanos };
        let sum = &mut accounting.times;
        sum.running_nanos = sum.running_nanos.saturating_add(times.running_nanos);
        sum.runnable_nanos = sum.runnable_nanos.saturating_add(times.runnable_nanos);
        sum.blocked_nanos = sum.blocked_nanos.saturating_add(times.blocked_nanos);
        sum.missing_nanos = sum.missing_nanos.saturating_add(times.missing_nanos);
        accounting.lifetime_nanos = accounting.lifetime_nanos.saturating_add(lifetime_nanos);
        accounting.missing_nanos = accounting.missing_nanos.saturating_add(account.missing_nanos());
        accounting.threads.push(account);
    }
    accounting
}

/// A thread's life within the recording.
pub fn lifetime_nanos(recording: &Recording, thread: &Thread) -> i64 {
    let begin_of_recording = recording.meta.start_nanos;
    let end_of_recording = begin_of_recording.saturating_add(recording.meta.duration_nanos.max(0));
    let begin = thread.start_nanos.max(begin_of_recording);
    let end = thread.end_nanos.unwrap_or(end_of_recording).min(end_of_recording);
    end.saturating_sub(begin).max(0)
}
