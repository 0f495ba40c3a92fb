//! The reader of goroutines on an image of a Go program that the input damages.
#![no_main]

#[path = "../images.rs"]
mod images;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| images::read_damaged("go", data));
