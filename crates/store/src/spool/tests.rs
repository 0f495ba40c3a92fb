//! Identity, damage of every kind, any bytes.

use super::*;
use fathom_model::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::path::Path;

/// Every kind of record, ids introduced before use.
fn every_kind() -> Vec<Record> {
    let process = Process {
        id: ProcessId(0),
        pid: 4711,
        parent: None,
        exec_generation: 2,
        name: "app".into(),
        command: vec!["app".into(), "--päth".into(), String::new()],
        runtime: Some("go".into()),
        runtime_version: None,
        start_nanos: i64::MIN,
        end_nanos: Some(i64::MAX),
        exit_status: Some(-9),
    };
    let thread = Thread {
        id: ThreadId(0),
        process: ProcessId(0),
        tid: i32::MAX,
        name: "main".into(),
        start_nanos: 5,
        end_nanos: None,
        times: ThreadTimes {
            running_nanos: 1,
            runnable_nanos: -2,
            blocked_nanos: i64::MAX,
            missing_nanos: 0,
        },
        switches: Some(u64::MAX),
    };
    let meta = Meta {
        format_version: "1.0".into(),
        epochs: vec![Epoch { rate_hz: 0.1 + 0.2, reason: "start".into(), ..Epoch::default() }],
        ..Meta::default()
    };
    let module = |id, identity| Record::Module {
        id: ModuleId(id),
        path: "/lib/x.so".into(),
        local_path: Some("/proc/1/root/lib/x.so".into()),
        build_id: BuildId::parse("00ff"),
        kind: ModuleKind::Vdso,
        identity,
    };
    vec![
        Record::Meta(Box::new(meta)),
        Record::Clock(ClockPair { monotonic_nanos: -1, realtime_nanos: i64::MAX }),
        module(0, Some([1, 2, u64::MAX, 4])),
        module(1, None),
        Record::Process(process),
        Record::Thread(thread),
        Record::Named {
            module: ModuleId(1),
            address: u64::MAX,
            frame: NamedFrame {
                function: "Größe.<locals>.<lambda>".into(),
                file: Some("app.py".into()),
                line: Some(7),
                column: None,
                function_start_line: Some(u32::MAX),
                kind: FrameKind::User,
                runtime: "python".into(),
                inlined: true,
            },
        },
        Record::Mapping(Mapping {
            process: ProcessId(0),
            module: ModuleId(1),
            start: u64::MAX - 1,
            end: u64::MAX,
            load_bias: 0u64.wrapping_sub(5),
            time_nanos: 3,
        }),
        stack(0, None, Some(1), 0x1000),
        stack(1, Some(0), None, u64::MAX),
        stack(2, Some(0), Some(0), 0),
        sample(10, Some(2), 7),
        sample(i64::MIN, None, i64::MIN),
        Record::ThreadTimes {
            id: ThreadId(0),
            times: ThreadTimes::default(),
            switches: None,
            time_nanos: 9,
            ended: true,
        },
        Record::Series(SeriesPoint {
            name: "process.rss".into(),
            unit: Unit::Bytes,
            time_nanos: 1,
            value: -0.0,
            process: Some(ProcessId(0)),
        }),
        Record::Event(Event {
            id: 0,
            parent: None,
            kind: "gc pause".into(),
            start_nanos: 1,
            duration_nanos: 0,
            thread: Some(ThreadId(0)),
            stack: Some(StackId(1)),
            trace_id: Some("ab".into()),
            span_id: None,
            attributes: "{}".into(),
        }),
        Record::ProcessEnd { id: ProcessId(0), time_nanos: 11, exit_status: None },
    ]
}

fn stack(id: u32, parent: Option<u32>, module: Option<u32>, address: u64) -> Record {
    let frame = RawFrame { module: module.map(ModuleId), address };
    Record::Stack { id: StackId(id), parent: parent.map(StackId), frame }
}

fn sample(time_nanos: i64, stack: Option<u32>, value: i64) -> Record {
    Record::Sample(RawSample {
        signal: Signal::OffCpu,
        time_nanos,
        process: ProcessId(0),
        thread: ThreadId(0),
        cpu: Some(u32::MAX),
        stack: stack.map(StackId),
        value,
        n: 3,
        state: ThreadState::Blocked(WaitClass::Pipe),
    })
}

/// A spool of these records, written through a file.
fn spool(records: &[Record]) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.part");
    write(&path, records);
    std::fs::read(path).expect("readable")
}

