//! Profiles of the Firefox Profiler: Gecko's raw form, and the processed one that its front-end and other tools save.
//!
//! Sources: <https://github.com/firefox-devtools/profiler>, `src/types/profile.ts`, `src/types/gecko-profile.ts`,
//! `docs-developer/CHANGELOG-formats.md`, and the upgraders that its command line tool (npm
//! `@firefox-devtools/profiler-cli` 0.10.0) carries for processed versions up to 75.
//!
//! Gecko's tables are rows under a `schema`, those of a processed profile columns. Each table is read as what it is,
//! so that one reader takes both, and every version: strings per thread or shared (56 on), tables per thread or shared
//! (60 on), `prefix` or `prefixOffset` (66 on), libraries by resource or by frame (70 on), absent values by `null` or
//! by `flags` (71 and 75 on). Not read: the binary container of the front-end (JSLB), which is told apart and named.
//!
//! A sample stands for the profile's interval, as the front-end shows it. Written is version 57, which every later
//! front-end upgrades; one thread for each signal of a thread.

mod build;
mod document;
mod frames;
mod parse;
mod table;
mod write;
mod write_tables;

use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{Issue, Recording};

pub(super) const FORMAT: Format = Format {
    name: "firefox",
    summary: "JSON of profiler.firefox.com: Gecko's and processed profiles",
    extensions: &["json", "json.gz"],
    keeps: "samples with their times and values, stacks with files, lines, libraries and addresses; processes and \
            threads, events, series",
    loses: "raw counts, CPU numbers, states, labels, addresses beyond 4 GiB, parents of events",
    sniff,
    read: Some(read),
    write: Some(write::write),
    writes_directory: false,
};

/// First bytes of the front-end's binary container.
const JSLB: &[u8] = &[0xdc, 0xdf, b'J', b'S', b'L', b'B', 1, 0];

fn sniff(head: &[u8]) -> Sniff {
    if head.starts_with(JSLB) {
        return Sniff::Yes;
    }
    let text = String::from_utf8_lossy(head);
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Sniff::No;
    }
    let has = |member: &str| text.contains(&format!("\"{member}\""));
    let is_processed = has("preprocessedProfileVersion") || has("funcTable");
    let is_gecko = has("frameTable") && has("stackTable")
        || has("libs") && has("debugName") && has("breakpadId")
        || has("meta") && has("stackwalk") && has("processType");
    if is_processed || is_gecko { Sniff::Yes } else { Sniff::No }
}

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    if input.head(JSLB.len()) == JSLB {
        let what = "it is the front-end's binary container (JSLB), which is not read; its JSON is\n\nhint: save the \
                    profile as JSON in the Firefox Profiler";
        let (recording, mut issues) = crate::RecordingBuilder::new(FORMAT.name, input.limits()).finish(false);
        issues.push(Issue::at(FORMAT.name, 0, what));
        return (recording, issues);
    }
    let (document, mut log, mut issues) = parse::parse(input);
    let (recording, more) = build::recording(document, input, &mut log);
    issues.extend(log.finish());
    issues.extend(more);
    (recording, issues)
}

#[cfg(test)]
mod tests;
