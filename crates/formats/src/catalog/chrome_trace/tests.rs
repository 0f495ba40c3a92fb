//! Traces as tools write them, damaged ones, the corpus of speedscope, and what is written read back.

use super::*;
use crate::catalog::parquet::tests::small_recording;
use crate::corpus;
use crate::format::WriteOptions;
use fathom_model::{Signal, StackId};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

fn stack_text(recording: &Recording, stack: Option<StackId>) -> String {
    let frames = stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
    let mut names: Vec<&str> =
        frames.map(|id| recording.frames[id.index()].function.as_deref().unwrap_or("?")).collect();
    names.reverse();
    names.join(";")
}

fn rows(recording: &Recording) -> Vec<String> {
    let row = |sample: &fathom_model::Sample| {
        let thread = &recording.threads[sample.thread.index()];
        let (time, value) = (sample.time_nanos, sample.value);
        format!("{} {} {time}+{value} {}", sample.signal, thread.tid, stack_text(recording, sample.stack))
    };
    recording.samples.iter().map(row).collect()
}

const MIXED: &str = r#"{"displayTimeUnit":"ms","traceEvents":[
{"ph":"M","name":"process_name","pid":7,"tid":0,"args":{"name":"server"}},
{"name":"thread_name","ph":"M","pid":7,"tid":"8","args":{"name":"worker"}},
{"args":{"n":1},"ph":"X","name":"outer","pid":7,"tid":8,"ts":10.5,"dur":4},
{"ph":"X","name":"inner","pid":7,"tid":8,"ts":"11.5","dur":1},
{"ph":"I","name":"click","pid":7,"tid":8,"ts":12,"s":"t"},
{"ph":"C","name":"memory","pid":7,"ts":12,"args":{"used":5.5,"free":"2"}},
{"ph":"C","name":"depth","pid":7,"id":3,"ts":13,"args":{"value":1}},
{"ph":"b","name":"async","cat":"net","id":1,"pid":7,"tid":8,"ts":12},
7,{"ph":"X","name":"no time","pid":7,"tid":8,"dur":1}]}"#;

#[test]
fn spans_counters_and_moments_are_read() {
    let (recording, issues) = read_bytes(MIXED.as_bytes());
    assert_eq!(
        rows(&recording),
        [
            "program-wall 8 10500+1000 outer",
            "program-wall 8 11500+1000 outer;inner",
            "program-wall 8 12500+2000 outer"
        ]
    );
    let thread = &recording.threads[0];
    assert_eq!((recording.processes[0].pid, recording.processes[0].name.as_str()), (7, "server"));
    assert_eq!((thread.tid, thread.name.as_str()), (8, "worker"));
    let series: Vec<String> = recording
        .series
        .iter()
        .map(|point| format!("{} {} {}", point.name, point.time_nanos, point.value))
        .collect();
    assert_eq!(series, ["memory.used 12000 5.5", "memory.free 12000 2", "depth[3] 13000 1"]);
    let event = &recording.events[0];
    assert_eq!((event.kind.as_str(), event.attributes.as_str()), ("mark", r#"{"name":"click"}"#));
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "1 items of the lists are not objects",
            "1 events have no time, or samples no stack",
            "1 events belong to no stack and are not read: 1 of phase `b`",
        ]
    );
}

