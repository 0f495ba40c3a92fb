//! Recordings made by hand: read, cut, damaged and huge.

use super::hand::{self, EVERYTHING, INT, LONG, Out, START_NANOS, START_TICKS, TEXT, TypeSpec};
use super::profile::{Item, Sampler, read_profile, read_whole};
use super::*;
use fathom_model::Signal;
use proptest::prelude::*;

/// `name +nanos thread frame:line < frame:line` for each event, and the summary.
fn lines(bytes: &[u8]) -> (Vec<String>, Summary) {
    let mut out = Vec::new();
    let mut source = bytes;
    let summary = read_events(&mut source, &mut |event| {
        let thread = event.thread().map_or("-".into(), |thread| thread.name.into_owned());
        let frames: Vec<String> = event
            .stack()
            .into_iter()
            .flat_map(|stack| stack.frames())
            .map(|frame| {
                let method = frame.method().unwrap_or_default();
                format!("{}.{}:{}", method.class, method.name, frame.line().unwrap_or(0))
            })
            .collect();
        let since = event.start_nanos.wrapping_sub(START_NANOS);
        out.push(format!("{} +{since} {thread} {}", event.name, frames.join(" < ")));
    });
    (out, summary)
}

fn messages(summary: &Summary) -> Vec<String> {
    summary.issues.iter().map(|issue| issue.message.clone()).collect()
}

const SMALL: [&str; 5] = [
    "jdk.ExecutionSample +1 main shop.Cart.sum:12 < shop.Main.main:30",
    "jdk.ExecutionSample +2 main shop.Cart.sum:12",
    "shop.Everything +10 - ",
    "jdk.ExecutionSample +3 worker shop.Cart.sum:12 < shop.Main.main:30",
    "jdk.ExecutionSample +4 - ",
];

#[test]
fn a_recording_reads_the_same_compressed_and_plain() {
    for is_compressed in [true, false] {
        let (lines, summary) = lines(&hand::small(is_compressed));
        assert_eq!(lines, SMALL);
        assert_eq!(messages(&summary), ["1 events of type 999, which the metadata does not have"]);
        assert_eq!((summary.n_chunks, summary.n_events, summary.n_skipped), (1, 5, 1));
        assert_eq!(summary.start_nanos, Some(START_NANOS));
        assert_eq!(summary.end_nanos, Some(START_NANOS + 1_000_000));
    }
}

#[test]
fn every_kind_of_field_reads() {
    for is_compressed in [true, false] {
        let bytes = hand::small(is_compressed);
        let mut n = 0;
        read_events(&mut bytes.as_slice(), &mut |event| {
            if event.name != "shop.Everything" {
                return;
            }
            n += 1;
            assert_eq!((event.duration_nanos, event.chunk), (25, 0));
            assert_eq!(event.float("float"), Some(1.5));
            assert_eq!(event.float("double"), None, "no number");
            assert!(matches!(event.field("double"), Some(Value::Float(number)) if number.is_nan()));
            assert!(event.is("truth"));
            assert_eq!(event.integer("int"), Some(-3));
            assert_eq!(event.integer("unsignedInt"), Some(u32::MAX.into()));
            assert_eq!(event.integer("short"), Some(-2));
            assert_eq!((event.integer("byte"), event.integer("unsignedByte")), (Some(-1), Some(255)));
            assert_eq!(event.integer("char"), Some(0x20ac));
            assert_eq!(event.text("text").as_deref(), Some("hé"));
            assert_eq!(event.text("pooledText").as_deref(), Some("pooled"));
            let list = event.field("list").and_then(Value::list).expect("a list");
            let numbers: Vec<i64> = list.filter_map(|value| value.integer()).collect();
            assert_eq!(numbers, [1, 2, 3]);
            assert_eq!(event.class("class").as_deref(), Some("shop.Main"));
            assert_eq!(event.class("inline").as_deref(), Some("shop.Cart"));
            assert_eq!(event.key("class"), Some(2));
            assert_eq!(event.nanos("waited"), Some(1_500_000_000));
            assert_eq!(event.nanos("since"), None, "not available");
            assert_eq!(event.nanos("startTime"), Some(START_NANOS + 10));
            let symbols = event.field("symbols").and_then(Value::list).expect("a list");
            let symbols: Vec<Option<String>> =
                symbols.map(|value| value.text().map(|text| text.into())).collect();
            assert_eq!(symbols, [Some("main".into()), None]);
            assert!(event.field("no such field").is_none());
        });
        assert_eq!(n, 1);
    }
}

