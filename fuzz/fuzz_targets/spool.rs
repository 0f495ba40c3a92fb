//! A spool: as it stands, and behind a valid header and block, so that the records themselves are reached.
#![no_main]

use fathom_model::{Record, Sink};
use fathom_store::{SpoolReader, SpoolWriter};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

/// The header of a spool that this build writes.
fn header() -> &'static [u8] {
    static HEADER: OnceLock<Vec<u8>> = OnceLock::new();
    HEADER.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("fathom-fuzz-{}.part", std::process::id()));
        let mut writer = SpoolWriter::create(&path).expect("the temporary directory is writable");
        writer.checkpoint().expect("nothing to write");
        let header = std::fs::read(&path).expect("just written");
        writer.discard().expect("just written");
        header
    })
}

/// Reads everything and holds the reader to its promise: ids are introduced before they are used.
fn read(bytes: &[u8]) {
    let Ok(mut reader) = SpoolReader::new(bytes, "fuzzed") else { return };
    let (mut threads, mut stacks) = (0, 0);
    for record in reader.by_ref() {
        match record {
            Record::Thread(thread) => threads = threads.max(thread.id.0 + 1),
            Record::Stack { id, .. } => {
                assert_eq!(id.0, stacks);
                stacks += 1;
            }
            Record::Sample(sample) => {
                assert!(sample.thread.0 < threads);
                assert!(sample.stack.is_none_or(|stack| stack.0 < stacks));
            }
            _ => {}
        }
    }
    assert!(reader.finish().len() < 100);
}

fuzz_target!(|data: &[u8]| {
    read(data);
    read(&[header(), data].concat());
    let len = (data.len() as u32).to_le_bytes();
    let checksum = crc32fast::hash(&[len.as_slice(), data].concat()).to_le_bytes();
    read(&[header(), b"\xf5FB\xf7", &len, &checksum, data].concat());
});
