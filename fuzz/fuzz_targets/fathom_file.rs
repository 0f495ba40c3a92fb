//! A `.fathom` file: as it stands, and with the bytes as each of its tables in turn.
#![no_main]

use fathom_formats::parquet::{META_FILE, read_tables};
use fathom_store::read_recording_bytes;
use libfuzzer_sys::fuzz_target;

const TABLES: &[&str] = &[
    "events.parquet",
    "frames.parquet",
    "modules.parquet",
    "processes.parquet",
    "samples.parquet",
    "series.parquet",
    "stacks.parquet",
    "threads.parquet",
];

fuzz_target!(|data: &[u8]| {
    let _ = read_recording_bytes(data);
    let Some((which, table)) = data.split_first() else { return };
    let chosen = TABLES[usize::from(*which) % TABLES.len()];
    let file = |name: &str| {
        Ok(match name {
            META_FILE => Some(b"{\"format_version\": \"1.0\"}".as_slice()),
            name if name == chosen => Some(table),
            _ => None,
        })
    };
    let (recording, _) = read_tables(table.len(), file).expect("the head is good");
    let frames = recording.frames.len();
    assert!(recording.stacks.nodes().iter().all(|node| node.frame.index() < frames));
    // The head alone.
    let _ = fathom_formats::parquet::read_meta(data);
});
