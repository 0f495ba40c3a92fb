//! A file that is taken for one of the format `speedscope`.

#![no_main]

use fathom_formats::{Input, by_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let format = by_name("speedscope").expect("the format is in the list");
    let _ = (format.sniff)(bytes);
    let (recording, issues) = format.read.expect("it reads")(&Input::new(&bytes));
    assert!(issues.len() <= 110);
    for sample in &recording.samples {
        assert!(sample.thread.index() < recording.threads.len());
        assert!(sample.stack.is_none_or(|stack| stack.index() < recording.stacks.nodes().len()));
    }
    for node in recording.stacks.nodes() {
        assert!(node.frame.index() < recording.frames.len());
    }
});
