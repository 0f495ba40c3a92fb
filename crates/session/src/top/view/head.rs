//! The line on top: who is watched, how sure it is, and what watching costs.

use super::clean;
use crate::top::Snapshot;
use fathom_model::{Pid, Signal};
use serde::Serialize;

/// See the file's head.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// Name of the first process.
    pub name: String,
    /// Its command line.
    pub command: String,
    /// The processes asked for.
    pub pids: Vec<Pid>,
    /// Processes alive.
    pub processes: usize,
    /// Threads alive.
    pub threads: usize,
    /// Seconds since the view began.
    pub elapsed_seconds: f64,
    /// Seconds that the values are of.
    pub window_seconds: f64,
    /// CPU time per time: 1 is one core.
    pub cpu_cores: f64,
    /// CPUs of the machine.
    pub host_cpus: u32,
    /// CPU samples per second and thread.
    pub rate_hz: f64,
    /// Samples per second that came.
    pub samples_per_second: f64,
    /// Records lost since the start.
    pub lost: u64,
    /// Samples too many for the view, since the start.
    pub dropped: u64,
    /// Share of samples with a complete stack.
    pub complete_share: Option<f64>,
    /// Fathom's own CPU time, as a share of one core.
    pub own_share: f64,
    /// Fathom's memory at its most, in bytes.
    pub own_peak_bytes: u64,
    /// Share of the target's CPU time that went into being watched; none while it hardly runs.
    pub target_share: Option<f64>,
    /// Why the rate was lowered, if it was.
    pub governed: Option<String>,
    /// Whether the target has ended.
    pub is_ended: bool,
    /// Seconds that a recording made now would cover.
    pub kept_seconds: f64,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// The head of a snapshot.
pub fn head(snapshot: &Snapshot) -> Head {
    let recording = &snapshot.recording;
    let first = snapshot.pids.first();
    let process = recording.processes.iter().rev().find(|process| Some(&process.pid) == first);
    let health = &snapshot.health;
    Head {
        name: process.map(|process| clean(&process.name)).unwrap_or_default(),
        command: process.map(|process| clean(&process.command.join(" "))).unwrap_or_default(),
        pids: snapshot.pids.clone(),
        processes: snapshot.n_processes,
        threads: snapshot.n_threads,
        elapsed_seconds: snapshot.elapsed_nanos as f64 / 1e9,
        window_seconds: snapshot.window_nanos as f64 / 1e9,
        cpu_cores: super::share(recording.total(Signal::Cpu), snapshot.window_nanos),
        host_cpus: recording.meta.host.cpus,
        rate_hz: health.rate_hz,
        samples_per_second: health.samples_per_second,
        lost: health.lost,
        dropped: health.dropped,
        complete_share: health.complete_share,
        own_share: health.own_share,
        own_peak_bytes: health.own_peak_bytes,
        target_share: health.target_share,
        governed: health.governed.as_deref().map(clean),
        is_ended: snapshot.is_ended,
        kept_seconds: snapshot.kept_nanos as f64 / 1e9,
        notes: health.notes.iter().map(|note| clean(note)).collect(),
    }
}
