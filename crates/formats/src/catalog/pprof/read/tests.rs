//! Profiles made by hand, written ones, cut and damaged ones.

use crate::catalog::parquet::tests::{any_recording, small_recording};
use crate::catalog::pprof::{FORMAT, field, sniff, write};
use crate::corpus;
use crate::input::{Input, Limits};
use crate::protobuf::Message;
use crate::{Sniff, WriteOptions};
use fathom_model::{Frame, Issue, Label, LabelsId, Recording, Signal, Unit};
use proptest::prelude::*;

/// A profile whose texts and messages are added as they are needed.
#[derive(Default)]
pub(in crate::catalog::pprof) struct Maker {
    out: Message,
    texts: Vec<String>,
}

impl Maker {
    pub(in crate::catalog::pprof) fn new(types: &[(&str, &str)]) -> Self {
        let mut maker = Self { texts: vec![String::new()], ..Self::default() };
        for (kind, unit) in types {
            let (kind, unit) = (maker.text(kind), maker.text(unit));
            maker.out.message(field::PROFILE_SAMPLE_TYPE, |out| {
                out.uint(1, kind).uint(2, unit);
            });
        }
        maker
    }

    fn text(&mut self, text: &str) -> u64 {
        let known = self.texts.iter().position(|known| known == text);
        known.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        }) as u64
    }

    /// A sample; labels as key, text, number, unit.
    fn sample(&mut self, locations: &[u64], values: &[i64], labels: &[(&str, &str, i64, &str)]) {
        let labels: Vec<[u64; 4]> = labels
            .iter()
            .map(|(key, text, number, unit)| {
                [self.text(key), self.text(text), *number as u64, self.text(unit)]
            })
            .collect();
        self.out.message(field::PROFILE_SAMPLE, |out| {
            out.packed(1, locations.iter().copied()).packed(2, values.iter().map(|value| *value as u64));
            for [key, text, number, unit] in labels {
                out.message(3, |out| {
                    out.uint(1, key).uint(2, text).uint(3, number).uint(4, unit);
                });
            }
        });
    }

    /// A location of functions, innermost first; each has its own id behind the location's.
    fn location(&mut self, id: u64, mapping: u64, address: u64, functions: &[&str]) {
        let names: Vec<u64> = functions.iter().map(|name| self.text(name)).collect();
        self.out.message(field::PROFILE_LOCATION, |out| {
            out.uint(1, id).uint(2, mapping).uint(3, address);
            for (at, _) in names.iter().enumerate() {
                out.message(4, |out| {
                    out.uint(1, 100 * id + at as u64).int(2, 10 + at as i64).int(3, 5);
                });
            }
        });
        let file = self.text("a.go");
        for (at, name) in (0_u64..).zip(&names) {
            self.out.message(field::PROFILE_FUNCTION, |out| {
                out.uint(1, 100 * id + at).uint(2, *name).uint(4, file).uint(5, 7);
            });
        }
    }

    fn mapping(&mut self, id: u64, [start, limit, offset]: [u64; 3], path: &str, build_id: &str) {
        let (path, build_id) = (self.text(path), self.text(build_id));
        self.out.message(field::PROFILE_MAPPING, |out| {
            out.uint(1, id).uint(2, start).uint(3, limit).uint(4, offset).uint(5, path).uint(6, build_id);
        });
    }

    fn finish(mut self) -> Vec<u8> {
        let texts = std::mem::take(&mut self.texts);
        texts.iter().for_each(|text| {
            self.out.bytes(field::PROFILE_STRING_TABLE, text.as_bytes());
        });
        self.out.into_bytes()
    }
}

pub(in crate::catalog::pprof) fn read(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    super::read(&Input::new(&bytes))
}

fn sound(bytes: &[u8]) -> Recording {
    let (recording, issues) = read(bytes);
    assert_eq!(issues, []);
    recording
}

