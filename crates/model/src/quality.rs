//! The quality box: how far the numbers of a recording can be trusted, and what it cost to get them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Counts of what was taken and what went wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Quality {
    /// CPU samples taken.
    pub cpu_samples: u64,
    /// Off-CPU intervals recorded with a stack.
    pub off_cpu_samples: u64,
    /// Off-CPU intervals seen in all, with or without a stack.
    pub off_cpu_intervals: u64,
    /// Records the kernel dropped because a buffer was full.
    pub lost: u64,
    /// Samples whose stack does not reach a known root.
    pub truncated: u64,
    /// Samples whose cut stack was completed from the thread's memory or an earlier stack.
    pub spliced: u64,
    /// Samples without any user stack although one was due.
    pub without_stack: u64,
    /// Frames seen, summed over samples.
    pub frames: u64,
    /// Frames without a function name, summed over samples.
    pub unresolved_frames: u64,
    /// Managed stacks that could not be merged with their native frames.
    pub unmerged: u64,
    /// Measured cost of profiling.
    pub cost: Cost,
    /// What a reader should know before trusting a number; full sentences.
    pub notes: Vec<String>,
}

impl Quality {
    /// Share of samples whose stack reaches a known root; lost records count against it.
    pub fn complete_share(&self) -> Option<f64> {
        let taken = self.cpu_samples + self.off_cpu_samples;
        let due = taken + self.lost;
        (due > 0).then(|| taken.saturating_sub(self.truncated + self.without_stack) as f64 / due as f64)
    }

    /// Share of frames without a function name.
    pub fn unresolved_share(&self) -> Option<f64> {
        (self.frames > 0).then(|| self.unresolved_frames as f64 / self.frames as f64)
    }
}

/// What profiling cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cost {
    /// CPU time of Fathom itself while recording, in nanoseconds.
    pub fathom_cpu_nanos: i64,
    /// Largest resident set of Fathom while recording, in bytes.
    pub fathom_peak_rss_bytes: u64,
    /// Time the target's threads spent being sampled (interrupts and stack copies), in nanoseconds; an
    /// estimate from calibrated cost per sample.
    pub target_sampling_nanos: i64,
    /// The same for context-switch bookkeeping, in nanoseconds.
    pub target_switch_nanos: i64,
    /// Wall time of the recording, in nanoseconds.
    pub wall_nanos: i64,
    /// CPU time of the target, in nanoseconds.
    pub target_cpu_nanos: i64,
}

impl Cost {
    /// Share of the target's CPU time that went into being profiled.
    pub fn target_share(&self) -> Option<f64> {
        let spent = (self.target_sampling_nanos + self.target_switch_nanos) as f64;
        (self.target_cpu_nanos > 0).then(|| spent / self.target_cpu_nanos as f64)
    }

    /// Fathom's own CPU time as a share of one core.
    pub fn fathom_core_share(&self) -> Option<f64> {
        (self.wall_nanos > 0).then(|| self.fathom_cpu_nanos as f64 / self.wall_nanos as f64)
    }
}
