//! A JFR recording.

#![no_main]

use fathom_formats::jfr::profile::{Item, read_profile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut items = Vec::new();
    let mut source = bytes;
    let (names, summary) = read_profile(&mut source, &mut |item| items.push(item));
    assert!(summary.n_events <= bytes.len() as u64 && summary.issues.len() <= 1000);
    for (at, (parent, frame)) in names.stacks.iter().enumerate() {
        assert!((*frame as usize) < names.frames.len());
        assert!(parent.is_none_or(|parent| (parent as usize) < at));
    }
    for item in items {
        let (thread, stack) = match item {
            Item::Sample(sample) => (sample.thread, sample.stack),
            Item::Event(event) => (event.thread, event.stack),
            Item::Point(point) => {
                assert!(point.value.is_finite());
                (None, None)
            }
        };
        assert!(thread.is_none_or(|thread| (thread as usize) < names.threads.len()));
        assert!(stack.is_none_or(|stack| (stack as usize) < names.stacks.len()));
    }
});
