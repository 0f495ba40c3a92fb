//! Files of the corpus against the front-end's own numbers, every layout, what is written against what is read, damage.

use super::*;
use crate::catalog::parquet::tests::{any_recording, small_recording};
use crate::catalog::speedscope::tests::{by_function, corpus_file};
use crate::format::WriteOptions;
use crate::names::frame_name;
use fathom_model::{Event, ProcessId, SeriesPoint, Signal, StackId, ThreadId, Unit};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

fn write_bytes(recording: &Recording) -> Option<Vec<u8>> {
    write::write(recording, &WriteOptions::default()).ok().map(|files| files[0].bytes.clone())
}

fn messages(bytes: &[u8]) -> Vec<String> {
    read_bytes(bytes).1.into_iter().map(|issue| issue.message).collect()
}

/// Samples and events as words.
fn words(recording: &Recording) -> Vec<String> {
    let stack = |stack: Option<StackId>| {
        let frames = stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
        let names = frames.map(|id| {
            let frame = &recording.frames[id.index()];
            let file = frame.file.as_deref().unwrap_or("-");
            let lines = format!("{}/{}", frame.function_start_line.unwrap_or(0), frame.line.unwrap_or(0));
            format!("{}@{file}:{lines}", frame_name(frame, &recording.modules))
        });
        names.collect::<Vec<_>>().join("<")
    };
    let samples = recording.samples.iter().map(|sample| {
        let time = sample.time_nanos;
        format!("{} {time} {} {}", sample.signal, sample.value, stack(sample.stack))
    });
    let events = recording.events.iter().map(|event| {
        format!(
            "{} {}+{} {} {}",
            event.kind,
            event.start_nanos,
            event.duration_nanos,
            event.attributes,
            stack(event.stack)
        )
    });
    samples.chain(events).collect()
}

#[test]
fn the_corpus_reads_as_the_front_end_shows_it() {
    // npm @firefox-devtools/profiler-cli@0.10.0, `thread functions` of the file's member `profile`: own and total
    // samples, of one millisecond each; the same as a count in Python.
    let cases = [
        (
            "Firefox/61/recursion.json",
            15,
            vec![("gamma", 10, 10), ("main", 1, 11), ("js::RunScript", 0, 15), ("(root)", 0, 15)],
        ),
        (
            "Firefox/63/simple-firefox.json",
            39,
            vec![("gamma", 27, 27), ("js::RunScript", 1, 38), ("logEvent", 1, 1), ("(root)", 0, 39)],
        ),
    ];
    for (path, n_samples, expected) in cases {
        let Some(bytes) = corpus_file(path) else { return };
        assert_eq!(sniff(&bytes[..crate::HEAD_BYTES]), Sniff::Yes, "{path}");
        let (recording, issues) = read_bytes(&bytes);
        assert_eq!(issues, [], "{path}");
        assert_eq!(recording.samples.len(), n_samples, "{path}");
        assert_eq!(recording.total(Signal::ProgramWall), n_samples as i64 * 1_000_000, "{path}");
        let found = by_function(&recording, Signal::ProgramWall);
        for (name, own, total) in expected {
            assert_eq!(found.get(name), Some(&(own * 1_000_000, total * 1_000_000)), "{path}: {name}");
        }
        assert!(!recording.events.is_empty(), "{path}");
    }
}

