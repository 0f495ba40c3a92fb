//! `.cpuprofile`: what V8 samples of a JavaScript thread, as JSON; of Node's `--cpu-prof`, its inspector and Chromium.
//!
//! Source: the type `Profiler.Profile` of the Chrome DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/v8/Profiler/>). Nodes form a tree of calls; samples are ids of
//! the innermost node with the microseconds since the one before. V8's sampler looks at the thread whatever it does:
//! `(program)` is code that is not JavaScript, `(idle)` a thread that waits, `(garbage collector)` the collector.

mod decode;
mod recording;
mod told;

pub use decode::{CpuProfile, CpuProfileNode, CpuProfileSample, read_cpu_profile};
pub(super) use decode::{from_one, profile_of};
pub(super) use recording::add_profile;
pub(super) use told::{Told, ToldNode};

use crate::builder::RecordingBuilder;
use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{Issue, Recording};

pub(super) const FORMAT: Format = Format {
    name: "cpuprofile",
    summary: "CPU profile of V8, of node --cpu-prof and Chromium",
    extensions: &["cpuprofile"],
    keeps: "stacks, files, lines, the time of each sample",
    loses: "processes and threads, native and kernel frames",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

/// First bytes of a file: the profile's members come in any order, those of nodes first in all known tools. In a trace
/// nodes stand deeper, and the trace's own members come first.
fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(&head[..head.len().min(4096)]);
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Sniff::No;
    }
    let has = |member: &str| text.contains(&format!("\"{member}\""));
    let has_nodes = has("nodes") && has("callFrame");
    let has_tree = has("head") && has("hitCount") && !has("callFrame");
    match (has_nodes || has_tree) && has("functionName") && !has("traceEvents") && !has("ph") {
        true => Sniff::Yes,
        false => Sniff::No,
    }
}

/// A recording of the one thread that a profile is of.
fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut stream = input.stream();
    let (profile, more) = decode::read_from(&mut stream);
    let mut issues = stream.issues();
    issues.extend(more);
    let mut builder = RecordingBuilder::new(FORMAT.name, input.limits());
    builder.meta().start_nanos = profile.start_micros * 1_000;
    let process = builder.process(0, "JavaScript");
    let thread = builder.thread(process, 0, "JavaScript");
    add_profile(&mut builder, process, thread, &profile);
    let (recording, more) = builder.finish(true);
    issues.extend(more);
    (recording, issues)
}

#[cfg(test)]
mod tests;
