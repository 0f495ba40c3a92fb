//! Which samples a question is about. Knows no tree and no table.

use fathom_model::{ProcessId, Recording, Sample, Signal, ThreadId, ThreadState};

/// Which states are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateFilter {
    /// Exactly this state.
    Is(ThreadState),
    /// Blocked, whatever for.
    AnyBlocked,
}

/// The samples of one signal, narrowed down. `None` lets everything pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The signal; values of two signals never mix.
    pub signal: Signal,
    /// Only this thread.
    pub thread: Option<ThreadId>,
    /// Only this process.
    pub process: Option<ProcessId>,
    /// Only these states.
    pub state: Option<StateFilter>,
    /// First moment, `CLOCK_MONOTONIC` nanoseconds; an interval belongs to the moment it begins.
    pub from_nanos: Option<i64>,
    /// Moment after the last.
    pub until_nanos: Option<i64>,
}

impl Filter {
    /// All samples of a signal.
    pub fn of(signal: Signal) -> Self {
        Self { signal, thread: None, process: None, state: None, from_nanos: None, until_nanos: None }
    }

    /// The same, of one thread.
    pub fn in_thread(self, thread: ThreadId) -> Self {
        Self { thread: Some(thread), ..self }
    }

    /// The same, of one process.
    pub fn in_process(self, process: ProcessId) -> Self {
        Self { process: Some(process), ..self }
    }

    /// The same, in some states.
    pub fn in_state(self, state: StateFilter) -> Self {
        Self { state: Some(state), ..self }
    }

    /// The same, begun in `from_nanos..until_nanos`.
    pub fn between(self, from_nanos: i64, until_nanos: i64) -> Self {
        Self { from_nanos: Some(from_nanos), until_nanos: Some(until_nanos), ..self }
    }

    /// The samples that are wanted. Those of a profile of another tool are not looked through for a signal that it does
    /// not have: there may be millions of them, and most questions are about signals that only Fathom records.
    pub fn samples(self, recording: &Recording) -> impl Iterator<Item = &Sample> {
        let has_none = recording.meta.imported.is_some() && !recording.meta.signals.contains(&self.signal);
        let samples = if has_none { &[][..] } else { &recording.samples };
        samples.iter().filter(move |sample| self.accepts(sample))
    }

    /// Whether a sample is wanted.
    pub fn accepts(&self, sample: &Sample) -> bool {
        sample.signal == self.signal
            && self.thread.is_none_or(|thread| sample.thread == thread)
            && self.process.is_none_or(|process| sample.process == process)
            && self.from_nanos.is_none_or(|from| sample.time_nanos >= from)
            && self.until_nanos.is_none_or(|until| sample.time_nanos < until)
            && match self.state {
                None => true,
                Some(StateFilter::Is(state)) => sample.state == state,
                Some(StateFilter::AnyBlocked) => matches!(sample.state, ThreadState::Blocked(_)),
            }
    }
}
