//! The contract of a collector: what it provides, how it finds out what is permitted, how it is polled.

use fathom_model::{Pid, ProcessId, Signal, Sink, SinkError};
use std::time::Duration;

/// One way of getting a collector's data, best first in its ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Short name (`perf events with kernel`, `preloaded timers`).
    pub name: &'static str,
    /// What this rung gives, in a few words.
    pub gives: &'static str,
    /// Whether it works here, found by trying.
    pub readiness: Readiness,
}

/// The answer of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It works.
    Ready,
    /// It does not.
    Missing {
        /// What was tried and what came back.
        found: String,
        /// What would have to be there.
        needed: String,
        /// The command that changes it.
        fix: String,
    },
}

impl Rung {
    /// Whether this rung works here.
    pub fn is_ready(&self) -> bool {
        self.readiness == Readiness::Ready
    }
}

/// A collector describes itself; `catalog/mod.rs` lists them all.
pub trait Collector: Sync {
    /// Id in options, files and pages.
    fn id(&self) -> &'static str;
    /// One line on what it measures.
    fn summary(&self) -> &'static str;
    /// The signals of its samples; empty for collectors of series.
    fn provides(&self) -> &'static [Signal];
    /// What it costs, in words with figures.
    fn overhead(&self) -> &'static str;
    /// The ways it can work, best first, each tried on this machine.
    fn probe(&self) -> Vec<Rung>;
}

/// What a poller sees at one tick.
pub struct Tick<'a> {
    /// `CLOCK_MONOTONIC` nanoseconds.
    pub now_nanos: i64,
    /// The processes alive.
    pub processes: &'a [(ProcessId, Pid)],
    /// Where the data goes.
    pub sink: &'a mut dyn Sink,
}

/// A collector of series that is asked from time to time.
pub trait Poller {
    /// How often.
    fn interval(&self) -> Duration;
    /// Reads and hands over. What cannot be read is absent, never an error.
    fn poll(&mut self, tick: &mut Tick<'_>) -> Result<(), SinkError>;
}