#[test]
fn frames_say_how_they_ran() {
    let bytes = hand::small(true);
    let mut codes = Vec::new();
    let mut truncated = Vec::new();
    read_events(&mut bytes.as_slice(), &mut |event| {
        if let Some(stack) = event.stack() {
            truncated.push(stack.is_truncated);
            codes.extend(stack.frames().map(|frame| (frame.code(), frame.bytecode_index())));
        }
    });
    assert_eq!(truncated, [false, true, false]);
    assert_eq!(codes[..2], [(JavaCode::JitCompiled, Some(3)), (JavaCode::Interpreted, Some(7))]);
}

#[test]
fn every_cut_gives_less_and_says_so() {
    let whole = hand::small(true);
    for length in 1..whole.len() {
        let (lines, summary) = lines(&whole[..length]);
        assert!(lines.iter().all(|line| line.contains(" - ") || line.starts_with("jdk")), "{lines:?}");
        assert!(lines.len() <= SMALL.len());
        assert!(!summary.issues.is_empty(), "{length}");
    }
    // Cut behind the metadata, all that came before is read: the places that the header names are not there.
    let (lines, summary) = lines(&whole[..whole.len() - 1]);
    assert_eq!(lines, SMALL[..4]);
    let size = whole.len();
    assert_eq!(
        messages(&summary)[0],
        format!("the chunk says that it has {size} bytes, but {} are there", size - 1)
    );
}

#[test]
fn a_damaged_chunk_does_not_hide_the_next() {
    let good = hand::small(true);
    for at in [0, 4, 58, 70] {
        let mut bad = good.clone();
        bad[at..at + 6].fill(0xff);
        let mut bytes = good.clone();
        bytes.extend(bad);
        bytes.extend(b"what stands between");
        bytes.extend(&good);
        let (lines, summary) = lines(&bytes);
        assert!(lines.len() >= 2 * SMALL.len(), "{at}: {lines:?}");
        assert_eq!(lines[..5], SMALL);
        assert_eq!(lines[lines.len() - 5..], SMALL);
        assert!(summary.issues.iter().any(|issue| issue.offset >= Some(good.len() as u64)), "{at}");
    }
}

#[test]
fn a_chunk_that_is_still_written_is_read_as_far_as_its_header_says() {
    let mut bytes = hand::small(true);
    bytes[64] = 3;
    let size = bytes.len();
    bytes.extend([0x85, 0x80, 0x80]);
    let (lines, summary) = lines(&bytes);
    assert_eq!(lines, SMALL);
    let open = format!("the chunk was not closed by its writer, {size} of {} bytes are read", size + 3);
    assert_eq!(messages(&summary)[0], open);
    // The header was never updated: what a walk finds is read.
    bytes[8..32].fill(0);
    let (walked, summary) = self::lines(&bytes);
    assert_eq!(walked, SMALL);
    assert!(messages(&summary)[0].starts_with("the chunk was not closed"), "{summary:?}");
}

#[test]
fn checkpoints_in_a_circle_end() {
    // A checkpoint that leads to itself, one that leads forward, one that leads before the chunk.
    for delta in [-1_i64, 1, 40, -100_000, i64::MIN, i64::MAX] {
        let bytes = hand::chunk(true, |out| {
            let at_metadata = out.bytes.len();
            hand::metadata(out, &hand::types());
            let at = out.bytes.len();
            hand::checkpoint(out, delta, 0, |_| {});
            hand::everything(out);
            (at, at_metadata)
        });
        let (lines, summary) = lines(&bytes);
        assert_eq!(lines, ["shop.Everything +10 - "], "{delta}");
        let broken = "no checkpoint event stands here, all of the chunk are looked for";
        assert_eq!(messages(&summary), [broken], "{delta}");
    }
}

/// A chunk with these types and what `fill` writes.
fn chunk_of(types: &[TypeSpec], fill: impl FnOnce(&mut Out)) -> Vec<u8> {
    hand::chunk(true, |out| {
        let at_metadata = out.bytes.len();
        hand::metadata(out, types);
        let at = out.bytes.len();
        hand::checkpoint(out, 0, 0, |_| {});
        fill(out);
        (at, at_metadata)
    })
}