#[test]
fn geckos_rows_are_read() {
    let text = r#"{"meta":{"version":24,"startTime":1000000000000.5,"interval":2,"product":"Firefox","abi":"x86_64-gcc3","categories":[{"name":"Kernel"}],
       "sampleUnits":{"threadCPUDelta":"µs"}},
     "libs":[{"start":4096,"end":8192,"path":"/lib/a.so","name":"a.so","debugName":"a.so","breakpadId":"0"}],
     "threads":[{"name":"GeckoMain","processType":"default","pid":7,"tid":8,
      "samples":{"schema":{"stack":0,"time":1,"threadCPUDelta":2},"data":[[2,10,1],[3,12.25,1500],[null,14]]},
      "markers":{"schema":{"name":0,"startTime":1,"endTime":2,"phase":3,"category":4,"data":5},"data":[[0,11,12,1,0,{"type":"GCMinor","n":[1]}],[1,1,null,2,0],[1,null,4,3,0,{"b":2}],[1,5,null,2,0]]},
      "stackTable":{"schema":{"prefix":0,"frame":1},"data":[[null,0],[0,1],[1,2],[0,3]]},
      "frameTable":{"schema":{"location":0,"line":1,"column":2,"category":3},"data":[[2],[3,40],[4,null,null,0],[5]]},
      "stringTable":["GCMinor","Load","(root)","run (http://x/a.js -> http://x/b.js:30:4)","0x1010","memcpy (in /lib/c.so)"]}],
     "processes":[{"meta":{"startTime":1000000000010.5,"version":24,"interval":2},"libs":[],"threads":[{"name":"Sub","pid":"9","tid":9,
      "samples":{"schema":{"stack":0,"time":1},"data":[[0,1]]},"stackTable":{"schema":{"prefix":0,"frame":1},"data":[[null,0]]},
      "frameTable":{"schema":{"location":0},"data":[[0]]},"stringTable":["http://x/c.js:1:0"]}],"processes":[]}]}"#;
    assert_eq!(sniff(text.as_bytes()), Sniff::Yes);
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(issues, []);
    let expected = [
        "program-wall 10000000 2000000 a.so+0x10@-:0/0<run@http://x/b.js:30/40<(root)@-:0/0",
        "program-wall 11000000 2000000 (root scope) http://x/c.js@http://x/c.js:1/0",
        "program-wall 12250000 2000000 memcpy@-:0/0<(root)@-:0/0",
        "program-cpu 12250000 1500000 memcpy@-:0/0<(root)@-:0/0",
        "program-wall 14000000 2000000 ",
        r#"GCMinor 11000000+1000000 {"type":"GCMinor","n":[1]} "#,
        r#"Load 1000000+3000000 {"b":2} "#,
        "Load 5000000+0 {} ",
    ];
    assert_eq!(words(&recording), expected);
    assert_eq!(recording.frames[2].kind, fathom_model::FrameKind::Kernel);
    let imported = recording.meta.imported.expect("imported");
    assert_eq!(imported.tool.as_deref(), Some("Firefox (Gecko profile version 24)"));
    assert_eq!(recording.meta.clock_pairs[0].realtime_nanos, 1_000_000_000_000_500_000);
    assert_eq!(recording.meta.host.architecture, "x86_64");
    assert_eq!(recording.processes.iter().map(|process| process.pid).collect::<Vec<_>>(), [7, 9]);
}

