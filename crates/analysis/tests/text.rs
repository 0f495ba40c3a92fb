//! Profile text in, tables as text out, through one `check` per question.

use std::fmt::Write;

use expect_test::{Expect, expect};
use fathom_analysis::{
    CallTree, Filter, FunctionIndex, FunctionTable, Granularity, StateFilter, account, by_kind, by_module,
    by_state, by_thread, calibrate, neighbours, own_code_chain, timeline, waits,
};
use fathom_model::{Recording, Sample, Signal, ThreadId};
use fathom_testkit::recording;

fn tree_text(recording: &Recording, filter: Filter, granularity: Granularity) -> String {
    let index = FunctionIndex::new(recording);
    let tree = CallTree::build(recording, &index, &filter, granularity);
    let mut out = String::new();
    tree.walk(|at, entered| {
        if entered {
            let node = &tree.nodes[at];
            let frame = node.frame.and_then(|id| recording.frames.get(id.index()));
            let line = frame.and_then(|frame| frame.line).filter(|_| granularity == Granularity::Line);
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let name = if node.parent.is_none() { "all" } else { &index.get(node.function).name };
            let [own, total] = [node.self_value, node.total_value].map(|nanos| nanos / 1_000_000);
            let indent = "  ".repeat(node.depth);
            writeln!(out, "{indent}{name}{line} self {own} total {total} n {}/{}", node.self_n, node.total_n)
                .expect("strings take text");
        }
    });
    out
}

fn check_tree(text: &str, filter: Filter, granularity: Granularity, expected: Expect) {
    expected.assert_eq(&tree_text(&recording(text), filter, granularity));
}

const THREADS: &str = "
    wall 10s
    thread main
    cpu main;work@a.c:1;leaf@a.c:9[libfoo.so]{library} 120ms n=60 at=1s
    cpu main;work@a.c:2;leaf@a.c:9[libfoo.so]{library} 20ms n=10 at=2s
    cpu main;work@a.c:2 60ms n=30 at=3s
    cpu - 10ms n=5 at=4s
    thread helper
    cpu main;read{kernel} 40ms n=20 at=5s
    off-cpu runnable main 5ms
    off-cpu blocked.lock main;lock 2s n=2
";

