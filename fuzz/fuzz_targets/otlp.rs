//! OpenTelemetry profiles, protobuf and JSON: read, and what was read written and read again.

#![no_main]

use fathom_formats::{Input, WriteOptions, by_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["otlp", "otlp-json"] {
        let format = by_name(name).expect("it is in the list");
        let (read, write) = (format.read.expect("it reads"), format.write.expect("it writes"));
        let (recording, _) = read(&Input::new(&bytes));
        if let Ok(files) = write(&recording, &WriteOptions::default()) {
            read(&Input::new(&files[0].bytes));
        }
    }
});
