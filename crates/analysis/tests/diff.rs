//! Two recordings compared: what is matched, and by simulation how often a verdict is false and how often a real
//! difference is found. Every draw comes from a fixed generator.

use std::fmt::Write;

use expect_test::{Expect, expect};
use fathom_analysis::{Diff, DiffOptions, Verdict, diff};
use fathom_model::{Frame, FrameId, FrameKind, ProcessId, Recording, Sample, Signal, ThreadId, ThreadState};
use fathom_testkit::recording;

const CPU: DiffOptions = DiffOptions { signal: Signal::Cpu, normalised: false };
const SHARES: DiffOptions = DiffOptions { signal: Signal::Cpu, normalised: true };
/// 500 samples per second.
const PERIOD_NANOS: i64 = 2_000_000;

fn diff_text(diff: &Diff) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("strings take text");
    let ms = |value: [i64; 2]| value.map(|nanos| nanos / 1_000_000);
    line(format!("whole {:?} x{:.2}, tested {}", ms(diff.whole.value), diff.scale, diff.tested));
    for row in &diff.functions {
        let merged = if row.function.merged.iter().any(|n| *n > 1) {
            format!(" merged {:?}", row.function.merged)
        } else {
            String::new()
        };
        line(format!(
            "{} self {:?} {} total {:?} {}{merged}",
            row.function.name,
            ms(row.own.change.value),
            row.own.verdict.as_str(),
            ms(row.total.change.value),
            row.total.verdict.as_str()
        ));
    }
    for node in &diff.nodes {
        let name = node.function.map_or("all", |at| &diff.functions[at].function.name);
        let indent = "  ".repeat(node.depth + 1);
        line(format!("{indent}{name} {:?} {}", ms(node.total.change.value), node.total.verdict.as_str()));
    }
    out
}

#[track_caller]
fn check(a: &str, b: &str, options: DiffOptions, expected: Expect) {
    expected.assert_eq(&diff_text(&diff(&recording(a), &recording(b), &options)));
}