/// The same profile in the layout of several versions.
#[test]
fn every_processed_layout_is_read() {
    let head = |version: u32| {
        format!(
            r#"{{"meta":{{"preprocessedProfileVersion":{version},"interval":1,"product":"x","categories":[]}},"libs":[{{"path":"/a.so","codeId":"0aff"}}]"#
        )
    };
    let samples =
        r#""samples":{"length":2,"stack":[1,0],"timeDeltas":[5,1.5],"weight":[2,-1],"weightType":"samples"}"#;
    let strings = r#"["main","inner","main.c"]"#;
    let frames = r#""frameTable":{"length":2,"func":[0,1],"address":[-1,16],"line":[7,null],"column":[null,3],"category":[null,0],"nativeSymbol":[null,null],"inlineDepth":[0,0]}"#;
    let functions = |file: &str| {
        format!(
            r#""funcTable":{{"length":2,"name":[0,1],"resource":[-1,0],"lineNumber":[6,null],{file}}},"resourceTable":{{"length":1,"lib":[0],"name":[1]}}"#
        )
    };
    let prefix = r#""stackTable":{"length":2,"frame":[0,1],"prefix":[null,0]}"#;
    let offset = r#""stackTable":{"length":2,"frame":[0,1],"prefixOffset":[0,1]}"#;
    let named = functions(r#""fileName":[2,null]"#);
    let sourced = functions(r#""source":[0,null]"#);
    let sources = r#""sources":{"length":1,"id":[null],"filename":[2]}"#;
    let by_flags = r#""frameTable":{"length":2,"flags":[16,34],"func":[0,1],"address":[0,16],"line":[7,0],"column":[9,3],"category":[0,0],"nativeSymbol":[0,0],"lib":[0,0]}"#;
    let functions_by_flags = r#""funcTable":{"length":2,"flags":[24,0],"name":[0,1],"resource":[0,0],"source":[0,0],"lineNumber":[6,9]}"#;
    let one = r#""name":"T","pid":"3","tid":4"#;
    let layouts = [
        format!(
            r#"{},"threads":[{{{one},{samples},{prefix},{frames},{named},"stringArray":{strings}}}]}}"#,
            head(41)
        ),
        format!(
            r#"{},"threads":[{{{one},{samples},{prefix},{frames},{named}}}],"shared":{{"stringArray":{strings}}}}}"#,
            head(56)
        ),
        format!(
            r#"{},"shared":{{"stringArray":{strings},{sources}}},"threads":[{{{one},{samples},{prefix},{frames},{sourced}}}]}}"#,
            head(58)
        ),
        format!(
            r#"{},"threads":[{{{one},{samples}}}],"shared":{{{prefix},{frames},{sourced},{sources},"stringArray":{strings}}}}}"#,
            head(60)
        ),
        format!(
            r#"{},"threads":[{{{one},{samples}}}],"shared":{{{offset},{frames},{sourced},{sources},"stringArray":{strings}}}}}"#,
            head(66)
        ),
        format!(
            r#"{},"threads":[{{{one},{samples}}}],"shared":{{{offset},{by_flags},{functions_by_flags},{sources},"stringArray":{strings}}}}}"#,
            head(75)
        ),
    ];
    for layout in layouts {
        assert_eq!(sniff(layout.as_bytes()), Sniff::Yes);
        let (recording, issues) = read_bytes(layout.as_bytes());
        assert_eq!(issues, [], "{layout}");
        let expected = [
            "program-wall 5000000 2000000 inner@-:0/0<main@main.c:6/7",
            "program-wall 6500000 -1000000 main@main.c:6/7",
        ];
        assert_eq!(words(&recording), expected, "{layout}");
        let inner =
            recording.frames.iter().find(|frame| frame.function.as_deref() == Some("inner")).expect("inner");
        assert_eq!((inner.column, inner.relative_address), (Some(3), Some(16)), "{layout}");
        assert_eq!(recording.modules[0].build_id.as_ref().map(ToString::to_string).as_deref(), Some("0aff"));
        assert_eq!((recording.samples[0].n, recording.threads[0].tid, recording.processes[0].pid), (2, 4, 3));
    }
}

#[test]
fn allocations_counters_and_other_weights_are_read() {
    let text = r#"{"meta":{"preprocessedProfileVersion":50},"threads":[{"name":"t","stringArray":["f"],
      "funcTable":{"name":[0]},"frameTable":{"func":[0]},"stackTable":{"frame":[0],"prefix":[null]},
      "samples":{"stack":[0],"time":[1],"weightType":"tracing-ms","weight":[0.25]},
      "jsAllocations":{"time":[1],"weight":[64],"stack":[0]},"nativeAllocations":{"time":[2,3],"weight":[8,-8],"stack":[0,0]}}],
      "counters":[{"name":"malloc","category":"Memory","pid":"1","samples":{"time":[1,2,3],"count":[100,-40,"x"]}}]}"#;
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(issues, []);
    let expected = [
        "program-wall 1000000 250000 f@-:0/0",
        "alloc-bytes 1000000 64 f@-:0/0",
        "alloc-bytes 2000000 8 f@-:0/0",
        "column-1 3000000 8 f@-:0/0",
    ];
    assert_eq!(words(&recording), expected);
    let series: Vec<(i64, f64)> =
        recording.series.iter().map(|point| (point.time_nanos, point.value)).collect();
    assert_eq!(series, [(1_000_000, 100.0), (2_000_000, 60.0), (3_000_000, 60.0)]);
    assert_eq!(recording.meta.name_of(Signal::Column1), "freed bytes");
}

