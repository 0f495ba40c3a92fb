//! Speedscope's own JSON: profiles of stacks or of opened and closed frames over one table of frames.
//!
//! Source: `src/lib/file-format-spec.ts` of <https://github.com/jlfwong/speedscope> and its importer
//! (`src/lib/file-format.ts`), versions 0.0.1 to 1.25. Of every profile a thread is made. Weights in a unit of time
//! become `program-wall`, those in bytes a column of that name, those without a unit `samples`.
//!
//! Files written here have a member `fathom` in each profile, which speedscope ignores: signal, process and thread.

mod events;
mod read;
mod write;

use crate::format::{Format, Sniff};

pub(super) const FORMAT: Format = Format {
    name: "speedscope",
    summary: "JSON of speedscope.app",
    extensions: &["speedscope.json"],
    keeps: "stacks with function, file, line and column; signals; processes and threads; the order of samples",
    loses: "times and counts of samples, values that are not positive, modules and addresses, states, labels, series, events",
    sniff,
    read: Some(read::read),
    write: Some(write::write),
    writes_directory: false,
};

/// The schema's address is in every file that speedscope takes for its own whatever it is called.
fn sniff(head: &[u8]) -> Sniff {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('{') {
        return Sniff::No;
    }
    if text.contains("speedscope.app/file-format-schema.json") {
        return Sniff::Yes;
    }
    // Files without it are taken by their name there; here by members that no other format has together.
    let has = |member: &str| text.contains(&format!("\"{member}\""));
    let is_like_it = has("profiles") && has("startValue") && has("endValue") && has("unit");
    if is_like_it { Sniff::Maybe } else { Sniff::No }
}

#[cfg(test)]
pub(crate) mod tests;
