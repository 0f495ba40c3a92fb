//! What a recording is asked to be, and what it came to.

use fathom_collect::catalog::PprofAsk;
use fathom_collect::guardian::Guardian;
use fathom_model::{Issue, Recording, Signal};
use std::path::{Path, PathBuf};

/// Settings of a recording.
#[derive(Clone, Debug)]
pub struct Options {
    /// CPU samples per second and thread.
    pub rate_hz: f64,
    /// What to measure.
    pub signals: Vec<Signal>,
    /// Follow child processes.
    pub children: bool,
    /// Largest share of the target's CPU time that profiling may cost (0.01 is one per cent).
    pub max_overhead: f64,
    /// Ask attached programs for profiles of themselves, which makes them work.
    pub pprof: Option<PprofAsk>,
    /// Take no step that runs code in a target.
    pub is_passive: bool,
    /// Who takes back what was done in a target when this process is gone; without it nothing is done in a target.
    pub guardian: Option<Guardian>,
    /// Where the recording goes; `None` for the next number in `./.fathom/`.
    pub output: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // Not a divisor of common periods (100, 250, 1000 Hz), so that samples do not fall into step.
            rate_hz: 499.0,
            signals: vec![Signal::Cpu, Signal::OffCpu, Signal::TaskWait],
            children: true,
            max_overhead: 0.01,
            pprof: None,
            is_passive: false,
            guardian: None,
            output: None,
        }
    }
}

/// What is going on, for whoever waits.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// Recording has begun, into this file.
    Recording {
        /// The file.
        path: &'a Path,
    },
    /// The target is over, or the time is up.
    TargetEnded,
    /// Addresses are being named.
    Symbolising {
        /// Modules done.
        done: usize,
        /// Modules in all.
        total: usize,
    },
    /// The recording is being written.
    Writing,
    /// Something the user should know.
    Note(&'a str),
}

/// A finished recording.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Where it is.
    pub path: PathBuf,
    /// The recording.
    pub recording: Recording,
    /// Status of a launched command as `wait(2)` gives it.
    pub wait_status: Option<i32>,
    /// What was found wrong while finishing.
    pub issues: Vec<Issue>,
}
