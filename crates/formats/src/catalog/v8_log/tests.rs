//! Logs of old and new versions, damaged ones, and what Node's own processor makes of the corpus' log.

use super::*;
use crate::corpus;
use fathom_model::{FrameKind, Signal};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

fn name(recording: &Recording, id: fathom_model::FrameId) -> String {
    crate::frame_name(&recording.frames[id.index()], &recording.modules).into_owned()
}

fn rows(recording: &Recording) -> Vec<String> {
    let row = |sample: &fathom_model::Sample| {
        let frames = sample.stack.iter().flat_map(|stack| recording.stacks.frames(*stack));
        let names: Vec<String> = frames.map(|id| name(recording, id)).collect();
        let labels: Vec<&str> = recording
            .labels
            .iter()
            .filter(|label| Some(label.id) == sample.labels)
            .map(|label| label.value.as_str())
            .collect();
        format!("{}+{} {} {}", sample.time_nanos, sample.value, labels.join(","), names.join("<"))
    };
    recording.samples.iter().map(row).collect()
}

/// A library, a builtin, a function in two tiers that moves, code that goes; all kinds of ticks.
const SMALL: &str = r"v8-version,11,3,244,8,-node.38,0
shared-library,/usr/bin/node,0x400000,0x500000,0
code-creation,Builtin,2,10,0x900000,256,Entry
code-creation,BytecodeHandler,2,10,0x900100,256,Ldar
code-creation,JS,10,20,0xa00000,100,outer file:///a.js:1:1,0xb00000,~
code-creation,JS,10,20,0xa01000,100, file:///a\x2Cb.js:7:3,0xb00100,*
tick,0xa01010,1000,0,0x0,0,0xa00020,0x900010
tick,0x900110,2000,0,0x0,0,0xa00020,0x1,overflow
tick,0x400010,3000,0,0x0,1,0xa00020
tick,0x1,4000,1,0x900010,6,0xa00020
tick,0x1,5000,0,0xa01010,0
code-creation,JS,10,20,0xa02000,100,outer file:///a.js:1:1,0xb00000,*
code-move,0xa02000,0xa03000
sfi-move,0xb00000,0xb00200
tick,0xa03010,6000,0,0x0,0
code-delete,0xa03000
tick,0xa03010,6500,0,0x0,7
";

#[test]
fn a_log_is_resolved() {
    assert_eq!(sniff(SMALL.as_bytes()), Sniff::Yes);
    let (recording, issues) = read_bytes(SMALL.as_bytes());
    assert_eq!(issues, []);
    assert_eq!(
        rows(&recording),
        [
            "0+1000000 js,optimized (anonymous)<outer<Entry",
            "1000000+1000000 js,interpreted outer",
            "2000000+1000000 gc,interpreted [node]<(garbage collector)<outer",
            "3000000+1000000 external,interpreted Entry<outer",
            "4000000+1000000 js,optimized [unknown]<(anonymous)",
            "5000000+1000000 js,optimized outer",
            "6000000+500000 idle [unknown]",
        ]
    );
    let anonymous = recording.frames.iter().find(|frame| frame.function.as_deref() == Some("(anonymous)"));
    let anonymous = anonymous.expect("there");
    assert_eq!(anonymous.file.as_deref(), Some("file:///a,b.js"));
    assert_eq!((anonymous.function_start_line, anonymous.kind), (Some(7), FrameKind::Unknown));
    assert_eq!(recording.meta.imported.as_ref().and_then(|from| from.tool.as_deref()), Some("V8 11.3.244"));
}

const PREPROCESSED: &str = r#"{
  "code": [ {"name": "/usr/bin/node", "type": "SHARED_LIB"}, {"name": "node::Start()", "type": "CPP"},
  {"name": "f file:///a.js:3:4", "type": "JS", "kind": "Opt", "func": 0, "tm": 5},
  {"name": "Ldar", "type": "CODE", "kind": "BytecodeHandler"}, {"name": "Entry", "type": "CODE", "kind": "Builtin"} ],
  "functions": [ {"name": "f", "codes": [2]} ],
  "ticks": [ {"tm": 20, "vm": 0, "s": [2, 16, 4, 0]}, {"tm": 30, "vm": 1, "s": [-1, 9999, 0, 16, 1, 3]},
  {"tm": 10, "vm": 0, "s": [3, 1, 2, 0, 77, 0]} ]
}"#;