#[test]
fn types_that_contain_themselves_are_left_out() {
    let event = |of: u64| (50, "test.Event", "e", vec![("startTime", LONG, ""), ("inner", of, "")]);
    let base = || vec![(INT, "int", "", vec![]), (LONG, "long", "", vec![])];
    let mut cases: Vec<(&str, Vec<TypeSpec>)> = vec![
        ("itself", vec![(60, "A", "", vec![("a", 60, "")]), event(60)]),
        ("a list of itself", vec![(60, "A", "", vec![("a", 60, "l")]), event(60)]),
        ("in turns", vec![(60, "A", "", vec![("b", 61, "")]), (61, "B", "", vec![("a", 60, "")]), event(60)]),
        ("an unknown type", vec![event(99)]),
        ("a type without fields", vec![(60, "A", "", vec![]), event(60)]),
    ];
    // Each type twice in the next: a value of no bytes would take 2^40 steps.
    let mut doubled: Vec<TypeSpec> = vec![(1000, "A", "", vec![("number", INT, "")])];
    for depth in 1..40_u64 {
        doubled.push((1000 + depth, "A", "", vec![("a", 999 + depth, ""), ("b", 999 + depth, "")]));
    }
    doubled.push(event(1039));
    cases.push(("too deep", doubled));
    for (what, types) in cases {
        let types: Vec<TypeSpec> = base().into_iter().chain(types).collect();
        let bytes = chunk_of(&types, |out| {
            out.event(50, |out| {
                out.raw(&[1; 40]);
            });
        });
        let (lines, summary) = lines(&bytes);
        assert_eq!(lines, [""; 0], "{what}");
        let message = "1 events of type `test.Event` do not fit their type and are left out";
        assert_eq!(messages(&summary), [message], "{what}");
    }
}

#[test]
fn simple_constants_in_a_circle_are_null() {
    let types: Vec<TypeSpec> = vec![
        (LONG, "long", "", vec![]),
        (TEXT, "java.lang.String", "", vec![]),
        (60, "Name", "s", vec![("name", 60, "p")]),
        (50, "test.Event", "e", vec![("startTime", LONG, ""), ("name", 60, "p"), ("text", TEXT, "")]),
    ];
    let bytes = hand::chunk(true, |out| {
        let at_metadata = out.bytes.len();
        hand::metadata(out, &types);
        let at = out.bytes.len();
        hand::checkpoint(out, 0, 2, |out| {
            out.long(60).int(1).long(1).long(1);
            out.long(TEXT).int(1).long(7).raw(&[2]).long(7);
        });
        out.event(50, |out| {
            out.long(START_TICKS).long(1).raw(&[2]).long(7);
        });
        (at, at_metadata)
    });
    let mut n = 0;
    let summary = read_events(&mut bytes.as_slice(), &mut |event| {
        assert!(matches!(event.field("name"), Some(Value::Null)), "{:?}", event.field("name"));
        assert!(matches!(event.field("text"), Some(Value::Null)));
        n += 1;
    });
    assert_eq!((n, summary.issues), (1, vec![]));
}

#[test]
fn huge_counts_are_refused() {
    let huge = u32::MAX >> 1;
    // Strings, attributes, children, pools, constants, values of a list, frames: each says that there are two billion.
    let chunks = [
        hand::chunk(true, |out| {
            out.event(0, |out| {
                out.long(1).long(1).long(1).int(huge);
            });
            (0, 68)
        }),
        hand::chunk(true, |out| {
            out.event(0, |out| {
                out.long(1).long(1).long(1).int(1).text("root").int(0).int(huge);
            });
            (0, 68)
        }),
        hand::chunk(true, |out| {
            out.event(0, |out| {
                out.long(1).long(1).long(1).int(1).text("root");
                for _ in 0..200 {
                    out.int(0).int(0).int(1);
                }
            });
            (0, 68)
        }),
        hand::chunk(true, |out| {
            hand::metadata(out, &hand::types());
            let at = out.bytes.len();
            hand::checkpoint(out, 0, huge, |out| {
                out.long(TEXT).int(huge).long(1).text("one");
            });
            (at, 68)
        }),
        chunk_of(&hand::types(), |out| {
            out.event(EVERYTHING, |out| {
                out.long(1).long(1).raw(&[0; 13]).int(1).int(1).short(1).raw(&[1, 1]).short(1);
                out.raw(&[0, 0]).int(huge);
            });
        }),
    ];
    for (at, bytes) in chunks.iter().enumerate() {
        let (lines, summary) = lines(bytes);
        assert_eq!(lines, [""; 0], "{at}");
        assert!(!summary.issues.is_empty(), "{at}");
    }
}

