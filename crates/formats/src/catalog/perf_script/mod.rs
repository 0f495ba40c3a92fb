//! The text that `perf script` prints: samples of Linux perf, a line with the thread and the event, then its frames.
//!
//! Source: what the tool's own code prints, `tools/perf/builtin-script.c` and `tools/perf/util/evsel_fprintf.c` of
//! Linux 6.1, with any fields (`-F`). Names stay as perf prints them. Addresses are dropped where a name or a module
//! is there: perf prints run-time addresses or such within the file, and does not say which. Times are perf's clock.
//!
//! An event that tells its period and is a clock (`cpu-clock`, `task-clock`) gives CPU time in nanoseconds. Others
//! with a period give a column of the event's name, their value is the period. Without a period the first event gives
//! samples, further ones columns that count.

mod comment;
mod line;
mod merge;
mod names;
mod part;
mod read;
mod text_map;

use crate::format::{Format, Sniff};
use crate::input::Input;
use fathom_model::{Issue, Recording};

pub(super) const FORMAT: Format = Format {
    name: "perf-script",
    summary: "text of perf script",
    extensions: &["perf", "txt"],
    keeps: "stacks, modules, threads, processors, the time and period of each sample, several events",
    loses: "addresses, what tracepoints tell, registers and branches",
    sniff,
    read: Some(read),
    write: None,
    writes_directory: false,
};

fn read(input: &Input<'_>) -> (Recording, Vec<Issue>) {
    let (parts, mut issues) = read::parts(input);
    let (recording, more) = merge::recording(parts);
    issues.extend(more);
    (recording, issues)
}

/// A line with a thread and a time or an event, and a frame below it or in it.
fn sniff(head: &[u8]) -> Sniff {
    let mut is_below_head = false;
    let mut has_header = false;
    // The last line may be cut.
    let whole = memchr::memrchr(b'\n', head).unwrap_or(0);
    for line in head[..whole].split(|byte| *byte == b'\n') {
        if line.starts_with(b"#") {
            has_header |= line.starts_with(b"# perf version :");
            continue;
        }
        if line.trim_ascii().is_empty() {
            is_below_head = false;
            continue;
        }
        if line.starts_with(b"\t") && is_below_head && line::frame(line).is_some() {
            return Sniff::Yes;
        }
        let Some(found) = line::head(line) else { return Sniff::No };
        let is_sample = found.time_nanos.is_some() && !found.event.is_empty() && found.tid.is_some();
        if is_sample && line::frame(found.rest).is_some_and(|frame| frame.module.is_some()) {
            return Sniff::Yes;
        }
        is_below_head = !found.event.is_empty() || found.time_nanos.is_some();
        if !is_below_head {
            return Sniff::No;
        }
    }
    if has_header { Sniff::Yes } else { Sniff::No }
}

#[cfg(test)]
mod tests;
