//! Sizes and times of both files, on realistic stacks. Times are printed; the bounds here are loose, because
//! tests are not built for speed and machines differ.

use crate::realistic::{self, Sequence};
use fathom_model::*;
use fathom_store::*;
use std::time::Instant;

#[test]
fn a_recording_takes_less_than_a_megabyte_per_ten_thousand_samples() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.fathom");
    for samples in [10_000, 120_000] {
        let recording = realistic::recording(samples);
        let start = Instant::now();
        write_recording(&recording, &path).expect("written");
        let write_time = start.elapsed();
        let bytes = std::fs::metadata(&path).expect("there").len();
        let start = Instant::now();
        let (read, _) = read_recording(&path).expect("readable");
        println!(
            "{samples} samples, {} stack nodes: {bytes} bytes, written in {write_time:?}, read in {:?}",
            read.stacks.nodes().len(),
            start.elapsed()
        );
        assert!(bytes < 100 * samples as u64, "{bytes} bytes for {samples} samples");
        assert!(write_time.as_secs() < 5, "{write_time:?}");
    }
}

#[test]
fn a_spooled_sample_takes_few_bytes_and_little_time() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.part");
    let recording = realistic::recording(200_000);
    let samples: Vec<Record> = recording
        .samples
        .iter()
        .map(|sample| {
            Record::Sample(RawSample {
                signal: sample.signal,
                time_nanos: sample.time_nanos,
                process: sample.process,
                thread: sample.thread,
                cpu: sample.cpu,
                stack: sample.stack,
                value: sample.value,
                n: sample.n,
                state: sample.state,
            })
        })
        .collect();
    let mut random = Sequence::new();
    let stacks: Vec<Record> = (0u32..)
        .zip(recording.stacks.nodes())
        .map(|(id, node)| Record::Stack {
            id: StackId(id),
            parent: node.parent,
            frame: RawFrame {
                module: Some(ModuleId(random.below(20) as u32)),
                address: random.below(1 << 22),
            },
        })
        .collect();
    let mut writer = SpoolWriter::create(&path).expect("created");
    let mut put = |what: &str, records: &[Record]| {
        let before = writer.written_bytes();
        let start = Instant::now();
        for record in records {
            writer.record(record).expect("taken");
        }
        writer.checkpoint().expect("written");
        let nanos = start.elapsed().as_nanos() as u64 / records.len() as u64;
        let bytes = (writer.written_bytes() - before) as f64 / records.len() as f64;
        println!("{what}: {nanos} ns and {bytes:.1} bytes each");
        (nanos, bytes)
    };
    let (_, stack_bytes) = put("stack nodes", &stacks);
    let (sample_nanos, sample_bytes) = put("samples", &samples);
    assert!(stack_bytes < 12.0, "{stack_bytes}");
    assert!(sample_bytes < 20.0, "{sample_bytes}");
    assert!(sample_nanos < 2000, "{sample_nanos}");

    let bytes = std::fs::read(&path).expect("readable");
    let start = Instant::now();
    let read = SpoolReader::new(&bytes, "x.part")
        .expect("a spool")
        .filter(|record| matches!(record, Record::Sample(_)));
    assert_eq!(read.count(), samples.len());
    println!("read in {:?}", start.elapsed());
}
