//! Language runtimes, read from outside: one folder of `catalog/` each.
//!
//! **You give** a [`fathom_sys::process_view::ProcessView`], live or recorded.
//!
//! **You get** which runtime it is, in which version, how it will be read, and the stacks of its threads and of
//! the tasks it schedules itself, in the words of whoever wrote the program.
//!
//! **It does not** stop, write to, or run code in the process; only a JVM has to be asked for its threads, by a
//! dump and by nothing else, and stands still while it answers.
//!
//! **Invariants**: whatever stands in the memory, a read ends, in bounded time and memory; what changed while it
//! was read is read again or reported, never guessed.

mod budget;
pub mod catalog;
mod file_url;
mod loaded;
mod read_error;
mod runtime;
mod snapshot;

pub use file_url::path_of_url;
pub use read_error::ReadError;
pub use runtime::{
    Activation, CodeName, Counter, CounterSource, Detection, FrameSource, GilState, Inspected,
    KindOfFunction, Locals, ManagedFrame, OwnProfiles, Reader, Runtime, RuntimeDump, Sources, TaskDump,
    TaskFrame, TaskSource, TaskWait, ThreadDump, Variable,
};
pub use snapshot::Snapshot;