/// `signal value/n [labels] innermost < outermost` for each sample; inlined frames in parentheses.
pub(in crate::catalog::pprof) fn lines(recording: &Recording) -> Vec<String> {
    let name = |frame: &Frame| {
        let name = crate::frame_name(frame, &recording.modules);
        if frame.inlined { format!("({name})") } else { name.into_owned() }
    };
    let line = |sample: &fathom_model::Sample| {
        let frames = sample.stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
        let frames: Vec<String> = frames.map(|id| name(&recording.frames[id.index()])).collect();
        let labels = recording.labels.iter().filter(|label| Some(label.id) == sample.labels);
        let labels: Vec<String> = labels.map(|label| format!("{}={}", label.key, label.value)).collect();
        let signal = recording.meta.name_of(sample.signal);
        format!("{signal} {}/{} [{}] {}", sample.value, sample.n, labels.join(","), frames.join(" < "))
    };
    recording.samples.iter().map(line).collect()
}

/// As Go's runtime writes its CPU profile, with one row twice.
fn cpu() -> Vec<u8> {
    let mut maker = Maker::new(&[("samples", "count"), ("cpu", "nanoseconds")]);
    maker.sample(&[1, 2], &[2, 20], &[("route", "/a", 0, "")]);
    maker.sample(&[2], &[1, 10], &[]);
    maker.sample(&[1, 2], &[3, 30], &[("route", "/a", 0, "")]);
    maker.sample(&[1, 2], &[1, 10], &[("size", "", 512, "bytes"), ("tid", "", 7, "")]);
    maker.mapping(1, [0x5500_0001_0000, 0x5500_0009_0000, 0x1_0000], "/opt/server", "abcd");
    maker.location(1, 1, 0x5500_0001_2345, &["main.leaf", "main.work"]);
    maker.location(2, 1, 0x5500_0001_3000, &["main.main"]);
    maker.finish()
}

#[test]
fn rows_add_up_and_counts_are_observations() {
    let recording = sound(&cpu());
    assert_eq!(
        lines(&recording),
        [
            "program-cpu 50/5 [route=/a] (main.leaf) < main.work < main.main",
            "program-cpu 10/1 [] main.main",
            "program-cpu 10/1 [size=512 bytes] (main.leaf) < main.work < main.main",
        ]
    );
    assert_eq!(recording.threads.iter().map(|thread| thread.tid).collect::<Vec<_>>(), [0, 7]);
    let module = &recording.modules[0];
    assert_eq!(
        (module.path.as_str(), module.load_addresses.as_slice()),
        ("/opt/server", &[0x5500_0000_0000][..])
    );
    assert_eq!(module.build_id.as_ref().map(ToString::to_string).as_deref(), Some("abcd"));
    let leaf = recording.frames.iter().find(|frame| frame.inlined).expect("an inlined frame");
    assert_eq!((leaf.relative_address, leaf.line, leaf.column), (Some(0x1_2345), Some(10), Some(5)));
    assert_eq!((leaf.function_start_line, leaf.file.as_deref()), (Some(7), Some("a.go")));
    assert_eq!(recording.processes[0].name, "server");
}

#[test]
fn columns_become_signals_by_name_and_unit() {
    let types = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("cache-misses", "misses"),
        ("wall", "milliseconds"),
    ];
    let mut maker = Maker::new(&types);
    maker.sample(&[1], &[1, 2, 3, 4], &[]);
    maker.sample(&[1, 1], &[0, 0, -3, 0], &[]);
    maker.location(1, 0, 0, &["f"]);
    let recording = sound(&maker.finish());
    assert_eq!(
        lines(&recording),
        [
            "alloc-count 1/1 [] f",
            "alloc-bytes 2/1 [] f",
            "cache-misses (misses) 3/1 [] f",
            "program-wall 4000000/1 [] f",
            "cache-misses (misses) -3/1 [] f < f",
        ]
    );
    assert_eq!(recording.meta.columns[0].unit, Unit::Count);
    let mut alone = Maker::new(&[("samples", "count")]);
    alone.sample(&[1], &[4], &[]);
    alone.location(1, 0, 0, &["f"]);
    assert_eq!(lines(&sound(&alone.finish())), ["samples 4/4 [] f"]);
}

