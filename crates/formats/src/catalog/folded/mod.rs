//! Folded stacks: one line a stack, frames from the outermost inwards, a weight behind.
//!
//! `main;work;inner 1200`. Weights are integers in the signal's unit. The format has no escapes, therefore
//! within a name `;` becomes `:`, and line ends and other control characters become spaces. Spaces stay: the
//! weight is what follows the last one. A line that would be a comment begins with one.

mod read;
#[cfg(test)]
mod tests;

use crate::format::{Format, HEAD_BYTES, OutputFile, Sniff, WriteError, WriteOptions};
use crate::names::{NO_STACK, frame_name};
use fathom_model::{ProcessId, Recording, StackId, ThreadId};
use std::collections::BTreeMap;

pub(super) const FORMAT: Format = Format {
    name: "folded",
    summary: "one line a stack, for flame graph scripts",
    extensions: &["folded", "collapsed"],
    keeps: "stacks by function name and the weight of one signal",
    loses: "time, files and lines, modules, everything else; `;` in names reads `:`",
    sniff,
    read: Some(read::read),
    write: Some(write),
    writes_directory: false,
};

fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signal = options.one_signal(recording, FORMAT.name)?;
    // Summed by ids first: names are long, and many samples share a stack.
    type Key = (Option<ProcessId>, Option<ThreadId>, Option<StackId>);
    let mut sums: BTreeMap<Key, i64> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal) {
        let process = options.process_root.then_some(sample.process);
        let thread = options.thread_root.then_some(sample.thread);
        let sum = sums.entry((process, thread, sample.stack)).or_default();
        *sum = sum.saturating_add(sample.value);
    }
    let names: Vec<String> =
        recording.frames.iter().map(|frame| cleaned(&frame_name(frame, &recording.modules))).collect();
    let mut lines: BTreeMap<String, i64> = BTreeMap::new();
    for ((process, thread, stack), value) in sums {
        let sum = lines.entry(line(recording, &names, process, thread, stack)).or_default();
        *sum = sum.saturating_add(value);
    }
    let mut text = String::new();
    for (line, value) in lines.iter().filter(|(_, value)| **value != 0) {
        let line = format!("{line} {value}");
        // A blank before a name that would make the line a comment.
        if read::is_comment(line.as_bytes()) {
            text.push(' ');
        }
        text.push_str(&line);
        text.push('\n');
    }
    Ok(vec![OutputFile { name: "profile.folded".into(), bytes: text.into_bytes() }])
}

fn line(
    recording: &Recording,
    names: &[String],
    process: Option<ProcessId>,
    thread: Option<ThreadId>,
    stack: Option<StackId>,
) -> String {
    let mut parts: Vec<&str> = match stack {
        Some(stack) => {
            let name =
                |frame: fathom_model::FrameId| names.get(frame.index()).map_or("[unknown]", String::as_str);
            recording.stacks.frames(stack).map(name).collect()
        }
        None => vec![NO_STACK],
    };
    let thread_name = thread.map(|id| match recording.threads.get(id.index()) {
        Some(thread) => cleaned(&format!("{} (thread {})", thread.name, thread.tid)),
        None => "[unknown thread]".into(),
    });
    let process_name = process.map(|id| match recording.processes.get(id.index()) {
        Some(process) => cleaned(&format!("{} (process {})", process.name, process.pid)),
        None => "[unknown process]".into(),
    });
    parts.extend(thread_name.as_deref());
    parts.extend(process_name.as_deref());
    parts.reverse();
    parts.join(";")
}

/// A name that a line can hold; one of blanks alone would make a line without a stack.
fn cleaned(name: &str) -> String {
    let letter = |c: char| match c {
        ';' => ':',
        c if c.is_control() => ' ',
        c => c,
    };
    let name: String = name.chars().map(letter).collect();
    // Blanks before the number belong to nothing.
    let name = name.trim_ascii_end();
    if name.is_empty() { "[unknown]".into() } else { name.to_owned() }
}

/// Text of which at least half of the lines end with a blank and a number; UTF-16 is told by its mark.
fn sniff(head: &[u8]) -> Sniff {
    let utf16 = |of: fn([u8; 2]) -> u16, rest: &[u8]| {
        let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| of(*pair)).collect();
        String::from_utf16_lossy(&units).into_bytes()
    };
    let text = match head {
        [0xff, 0xfe, rest @ ..] => utf16(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => utf16(u16::from_be_bytes, rest),
        _ => head.to_vec(),
    };
    if text.contains(&0) || text.trim_ascii_start().starts_with(b"{") {
        return Sniff::No;
    }
    // The last line of a head is cut, unless the file is shorter.
    let whole = match memchr::memrchr(b'\n', &text) {
        Some(end) if head.len() >= HEAD_BYTES => &text[..end],
        _ => &text[..],
    };
    let is_said = |line: &&[u8]| !line.trim_ascii().is_empty() && !read::is_comment(line);
    let lines = whole.split(|byte| *byte == b'\n').filter(is_said);
    let (mut n, mut n_weighted) = (0, 0);
    for line in lines {
        n += 1;
        n_weighted += usize::from(read::split(line).is_some());
    }
    if n_weighted > 0 && n_weighted * 2 >= n { Sniff::Maybe } else { Sniff::No }
}