#[test]
fn a_cpu_profile_is_the_programs_time_and_spans_a_column() {
    let text = r#"[{"pid":1,"tid":2,"ts":1,"ph":"P","cat":"x","name":"Profile","id":"0x1","args":{"data":{"startTime":100}}},
{"pid":1,"tid":2,"ts":100,"ph":"X","dur":50,"name":"RunTask"},
{"pid":1,"tid":9,"ts":3,"ph":"P","name":"ProfileChunk","id":"0x1","args":{"data":{"endTime":180,"timeDeltas":[10,5],"cpuProfile":{"samples":[3,2]}}}},
{"pid":1,"tid":9,"ts":2,"ph":"P","name":"ProfileChunk","id":"0x1","args":{"data":{"cpuProfile":{"nodes":[
 {"id":1,"callFrame":{"functionName":"(root)"}},{"id":2,"parent":1,"callFrame":{"functionName":"a"}},
 {"id":3,"parent":2,"callFrame":{"functionName":"b"}}],"samples":[2]},"timeDeltas":[10]}}},
{"pid":1,"tid":2,"ts":1,"ph":"M","name":"thread_name","args":{"name":"CrRendererMain"}}]"#;
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(issues, []);
    assert_eq!(
        rows(&recording),
        [
            "column-1 2 100000+50000 RunTask",
            "program-wall 2 110000+10000 a",
            "program-wall 2 120000+5000 a;b",
            "program-wall 2 125000+55000 a"
        ]
    );
    assert_eq!(recording.meta.name_of(Signal::Column1), "spans");
}

