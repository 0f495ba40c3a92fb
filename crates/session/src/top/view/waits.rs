//! What threads wait for, and tasks that have no thread.

use super::{Ask, Place, clean};
use crate::top::Snapshot;
use fathom_model::{FrameKind, Signal, StackId};
use serde::Serialize;

/// Frames of a stack that are shown.
const MAX_FRAMES: usize = 64;

/// Waits of threads for one reason in one place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaitLine {
    /// The class: `lock`, `network`, `timer`.
    pub class: &'static str,
    /// In plain words: `pthread_mutex_lock`.
    pub reason: String,
    /// The program's own code that waits; none for idle threads of libraries and runtimes.
    pub place: Option<Place>,
    /// Part of all blocked time.
    pub share: f64,
    /// Nanoseconds in the window, over all threads.
    pub nanos: i64,
    /// Threads that were waiting so on average.
    pub mean_threads: f64,
    /// Waits seen.
    pub n: u64,
    /// The functions of the heaviest stack, innermost first.
    pub stack: Vec<String>,
}

/// Waits of tasks: goroutines, tasks of asyncio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskLine {
    /// The runtime.
    pub runtime: String,
    /// In its own words: `chan receive`.
    pub reason: String,
    /// Where.
    pub place: Option<Place>,
    /// Part of the time of all tasks.
    pub share: f64,
    /// Tasks that were waiting so on average.
    pub mean_tasks: f64,
    /// The functions of the heaviest stack, innermost first.
    pub stack: Vec<String>,
}

/// Waits of threads, longest first.
pub fn waits(snapshot: &Snapshot, ask: &Ask) -> Vec<WaitLine> {
    let ask = Ask { off_cpu: true, ..ask.clone() };
    let Some(filter) = ask.filter(snapshot) else { return Vec::new() };
    let found = fathom_analysis::waits(&snapshot.recording, &snapshot.index, &filter);
    let lines = found.into_iter().map(|wait| WaitLine {
        class: wait.reason.class.as_str(),
        reason: clean(&wait.reason.what),
        place: wait.blame.map(|function| Place::of_function(snapshot, function, wait.blame_line)),
        share: wait.share.ratio,
        nanos: wait.value,
        mean_threads: super::share(wait.value, snapshot.window_nanos),
        n: wait.n,
        stack: stack_names(snapshot, wait.stack),
    });
    lines
        .filter(|line| is_wanted(&ask, &line.reason, line.place.as_ref()) || ask.matches(line.class))
        .collect()
}

/// Waits of tasks, longest first.
pub fn task_waits(snapshot: &Snapshot, ask: &Ask) -> Vec<TaskLine> {
    let Some(mut filter) = ask.filter(snapshot) else { return Vec::new() };
    // Tasks belong to no thread.
    (filter.signal, filter.thread) = (Signal::TaskWait, None);
    let found = fathom_analysis::task_waits(&snapshot.recording, &snapshot.index, &filter);
    let lines = found.into_iter().map(|wait| TaskLine {
        runtime: clean(&wait.runtime),
        reason: clean(&wait.reason),
        place: wait.blame.map(|function| Place::of_function(snapshot, function, wait.blame_line)),
        share: wait.share.ratio,
        mean_tasks: super::share(wait.value, snapshot.window_nanos),
        stack: stack_names(snapshot, wait.stack),
    });
    lines.filter(|line| is_wanted(ask, &line.reason, line.place.as_ref())).collect()
}

fn is_wanted(ask: &Ask, reason: &str, place: Option<&Place>) -> bool {
    ask.matches(reason) || place.is_some_and(|place| ask.matches(&place.function))
}

fn stack_names(snapshot: &Snapshot, stack: Option<StackId>) -> Vec<String> {
    let recording = &snapshot.recording;
    let frames = stack.into_iter().flat_map(|stack| recording.stacks.frames(stack)).take(MAX_FRAMES);
    frames
        .map(|id| {
            let place = Place::of_frame(snapshot, id);
            let is_kernel =
                recording.frames.get(id.index()).is_some_and(|frame| frame.kind == FrameKind::Kernel);
            match place.location {
                _ if is_kernel => format!("{} [kernel]", place.function),
                Some(location) => format!("{} ({location})", place.function),
                None => place.function,
            }
        })
        .collect()
}
