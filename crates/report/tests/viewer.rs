//! A recording in, the viewer's data out, read back as `web/src/data/` reads it.

use std::collections::BTreeMap;
use std::io::Read;

use fathom_model::*;
use fathom_report::{Options, ViewerData, ViewerLimits, ViewerMode, ViewerOptions, find_output};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

const SERVER: &str = include_str!("profiles/server.txt");

struct Data {
    header: Value,
    body: Vec<u8>,
    compressed: usize,
}

impl Data {
    fn of(recording: &Recording, options: &ViewerOptions) -> Self {
        let compressed = ViewerData::build(recording, options).bytes;
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(compressed.as_slice()).read_to_end(&mut bytes).expect("gzip");
        assert_eq!(&bytes[..8], b"FTHMVW1\n");
        let length = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
        let header = serde_json::from_slice(&bytes[12..12 + length]).expect("JSON");
        Self { header, body: bytes[12 + length..].to_vec(), compressed: compressed.len() }
    }

    fn numbers(&self, name: &str) -> Vec<i64> {
        let section = &self.header["sections"][name];
        let part = |key: &str| section[key].as_u64().expect("a number") as usize;
        let (offset, bytes, count) = (part("offset"), part("bytes"), part("count"));
        let mut bytes = self.body[offset..offset + bytes].iter();
        let coding = section["type"].as_str().expect("a type");
        let mut previous = 0;
        let mut out = Vec::new();
        for _ in 0..count {
            if coding == "u8" {
                out.push(i64::from(*bytes.next().expect("a byte")));
                continue;
            }
            let (mut value, mut shift) = (0_u64, 0);
            loop {
                let byte = *bytes.next().expect("a byte");
                value |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let zigzag = (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
            out.push(match coding {
                "varint" => value.cast_signed(),
                "zigzag" => zigzag,
                "delta" => previous + zigzag,
                other => panic!("{name} has type {other}"),
            });
            previous = *out.last().expect("one was pushed");
        }
        assert!(bytes.next().is_none(), "{name} has more bytes");
        out
    }

    fn strings(&self) -> Vec<String> {
        let offset = self.header["sections"]["str"]["offset"].as_u64().expect("a number") as usize;
        let mut rest = &self.body[offset..];
        let take = |length: i64| {
            let (text, after) = rest.split_at(length as usize);
            rest = after;
            String::from_utf8(text.to_vec()).expect("UTF-8")
        };
        self.numbers("str.lengths").into_iter().map(take).collect()
    }

    fn list(&self, key: &str) -> &[Value] {
        self.header[key].as_array().expect("an array")
    }

    /// Path of every node, outermost first, and whether it stands for small frames.
    fn nodes(&self) -> Vec<(String, bool)> {
        let (strings, names) = (self.strings(), self.numbers("fn.name"));
        let (functions, flags) = (self.numbers("node.fn"), self.numbers("node.flags"));
        let mut path: Vec<String> = Vec::new();
        let mut nodes = Vec::new();
        for (at, depth) in self.numbers("node.depth").into_iter().enumerate() {
            if at > 0 {
                assert!(depth >= 1 && depth as usize <= path.len() + 1, "node {at} at depth {depth}");
                path.truncate(depth as usize - 1);
                path.push(strings[names[functions[at] as usize] as usize].clone());
            }
            nodes.push((path.join(";"), flags[at] & 1 == 1));
        }
        nodes
    }

    /// Value by node of one signal; checks that rows are in order and ids in their tables.
    fn values(&self, signal: usize) -> BTreeMap<i64, i64> {
        let column = |name: &str| self.numbers(&format!("s{signal}.{name}"));
        let (nodes, threads, bins) = (column("node"), column("thread"), column("bin"));
        let (values, states) = (column("value"), column("state"));
        assert_eq!(column("n").len(), nodes.len());
        let keys: Vec<_> =
            (0..nodes.len()).map(|at| (threads[at], bins[at], nodes[at], states[at])).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "rows are in order and merged");
        assert!(threads.iter().all(|at| (*at as usize) < self.list("threads").len()));
        assert!(states.iter().all(|at| (*at as usize) < self.list("states").len()));
        let mut sums = BTreeMap::new();
        for (node, value) in nodes.into_iter().zip(values) {
            *sums.entry(node).or_insert(0) += value;
        }
        sums
    }
}

fn file() -> ViewerOptions {
    ViewerOptions::of(ViewerMode::File)
}

fn small(most_nodes: usize, most_rows: usize) -> ViewerOptions {
    let mut options = file();
    options.limits = ViewerLimits { most_nodes, most_rows, ..options.limits };
    options
}

#[test]
fn everything_of_a_small_recording_is_there() {
    let recording = fathom_testkit::recording(SERVER);
    let data = Data::of(&recording, &file());
    assert_eq!(data.header["folded"], Value::Null);
    for (at, signal) in data.list("signals").iter().enumerate() {
        let id = Signal::parse(signal["id"].as_str().expect("text")).expect("a signal");
        assert_eq!(data.values(at).values().sum::<i64>(), recording.total(id), "{id}");
        assert_eq!(signal["total"].as_i64(), Some(recording.total(id)), "{id}");
    }
    let paths: Vec<String> = data.nodes().into_iter().map(|node| node.0).collect();
    for sample in &recording.samples {
        let Some(stack) = sample.stack else { continue };
        let mut names: Vec<&str> = recording
            .stacks
            .frames(stack)
            .map(|id| recording.frames[id.index()].function.as_deref().unwrap_or_default())
            .collect();
        names.reverse();
        if !names.contains(&"") {
            assert!(paths.contains(&names.join(";")), "{names:?}");
        }
    }
    assert!(!data.list("quality").is_empty());
    assert!(data.header["timeline"]["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    let columns = ["tl.row", "tl.bin", "tl.state", "tl.share"].map(|name| data.numbers(name).len());
    assert!(columns[0] > 0 && columns.iter().all(|len| *len == columns[0]));
    let lines =
        ["line.fn", "line.line", "line.signal", "line.self", "line.total"].map(|name| data.numbers(name));
    assert!(!lines[0].is_empty() && lines.iter().all(|column| column.len() == lines[0].len()));
}

#[test]
fn the_same_recording_gives_the_same_bytes() {
    let recording = fathom_testkit::recording(SERVER);
    for mode in [ViewerMode::File, ViewerMode::View] {
        let options = ViewerOptions::of(mode);
        assert_eq!(ViewerData::build(&recording, &options), ViewerData::build(&recording, &options));
    }
}

#[test]
fn names_are_data() {
    let huge = "n".repeat(1 << 20);
    let hostile = ["<img src=x onerror=alert(1)>", "</script>", "<!--", huge.as_str()];
    let mut recording = fathom_testkit::recording("wall 1s\ncommand ./<b>&\nthread main\ncpu main 1ms");
    for name in hostile {
        recording.frames.push(Frame::named(name, FrameKind::User));
        let frame = FrameId::from_index(recording.frames.len() - 1);
        let stack = recording.stacks.intern_path([FrameId(0), frame]);
        let sample = Sample { stack, ..recording.samples[0] };
        recording.samples.push(sample);
    }
    let page = find_output("html").expect("an output").render(&recording, &Options::default());
    assert!(!page.contains("<img") && !page.contains("<b>") && !page.contains("onerror=alert"));
    assert!(page.contains("<title>&#39;./&lt;b&gt;&amp;&#39; · Fathom</title>"), "{}", &page[..600]);
    assert_eq!(page.matches("</script").count(), 2);
    let strings = Data::of(&recording, &file()).strings();
    for name in &hostile[..3] {
        assert!(strings.iter().any(|text| text == name), "{name} is whole in the data");
    }
    let longest = strings.iter().map(String::len).max().unwrap_or_default();
    assert_eq!(longest, (64 << 10) + "…".len());
}

#[test]
fn recursion_deeper_than_any_stack_survives() {
    let mut recording = fathom_testkit::recording("wall 1s\nthread main\ncpu main;visit 1ms");
    let deep = recording.stacks.intern_path(std::iter::once(FrameId(0)).chain([FrameId(1); 60_000]));
    let sample = Sample { stack: deep, value: 99_000_000, ..recording.samples[0] };
    recording.samples.push(sample);
    let data = Data::of(&recording, &file());
    assert_eq!(data.numbers("node.depth").into_iter().max(), Some(60_001));
    assert_eq!(data.values(0).values().sum::<i64>(), 100_000_000);
    // The same with less room than the recursion takes.
    let data = Data::of(&recording, &small(500, 1_000));
    assert_eq!(data.numbers("node.depth").len(), 500);
    assert_eq!(data.values(0).values().sum::<i64>(), 100_000_000);
    assert!(data.nodes().last().is_some_and(|(_, folded)| *folded));
}

/// `count` stacks that share less and less with each other, `depth` frames each.
fn many_stacks(count: u32, depth: u32, functions: u32) -> Recording {
    let mut recording = fathom_testkit::recording("wall 60s\nthread main\ncpu start 1us");
    let module_of = |at: u32| format!("service::module_{}::Type::<Parameter>::method_{at}", at % 97);
    recording.frames.extend((0..functions).map(|at| Frame::named(module_of(at), FrameKind::User)));
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    };
    for at in 0..count {
        let frames =
            (0..depth).map(|level| FrameId(1 + random(2 + level * functions.min(400) / 400) % functions));
        let frames: Vec<FrameId> = frames.collect();
        let stack = recording.stacks.intern_path(frames);
        let time_nanos = i64::from(at) * 60_000_000_000 / i64::from(count);
        let sample = Sample { stack, time_nanos, value: 2_000_000, ..recording.samples[0] };
        recording.samples.push(sample);
    }
    recording
}

#[test]
fn many_stacks_stay_within_the_bounds() {
    let recording = many_stacks(20_000, 60, 5_000);
    let options = small(20_000, 15_000);
    let data = Data::of(&recording, &options);
    let nodes = data.numbers("node.depth").len();
    assert!((5_000..=20_000).contains(&nodes), "{nodes}");
    let rows = data.numbers("s0.node").len();
    assert!((1_000..=15_000).contains(&rows), "{rows}");
    assert_eq!(data.values(0).values().sum::<i64>(), recording.total(Signal::Cpu));
    assert!(data.header["folded"]["nodes"].as_u64().is_some_and(|folded| folded > 100_000));
    // 5 MB hold 150,000 nodes and 300,000 rows; a tenth of each takes a tenth.
    assert!(data.compressed < 500_000, "{}", data.compressed);
}

#[test]
fn detail_is_given_up_until_the_file_is_small_enough() {
    let recording = many_stacks(20_000, 40, 5_000);
    let mut options = file();
    options.limits.least_share = 0.0;
    let full = Data::of(&recording, &options);
    options.limits.most_bytes = full.compressed / 2;
    let less = Data::of(&recording, &options);
    assert!(less.compressed <= full.compressed / 2, "{} of {}", less.compressed, full.compressed);
    assert_eq!(less.values(0).values().sum::<i64>(), recording.total(Signal::Cpu));
}

#[test]
fn source_is_shown_around_costly_lines() {
    let recording = fathom_testkit::recording(
        "wall 1s\nthread main\ncpu main@/p/a.c:3;hot@/p/a.c:100 900ms\ncpu main@/p/a.c:3;cold@/p/b.c:50 1ms",
    );
    let text: String = (1..=200).map(|line| format!("line {line} </script>\n")).collect();
    let sources = BTreeMap::from([("/p/a.c".to_owned(), text.clone()), ("/p/b.c".to_owned(), text)]);
    let data = Data::of(&recording, &ViewerOptions { sources: sources.clone(), ..file() });
    let strings = data.strings();
    let shown: Vec<(String, u64, usize)> = data
        .list("sources")
        .iter()
        .map(|source| {
            let string = |key: &str| strings[source[key].as_u64().expect("a number") as usize].clone();
            let first = source["firstLine"].as_u64().expect("a number");
            (string("file"), first, string("text").lines().count())
        })
        .collect();
    assert_eq!(shown, [("/p/a.c".to_owned(), 1, 15), ("/p/a.c".to_owned(), 88, 25)]);
    let page = find_output("html")
        .expect("an output")
        .render(&recording, &Options { sources, ..Options::default() });
    assert_eq!(page.matches("</script").count(), 2);
}

#[test]
fn a_profile_without_samples_or_times_has_data() {
    let data = Data::of(&Recording::default(), &file());
    assert_eq!(data.list("signals").len(), 1);
    assert_eq!((data.header["binNanos"].as_i64(), &data.header["timeline"]), (Some(0), &Value::Null));
    let mut recording = fathom_testkit::recording(SERVER);
    recording.meta.imported = Some(Imported::default());
    let data = Data::of(&recording, &file());
    assert_eq!((data.header["binNanos"].as_i64(), data.header["durationNanos"].as_i64()), (Some(0), Some(0)));
    assert!(data.numbers("s0.bin").iter().all(|bin| *bin == 0));
}

proptest! {
    #[test]
    fn sums_are_exact_whatever_is_folded(
        samples in vec((vec(0u32..4, 0..12), 0u32..9, 0i64..1_000_000, 0i64..9_000_000_000, 0usize..3), 1..60),
        most_nodes in 2usize..40,
        most_rows in 1usize..60,
        most_threads in 1usize..5,
        least_share in prop_oneof![Just(0.0), 0.0..0.5],
    ) {
        let mut recording = fathom_testkit::recording("wall 9s\nprocess a pid=1\nthread t\ncpu f 1ns");
        let one = recording.samples.remove(0);
        recording.frames = (0..4).map(|at| Frame::named(format!("f{at}"), FrameKind::User)).collect();
        recording.stacks = StackTable::new();
        for (path, thread, value, time_nanos, signal) in samples {
            let stack = recording.stacks.intern_path(path.into_iter().map(FrameId));
            let signal = [Signal::Cpu, Signal::OffCpu, Signal::AllocBytes][signal];
            recording.samples.push(Sample { signal, stack, value, time_nanos, thread: ThreadId(thread), ..one });
        }
        let mut options = small(most_nodes, most_rows);
        options.limits.least_share = least_share;
        options.limits.most_threads = most_threads;
        let data = Data::of(&recording, &options);
        let nodes = data.nodes();
        prop_assert!(nodes.len() <= most_nodes.max(2), "{} of {most_nodes}", nodes.len());
        for (at, header) in data.list("signals").iter().enumerate() {
            let signal = Signal::parse(header["id"].as_str().unwrap_or_default()).expect("a signal");
            let values = data.values(at);
            prop_assert_eq!(values.values().sum::<i64>(), recording.total(signal));
            prop_assert_eq!(header["total"].as_i64(), Some(recording.total(signal)));
            // What passes through a node that is kept is what passes through that path in the recording.
            for (at, (path, _)) in nodes.iter().enumerate().filter(|(_, (path, folded))| !folded && !path.is_empty()) {
                let begins = |of: &str| of == path || of.starts_with(&format!("{path};"));
                let end = nodes[at..].iter().position(|(of, _)| !begins(of)).map_or(nodes.len(), |end| at + end);
                let written: i64 = values.range(at as i64..end as i64).map(|(_, value)| value).sum();
                let is_below = |sample: &&Sample| sample.signal == signal && sample.stack.is_some_and(|stack| {
                    let mut names: Vec<String> = recording.stacks.frames(stack).map(|id| format!("f{}", id.0)).collect();
                    names.reverse();
                    begins(&names.join(";"))
                });
                let recorded: i64 = recording.samples.iter().filter(is_below).map(|sample| sample.value).sum();
                prop_assert_eq!(written, recorded, "{}", path);
            }
        }
    }
}
