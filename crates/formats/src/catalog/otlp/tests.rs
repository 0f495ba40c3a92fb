//! Profiles made by hand and at random: read, written, cut and damaged.

use super::*;
use crate::builder::RecordingBuilder;
use crate::format::{ReadFn, WriteFn, WriteOptions};
use crate::input::{Input, Limits};
use crate::varint::write_varint;
use fathom_model::{
    BuildId, ClockPair, Frame, FrameKind, Module, ModuleKind, Recording, Sample, Signal, ThreadState, Unit,
    WaitClass,
};
use proptest::prelude::*;

const WAYS: [(ReadFn, WriteFn); 2] =
    [(read::read_protobuf, write::write_protobuf), (read::read_json, write::write_json)];

fn written(write: WriteFn, recording: &Recording) -> Vec<u8> {
    write(recording, &WriteOptions::default()).expect("samples").remove(0).bytes
}

/// Everything that is kept of each sample, sorted.
fn lines(recording: &Recording) -> Vec<String> {
    let ahead =
        recording.meta.clock_pairs.first().map_or(0, |pair| pair.realtime_nanos - pair.monotonic_nanos);
    let line = |sample: &Sample| {
        let thread = &recording.threads[sample.thread.index()];
        let process = &recording.processes[sample.process.index()];
        let frames: Vec<String> = sample
            .stack
            .into_iter()
            .flat_map(|stack| recording.stacks.frames(stack))
            .map(|id| {
                let frame = &recording.frames[id.index()];
                let module = frame.module.map(|id| &recording.modules[id.index()]);
                let module = module.map(|module| (&module.path, &module.build_id, &module.load_addresses));
                format!("{:?}", (Frame { module: None, ..frame.clone() }, module))
            })
            .collect();
        let labels: Vec<_> = recording
            .labels
            .iter()
            .filter(|label| Some(label.id) == sample.labels)
            .map(|label| (&label.key, &label.value))
            .collect();
        format!(
            "{} {:?} {} {} {:?} {} {} {:?} {:?} {:?} {:?}",
            recording.meta.name_of(sample.signal),
            recording.meta.unit_of(sample.signal),
            sample.time_nanos + ahead,
            sample.value,
            (process.pid, &process.name, &process.runtime, &process.command),
            thread.tid,
            thread.name,
            sample.cpu,
            sample.state,
            labels,
            frames
        )
    };
    let mut lines: Vec<String> = recording.samples.iter().map(line).collect();
    lines.sort();
    lines
}

/// A sample as numbers: signal, time, thread, CPU, state, value, labels, and frames as function, line and kind.
type Numbers = (u8, u16, u8, u8, u8, i64, u8, Vec<(u8, u8, u8)>);

