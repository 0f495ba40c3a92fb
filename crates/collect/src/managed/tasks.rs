//! What tasks wait for that have no thread of their own: looked at as often as a small part of one CPU allows.
//!
//! Each look stands for the time since the last one, so the sums are right on average whatever the pace, as with any
//! sampling in time.

use fathom_model::Pid;
use fathom_runtimes::{TaskSource, TaskWait};
use fathom_sys::clock::{monotonic_nanos, thread_cpu_nanos};
use fathom_sys::process_view::ProcessView;
use std::collections::HashMap;
use std::time::Duration;

/// Shortest pause between two looks.
const SHORTEST_NANOS: i64 = 10_000_000;
/// Longest pause, whatever a look costs: a wait that nobody saw is worth less than the time to see it.
const LONGEST_NANOS: i64 = 5_000_000_000;
/// CPU time of a look becomes a pause this many times as long: one percent of one CPU.
const PAUSE_PER_COST: i64 = 100;

/// One look at one process.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) pid: Pid,
    pub(crate) runtime: &'static str,
    /// Time of the look, `CLOCK_MONOTONIC` nanoseconds.
    pub(crate) time_nanos: i64,
    /// Nanoseconds that it stands for.
    pub(crate) weight_nanos: i64,
    pub(crate) waits: Vec<TaskWait>,
}

#[derive(Debug)]
struct Watch {
    runtime: &'static str,
    source: Box<dyn TaskSource>,
    last_nanos: i64,
    next_nanos: i64,
}

/// The processes with tasks.
#[derive(Debug, Default)]
pub(crate) struct TaskWatches {
    pub(crate) is_wanted: bool,
    watches: HashMap<Pid, Watch>,
}

impl TaskWatches {
    pub(crate) fn has(&self, pid: Pid) -> bool {
        self.watches.contains_key(&pid)
    }

    pub(crate) fn add(&mut self, pid: Pid, runtime: &'static str, source: Box<dyn TaskSource>) {
        if self.is_wanted {
            let now = monotonic_nanos();
            self.watches
                .insert(pid, Watch { runtime, source, last_nanos: now, next_nanos: now + SHORTEST_NANOS });
        }
    }

    pub(crate) fn remove(&mut self, pid: Pid) {
        self.watches.remove(&pid);
    }

    pub(crate) fn keep(&mut self, is_alive: impl Fn(Pid) -> bool) {
        self.watches.retain(|pid, _| is_alive(*pid));
    }

    /// How soon something is due.
    pub(crate) fn tick(&self) -> Option<Duration> {
        let next = self.watches.values().map(|watch| watch.next_nanos).min()?;
        let pause = (next - monotonic_nanos()).max(SHORTEST_NANOS / 10);
        Some(Duration::from_nanos(pause.unsigned_abs()))
    }

    /// Looks at what is due.
    pub(crate) fn look(&mut self) -> Vec<Look> {
        let mut looks = Vec::new();
        for (pid, watch) in &mut self.watches {
            let now = monotonic_nanos();
            if now < watch.next_nanos {
                continue;
            }
            let before = thread_cpu_nanos();
            // A process that ends is not there to be read; its end is told by the kernel.
            let waits = watch.source.waits(&ProcessView::Live(*pid)).unwrap_or_default();
            let cost = thread_cpu_nanos() - before;
            let weight_nanos = now - watch.last_nanos;
            watch.last_nanos = now;
            let pause = cost.saturating_mul(PAUSE_PER_COST).clamp(SHORTEST_NANOS, LONGEST_NANOS);
            watch.next_nanos = now + pause;
            looks.push(Look { pid: *pid, runtime: watch.runtime, time_nanos: now, weight_nanos, waits });
        }
        looks.sort_by_key(|look| look.pid);
        looks
    }
}
