//! The kernel's perf events as one engine for the `cpu` and `off-cpu` collectors.
//!
//! Both share events: the sampling event also carries the records of mappings, names, forks, exits and
//! switches, so that a switch costs one event less. All events of a CPU write into one ring; the rings are
//! merged by time.

mod capability;
mod engine;
mod interpreter;
mod rings;
mod sample_cost;
mod task_waits;

pub use capability::{Access, Capability};
pub use engine::{EngineError, EngineSettings, PerfEngine};
pub(crate) use interpreter::sleeping_registers;
pub use interpreter::{Counters, Interpreter};
pub use rings::Role;
pub use sample_cost::SampleCost;