#[test]
fn many_headers_take_time_in_proportion() {
    // Every header says that its chunk reaches to the end: no byte is read for more than one of them.
    let n = 20_000;
    let mut bytes = Vec::new();
    for at in 0..n {
        let left = (n - at) * 68;
        bytes.extend(hand::header_bytes(left, 68, 68));
    }
    let summary = lines(&bytes).1;
    assert_eq!(summary.n_chunks, 1);
    assert!(summary.issues.len() <= 1000);
}

#[test]
fn what_is_no_recording_is_said() {
    assert_eq!(messages(&lines(b"hello").1), ["no chunk begins here, `FLR` and a zero needed"]);
    assert_eq!(lines(b"").1, Summary::default());
}

#[test]
fn samples_name_threads_and_stacks_once() {
    let mut bytes = hand::small(true);
    bytes.extend(hand::small(true));
    let (profile, summary) = read_whole(&mut bytes.as_slice());
    assert_eq!(summary.n_chunks, 2);
    let names = &profile.names;
    let threads: Vec<(&str, Option<i64>)> =
        names.threads.iter().map(|thread| (thread.name.as_str(), thread.os_thread_id)).collect();
    assert_eq!(threads, [("main", Some(77)), ("worker", Some(78))]);
    assert_eq!((names.methods.len(), names.frames.len(), names.stacks.len()), (2, 2, 3));
    assert_eq!(profile.samples.len(), 8);
    let shown = |stack: u32| -> Vec<String> {
        names.stack_frames(stack).filter_map(|frame| Some(names.named(frame)?.function)).collect()
    };
    let first = &profile.samples[0];
    assert_eq!((first.sampler, first.n, first.is_failed), (Sampler::Execution, 1, false));
    assert_eq!(first.stack.map(shown), Some(vec!["shop.Cart.sum".into(), "shop.Main.main".into()]));
    let second = profile.samples[1].stack.expect("a stack");
    assert!(names.truncated.contains(&second) && !names.truncated.contains(&first.stack.expect("a stack")));
    assert!(profile.samples[3].is_failed);
    // An event of the program's own, with what it says.
    assert_eq!(profile.events.len(), 2);
    assert_eq!(profile.events[0].kind, "shop.Everything");
    let attributes: serde_json::Value = serde_json::from_str(&profile.events[0].attributes).expect("json");
    assert_eq!(attributes["text"], "hé");
    assert_eq!(attributes["waited"], 1_500_000_000);
    assert_eq!(attributes.get("double"), None, "NaN has no place in JSON");
}

/// A chunk as async-profiler writes them: its settings, and an event of each kind of sample.
fn of_async_profiler(event: &str, interval: &str) -> Vec<u8> {
    let types: Vec<TypeSpec> = vec![
        (INT, "int", "", vec![]),
        (LONG, "long", "", vec![]),
        (TEXT, "java.lang.String", "", vec![]),
        (60, "jdk.ActiveRecording", "e", vec![("startTime", LONG, "")]),
        (
            61,
            "jdk.ActiveSetting",
            "e",
            vec![("startTime", LONG, ""), ("id", LONG, ""), ("name", TEXT, ""), ("value", TEXT, "")],
        ),
        (62, "jdk.ExecutionSample", "e", vec![("startTime", LONG, "")]),
        (63, "profiler.WallClockSample", "e", vec![("startTime", LONG, ""), ("samples", INT, "")]),
        (64, "profiler.Malloc", "e", vec![("startTime", LONG, ""), ("size", LONG, "")]),
        (65, "profiler.LiveObject", "e", vec![("startTime", LONG, ""), ("allocationSize", LONG, "")]),
        (66, "profiler.Log", "e", vec![("startTime", LONG, ""), ("message", TEXT, "")]),
    ];
    chunk_of(&types, |out| {
        for (of, name, value) in [(60, "event", event), (62, "interval", interval), (62, "wall", "2000000")] {
            out.event(61, |out| {
                out.long(START_TICKS).long(of).text(name).text(value);
            });
        }
        out.event(62, |out| {
            out.long(START_TICKS);
        });
        out.event(63, |out| {
            out.long(START_TICKS).int(3);
        });
        out.event(64, |out| {
            out.long(START_TICKS).long(100);
        });
        out.event(65, |out| {
            out.long(START_TICKS).long(40);
        });
        out.event(66, |out| {
            out.long(START_TICKS).text("started");
        });
    })
}