#[test]
fn a_preprocessed_log_is_read() {
    assert_eq!(sniff(PREPROCESSED.as_bytes()), Sniff::Yes);
    let (recording, issues) = read_bytes(PREPROCESSED.as_bytes());
    assert_eq!(
        rows(&recording),
        [
            "0+10000 js,optimized f",
            "10000+10000 js,optimized f<Entry",
            "20000+10000 gc [unknown]<(garbage collector)<[node]<node::Start()",
        ]
    );
    assert_eq!(issues[0].message, "1 frames are beyond the 5 of `code`");
}

/// Ticks by what they were in, as `node --prof-process` (Node 20.20.2) counts them; a library by its path.
#[test]
fn the_corpus_gives_what_node_gives() {
    let Some(files) = corpus::speedscope() else { return };
    let bytes =
        std::fs::read(files.join("node/8.5.0/isolate-0x102802600-v8.log")).expect("the corpus is whole");
    let (recording, issues) = read_bytes(&bytes);
    assert_eq!(issues, []);
    assert_eq!(recording.samples.len(), 93);
    let mut ticks: BTreeMap<String, usize> = BTreeMap::new();
    let mut n_collecting = 0;
    for sample in &recording.samples {
        let frames: Vec<_> = sample.stack.iter().flat_map(|stack| recording.stacks.frames(*stack)).collect();
        *ticks.entry(name(&recording, frames[0])).or_default() += 1;
        let is_collector = |id: &&fathom_model::FrameId| recording.frames[id.index()].kind == FrameKind::Gc;
        n_collecting += frames.iter().filter(is_collector).count();
    }
    let expected = [
        ("[libsystem_kernel.dylib]", 10),
        ("[libsystem_malloc.dylib]", 1),
        ("[libsystem_platform.dylib]", 3),
        ("[libsystem_pthread.dylib]", 1),
        ("[node]", 42),
        ("[unknown]", 12),
        ("b", 8),
        ("c", 2),
        ("d", 14),
    ];
    let found: Vec<(&str, usize)> = ticks.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(found, expected);
    assert_eq!(n_collecting, 3);
    // From the start to the last tick.
    assert_eq!(recording.total(Signal::ProgramWall), recording.meta.duration_nanos);
}

#[test]
fn damage_is_reported_and_the_rest_is_kept() {
    let text = "v8-version,1\ntick,1\ncode-delete,0x5\ncode-creation,JS\ntick,0x1,5,0,0x0,0\ntick,0x1,6,0,0";
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(recording.samples.len(), 1);
    let found: Vec<(Option<u64>, &str)> =
        issues.iter().map(|issue| (issue.offset, issue.message.as_str())).collect();
    assert_eq!(
        found,
        [
            (Some(72), "the last line is cut and not read"),
            (Some(0), "3 lines are damaged, this is the first"),
            (None, "1 times code moved or went away that was not there"),
        ]
    );
}

#[test]
fn every_cut_is_survived() {
    for text in [SMALL, PREPROCESSED] {
        for end in 0..text.len() {
            let (recording, _) = read_bytes(&text.as_bytes()[..end]);
            assert!(recording.samples.len() <= 7);
        }
    }
}

#[test]
fn old_lines_without_a_time_are_read() {
    let text =
        "code-creation,LazyCompile,0,0xa00000,100,\"f a.js:1:1\",0xb00000,*\ntick,0xa00001,5,0,0x0,0\n";
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(issues, []);
    assert_eq!(rows(&recording), ["0+5000 js,optimized f"]);
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes);
        let _ = sniff(&bytes);
    }

    #[test]
    fn any_change_does_not_panic(at in 0..PREPROCESSED.len(), byte in any::<u8>()) {
        for text in [SMALL, PREPROCESSED] {
            let mut bytes = text.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = read_bytes(&bytes);
        }
    }

    #[test]
    fn any_lines_do_not_panic(lines in proptest::collection::vec(
        ("(tick|shared-library|code-creation|code-move|code-delete|sfi-move)",
         proptest::collection::vec("(0x[0-3]|0xffffffffffffffff|[0-9]|JS|a b:1:2|~|\\*|\\+f|-0x1|o)", 0..9)), 0..30)
    ) {
        let text: Vec<String> = lines.iter().map(|(word, rest)| format!("{word},{}\n", rest.join(","))).collect();
        let (recording, _) = read_bytes(text.concat().as_bytes());
        prop_assert!(recording.samples.len() <= lines.len());
    }
}
