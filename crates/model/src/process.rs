//! Processes and threads of a recording.

use crate::ids::{Pid, ProcessId, ThreadId, Tid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One program in one process: an `exec` starts a new row with the same pid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Process {
    /// Position in the table.
    pub id: ProcessId,
    /// The kernel's number.
    pub pid: Pid,
    /// The process that forked it, if recorded; after an `exec` the same process's earlier row.
    pub parent: Option<ProcessId>,
    /// How many `exec`s the pid had seen before.
    pub exec_generation: u32,
    /// Short name (`comm`).
    pub name: String,
    /// Command line with secrets taken out.
    pub command: Vec<String>,
    /// Language runtime, if one was recognised.
    pub runtime: Option<String>,
    /// Its version.
    pub runtime_version: Option<String>,
    /// Start (or first sight), `CLOCK_MONOTONIC`.
    pub start_nanos: i64,
    /// End (or end of the recording), if known.
    pub end_nanos: Option<i64>,
    /// Exit status as `wait` gives it, where it was seen.
    pub exit_status: Option<i32>,
}

/// A thread's time by state over its recorded life; all in nanoseconds.
///
/// `running + runnable + blocked + missing` is the lifetime within the recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ThreadTimes {
    /// On a CPU.
    pub running_nanos: i64,
    /// Preempted, or woken and not yet running.
    pub runnable_nanos: i64,
    /// Waiting for something.
    pub blocked_nanos: i64,
    /// Not known: records lost, or nothing was permitted that would tell.
    pub missing_nanos: i64,
}

impl ThreadTimes {
    /// The whole lifetime that these times cover.
    pub fn lifetime_nanos(&self) -> i64 {
        self.running_nanos + self.runnable_nanos + self.blocked_nanos + self.missing_nanos
    }
}

/// A row of the `threads` table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Thread {
    /// Position in the table.
    pub id: ThreadId,
    /// Its process.
    pub process: ProcessId,
    /// The kernel's number.
    pub tid: Tid,
    /// Last known name.
    pub name: String,
    /// Start (or first sight), `CLOCK_MONOTONIC`.
    pub start_nanos: i64,
    /// End (or end of the recording), if known.
    pub end_nanos: Option<i64>,
    /// Exact time by state.
    pub times: ThreadTimes,
    /// Times the thread left a CPU; `None` where that was not counted.
    pub switches: Option<u64>,
}
