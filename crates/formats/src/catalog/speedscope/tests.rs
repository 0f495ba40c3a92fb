//! Files of the corpus against speedscope's own importer, what is written against what is read, and damage.

use super::*;
use crate::catalog::parquet::tests::{any_recording, small_recording};
use crate::format::WriteOptions;
use crate::input::Input;
use crate::names::frame_name;
use fathom_model::{Issue, Recording, Signal};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A file of the corpus that lies beside the repository; says so where it does not.
pub(crate) fn corpus_file(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/speedscope").join(path);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        eprintln!("skipped: {} is not there", file.display());
    }
    bytes
}

/// Own and total values of each function by its name; a function counts once in a stack.
pub(crate) fn by_function(recording: &Recording, signal: Signal) -> BTreeMap<String, (i64, i64)> {
    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal) {
        let names: Vec<String> = sample
            .stack
            .iter()
            .flat_map(|stack| recording.stacks.frames(*stack))
            .map(|id| frame_name(&recording.frames[id.index()], &recording.modules).into_owned())
            .collect();
        if let Some(innermost) = names.first() {
            sums.entry(innermost.clone()).or_default().0 += sample.value;
        }
        for name in names.into_iter().collect::<BTreeSet<_>>() {
            sums.entry(name).or_default().1 += sample.value;
        }
    }
    sums
}

fn read(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    super::read::read(&Input::new(&bytes))
}

fn write(recording: &Recording) -> Option<Vec<u8>> {
    super::write::write(recording, &WriteOptions::default()).ok().map(|files| files[0].bytes.clone())
}

/// What is kept: stacks and values in their order by signal, process and thread.
fn kept(recording: &Recording) -> BTreeMap<String, Vec<(Vec<String>, i64)>> {
    let mut kept: BTreeMap<String, Vec<(Vec<String>, i64)>> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.value > 0) {
        let (thread, process) =
            (&recording.threads[sample.thread.index()], &recording.processes[sample.process.index()]);
        let signal = recording.meta.name_of(sample.signal);
        let unit = recording.meta.unit_of(sample.signal);
        let key = format!("{signal} {unit} {} {} {}", process.pid, thread.tid, thread.name);
        let frames = sample.stack.iter().flat_map(|stack| recording.stacks.frames(*stack));
        let path = frames.map(|id| {
            let frame = &recording.frames[id.index()];
            let file = frame.file.as_ref().filter(|file| !file.is_empty());
            format!("{} {file:?} {:?} {:?}", frame_name(frame, &recording.modules), frame.line, frame.column)
        });
        kept.entry(key).or_default().push((path.collect(), sample.value));
    }
    kept
}

#[test]
fn the_corpus_reads_as_its_own_importer_reads_it() {
    // npm speedscope@1.25.0, its importer called in Node: total, and own and total weight of each frame.
    const SIMPLE: [(&str, (i64, i64)); 4] = [("a", (0, 14)), ("b", (5, 14)), ("c", (5, 5)), ("d", (4, 4))];
    let cases = [
        ("0.0.1/simple.speedscope.json", 1, Signal::Samples, 1),
        ("0.0.1/simple-no-pretty-print.speedscope.json", 1, Signal::Samples, 1),
        ("0.1.2/simple-sampled.speedscope.json", 1, Signal::ProgramWall, 1_000_000_000),
        ("0.6.0/two-sampled.speedscope.json", 2, Signal::ProgramWall, 1_000_000_000),
    ];
    for (path, n_profiles, signal, factor) in cases {
        let Some(bytes) = corpus_file(&format!("speedscope/{path}")) else { return };
        assert_eq!(sniff(&bytes), Sniff::Yes, "{path}");
        let (recording, issues) = read(&bytes);
        assert_eq!(issues, [], "{path}");
        assert_eq!(recording.threads.len(), n_profiles, "{path}");
        let factor = factor * n_profiles as i64;
        assert_eq!(recording.total(signal), 14 * factor, "{path}");
        let expected: BTreeMap<_, _> = SIMPLE
            .iter()
            .map(|(name, (own, total))| ((*name).to_owned(), (own * factor, total * factor)))
            .collect();
        assert_eq!(by_function(&recording, signal), expected, "{path}");
    }
}