fn write(path: &Path, records: &[Record]) {
    let mut writer = SpoolWriter::create(path).expect("created");
    for record in records {
        writer.record(record).expect("taken");
    }
    let bytes = writer.finish().expect("written");
    assert_eq!(bytes, std::fs::metadata(path).expect("there").len());
}

fn read(bytes: &[u8]) -> (Vec<Record>, Vec<String>) {
    let mut reader = SpoolReader::new(bytes, "x.part").expect("a spool");
    let records: Vec<Record> = reader.by_ref().collect();
    (records, reader.finish().iter().map(ToString::to_string).collect())
}

/// A few hundred samples with stacks, over several blocks.
fn long() -> Vec<Record> {
    let mut records = every_kind();
    for at in 0..3000u32 {
        if at % 3 == 0 {
            records.push(stack(3 + at / 3, Some(at / 3), Some(0), u64::from(at) * 77));
        }
        records.push(sample(i64::from(at) * 1_000_000, Some(at / 3 + 3), 1_000_000 + i64::from(at) * 977));
    }
    records
}

/// The promises a reader of records relies on.
fn check_promises(records: &[Record]) {
    let (mut modules, mut processes, mut threads, mut stacks) = (0, 0, 0, 0);
    for record in records {
        match record {
            Record::Module { id, .. } => {
                assert!(id.0 <= modules);
                modules = modules.max(id.0 + 1);
            }
            Record::Process(process) => {
                assert!(process.id.0 <= processes);
                processes = processes.max(process.id.0 + 1);
            }
            Record::Thread(thread) => {
                assert!(thread.id.0 <= threads && thread.process.0 < processes);
                threads = threads.max(thread.id.0 + 1);
            }
            Record::Stack { id, parent, frame } => {
                assert_eq!(id.0, stacks);
                assert!(parent.is_none_or(|parent| parent.0 < id.0));
                assert!(frame.module.is_none_or(|module| module.0 < modules));
                stacks += 1;
            }
            Record::Sample(sample) => {
                assert!(sample.process.0 < processes && sample.thread.0 < threads);
                assert!(sample.stack.is_none_or(|stack| stack.0 < stacks));
            }
            _ => {}
        }
    }
}

#[test]
fn what_is_written_reads_back() {
    assert_eq!(read(&spool(&every_kind())), (every_kind(), vec![]));
    assert_eq!(read(&spool(&long())), (long(), vec![]));
    assert_eq!(read(&spool(&[])), (vec![], vec![]));
}

#[test]
fn a_torn_tail_keeps_what_is_before() {
    let bytes = spool(&long());
    let (records, issues) = read(&bytes[..bytes.len() - 3]);
    assert!(records.len() > 2000 && long().starts_with(&records), "{}", records.len());
    assert_eq!(issues.len(), 1);
    assert!(
        issues[0].starts_with("x.part at byte ")
            && issues[0].ends_with("cut off or damaged and were left out")
    );
    let (records, issues) = read(&bytes[..HEADER_BYTES]);
    assert_eq!((records, issues), (vec![], vec![]));
}

#[test]
fn a_zeroed_page_costs_its_blocks_only() {
    let mut bytes = spool(&long());
    let whole = long();
    let at = (bytes.len() / 2) & !4095;
    bytes[at..at + 4096].fill(0);
    let (records, issues) = read(&bytes);
    check_promises(&records);
    let samples =
        |records: &[Record]| records.iter().filter(|record| matches!(record, Record::Sample(_))).count();
    let lost = samples(&whole) - samples(&records);
    assert!((1..1500).contains(&lost), "{lost}");
    assert_eq!(records.last(), whole.last());
    assert!(issues[0].ends_with("damaged bytes were left out"), "{issues:?}");
    assert!(issues[1].ends_with("rows were lost; `[lost]` stands in their place"), "{issues:?}");
}

#[test]
fn a_thread_whose_begin_was_lost_keeps_its_samples() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.part");
    let mut writer = SpoolWriter::create(&path).expect("created");
    for record in every_kind() {
        writer.record(&record).expect("taken");
    }
    writer.checkpoint().expect("written");
    let first_block = writer.written_bytes() as usize;
    writer.record(&sample(1, Some(2), 5)).expect("taken");
    writer.finish().expect("written");
    let mut bytes = std::fs::read(&path).expect("readable");
    bytes[first_block - 1] ^= 1;
    let (records, issues) = read(&bytes);
    check_promises(&records);
    assert_eq!(records.last(), Some(&sample(1, Some(2), 5)));
    assert!(matches!(&records[1], Record::Thread(thread) if thread.name == "[lost]"));
    assert_eq!(issues[1], "x.part: 5 rows were lost; `[lost]` stands in their place");
}

