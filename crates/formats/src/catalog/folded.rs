//! Folded stacks: one line a stack, frames from the outermost inwards, a weight behind.
//!
//! `main;work;inner 1200`. Weights are integers in the signal's unit. The format has no escapes, therefore
//! within a name `;` becomes `:`, and line ends and other control characters become spaces. Spaces stay: the
//! weight is what follows the last one.

use crate::format::{Format, OutputFile, Sniff, WriteError, WriteOptions};
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
    read: None,
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
        text.push_str(line);
        text.push(' ');
        text.push_str(&value.to_string());
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

fn cleaned(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            ';' => ':',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// Text whose every whole line ends with a space and a number.
fn sniff(head: &[u8]) -> Sniff {
    let Some(whole) = head.iter().rposition(|byte| *byte == b'\n') else { return Sniff::No };
    let Ok(text) = std::str::from_utf8(&head[..whole]) else { return Sniff::No };
    let weighted = |line: &str| {
        line.rsplit_once(' ')
            .is_some_and(|(stack, weight)| !stack.is_empty() && weight.parse::<i64>().is_ok())
    };
    if !text.is_empty() && text.split('\n').all(weighted) { Sniff::Maybe } else { Sniff::No }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::parquet::tests::small_recording;
    use fathom_model::Signal;

    fn text(options: &WriteOptions) -> String {
        let files = FORMAT.write.expect("writes")(&small_recording(), options).expect("has samples");
        String::from_utf8(files[0].bytes.clone()).expect("text")
    }

    #[test]
    fn lines_are_summed_and_clean() {
        assert_eq!(
            text(&WriteOptions::default()),
            "[no stack] 5\n_start;main;a:b<int> c 300\n_start;main;app+0x1234 7\n"
        );
    }

    #[test]
    fn roots_and_signals_are_chosen() {
        let options = WriteOptions { signals: vec![Signal::OffCpu], process_root: true, thread_root: true };
        assert_eq!(text(&options), "app (process 10);worker (thread 11);_start;main 1000\n");
    }

    #[test]
    fn what_is_written_is_recognised() {
        assert_eq!(sniff(text(&WriteOptions::default()).as_bytes()), Sniff::Maybe);
        assert_eq!(sniff(b"\n"), Sniff::No);
    }
}
