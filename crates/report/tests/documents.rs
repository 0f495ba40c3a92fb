//! Profile text in, documents out.

use expect_test::{Expect, ExpectFile, expect, expect_file};
use fathom_model::Signal;
use fathom_report::{Options, find_output};
use fathom_testkit::recording;

const SERVER: &str = include_str!("profiles/server.txt");

fn render(text: &str, output: &str, options: &Options) -> String {
    find_output(output).expect("the output is in the list").render(&recording(text), options)
}

fn check(text: &str, output: &str, options: &Options, expected: Expect) {
    expected.assert_eq(&render(text, output, options));
}

fn check_file(text: &str, output: &str, options: &Options, expected: ExpectFile) {
    expected.assert_eq(&render(text, output, options));
}

fn plain(width: usize) -> Options {
    Options { width, ..Options::default() }
}

#[test]
fn a_screen_says_where_the_time_went() {
    check_file(SERVER, "terminal", &plain(100), expect_file!["expected/server-100.txt"]);
    check_file(SERVER, "terminal", &plain(80), expect_file!["expected/server-80.txt"]);
}

#[test]
fn a_screen_keeps_its_width_and_height() {
    for width in [60, 72, 80, 100, 120, 140] {
        let text = render(SERVER, "terminal", &plain(width));
        // Commands to copy are never wrapped.
        let lines = text.lines().filter(|line| {
            !line.contains("fix: ") && !line.contains("  fathom ") && !line.starts_with("NEXT")
        });
        let longest = lines.max_by_key(|line| line.chars().count()).unwrap_or_default();
        assert!(longest.chars().count() <= width, "{width}: {longest}");
        // One screen, and at 100 columns a small one, although this profile has something in every section.
        let most = if width >= 100 { 50 } else { 58 };
        assert!(text.lines().count() <= most, "{width}: {} lines", text.lines().count());
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let painted = render(SERVER, "terminal", &Options { color: true, ..plain(100) });
    assert!(painted.contains("\x1b[32m"));
    let mut stripped = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        stripped += before;
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    stripped += rest;
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&stripped), trimmed(&render(SERVER, "terminal", &plain(100))));
}

#[test]
fn markdown_is_the_full_report() {
    check_file(SERVER, "md", &plain(100), expect_file!["expected/server.md"]);
}

#[test]
fn json_is_everything() {
    check_file(SERVER, "json", &plain(100), expect_file!["expected/server.json"]);
}

#[test]
fn a_flame_graph_is_one_file() {
    check_file(SERVER, "svg", &plain(100), expect_file!["expected/server.svg"]);
    let off_cpu = Options { signal: Some(Signal::OffCpu), ..plain(100) };
    check_file(SERVER, "svg", &off_cpu, expect_file!["expected/server-off-cpu.svg"]);
}