#[test]
fn invalid_files_of_the_corpus_name_the_event() {
    let Some(bytes) = corpus_file("speedscope/invalid/out-of-order-events.json") else { return };
    let (recording, issues) = read(&bytes);
    // Its own importer: `Tried to leave frame "B" while frame "A" was at the top at 4`.
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "profile 0: event 6 closes frame 1, which is further out; expected frame 0, the innermost, which event 3 opened",
            "profile 0: event 7 closes frame 0, but none is open",
        ]
    );
    let offset = issues[0].offset.expect("a byte") as usize;
    assert!(bytes[offset..].starts_with(b"{\"type\": \"C\", \"frame\": 1"));
    assert_eq!(recording.total(Signal::Samples), 3);
    let Some(bytes) = corpus_file("speedscope/invalid/incomplete-trace.json") else { return };
    let (recording, issues) = read(&bytes);
    assert_eq!(
        issues[0].message,
        "profile 0 ends behind event 1 with 1 frames open; expected frame 0 to be closed, the innermost, which event 0 opened"
    );
    assert_eq!(recording.total(Signal::Samples), 100);
}

#[test]
fn units_and_profiles_keep_apart() {
    let text = r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[{"name":"f","file":"a.c","line":3,"col":7}]},
      "profiles":[{"type":"sampled","name":"heap","unit":"bytes","startValue":0,"endValue":9,"samples":[[0]],"weights":[9]},
      {"type":"evented","name":"run","unit":"microseconds","startValue":5,"endValue":9,"events":[{"type":"O","frame":0,"at":5},{"type":"C","frame":0,"at":7.5}]}]}"#;
    let (recording, issues) = read(text.as_bytes());
    assert_eq!(issues, []);
    assert_eq!(recording.meta.name_of(Signal::Column1), "bytes");
    assert_eq!(recording.total(Signal::Column1), 9);
    let run = recording.samples.iter().find(|sample| sample.signal == Signal::ProgramWall).expect("a sample");
    assert_eq!((run.time_nanos, run.value), (5_000, 2_500));
    assert_eq!(recording.threads[run.thread.index()].name, "run");
    let frame = &recording.frames[0];
    assert_eq!((frame.file.as_deref(), frame.line, frame.column), (Some("a.c"), Some(3), Some(7)));
}

#[test]
fn what_is_wrong_is_named_and_the_rest_is_kept() {
    let issues_of = |profile: &str| -> Vec<String> {
        let text = format!(r#"{{"profiles":[{profile}],"shared":{{"frames":[{{"name":"f"}},{{}}]}}}}"#);
        read(text.as_bytes()).1.into_iter().map(|issue| issue.message).collect()
    };
    assert_eq!(
        issues_of(
            r#"{"type":"sampled","unit":"none","samples":[[0],[9],[-1],7],"weights":[1,2,1e300,NaN,5]}"#
        ),
        [
            "sample 2 holds what is no frame's number",
            "sample 3 is no list of frames",
            "weight 3 is no finite number",
            "profile 0 has 4 samples, but 5 weights; expected as many",
            "a frame has no name",
            "frame 9 is not among the 2 of the file",
            "profile 0 holds values of more than 9e18 nanoseconds or units",
        ]
    );
    assert_eq!(
        issues_of(
            r#"{"type":"x","unit":"years","events":[{"type":"O","frame":0,"at":4},{"type":"C","at":5},{"type":"C","frame":0,"at":3}]}"#
        ),
        [
            "event 1 lacks one of `type` (O or C), `frame` (a number) and `at` (a finite number)",
            "profile 0: event 2 is at 3, before the one ahead of it at 4",
            "profile 0 has type `x`; expected `evented` or `sampled`",
            "a frame has no name",
            "profile 0 has the unit `years`; it is read as none",
        ]
    );
    assert_eq!(read(b"[1]").1[0].message, "the file is no JSON object");
}

#[test]
fn a_cut_file_keeps_what_stands_before() {
    let bytes = write(&small_recording()).expect("has samples");
    for end in 0..bytes.len() - 2 {
        let (recording, issues) = read(&bytes[..end]);
        let damage = issues.iter().find(|issue| issue.message.starts_with("the file ends where"));
        assert_eq!(damage.and_then(|issue| issue.offset), Some(end as u64), "{issues:?}");
        assert!(recording.samples.len() <= 5);
    }
    // Weights come last in a profile: behind those of the first one its samples are there.
    let text = String::from_utf8(bytes.clone()).expect("text");
    let end = text.find("]},{\"type\"").expect("two profiles");
    let (recording, _) = read(&bytes[..end]);
    assert_eq!(recording.samples.len(), 3);
}

#[test]
fn what_a_cut_leaves_incomplete_is_not_said_to_be_wrong() {
    let text = r#"{"shared":{"frames":[{"name":"f"},{"name":"g"}]},"profiles":[
        {"type":"sampled","unit":"none","samples":[[0,1],[1]],"weights":[-1,25]},
        {"type":"evented","unit":"none","events":[{"type":"O","frame":0,"at":1},{"type":"C","frame":0,"at":5}]}]}"#;
    for end in 1..text.len() {
        for issue in read(&text.as_bytes()[..end]).1 {
            let of_cut = ["the file ends where", "event 1 with 1 frames open", "has the unit ``"];
            assert!(of_cut.iter().any(|part| issue.message.contains(part)), "{end}: {issue}");
        }
    }
}

