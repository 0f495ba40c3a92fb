//! What other readers make of the same text, and what no text may do.

use super::*;
use crate::input::Limits;
use crate::names::frame_name;
use fathom_model::{FrameKind, ModuleKind, Signal, Unit};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn read_text(text: &str) -> (Recording, Vec<Issue>) {
    read(&Input::new(&text.as_bytes().to_vec()))
}

/// Self and total weight of every function.
fn weights(recording: &Recording, signal: Signal) -> BTreeMap<String, (i64, i64)> {
    let mut weights: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal) {
        let frames = sample.stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
        let names: Vec<String> = frames
            .map(|id| frame_name(&recording.frames[id.index()], &recording.modules).into_owned())
            .collect();
        if let Some(innermost) = names.first() {
            weights.entry(innermost.clone()).or_default().0 += sample.value;
        }
        for name in names.into_iter().collect::<BTreeSet<_>>() {
            weights.entry(name).or_default().1 += sample.value;
        }
    }
    weights
}

/// One line a sample: task, processor, time, value, frames from the innermost outwards.
fn shown(recording: &Recording) -> Vec<String> {
    let line = |sample: &fathom_model::Sample| {
        let thread = &recording.threads[sample.thread.index()];
        let frames = sample.stack.into_iter().flat_map(|stack| recording.stacks.frames(stack));
        let names: Vec<_> =
            frames.map(|id| frame_name(&recording.frames[id.index()], &recording.modules)).collect();
        let name = recording.meta.name_of(sample.signal);
        let pid = recording.processes[sample.process.index()].pid;
        format!(
            "{} {pid}/{} {:?} {} {name}={} {}",
            thread.name,
            thread.tid,
            sample.cpu,
            sample.time_nanos,
            sample.value,
            names.join("<")
        )
    };
    recording.samples.iter().map(line).collect()
}