#[test]
fn functions_match_across_builds() {
    check(
        "
        wall 10s
        cpu main[old];app::work::h0123456789abcdef[old] 400ms n=200
        cpu main[old];app::work::h0123456789abcdef[old];memcpy[libc-2.31.so]{library} 200ms n=100
        cpu main[old];gone[old] 200ms n=100
        ",
        "
        wall 10s
        cpu main[new];app::work::hfedcba9876543210[new] 400ms n=200
        cpu main[new];app::work::hfedcba9876543210[new];memcpy[libc.so.6]{library} 800ms n=400
        cpu main[new];app::work::hfedcba9876543210[new];app::work::h1111111111111111[new] 20ms n=10
        ",
        CPU,
        expect![[r#"
            whole [800, 1220] x1.00, tested 5
            memcpy self [200, 800] more total [200, 800] more
            gone self [200, 0] gone total [200, 0] gone
            app::work self [400, 420] unproved total [600, 1220] more merged [1, 2]
            main self [0, 0] unproved total [800, 1220] more
              all [800, 1220] unproved
                main [800, 1220] more
                  app::work [600, 1220] more
                    memcpy [200, 800] more
                    app::work [0, 20] unproved
                  gone [200, 0] gone
        "#]],
    );
}

#[test]
fn shares_are_compared_when_totals_are_made_equal() {
    check(
        "
        wall 10s
        cpu main;work 600ms n=300
        cpu main;rest 400ms n=200
        ",
        "
        wall 20s
        cpu main;work 1200ms n=600
        cpu main;rest 800ms n=400
        ",
        SHARES,
        expect![[r#"
            whole [1000, 2000] x0.50, tested 3
            main self [0, 0] unproved total [1000, 2000] same
            rest self [400, 800] unproved total [400, 800] unproved
            work self [600, 1200] same total [600, 1200] same
              all [1000, 2000] unproved
                main [1000, 2000] same
                  work [600, 1200] same
                  rest [400, 800] unproved
        "#]],
    );
}

#[test]
fn recursion_counts_once_and_nothing_is_no_difference() {
    check(
        "
        wall 10s
        cpu f;g;f;g 600ms n=300
        ",
        "
        wall 10s
        ",
        CPU,
        expect![[r#"
            whole [600, 0] x1.00, tested 2
            g self [600, 0] gone total [600, 0] gone
            f self [0, 0] unproved total [600, 0] gone
              all [600, 0] unproved
                f [600, 0] gone
                  g [600, 0] gone
                    f [600, 0] gone
                      g [600, 0] gone
        "#]],
    );
    let empty = diff(&Recording::default(), &Recording::default(), &SHARES);
    assert_eq!((empty.nodes.len(), empty.functions.len(), empty.tested), (1, 0, 0));
}

/// Numerical Recipes' 64-bit congruential generator, its upper bits.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        weights
            .iter()
            .position(|weight| {
                left -= weight;
                left < 0.0
            })
            .unwrap_or(weights.len() - 1)
    }
}

/// What a simulated program does: how its time is spread over functions, and how long it stays with each spread.
struct Program {
    spreads: Vec<Vec<f64>>,
    /// Chance per sample to change to another spread.
    change: f64,
    seconds: i64,
    /// Whether it does nothing else than the first two functions in the first third of its time.
    phases: bool,
}

impl Program {
    /// Independent samples: 10 %, 30 %, and the rest on 18 functions that halve.
    fn steady(seconds: i64) -> Self {
        let mut weights = vec![0.10, 0.30];
        weights.extend((0..18).map(|at| 0.3 * 0.5_f64.powi(at)));
        Self { spreads: vec![weights], change: 0.0, seconds, phases: false }
    }

    /// Bursts of a mean length: ten functions each have the thread to themselves, in random order.
    fn bursty(seconds: i64, burst_seconds: f64) -> Self {
        let spread = |at: usize| (0..10).map(|other| if other == at { 1.0 } else { 0.02 }).collect();
        let change = PERIOD_NANOS as f64 / 1e9 / burst_seconds;
        Self { spreads: (0..10).map(spread).collect(), change, seconds, phases: false }
    }

    fn run(&self, random: &mut Random, grow: f64) -> Recording {
        let mut recording = Recording::default();
        recording.meta.duration_nanos = self.seconds * 1_000_000_000;
        let n_functions = self.spreads[0].len();
        recording.frames =
            (0..=n_functions).map(|at| Frame::named(format!("f{at}"), FrameKind::User)).collect();
        let main = FrameId::from_index(n_functions);
        let stacks: Vec<_> = (0..n_functions)
            .map(|at| recording.stacks.intern_path([main, FrameId::from_index(at)]))
            .collect();
        let mut now = random.pick(&vec![1.0; self.spreads.len()]);
        for tick in 0..self.seconds * 1_000_000_000 / PERIOD_NANOS {
            if random.uniform() < self.change {
                now = random.pick(&vec![1.0; self.spreads.len()]);
            }
            let is_start = self.phases && tick * 3 < self.seconds * 1_000_000_000 / PERIOD_NANOS;
            let spread = if is_start { &self.spreads[now][..2] } else { &self.spreads[now] };
            let at = random.pick(spread);
            // The planted function takes longer, so that it is seen more often.
            let n = if at == 0 && random.uniform() < grow { 2 } else { 1 };
            for _ in 0..n {
                recording.samples.push(Sample {
                    signal: Signal::Cpu,
                    time_nanos: tick * PERIOD_NANOS,
                    process: ProcessId(0),
                    thread: ThreadId(0),
                    cpu: None,
                    stack: stacks[at],
                    value: PERIOD_NANOS,
                    n: 1,
                    state: ThreadState::Running,
                    labels: None,
                });
            }
        }
        recording
    }
}

/// How many of `pairs` comparisons of a program with itself have a false verdict on functions, and on nodes.
fn false_verdicts(program: &Program, options: DiffOptions, pairs: usize) -> [usize; 2] {
    let mut random = Random(20_261_121);
    let mut found = [0, 0];
    for _ in 0..pairs {
        let [a, b] = [0.0, 0.0].map(|grow| program.run(&mut random, grow));
        let diff = diff(&a, &b, &options);
        let functions = || diff.functions.iter().flat_map(|row| [row.own.verdict, row.total.verdict]);
        found[0] += usize::from(functions().any(Verdict::is_change));
        found[1] += usize::from(diff.nodes.iter().any(|node| node.total.verdict.is_change()));
    }
    found
}

#[track_caller]
fn check_false_verdicts(program: &Program, pairs: usize) {
    for options in [CPU, SHARES] {
        let found = false_verdicts(program, options, pairs);
        assert!(found.iter().all(|found| found * 20 <= pairs), "{found:?} of {pairs}");
    }
}

#[test]
fn the_same_program_twice_is_no_change_if_samples_are_independent() {
    check_false_verdicts(&Program::steady(10), 200);
}

#[test]
fn the_same_program_twice_is_no_change_if_it_works_in_bursts() {
    check_false_verdicts(&Program::bursty(30, 0.2), 100);
    check_false_verdicts(&Program::bursty(30, 1.0), 100);
    check_false_verdicts(&Program::bursty(30, 3.0), 100);
    check_false_verdicts(&Program::bursty(8, 0.5), 200);
}

#[track_caller]
fn check_power(program: &Program, grow: f64) {
    let mut random = Random(7);
    let pairs = 50;
    let mut found = 0;
    for _ in 0..pairs {
        let (a, b) = (program.run(&mut random, 0.0), program.run(&mut random, grow));
        let diff = diff(&a, &b, &CPU);
        let row = diff.functions.iter().find(|row| row.function.name == "f0").expect("f0");
        found += usize::from(row.own.verdict == Verdict::More);
        let wrong =
            |row: &&fathom_analysis::DiffFunction| row.function.name != "f0" && row.own.verdict.is_change();
        assert_eq!(diff.functions.iter().filter(wrong).count(), 0);
    }
    assert!(found * 10 >= pairs * 9, "{found} of {pairs}");
}

#[test]
fn half_as_much_again_of_a_tenth_is_found() {
    check_power(&Program::steady(30), 0.5);
    check_power(&Program::steady(20), 0.5);
}

#[test]
fn phases_that_both_runs_go_through_hide_nothing() {
    // A start of a third of the time that does half of the planted function's work, then something else.
    check_power(&Program { phases: true, ..Program::steady(30) }, 0.5);
}

/// A run that a busy machine held up here and there takes longer, and what it did is as sure as before.
#[test]
fn a_busy_machine_hides_nothing_of_whole_runs() {
    let mut random = Random(11);
    let mut held_up = |grow: f64| {
        let mut recording = Program::steady(20).run(&mut random, grow);
        let mut behind_nanos = 0;
        for sample in &mut recording.samples {
            if random.uniform() < 0.001 {
                behind_nanos += (random.uniform() * 4e9) as i64;
            }
            sample.time_nanos += behind_nanos;
        }
        recording.meta.duration_nanos += behind_nanos;
        recording.meta.target.command = vec!["program".into()];
        recording
    };
    let verdict = |a: &Recording, b: &Recording| {
        let diff = diff(a, b, &CPU);
        let row = diff.functions.iter().find(|row| row.function.name == "f0").expect("f0");
        row.own.verdict
    };
    let pairs = 30;
    let found = (0..pairs).filter(|_| verdict(&held_up(0.0), &held_up(0.5)) == Verdict::More).count();
    assert!(found * 10 >= pairs * 9, "{found} of {pairs}");
    let wrong = (0..pairs).filter(|_| verdict(&held_up(0.0), &held_up(0.0)).is_change()).count();
    assert_eq!(wrong, 0);
}

#[test]
fn profiles_without_times_are_taken_as_independent() {
    let mut a = Program::steady(10).run(&mut Random(1), 0.0);
    a.meta.imported = Some(fathom_model::Imported { has_times: false, ..Default::default() });
    let diff = diff(&a, &a, &CPU);
    assert!(diff.chunks.is_none());
    assert!(diff.functions.iter().all(|row| row.own.change.phi <= 1.0 && !row.own.verdict.is_change()));
    let main = diff.functions.iter().find(|row| row.function.name == "f20").expect("main");
    assert_eq!(main.total.verdict, Verdict::Same);
}
