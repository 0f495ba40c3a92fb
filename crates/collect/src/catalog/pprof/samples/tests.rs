//! Profiles of a begin and an end, put together by hand.

use super::super::ask::Answer;
use super::*;
use crate::profiles_url::ProfilesUrl;
use fathom_formats::pprof::{PprofSample, ValueType};
use fathom_model::ProcessId;
use fathom_runtimes::OwnProfiles;

const PERIOD: i64 = 524_288;

/// Samples as values and the functions of their stack, innermost first.
fn profile(columns: &[&str], samples: &[(&[i64], &[&str])]) -> PprofProfile {
    let mut profile = PprofProfile { period: PERIOD, ..PprofProfile::default() };
    profile.value_types =
        columns.iter().map(|kind| ValueType { kind: (*kind).to_owned(), unit: String::new() }).collect();
    for (values, functions) in samples {
        let frames = functions.iter().map(|function| {
            profile.frames.push(PprofFrame { function: (*function).to_owned(), ..PprofFrame::default() });
            (profile.frames.len() - 1) as u32
        });
        let frames = frames.collect();
        profile.samples.push(PprofSample { frames, values: values.to_vec() });
    }
    profile
}

fn heap(samples: &[(&[i64], &[&str])]) -> PprofProfile {
    profile(&["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"], samples)
}

fn answer(time_nanos: i64, profiles: Vec<(&'static str, PprofProfile)>) -> Answer {
    Answer { time_nanos, profiles: profiles.into_iter().collect(), problems: Vec::new() }
}

fn said(begin: Answer, end: Answer) -> (Answers, Vec<String>) {
    let known = OwnProfiles {
        runtime: "go",
        version: "Go 1.26".to_owned(),
        path: None,
        kind_of: Box::new(|function, _| match function.starts_with("runtime.") {
            true => FrameKind::Runtime,
            false => FrameKind::User,
        }),
    };
    let asked = Asked {
        process: ProcessId(3),
        pid: i32::MAX,
        url: ProfilesUrl::parse("http://127.0.0.1:1").expect("an address"),
        known: Some(known),
        listed: Vec::new(),
        begin,
        end,
        cpu: None,
    };
    let (mut frames, mut answers) = (Frames::default(), Answers::default());
    put(asked, &mut frames, &mut answers);
    answers.frames = frames.into_list();
    let name = |at: &u32| answers.frames[*at as usize].function.clone();
    let line = |said: &Statement| {
        let stack: Vec<String> = answers.stacks.frames(said.stack).iter().map(name).collect();
        format!("{} {} n={} {}", said.signal, said.value, said.n, stack.join(" < "))
    };
    let lines = answers.statements.iter().map(line).collect();
    (answers, lines)
}

#[test]
fn what_counts_from_the_start_is_subtracted_and_what_is_there_is_not() {
    let begin = heap(&[(&[10, 1000, 4, 400], &["main.fill", "main.main"]), (&[7, 70, 0, 0], &["main.once"])]);
    let end = heap(&[
        (&[30, 3000, 6, 600], &["main.fill", "main.main"]),
        (&[7, 70, 0, 0], &["main.once"]),
        (&[2, 2 * 1_048_576, 1, 1_048_576], &["main.new"]),
    ]);
    let (answers, lines) = said(answer(1, vec![("heap", begin)]), answer(9, vec![("heap", end)]));
    assert_eq!(
        lines,
        [
            "alloc-bytes 2000 n=1 main.fill < main.main",
            // Objects of twice the period are taken with a probability of 0.86.
            "alloc-bytes 2097152 n=2 main.new",
            "alloc-count 20 n=1 main.fill < main.main",
            "alloc-count 2 n=2 main.new",
            "live-bytes 600 n=1 main.fill < main.main",
            "live-bytes 1048576 n=1 main.new",
            "live-count 6 n=1 main.fill < main.main",
            "live-count 1 n=1 main.new",
        ]
    );
    assert!(answers.notes.is_empty(), "{:?}", answers.notes);
    let levels: Vec<(i64, f64)> =
        answers.series.iter().map(|point| (point.time_nanos, point.value)).collect();
    assert_eq!(levels, [(1, 400.0), (9, 1_049_176.0)]);
}

#[test]
fn equal_stacks_are_one_value() {
    let goroutines = profile(
        &["goroutine"],
        &[
            (&[900], &["runtime.gopark", "main.worker"]),
            (&[1], &["main.main"]),
            (&[99], &["runtime.gopark", "main.worker"]),
        ],
    );
    let (answers, lines) = said(Answer::default(), answer(9, vec![("goroutine", goroutines)]));
    assert_eq!(lines, ["tasks 999 n=999 runtime.gopark < main.worker", "tasks 1 n=1 main.main"]);
    let kinds: Vec<FrameKind> = answers.frames.iter().map(|frame| frame.kind).collect();
    assert_eq!(kinds, [FrameKind::Runtime, FrameKind::User, FrameKind::User]);
}

#[test]
fn an_empty_profile_and_a_lost_begin_are_said() {
    let columns = ["contentions", "delay"];
    let waits = profile(&columns, &[(&[3, 500], &["main.wait"])]);
    let mut begin = answer(1, vec![("mutex", profile(&columns, &[]))]);
    begin.problems.push("block answered 500".to_owned());
    let end = answer(9, vec![("mutex", profile(&columns, &[])), ("block", waits)]);
    let (answers, lines) = said(begin, end);
    // Without its start, what the block profile says is of the program's whole life.
    assert!(lines.is_empty(), "{lines:?}");
    let expected = "Profiles of Go 1.26 process 2147483647 by itself: mutex is empty, as it is until the program calls \
                    runtime.SetMutexProfileFraction and something waits; at the start block answered 500.";
    assert_eq!(answers.notes, [expected]);
}

#[test]
fn a_heap_that_did_not_change_is_explained() {
    let same = || heap(&[(&[10, 1000, 4, 400], &["main.fill"])]);
    let (answers, lines) = said(answer(1, vec![("heap", same())]), answer(2, vec![("heap", same())]));
    assert_eq!(lines, ["live-bytes 400 n=1 main.fill", "live-count 4 n=1 main.fill"]);
    assert!(
        answers.notes[0].contains("no garbage collection ended between begin and end"),
        "{:?}",
        answers.notes
    );
}

#[test]
fn what_runs_backwards_or_over_gives_no_value() {
    let begin = heap(&[(&[10, 1000, 0, 0], &["main.fill"])]);
    let end = heap(&[
        (&[5, 500, i64::MIN, i64::MIN], &["main.fill"]),
        (&[i64::MAX, i64::MAX, 1, 1], &["main.huge"]),
        (&[i64::MAX, i64::MAX, 1, 1], &["main.huge"]),
    ]);
    let (_, lines) = said(answer(1, vec![("heap", begin)]), answer(2, vec![("heap", end)]));
    assert!(lines.iter().all(|line| line.contains("main.huge")), "{lines:?}");
}
