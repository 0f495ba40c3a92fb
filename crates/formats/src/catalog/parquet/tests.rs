//! Identity over generated recordings, damage, later versions, other writers.

use super::*;
use crate::columnar::TableWriter;
use fathom_model::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One process, two threads, three stacks, names that formats must escape.
pub(crate) fn small_recording() -> Recording {
    let mut recording = Recording::default();
    recording.meta.format_version = FORMAT_VERSION.into();
    recording.meta.epochs = vec![Epoch { rate_hz: 1000.0, ..Epoch::default() }];
    recording.meta.clock_pairs =
        vec![ClockPair { monotonic_nanos: 500, realtime_nanos: 1_700_000_000_000_000_500 }];
    recording.meta.start_nanos = 500;
    recording.meta.duration_nanos = 10_000;
    recording.modules = vec![Module {
        path: "/opt/app".into(),
        build_id: BuildId::parse("0a0b"),
        kind: ModuleKind::Elf,
        load_addresses: vec![0x5500_0000_0000],
    }];
    let in_app = |name: &str, line, address, inlined| Frame {
        file: Some("src/app.c".into()),
        function_start_line: Some(10),
        line: Some(line),
        module: Some(ModuleId(0)),
        relative_address: Some(address),
        inlined,
        ..Frame::named(name, FrameKind::User)
    };
    recording.frames = vec![
        in_app("_start", 1, 0x1000, false),
        in_app("main", 12, 0x1100, false),
        in_app("a;b<int>\nc", 20, 0x1100, true),
        Frame { function: None, file: None, line: None, ..in_app("", 0, 0x1234, false) },
    ];
    let main = recording.stacks.intern_path([FrameId(0), FrameId(1)]).expect("a stack");
    let inner = recording.stacks.intern(Some(main), FrameId(2));
    let unknown = recording.stacks.intern(Some(main), FrameId(3));
    recording.processes = vec![process(0, 10)];
    recording.threads = vec![thread(0, 10, "app"), thread(1, 11, "worker")];
    let sample = |signal, thread, stack, value, n| Sample {
        signal,
        time_nanos: 600 + value,
        process: ProcessId(0),
        thread: ThreadId(thread),
        cpu: Some(1),
        stack,
        value,
        n,
        state: if signal == Signal::Cpu {
            ThreadState::Running
        } else {
            ThreadState::Blocked(WaitClass::Timer)
        },
        labels: None,
    };
    recording.samples = vec![
        sample(Signal::Cpu, 0, Some(inner), 100, 1),
        sample(Signal::Cpu, 1, Some(inner), 200, 2),
        sample(Signal::Cpu, 0, Some(unknown), 7, 1),
        sample(Signal::Cpu, 0, None, 5, 1),
        sample(Signal::OffCpu, 1, Some(main), 1000, 1),
    ];
    recording
}

fn process(id: u32, pid: i32) -> Process {
    Process {
        id: ProcessId(id),
        pid,
        parent: None,
        exec_generation: 0,
        name: "app".into(),
        command: vec!["app".into(), "--fast".into()],
        runtime: None,
        runtime_version: None,
        start_nanos: 0,
        end_nanos: None,
        exit_status: None,
    }
}

fn thread(id: u32, tid: i32, name: &str) -> Thread {
    Thread {
        id: ThreadId(id),
        process: ProcessId(0),
        tid,
        name: name.into(),
        start_nanos: 0,
        end_nanos: Some(5),
        times: ThreadTimes::default(),
        switches: Some(3),
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just("same".to_owned()), ".{0,10}"]
}

fn int() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -5..5i64, Just(i64::MIN), Just(i64::MAX)]
}

fn double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        Just(-0.0),
        Just(f64::NAN),
        Just(f64::NEG_INFINITY),
        -1.0..1.0
    ]
}