#[test]
fn a_tree_by_function_merges_lines() {
    check_tree(
        THREADS,
        Filter::of(Signal::Cpu),
        Granularity::Function,
        expect![[r#"
        all self 10 total 250 n 5/125
          main self 0 total 240 n 0/120
            work self 60 total 200 n 30/100
              leaf self 140 total 140 n 70/70
            read self 40 total 40 n 20/20
    "#]],
    );
}

#[test]
fn a_tree_by_line_keeps_them() {
    check_tree(
        THREADS,
        Filter::of(Signal::Cpu).in_thread(ThreadId(0)),
        Granularity::Line,
        expect![[r#"
        all self 10 total 210 n 5/105
          main self 0 total 200 n 0/100
            work:1 self 0 total 120 n 0/60
              leaf:9 self 120 total 120 n 60/60
            work:2 self 60 total 80 n 30/40
              leaf:9 self 20 total 20 n 10/10
    "#]],
    );
}

#[test]
fn filters_narrow_by_time_and_state() {
    let second = 1_000_000_000;
    check_tree(
        THREADS,
        Filter::of(Signal::Cpu).between(2 * second, 4 * second),
        Granularity::Function,
        expect![[r#"
            all self 0 total 80 n 0/40
              main self 0 total 80 n 0/40
                work self 60 total 80 n 30/40
                  leaf self 20 total 20 n 10/10
        "#]],
    );
    check_tree(
        THREADS,
        Filter::of(Signal::OffCpu).in_state(StateFilter::AnyBlocked),
        Granularity::Function,
        expect![[r#"
            all self 0 total 2000 n 0/2
              main self 0 total 2000 n 0/2
                lock self 2000 total 2000 n 2/2
        "#]],
    );
}

fn check_functions(text: &str, signal: Signal, expected: Expect) {
    let recording = recording(text);
    let index = FunctionIndex::new(&recording);
    let table = FunctionTable::build(&recording, &index, &Filter::of(signal));
    let mut out = String::new();
    for row in &table.rows {
        let share = |share: fathom_analysis::Share| {
            format!("{:.0}% [{:.0}-{:.0}]", share.ratio * 100.0, share.low * 100.0, share.high * 100.0)
        };
        let line = row.hottest_line.map(|line| format!(":{line}")).unwrap_or_default();
        let function = index.get(row.function);
        writeln!(
            out,
            "{} {}{line} self {} n {} total {} n {}",
            function.name,
            function.file.as_deref().unwrap_or("-"),
            share(row.self_share),
            row.self_n,
            share(row.total_share),
            row.total_n
        )
        .expect("strings take text");
    }
    writeln!(out, "without stack {}", table.without_stack_value / 1_000_000).expect("strings take text");
    expected.assert_eq(&out);
}

#[test]
fn functions_have_shares_with_intervals() {
    check_functions(
        THREADS,
        Signal::Cpu,
        expect![[r#"
        leaf a.c:9 self 56% [47-64] n 70 total 56% [47-64] n 70
        work a.c:2 self 24% [17-32] n 30 total 80% [72-86] n 100
        read - self 16% [11-23] n 20 total 16% [11-23] n 20
        main - self 0% [0-3] n 0 total 96% [91-98] n 120
        without stack 10
    "#]],
    );
}

#[test]
fn recursion_counts_once() {
    check_functions(
        "
        cpu main;fib;fib;fib;add 30ms n=30
        cpu main;fib;fib 60ms n=60
        cpu main;even;odd;even 10ms n=10
        ",
        Signal::Cpu,
        expect![[r#"
            fib - self 60% [50-69] n 60 total 90% [83-94] n 90
            add - self 30% [22-40] n 30 total 30% [22-40] n 30
            even - self 10% [6-17] n 10 total 10% [6-17] n 10
            main - self 0% [0-4] n 0 total 100% [96-100] n 100
            odd - self 0% [0-4] n 0 total 10% [6-17] n 10
            without stack 0
        "#]],
    );
}

#[test]
fn unnamed_frames_are_one_function_per_module_and_static_namesakes_are_two() {
    check_functions(
        "
        cpu main;?[libfoo.so+0x10] 10ms
        cpu main;?[libfoo.so+0x20] 10ms
        cpu main;?[libbar.so+0x10] 10ms
        cpu main;? 10ms
        cpu main;init@a.c:12^10 10ms
        cpu main;init@b.c:3^1 10ms
        cpu main;inlined@c.h:3 10ms
        cpu main;inlined@d.h:3 10ms
        ",
        Signal::Cpu,
        expect![[r#"
            [libfoo.so] - self 25% [7-59] n 2 total 25% [7-59] n 2
            inlined c.h:3 self 25% [7-59] n 2 total 25% [7-59] n 2
            [libbar.so] - self 12% [2-47] n 1 total 12% [2-47] n 1
            [unknown] - self 12% [2-47] n 1 total 12% [2-47] n 1
            init a.c:12 self 12% [2-47] n 1 total 12% [2-47] n 1
            init b.c:3 self 12% [2-47] n 1 total 12% [2-47] n 1
            main - self 0% [0-32] n 0 total 100% [68-100] n 8
            without stack 0
        "#]],
    );
}

fn check_neighbours(text: &str, function: &str, expected: Expect) {
    let recording = recording(text);
    let index = FunctionIndex::new(&recording);
    let tree = CallTree::build(&recording, &index, &Filter::of(Signal::Cpu), Granularity::Function);
    let id = index.named(function).next().expect("the function is in the profile");
    let found = neighbours(&tree, id);
    let mut out = String::new();
    for (caller, nanos) in found.callers {
        let name = caller.map_or("(outermost)", |id| index.get(id).name.as_str());
        writeln!(out, "from {name} {}", nanos / 1_000_000).expect("strings take text");
    }
    for (callee, nanos) in found.callees {
        writeln!(out, "to {} {}", index.get(callee).name, nanos / 1_000_000).expect("strings take text");
    }
    expected.assert_eq(&out);
}

#[test]
fn callers_and_callees_add_up_under_recursion() {
    let text = "
        cpu main;f;g;f;leaf 10ms
        cpu main;f;g 20ms
        cpu start;f 5ms
        cpu f;leaf 3ms
        cpu main;g 100ms
    ";
    check_neighbours(
        text,
        "f",
        expect![[r#"
        from main 30
        from start 5
        from (outermost) 3
        to g 20
        to leaf 13
    "#]],
    );
    check_neighbours(
        text,
        "g",
        expect![[r#"
        from main 100
        from f 30
        to f 10
    "#]],
    );
}

#[test]
fn breakdowns_add_up() {
    let recording = recording(THREADS);
    let filter = Filter::of(Signal::Cpu);
    let mut out = String::new();
    for part in by_thread(&recording, &filter) {
        let name = &recording.threads[part.key.index()].name;
        writeln!(out, "thread {name} {} {:.2}", part.value / 1_000_000, part.share.ratio)
            .expect("strings take text");
    }
    for part in by_kind(&recording, &filter) {
        let kind = part.key.map_or("no stack", |kind| kind.as_str());
        writeln!(out, "kind {kind} {}", part.value / 1_000_000).expect("strings take text");
    }
    for part in by_module(&recording, &filter) {
        let name = part.key.map_or("none", |id| recording.modules[id.index()].name());
        writeln!(out, "module {name} {}", part.value / 1_000_000).expect("strings take text");
    }
    for part in by_state(&recording, &Filter::of(Signal::OffCpu)) {
        writeln!(out, "state {} {}", part.key.as_str(), part.value / 1_000_000).expect("strings take text");
    }
    expect![[r#"
        thread main 210 0.84
        thread helper 40 0.16
        kind library 140
        kind user 60
        kind kernel 40
        kind no stack 10
        module libfoo.so 140
        module none 110
        state blocked.lock 2000
        state runnable 5
    "#]]
    .assert_eq(&out);
}

#[test]
fn waits_have_reason_blame_and_threads() {
    let recording = recording(
        "
        thread main
        off-cpu blocked.lock main;handle@a.c:30;acquire@a.c:12;pthread_mutex_lock[libc.so.6]{library};__lll_lock_wait[libc.so.6]{library};futex_wait[kernel]{kernel};schedule[kernel]{kernel} 2s n=14
        off-cpu blocked.lock main;other@a.c:31;acquire@a.c:13;pthread_mutex_lock[libc.so.6]{library};futex_wait[kernel]{kernel} 1s n=7
        off-cpu blocked.timer main;std::thread::sleep{library};clock_nanosleep{library};hrtimer_nanosleep{kernel} 500ms
        off-cpu blocked.page-fault main;touch;handle_mm_fault{kernel};exc_page_fault{kernel} 5ms
        off-cpu blocked.other - 1ms n=0
        off-cpu runnable main 400ms
        thread worker
        off-cpu blocked.lock main;handle@a.c:30;acquire@a.c:12;pthread_mutex_lock[libc.so.6]{library};__lll_lock_wait[libc.so.6]{library};futex_wait[kernel]{kernel};schedule[kernel]{kernel} 4s n=20
        thread pool
        off-cpu blocked.poll start_thread{runtime};run{library};epoll_wait{library};ep_poll{kernel} 9s n=3
        ",
    );
    let index = FunctionIndex::new(&recording);
    let mut out = String::new();
    for wait in waits(&recording, &index, &Filter::of(Signal::OffCpu)) {
        let blame = wait.blame.map_or("-", |id| index.get(id).name.as_str());
        let threads = wait
            .threads
            .iter()
            .map(|(id, nanos)| format!("{} {}", recording.threads[id.index()].name, nanos / 1_000_000));
        let chain = wait.stack.map(|stack| own_code_chain(&recording, &index, stack)).unwrap_or_default();
        let chain: Vec<&str> = chain.into_iter().map(|id| index.get(id).name.as_str()).collect();
        writeln!(
            out,
            "{} | {blame}:{} | {} ms n {} | {} | {}",
            wait.reason,
            wait.blame_line.unwrap_or_default(),
            wait.value / 1_000_000,
            wait.n,
            threads.collect::<Vec<_>>().join(", "),
            chain.join(" > ")
        )
        .expect("strings take text");
    }
    expect![[r#"
        poll: epoll_wait | -:0 | 9000 ms n 3 | pool 9000 | 
        lock: pthread_mutex_lock | acquire:12 | 7000 ms n 41 | worker 4000, main 3000 | main > handle > acquire
        timer: sleep | main:0 | 500 ms n 1 | main 500 | main
        page-fault: memory brought in | touch:0 | 5 ms n 1 | main 5 | main > touch
        other: no stack | -:0 | 1 ms n 0 | main 1 | 
    "#]].assert_eq(&out);
}

#[test]
fn a_thread_is_accounted_for() {
    let recording = recording(
        "
        start 100s
        wall 10s
        thread main running=4s runnable=1s blocked=4990ms missing=10ms
        thread late start=9s running=500ms blocked=300ms
        thread early start=-5s end=2s running=2s
        ",
    );
    let accounting = account(&recording);
    let mut out = String::new();
    for thread in &accounting.threads {
        let ms = |nanos: i64| nanos / 1_000_000;
        writeln!(
            out,
            "life {} gap {} missing {} ratio {:.2}",
            ms(thread.lifetime_nanos),
            ms(thread.gap_nanos),
            ms(thread.missing_nanos()),
            thread.gap_ratio()
        )
        .expect("strings take text");
    }
    writeln!(
        out,
        "all {} missing {}",
        accounting.lifetime_nanos / 1_000_000,
        accounting.missing_nanos / 1_000_000
    )
    .expect("strings take text");
    expect![[r#"
        life 10000 gap 0 missing 10 ratio 0.00
        life 1000 gap 200 missing 200 ratio 0.20
        life 2000 gap 0 missing 0 ratio 0.00
        all 13000 missing 210
    "#]]
    .assert_eq(&out);
}

fn sums(samples: &[Sample]) -> Vec<(u32, Signal, &'static str, i64, u32)> {
    let row = |s: &Sample| (s.thread.0, s.signal, s.state.as_str(), s.value, s.n);
    samples.iter().map(row).collect()
}

#[test]
fn calibration_is_exact_and_keeps_proportions() {
    let recording = recording(
        "
        wall 10s
        thread main running=1000000007ns runnable=3ns blocked=2s
        cpu main;a 100ms n=50
        cpu main;b 300ms n=150
        off-cpu runnable main;b 7ms
        off-cpu runnable main;a 7ms
        off-cpu blocked.lock main;a 1s
        off-cpu blocked.timer main;b 3s
        off-cpu unknown main 4ms
        alloc-bytes main 4KiB
        thread silent running=5ms blocked=1s
        thread unknown missing=10s
        cpu main 20ms n=10
        ",
    );
    // Testkit sums up what is not given; this thread's times are not known at all.
    let mut threads = recording.threads.clone();
    threads[2].times = fathom_model::ThreadTimes { missing_nanos: 10, ..Default::default() };
    let calibrated = calibrate(&recording.samples, &threads, &[Signal::Cpu, Signal::OffCpu]);
    let rows: Vec<String> = sums(&calibrated).iter().map(|row| format!("{row:?}")).collect();
    expect![[r#"
        (0, Cpu, "running", 250000002, 50)
        (0, Cpu, "running", 750000005, 150)
        (0, OffCpu, "runnable", 2, 1)
        (0, OffCpu, "runnable", 1, 1)
        (0, OffCpu, "blocked.lock", 500000000, 1)
        (0, OffCpu, "blocked.timer", 1500000000, 1)
        (0, OffCpu, "unknown", 4000000, 1)
        (0, AllocBytes, "unknown", 4096, 1)
        (2, Cpu, "running", 20000000, 10)
        (1, Cpu, "running", 5000000, 0)
        (1, OffCpu, "blocked.other", 1000000000, 0)"#]]
    .assert_eq(&rows.join("\n"));
    let cpu_only = calibrate(&recording.samples, &threads, &[Signal::Cpu]);
    assert_eq!(cpu_only.len(), recording.samples.len() + 1, "only the silent thread's CPU time is added");
}

#[test]
fn a_timeline_keeps_sums() {
    let recording = recording(
        "
        wall 4s
        thread main
        cpu main 500ms at=500ms
        cpu main 1s n=2 at=3500ms
        off-cpu blocked.lock main 2s at=1s
        off-cpu runnable main 9s at=3s
        thread helper start=2s
        cpu - 100ms n=0 at=2s
        ",
    );
    let timeline = timeline(&recording, 4);
    let mut out = String::new();
    for row in &timeline.threads {
        for bin in &row.bins {
            let ms = |nanos: f64| (nanos / 1e6).round();
            let [running, runnable, blocked] =
                [bin.running_nanos, bin.runnable_nanos, bin.blocked_nanos].map(ms);
            write!(out, "{running}/{runnable}/{blocked} ").expect("strings take text");
        }
        writeln!(out, "{}", recording.threads[row.key.index()].name).expect("strings take text");
    }
    writeln!(out, "cpus {:?}", timeline.cpus_used).expect("strings take text");
    expect![[r#"
        500/0/0 0/0/1000 0/0/1000 1000/9000/0 main
        0/0/0 0/0/0 50/0/0 50/0/0 helper
        cpus [0.5, 0.0, 0.05, 1.05]
    "#]]
    .assert_eq(&out);
}

#[test]
fn a_very_deep_stack_is_no_recursion_here() {
    let stack = vec!["f"; 200_000].join(";");
    let recording = recording(&format!("cpu main;{stack} 10ms\ncpu main;{stack};g 10ms"));
    let index = FunctionIndex::new(&recording);
    let table = FunctionTable::build(&recording, &index, &Filter::of(Signal::Cpu));
    let f = table.rows.iter().find(|row| index.get(row.function).name == "f").expect("f was sampled");
    assert_eq!((f.self_value, f.total_value), (10_000_000, 20_000_000));
}
