//! The reader of Python's frames, tasks and variables on images of interpreters that the input damages.
#![no_main]

#[path = "../images.rs"]
mod images;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| images::read_damaged("python", data));
