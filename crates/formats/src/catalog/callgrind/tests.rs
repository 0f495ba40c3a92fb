//! Files of the corpus and made by hand: read, written, cut and damaged.

use super::*;
use crate::builder::RecordingBuilder;
use crate::format::WriteOptions;
use crate::input::{Input, Limits};
use fathom_model::{Frame, FrameKind, Issue, Recording, Signal};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Table = BTreeMap<String, (i64, i64)>;

/// For each function what it cost itself and with all it calls.
fn table(recording: &Recording, signal: Signal) -> Table {
    let mut table = Table::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal) {
        let frames: Vec<String> = sample
            .stack
            .into_iter()
            .flat_map(|stack| recording.stacks.frames(stack))
            .filter_map(|id| recording.frames[id.index()].function.clone())
            .collect();
        if let Some(leaf) = frames.first() {
            table.entry(leaf.clone()).or_default().0 += sample.value;
        }
        for function in frames.into_iter().collect::<BTreeSet<_>>() {
            table.entry(function).or_default().1 += sample.value;
        }
    }
    table
}

fn expected(rows: &[(&str, i64, i64)]) -> Table {
    rows.iter().map(|(name, own, total)| ((*name).to_owned(), (*own, *total))).collect()
}

fn read_text(text: &str) -> (Recording, Vec<Issue>) {
    read::read(&Input::new(&text.as_bytes()))
}

fn corpus(name: &str) -> Option<(Recording, Vec<Issue>)> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/speedscope/callgrind").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => {
            assert_eq!(crate::recognise(&bytes).map(|(format, _)| format.name), Some("callgrind"), "{name}");
            Some(read::read(&Input::new(&bytes)))
        }
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            None
        }
    }
}

/// The numbers are what `callgrind_annotate --threshold=100 --inclusive=no` and `=yes` (3.19) print.
#[test]
fn the_corpus_reads_as_callgrind_annotate_says() {
    let plain = [("main", 20, 820), ("func1", 100, 400), ("func2", 700, 700)];
    // callgrind_annotate does not know costs that are told as differences; the file is the first one so written.
    for name in
        ["callgrind.example.log", "callgrind.name-compression.log", "callgrind.subposition-compression.log"]
    {
        let Some((recording, issues)) = corpus(name) else { return };
        assert_eq!(issues, [], "{name}");
        assert_eq!(recording.meta.name_of(Signal::Column1), "Instructions");
        assert_eq!(table(&recording, Signal::Column1), expected(&plain), "{name}");
    }
    let Some((recording, issues)) = corpus("callgrind.multiple-event-types.log") else { return };
    assert_eq!(issues, []);
    // Time is in tens of nanoseconds.
    assert_eq!(recording.meta.name_of(Signal::Column1), "Time");
    let time = plain.map(|(name, own, total)| (name, 10 * own, 10 * total));
    assert_eq!(table(&recording, Signal::Column1), expected(&time));
    let memory = [("main", 15_000, 38_000), ("func1", 15_000, 20_000), ("func2", 8_000, 8_000)];
    assert_eq!(table(&recording, Signal::Column2), expected(&memory));
    // A function is called for 20 and its line has 10: the rest is shown apart.
    let Some((recording, issues)) = corpus("callgrind.cfn-reset.log") else { return };
    assert_eq!(issues.len(), 1, "{issues:?}");
    assert!(
        issues[0].message.starts_with("calls of functions cost 10 more than their lines"),
        "{}",
        issues[0]
    );
    let mut found = table(&recording, Signal::Column1);
    assert_eq!(found.remove(stacks::NOT_TOLD), Some((10, 10)));
    let rows = [("alpha", 10, 50), ("beta", 10, 10), ("gamma", 10, 20), ("delta", 10, 20)];
    assert_eq!(found, expected(&rows));
}

/// Instructions and lines, differences, jumps, another file within a function, recursion, a part of another thread.
const ALL: &str = "version: 1\ncreator: callgrind-3.19.0\npid: 12\ncmd: ./shop cart\npart: 1\nthread: 1\n\n\
    positions: instr line\nevents: Ir Dr\nsummary: 112 2\n\n\
    ob=(1) /bin/shop\nfl=(1) shop.c\nfn=(1) main\n0x100 10 5 2\n+4 +1 5\ncfi=(2) cart.c\ncfn=(2) sum\ncalls=3 0x200 20\n\
    * * 60\njump=2 0x110 12\n* *\n+8 +2 5\nfi=(3) inline.h\n+4 3 7\nfe=(1)\n+4 14 3\n\n\
    fl=(2)\nfn=(2)\n0x200 20 40\ncfn=(3) sum'2\ncalls=5 0x200 20\n* * 20\n\n\
    fn=(3)\n0x200 20 20\ncfn=(3)\ncalls=9 0x200 20\n* * 300\n\n\
    part: 1\nthread: 2\n\npositions: instr line\nevents: Ir Dr\n\nob=(1)\nfl=(1)\nfn=(4) work\n0x300 30 27\n";

