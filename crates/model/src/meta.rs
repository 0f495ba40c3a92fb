//! `meta.json`: everything about a recording that is not a row of a table.

use crate::ids::Pid;
use crate::quality::Quality;
use crate::signal::{Signal, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the tables that this Fathom writes: `major.minor`.
///
/// Unknown tables, columns and members of `meta.json` are ignored, so a minor step only adds; a larger major is
/// refused.
pub const FORMAT_VERSION: &str = "1.0";

/// The head of a recording. Unknown members are ignored when read, so that a newer minor version opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Meta {
    /// `major.minor`; a larger major is refused.
    pub format_version: String,
    /// Version of Fathom that wrote it.
    pub fathom_version: String,
    /// What was recorded.
    pub target: TargetInfo,
    /// Where it was recorded.
    pub host: HostInfo,
    /// Start of the recording, `CLOCK_MONOTONIC` nanoseconds.
    pub start_nanos: i64,
    /// Length of the recording in nanoseconds.
    pub duration_nanos: i64,
    /// Monotonic and real time read together: start, end, every minute.
    pub clock_pairs: Vec<ClockPair>,
    /// The signals that were asked for.
    pub signals: Vec<Signal>,
    /// Collectors used and not used, with reasons.
    pub collectors: Vec<CollectorUse>,
    /// The settings in force and since when; more than one if the governor acted.
    pub epochs: Vec<Epoch>,
    /// Whether CPU samples cover time in the kernel; if not, system time is known per thread only.
    pub kernel_sampled: bool,
    /// The quality box.
    pub quality: Quality,
    /// Whether the recording was rebuilt from a spool after a crash.
    pub recovered: bool,
    /// Where the recording comes from if another tool made it.
    pub imported: Option<Imported>,
    /// What the columns of that tool are called.
    pub columns: Vec<Column>,
}

/// A profile of another tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Imported {
    /// Name of the format (`pprof`, `jfr` ...).
    pub format: String,
    /// The tool and its version, where the profile names it.
    pub tool: Option<String>,
    /// Whether samples have times; if not, they are sums.
    pub has_times: bool,
}

/// A signal that only the tool knows which made the profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// One of [`Signal::COLUMNS`].
    pub signal: Signal,
    /// What the tool calls it: `Ir`, `cache-misses`, `exceptions` ...
    pub name: String,
    /// What its values count.
    pub unit: Unit,
}

impl Meta {
    /// The unit of a signal's values in this recording.
    pub fn unit_of(&self, signal: Signal) -> Unit {
        self.column_of(signal).map_or(signal.unit(), |column| column.unit)
    }

    /// What a signal is called in this recording.
    pub fn name_of(&self, signal: Signal) -> &str {
        self.column_of(signal).map_or(signal.as_str(), |column| column.name.as_str())
    }

    fn column_of(&self, signal: Signal) -> Option<&Column> {
        self.columns.iter().find(|column| column.signal == signal)
    }
}

/// The recorded program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TargetInfo {
    /// The command line with secrets taken out; empty on attach.
    pub command: Vec<String>,
    /// The pids attached to; empty on launch.
    pub pids: Vec<Pid>,
    /// Exit status as `wait` gives it (launch only).
    pub exit_status: Option<i32>,
    /// Working directory of the launch.
    pub working_directory: Option<String>,
}

/// The machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HostInfo {
    /// Host name.
    pub name: String,
    /// Kernel release.
    pub kernel: String,
    /// Machine architecture (`x86_64`).
    pub architecture: String,
    /// CPU model.
    pub cpu_model: String,
    /// CPUs online.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Limits of the target's control group.
    pub limits: Limits,
}

/// Limits of a control group (v1 or v2); `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Limits {
    /// Path of the group.
    pub cgroup: Option<String>,
    /// CPUs' worth of quota.
    pub cpu_quota: Option<f64>,
    /// Memory limit in bytes.
    pub memory_bytes: Option<u64>,
    /// Limit of processes and threads.
    pub pids: Option<u64>,
}

/// The two clocks read at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockPair {
    /// `CLOCK_MONOTONIC`, nanoseconds.
    pub monotonic_nanos: i64,
    /// `CLOCK_REALTIME`, nanoseconds since 1970.
    pub realtime_nanos: i64,
}

/// Whether and how a collector was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CollectorUse {
    /// The collector's id (`cpu`, `off-cpu`, `process`, `host`).
    pub id: String,
    /// Whether it ran.
    pub used: bool,
    /// How it was done (`perf cpu-clock`, `perf cycles`, `preload timers`) or why it was not.
    pub how: String,
    /// The command that would do better, if there is one.
    pub fix: Option<String>,
}

/// Settings from `start_nanos` on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Epoch {
    /// Begin, `CLOCK_MONOTONIC` nanoseconds.
    pub start_nanos: i64,
    /// CPU samples per second and thread.
    pub rate_hz: f64,
    /// Bytes of stack copied per sample.
    pub stack_bytes: u32,
    /// Off-CPU stacks aimed at per second and thread.
    pub off_cpu_stacks_hz: f64,
    /// Time without sampling while settings changed, nanoseconds.
    pub gap_nanos: i64,
    /// Why these settings.
    pub reason: String,
}