#[test]
fn waiting_and_letting_go_are_told_apart() {
    for (leaf, expected) in [
        ("sync.(*Mutex).Unlock", Signal::Contention),
        ("runtime.chanrecv1", Signal::TaskBlock),
        ("sync.(*Mutex).Lock", Signal::TaskBlock),
        ("runtime.unlock", Signal::Contention),
        ("work", Signal::Contention),
    ] {
        let mut maker = Maker::new(&[("contentions", "count"), ("delay", "nanoseconds")]);
        maker.sample(&[1, 2], &[3, 70], &[]);
        maker.location(1, 0, 0, &[leaf]);
        maker.location(2, 0, 0, &["main.main"]);
        let recording = sound(&maker.finish());
        let found: Vec<_> =
            recording.samples.iter().map(|sample| (sample.signal, sample.value, sample.n)).collect();
        assert_eq!(found, [(expected, 70, 3)], "{leaf}");
    }
}

#[test]
fn what_refers_to_nothing_is_said_and_the_rest_kept() {
    let mut maker = Maker::new(&[("samples", "count")]);
    maker.sample(&[9, 1], &[5], &[]);
    maker.sample(&[1], &[5, 6], &[]);
    maker.location(1, 3, 0x40_1000, &[]);
    let (recording, issues) = read(&maker.finish());
    assert_eq!(lines(&recording), ["samples 5/5 [] [unknown] < [unknown]+0x401000"]);
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(
        messages,
        ["1 samples do not have 1 values and are left out", "1 locations that samples name are not there"]
    );
}

#[test]
fn one_thread_reads_as_two_do() {
    let bytes = cpu();
    let one = Input::new(&bytes).with_limits(Limits { threads: 1, ..Limits::default() });
    assert_eq!(super::read(&one), read(&bytes));
}

#[test]
fn every_cut_gives_less_and_says_so() {
    let whole = cpu();
    let complete = lines(&sound(&whole)).len();
    for length in 0..whole.len() {
        let (recording, issues) = read(&whole[..length]);
        assert!(lines(&recording).len() <= complete.max(6));
        assert!(issues.len() <= 4, "{issues:?}");
    }
}

#[test]
fn little_that_stands_for_much_is_bounded() {
    let mut maker = Maker::new(&[("samples", "count")]);
    for at in 0..2000_u64 {
        maker.sample(&vec![1 + at % 2; 100], &[1], &[]);
        maker.sample(&[&[2, 1][..], &vec![1; at as usize % 50]].concat(), &[1], &[]);
    }
    maker.location(1, 0, 0, &vec!["f"; 5000]);
    maker.location(2, 0, 0, &vec!["g"; 5000]);
    let bytes = maker.finish();
    let (recording, issues) = read(&bytes);
    assert!(recording.stacks.nodes().len() <= 8 * bytes.len() + (1 << 16));
    let has = |text: &str| issues.iter().any(|issue| issue.message.contains(text));
    assert!(has("2 locations have more lines than are kept"), "{issues:?}");
    // One long name that every location has.
    let mut maker = Maker::new(&[("samples", "count")]);
    let name = "n".repeat(16 << 10);
    for id in 1..2000 {
        maker.sample(&[id], &[1], &[]);
        maker.location(id, 0, id, &[&name]);
    }
    let bytes = maker.finish();
    let (recording, issues) = read(&bytes);
    let text: usize =
        recording.frames.iter().filter_map(|frame| frame.function.as_ref()).map(String::len).sum();
    assert!(text <= 16 * bytes.len() + (1 << 20), "{text}");
    assert!(issues.iter().any(|issue| issue.message.contains("names are left out")), "{issues:?}");
}

#[test]
fn profiles_are_recognised() {
    assert_eq!(sniff(&cpu()), Sniff::Yes);
    let written = write::write(&small_recording(), &WriteOptions::default()).expect("has samples");
    let head = Input::new(&written[0].bytes).head(crate::HEAD_BYTES);
    assert_eq!(sniff(&head), Sniff::Yes);
    for other in [
        &b"main;work 12\n"[..],
        b"\n\n\n",
        b"{\"a\": 1}",
        b"",
        b"PAR1",
        b"FLR\0\0\x02",
        b"\n\x04abcd",
        b"\x12\x03foo",
    ] {
        assert_eq!(sniff(other), Sniff::No, "{other:?}");
    }
}

