//! A fixed number of bins of time, with each kind of wait and the garbage collector a state of its own, for some rows
//! of threads. Knows no stacks; whether a sample is of a collector is told by the caller.
//!
//! How samples fall into bins is as in [`timeline`](crate::timeline()).

use fathom_model::{Recording, Sample, Signal, ThreadState, WaitClass};

use crate::timeline::spread;

/// What a thread does in the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimelineState {
    /// As the sample says.
    Thread(ThreadState),
    /// On a CPU for the garbage collector.
    Collecting,
}

impl TimelineState {
    /// Every state, in its fixed order.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Thread(ThreadState::Running), Self::Collecting];
        all.push(Self::Thread(ThreadState::Runnable));
        all.extend(WaitClass::ALL.iter().map(|class| Self::Thread(ThreadState::Blocked(*class))));
        all.push(Self::Thread(ThreadState::Unknown));
        all
    }

    /// Its name: that of the thread's state, or `gc`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Thread(state) => state.as_str(),
            Self::Collecting => "gc",
        }
    }
}

/// The bins of one row, by state: `nanos[state][bin]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateBins {
    /// In the order of [`TimelineState::all`]; states that do not occur are empty.
    pub nanos: Vec<Vec<f64>>,
}

/// A timeline of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateTimeline {
    /// Width of a bin in nanoseconds; 0 for a recording without length.
    pub bin_nanos: f64,
    /// As many as asked for.
    pub rows: Vec<StateBins>,
}

/// More bins than a screen has pixels say nothing.
const MOST_BINS: usize = 4096;

/// Bins a recording into `rows` rows; `row_of` tells the row of a sample, if it has one, and `is_gc` whether it is of a
/// collector.
pub fn state_timeline(
    recording: &Recording,
    bins: usize,
    rows: usize,
    row_of: impl Fn(&Sample) -> Option<usize>,
    is_gc: impl Fn(&Sample) -> bool,
) -> StateTimeline {
    let bins = bins.clamp(1, MOST_BINS);
    let states = TimelineState::all();
    let mut timeline = StateTimeline { bin_nanos: 0.0, rows: vec![StateBins::default(); rows] };
    if recording.meta.duration_nanos <= 0 {
        return timeline;
    }
    timeline.bin_nanos = recording.meta.duration_nanos as f64 / bins as f64;
    let source = Source::of(recording);
    for sample in &recording.samples {
        let Some(state) = source.state_of(sample, &is_gc) else { continue };
        let Some(row) = row_of(sample).and_then(|row| timeline.rows.get_mut(row)) else { continue };
        row.nanos.resize(states.len(), Vec::new());
        let at = states.iter().position(|known| *known == state).unwrap_or(0);
        let cells = &mut row.nanos[at];
        cells.resize(bins, 0.0);
        spread(recording, sample, timeline.bin_nanos, bins, |bin, nanos| cells[bin] += nanos);
    }
    timeline
}

/// Time that each thread has in a timeline, by thread id: what rows are chosen by.
pub fn busy_nanos(recording: &Recording) -> Vec<i64> {
    let source = Source::of(recording);
    let mut busy = vec![0_i64; recording.threads.len()];
    for sample in &recording.samples {
        let is_busy =
            source.state_of(sample, &|_| false) == Some(TimelineState::Thread(ThreadState::Running));
        let Some(busy) = busy.get_mut(sample.thread.index()).filter(|_| is_busy) else { continue };
        *busy = busy.saturating_add(sample.value.max(0));
    }
    busy
}

/// Which signals tell what threads did: the kernel's, or a program's own where there are none of those.
struct Source {
    running: Signal,
    waiting: Signal,
}

impl Source {
    fn of(recording: &Recording) -> Self {
        let has = |signal: Signal| recording.samples.iter().any(|sample| sample.signal == signal);
        let running = match () {
            () if has(Signal::Cpu) || !has(Signal::ProgramCpu) && !has(Signal::ProgramWall) => Signal::Cpu,
            () if has(Signal::ProgramWall) => Signal::ProgramWall,
            () => Signal::ProgramCpu,
        };
        Self { running, waiting: Signal::OffCpu }
    }

    fn state_of(&self, sample: &Sample, is_gc: &impl Fn(&Sample) -> bool) -> Option<TimelineState> {
        let state = match sample.signal {
            signal if signal == self.running => match sample.state {
                _ if is_gc(sample) => return Some(TimelineState::Collecting),
                // A program's own sampler of CPU time leaves open whose thread it was, not that one ran.
                ThreadState::Unknown if signal != Signal::ProgramWall => ThreadState::Running,
                state if signal == Signal::Cpu && state != ThreadState::Running => ThreadState::Running,
                state => state,
            },
            signal if signal == self.waiting && sample.state != ThreadState::Running => sample.state,
            _ => return None,
        };
        Some(TimelineState::Thread(state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_and_the_collector_are_states() {
        let recording = fathom_testkit::recording(
            "
            wall 4s
            thread main
            cpu main;work 1s at=0s
            cpu main;gc_collect_main{gc} 1s at=1s
            off-cpu blocked.lock main;lock 1s at=2s
            off-cpu blocked.disk main;read 1s at=3s
            thread idle
            off-cpu blocked.poll main;poll 4s at=0s
            ",
        );
        let is_gc = |sample: &Sample| sample.time_nanos == recording.meta.start_nanos + 1_000_000_000;
        let row_of = |sample: &Sample| Some(sample.thread.index());
        let timeline = state_timeline(&recording, 4, 1, row_of, is_gc);
        let states = TimelineState::all();
        let mut text = Vec::new();
        for (state, cells) in
            states.iter().zip(&timeline.rows[0].nanos).filter(|(_, cells)| !cells.is_empty())
        {
            let cells: Vec<f64> = cells.iter().map(|nanos| nanos / 1e9).collect();
            text.push(format!("{} {cells:?}", state.as_str()));
        }
        assert_eq!(
            text,
            [
                "running [1.0, 0.0, 0.0, 0.0]",
                "gc [0.0, 1.0, 0.0, 0.0]",
                "blocked.lock [0.0, 0.0, 1.0, 0.0]",
                "blocked.disk [0.0, 0.0, 0.0, 1.0]"
            ]
        );
        assert_eq!(busy_nanos(&recording), [2_000_000_000, 0]);
    }
}
