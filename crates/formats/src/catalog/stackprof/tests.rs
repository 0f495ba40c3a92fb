//! Both forms, with and without raw samples, against the same numbers, and damage.

use super::*;
use crate::catalog::speedscope::tests::by_function;
use crate::names::frame_name;
use fathom_model::Signal;
use proptest::prelude::*;

/// The profile of [`JSON`] as Ruby marshals it; written by the Python package rubymarshal 1.2.10.
const DUMP: &str =
    "04087b113a0c76657273696f6e661a312e313939393939393939393939393939393535363a096d6f64653a0977616c6c3a0d
     696e74657276616c6902e8033a0c73616d706c657369093a0f67635f73616d706c657369063a136d69737365645f73616d70
     6c657369003a0d6d657461646174617b0749220661063a0645543049220662063b0d545b075469f63a0b6672616d65737b07
     6c2b0801c0444a547f7b0b3a096e616d654922104f626a656374236d61696e063b0d543a0966696c6549220b6170702e7262
     063b0d543a096c696e6569083a12746f74616c5f73616d706c657369093b0969063a0a65646765737b066c2b093930000000
     00004069086c2b0939300000000000407b0a3b0f492210496e746567657223666962063b0d543b1049220b6170702e726206
     3b0d543b11690e3b1269083b0969083a087261775b0c69066c2b0801c0444a547f690669076c2b0801c0444a547f6c2b0939
     3000000000004069083a0e7261775f6c696e65735b0c6906690969066907690a690f69083a1a7261775f73616d706c655f74
     696d657374616d70735b096904801d2c04690468212c046904b4252c04690438292c043a197261775f74696d657374616d70
     5f64656c7461735b09690284036902e80369024c0469028403";

const JSON: &str = r#"{"version":1.2,"mode":"wall","interval":1000,"samples":4,"gc_samples":1,"missed_samples":0,"metadata":{"a":null},
 "frames":{"140000000000001":{"name":"Object#main","file":"app.rb","line":3,"total_samples":4,"samples":1,"edges":{"4611686018427400249":3}},
 "4611686018427400249":{"name":"Integer#fib","file":"app.rb","line":9,"total_samples":3,"samples":3}},
 "raw":[1,140000000000001,1,2,140000000000001,4611686018427400249,3],"raw_lines":[1,4,1,2,5,10,3],
 "raw_sample_timestamps":[70000000,70001000,70002100,70003000],"raw_timestamp_deltas":[900,1000,1100,900]}"#;

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |byte: u8| (byte as char).to_digit(16).expect("a digit") as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

fn words(recording: &Recording) -> Vec<String> {
    let stack = |stack| {
        let names = recording.stacks.frames(stack).map(|id| {
            let frame = &recording.frames[id.index()];
            format!("{}:{}", frame_name(frame, &recording.modules), frame.line.unwrap_or(0))
        });
        names.collect::<Vec<_>>().join("<")
    };
    let sample = |sample: &fathom_model::Sample| {
        let frames = sample.stack.map(stack).unwrap_or_default();
        format!("{} {} {}x{} {frames}", sample.signal, sample.time_nanos, sample.value, sample.n)
    };
    recording.samples.iter().map(sample).collect()
}

#[test]
fn both_forms_give_the_same() {
    let dump = bytes_of(DUMP);
    for bytes in [dump.as_slice(), JSON.as_bytes()] {
        assert_eq!(sniff(bytes), Sniff::Yes);
        let (recording, issues) = read_bytes(bytes);
        assert_eq!(issues, []);
        // speedscope 1.25 adds the deltas up, too: 3.9 ms in all, 3 ms of them in `fib`.
        assert_eq!(
            words(&recording),
            [
                "program-wall 70000000000 900000x1 Object#main:4",
                "program-wall 70001000000 1000000x1 Integer#fib:10<Object#main:5",
                "program-wall 70002100000 1100000x1 Integer#fib:10<Object#main:5",
                "program-wall 70003000000 900000x1 Integer#fib:10<Object#main:5",
            ]
        );
        let frame = &recording.frames[0];
        assert_eq!((frame.file.as_deref(), frame.function_start_line), (Some("app.rb"), Some(3)));
        let tool = recording.meta.imported.and_then(|imported| imported.tool);
        assert_eq!(tool.as_deref(), Some("stackprof 1.2 (wall)"));
    }
}

#[test]
fn modes_say_what_a_tick_is() {
    let with = |mode: &str, rest: &str| {
        let text = format!(
            r#"{{"mode":"{mode}",{rest}"missed_samples":0,"frames":{{"1":{{"name":"f"}},"2":{{"name":"(garbage collection)"}}}},"raw":[1,1,3,1,2,1]}}"#
        );
        let (recording, issues) = read_bytes(text.as_bytes());
        assert_eq!(issues, [], "{text}");
        assert_eq!(recording.frames[1].kind, fathom_model::FrameKind::Gc);
        words(&recording)
    };
    assert_eq!(with("cpu", "\"interval\":1000,")[0], "program-cpu 0 3000000x3 f:0");
    assert_eq!(with("object", "\"interval\":10,")[0], "alloc-count 0 30x3 f:0");
    assert_eq!(with("wall", "\"interval\":1000,")[0], "program-wall 0 3000000x3 f:0");
    assert_eq!(with("custom", "")[0], "samples 0 3x3 f:0");
}