#[test]
fn what_is_wrong_is_named_and_the_rest_is_kept() {
    let text = r#"{"meta":{"preprocessedProfileVersion":50,"interval":1},"threads":[7,{"name":"t","stringArray":["f"],
      "funcTable":{"name":[0]},"frameTable":{"func":[0,9]},"stackTable":{"frame":[0,1,5,0],"prefix":[null,0,0,3]},
      "samples":{"stack":[0,2,77,3],"time":[1,"x",3,1e300]},"markers":{"name":[5],"startTime":[1]}}]}"#;
    assert_eq!(
        messages(text.as_bytes()),
        [
            "a thread is no object",
            "frame 1 has no function",
            "stack 2 has no frame among the 2",
            "stack 3 is called by one that does not stand before it; it is read without callers",
            "sample 1 has no time or no weight that is a number in range",
            "stack 77 is not among the 4 of its table",
            "sample 3 has no time or no weight that is a number in range",
            "a marker has no name or no time",
        ]
    );
    assert_eq!(read_bytes(text.as_bytes()).0.samples.len(), 2);
    assert!(messages(b"\xdc\xdfJSLB\x01\0rest")[0].contains("binary container (JSLB)"));
    let deep = format!("{}{}", "{\"processes\":[".repeat(5000), "]}".repeat(5000));
    assert_eq!(messages(deep.as_bytes()), ["processes are nested deeper than 8"]);
}

#[test]
fn a_cut_file_keeps_what_stands_before() {
    let bytes = write_bytes(&full_recording()).expect("has samples");
    for end in 0..bytes.len() - 2 {
        let (_, issues) = read_bytes(&bytes[..end]);
        let damage = issues.iter().find(|issue| issue.message.starts_with("the file ends where"));
        assert_eq!(damage.and_then(|issue| issue.offset), Some(end as u64), "{issues:?}");
    }
}

#[test]
fn other_json_is_not_taken() {
    for other in [
        "{\"traceEvents\":[]}",
        "{\"nodes\":[],\"samples\":[]}",
        "[]",
        "{\"version\":1.2,\"mode\":\"wall\",\"frames\":{}}",
    ] {
        assert_eq!(sniff(other.as_bytes()), Sniff::No, "{other}");
    }
}

/// With events and series of a thread and of the host.
fn full_recording() -> Recording {
    let mut recording = small_recording();
    let event = |kind: &str, thread, stack, duration_nanos| Event {
        id: 0,
        parent: None,
        kind: kind.to_owned(),
        start_nanos: 700,
        duration_nanos,
        thread,
        stack,
        trace_id: Some("0af7".to_owned()),
        span_id: None,
        attributes: r#"{"kind":"full \"x\""}"#.to_owned(),
    };
    recording.events =
        vec![event("gc", Some(ThreadId(1)), Some(StackId(1)), 55), event("deploy", None, None, 0)];
    let point = |name: &str, unit, time_nanos, value, process| SeriesPoint {
        name: name.to_owned(),
        unit,
        time_nanos,
        value,
        process,
    };
    recording.series = vec![
        point("process.rss", Unit::Bytes, 600, 4096.0, Some(ProcessId(0))),
        point("host.steal", Unit::Ratio, 600, 0.1, None),
        point("process.rss", Unit::Bytes, 700, 1024.0, Some(ProcessId(0))),
    ];
    recording
}