#[test]
fn everything_in_a_file_is_understood() {
    let (recording, issues) = read_text(ALL);
    assert_eq!(issues, []);
    let rows = [("main", 25, 85), ("sum", 40, 60), ("sum'2", 20, 20), ("work", 27, 27)];
    assert_eq!(table(&recording, Signal::Column1), expected(&rows));
    assert_eq!(recording.total(Signal::Column2), 2);
    assert_eq!((recording.processes[0].pid, recording.processes[0].name.as_str()), (12, "shop"));
    assert_eq!(recording.threads.iter().map(|thread| thread.tid).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(recording.modules[0].path, "/bin/shop");
    // Each line has its own cost.
    let mut lines = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == Signal::Column1) {
        let leaf = recording.stacks.frames(sample.stack.expect("a stack")).next().expect("a frame");
        let frame = &recording.frames[leaf.index()];
        let place = (frame.file.clone().expect("a file"), frame.line.expect("a line"));
        *lines.entry(place).or_insert(0) += sample.value;
    }
    let place = |file: &str, line: u32, cost: i64| ((file.to_owned(), line), cost);
    let places = [
        place("cart.c", 20, 60),
        place("inline.h", 3, 7),
        place("shop.c", 10, 5),
        place("shop.c", 11, 5),
        place("shop.c", 13, 5),
        place("shop.c", 14, 3),
        place("shop.c", 30, 27),
    ];
    assert_eq!(lines, BTreeMap::from(places));
}

