//! Collectors: one folder each, and the recorder that runs them.
//!
//! **You give** what to watch (a child held before `exec`, or process numbers), settings, and a `Sink`.
//!
//! **You get** records: processes, threads, modules, stacks as module and address, samples, series.
//!
//! **It does not** name functions, judge, or print.
//!
//! **Invariants**: ids are introduced before they are used; every moment of a thread's life is on one account
//! (running, runnable, blocked, missing); a file with code is opened when it is first mapped.

pub mod catalog;
pub mod collector;
pub mod governor;
pub mod guardian;
mod inquiries;
mod interval_strata;
mod ladder;
mod loopback;
mod managed;
mod modules;
pub mod perf;
pub mod preload;
mod profiles_url;
mod raw_stacks;
mod recorder;
mod redact;
mod registry;
mod stack_walker;
mod thread_clock;
mod unprivileged;

pub use modules::own_vdso;
pub use recorder::{Method, Outcome, Recorder, RecorderSettings, ThreadOffCpu};
pub use redact::redact_command;
