//! What one dump may take in time and memory: a process that was built to mislead readers gets no more.

use crate::runtime::{ManagedFrame, Variable};
use std::time::{Duration, Instant};

/// Longest time of a dump. A process of 1,000 threads or tasks takes some 100 ms.
const MAX_TIME: Duration = Duration::from_secs(20);
/// Longest time of a look while recording, and most text of it; what it does not get to is left out.
const MAX_LOOK_TIME: Duration = Duration::from_millis(100);
const MAX_LOOK_TEXT_BYTES: usize = 16 << 20;
/// Frames of all threads and tasks: 100,000 goroutines of 20 frames.
const MAX_FRAMES: usize = 2_000_000;
/// Names, files and values: 130 bytes for each of that many frames.
const MAX_TEXT_BYTES: usize = 256 << 20;
/// Variables of all frames.
const MAX_VARIABLES: usize = 50_000;
/// Waits of tasks for tasks.
const MAX_LINKS: usize = 1_000_000;

/// What is left of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// When the time is over.
    pub(crate) end: Instant,
    frames_left: usize,
    text_bytes_left: usize,
    variables_left: usize,
    links_left: usize,
}

impl Budget {
    /// All of it, from now on.
    pub(crate) fn new() -> Self {
        Self::with(MAX_TIME, MAX_TEXT_BYTES)
    }

    /// For one of many looks at a process that is recorded.
    pub(crate) fn of_a_look() -> Self {
        Self::with(MAX_LOOK_TIME, MAX_LOOK_TEXT_BYTES)
    }

    fn with(time: Duration, text_bytes: usize) -> Self {
        Self {
            end: Instant::now() + time,
            frames_left: MAX_FRAMES,
            text_bytes_left: text_bytes,
            variables_left: MAX_VARIABLES,
            links_left: MAX_LINKS,
        }
    }

    /// Of what there is no more, in words for an issue.
    pub(crate) fn exhausted(&self) -> Option<String> {
        if Instant::now() > self.end {
            return Some(format!("reading takes longer than {MAX_TIME:?}"));
        }
        let kinds = [
            (self.frames_left, MAX_FRAMES, "frames"),
            (self.text_bytes_left, MAX_TEXT_BYTES, "bytes of names"),
            (self.links_left, MAX_LINKS, "waits of tasks for tasks"),
        ];
        let (_, max, what) = kinds.into_iter().find(|(left, ..)| *left == 0)?;
        Some(format!("there are more than {max} {what}"))
    }

    /// Whether a stack of so many bytes of names may be kept.
    pub(crate) fn has_text(&self, n_bytes: usize) -> bool {
        n_bytes <= self.text_bytes_left
    }

    /// Whether more variables may be read.
    pub(crate) fn has_variables(&self) -> bool {
        self.variables_left > 0 && self.text_bytes_left > 0
    }

    /// For a stack that is kept.
    pub(crate) fn spend_frames(&mut self, frames: &[ManagedFrame]) {
        self.frames_left = self.frames_left.saturating_sub(frames.len());
        self.spend_text(frames.iter().map(text_bytes).sum());
    }

    /// For other text that is kept.
    pub(crate) fn spend_text(&mut self, n_bytes: usize) {
        self.text_bytes_left = self.text_bytes_left.saturating_sub(n_bytes);
    }

    /// For variables that are kept.
    pub(crate) fn spend_variables(&mut self, variables: &[Variable]) {
        self.variables_left = self.variables_left.saturating_sub(variables.len());
        self.spend_text(variables.iter().map(|variable| variable.name.len() + variable.value.len()).sum());
    }

    /// For waits that are kept.
    pub(crate) fn spend_links(&mut self, n: usize) {
        self.links_left = self.links_left.saturating_sub(n);
    }
}

/// Bytes of a frame's names.
pub(crate) fn text_bytes(frame: &ManagedFrame) -> usize {
    frame.function.len() + frame.file.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_used_up() {
        let mut budget = Budget::new();
        assert_eq!(budget.exhausted(), None);
        budget.spend_links(MAX_LINKS - 1);
        budget.spend_text(MAX_TEXT_BYTES - 1);
        assert_eq!(budget.exhausted(), None);
        assert!(budget.has_text(1) && !budget.has_text(2));
        budget.spend_links(7);
        assert_eq!(
            budget.exhausted().as_deref(),
            Some("there are more than 1000000 waits of tasks for tasks")
        );
        budget.spend_text(usize::MAX);
        assert!(budget.exhausted().is_some_and(|why| why.contains("bytes of names")));
        assert!(!budget.has_variables());
        assert!(Budget::with(Duration::ZERO, 1).exhausted().is_some_and(|why| why.contains("longer than")));
    }
}