fn recording_of(samples: &[Numbers], has_times: bool) -> Recording {
    let mut builder = RecordingBuilder::new("test", Limits::default());
    let column = builder.column("Ir", Unit::Count).expect("the first");
    let signals = [Signal::Cpu, Signal::OffCpu, Signal::AllocBytes, column];
    let states = [
        ThreadState::Unknown,
        ThreadState::Running,
        ThreadState::Blocked(WaitClass::Lock),
        ThreadState::Runnable,
    ];
    for (signal, time, thread, cpu, state, value, labels, path) in samples {
        let pid = 100 + i32::from(thread % 2);
        let process = builder.process(pid, &format!("shop {}", thread % 2));
        builder.tasks_mut().0[process.index()].command = vec!["shop".into(), "--now".into()];
        builder.tasks_mut().0[process.index()].runtime = Some("go".into());
        let thread = builder.thread(process, 1000 + i32::from(*thread), &format!("t{}", thread / 2));
        let mut stack = None;
        for (function, line, kind) in path {
            let path = format!("/lib/lib{}.so", kind % 2);
            let build_id = (kind % 2 == 0).then(|| BuildId(vec![1, 2, *kind % 2]));
            let load_addresses = vec![0x1000 * (1 + u64::from(kind % 2))];
            let module = Module { path, build_id, kind: ModuleKind::Elf, load_addresses };
            let module = (kind % 3 == 0).then(|| builder.module(module));
            let frame = Frame {
                function: (kind % 5 > 0).then(|| format!("f{function}")),
                file: (kind % 4 == 1).then(|| "a.go".to_owned()),
                line: (kind % 4 == 1).then_some(u32::from(*line) + 1),
                column: (kind % 8 == 1).then_some(7),
                function_start_line: (kind % 4 == 1).then_some(3),
                relative_address: module.is_some().then_some(u64::from(*line) + 1),
                module,
                runtime: (kind % 7 == 0).then(|| "python".to_owned()),
                kind: if kind % 7 == 1 { FrameKind::Kernel } else { FrameKind::Unknown },
                inlined: false,
            };
            // A frame that says nothing at all is not told from no frame.
            if frame.function.is_none() && frame.module.is_none() {
                continue;
            }
            let frame = builder.frame(frame);
            stack = Some(builder.stack(stack, frame));
        }
        let set = match labels % 3 {
            0 => vec![],
            1 => vec![("url".to_owned(), "/cart".to_owned()), ("user".to_owned(), String::new())],
            _ => vec![
                ("trace_id".to_owned(), "0123456789abcdef0123456789abcdef".to_owned()),
                ("span_id".to_owned(), "0123456789abcdef".to_owned()),
            ],
        };
        let labels = builder.labels(set);
        builder.sample(Sample {
            signal: signals[usize::from(signal % 4)],
            time_nanos: if has_times { i64::from(*time) } else { 0 },
            process,
            thread,
            cpu: (*cpu > 0).then(|| u32::from(*cpu)),
            stack,
            value: *value,
            n: 1,
            state: states[usize::from(state % 4)],
            labels,
        });
    }
    if has_times {
        builder.meta().clock_pairs =
            vec![ClockPair { monotonic_nanos: 0, realtime_nanos: 1_700_000_000_000_000_000 }];
    }
    builder.finish(has_times).0
}

fn numbers() -> impl Strategy<Value = Vec<Numbers>> {
    let frame = (0..4_u8, 0..4_u8, 0..40_u8);
    let sample = (
        0..4_u8,
        any::<u16>(),
        0..4_u8,
        0..3_u8,
        0..4_u8,
        any::<i64>(),
        0..3_u8,
        prop::collection::vec(frame, 0..5),
    );
    prop::collection::vec(sample, 1..10)
}