prop_compose! {
    fn any_frame(modules: u32)(
        texts in (proptest::option::of(text()), proptest::option::of(text()), proptest::option::of(text())),
        numbers in any::<(Option<u32>, Option<u32>, Option<u32>, Option<u64>)>(),
        module in proptest::option::of(0..modules),
        kind in 0..FrameKind::ALL.len(),
        inlined in any::<bool>(),
    ) -> Frame {
        Frame {
            function: texts.0,
            function_start_line: numbers.0,
            file: texts.1,
            line: numbers.1,
            column: numbers.2,
            module: module.map(ModuleId),
            relative_address: numbers.3,
            runtime: texts.2,
            kind: FrameKind::ALL[kind],
            inlined,
        }
    }
}

prop_compose! {
    fn any_sample(processes: u32, threads: u32, stacks: u32)(
        signal in 0..Signal::ALL.len(),
        state in 0..WaitClass::ALL.len() + 3,
        time_nanos in int(),
        value in int(),
        process in 0..processes,
        thread in 0..threads,
        stack in proptest::option::of(0..stacks),
        rest in any::<(Option<u32>, u32, Option<u32>)>(),
    ) -> Sample {
        let state = match state {
            0 => ThreadState::Running,
            1 => ThreadState::Runnable,
            2 => ThreadState::Unknown,
            class => ThreadState::Blocked(WaitClass::ALL[class - 3]),
        };
        Sample {
            signal: Signal::ALL[signal],
            time_nanos,
            process: ProcessId(process),
            thread: ThreadId(thread),
            cpu: rest.0,
            stack: stack.map(StackId),
            value,
            n: rest.1,
            state,
            labels: rest.2.map(LabelsId),
        }
    }
}

prop_compose! {
    fn any_thread(processes: u32)(
        names in text(),
        ints in (int(), proptest::option::of(int()), int(), int(), int(), int()),
        numbers in any::<(i32, Option<u64>)>(),
        process in 0..processes,
    ) -> Thread {
        Thread {
            id: ThreadId(0),
            process: ProcessId(process),
            tid: numbers.0,
            name: names,
            start_nanos: ints.0,
            end_nanos: ints.1,
            times: ThreadTimes {
                running_nanos: ints.2,
                runnable_nanos: ints.3,
                blocked_nanos: ints.4,
                missing_nanos: ints.5,
            },
            switches: numbers.1,
        }
    }
}

prop_compose! {
    fn any_process(processes: u32)(
        texts in (text(), vec(text(), 0..4), proptest::option::of(text()), proptest::option::of(text())),
        ints in (int(), proptest::option::of(int())),
        numbers in any::<(i32, u32, Option<i32>)>(),
        parent in proptest::option::of(0..processes),
    ) -> Process {
        Process {
            id: ProcessId(0),
            pid: numbers.0,
            parent: parent.map(ProcessId),
            exec_generation: numbers.1,
            name: texts.0,
            command: texts.1,
            runtime: texts.2,
            runtime_version: texts.3,
            start_nanos: ints.0,
            end_nanos: ints.1,
            exit_status: numbers.2,
        }
    }
}