fn written(recording: &Recording) -> Option<Vec<u8>> {
    let mut files = write::write(recording, &WriteOptions::default()).ok()?;
    Some(files.remove(0).bytes)
}

#[test]
fn what_is_written_reads_back() {
    let mut recording = small_recording();
    recording.labels.push(Label { id: LabelsId(3), key: "route".into(), value: "/a b".into() });
    recording.labels.push(Label { id: LabelsId(3), key: "size".into(), value: "12 bytes".into() });
    recording.samples[0].labels = Some(LabelsId(3));
    let back = sound(&written(&recording).expect("has samples"));
    assert_eq!(
        lines(&back),
        [
            "cpu 100/1 [route=/a b,size=12 bytes] (a;b<int>\nc) < main < _start",
            "cpu 200/2 [] (a;b<int>\nc) < main < _start",
            "cpu 7/1 [] app+0x1234 < main < _start",
            "cpu 5/1 [] ",
            "off-cpu 1000/1 [] main < _start",
        ]
    );
    assert_eq!(
        back.threads.iter().map(|thread| (thread.tid, thread.name.as_str())).collect::<Vec<_>>(),
        [(10, "app"), (11, "worker")]
    );
    assert_eq!((&back.modules, back.processes[0].pid), (&recording.modules, 10));
    let start = back.frames.iter().find(|frame| frame.function.as_deref() == Some("_start"));
    assert_eq!(start.and_then(|frame| frame.relative_address), Some(0x1000));
    assert_eq!(back.meta.epochs[0].rate_hz, 1000.0);
}

/// Sums of all that `go tool pprof -top -nodefraction=0` (go 1.26) tells, in milliseconds.
#[test]
fn a_profile_of_go_has_the_totals_of_its_own_tool() {
    let Some(files) = corpus::speedscope() else { return };
    let path = "pprof/simple.prof";
    let bytes = std::fs::read(files.join(path)).expect("the corpus is whole");
    assert_eq!(sniff(&Input::new(&bytes).head(crate::HEAD_BYTES)), Sniff::Yes);
    let recording = sound(&bytes);
    assert_eq!(recording.samples.iter().map(|sample| sample.n).sum::<u32>(), 150);
    let top = [
        ("main.main", 0, 1360),
        ("runtime.main", 0, 1360),
        ("main.delta", 220, 580),
        ("main.alpha", 480, 480),
    ];
    corpus::assert_digest(path, &recording, Signal::ProgramCpu, 1_000_000, ([25, 1500, 4970], &top));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn writing_what_was_read_gives_the_same_bytes(recording in any_recording()) {
        let Some(bytes) = written(&recording) else { return Ok(()) };
        let (back, issues) = read(&bytes);
        prop_assert_eq!(issues, vec![]);
        // Nothing is lost of the sums.
        for signal in Signal::ALL.iter().filter(|signal| !Signal::COLUMNS.contains(signal)) {
            let total = |recording: &Recording| -> i128 {
                let of_signal = recording.samples.iter().filter(|sample| sample.signal == *signal);
                of_signal.map(|sample| i128::from(sample.value)).sum()
            };
            let all_small = recording.samples.iter().all(|sample| sample.value.unsigned_abs() < 1 << 32);
            prop_assert!(!all_small || total(&recording) == total(&back));
        }
        prop_assert_eq!(written(&back), Some(bytes));
    }

    #[test]
    fn any_bytes_give_a_recording(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let (recording, _) = read(&bytes);
        prop_assert!(recording.samples.len() <= bytes.len());
    }

    #[test]
    fn any_change_of_a_sound_profile_gives_a_recording(at in 0usize..600, byte in any::<u8>()) {
        let mut bytes = cpu();
        let at = at % bytes.len();
        bytes[at] = byte;
        let (recording, _) = read(&bytes);
        let n_stacks = recording.stacks.nodes().len();
        for sample in &recording.samples {
            prop_assert!(sample.stack.is_none_or(|stack| stack.index() < n_stacks));
            prop_assert!(sample.thread.index() < recording.threads.len());
        }
        prop_assert!(recording.stacks.nodes().iter().all(|node| node.frame.index() < recording.frames.len()));
        let _ = FORMAT.write.expect("writes")(&recording, &WriteOptions::default());
    }
}
