//! Folded stacks as scripts write them, both ways, in every encoding, damaged, and any bytes.

use super::*;
use crate::catalog::parquet::tests::small_recording;
use crate::input::{Input, Limits};
use fathom_model::{Issue, Signal};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn text_of(recording: &Recording, options: &WriteOptions) -> String {
    let files = write(recording, options).expect("has samples");
    String::from_utf8(files[0].bytes.clone()).expect("text")
}

fn text(options: &WriteOptions) -> String {
    text_of(&small_recording(), options)
}

fn read(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read::read(&Input::new(&bytes))
}

/// Read, and written again.
fn again(bytes: &[u8]) -> String {
    text_of(&read(bytes).0, &WriteOptions::default())
}

#[test]
fn lines_are_summed_and_clean() {
    assert_eq!(
        text(&WriteOptions::default()),
        "[no stack] 5\n_start;main;a:b<int> c 300\n_start;main;app+0x1234 7\n"
    );
}

#[test]
fn roots_and_signals_are_chosen() {
    let options = WriteOptions { signals: vec![Signal::OffCpu], process_root: true, thread_root: true };
    assert_eq!(text(&options), "app (process 10);worker (thread 11);_start;main 1000\n");
}

#[test]
fn what_is_written_is_recognised_and_read() {
    let written = text(&WriteOptions::default());
    assert_eq!(sniff(written.as_bytes()), Sniff::Maybe);
    assert_eq!(again(written.as_bytes()), written);
    assert_eq!(sniff(b"\n"), Sniff::No);
}

#[test]
fn names_have_blanks_and_marks() {
    let (recording, issues) = read(b"a b;c (d) 2\na b;;read_[k] 1.6\n  \n# note 3\nno weight here\n");
    assert_eq!(recording.total(Signal::Samples), 4);
    assert_eq!(issues.len(), 1);
    let found = issues[0].to_string();
    assert_eq!(
        found,
        "folded at byte 42: the line ends with no weight: `no weight here`; needed is `a;b;c 12`"
    );
    let kind = |name: &str| {
        recording.frames.iter().find(|frame| frame.function.as_deref() == Some(name)).map(|frame| frame.kind)
    };
    assert_eq!(kind("read_[k]"), Some(fathom_model::FrameKind::Kernel));
    assert!(kind("(empty)").is_some() && kind("c (d)").is_some());
}

#[test]
fn nothing_to_read_is_said() {
    let (recording, issues) = read(b"hello\nworld\n");
    assert!(recording.samples.is_empty());
    assert!(issues[0].message.starts_with("no line ends with a weight"), "{}", issues[0]);
}

#[test]
fn frames_that_begin_alike_are_told_apart() {
    assert_eq!(
        again(b"ab;c 1\nab;cd 2\na;c 4\nab 8\nab;c;d 16\n"),
        "a;c 4\nab 8\nab;c 1\nab;c;d 16\nab;cd 2\n"
    );
}

#[test]
fn every_encoding_reads_the_same() {
    let plain = "é;main;\u{1f600} x 12\nb;c 3\n";
    let units: Vec<u16> = plain.encode_utf16().collect();
    let little: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
    let big: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
    let returns = plain.replace('\n', "\r\n");
    let zstd = zstd::encode_all(plain.as_bytes(), 1).expect("memory");
    let expected = again(plain.as_bytes());
    for bytes in [little, big, returns.into_bytes(), zstd] {
        assert_eq!(sniff(&Input::new(&bytes).head(4096)), Sniff::Maybe);
        assert_eq!(again(&bytes), expected);
    }
}

#[test]
fn parts_give_what_the_whole_gives() {
    let mut text = String::new();
    for line in 0..600_000_u64 {
        let mixed = line.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (a, b, c) = (mixed >> 60, mixed >> 50 & 63, mixed >> 40 & 1023);
        text.push_str(&format!("main;level{a};function_with_a_name{b};leaf{c} {}\n", line % 7));
    }
    assert!(text.len() > 20 << 20, "{}", text.len());
    let with_threads = |threads| {
        let limits = Limits { threads, ..Limits::default() };
        text_of(&read::read(&Input::new(&text.as_bytes()).with_limits(limits)).0, &WriteOptions::default())
    };
    assert_eq!(with_threads(1), with_threads(3));
}