#[test]
fn async_profiler_has_its_own_settings_and_events() {
    let totals = |event: &str, interval: &str| {
        let bytes = of_async_profiler(event, interval);
        let (recording, issues) = FORMAT.read.expect("a reader")(&crate::Input::new(&bytes));
        assert_eq!(issues, []);
        let signals = [Signal::ProgramCpu, Signal::ProgramWall, Signal::AllocBytes, Signal::LiveBytes];
        signals.map(|signal| recording.total(signal))
    };
    assert_eq!(totals("cpu", "5000000"), [5_000_000, 3 * 2_000_000, 100, 40]);
    // 0 is its default.
    assert_eq!(totals("cpu", "0"), [10_000_000, 3 * 2_000_000, 100, 40]);
    // Samples of the event `wall` are by wall-clock time, whatever they are called.
    assert_eq!(totals("wall", "0"), [0, 4 * 2_000_000, 100, 40]);
}

#[test]
fn reading_keeps_to_its_limits_and_tells_how_far_it_is() {
    let mut bytes = hand::small(true);
    bytes.extend(hand::small(true));
    let told = std::sync::Mutex::new(Vec::new());
    let note = |done: u64, all: u64| told.lock().expect("one thread").push((done, all));
    let limits = crate::Limits { model_bytes: 300, ..crate::Limits::default() };
    let input = crate::Input::new(&bytes).with_limits(limits).with_progress(&note);
    let (recording, issues) = FORMAT.read.expect("a reader")(&input);
    assert!(recording.samples.len() < 8, "{}", recording.samples.len());
    assert!(issues.iter().any(|issue| issue.message.contains("the tables may take 300 bytes")), "{issues:?}");
    let length = bytes.len() as u64;
    assert_eq!(told.lock().expect("one thread").last(), Some(&(length, length)));
}

#[test]
fn a_file_becomes_a_recording() {
    let (recording, issues) = FORMAT.read.expect("a reader")(&crate::Input::new(&hand::small(true)));
    assert_eq!(issues.len(), 1);
    assert_eq!(recording.samples.len(), 4);
    assert_eq!(recording.samples[0].time_nanos, 1);
    assert_eq!(recording.meta.clock_pairs[0].realtime_nanos, START_NANOS);
    assert_eq!(recording.meta.duration_nanos, 1_000_000);
    assert_eq!(recording.meta.quality.truncated, 1);
    assert_eq!(recording.meta.quality.without_stack, 1);
    let stack = recording.samples[0].stack.expect("a stack");
    let names: Vec<&str> = recording
        .stacks
        .frames(stack)
        .filter_map(|frame| recording.frames[frame.index()].function.as_deref())
        .collect();
    assert_eq!(names, ["shop.Cart.sum", "shop.Main.main"]);
    assert_eq!(recording.events[0].kind, "shop.Everything");
    let empty = FORMAT.read.expect("a reader")(&crate::Input::new(&Vec::new())).0;
    assert_eq!((empty.samples.len(), empty.threads.len()), (0, 1));
}

#[test]
fn a_file_is_told_by_its_first_bytes() {
    let sniff = |head: &[u8]| crate::recognise(head).map(|(format, sniff)| (format.name, sniff));
    assert_eq!(sniff(&hand::small(true)), Some(("jfr", Sniff::Yes)));
    assert_eq!(sniff(b"FLR\0\0\x00\0\x09"), None);
}

/// Items of a damaged recording only refer to what is there.
fn check(bytes: &[u8]) {
    let mut items = Vec::new();
    let mut source = bytes;
    let (names, summary) = read_profile(&mut source, &mut |item| items.push(item));
    assert!(items.len() <= bytes.len() && summary.issues.len() <= 1000);
    for (at, (parent, frame)) in names.stacks.iter().enumerate() {
        assert!((*frame as usize) < names.frames.len() && parent.is_none_or(|parent| (parent as usize) < at));
    }
    for item in items {
        let (thread, stack) = match item {
            Item::Sample(sample) => (sample.thread, sample.stack),
            Item::Event(event) => (event.thread, event.stack),
            Item::Point(_) => (None, None),
        };
        assert!(thread.is_none_or(|thread| (thread as usize) < names.threads.len()));
        assert!(stack.is_none_or(|stack| (stack as usize) < names.stacks.len()));
    }
}

proptest! {
    #[test]
    fn any_bytes_behind_a_header_give_a_profile(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut whole = hand::header_bytes(bytes.len() as u64 + 68, 68, 68).to_vec();
        whole.extend(bytes);
        check(&whole);
    }

    #[test]
    fn any_change_of_a_sound_recording_gives_a_profile(
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4),
        is_compressed in any::<bool>(),
    ) {
        let mut bytes = hand::small(is_compressed);
        for (at, byte) in changes {
            let at = at as usize % bytes.len();
            bytes[at] = byte;
        }
        check(&bytes);
    }
}
