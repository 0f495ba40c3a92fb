//! The contract of a collector: what it provides, how it finds out what is permitted, how it is polled or how it asks.

use fathom_model::{CollectorUse, NamedFrame, Pid, ProcessId, SeriesPoint, Signal, Sink, SinkError};
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
    /// The flag without which it does not run, because it makes the target do something; `None` for the others.
    fn asked_by(&self) -> Option<&'static str> {
        None
    }
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

/// A collector that asks running programs about themselves, at the begin and at the end of a recording.
pub trait Inquiry {
    /// Asks for the first time. Returns at once: nobody reads the rings meanwhile.
    fn begin(&mut self, processes: &[(ProcessId, Pid)]);
    /// Asks for the last time and waits for all answers, with limits of its own.
    fn end(self: Box<Self>) -> Answers;
}

/// What programs said about themselves.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// How it was asked, or why not; `None` if there was nothing to be asked.
    pub used: Option<CollectorUse>,
    /// The frames of all statements.
    pub frames: Vec<NamedFrame>,
    /// Values with stacks.
    pub statements: Vec<Statement>,
    /// Values without.
    pub series: Vec<SeriesPoint>,
    /// What a reader should know, in sentences.
    pub notes: Vec<String>,
}

/// A value that a program gave for one stack, of all its threads together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The program's process.
    pub process: ProcessId,
    /// What it is a value of.
    pub signal: Signal,
    /// When it was said, `CLOCK_MONOTONIC` nanoseconds.
    pub time_nanos: i64,
    /// The value as the program scaled it.
    pub value: i64,
    /// Observations behind it, as far as the program tells.
    pub n: u32,
    /// Positions in [`Answers::frames`], innermost first.
    pub frames: Vec<u32>,
}
