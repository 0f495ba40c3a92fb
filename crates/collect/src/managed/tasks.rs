//! What tasks wait for that have no thread of their own: looked at as often as a small part of one CPU allows.
//!
//! Each look stands for the time around it, so the sums are right on average whatever the pace, as with any sampling
//! in time.

use fathom_model::{Pid, RawSample};
use fathom_runtimes::{TaskSource, TaskWait};
use fathom_sys::clock::{monotonic_nanos, thread_cpu_nanos};
use fathom_sys::process_view::ProcessView;
use std::collections::HashMap;
use std::time::Duration;

/// Shortest pause between two looks.
const SHORTEST_NANOS: i64 = 10_000_000;
/// Longest pause, whatever a look costs: a wait that nobody saw is worth less than the time to see it.
const LONGEST_NANOS: i64 = 10_000_000_000;
/// Longest pause where nothing was found to wait.
const IDLE_NANOS: i64 = 200_000_000;
/// CPU time of a look becomes a pause this many times as long: one percent of one CPU, shared by all processes.
const PAUSE_PER_COST: i64 = 100;

/// What one look at one process found.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) pid: Pid,
    pub(crate) runtime: &'static str,
    /// Time of the look, `CLOCK_MONOTONIC` nanoseconds.
    pub(crate) time_nanos: i64,
    pub(crate) waits: Vec<TaskWait>,
}

#[derive(Debug)]
struct Watch {
    runtime: &'static str,
    source: Box<dyn TaskSource>,
    /// When it was looked at last.
    last_nanos: i64,
    /// What was seen then, without values.
    seen: Vec<RawSample>,
    /// Half of the pause before that.
    half_nanos: i64,
    next_nanos: i64,
    /// Pause after a look that found nothing; a program may begin to have tasks at any time.
    idle_nanos: i64,
}

impl Watch {
    /// What was seen last, with its time up to the middle of the pause that ends now.
    fn told(&mut self, now: i64) -> Vec<RawSample> {
        let half = (now - self.last_nanos) / 2;
        let weight = std::mem::replace(&mut self.half_nanos, half) + half;
        self.last_nanos = now;
        let mut seen = std::mem::take(&mut self.seen);
        for sample in &mut seen {
            sample.value = weight.saturating_mul(i64::from(sample.n));
        }
        seen
    }
}

/// The processes with tasks.
#[derive(Debug, Default)]
pub(crate) struct TaskWatches {
    pub(crate) is_wanted: bool,
    watches: HashMap<Pid, Watch>,
    /// Samples whose time is known.
    told: Vec<RawSample>,
    /// CPU time of all looks.
    cost_nanos: i64,
}

impl TaskWatches {
    pub(crate) fn has(&self, pid: Pid) -> bool {
        self.watches.contains_key(&pid)
    }

    pub(crate) fn add(&mut self, pid: Pid, runtime: &'static str, source: Box<dyn TaskSource>) {
        if self.is_wanted {
            let now = monotonic_nanos();
            let watch = Watch {
                runtime,
                source,
                last_nanos: now,
                seen: Vec::new(),
                half_nanos: 0,
                next_nanos: now + SHORTEST_NANOS,
                idle_nanos: SHORTEST_NANOS,
            };
            self.watches.insert(pid, watch);
        }
    }

    pub(crate) fn forked(&mut self, pid: Pid, parent: Pid) {
        let watch = self.watches.get(&parent);
        if let Some((runtime, source)) =
            watch.and_then(|watch| Some((watch.runtime, watch.source.for_child()?)))
        {
            self.add(pid, runtime, source);
        }
    }

    /// The process is gone, or runs another program.
    pub(crate) fn remove(&mut self, pid: Pid) {
        if let Some(mut watch) = self.watches.remove(&pid) {
            self.told.extend(watch.told(monotonic_nanos()));
        }
    }

    /// Removes those that are gone.
    pub(crate) fn keep(&mut self, is_alive: impl Fn(Pid) -> bool) {
        let gone: Vec<Pid> = self.watches.keys().copied().filter(|pid| !is_alive(*pid)).collect();
        gone.into_iter().for_each(|pid| self.remove(pid));
    }

    /// CPU time of all looks.
    pub(crate) fn cost_nanos(&self) -> i64 {
        self.cost_nanos
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
        let pause_per_cost = PAUSE_PER_COST * self.watches.len() as i64;
        for (pid, watch) in &mut self.watches {
            let now = monotonic_nanos();
            if now < watch.next_nanos {
                continue;
            }
            let before = thread_cpu_nanos();
            // A process that ends is not there to be read; its end is told by the kernel.
            let waits = watch.source.waits(&ProcessView::Live(*pid)).unwrap_or_default();
            let cost = thread_cpu_nanos() - before;
            watch.idle_nanos =
                if waits.is_empty() { (watch.idle_nanos * 2).min(IDLE_NANOS) } else { SHORTEST_NANOS };
            self.cost_nanos += cost;
            let pause = cost.saturating_mul(pause_per_cost).clamp(watch.idle_nanos, LONGEST_NANOS);
            watch.next_nanos = now + pause;
            self.told.extend(watch.told(now));
            looks.push(Look { pid: *pid, runtime: watch.runtime, time_nanos: now, waits });
        }
        looks.sort_by_key(|look| look.pid);
        looks
    }

    /// Keeps what a look found, as samples without values, until the next look tells how long it was so.
    pub(crate) fn keep_seen(&mut self, pid: Pid, seen: Vec<RawSample>) {
        if let Some(watch) = self.watches.get_mut(&pid) {
            watch.seen = seen;
        }
    }

    /// Samples whose time is known by now; at the end of the recording all.
    pub(crate) fn take(&mut self, is_end: bool) -> Vec<RawSample> {
        if is_end {
            self.keep(|_| false);
        }
        std::mem::take(&mut self.told)
    }
}