/// A recording whose references lead somewhere; everything else is anything.
pub(crate) fn any_recording() -> impl Strategy<Value = Recording> {
    let tables = (
        vec(any_process(3), 3),
        vec(any_thread(3), 2..5),
        vec((text(), proptest::option::of(vec(any::<u8>(), 0..20)), vec(any::<u64>(), 0..3)), 2),
        vec(any_frame(2), 3..8),
        vec((any::<prop::sample::Index>(), 0..3u32), 4..40),
        vec(any_sample(3, 2, 4), 0..120),
        vec((any::<u32>(), text(), text()), 0..6),
        vec((text(), 0..Unit::ALL.len(), int(), double(), proptest::option::of(0..3u32)), 0..30),
        vec((text(), int(), int(), proptest::option::of(0..4u32), text()), 0..6),
        (vec(text(), 0..3), any::<[f64; 2]>(), int()),
    );
    tables.prop_map(|(processes, threads, modules, frames, nodes, samples, labels, series, events, meta)| {
        let numbers = meta.1.map(|number| if number.is_finite() { number } else { 0.1 });
        Recording {
            meta: Meta {
                format_version: FORMAT_VERSION.into(),
                target: TargetInfo { command: meta.0, ..TargetInfo::default() },
                start_nanos: meta.2,
                signals: vec![Signal::Cpu, Signal::OffCpu],
                epochs: vec![Epoch {
                    rate_hz: numbers[0],
                    off_cpu_stacks_hz: numbers[1],
                    ..Epoch::default()
                }],
                ..Meta::default()
            },
            samples,
            stacks: nodes
                .iter()
                .enumerate()
                .map(|(at, (parent, frame))| StackNode {
                    // Half of them are roots.
                    parent: Some(parent.index(2 * at + 1)).filter(|p| *p < at).map(StackId::from_index),
                    frame: FrameId(*frame),
                })
                .collect(),
            frames,
            modules: modules
                .into_iter()
                .map(|(path, build_id, load_addresses)| Module {
                    path,
                    build_id: build_id.map(BuildId),
                    kind: ModuleKind::Elf,
                    load_addresses,
                })
                .collect(),
            processes: (0..).zip(processes).map(|(id, row)| Process { id: ProcessId(id), ..row }).collect(),
            threads: (0..).zip(threads).map(|(id, row)| Thread { id: ThreadId(id), ..row }).collect(),
            labels: labels
                .into_iter()
                .map(|(id, key, value)| Label { id: LabelsId(id), key, value })
                .collect(),
            series: series
                .into_iter()
                .map(|(name, unit, time_nanos, value, process)| SeriesPoint {
                    name,
                    unit: Unit::ALL[unit],
                    time_nanos,
                    value,
                    process: process.map(ProcessId),
                })
                .collect(),
            events: (0..)
                .zip(events)
                .map(|(id, (kind, start_nanos, duration_nanos, stack, attributes))| Event {
                    id,
                    parent: id.checked_sub(1),
                    kind: kind.clone(),
                    start_nanos,
                    duration_nanos,
                    thread: Some(ThreadId(1)),
                    stack: stack.map(StackId),
                    trace_id: Some(kind).filter(|kind| kind.is_empty()),
                    span_id: None,
                    attributes,
                })
                .collect(),
        }
    })
}

/// Doubles by their bits, so that NaN equals itself.
fn series_bits(recording: &mut Recording) -> Vec<u64> {
    recording.series.iter_mut().map(|point| std::mem::replace(&mut point.value, 0.0).to_bits()).collect()
}

type Files = BTreeMap<String, Vec<u8>>;

fn files(recording: &Recording) -> Files {
    write_tables(recording, StackHashes::OfSamples).into_iter().map(|file| (file.name, file.bytes)).collect()
}

fn read(files: &Files) -> Result<(Recording, Vec<Issue>), TablesError> {
    let bytes = files.values().map(Vec::len).sum();
    read_tables(bytes, |name| Ok(files.get(name).map(Vec::as_slice)))
}

