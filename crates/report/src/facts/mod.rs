//! What a report says, computed once and printed by every output. Knows no layout.

mod build;
mod events;
mod functions;
mod resources;
mod signals;
mod threads;
mod totals;
mod tree;
mod types;
mod waits;

pub(crate) use build::facts_of_pages;
pub use build::{facts, schema};
pub use types::{
    CallNodeFact, CallTreeFact, EventFact, EventPlaceFact, FunctionFact, FunctionsFact, KindTime, ModuleFact,
    ProcessFact, QualityFact, REPORT_VERSION, ReportJson, ResourcesFact, SeriesFact, ShareFact, SignalFact,
    SignalRowFact, TaskWaitFact, TaskWaitsFact, ThreadFact, Totals, WaitFact, WaitThreadFact, WaitsFact,
};