#[test]
fn a_million_open_frames_are_no_recursion() {
    let open: Vec<String> =
        (0..1_000_000).map(|at| format!(r#"{{"type":"O","frame":0,"at":{at}}}"#)).collect();
    let text = format!(
        r#"{{"shared":{{"frames":[{{"name":"f"}}]}},"profiles":[{{"type":"evented","unit":"none","events":[{}]}}]}}"#,
        open.join(",")
    );
    let (recording, _) = read(text.as_bytes());
    assert_eq!(recording.samples.len(), 999_999);
}

#[test]
fn ends_of_frames_that_are_not_open_are_not_looked_for_among_a_million() {
    let event = |opens: bool, frame: u32| {
        let kind = if opens { "O" } else { "C" };
        format!(r#"{{"type":"{kind}","frame":{frame},"at":1}}"#)
    };
    let mut events = vec![event(true, 0); 300_000];
    events.extend(vec![event(false, 1); 300_000]);
    events.extend([event(true, 1), event(true, 2), event(false, 1), event(false, 1), event(false, 0)]);
    let text = format!(
        r#"{{"shared":{{"frames":[]}},"profiles":[{{"type":"evented","unit":"none","events":[{}]}}]}}"#,
        events.join(",")
    );
    let (_, issues) = read(text.as_bytes());
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    let open = "profile 0 ends behind event 600005 with 299999 frames open; expected frame 0 to be closed, the \
                innermost, which event 299998 opened";
    assert!(messages.contains(&open), "{messages:?}");
    // Those of a frame that is not open, the one further out, and the second end of it.
    assert!(messages.contains(&"events that close the wrong frame: 300002 times in all"), "{messages:?}");
}

#[test]
fn other_json_is_not_taken() {
    assert_eq!(sniff(b"{\"traceEvents\":[]}"), Sniff::No);
    assert_eq!(sniff(b"{\"profiles\":[{\"startValue\":0,\"endValue\":1,\"unit\":\"none\"}]}"), Sniff::Maybe);
    assert_eq!(sniff(b"[\"https://www.speedscope.app/file-format-schema.json\"]"), Sniff::No);
}

#[test]
fn what_is_written_is_small_and_plain() {
    let text = String::from_utf8(write(&small_recording()).expect("has samples")).expect("text");
    let head = r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"fathom@"#;
    assert!(text.starts_with(head), "{text}");
    assert!(
        text.contains(
            r#""name":"off-cpu: worker (11), app (10)","unit":"nanoseconds","startValue":0,"endValue":1000,"#
        ),
        "{text}"
    );
    let options = WriteOptions { process_root: true, thread_root: true, signals: vec![Signal::OffCpu] };
    let files = super::write::write(&small_recording(), &options).expect("has samples");
    let text = String::from_utf8(files[0].bytes.clone()).expect("text");
    assert!(
        text.contains(r#"[{"name":"app (process 10)"},{"name":"worker (thread 11)"},{"name":"_start""#),
        "{text}"
    );
}

proptest! {
    #[test]
    fn what_is_written_reads_back(recording in any_recording()) {
        let Some(bytes) = write(&recording) else { return Ok(()) };
        prop_assert_eq!(sniff(&bytes[..bytes.len().min(crate::HEAD_BYTES)]), Sniff::Yes);
        let (again, issues) = read(&bytes);
        prop_assert_eq!(issues, []);
        prop_assert_eq!(kept(&again), kept(&recording));
        prop_assert_eq!(write(&again).expect("has samples"), bytes);
    }

    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (read(&bytes), sniff(&bytes));
    }

    #[test]
    fn any_change_does_not_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = write(&small_recording()).expect("has samples");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&bytes);
    }
}
