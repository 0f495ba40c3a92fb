//! What is shown of a snapshot: pure functions from a [`Snapshot`] and an [`Ask`] to plain rows, the same ones for the
//! terminal, for text and for JSON.
//!
//! Names come from the target and may be anything: they leave here without anything that a terminal obeys, and not
//! longer than a line.

mod document;
mod flame;
mod functions;
mod head;
mod resources;
mod runtimes;
mod threads;
mod tree;
mod waits;

pub use document::{Document, document};
pub use flame::{Flame, FlameBox, flame};
pub use functions::{FunctionLine, FunctionSort, functions};
pub use head::{Head, head};
pub use resources::{SeriesView, resources};
pub use runtimes::{EventSum, RuntimeView, runtimes};
pub use threads::{ThreadLine, ThreadSort, threads};
pub use tree::{TreeLine, Unfolded, tree, trunk};
pub use waits::{TaskLine, WaitLine, task_waits, waits};

use crate::top::Snapshot;
use fathom_analysis::{Filter, FunctionId};
use fathom_model::{FrameId, Pid, Signal, Tid};
use serde::Serialize;

/// Longest name that is shown.
const MAX_NAME: usize = 300;

/// What the viewer wants to see.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Time off the CPU instead of time on it.
    pub off_cpu: bool,
    /// Only functions (threads, waits, series) whose name matches.
    pub pattern: Option<Pattern>,
    /// Only this process.
    pub pid: Option<Pid>,
    /// Only this thread.
    pub tid: Option<Tid>,
    /// Order of functions.
    pub function_sort: FunctionSort,
    /// Order of threads.
    pub thread_sort: ThreadSort,
}

/// A text or a regular expression, whatever the case of the letters.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Option<regex_lite::Regex>,
}

impl Pattern {
    /// A pattern; one that is no regular expression is searched for as it stands. `None` for an empty text.
    pub fn new(text: &str) -> Option<Self> {
        let has_signs = text.contains(|c: char| "\\.+*?()|[]{}^$".contains(c));
        let regex = has_signs
            .then(|| {
                regex_lite::RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 18).build().ok()
            })
            .flatten();
        (!text.is_empty()).then(|| Self { text: text.to_lowercase(), regex })
    }

    /// A text as it stands.
    pub fn literal(text: &str) -> Self {
        Self { text: text.to_lowercase(), regex: None }
    }

    /// As it was typed, in lower case.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a name has it.
    pub fn matches(&self, name: &str) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(name),
            None => name.to_lowercase().contains(&self.text),
        }
    }
}

impl Ask {
    /// The samples that are asked for; none if the process or the thread is not there.
    fn filter(&self, snapshot: &Snapshot) -> Option<Filter> {
        let signal = if self.off_cpu { Signal::OffCpu } else { Signal::Cpu };
        let mut filter = Filter::of(signal);
        let recording = &snapshot.recording;
        if let Some(pid) = self.pid {
            // The youngest: an exec gives the same number to a new program.
            filter.process = Some(recording.processes.iter().rev().find(|process| process.pid == pid)?.id);
        }
        if let Some(tid) = self.tid {
            filter.thread = Some(recording.threads.iter().rev().find(|thread| thread.tid == tid)?.id);
        }
        Some(filter)
    }

    fn matches(&self, name: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.matches(name))
    }
}

/// A place in the source or in a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The function.
    pub function: String,
    /// The last part of the source file's path, with the line if it is known: `server.py:17`.
    pub location: Option<String>,
    /// The module's name.
    pub module: Option<String>,
}

impl Place {
    fn of_function(snapshot: &Snapshot, id: FunctionId, line: Option<u32>) -> Self {
        let function = snapshot.index.get(id);
        Self {
            function: clean(&fathom_analysis::short_function_name(&function.name)),
            location: location(function.file.as_deref(), line.or(function.start_line)),
            module: function.module_name.as_deref().map(clean),
        }
    }

    fn of_frame(snapshot: &Snapshot, id: FrameId) -> Self {
        let line = snapshot.recording.frames.get(id.index()).and_then(|frame| frame.line);
        Self::of_function(snapshot, snapshot.index.of_frame(id), line)
    }
}

fn location(file: Option<&str>, line: Option<u32>) -> Option<String> {
    let name = clean(file?.rsplit('/').next()?);
    Some(line.map_or_else(|| name.clone(), |line| format!("{name}:{line}")))
}

/// A name without control characters, bidirectional overrides and other things that move the cursor or hide text.
pub fn clean(name: &str) -> String {
    let harmless = |c: char| {
        let hides = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if c.is_control() || hides { '\u{fffd}' } else { c }
    };
    name.chars().take(MAX_NAME).map(harmless).collect()
}

fn share(part: i64, whole: i64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}
