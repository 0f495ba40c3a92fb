//! A heap profile of V8.

#![no_main]

use fathom_formats::{Input, Limits, by_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let format = by_name("heapprofile").expect("a format of the catalog");
    let _ = (format.sniff)(bytes);
    let read = format.read.expect("a format that reads");
    let limits = Limits { model_bytes: 16 << 20, ..Limits::default() };
    let (recording, issues) = read(&Input::new(&bytes).with_limits(limits));
    assert!(issues.len() <= 200);
    for sample in &recording.samples {
        assert!(sample.thread.index() < recording.threads.len());
        assert!(sample.stack.is_none_or(|stack| recording.stacks.get(stack).is_some()));
    }
});