/// What speedscope 1.25.0 (npm) sums up when its importer is driven in Node: arguments are cut off its names, `(root)`,
/// `(idle)` and `(program)`, which it puts upon what ran before, are taken out, functions without a name are one.
const SPEEDSCOPE: &[(&str, corpus::Digest<'_>)] = &[
    (
        "trace-event/bex-interaction.json",
        ([12, 12, 20], &[("A", 0, 2), ("B", 2, 2), ("C", 2, 2), ("D", 0, 2)]),
    ),
    ("trace-event/end-event-with-empty-stack.json", ([1, 1, 1], &[("alpha", 1, 1)])),
    ("trace-event/end-non-top-of-stack.json", ([3, 11, 22], &[("A", 1, 11), ("B", 9, 10), ("Z", 1, 1)])),
    (
        "trace-event/event-reordering-name-match.json",
        ([3, 10, 12], &[("alpha", 9, 10), ("beta", 0, 1), ("gamma", 1, 1)]),
    ),
    (
        "trace-event/hermes-multiple-frames.json",
        ([3, 14, 30], &[("[root]", 4, 14), ("gamma", 3, 9), ("beta", 7, 7)]),
    ),
    ("trace-event/invalid-x-nesting.json", ([2, 15, 25], &[("alpha", 5, 15), ("beta", 10, 10)])),
    ("trace-event/matching-x.json", ([3, 10, 14], &[("alpha", 8, 10), ("beta", 1, 2), ("gamma", 1, 2)])),
    ("trace-event/mismatched-args.json", ([1, 10, 10], &[("A", 10, 10)])),
    ("trace-event/mismatched-name.json", ([0, 0, 0], &[])),
    (
        "trace-event/multi-thread-with-samples.json",
        (
            [5, 88192, 124844],
            &[
                ("[root thread 2]", 30770, 54096),
                ("[root]", 20770, 34096),
                ("function1", 13326, 13326),
                ("function3", 13326, 13326),
            ],
        ),
    ),
    (
        "trace-event/multiprocess.json",
        ([8, 8, 8], &[("alpha", 1, 1), ("beta", 1, 1), ("delta", 1, 1), ("epsilon", 1, 1)]),
    ),
    (
        "trace-event/must-retain-original-order.json",
        ([4, 9, 15], &[("A", 2, 6), ("B", 2, 4), ("X", 3, 3), ("C", 2, 2)]),
    ),
    ("trace-event/not-enough-end-events.json", ([1, 11, 11], &[("A", 11, 11)])),
    ("trace-event/only-begin-events.json", ([2, 2, 3], &[("A", 1, 2), ("B", 1, 1)])),
    ("trace-event/out-of-order-unbalanced-name.json", ([2, 10, 19], &[("alpha", 1, 10), ("beta", 9, 9)])),
    ("trace-event/out-of-order.json", ([3, 10, 24], &[("A", 2, 10), ("B", 2, 8), ("C", 6, 6)])),
    ("trace-event/simple-hermes.json", ([2, 14, 26], &[("[root]", 2, 14), ("beta", 12, 12)])),
    (
        "trace-event/simple-object.json",
        ([3, 14, 30], &[("alpha", 2, 14), ("beta", 8, 12), ("(unnamed)", 4, 4)]),
    ),
    (
        "trace-event/simple-partial-trailing-comma.json",
        ([4, 14, 35], &[("alpha", 2, 14), ("beta", 3, 12), ("gamma", 5, 5), ("epsilon", 4, 4)]),
    ),
    (
        "trace-event/simple-partial-whitespace.json",
        ([4, 14, 35], &[("alpha", 2, 14), ("beta", 3, 12), ("gamma", 5, 5), ("epsilon", 4, 4)]),
    ),
    (
        "trace-event/simple-partial.json",
        ([4, 14, 35], &[("alpha", 2, 14), ("beta", 3, 12), ("gamma", 5, 5), ("epsilon", 4, 4)]),
    ),
    (
        "trace-event/simple-with-samples.json",
        (
            [5, 64710, 109246],
            &[
                ("[root]", 30779, 64710),
                (
                    "function1(http://localhost:8081/index.bundle?platform=android&dev=false&minify=false&app=org.toshi&modulesOnly=false&runModule=true:1:1)",
                    13326,
                    13326,
                ),
                (
                    "function2(http://localhost:8081/index.bundle?platform=android&dev=false&minify=false&app=org.toshi&modulesOnly=false&runModule=true:418874:4)",
                    0,
                    10605,
                ),
                (
                    "function3(http://localhost:8081/index.bundle?platform=android&dev=false&minify=false&app=org.toshi&modulesOnly=false&runModule=true:17:3)",
                    10605,
                    10605,
                ),
            ],
        ),
    ),
    (
        "trace-event/simple.json",
        ([4, 14, 35], &[("alpha", 2, 14), ("beta", 3, 12), ("gamma", 5, 5), ("epsilon", 4, 4)]),
    ),
    (
        "trace-event/simultaneous-anonymous-calls.json",
        ([2, 5, 7], &[("anonymous", 5, 5), ("function1", 0, 2)]),
    ),
    ("trace-event/too-many-end-events.json", ([2, 14, 26], &[("alpha", 2, 14), ("beta", 12, 12)])),
    ("trace-event/unbalanced-args.json", ([1, 10, 10], &[("A", 10, 10)])),
    ("trace-event/unbalanced-name.json", ([2, 10, 19], &[("alpha", 1, 10), ("beta", 9, 9)])),
    (
        "trace-event/x-events-matching-end.json",
        ([3, 20, 32], &[("alpha", 12, 20), ("beta", 4, 6), ("gamma", 4, 6)]),
    ),
    (
        "trace-event/x-events-matching-start.json",
        ([3, 20, 32], &[("alpha", 12, 20), ("beta", 4, 6), ("gamma", 4, 6)]),
    ),
    ("trace-event/zero-duration-events.json", ([1, 10, 10], &[("A", 10, 10)])),
    (
        "Chrome/69/simple.json",
        (
            [7, 36706, 127397],
            &[
                ("(anonymous)", 136, 36060),
                ("alpha", 873, 35622),
                ("gamma", 20018, 20018),
                ("beta", 7552, 17562),
            ],
        ),
    ),
    (
        "Chrome/116/Trace-20230603T221323.json",
        (
            [5, 25216, 83815],
            &[
                ("(anonymous)", 0, 25216),
                ("alpha", 426, 25216),
                ("beta", 8028, 12703),
                ("delta", 8169, 12087),
            ],
        ),
    ),
];

#[test]
fn the_corpus_gives_what_speedscope_gives() {
    let Some(files) = corpus::speedscope() else { return };
    for (path, digest) in SPEEDSCOPE {
        let bytes = std::fs::read(files.join(path)).expect("the corpus is whole");
        let found = crate::recognise(&bytes[..bytes.len().min(crate::HEAD_BYTES)]);
        assert_eq!(
            found.map(|(format, sniff)| (format.name, sniff)),
            Some((FORMAT.name, Sniff::Yes)),
            "{path}"
        );
        let (mut recording, _) = read_bytes(&bytes);
        // It leaves out V8's glue code without a name, of which all files call their script this.
        let is_glue = |recording: &Recording, stack: Option<StackId>| {
            let frame = stack.and_then(|stack| recording.stacks.frames(stack).next());
            frame.is_some_and(|id| recording.frames[id.index()].file.as_deref() == Some("native dummy.js"))
        };
        for at in 0..recording.samples.len() {
            if is_glue(&recording, recording.samples[at].stack) {
                recording.samples[at].value = 0;
            }
        }
        // It gives the last sample of a CPU profile no time, where the profile has an end.
        if path.starts_with("Chrome") {
            let last: BTreeMap<_, usize> = recording
                .samples
                .iter()
                .enumerate()
                .filter(|(_, sample)| sample.signal == Signal::ProgramWall)
                .map(|(at, sample)| (sample.thread, at))
                .collect();
            last.values().for_each(|at| recording.samples[*at].value = 0);
        }
        corpus::assert_digest(path, &recording, Signal::ProgramWall, 1_000, *digest);
    }
}

#[test]
fn other_files_of_the_corpus_are_not_taken() {
    let Some(files) = corpus::speedscope() else { return };
    for folder in
        ["Firefox/61", "Firefox/63", "Chrome/65", "node/10.11.0", "speedscope/0.0.1", "stackcollapse"]
    {
        for file in std::fs::read_dir(files.join(folder)).expect("the corpus is whole") {
            let path = file.expect("a file").path();
            let bytes = std::fs::read(&path).expect("the corpus is whole");
            assert_eq!(sniff(&bytes[..bytes.len().min(crate::HEAD_BYTES)]), Sniff::No, "{}", path.display());
        }
    }
}

#[test]
fn a_span_that_follows_a_deeper_one_of_its_name_is_beside_it() {
    let text = r#"[{"ph":"X","name":"a","ts":0,"dur":10},{"ph":"X","name":"b","ts":0,"dur":10},
{"ph":"X","name":"b","ts":10,"dur":5},{"ph":"X","name":"c","ts":15,"dur":1}]"#;
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(issues, []);
    let expected =
        ["program-wall 0 0+10000 a;b", "program-wall 0 10000+5000 b", "program-wall 0 15000+1000 c"];
    assert_eq!(rows(&recording), expected);
}