#[test]
fn memory_is_bounded() {
    let text: String = (0..200_000).map(|line| format!("main;f{line} 1\n")).collect();
    let limits = Limits { model_bytes: 1 << 20, ..Limits::default() };
    let (recording, issues) = read::read(&Input::new(&text.as_bytes()).with_limits(limits));
    assert!(recording.frames.len() < 10_000 && !recording.samples.is_empty());
    assert!(issues.iter().any(|issue| issue.message.contains("do not fit")), "{issues:?}");
}

/// Self and total by name, recursion counted once: sums over the lines, as a Python script over the files' text gives
/// them (`sum of n`, `sum of n where the last name is f`, `sum of n where f is among the names`).
#[test]
fn the_corpus_reads_as_others_read_it() {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/corpus/speedscope/stackcollapse"
    ));
    if !folder.exists() {
        println!("skipped: there is no corpus at {}", folder.display());
        return;
    }
    for (file, total, n_issues, functions) in [
        ("alternating.txt", 182, 0, &[("a", 0, 91), ("b", 91, 91), ("d", 91, 91)][..]),
        ("perf-vertx-stacks-01-collapsed-all.txt", 285, 0, VERTX),
        ("recursion.txt", 10, 0, &[("a", 1, 9), ("b", 5, 9), ("c", 4, 4)][..]),
        ("simple-crlf.txt", 14, 0, SIMPLE),
        ("simple-utf16-be.txt", 14, 0, SIMPLE),
        ("simple-utf16-le.txt", 14, 0, SIMPLE),
        ("simple-with-invalids.txt", 14, 1, SIMPLE),
        ("simple.txt", 14, 0, SIMPLE),
        ("tall.txt", 1, 0, &[("a", 0, 1), ("z", 1, 1)][..]),
    ] {
        let bytes = std::fs::read(folder.join(file)).expect("a file of the corpus");
        assert_eq!(sniff(&bytes[..bytes.len().min(4096)]), Sniff::Maybe, "{file}");
        let (recording, issues) = read(&bytes);
        assert_eq!((recording.total(Signal::Samples), issues.len()), (total, n_issues), "{file}");
        let found = self_and_total(&recording);
        for (name, own, all) in functions {
            assert_eq!(found.get(*name), Some(&(*own, *all)), "{file}: {name}");
        }
    }
}

const SIMPLE: &[(&str, i64, i64)] = &[("a", 0, 14), ("b", 5, 14), ("c", 5, 5), ("d", 4, 4)];
const VERTX: &[(&str, i64, i64)] = &[
    ("java", 0, 285),
    ("start_thread", 0, 281),
    ("JavaThread::run", 0, 263),
    ("hypercall_page_[k]", 23, 23),
    ("org/mozilla/javascript/ScriptableObject:.createSlot_[j]", 20, 20),
    ("org/mozilla/javascript/ScriptableObject:.getSlot_[j]", 13, 33),
    ("SpinPause", 7, 7),
];

fn self_and_total(recording: &Recording) -> BTreeMap<String, (i64, i64)> {
    let mut found: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for sample in &recording.samples {
        let Some(stack) = sample.stack else { continue };
        let names: Vec<&str> = recording
            .stacks
            .frames(stack)
            .filter_map(|frame| recording.frames[frame.index()].function.as_deref())
            .collect();
        found.entry(names[0].to_owned()).or_default().0 += sample.value;
        let distinct: std::collections::BTreeSet<&str> = names.into_iter().collect();
        for name in distinct {
            found.entry(name.to_owned()).or_default().1 += sample.value;
        }
    }
    found
}

#[test]
fn a_name_that_looks_like_a_comment_is_read_again() {
    for (bytes, written) in [("#\tx;y 3\n", " # x;y 3\n"), ("//\t3\n", " // 3\n"), ("#x 3\n", "#x 3\n")] {
        assert_eq!(again(bytes.as_bytes()), written);
        assert_eq!(again(written.as_bytes()), written);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = sniff(&bytes);
        let (recording, _) = read(&bytes);
        // What was read is written, and that is stable.
        if !recording.samples.is_empty() {
            let once = text_of(&recording, &WriteOptions::default());
            prop_assert_eq!(again(once.as_bytes()), once);
        }
    }

    #[test]
    fn text_like_stacks_is_stable(text in "([a-c;_\\[\\]k ]{0,12} -?[0-9]{1,3}\n){0,12}") {
        let (recording, _) = read(text.as_bytes());
        if !recording.samples.is_empty() {
            let once = text_of(&recording, &WriteOptions::default());
            prop_assert_eq!(again(once.as_bytes()), once);
        }
    }
}
