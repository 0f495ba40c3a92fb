//! Folded stacks: read, and what was read written and read again.

#![no_main]

use fathom_formats::{Input, Limits, WriteOptions, by_name};
use fathom_model::Recording;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let format = by_name("folded").expect("a format of the catalog");
    let _ = (format.sniff)(bytes);
    let read = format.read.expect("a format that reads");
    let limits = Limits { model_bytes: 16 << 20, ..Limits::default() };
    let (recording, issues) = read(&Input::new(&bytes).with_limits(limits));
    assert!(issues.len() <= 110);
    for sample in &recording.samples {
        assert!(sample.thread.index() < recording.threads.len());
        assert!(sample.stack.is_none_or(|stack| recording.stacks.get(stack).is_some()));
    }
    for node in recording.stacks.nodes() {
        assert!(node.frame.index() < recording.frames.len());
    }
    let write = |recording: &Recording| {
        let files = format.write.expect("a format that writes")(recording, &WriteOptions::default());
        files.ok().map(|files| String::from_utf8_lossy(&files[0].bytes).into_owned())
    };
    let Some(written) = write(&recording).filter(|text| !text.is_empty()) else { return };
    let (again, issues) = read(&Input::new(&written.as_bytes()));
    assert!(issues.is_empty(), "{written:?}: {}", issues[0]);
    assert_eq!(write(&again), Some(written));
});