#[test]
fn shares_are_split_in_proportion() {
    // 300 and 100 come to `shared`, which spends 100 itself, 200 on `left`, 100 on `right`.
    let text = "events: Ir\nfl=a\nfn=one\ncfn=shared\ncalls=1 1\n1 300\nfn=two\ncfn=shared\ncalls=1 1\n1 100\n\
        fn=shared\n1 100\ncfn=left\ncalls=1 1\n2 200\ncfn=right\ncalls=1 1\n3 100\nfn=left\n1 200\nfn=right\n1 100\n";
    let (recording, issues) = read_text(text);
    assert_eq!(issues, []);
    let mut stacks = BTreeMap::new();
    for sample in &recording.samples {
        let frames = recording.stacks.frames(sample.stack.expect("a stack"));
        let names: Vec<_> = frames.filter_map(|id| recording.frames[id.index()].function.clone()).collect();
        *stacks.entry(names.join(" < ")).or_insert(0) += sample.value;
    }
    let found: Vec<(&str, i64)> = stacks.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let expected = [
        ("left < shared < one", 150),
        ("left < shared < two", 50),
        ("right < shared < one", 75),
        ("right < shared < two", 25),
        ("shared < one", 75),
        ("shared < two", 25),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_graph_of_very_many_paths_is_read() {
    // Two ways at each of a thousand steps: 2^1000 paths.
    let mut text = String::from("events: Ir\nfl=a\n");
    for at in 0..1000 {
        for side in ["l", "r"] {
            text += &format!("fn={side}{at}\n1 1\n");
            let below = 2 * (999 - at);
            for next in ["l", "r"] {
                text += &format!("cfn={next}{}\ncalls=1 1\n2 {}\n", at + 1, below / 2 + 1);
            }
        }
    }
    text += "fn=l1000\n1 1000\nfn=r1000\n1 1000\n";
    let (recording, _) = read_text(&text);
    let table = table(&recording, Signal::Column1);
    assert!((0..1000).all(|at| table[&format!("l{at}")].0 == 1), "own costs are exact");
    assert!(recording.samples.len() < 100_000, "{}", recording.samples.len());
}

#[test]
fn what_is_wrong_is_said_and_the_rest_kept() {
    let text = "events: Ir\n1 5\nfl=a\nfn=f\nx 3\n1 2 3 4\n2 -9\ncalls=1 1\n3 1\nfn=(7)\n1 0x10\nwhat=ever\n";
    let (recording, issues) = read_text(text);
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    let expected = [
        "costs of no function",
        "line is neither costs nor a name nor of the head",
        "line has more costs than there are events: `1 2 3 4`",
        "cost is no number from 0 on: `-9`",
        "calls of a function that is not named",
        "number without a name: (7)",
        "line has a key that is not known: `what`",
    ];
    assert_eq!(messages, expected);
    assert_eq!(issues[0].offset, Some(11));
    let rows = [("???", 5, 5), ("f", 3, 3), ("(7)", 16, 16)];
    assert_eq!(table(&recording, Signal::Column1), self::expected(&rows));
}

#[test]
fn a_total_that_is_another_is_said() {
    let (_, issues) = read_text("events: Ir\nfn=f\n1 5\ntotals: 7\n");
    assert_eq!(issues[0].message, "it says that costs are [7] in all, but its lines have [5]");
}

#[test]
fn cut_anywhere_it_reads_less() {
    for length in 0..ALL.len() {
        let (recording, _) = read_text(&ALL[..length]);
        assert!(recording.total(Signal::Column1) <= 130, "{length}");
    }
}

fn written(recording: &Recording) -> Vec<u8> {
    write::write(recording, &WriteOptions::default()).expect("samples").remove(0).bytes
}

#[test]
fn what_is_written_reads_back() {
    let (first, _) = read_text(ALL);
    let bytes = written(&first);
    let (second, issues) = read::read(&Input::new(&bytes));
    assert_eq!(issues, [], "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(table(&second, Signal::Column1), table(&first, Signal::Column1));
    assert_eq!(second.meta.columns, first.meta.columns);
    assert_eq!(String::from_utf8_lossy(&written(&second)), String::from_utf8_lossy(&bytes));
}

#[test]
fn what_cost_nothing_is_not_written() {
    let recording = recording_of(&[(vec![(1, 3), (2, 4)], 5), (vec![(1, 3), (9, 4)], 0)]);
    let text = String::from_utf8_lossy(&written(&recording)).into_owned();
    assert!(text.contains("f2") && !text.contains("f9"), "{text}");
}

#[test]
fn callgrind_annotate_reads_what_is_written() {
    let (recording, _) = read_text(ALL);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("callgrind.out");
    std::fs::write(&path, written(&recording)).expect("written");
    let mut found = Table::new();
    for inclusive in ["no", "yes"] {
        let output = std::process::Command::new("callgrind_annotate")
            .args(["--threshold=100", "--auto=no", "--show-percs=no", "--show=Ir"])
            .arg(format!("--inclusive={inclusive}"))
            .arg(&path)
            .output();
        let Ok(output) = output else {
            eprintln!("skipped: callgrind_annotate is not installed");
            return;
        };
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (Some(Ok(cost)), Some(name)) =
                (words.first().map(|word| word.replace(',', "").parse::<i64>()), words.get(1))
            else {
                continue;
            };
            let Some((_, function)) = name.split_once(':') else { continue };
            let row = found.entry(function.to_owned()).or_default();
            if inclusive == "no" { row.0 += cost } else { row.1 += cost }
        }
    }
    found.remove(ROOT);
    // The code of `inline.h` within `main` is a function of its own there.
    let mut ours = table(&recording, Signal::Column1);
    ours.get_mut("main").expect("it is there").1 = 78 + 7;
    assert_eq!(found, ours);
}

/// A recording of stacks that are lists of functions, each but the last at a line.
fn recording_of(stacks: &[(Vec<(u8, u8)>, i64)]) -> Recording {
    let mut builder = RecordingBuilder::new("test", Limits::default());
    let thread = builder.only_thread("program");
    for (path, value) in stacks {
        let mut stack = None;
        for (function, line) in path {
            let line = Some(u32::from(*line)).filter(|line| *line > 0);
            let named = Frame::named(format!("f{function}"), FrameKind::Unknown);
            let frame = builder.frame(Frame { file: Some("a.c".into()), line, ..named });
            stack = Some(builder.stack(stack, frame));
        }
        builder.sum(Signal::Samples, thread, stack, *value, 1);
    }
    builder.finish(false).0
}

proptest! {
    #[test]
    fn any_stacks_keep_their_costs(
        stacks in prop::collection::vec((prop::collection::vec((0..6_u8, 0..4_u8), 1..6), 1..1000_i64), 1..12),
    ) {
        let first = recording_of(&stacks);
        let (second, issues) = read::read(&Input::new(&written(&first)));
        prop_assert_eq!(issues, vec![]);
        let (ours, theirs) = (table(&first, Signal::Samples), table(&second, Signal::Samples));
        let own = |table: &Table| -> BTreeMap<String, i64> {
            table.iter().filter(|(_, row)| row.0 > 0).map(|(name, row)| (name.clone(), row.0)).collect()
        };
        prop_assert_eq!(own(&ours), own(&theirs));
        prop_assert!(theirs.iter().all(|(name, row)| row.1 <= ours[name].1));
    }

    #[test]
    fn stacks_without_recursion_are_written_the_same_again(
        stacks in prop::collection::vec((prop::collection::btree_map(0..9_u8, 0..4_u8, 1..6), 1..1000_i64), 1..12),
    ) {
        let stacks: Vec<_> = stacks.into_iter().map(|(path, value)| (path.into_iter().collect(), value)).collect();
        let first = recording_of(&stacks);
        let once = written(&first);
        let (second, issues) = read::read(&Input::new(&once));
        prop_assert_eq!(issues, vec![]);
        prop_assert_eq!(table(&first, Signal::Samples), table(&second, Signal::Samples));
        let twice = written(&second);
        prop_assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = sniff(&bytes);
        read::read(&Input::new(&bytes));
    }

    #[test]
    fn damaged_files_are_survived(at in 0..ALL.len(), with in "[ -~\n]{0,3}", n in 0..4_usize) {
        let mut text = ALL.as_bytes().to_vec();
        let end = (at + n).min(text.len());
        text.splice(at..end, with.bytes());
        read::read(&Input::new(&text));
    }
}