#[test]
fn programs_that_one_process_ran_stay_apart() {
    let mut builder = RecordingBuilder::new("test", Limits::default());
    for (generation, name) in [(0, "sh"), (1, "python3")] {
        let process = match generation {
            0 => builder.process(7, name),
            _ => builder.next_program(7, name, generation),
        };
        builder.tasks_mut().0[process.index()].command = vec![name.into()];
        let thread = builder.thread(process, 7, name);
        let frame = builder.frame(Frame::named(format!("main of {name}"), FrameKind::Unknown));
        let stack = Some(builder.stack(None, frame));
        builder.sum(Signal::Cpu, thread, stack, 5, 1);
    }
    let recording = builder.finish(false).0;
    for (read, write) in WAYS {
        let bytes = written(write, &recording);
        let (again, issues) = read(&Input::new(&bytes));
        assert_eq!(issues, []);
        let programs: Vec<_> =
            again.processes.iter().map(|row| (row.pid, &*row.name, row.exec_generation)).collect();
        assert_eq!(programs, [(7, "sh", 0), (7, "python3", 1)]);
        assert_eq!(lines(&again), lines(&recording));
        assert!(written(write, &again) == bytes);
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(samples in numbers()) {
        for (read, write) in WAYS {
            let first = recording_of(&samples, true);
            let bytes = written(write, &first);
            prop_assert!(crate::recognise(&bytes).is_some());
            let (second, issues) = read(&Input::new(&bytes));
            prop_assert_eq!(issues, vec![]);
            prop_assert_eq!(lines(&first), lines(&second));
            prop_assert!(written(write, &second) == bytes, "written the same again");
        }
    }

    #[test]
    fn sums_without_times_are_written_the_same_again(samples in numbers()) {
        for (read, write) in WAYS {
            let first = recording_of(&samples, false);
            let bytes = written(write, &first);
            let (second, issues) = read(&Input::new(&bytes));
            prop_assert_eq!(issues, vec![]);
            prop_assert!(!second.meta.imported.clone().is_some_and(|imported| imported.has_times));
            prop_assert!(written(write, &second) == bytes);
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (messages::sniff(&bytes), sniff_json(&bytes));
        read::read_protobuf(&Input::new(&bytes));
        read::read_json(&Input::new(&bytes));
    }

    #[test]
    fn damaged_profiles_are_survived(samples in numbers(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for (read, write) in WAYS {
            let mut bytes = written(write, &recording_of(&samples, true));
            let at = at.index(bytes.len());
            bytes[at] = byte;
            read(&Input::new(&bytes));
        }
    }
}

fn small() -> Recording {
    let frames = vec![(0, 0, 1), (1, 1, 3), (2, 2, 6)];
    let sample = |signal, time, value| (signal, time, 0, 1, 1, value, 1, frames.clone());
    recording_of(&[sample(0, 5, 10), sample(0, 9, 20), sample(2, 7, 4096)], true)
}

#[test]
fn cut_anywhere_it_reads_less_and_says_so() {
    for (read, write) in WAYS {
        let bytes = written(write, &small());
        for length in 0..bytes.len() - 1 {
            let cut = &bytes[..length];
            let (recording, issues) = read(&Input::new(&cut));
            assert!(recording.samples.len() <= 3);
            // A message may end behind any field of the outermost one.
            let is_whole = recording.samples.len() == 3;
            assert!(length == 0 || is_whole || !issues.is_empty(), "{length} of {}", bytes.len());
        }
    }
    // Protobuf, too: cut within the tables, the samples are there.
    let bytes = written(write::write_protobuf, &small());
    let cut = &bytes[..bytes.len() - 1];
    let (recording, issues) = read::read_protobuf(&Input::new(&cut));
    assert_eq!((recording.samples.len(), issues.is_empty()), (3, false));
    assert!(recording.frames.iter().any(|frame| frame.function.is_some()));
    // JSON has its tables behind the samples: what was read before the cut still counts.
    let bytes = written(write::write_json, &small());
    let cut = &bytes[..bytes.len() - 10];
    assert_eq!(read::read_json(&Input::new(&cut)).0.samples.len(), 3);
}

#[test]
fn stacks_that_the_format_cannot_tell_apart_are_one() {
    let mut builder = RecordingBuilder::new("test", Limits::default());
    let thread = builder.only_thread("shop");
    // JIT-compiled or not is not told.
    for (kind, time_nanos) in [(FrameKind::Jit, 5), (FrameKind::User, 2), (FrameKind::Jit, 1)] {
        let frame = builder.frame(Frame::named("main", kind));
        let stack = Some(builder.stack(None, frame));
        builder.sample(Sample {
            signal: Signal::Cpu,
            time_nanos,
            process: fathom_model::ProcessId(0),
            thread,
            cpu: None,
            stack,
            value: time_nanos,
            n: 1,
            state: ThreadState::Running,
            labels: None,
        });
    }
    let bytes = written(write::write_json, &builder.finish(true).0);
    let json: serde_json::Value = serde_json::from_slice(&bytes).expect("json");
    let samples = &json["resourceProfiles"][0]["scopeProfiles"][0]["profiles"][0]["samples"];
    assert_eq!(samples.as_array().map(Vec::len), Some(1));
    assert_eq!(samples[0]["values"], serde_json::json!(["1", "2", "5"]));
    assert_eq!(samples[0]["timestampsUnixNano"], serde_json::json!(["1", "2", "5"]));
}

#[test]
fn formats_are_recognised() {
    let names = WAYS.map(|(_, write)| {
        let bytes = written(write, &small());
        crate::recognise(&bytes[..bytes.len().min(200)]).map(|(format, sniff)| (format.name, sniff))
    });
    assert_eq!(names, [Some(("otlp", Sniff::Yes)), Some(("otlp-json", Sniff::Yes))]);
    // Traces have the same outer messages, spans begin with an id of 16 bytes.
    let trace = [&[0x0a, 24, 0x12, 22, 0x12, 20, 0x0a, 16][..], &[0xee; 16], &[0x12, 0]].concat();
    assert_eq!(messages::sniff(&trace), Sniff::No);
}

#[test]
fn several_messages_are_one_recording() {
    let one = written(write::write_protobuf, &small());
    let mut varints = Vec::new();
    let mut words = Vec::new();
    for _ in 0..3 {
        write_varint(&mut varints, one.len() as u64);
        varints.extend(&one);
        words.extend((one.len() as u32).to_be_bytes());
        words.extend(&one);
    }
    for bytes in [varints, words] {
        assert_eq!(messages::sniff(&bytes), Sniff::Yes);
        let (recording, issues) = read::read_protobuf(&Input::new(&bytes));
        assert_eq!((recording.samples.len(), issues.len()), (9, 0));
        assert_eq!(recording.total(Signal::Cpu), 90);
    }
    let json = written(write::write_json, &small()).repeat(2);
    assert_eq!(read::read_json(&Input::new(&json)).0.samples.len(), 6);
}

#[test]
fn json_of_others_reads() {
    let text = r#" { "dictionary": { "string_table": ["", "samples", "count", "cpu", "nanoseconds", "main", "main.go",
        "thread.name", "worker"], "function_table": [{}, {"name_strindex": 5, "filename_strindex": "6"}],
        "location_table": [{}, {"lines": [{"function_index": 1, "line": "12"}]}], "mapping_table": [{}],
        "link_table": [{}], "attribute_table": [{}, {"key_strindex": 7, "value": {"stringValue": "worker"}}],
        "stack_table": [{}, {"location_indices": [1]}], "later": [[[1]]] },
        "resource_profiles": [{"resource": {"attributes": [{"key": "process.pid", "value": {"intValue": "77"}}]},
        "scope_profiles": [{"scope": {"name": "go.opentelemetry.io/ebpf-profiler"}, "profiles": [{
        "sample_type": {"type_strindex": 1, "unit_strindex": 2}, "period_type": {"typeStrindex": 3, "unitStrindex": 4},
        "period": 50000000, "time_unix_nano": "1000", "samples": [
        {"stack_index": 1, "attribute_indices": [1], "timestamps_unix_nano": ["1000", 2000, "3000"]},
        {"stackIndex": 9, "values": ["2"], "timestampsUnixNano": [2500]}]}]}]}]} "#;
    let (recording, issues) = read::read_json(&Input::new(&text.as_bytes()));
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(messages, ["sample has a stack that is not in the table: 9"]);
    // Each time is one observation, which stands for the period.
    assert_eq!(recording.samples.len(), 4);
    assert_eq!(recording.total(Signal::Cpu), 5 * 50_000_000);
    let first = recording.samples[0];
    assert_eq!((first.time_nanos, first.n, first.value), (0, 1, 50_000_000));
    assert_eq!(recording.processes[first.process.index()].pid, 77);
    assert_eq!(recording.threads[first.thread.index()].name, "worker");
    let frame = &recording.frames[0];
    assert_eq!(
        (frame.function.as_deref(), frame.file.as_deref(), frame.line),
        (Some("main"), Some("main.go"), Some(12))
    );
}

#[test]
fn indices_out_of_range_are_said() {
    let text = r#"{"resourceProfiles": [{"scopeProfiles": [{"profiles": [{"samples": [
        {"stackIndex": 1, "attributeIndices": [5], "linkIndex": -1, "values": [1, 2], "timestampsUnixNano": [1]}, {}
        ]}]}]}], "dictionary": {"stackTable": [{}, {"locationIndices": [1, 2]}],
        "locationTable": [{}, {"mappingIndex": 3, "lines": [{"functionIndex": 4}]}]}}"#;
    let (recording, issues) = read::read_json(&Input::new(&text.as_bytes()));
    assert_eq!(recording.samples.len(), 2);
    let messages: Vec<&str> =
        issues.iter().map(|issue| issue.message.split(':').next().expect("one")).collect();
    let expected = [
        "location has a mapping that is not in the table",
        "line has a function that is not in the table",
        "stack has a location that is not in the table",
        "sample has an attribute that is not in the table",
        "sample has a link that is not in the table",
        "sample has not as many values as times",
        "sample has neither values nor times",
    ];
    assert_eq!(messages, expected);
}
