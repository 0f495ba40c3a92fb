//! Heap profiles as V8 writes them, damaged ones, and any bytes.

use super::*;
use crate::corpus;
use proptest::prelude::*;

const SMALL: &str = r#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},
"selfSize":8,"id":1,"children":[{"callFrame":{"functionName":"outer","scriptId":"1","url":"file:///a.js","lineNumber":4,"columnNumber":0},
"selfSize":0,"id":2,"children":[{"callFrame":{"functionName":"","scriptId":"1","url":"file:///a.js","lineNumber":6,"columnNumber":0},
"selfSize":1024,"id":3,"children":[]},{"callFrame":{"functionName":"(V8 API)","scriptId":"0","url":"","lineNumber":0,"columnNumber":0},
"selfSize":16,"id":4,"children":[]}]}]},"samples":[{"size":512,"nodeId":3,"ordinal":1},{"size":512,"nodeId":3,"ordinal":2}]}"#;

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

#[test]
fn a_heap_profile_is_read() {
    assert_eq!(sniff(SMALL.as_bytes()), Sniff::Yes);
    assert_eq!((crate::catalog::cpuprofile::FORMAT.sniff)(SMALL.as_bytes()), Sniff::No);
    let (recording, issues) = read_bytes(SMALL.as_bytes());
    assert_eq!(issues, []);
    let rows: Vec<String> = recording
        .samples
        .iter()
        .map(|sample| {
            let frames = sample.stack.iter().flat_map(|stack| recording.stacks.frames(*stack));
            let names: Vec<_> =
                frames.map(|id| recording.frames[id.index()].function.clone().unwrap_or_default()).collect();
            format!("{} {} {} {}", sample.signal, sample.value, sample.n, names.join("<"))
        })
        .collect();
    assert_eq!(
        rows,
        ["live-bytes 8 1 ", "live-bytes 1024 2 (anonymous)<outer", "live-bytes 16 1 (V8 API)<outer"]
    );
    let inner = &recording.frames[1];
    assert_eq!((inner.file.as_deref(), inner.function_start_line), (Some("file:///a.js"), Some(7)));
}

/// What speedscope 1.25.0 (npm) sums up when its importer is driven in Node; `(root)`, which has no bytes of its own, is
/// taken out, and all functions without a name are one.
const SPEEDSCOPE: &[(&str, corpus::Digest<'_>)] = &[
    (
        "node/10.11.0/Heap-20181003T105432.heapprofile",
        (
            [56, 525704, 4204296],
            &[
                ("(anonymous)", 65600, 459904),
                ("emit", 0, 295472),
                ("_tickDomainCallback", 0, 263232),
                ("addChunk", 0, 229672),
            ],
        ),
    ),
    (
        "Chrome/69/Heap-20181005T144546.heapprofile",
        (
            [337, 10030888, 37013792],
            &[
                ("(anonymous)", 3506144, 7513152),
                ("(V8 API)", 1894920, 1894920),
                ("s_.Dma", 328416, 787840),
                ("e.Ba", 0, 781240),
            ],
        ),
    ),
];

#[test]
fn the_corpus_gives_what_speedscope_gives() {
    let Some(files) = corpus::speedscope() else { return };
    for (path, digest) in SPEEDSCOPE {
        let bytes = std::fs::read(files.join(path)).expect("the corpus is whole");
        let (recording, issues) = read_bytes(&bytes);
        assert_eq!(issues, [], "{path}");
        corpus::assert_digest(path, &recording, Signal::LiveBytes, 1, *digest);
    }
}

#[test]
fn deep_nesting_is_cut_and_said() {
    let node = r#"{"callFrame":{"functionName":"f"},"selfSize":1,"children":["#;
    let n = 20_000;
    let text = format!(r#"{{"head":{}{}}}"#, node.repeat(n), "]}".repeat(n));
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(recording.total(Signal::LiveBytes), n as i64);
    assert_eq!(recording.stacks.nodes().len(), 4_096);
    assert!(issues[0].message.contains("deeper than 4096"), "{issues:?}");
    // As deep, and cut in the middle.
    let (recording, issues) = read_bytes(&text.as_bytes()[..text.len() / 2]);
    assert!(recording.total(Signal::LiveBytes) > 9_000);
    assert_eq!(issues[0].offset, Some(text.len() as u64 / 2));
}

#[test]
fn every_cut_is_survived() {
    for end in 0..SMALL.len() {
        let (_, issues) = read_bytes(&SMALL.as_bytes()[..end]);
        assert!(!issues.is_empty(), "{end}");
    }
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&bytes);
        let _ = sniff(&bytes);
    }

    #[test]
    fn any_change_does_not_panic(at in 0..SMALL.len(), byte in any::<u8>()) {
        let mut bytes = SMALL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = read_bytes(&bytes);
    }
}