fn messages(files: &Files) -> String {
    let (_, issues) = read(files).expect("has a readable meta.json");
    issues.iter().map(|issue| format!("{issue}\n")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_reads_back(mut recording in any_recording()) {
        let (mut back, issues) = read(&files(&recording)).expect("own files");
        prop_assert_eq!(issues, vec![]);
        prop_assert_eq!(series_bits(&mut back), series_bits(&mut recording));
        prop_assert_eq!(back, recording);
    }

    #[test]
    fn damaged_files_give_a_sound_recording(
        recording in any_recording(),
        damage in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut files = files(&recording);
        for (which, at, byte) in damage {
            let name = files.keys().nth(which.index(files.len())).cloned().unwrap_or_default();
            let bytes = files.get_mut(&name).expect("a file of the list");
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok((read, _)) = read(&files) {
            let (threads, processes) = (read.threads.len(), read.processes.len());
            prop_assert!(read.samples.iter().all(|s| s.thread.index() < threads && s.process.index() < processes));
            prop_assert!(read.stacks.nodes().iter().all(|node| node.frame.index() < read.frames.len()));
            prop_assert!(read.frames.iter().all(|f| f.module.is_none_or(|id| id.index() < read.modules.len())));
            write_tables(&read, StackHashes::All);
        }
    }
}

#[test]
fn a_larger_major_is_refused_and_a_larger_minor_is_not() {
    let mut files = files(&small_recording());
    let with_version = |files: &mut Files, version: &str| {
        files.insert(
            META_FILE.into(),
            format!("{{\"format_version\": \"{version}\", \"new\": [null]}}").into_bytes(),
        );
    };
    with_version(&mut files, "1.99");
    assert_eq!(read(&files).map(|(_, issues)| issues), Ok(Vec::new()));
    with_version(&mut files, "2.0");
    let error = read(&files).expect_err("a later major").to_string();
    assert!(
        error.starts_with("the recording has format version 2.0, this Fathom reads versions up to 1.x"),
        "{error}"
    );
    with_version(&mut files, "x");
    assert!(matches!(read(&files), Err(TablesError::DamagedMeta(_))));
    files.remove(META_FILE);
    assert_eq!(read(&files), Err(TablesError::NoMeta));
}

#[test]
fn tables_of_other_writers_read() {
    let recording = small_recording();
    let mut files = files(&recording);
    files.insert("of-the-future.parquet".into(), vec![1, 2, 3]);
    // Rows in another order, only the columns that must be there, one that nobody knows.
    let mut frames = TableWriter::new("frames", 4);
    frames.int64("id", [3, 1, 0, 2].into_iter());
    frames.text("function", ["three", "one", "zero", "two"].into_iter());
    frames.double("of_the_future", [1.0; 4].into_iter());
    files.insert("frames.parquet".into(), frames.finish());
    assert_eq!(messages(&files), "");
    let (read, _) = read(&files).expect("readable");
    let names: Vec<_> = read.frames.iter().filter_map(|frame| frame.function.as_deref()).collect();
    assert_eq!(names, ["zero", "one", "two", "three"]);
    assert_eq!(read.frames[0].kind, FrameKind::Unknown);
}

#[test]
fn what_is_missing_is_named() {
    let mut files = files(&small_recording());
    files.remove("threads.parquet");
    let mut stacks = TableWriter::new("stacks", 1);
    stacks.id("id", [0].into_iter());
    files.insert("stacks.parquet".into(), stacks.finish());
    assert_eq!(
        messages(&files),
        "stacks.parquet: lacks the column `frame`\n\
         threads.parquet: is missing\n\
         samples.parquet: 5 rows were left out: their process or thread is missing\n"
    );
}

#[test]
fn later_names_are_counted() {
    let mut files = files(&small_recording());
    let mut samples = TableWriter::new("samples", 2);
    samples.text("signal", ["cpu", "gpu"].into_iter());
    samples.int64("time", [1, 2].into_iter()).int64("value", [3, 4].into_iter());
    samples.id("process_id", [0, 0].into_iter()).id("thread_id", [1, 1].into_iter());
    samples.id("stack", [99, 0].into_iter());
    files.insert("samples.parquet".into(), samples.finish());
    assert_eq!(
        messages(&files),
        "samples.parquet: 1 rows with the unknown signal `gpu` were left out\n\
         samples.parquet: 1 rows name a stack that does not exist; the reference was taken out\n"
    );
}

#[test]
fn not_a_number_in_meta_reads_as_default() {
    let mut recording = small_recording();
    recording.meta.epochs[0].rate_hz = f64::NAN;
    let (read, _) = read(&files(&recording)).expect("readable");
    assert_eq!(read.meta.epochs[0].rate_hz, 0.0);
}