/// Samples: lines that begin one, by `grep -cE '^\S.*: *$'`. Weights, which are sums of periods where the text has
/// them: `inferno-collapse-perf` 0.12.8, its lines added up by function (`[module]` where there is no name).
#[test]
fn the_corpus_reads_as_others_read_it() {
    let directory =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/speedscope/linux-perf");
    type Expected =
        (&'static str, Signal, usize, i64, &'static [(&'static str, i64)], &'static [(&'static str, i64)]);
    let expected: [Expected; 7] = [
        (
            "forks.linux-perf.txt",
            Signal::Cpu,
            561,
            561_561_561,
            &[("[[kernel.kallsyms]]", 325_325_325), ("_Z5alphav", 93_093_093), ("_Z4betav", 92_092_092)],
            &[("[[kernel.kallsyms]]", 325_325_325), ("[unknown]", 246_246_246), ("main", 236_236_236)],
        ),
        (
            "one-sample.linux-perf.txt",
            Signal::Cpu,
            1,
            1_001_001,
            &[("_Z4betav", 1_001_001)],
            &[("main", 1_001_001)],
        ),
        (
            "rust-mangled.linux-perf.txt",
            Signal::Cpu,
            96,
            1_627_118_592,
            &[(
                "_RNvXsb_NtCsfiKabdrepoq_5alloc3vecINtB5_3VecdEINtNtNtCsTACXlTRjQ_4core3ops5index5IndexjE5indexCs8K9WJNlS7Dz_5trace",
                254_237_280,
            )],
            &[("_start", 1_627_118_592), ("__libc_start_main", 1_627_118_592)],
        ),
        (
            "simple-with-header.linux-perf.txt",
            Signal::Cpu,
            136,
            136_136_136,
            &[("_Z4betav", 47_047_047), ("_Z5alphav", 44_044_044), ("_Z5deltav", 23_023_023)],
            &[("main", 136_136_136), ("[unknown]", 136_136_136)],
        ),
        (
            "simple-with-pid.linux-perf.txt",
            Signal::Samples,
            137,
            137,
            &[("_Z4betav", 58), ("_Z5alphav", 36), ("_Z5gammav", 23)],
            &[("main", 136), ("__libc_start_main", 136), ("[unknown]", 136)],
        ),
        (
            "simple.linux-perf.txt",
            Signal::Cpu,
            1,
            1_001_001,
            &[("_Z4betav", 1_001_001)],
            &[("_Z5deltav", 1_001_001)],
        ),
        (
            "system-wide.linux-perf.txt",
            Signal::Cpu,
            556,
            556_556_556,
            &[("[[kernel.kallsyms]]", 417_417_417), ("_Z4betav", 53_053_053), ("_Z5alphav", 41_041_041)],
            &[("[[kernel.kallsyms]]", 417_417_417), ("[unknown]", 142_142_142), ("main", 138_138_138)],
        ),
    ];
    for (name, signal, n, total, own, totals) in expected {
        let Ok(bytes) = std::fs::read(directory.join(name)) else {
            println!("skipped: no corpus at {}", directory.display());
            return;
        };
        assert_eq!(sniff(&bytes[..bytes.len().min(crate::HEAD_BYTES)]), Sniff::Yes, "{name}");
        let (recording, issues) = read(&Input::new(&bytes));
        assert!(issues.is_empty(), "{name}: {issues:?}");
        assert_eq!((recording.samples.len(), recording.total(signal)), (n, total), "{name}");
        assert!(recording.samples.iter().all(|sample| sample.n == 1 && sample.time_nanos > 0), "{name}");
        let weights = weights(&recording, signal);
        for (function, value) in own {
            assert_eq!(weights[*function].0, *value, "{name}: self of {function}");
        }
        for (function, value) in totals {
            assert_eq!(weights[*function].1, *value, "{name}: total of {function}");
        }
    }
}

const MIXED: &str = "\
# perf version : 6.1.187
# hostname : box
# nrcpus online : 4
web (x) 10/11 [003] 7.000001: 250000 cpu-clock:u: 
\t  12b3 inl (inlined)
\t  12b3 work(int)+0x2 (/bin/a (deleted))
  a.c:8
\t  ffffffff81000000 do_it ([kernel.kallsyms])

web (x) 10/12 [000] 7.000002: 3 cycles: 
\t  1 [unknown] ([unknown])
\t  2 java_method (/tmp/perf-10.map)

b 20/20 7.000003: sched:switch: prev=1 next=2
\t ffffffff82000000 schedule ([unknown])

b 20/20 7.000004: page-faults:
b 20/20 7.000005: PERF_RECORD_LOST lost 17
  b 20/20 7.000006: 5 cpu-clock:u:  7f00 f+0x1 (/bin/b)
";

#[test]
fn fields_events_and_frames_of_all_kinds() {
    let (recording, issues) = read_text(MIXED);
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(
        shown(&recording),
        [
            "web (x) 10/11 Some(3) 7000001000 cpu=250000 inl<work(int)<do_it",
            "web (x) 10/12 Some(0) 7000002000 cycles=3 [unknown]<java_method",
            "b 20/20 None 7000003000 samples=1 schedule",
            "b 20/20 None 7000004000 page-faults=1 ",
            "b 20/20 None 7000006000 cpu=5 f",
        ]
    );
    let meta = &recording.meta;
    assert_eq!((meta.host.name.as_str(), meta.host.cpus, meta.quality.lost), ("box", 4, 17));
    assert_eq!(meta.unit_of(Signal::Column1), Unit::Count);
    assert!(meta.kernel_sampled && meta.quality.notes.is_empty());
    let frame = |name: &str| {
        recording.frames.iter().find(|frame| frame.function.as_deref() == Some(name)).expect("is there")
    };
    assert!(frame("inl").inlined && !frame("work(int)").inlined);
    assert_eq!((frame("work(int)").file.as_deref(), frame("work(int)").line), (Some("a.c"), Some(8)));
    assert_eq!(frame("do_it").kind, FrameKind::Kernel);
    assert_eq!(frame("schedule").kind, FrameKind::Kernel);
    assert_eq!(frame("java_method").kind, FrameKind::Jit);
    let module = frame("work(int)").module.expect("a module");
    assert_eq!(recording.modules[module.index()].path, "/bin/a");
    assert_eq!(recording.modules[module.index()].kind, ModuleKind::Elf);
}

#[test]
fn only_one_clock_is_cpu_time() {
    let text =
        "a 1/1 1.000000: 5 task-clock: \n\t 1 f (/a)\n\na 1/1 1.000000: 6 cpu-clock: \n\t 1 f (/a)\n\n";
    let (recording, _) = read_text(text);
    assert_eq!((recording.total(Signal::Cpu), recording.total(Signal::Column1)), (5, 6));
    assert_eq!(recording.meta.unit_of(Signal::Column1), Unit::Nanoseconds);
}

#[test]
fn stacks_without_anything_else() {
    let (recording, issues) = read_text("\n\t  1 a\n\t  2 b\n\n\t  1 a\n\t  2 b\n\n");
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(shown(&recording), ["samples=1 a<b"; 2].map(|line| format!(" 0/0 None 0 {line}")));
}

#[test]
fn wrong_lines_are_named_and_the_rest_is_kept() {
    let text =
        "what is this\n\na 1 1.000000: cycles: \n\t 1 f (/a)\n\tnothing\n\t 2 g (/a)\n\na 1 2.000000: cyc";
    let (recording, issues) = read_text(text);
    let messages: Vec<String> = issues.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "file at byte 0: line is neither a sample nor a frame: `what is this`",
            "file at byte 48: line of a stack has no address: `\tnothing`",
            "file at byte 86: the text ends within a line: `a 1 2.000000: cyc`",
        ]
    );
    assert_eq!(recording.samples.len(), 2);
    assert_eq!(shown(&recording)[0], "a 1/1 None 1000000000 samples=1 f<g");
}

/// Text that is long enough to be read in parts and has something new in each stretch.
fn long_text() -> String {
    let mut text = String::new();
    for at in 0..60_000 {
        let (thread, event) = (at % 7, if at % 5 == 0 { "cycles" } else { "cpu-clock" });
        text.push_str(&format!("worker {thread} {thread}/{at} [001] {at}.000000: {at} {event}: \n"));
        for depth in 0..at % 6 {
            let function = (at / 10_000) * 100 + depth;
            text.push_str(&format!("\t {at:16x} function_{function}+0x{depth:x} (/bin/program)\n"));
        }
        text.push('\n');
    }
    text
}

#[test]
fn parts_and_packed_files_read_as_one() {
    let text = long_text();
    assert!(text.len() > 9 << 20, "{}", text.len());
    let bytes = text.as_bytes().to_vec();
    let with_threads =
        |threads| read(&Input::new(&bytes).with_limits(Limits { threads, ..Limits::default() }));
    let (one, issues) = with_threads(1);
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(one.samples.len(), 60_000);
    assert!(with_threads(2).0 == one && with_threads(3).0 == one);
    let packed = zstd::encode_all(bytes.as_slice(), 1).expect("memory");
    assert!(read(&Input::new(&packed)).0 == one);
}

#[test]
fn long_text_without_blank_lines_is_read_by_lines() {
    let mut text = String::from("a 1 1.000000: cycles: \n");
    (0..150_000).for_each(|at| text.push_str(&format!("\t {at:16x} function_{at} (/bin/program)\n")));
    text.push_str("a 1 2.000000: cycles: \n");
    assert!(text.len() > 6 << 20);
    let (recording, issues) = read_text(&text);
    assert!(issues.is_empty(), "{issues:?}");
    let depths: Vec<usize> = recording
        .samples
        .iter()
        .map(|sample| sample.stack.map_or(0, |stack| recording.stacks.frames(stack).count()))
        .collect();
    assert_eq!(depths, [150_000, 0]);
}

#[test]
fn full_tables_are_said() {
    let bytes = long_text().into_bytes();
    let limits = Limits { model_bytes: 100_000, ..Limits::default() };
    let (recording, issues) = read(&Input::new(&bytes).with_limits(limits));
    assert!(recording.samples.len() < 2000 && !recording.samples.is_empty());
    assert!(issues.iter().any(|issue| issue.message.contains("left out")), "{issues:?}");
}

#[test]
fn every_cut_keeps_what_stands_before_it() {
    let whole = shown(&read_text(MIXED).0);
    for end in 0..MIXED.len() {
        let (recording, _) = read_text(&MIXED[..end]);
        let complete = MIXED[..end].matches("\n\n").count();
        assert!(
            shown(&recording).iter().zip(&whole).take(complete).all(|(cut, whole)| cut == whole),
            "{end}"
        );
        assert!(recording.samples.len() >= complete, "{end}");
    }
}

#[test]
fn text_of_others_is_not_claimed() {
    for text in ["main;work 12\n", "{\"a\": 1}\n", "hello: world\n", "1.000000: x\n", "", "\n\n", "a 1 b:\n"]
    {
        assert_eq!(sniff(text.as_bytes()), Sniff::No, "{text}");
    }
    assert_eq!(sniff(MIXED.as_bytes()), Sniff::Yes);
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        sniff(&bytes);
        read(&Input::new(&bytes));
    }

    #[test]
    fn any_change_is_survived(at in 0..MIXED.len(), bytes in proptest::collection::vec(any::<u8>(), 0..4)) {
        let mut text = MIXED.as_bytes().to_vec();
        text.splice(at..(at + bytes.len()).min(MIXED.len()), bytes);
        sniff(&text);
        read(&Input::new(&text));
    }
}
