//! What Python's `cProfile` and `profile` dump: a marshalled dictionary of functions.
//!
//! Source: `Lib/cProfile.py`, `Lib/pstats.py` and `Python/marshal.c` of CPython: `{(file, line, name): (primitive calls,
//! calls, own seconds, total seconds, {caller: (calls, primitive calls, own, total)})}`; `profile` has only a number of
//! calls for each caller.
//!
//! There are no stacks in it, only edges from callers to callees; stacks are made of them as [`crate::call_graph`] says.
//! Exact are the own seconds of each function (to the nanosecond) and the calls of each caller; total seconds are exact
//! where nothing recurses, but for rounding. Number of primitive calls is lost. The clock is the profiler's, by default
//! the wall's.

mod decode;
mod marshal;

use crate::builder::RecordingBuilder;
use crate::call_graph::expand;
use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{Frame, FrameId, FrameKind, Issue, Recording, Signal, StackId, Unit};

pub(super) const FORMAT: Format = Format {
    name: "pstats",
    summary: "dump of Python's cProfile and profile",
    extensions: &["pstats", "prof"],
    keeps: "own time of each function, calls by caller, files and lines",
    loses: "stacks, which are made of who called whom; primitive calls",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

/// A dictionary whose first key is a tuple of three that begins with a text. The highest bit marks what is referred to
/// again.
fn sniff(head: &[u8]) -> Sniff {
    let is = |at: usize, types: &[u8]| head.get(at).is_some_and(|byte| types.contains(&(byte & 0x7f)));
    let text = b"zZaAuts";
    let is_short = is(1, b")") && head.get(2) == Some(&3) && is(3, text);
    let is_long = is(1, b"(") && head.get(2..6) == Some(&[3, 0, 0, 0]) && is(6, text);
    if is(0, b"{") && (is_short || is_long) { Sniff::Yes } else { Sniff::No }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let (bytes, mut issues) = input.whole();
    let (stats, more) = decode::decode(&bytes);
    issues.extend(more);
    let mut builder = RecordingBuilder::new(FORMAT.name, input.limits());
    builder.tool("cProfile");
    let thread = builder.only_thread("Python");
    let frames: Vec<FrameId> = stats
        .functions
        .iter()
        .map(|function| {
            let is_script = &*function.file != "~" && !function.file.is_empty();
            builder.frame(Frame {
                file: is_script.then(|| function.file.to_string()),
                function_start_line: Some(function.line).filter(|line| *line > 0),
                runtime: Some("python".to_owned()),
                ..Frame::named(&*function.name, FrameKind::Unknown)
            })
        })
        .collect();
    let (nodes, is_full) = expand(&stats.graph);
    if is_full {
        let message = "there are more paths through the call graph than are made; what is left of own times stands without callers";
        issues.push(Issue::of(FORMAT.name, message));
    }
    let mut stacks: Vec<StackId> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let caller = node.parent.map(|parent| stacks[parent]);
        let stack = builder.stack(caller, frames[node.function]);
        stacks.push(stack);
        if node.own > 0 {
            // Known exactly, never sampled.
            builder.sum(
                Signal::ProgramWall,
                thread,
                Some(stack),
                i64::try_from(node.own).unwrap_or(i64::MAX),
                0,
            );
        }
    }
    if let Some(signal) = builder.column("calls", Unit::Count) {
        for (caller, callee, n) in &stats.calls {
            let caller = caller.map(|caller| builder.stack(None, frames[caller]));
            let stack = builder.stack(caller, frames[*callee]);
            builder.sum(signal, thread, Some(stack), *n, 0);
        }
    }
    let (recording, more) = builder.finish(false);
    issues.extend(more);
    (recording, issues)
}

#[cfg(test)]
mod tests;