#[test]
fn without_raw_samples_stacks_are_made_of_edges() {
    let text = r#"{"version":1.2,"mode":"cpu","interval":1000,"gc_samples":0,"missed_samples":0,"frames":{
      "1":{"name":"main","total_samples":10,"samples":1,"edges":{"2":6,"3":3}},
      "2":{"name":"a","total_samples":6,"samples":2,"edges":{"4":4}},"3":{"name":"b","total_samples":3,"samples":0,"edges":{"4":3}},
      "4":{"name":"leaf","total_samples":7,"samples":7,"lines":{"3":[7,7]}}}}"#;
    let (recording, issues) = read_bytes(text.as_bytes());
    assert_eq!(issues, []);
    let found = by_function(&recording, Signal::ProgramCpu);
    let expected = [("a", (2, 6)), ("b", (0, 3)), ("leaf", (7, 7)), ("main", (1, 10))];
    let expected =
        expected.map(|(name, (own, total))| (name.to_owned(), (own * 1_000_000, total * 1_000_000)));
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    assert!(recording.meta.imported.is_some_and(|imported| !imported.has_times));
}

#[test]
fn damage_is_named_and_the_rest_is_kept() {
    let messages = |bytes: &[u8]| -> Vec<String> {
        read_bytes(bytes).1.into_iter().map(|issue| issue.message).collect()
    };
    let raw = |raw: &str| {
        messages(format!(r#"{{"mode":"cpu","interval":1,"frames":{{"x":{{}}}},"raw":{raw}}}"#).as_bytes())
    };
    assert_eq!(
        raw("[1,5,1,9999999999999,3]"),
        [
            "a frame's number is `x`",
            "frame 5 is not among the frames",
            "item 3 of raw says 9999999999999 frames and a count, but 1 items follow",
        ]
    );
    assert_eq!(raw("[-1,\"a\",-7]").len(), 3);
    for end in 0..JSON.len() {
        let (_, issues) = read_bytes(&JSON.as_bytes()[..end]);
        assert_eq!(issues[0].offset, Some(end as u64), "{issues:?}");
    }
    let dump = bytes_of(DUMP);
    for end in 3..dump.len() {
        assert_eq!(read_bytes(&dump[..end]).1[0].offset, Some(end as u64));
    }
    let deep = [b"\x04\x08{\x06".as_slice(), &b"[\x06".repeat(100_000)].concat();
    assert_eq!(messages(&deep), ["values are nested deeper than 64"]);
    assert_eq!(messages(b"\x04\x08{\x06o:"), ["type 0x6f is none that a profile has"]);
    assert_eq!(messages(b"\x04\x08["), ["found type 0x5b instead of a hash"]);
    // A count of ticks costs nothing, however large it is.
    let (recording, _) =
        read_bytes(br#"{"mode":"cpu","interval":1,"frames":{"1":{}},"raw":[1,1,4294967295]}"#);
    assert_eq!((recording.samples.len(), recording.samples[0].n), (1, u32::MAX));
}

#[test]
fn lists_that_are_referred_to_again_and_again_end() {
    // A hundred frames that share one hash of a hundred edges.
    let edges = [b"{\x06:\x0aedges{\x69".as_slice(), &b"i\x06i\x06".repeat(100)].concat();
    let others = b"i\x06{\x06;\x06@\x08".repeat(99);
    let dump = [b"\x04\x08{\x06:\x0bframes{\x69i\x06", edges.as_slice(), &others].concat();
    let (_, issues) = read_bytes(&dump);
    let end = " items of lists are left out: all lists have more items than the file has bytes";
    assert!(issues.len() == 1 && issues[0].message.ends_with(end), "{issues:?}");
}

#[test]
fn other_files_are_not_taken() {
    for other in
        [b"{\"nodes\":[]}".as_slice(), b"{\"profiles\":[],\"shared\":{\"frames\":[]}}", b"\x04\x08[", b""]
    {
        assert_eq!(sniff(other), Sniff::No);
    }
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (read_bytes(&bytes), sniff(&bytes));
        let dump = [b"\x04\x08{".as_slice(), &bytes].concat();
        let _ = read_bytes(&dump);
    }

    #[test]
    fn any_change_does_not_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        is_dump in any::<bool>(),
    ) {
        let mut bytes = if is_dump { bytes_of(DUMP) } else { JSON.as_bytes().to_vec() };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_bytes(&bytes);
    }
}
