//! What a live view is drawn from: the last seconds as a small recording, and the state of everything beside it.

use fathom_analysis::FunctionIndex;
use fathom_model::{Event, Pid, ProcessId, Recording, StackId, ThreadId, Unit};

/// One moment of a live view. Ids are positions in `recording`'s tables, which change from snapshot to snapshot.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The window as a recording: values are those of the window, exact per thread.
    pub recording: Recording,
    /// Its functions.
    pub index: FunctionIndex,
    /// Length of the window in nanoseconds, as far as there is data for it.
    pub window_nanos: i64,
    /// Time since the view began, in nanoseconds.
    pub elapsed_nanos: i64,
    /// The processes that were asked for.
    pub pids: Vec<Pid>,
    /// Threads that are off the CPU now, with where and since when.
    pub off_cpu: Vec<OffCpuNow>,
    /// Every series, the host's first, then by process and name.
    pub series: Vec<SeriesLine>,
    /// Events of the window, oldest first.
    pub events: Vec<Event>,
    /// Rates, losses and cost.
    pub health: Health,
    /// Processes that are alive.
    pub n_processes: usize,
    /// Threads that are alive.
    pub n_threads: usize,
    /// Whether the processes have ended, or are no longer watched.
    pub is_ended: bool,
    /// Oldest moment that a recording made now would begin with, as time before now, in nanoseconds.
    pub kept_nanos: i64,
}

impl Snapshot {
    /// A recording as if it were the window of a view; nobody waits, and nothing is alive any more or not yet.
    pub fn of_recording(recording: Recording) -> Self {
        let end = recording.meta.start_nanos.saturating_add(recording.meta.duration_nanos);
        let mut series: Vec<SeriesLine> = Vec::new();
        for point in &recording.series {
            let age = end.saturating_sub(point.time_nanos).max(0);
            let known =
                series.iter_mut().find(|line| line.name == point.name && line.process == point.process);
            match known {
                Some(line) => line.points.push((age, point.value)),
                None => series.push(SeriesLine {
                    name: point.name.clone(),
                    unit: point.unit,
                    process: point.process,
                    points: vec![(age, point.value)],
                }),
            }
        }
        Self {
            index: FunctionIndex::new(&recording),
            window_nanos: recording.meta.duration_nanos,
            elapsed_nanos: recording.meta.duration_nanos,
            pids: recording.meta.target.pids.clone(),
            off_cpu: Vec::new(),
            series,
            events: recording.events.clone(),
            health: Health::default(),
            n_processes: recording.processes.iter().filter(|process| process.end_nanos.is_none()).count(),
            n_threads: recording.threads.iter().filter(|thread| thread.end_nanos.is_none()).count(),
            is_ended: false,
            kept_nanos: recording.meta.duration_nanos,
            recording,
        }
    }
}

/// A thread that is off the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffCpuNow {
    /// Which.
    pub thread: ThreadId,
    /// For how long, in nanoseconds.
    pub since_nanos: i64,
    /// Whether it could run.
    pub is_runnable: bool,
    /// Where, if that is known.
    pub stack: Option<StackId>,
}

/// One series over the last minutes.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesLine {
    /// Its name, with dots: `process.rss`.
    pub name: String,
    /// Unit of the values.
    pub unit: Unit,
    /// The process, or `None` for the host.
    pub process: Option<ProcessId>,
    /// Age in nanoseconds (0 is now) and value, oldest first.
    pub points: Vec<(i64, f64)>,
}

/// How far the view can be trusted, and what it costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// CPU samples per second and thread that are taken.
    pub rate_hz: f64,
    /// Samples per second that arrived, of all kinds, lately.
    pub samples_per_second: f64,
    /// Records lost since the start.
    pub lost: u64,
    /// Samples that were too many for the view, since the start.
    pub dropped: u64,
    /// Share of samples with a complete stack.
    pub complete_share: Option<f64>,
    /// Fathom's CPU time as a share of one core, lately.
    pub own_share: f64,
    /// Memory of Fathom at its most, in bytes.
    pub own_peak_bytes: u64,
    /// Share of the target's CPU time that went into being sampled, lately.
    pub target_share: Option<f64>,
    /// Why the rate was changed, if it was.
    pub governed: Option<String>,
    /// What a reader should know; full sentences.
    pub notes: Vec<String>,
}