#[test]
fn events_and_series_read_back() {
    let recording = full_recording();
    let bytes = write_bytes(&recording).expect("has samples");
    let (again, issues) = read_bytes(&bytes);
    assert_eq!(issues, []);
    let facts = |recording: &Recording| {
        let mut facts: Vec<String> = recording
            .events
            .iter()
            .map(|event| {
                let thread = event.thread.map(|id| recording.threads[id.index()].name.clone());
                let depth = event.stack.map(|stack| recording.stacks.frames(stack).count());
                format!(
                    "{} {:?} {thread:?} {depth:?} {} {:?}",
                    event.kind,
                    (event.start_nanos, event.duration_nanos),
                    event.attributes,
                    event.trace_id
                )
            })
            .collect();
        facts.sort();
        let mut series: Vec<String> = recording
            .series
            .iter()
            .map(|point| {
                format!(
                    "{} {} {} {} {}",
                    point.name,
                    point.unit,
                    point.time_nanos,
                    point.value,
                    point.process.is_some()
                )
            })
            .collect();
        series.sort();
        (facts, series)
    };
    assert_eq!(facts(&again), facts(&recording));
    assert_eq!(again.modules[0].build_id, recording.modules[0].build_id);
    assert_eq!(again.frames[0].kind, recording.frames[0].kind);
}

/// The least number stands for none.
fn bounded(value: i64) -> i64 {
    value.max(i64::MIN + 1)
}

/// What is kept of samples: all of them by signal, process and thread, in the order of time.
fn kept(recording: &Recording) -> BTreeMap<String, Vec<(i64, i64, Vec<String>)>> {
    let mut kept: BTreeMap<String, Vec<(i64, i64, Vec<String>)>> = BTreeMap::new();
    for sample in &recording.samples {
        let (thread, process) =
            (&recording.threads[sample.thread.index()], &recording.processes[sample.process.index()]);
        let signal = recording.meta.name_of(sample.signal);
        let unit = recording.meta.unit_of(sample.signal);
        let key = format!("{signal} {unit} {} {} {}", process.pid, thread.tid, thread.name);
        let frames = sample.stack.iter().flat_map(|stack| recording.stacks.frames(*stack));
        let path = frames.map(|id| {
            let frame = &recording.frames[id.index()];
            let file = frame.file.as_ref().filter(|file| !file.is_empty());
            let lines = (frame.function_start_line, frame.line, frame.column);
            let module = frame.module.map(|id| recording.modules[id.index()].path.clone());
            let name = frame_name(frame, &recording.modules);
            format!("{name} {file:?} {lines:?} {module:?} {} {}", frame.inlined, frame.kind)
        });
        kept.entry(key).or_default().push((
            bounded(sample.time_nanos),
            bounded(sample.value),
            path.collect(),
        ));
    }
    kept.values_mut().for_each(|rows| rows.sort_by_key(|row| row.0));
    kept
}

proptest! {
    #[test]
    fn what_is_written_reads_back(recording in any_recording()) {
        let Some(bytes) = write_bytes(&recording) else { return Ok(()) };
        prop_assert_eq!(sniff(&bytes[..bytes.len().min(crate::HEAD_BYTES)]), Sniff::Yes);
        let (again, issues) = read_bytes(&bytes);
        prop_assert_eq!(issues, []);
        prop_assert_eq!(kept(&again), kept(&recording));
        prop_assert_eq!(again.events.len(), recording.events.len());
        let second = String::from_utf8(write_bytes(&again).expect("has samples")).expect("text");
        prop_assert_eq!(second, String::from_utf8(bytes).expect("text"));
    }

    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (read_bytes(&bytes), sniff(&bytes));
    }

    #[test]
    fn any_change_does_not_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = write_bytes(&full_recording()).expect("has samples");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_bytes(&bytes);
    }
}