#[test]
fn many_ends_at_one_time_are_found_at_once() {
    // A hundred thousand spans that all end together, outer ones first: looking at each would take hours.
    let n = 100_000;
    let mut text = String::from("[");
    for at in 0..n {
        text.push_str(&format!(r#"{{"ph":"X","name":"f{at}","ts":{at},"dur":{}}},"#, n - at));
    }
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(recording.total(Signal::ProgramWall), n * 1_000);
    assert!(issues.iter().any(|issue| issue.message.contains("deeper than 4096")), "{issues:?}");
}

#[test]
fn cyclic_stacks_are_said() {
    let text = r#"{"traceEvents":[],"stackFrames":{"1":{"name":"a","parent":2},"2":{"name":"b","parent":"1"},
"3":{"name":"c"},"4":{"name":"d","parent":1}},"samples":[{"ts":1,"sf":1},{"ts":2,"sf":3},{"ts":5,"sf":4}]}"#;
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(
        rows(&recording),
        ["program-wall 0 1000+1000 ", "program-wall 0 2000+3000 c", "program-wall 0 5000+0 "]
    );
    assert!(issues[0].message.starts_with("3 frames of stacks lead back"), "{issues:?}");
}

#[test]
fn full_tables_take_no_more() {
    let span = r#"{"ph":"X","name":"f","ts":1,"dur":1},"#;
    let text = format!("[{}", span.repeat(10_000));
    let limits = crate::Limits { model_bytes: 20_000, ..crate::Limits::default() };
    let (_, issues) = read(&Input::new(&text.as_bytes()).with_limits(limits));
    assert!(issues.iter().any(|issue| issue.message.contains("events are left out")), "{issues:?}");
}

