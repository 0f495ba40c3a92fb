//! A `perf.data` file or stream.

#![no_main]

use fathom_formats::{Input, by_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let format = by_name("perf-data").expect("it is in the list");
    (format.sniff)(bytes);
    let (recording, _) = (format.read.expect("it reads"))(&Input::new(&bytes));
    assert!(recording.samples.iter().all(|sample| sample.thread.index() < recording.threads.len()));
});