#[test]
fn spools_of_other_versions_are_refused_with_a_reason() {
    let refuse = |at: usize, name: &str| {
        let mut bytes = spool(&[]);
        bytes[at] ^= 0x40;
        let error =
            SpoolReader::new(&bytes, "x.part").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(name) && error.contains("hint: "), "{error}");
    };
    refuse(0, "`x.part` is not a spool that this Fathom reads: it does not begin with `FATHOMSP`");
    refuse(8, "its version is 65, 1 is needed");
    refuse(12, "its lists of signals");
    let error = SpoolReader::new(b"FATH", "x.part").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("it has 4 bytes, a header has 16"), "{error}");
}

#[test]
fn records_of_a_later_version_are_skipped() {
    let mut payload = vec![99, 3, 1, 2, 3];
    let mut context = Context::default();
    encode::encode(&mut payload, &mut Vec::new(), &mut context, &every_kind()[1]).expect("encodes");
    let (records, issues) = read(&[header().as_slice(), &block(&payload)].concat());
    assert_eq!(records, every_kind()[1..2]);
    assert_eq!(issues, ["x.part: 1 records of a later version were skipped"]);
}

#[test]
fn a_forged_id_does_not_grow_memory() {
    let mut payload = Vec::new();
    let mut context = Context::default();
    for record in [sample(0, Some(u32::MAX), 1), stack(u32::MAX, None, None, 0), every_kind()[1].clone()] {
        encode::encode(&mut payload, &mut Vec::new(), &mut context, &record).expect("encodes");
    }
    let (records, issues) = read(&[header().as_slice(), &block(&payload)].concat());
    assert_eq!(records, every_kind()[1..2]);
    assert!(issues[0].ends_with("rows that were never written; left out"), "{issues:?}");
}

#[test]
fn many_false_markers_do_not_hang() {
    let mut bytes = header().to_vec();
    for _ in 0..100_000 {
        bytes.extend_from_slice(&MARKER);
        bytes.extend_from_slice(&400_000u32.to_le_bytes());
        bytes.extend_from_slice(&[1, 2, 3, 4]);
    }
    let start = std::time::Instant::now();
    let (records, issues) = read(&bytes);
    assert!(records.is_empty());
    assert!(issues[0].ends_with("too many bytes look like blocks; stopped here"), "{issues:?}");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

fn block(payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u32).to_le_bytes();
    let checksum = block_checksum(len, payload).to_le_bytes();
    [MARKER.as_slice(), &len, &checksum, payload].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn samples_read_back(
        fields in vec((any::<i64>(), any::<Option<u32>>(), any::<i64>(), any::<u32>(), any::<(usize, usize)>()), 0..200),
    ) {
        let mut records = vec![every_kind()[4].clone(), every_kind()[5].clone()];
        records.extend(fields.iter().map(|(time_nanos, cpu, value, n, (signal, state))| {
            Record::Sample(RawSample {
                signal: Signal::ALL[signal % Signal::ALL.len()],
                time_nanos: *time_nanos,
                process: ProcessId(0),
                thread: ThreadId(0),
                cpu: *cpu,
                stack: None,
                value: *value,
                n: *n,
                state: state_of((state % 13) as u8).expect("a code"),
            })
        }));
        prop_assert_eq!(read(&spool(&records)), (records, vec![]));
    }

    #[test]
    fn any_bytes_end_without_harm(bytes in vec(any::<u8>(), 0..400), payload in vec(any::<u8>(), 1..400)) {
        let _ = SpoolReader::new(&bytes, "any");
        let framed = [header().as_slice(), &block(&payload), &bytes, &block(&payload)].concat();
        check_promises(&read(&framed).0);
    }

    #[test]
    fn damaged_spools_keep_their_promises(
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = spool(&long());
        for (at, byte) in damage {
            // The header's own damage is another test.
            let at = HEADER_BYTES + at.index(bytes.len() - HEADER_BYTES);
            bytes[at] = byte;
        }
        let cut = HEADER_BYTES + cut.index(bytes.len() - HEADER_BYTES);
        check_promises(&read(&bytes).0);
        check_promises(&read(&bytes[..cut]).0);
    }
}
