//! The contract of a collector: what it provides, how it finds out what is permitted, how it is polled or how it asks.

use crate::guardian::Guardian;
use crate::profiles_url::PprofAsk;
use fathom_model::{
    CollectorUse, NamedFrame, Pid, ProcessId, SeriesPoint, Signal, Sink, SinkError, ThreadState, Tid,
};
use std::collections::HashMap;
use std::ops::Range;
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
    /// How it is used in a recording that wants it; those that ask targets say so themselves at the end.
    fn how(&self, methods: &Methods) -> String;
    /// Whether it runs code in a target, which `--passive` forbids.
    fn is_active(&self) -> bool {
        false
    }
    /// Takes back a step in a target that was promised to the guardian, in the words of the promise. It may not have
    /// been taken yet, or be taken back already; the process may be gone and its number another's.
    ///
    /// # Errors
    /// What is left in the target, and why.
    fn undo(&self, step: &str) -> Result<(), String> {
        Err(format!("{} has no step to take back, found {step}", self.id()))
    }
}

/// How the engine of a recording takes its samples, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Methods {
    /// CPU samples.
    pub cpu: String,
    /// Intervals off the CPU.
    pub off_cpu: String,
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

/// What inquiries are wanted for, and what they may do.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Ask programs that serve profiles of themselves; needs the user's word.
    pub pprof: Option<PprofAsk>,
    /// CPU time is wanted, and nobody else samples it with stacks.
    pub lacks_cpu: bool,
    /// CPU samples per second and thread; `None` without the `cpu` signal.
    pub rate_hz: Option<f64>,
    /// Intervals off the CPU are wanted.
    pub off_cpu: bool,
    /// The recording begins with the program, not in the middle of it.
    pub is_launch: bool,
    /// What the recording may cost the target, a fraction of its CPU time. Samplers of runtimes, which cannot be slowed
    /// down later, choose their rate by it.
    pub max_overhead: f64,
    /// No step may run code in a target.
    pub is_passive: bool,
    /// Who takes steps back when Fathom is gone; without it no step is taken.
    pub guardian: Option<Guardian>,
}

/// How long a recording of running processes waits at most for [`Inquiry::is_ready`].
pub(crate) const READY_LIMIT: std::time::Duration = std::time::Duration::from_secs(3);

/// A collector that asks running programs about themselves: at the start and at the end of a recording, and as they
/// come and go between.
pub trait Inquiry {
    /// Asks for the first time those that run already; none at a launch. Returns at once: nobody reads the rings
    /// meanwhile.
    fn begin(&mut self, processes: &[(ProcessId, Pid)]);
    /// Whether every process of [`Self::begin`] tells by now, or will not: a recording waits a moment for it, so that
    /// nothing is recorded before there are names for it.
    fn is_ready(&self) -> bool {
        true
    }
    /// Looks again, several times a second: processes have come and gone. Returns at once too.
    fn look(&mut self, processes: &[(ProcessId, Pid)]) {
        let _ = processes;
    }
    /// The processes that tell of their threads one by one.
    fn tells_threads_of(&self) -> Vec<ProcessId> {
        Vec::new()
    }
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
    /// The stacks of all statements and events.
    pub stacks: ToldStacks,
    /// Values with stacks.
    pub statements: Vec<Statement>,
    /// What happened.
    pub events: Vec<ToldEvent>,
    /// What stands in memory that was compiled while the program ran.
    pub code: Vec<ToldCode>,
    /// Values without stacks.
    pub series: Vec<SeriesPoint>,
    /// Names of threads in the program's own words, which may be longer than the kernel's.
    pub thread_names: Vec<(ProcessId, Tid, String)>,
    /// What a reader should know, in sentences.
    pub notes: Vec<String>,
    /// What stays in a target because it cannot be taken back, in sentences.
    pub residues: Vec<String>,
}

/// Stacks as a prefix tree: each node is a frame and its caller's node.
#[derive(Clone, Debug, Default)]
pub struct ToldStacks {
    nodes: Vec<(Option<u32>, u32)>,
    index: HashMap<(Option<u32>, u32), u32>,
}

impl ToldStacks {
    /// The node of `frame`, a position in [`Answers::frames`], called from `parent`.
    pub fn intern(&mut self, parent: Option<u32>, frame: u32) -> u32 {
        let nodes = &mut self.nodes;
        *self.index.entry((parent, frame)).or_insert_with(|| {
            nodes.push((parent, frame));
            (nodes.len() - 1) as u32
        })
    }

    /// The innermost node of a whole stack; `None` for an empty one.
    pub fn stack(&mut self, innermost_first: &[u32]) -> Option<u32> {
        innermost_first.iter().rev().fold(None, |parent, frame| Some(self.intern(parent, *frame)))
    }

    /// All nodes, callers first.
    pub fn nodes(&self) -> &[(Option<u32>, u32)] {
        &self.nodes
    }

    /// The frames of a stack, innermost first.
    pub fn frames(&self, stack: Option<u32>) -> Vec<u32> {
        let mut frames = Vec::new();
        let mut next = stack;
        while let Some((parent, frame)) = next.and_then(|node| self.nodes.get(node as usize)) {
            frames.push(*frame);
            next = *parent;
        }
        frames
    }
}

/// A value that a program gave for one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The program's process.
    pub process: ProcessId,
    /// The thread as we number it; `None` for all threads of the process together.
    pub thread: Option<Tid>,
    /// What it is a value of.
    pub signal: Signal,
    /// When it was said, or when a thread was looked at; `CLOCK_MONOTONIC` nanoseconds.
    pub time_nanos: i64,
    /// The value as the program scaled it.
    pub value: i64,
    /// Observations behind it, as far as the program tells.
    pub n: u32,
    /// What the thread was doing, as far as the program tells.
    pub state: ThreadState,
    /// A node of [`Answers::stacks`].
    pub stack: Option<u32>,
}

/// A piece of compiled code. Where two overlap, the later one in the list counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldCode {
    /// The program's process.
    pub process: ProcessId,
    /// Where it is in the process's memory.
    pub addresses: Range<u64>,
    /// What it is.
    pub frame: NamedFrame,
}

/// Something that happened in a program, as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldEvent {
    /// The program's process.
    pub process: ProcessId,
    /// The thread as we number it, if it is of one.
    pub thread: Option<Tid>,
    /// What happened, in OpenTelemetry's words where there are some: `gc.pause`.
    pub kind: String,
    /// `CLOCK_MONOTONIC` nanoseconds.
    pub start_nanos: i64,
    /// Length in nanoseconds; 0 for a moment.
    pub duration_nanos: i64,
    /// A node of [`Answers::stacks`].
    pub stack: Option<u32>,
    /// A JSON object.
    pub attributes: String,
}