#[test]
fn few_samples_rank_nothing() {
    check(
        "
        wall 30ms
        command ./short
        exit 1
        epoch 0s rate=499 start
        thread main blocked=10ms
        cpu main;work 4ms n=2
        ",
        "terminal",
        &plain(100),
        expect![[r#"
            fathom · ./short · 30.0 ms · exit 1
            499 Hz · 1 thread in 1 process

            TIME  by kind; 95 % intervals where they are wider than 2 points
              one thread     30.0 ms  ██████████bbbbbbbbbbbbbbbbbbbbbbbbb???????????????????????????????????????
                █ own code 13 % [4-14]  b blocked, not sampled 33 %  ? missing (not seen) 53 %

            ON CPU  4.00 ms in 2 samples
              too few samples (n = 2) to rank functions; seen in: work

            WAITING  10.0 ms blocked, 0 intervals with a stack
              no waits recorded: signal off-cpu was not asked for

            QUALITY  2 on-CPU samples · 0 lost
                     100 % of stacks complete
            NEXT     fathom run --rate 4999 -- ./short  # more samples
                     fathom export @last --format svg -o flame.svg  # flame graph
                     fathom report @last --output md  # the full report
        "#]],
    );
}

#[test]
fn no_samples_say_why() {
    check(
        "
        wall 3ms
        command ./true
        exit 0
        signals cpu off-cpu
        epoch 0s rate=499 start
        thread main running=1ms blocked=1ms missing=1ms
        ",
        "terminal",
        &plain(100),
        expect![[r#"
            fathom · ./true · 3.00 ms · exit 0
            499 Hz · 1 thread in 1 process

            TIME  by kind; 95 % intervals where they are wider than 2 points
              one thread     3.00 ms  CCCCCCCCCCCCCCCCCCCCCCCCCbbbbbbbbbbbbbbbbbbbbbbbbb????????????????????????
                C on-CPU, not sampled 33 %  b blocked, not sampled 33 %  ? missing (not seen) 33 %

            ON CPU  1.00 ms in 0 samples
              no CPU samples: the target used 1.00 ms of CPU time; at 499 Hz one sample is due every 2.00 ms

            WAITING  1.00 ms blocked, 0 intervals with a stack
              no waits recorded: threads were blocked for 1.00 ms, but no interval was recorded with a stack

            QUALITY  0 on-CPU samples · 0 lost
            NEXT     fathom run --rate 4999 -- ./true  # more samples
                     fathom report @last --output md  # the full report
        "#]],
    );
    check(
        "
        wall 10s
        pids 77
        signals cpu off-cpu
        collector cpu missing \"perf_event_open: permission denied (perf_event_paranoid is 3, needs 2)\" fix=\"sudo sysctl kernel.perf_event_paranoid=2\"
        collector off-cpu missing \"needs the cpu collector\"
        process victim pid=77
        thread victim running=5s missing=5s
        ",
        "terminal",
        &plain(80),
        expect![[r#"
            fathom · pid 77 (victim) · 10.0 s
            1 thread in 1 process

            TIME  by kind; 95 % intervals where they are wider than 2 points
              one thread      10.0 s  CCCCCCCCCCCCCCCCCCCCCCCCCCC???????????????????????????
                C on-CPU, not sampled 50 %  ? missing (not seen) 50 %

            ON CPU  5.00 s in 0 samples
              no CPU samples: the cpu collector did not run: perf_event_open: permission
              denied (perf_event_paranoid is 3, needs 2)

            WAITING  0 ns blocked, 0 intervals with a stack
              no waits recorded: the off-cpu collector did not run: needs the cpu collector

            QUALITY  0 on-CPU samples · 0 lost
            MISSING  cpu: perf_event_open: permission denied (perf_event_paranoid is 3,
                     needs 2)
                     fix: sudo sysctl kernel.perf_event_paranoid=2
                     off-cpu: needs the cpu collector
            NEXT     sudo sysctl kernel.perf_event_paranoid=2  # unlocks what was missing
                     fathom report @last --output md  # the full report
        "#]],
    );
    check(
        "
        wall 10s
        command ./busy
        killed 9
        signals cpu off-cpu
        epoch 0s rate=499 start
        thread main running=9s blocked=1s
        ",
        "markdown",
        &plain(80),
        expect![[r#"
            # Where the time of `./busy` went

            | what | value |
            | --- | --- |
            | wall time | 10.0 s |
            | thread time | 10.0 s |
            | end | killed by signal 9 (SIGKILL) |

            ## Time by kind

            Shares are of thread time, with their 95 % intervals; exact figures have none.

            | kind | main thread | share | all threads | share |
            | --- | --: | --: | --: | --: |
            | on-CPU, not sampled | 9.00 s | 90 % | 9.00 s | 90 % |
            | blocked, not sampled | 1.00 s | 10 % | 1.00 s | 10 % |

            ## Functions on-CPU

            No CPU samples: about 4,491 were due and none came; \`fathom doctor\` says what works here.

            ## Waits

            No waits recorded: threads were blocked for 1.00 s, but no interval was recorded with a stack.

            ## Threads

            | thread | tid | life | running | runnable | blocked | missing | switches | samples by its runtime |
            | --- | --: | --: | --: | --: | --: | --: | --: | --: |
            | main (main) | 1000 | 10.0 s | 9.00 s | 0 ns | 1.00 s | 0 ns | - | - |

            ## Processes

            | process | pid | parent | threads | CPU time | from | to | end | command |
            | --- | --: | --: | --: | --: | --: | --: | --- | --- |
            | main | 1000 | - | 1 | 9.00 s | 0 ns | - | - |  |

            ## Quality

            - 0 on-CPU samples · 0 lost

            ## Settings

            | from | CPU rate | stack copy | waits | gap | reason |
            | --: | --: | --: | --: | --: | --- |
            | 0 ns | 499 Hz | 0 B | 0 Hz | 0 ns | start |

            ## Commands

            ```sh
            fathom run --rate 499 -- ./busy
            fathom run --rate 4999 -- ./busy  # more samples
            fathom report @last --output md  # the full report
            ```
        "#]],
    );
}

#[test]
fn names_from_the_target_stay_data() {
    let hostile = "
        wall 1s
        command \"</title><script>alert(1)</script>\"
        thread \"\u{1b}[2J]]>\"
        cpu main;<script>alert(1)</script>;a|b`c`*d*;\u{1b}\\[31m;]]>;\"quo'ted\" 1s n=100
        off-cpu blocked.lock <img src=x onerror=alert(1)>;futex_wait 1s n=50
        note <b>bold</b> \u{1b}[31m
    ";
    for output in ["terminal", "markdown", "json", "svg"] {
        let text = render(hostile, output, &plain(100));
        assert!(!text.contains('\u{1b}'), "{output}: an escape sequence got through");
    }
    let markdown = render(hostile, "markdown", &plain(100));
    let markup = outside_code(&markdown);
    assert!(markdown.contains("<script>alert"), "names are shown as they are, in code");
    assert!(!markup.replace("\\<", "").contains('<'), "markup got through: {markup}");
    let svg = render(hostile, "svg", &plain(100));
    assert_eq!(svg.matches("]]>").count(), 1, "only the script's own section ends");
    assert_eq!(svg.matches("<script").count(), 2);
    assert!(!svg.contains("<img") && !svg.contains("<b>"), "markup got through");
}

/// Markdown without fenced blocks and code spans (CommonMark 0.31, sections 4.5 and 6.1).
fn outside_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let mut rest = if fenced { "" } else { line };
        while let Some(at) = rest.find('`') {
            out += &rest[..at];
            let run: String = rest[at..].chars().take_while(|c| *c == '`').collect();
            rest = &rest[at + run.len()..];
            let mut from = 0;
            // The span ends at a run of the same length.
            let end = loop {
                let Some(next) = rest[from..].find('`').map(|next| from + next) else { break None };
                let length = rest[next..].chars().take_while(|c| *c == '`').count();
                if length == run.len() {
                    break Some(next + length);
                }
                from = next + length;
            };
            rest = &rest[end.unwrap_or(0)..];
        }
        out += rest;
        out.push('\n');
    }
    out
}

#[test]
fn a_very_deep_and_a_very_wide_graph_are_bounded() {
    let recursion = vec!["f"; 2_000].join(";");
    let ladder: Vec<String> = (0..2_000).map(|at| format!("g{at}")).collect();
    let mut text =
        format!("cpu main;{recursion};leaf 500ms n=500\ncpu main;{} 250ms n=250\n", ladder.join(";"));
    for at in 0..30_000 {
        text += &format!("cpu main;wide;h{at:05} 8333ns n=1\n");
    }
    let svg = render(&text, "svg", &plain(100));
    assert!(svg.len() < 4_000_000, "{} bytes", svg.len());
    let foot: Vec<&str> = svg.lines().filter(|line| line.contains("are part of")).collect();
    expect![[r#"<text class="faint" x="16" y="10400">31,489 frames are part of their callers&#39; bars: narrower than 0.005 % of all, beyond the heaviest 20,000, or deeper than 512 levels; 500 ms (50 %) ends in them</text>"#]].assert_eq(&foot.join("\n"));
    assert!(svg.contains("f (recursive)"), "the recursion is folded");
    assert!(svg.contains(">leaf<"), "what the recursion ends in is seen");
    // The JSON tree has its own bound.
    assert!(render(&text, "json", &plain(100)).len() < 3_000_000);
}

/// What a Go program said of itself: memory, locks, goroutines.
const TOLD: &str = "
    wall 10s
    pids 77
    cwd /src
    process server pid=77
    thread server running=5s
    alloc-bytes main.main@/src/main.go:9[go];main.fill@/src/main.go:22[go];bytes.growSlice@/go/bytes.go:5[go]{library} 3GiB n=900
    alloc-bytes main.main@/src/main.go:9[go];main.drop@/src/main.go:30[go] 1GiB n=100
    alloc-count main.main@/src/main.go:9[go];main.drop@/src/main.go:30[go] 1200 n=100
    live-bytes main.main@/src/main.go:9[go];main.keep@/src/main.go:40[go];compress/flate.NewWriter@/go/flate.go:5[go]{library};compress/flate.init@/go/flate.go:9[go]{library} 12MiB n=30
    live-bytes runtime.main[go]{runtime};runtime.mallocgc[go]{runtime} 1MiB n=2
    contention main.main@/src/main.go:9[go];main.holds@/src/main.go:50[go];sync.(*Mutex).Unlock@/go/mutex.go:1[go]{library} 4s n=400
    task-wait main.waits@/src/main.go:60[go];runtime.chanrecv1@/go/chan.go:1[go]{runtime} 7s n=70
    tasks main.parked@/src/main.go:70[go];runtime.chanrecv1@/go/chan.go:1[go]{runtime};runtime.gopark@/go/proc.go:1[go]{runtime} 1500
    tasks runtime.bgsweep@/go/mgc.go:1[go]{gc};runtime.gopark@/go/proc.go:1[go]{runtime} 1
";

#[test]
fn what_a_program_says_of_itself_has_a_table_each() {
    let text = render(TOLD, "terminal", &plain(100));
    let begin = text.find("ALLOCATED").expect("allocations");
    let end = text.find("USED").or(text.find("QUALITY")).expect("the rest");
    expect![[r#"
        ALLOCATED  4.00 GiB in 1,200 allocations
           3.00 GiB 75 %   bytes.growSlice                 main.fill main.go:22
           1.00 GiB 25 %   main.drop                       main.go:30

        HEAP  13.0 MiB in use
           12.0 MiB 92 %   compress/flate.NewWriter        main.keep main.go:40
           1.00 MiB 7.7 %  runtime.mallocgc

        CONTENTION  4.00 s waited for locks, by who let them go
             4.00 s 100 %  sync.(*Mutex).Unlock            main.holds main.go:50

        TASKS  1,501 at the end, by where they are
              1,500 99.9 % runtime.chanrecv1               main.parked main.go:70
                  1 0.1 %  runtime.gopark                  /go/proc.go:1"#]]
    .assert_eq(text[begin..end].trim_end());
    let markdown = render(TOLD, "md", &plain(100));
    let begin = markdown.find("## Allocated").expect("allocations");
    let end = markdown.find("## Threads").expect("threads");
    expect![[r#"
        ## Allocated

        4.00 GiB in 1,200 allocations.

        | value | share | function | asked by | where |
        | --: | --: | --- | --- | --- |
        | 3.00 GiB | 75 % | `bytes.growSlice` | `main.fill` | `main.go:22` |
        | 1.00 GiB | 25 % | `main.drop` | `main.drop` | `main.go:30` |

        ## Heap

        13.0 MiB in use.

        | value | share | function | asked by | where |
        | --: | --: | --- | --- | --- |
        | 12.0 MiB | 92 % | `compress/flate.NewWriter` | `main.keep` | `main.go:40` |
        | 1.00 MiB | 7.7 % | `runtime.mallocgc` |  |  |

        ## Contention

        4.00 s waited for locks, by who let them go.

        | value | share | function | asked by | where |
        | --: | --: | --- | --- | --- |
        | 4.00 s | 100 % | `sync.(*Mutex).Unlock` | `main.holds` | `main.go:50` |

        ## Tasks

        1,501 at the end, by where they are.

        | value | share | function | asked by | where |
        | --: | --: | --- | --- | --- |
        | 1,500 | 99.9 % | `runtime.chanrecv1` | `main.parked` | `main.go:70` |
        | 1 | 0.1 % | `runtime.gopark` |  | `/go/proc.go:1` |"#]]
    .assert_eq(markdown[begin..end].trim_end());
    for width in [60, 80, 140] {
        let text = render(TOLD, "terminal", &plain(width));
        let longest =
            text.lines().filter(|line| !line.contains("fathom ")).map(|line| line.chars().count()).max();
        assert!(longest <= Some(width), "{width}: {text}");
    }
}

#[test]
fn what_runtimes_tell_of_themselves_has_a_section() {
    let text = "wall 10s
thread main tid=1000
cpu main{user};work{user} 5s n=2500
program-cpu running main{user};work{user} 5s n=250
event gc.pause 1s 4ms
event gc.pause 2s 40ms
event gc.pause 3s 6ms
event exception 4s 0ns
series nodejs.eventloop.utilization 1s 20%
series nodejs.eventloop.utilization 2s 80%
";
    let render = |output| render(text, output, &plain(100));
    let section = |text: String, from: &str, to: &str| {
        let from = text.find(from).expect("the section is there");
        text[from..].split(to).next().expect("it has an end").to_owned()
    };
    expect![[r#"
        RUNTIME  4 events as the runtime tells them
          event                         n    total   median      p99 most of it in
          gc.pause                      3  50.0 ms  6.00 ms  40.0 ms
          exception                     1     0 ns     0 ns     0 ns
          nodejs.eventloop.utilization mean 50 %, largest 80 %

        QUALITY  2,500 on-CPU samples · 0 lost
                 100 % of stacks complete
        NEXT     fathom export @last --format svg -o flame.svg  # flame graph
                 fathom report @last --output md  # the full report
    "#]]
    .assert_eq(&section(render("terminal"), "RUNTIME", "MEMORY"));
    expect![[r#"
        ## Runtime

        What the language runtimes told of themselves. Events of several threads overlap.

        | event | n | total | median | p99 | longest | most of it in |
        | --- | --: | --: | --: | --: | --: | --- |
        | gc.pause | 3 | 50.0 ms | 6.00 ms | 40.0 ms | 40.0 ms |  |
        | exception | 1 | 0 ns | 0 ns | 0 ns | 0 ns |  |

        | series | pid | mean | smallest | largest |
        | --- | --: | --: | --: | --: |
        | nodejs.eventloop.utilization | 1000 | 50 % | 20 % | 80 % |

        ## Threads

        | thread | tid | life | running | runnable | blocked | missing | switches | samples by its runtime |
        | --- | --: | --: | --: | --: | --: | --: | --: | --: |
        | main (main) | 1000 | 10.0 s | 5.00 s | 0 ns | 0 ns | 5.00 s | - | 250 |

    "#]]
    .assert_eq(&section(render("markdown"), "## Runtime", "## Modules"));
}
