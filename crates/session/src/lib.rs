//! From a command or a process number to a finished recording.
//!
//! **You give** a command ([`run`]), process numbers ([`attach`]), or the name of a recording ([`open`]).
//!
//! **You get** a [`Recording`](fathom_model::Recording) with names, on disk and in memory; for [`doctor`], what
//! each collector can do here.
//!
//! **It does not** print, parse arguments or exit.
//!
//! **Invariants**: the target's descriptors, signals and exit status are its own; what was recorded is on disk
//! before it is made beautiful, so that nothing is lost when Fathom dies; names come only from files that are
//! proved to be the ones that were mapped.

mod absent;
mod attach;
mod doctor;
mod dump;
mod error;
mod finish;
mod foreign;
mod foreign_names;
mod gather;
mod host;
mod judge;
mod kernel_names;
mod launch;
mod names;
mod open;
mod options;
mod plan;
mod short_threads;
mod source_maps;
mod sources;
mod spool_guard;
mod symbolise;
pub mod top;

pub use attach::{attach, find_processes};
pub use doctor::{CollectorReport, doctor};
pub use dump::{DumpedTask, DumpedThread, Managed, ProcessDump, RuntimeFound, dump, dump_runtimes};
pub use error::SessionError;
pub use foreign::Reading;
pub use judge::judge;
pub use launch::run;
pub use open::{Opened, keep, open};
pub use options::{Finished, Options, Progress};
pub use sources::own_sources;
