//! Plain data of Fathom: what a recording is, and what collectors hand over.
//!
//! **You give** nothing: this crate only defines data and its arithmetic.
//!
//! **You get** [`Recording`] (the tables of a `.fathom` file), [`Record`] and [`Sink`] (what collectors
//! write while recording), the closed lists [`Signal`], [`ThreadState`], [`WaitClass`], [`FrameKind`],
//! the quality box [`Quality`], and what rules say about a recording, [`Judgement`].
//!
//! **It does not** do I/O, read a clock or the environment, or know any format.
//!
//! **Invariants**: ids are dense indices into their table; time is nanoseconds of `CLOCK_MONOTONIC`;
//! `Sample::value` is already scaled to the whole and `Sample::n` is the number of raw observations.

mod finding;
mod frame;
mod hash;
mod ids;
mod issue;
mod meta;
mod process;
mod quality;
mod record;
mod recording;
pub mod secrets;
mod signal;
mod stacks;

pub use finding::{
    Band, Checked, Effort, Estimate, EvidenceLine, Finding, Gate, Goal, GoalMetric, Grade, Held, Impact,
    Interval, Judgement, Location, Model, PathStep, Risk, Roadmap, Severity, Unsure,
};
pub use frame::{BuildId, Frame, FrameKind, Module, ModuleKind};
pub use hash::{ContentHash, ContentHasher};
pub use ids::{FrameId, LabelsId, ModuleId, Pid, ProcessId, StackId, ThreadId, Tid};
pub use issue::Issue;
pub use meta::{
    ClockPair, CollectorUse, Column, Epoch, FORMAT_VERSION, HostInfo, Imported, Limits, Meta, TargetInfo,
};
pub use process::{Process, Thread, ThreadTimes};
pub use quality::{Cost, Quality};
pub use record::{Mapping, NamedFrame, RawFrame, RawSample, Record, Sink, SinkError};
pub use recording::{Event, Label, Recording, Sample, SeriesPoint};
pub use signal::{Signal, ThreadState, Unit, WaitClass};
pub use stacks::{StackNode, StackTable};
