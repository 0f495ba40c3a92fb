//! callgrind.out: what Valgrind's Callgrind, Xdebug and others write for KCachegrind and `callgrind_annotate`.
//!
//! Source: "Callgrind Format Specification" of Valgrind's manual
//! (<https://valgrind.org/docs/manual/cl-format.html>), and `callgrind_annotate` where it says nothing.
//!
//! The file holds a graph of calls, not stacks: what each line cost itself, and what the calls from one line to one
//! function cost in all. [`stacks`] says how stacks are made of it, exactly for every line and every call. What a
//! counter is called stays as the tool has it: its columns have the names of the file's events.

mod graph;
mod read;
mod stacks;
#[cfg(test)]
mod tests;
mod write;

use crate::format::{Format, Sniff};

pub(super) const FORMAT: Format = Format {
    name: "callgrind",
    summary: "callgrind.out of Valgrind, for KCachegrind and callgrind_annotate",
    extensions: &["callgrind", "out", "cachegrind"],
    keeps: "every signal, by function, file and line, of itself and with all it calls; modules",
    loses: "time, threads, states, labels, addresses; which caller's share of a function went where, recursion",
    sniff,
    read: Some(read::read),
    write: Some(write::write),
    writes_directory: false,
};

/// The root above all outermost functions in files that Fathom writes; it is no frame.
const ROOT: &str = "(root)";
/// How `creator:` of files that Fathom writes begins.
const CREATOR: &str = "fathom";

/// Keys that may stand in the head of a file.
const HEAD_KEYS: [&str; 14] = [
    "version",
    "creator",
    "pid",
    "thread",
    "part",
    "cmd",
    "desc",
    "positions",
    "event",
    "events",
    "summary",
    "totals",
    "target",
    "dump",
];

/// A file may say what it is in its first line; else all lines up to `events:` are of its head.
fn sniff(head: &[u8]) -> Sniff {
    if head.starts_with(b"# callgrind format") {
        return Sniff::Yes;
    }
    for line in head.split(|byte| *byte == b'\n').take(1000) {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return Sniff::No };
        let key = std::str::from_utf8(&line[..colon]).unwrap_or_default();
        if !HEAD_KEYS.contains(&key) {
            return Sniff::No;
        }
        if key == "events" {
            return Sniff::Yes;
        }
    }
    Sniff::No
}
