//! Chrome trace events: spans, counters and CPU profiles as JSON, of Chromium, its developer tools, Hermes, and of the
//! many tools that write for `chrome://tracing`, Perfetto and speedscope.
//!
//! Source: the Trace Event Format
//! (<https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>), and for how damaged ones are
//! taken speedscope's `src/import/trace-event.ts`. Spans (`B`, `E`, `X`) become the time that each stack of them had to
//! itself; counters (`C`) become series, moments (`I`, `i`, `R`) events. Where there are CPU profiles (`Profile`,
//! `ProfileChunk`, `CpuProfile`) or samples with stacks, these are the program's time, and spans are a column of their
//! own: both cover the same time. Asynchronous events, flows and objects belong to no stack and are counted only.

mod arguments;
mod ends;
mod event;
mod file;
mod gather;
mod recording;
mod spans;
mod write;

use crate::format::{Format, Sniff};
use crate::input::Input;
use crate::json::{JsonTokens, Token};
use fathom_model::{Issue, Recording};
use file::TraceFile;

pub(super) const FORMAT: Format = Format {
    name: "chrome-trace",
    summary: "trace events, for chrome://tracing, Perfetto and speedscope",
    extensions: &["json", "trace"],
    keeps: "stacks by function name, times and threads of one signal; counters",
    loses: "files and lines, modules, states and labels of samples; two samples of a thread at one time become one \
            after the other",
    sniff,
    read: Some(read),
    write: Some(write::write),
    writes_directory: false,
};

/// The column that spans are in beside a CPU profile.
const SPANS: &str = "spans";
/// What a span without a name is called.
const UNNAMED: &str = "(unnamed)";

fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') && text.contains("\"traceEvents\"") {
        return Sniff::Yes;
    }
    // A list of events, each of which has a phase of one letter.
    let is_list = text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    let has_phase = || {
        text.match_indices("\"ph\"").any(|(at, word)| {
            let value = text[at + word.len()..].trim_start().strip_prefix(':').map(str::trim_start);
            let mut letters = value.unwrap_or_default().chars();
            letters.next() == Some('"') && letters.next().is_some() && letters.next() == Some('"')
        })
    };
    if is_list && has_phase() { Sniff::Yes } else { Sniff::No }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut stream = input.stream();
    let mut tokens = JsonTokens::new(&mut stream);
    let mut file = TraceFile::new(input.limits());
    match tokens.token() {
        Token::Array => file.read_events(&mut tokens),
        Token::Object => file.read_members(&mut tokens),
        _ => {}
    }
    let mut issues = Vec::new();
    if !file.has_events {
        issues.push(Issue::of(FORMAT.name, "not a trace: it has no list of events"));
    }
    issues.extend(tokens.issues(FORMAT.name));
    drop(tokens);
    issues.extend(stream.issues());
    file.finish(&mut issues);
    let recording = recording::recording(file, &mut issues);
    (recording, issues)
}

#[cfg(test)]
mod tests;
