//! Profiles of Ruby's stackprof: the dump that it writes (Ruby's Marshal), and the same as JSON (`stackprof --json`).
//!
//! Source: `ext/stackprof/stackprof.c` and `lib/stackprof/report.rb` of <https://github.com/tmm1/stackprof>: `frames` by
//! number with names, own and total samples and edges to callees; with `raw: true` also `raw`, runs of `length, frames
//! from the outermost, count`, `raw_lines` of the same shape, and for every tick the microseconds since the one before
//! and of `CLOCK_MONOTONIC`. Without `raw` there are only edges, of which stacks are made as [`crate::call_graph`]
//! says: own samples of each function are exact then, totals where nothing recurses.
//!
//! In mode `cpu` and without times a tick stands for the interval; in mode `wall` for the time since the one before. In
//! mode `object` a tick stands for as many allocations as the interval says.

mod build;
mod json;
mod marshal;
mod profile;

use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{Issue, Recording};
use profile::Profile;

pub(super) const FORMAT: Format = Format {
    name: "stackprof",
    summary: "dump or JSON of Ruby's stackprof",
    extensions: &["dump", "stackprof.json"],
    keeps: "stacks with files and lines, times and counts of ticks, allocations",
    loses: "threads, which it does not tell apart; without raw samples stacks, which are made of edges",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

/// Ruby's Marshal, version 4.8: the first bytes of a dump.
const MARSHAL: &[u8] = &[4, 8];

fn sniff(head: &[u8]) -> Sniff {
    if head.starts_with(MARSHAL) {
        // A hash whose keys are symbols; its version comes first in all releases.
        let is_profile = head.get(2) == Some(&b'{') && head.windows(4).take(64).any(|bytes| bytes == b"mode");
        return if is_profile { Sniff::Yes } else { Sniff::No };
    }
    let text = String::from_utf8_lossy(head);
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Sniff::No;
    }
    let has = |member: &str| text.contains(&format!("\"{member}\""));
    let is_it = has("mode") && (has("missed_samples") || has("gc_samples") || has("raw_timestamp_deltas"))
        || has("mode") && has("frames") && has("raw") && has("interval")
        || has("frames") && has("total_samples") && has("edges");
    if is_it { Sniff::Yes } else { Sniff::No }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let mut notes = crate::notes::Notes::new(FORMAT.name);
    let mut profile = Profile::default();
    let mut issues = if input.head(MARSHAL.len()) == MARSHAL {
        let (bytes, issues) = input.whole();
        profile.take_dump(&bytes, &mut notes);
        issues
    } else {
        json::parse(input, &mut profile, &mut notes)
    };
    let (recording, more) = build::recording(&profile, input, &mut notes);
    issues.extend(notes.finish());
    issues.extend(more);
    (recording, issues)
}

#[cfg(test)]
mod tests;
