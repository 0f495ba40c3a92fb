//! A pprof profile, as a program gives it of itself, or as a file.

#![no_main]

use fathom_formats::pprof::read_pprof;
use fathom_formats::{Input, WriteOptions, by_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (profile, _) = read_pprof(bytes, 1 << 20);
    for sample in &profile.samples {
        assert_eq!(sample.values.len(), profile.value_types.len());
        assert!(sample.frames.iter().all(|frame| (*frame as usize) < profile.frames.len()));
    }
    let format = by_name("pprof").expect("a format");
    let (recording, _) = format.read.expect("a reader")(&Input::new(&bytes));
    let n_stacks = recording.stacks.nodes().len();
    assert!(recording.samples.iter().all(|sample| sample.stack.is_none_or(|stack| stack.index() < n_stacks)));
    let _ = format.write.expect("a writer")(&recording, &WriteOptions::default());
});
