//! A finished recording: the tables of a `.fathom` file as rows.

use crate::frame::{Frame, Module};
use crate::hash::ContentHash;
use crate::ids::{LabelsId, ProcessId, StackId, ThreadId};
use crate::meta::Meta;
use crate::process::{Process, Thread};
use crate::signal::{Signal, ThreadState, Unit};
use crate::stacks::StackTable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A row of the `samples` table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// What was measured.
    pub signal: Signal,
    /// `CLOCK_MONOTONIC` nanoseconds; of an interval, its start.
    pub time_nanos: i64,
    /// The process.
    pub process: ProcessId,
    /// The thread; of what a program says about itself as a whole, the first one of its process.
    pub thread: ThreadId,
    /// CPU number.
    pub cpu: Option<u32>,
    /// Innermost frame.
    pub stack: Option<StackId>,
    /// Value scaled to the whole, in the signal's unit.
    pub value: i64,
    /// Raw observations behind it; 0 for time that is known exactly but was never sampled.
    pub n: u32,
    /// What the thread was doing.
    pub state: ThreadState,
    /// Labels.
    pub labels: Option<LabelsId>,
}

/// A row of the `labels` table; rows with one id form a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The set.
    pub id: LabelsId,
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

/// A row of the `series` table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeriesPoint {
    /// Name (`process.rss`, `host.steal` ...).
    pub name: String,
    /// Unit of `value`.
    pub unit: Unit,
    /// `CLOCK_MONOTONIC` nanoseconds.
    pub time_nanos: i64,
    /// The value: a level, or a running total where the name says `total`.
    pub value: f64,
    /// The process, or `None` for the host.
    pub process: Option<ProcessId>,
}

/// A row of the `events` table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Position in the table.
    pub id: u32,
    /// The enclosing event.
    pub parent: Option<u32>,
    /// An open list, OpenTelemetry's names where there are some.
    pub kind: String,
    /// `CLOCK_MONOTONIC` nanoseconds.
    pub start_nanos: i64,
    /// Length in nanoseconds; 0 for a moment.
    pub duration_nanos: i64,
    /// The thread.
    pub thread: Option<ThreadId>,
    /// Where.
    pub stack: Option<StackId>,
    /// W3C trace id.
    pub trace_id: Option<String>,
    /// W3C span id.
    pub span_id: Option<String>,
    /// A JSON object as text.
    pub attributes: String,
}

/// What people look at first in a profile with several signals: time, then what is still in use, then what was asked
/// for.
const MAIN_SIGNALS: &[Signal] = &[
    Signal::Cpu,
    Signal::ProgramCpu,
    Signal::ProgramWall,
    Signal::Samples,
    Signal::LiveBytes,
    Signal::AllocBytes,
    Signal::Column1,
];

/// A whole recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// `meta.json`.
    pub meta: Meta,
    /// Observations, by time.
    pub samples: Vec<Sample>,
    /// Stacks.
    pub stacks: StackTable,
    /// Frames.
    pub frames: Vec<Frame>,
    /// Modules.
    pub modules: Vec<Module>,
    /// Processes.
    pub processes: Vec<Process>,
    /// Threads.
    pub threads: Vec<Thread>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Time series.
    pub series: Vec<SeriesPoint>,
    /// Events.
    pub events: Vec<Event>,
}

impl Recording {
    /// Content hash of every frame in the order of ids.
    pub fn frame_hashes(&self) -> Vec<ContentHash> {
        self.frames
            .iter()
            .map(|frame| {
                let module = frame.module.and_then(|id| self.modules.get(id.index()));
                frame.content_hash(module.map(Module::name))
            })
            .collect()
    }

    /// What the recording is about: `cpu`; of a profile of another tool, the first of its signals that tells most.
    pub fn main_signal(&self) -> Signal {
        let has = |signal: &&Signal| self.meta.signals.contains(signal);
        let of_import = || MAIN_SIGNALS.iter().find(has).or(self.meta.signals.first()).copied();
        self.meta.imported.as_ref().and_then(|_| of_import()).unwrap_or(Signal::Cpu)
    }

    /// Sum of the values of one signal.
    pub fn total(&self, signal: Signal) -> i64 {
        self.samples.iter().filter(|sample| sample.signal == signal).map(|sample| sample.value).sum()
    }
}