#[test]
fn every_cut_is_survived() {
    for end in 0..MIXED.len() {
        let (recording, issues) = read_bytes(&MIXED.as_bytes()[..end]);
        assert!(recording.samples.len() <= 3 && issues.iter().any(|issue| issue.offset.is_some()), "{end}");
    }
}

fn written(recording: &Recording) -> Vec<u8> {
    let files = FORMAT.write.expect("writes")(recording, &WriteOptions::default()).expect("has samples");
    files[0].bytes.clone()
}

#[test]
fn what_is_written_is_a_trace() {
    let bytes = written(&small_recording());
    assert_eq!(sniff(&bytes), Sniff::Yes);
    let (recording, issues) = read_bytes(&bytes);
    assert_eq!(issues, []);
    assert_eq!(
        rows(&recording),
        [
            "cpu 10 605+5 [no stack]",
            "cpu 10 610+7 _start;main;app+0x1234",
            "cpu 10 700+100 _start;main;a;b<int>\nc",
            "cpu 11 800+200 _start;main;a;b<int>\nc"
        ]
    );
    assert_eq!(written(&recording), bytes);
}

/// Samples of two threads as (thread, gap before, length, stack of letters).
fn of_samples(samples: &[(u32, i64, i64, String)]) -> Recording {
    let mut builder = crate::RecordingBuilder::new("test", crate::Limits::default());
    let process = builder.process(5, "p");
    let threads = [builder.thread(process, 1, "a"), builder.thread(process, 1, "b")];
    let mut now = [0_i64; 2];
    for (thread, gap, nanos, stack) in samples {
        let at = *thread as usize % 2;
        let stack = stack.chars().fold(None, |caller, letter| {
            let frame = builder.named_frame(&letter.to_string());
            Some(builder.stack(caller, frame))
        });
        let sum = fathom_model::Sample {
            signal: Signal::ProgramCpu,
            time_nanos: now[at] + gap,
            process,
            thread: threads[at],
            cpu: None,
            stack,
            value: *nanos,
            n: 1,
            state: fathom_model::ThreadState::Running,
            labels: None,
        };
        now[at] += gap.max(&0) + nanos;
        builder.sample(sum);
    }
    builder.finish(true).0
}

fn sums(recording: &Recording) -> BTreeMap<(String, String), i64> {
    let mut sums = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.value > 0) {
        let stack = match stack_text(recording, sample.stack) {
            empty if empty.is_empty() => "[no stack]".to_owned(),
            text => text,
        };
        let thread = recording.threads[sample.thread.index()].name.clone();
        *sums.entry((thread, stack)).or_default() += sample.value;
    }
    sums
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        samples in proptest::collection::vec((0..2_u32, -3..3_i64, 1..5_000_i64, "[abc]{0,4}"), 1..40)
    ) {
        let recording = of_samples(&samples);
        let bytes = written(&recording);
        let (again, issues) = read_bytes(&bytes);
        prop_assert_eq!(issues, []);
        prop_assert_eq!(sums(&again), sums(&recording));
        prop_assert_eq!(written(&again), bytes);
    }

    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes);
        let _ = sniff(&bytes);
    }

    #[test]
    fn any_change_does_not_panic(at in 0..MIXED.len(), byte in any::<u8>()) {
        let mut bytes = MIXED.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn any_events_do_not_panic(
        events in proptest::collection::vec(("[BEXICM]", -9..9_i64, -3..9_i64, "[ab]{0,1}", 0..2_i64), 0..40)
    ) {
        let event = |(phase, time, length, name, thread): &(String, i64, i64, String, i64)| {
            format!(r#"{{"ph":"{phase}","ts":{time},"dur":{length},"name":"{name}","tid":{thread},"args":{{"a":{length}}}}}"#)
        };
        let text: Vec<String> = events.iter().map(event).collect();
        let (recording, _) = read_bytes(format!("[{}]", text.join(",")).as_bytes());
        prop_assert!(recording.samples.iter().all(|sample| sample.value > 0 && sample.value <= 30_000));
    }
}
