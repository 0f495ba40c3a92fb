//! Text in, text out: every statement reads back, and errors name the line.

use expect_test::{Expect, expect};
use fathom_testkit::{parse, print};

fn check(input: &str, expected: Expect) {
    let output = match parse(input) {
        Ok(recording) => {
            let text = print(&recording);
            let again = parse(&text).expect("printed text reads back");
            assert_eq!(again, recording, "printed text reads back as another recording:\n{text}");
            text
        }
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&output);
}

#[test]
fn the_short_form_fills_in_the_rest() {
    check(
        "
        wall 10s
        thread main
        cpu main;work;leaf 120ms n=60
        off-cpu blocked.lock main;lock;futex_wait 2s n=14
        series process.rss 10s 5MiB
        ",
        expect![[r#"
            wall 10s
            process main pid=1000
            thread main tid=1000
            process main pid=1000
            thread main tid=1000
            cpu main;work;leaf 120ms n=60
            off-cpu blocked.lock main;lock;futex_wait 2s n=14
            process main pid=1000
            series process.rss 10s 5MiB
        "#]],
    );
}

#[test]
fn every_statement_reads_back() {
    check(
        r#"
        start 5s
        wall 1500ms
        clock 0s 1763630000s
        command ./a "two words" --x=1
        pids 7 8
        cwd /home/me/a
        killed 9
        host box cpus=2 kernel=6.18 arch=x86_64 cpu-model="Model T" memory=2GiB cpu-quota=1.5 memory-limit=1GiB
        signals cpu gc
        recovered
        quality cpu-samples=10 lost=2 truncated=1 frames=40 unresolved=3
        cost cpu=12ms rss=30MiB sampling=3ms switches=1ms wall=1.5s target-cpu=1s
        note Stacks were cut at 8 KiB.
        collector cpu used perf cpu-clock
        collector off-cpu missing "perf_event_paranoid is 3, needs 2" fix="sysctl -w kernel.perf_event_paranoid=2"
        epoch 0s rate=499 stack=16KiB off-cpu=50 gap=3ms start
        module /usr/lib/libfoo.so build-id=00ff
        module /tmp/perf-7.map kind=jit
        process a pid=7 command="a --x=1" runtime=go version=1.27
        thread a tid=7 end=1s running=1s missing=5us switches=12
        thread worker tid=9 start=10ms
        cpu std::rt::lang_start{runtime};work@src/a.rs:12:5^10[libfoo.so+0x1f]{library,inlined,go} 1s n=500 at=1ms cpu=1
        process b parent=0 exec=1 exit=256
        thread b
        alloc-bytes foo(int, char) 4KiB
        alloc-count running ? 4 label.request=7 label.user=x
        gc - 0
        cpu kernel_entry[kernel]{kernel};\?;f\[abi\] 1ns
        event gc 1s 20ms {"kind": "full"}
        series host.psi_cpu_some 1s 12.5%
        series host.load1 1s 0.25
        "#,
        expect![[r#"
            start 5s
            wall 1500ms
            clock 0ns 1763630000s
            command ./a "two words" "--x=1"
            pids 7 8
            cwd /home/me/a
            killed 9
            host box cpus=2 kernel=6.18 arch=x86_64 cpu-model="Model T" memory=2147483648B cpu-quota=1.5 memory-limit=1073741824B
            signals cpu gc
            recovered
            quality cpu-samples=10 lost=2 truncated=1 frames=40 unresolved=3
            cost cpu=12ms rss=31457280B sampling=3ms switches=1ms wall=1500ms target-cpu=1s
            note Stacks were cut at 8 KiB.
            collector cpu used "perf cpu-clock"
            collector off-cpu missing "perf_event_paranoid is 3, needs 2" fix="sysctl -w kernel.perf_event_paranoid=2"
            epoch 0ns rate=499 stack=16KiB off-cpu=50 gap=3ms start
            module /usr/lib/libfoo.so build-id=00ff
            module /tmp/perf-7.map kind=jit
            module libfoo.so
            module [kernel]
            process a pid=7 command="a \"--x=1\"" runtime=go version=1.27
            thread a tid=7 end=1s running=1s missing=5us switches=12
            thread worker tid=9 start=10ms
            process b pid=1001 exec=1 parent=0 exit=256
            thread b tid=1001
            process a pid=7
            thread worker tid=9
            cpu std::rt::lang_start{runtime};work@src/a.rs:12:5^10[libfoo.so+0x1f]{library,inlined,go} 1s n=500 at=1ms cpu=1
            process b pid=1001 exec=1
            thread b tid=1001
            alloc-bytes foo(int, char) 4KiB
            alloc-count running ? 4 label.request=7 label.user=x
            gc - 0ns
            cpu kernel_entry[kernel]{kernel};\?;f\[abi\] 1ns
            series host.psi_cpu_some 1s 12.5%
            series host.load1 1s 0.25
            process b pid=1001 exec=1
            thread b tid=1001
            event gc 1s 20ms {"kind": "full"}
        "#]],
    );
}

#[test]
fn errors_name_the_line_and_the_value() {
    check(
        "wall 10s\n\nwall ten",
        expect!["line 3: `ten` is not a quantity; write it as 120ms, 5MiB, 31%, 7\n"],
    );
    check("cpu main 5MiB", expect!["line 1: value is in bytes, signal cpu is in nanoseconds\n"]);
    check("off-cpu main 5ms", expect!["line 1: off-cpu needs a state: runnable, blocked.lock ...\n"]);
    check("cpu a;;b 5ms", expect!["line 1: frame `` has no name; write `?` for a frame without one\n"]);
    check(
        "cpu a{fast} 5ms",
        expect![
            "line 1: frame kind `fast` is none of user, library, runtime, gc, jit, interpreter, native, kernel, unknown\n"
        ],
    );
    check("cpu 5ms", expect!["line 1: stack or value is missing\n"]);
    check("frobnicate 1", expect!["line 1: statement `frobnicate` is unknown\n"]);
    check("thread a b", expect!["line 1: `b` is not understood here\n"]);
    check("collector cpu maybe", expect!["line 1: `maybe` is neither `used` nor `missing`\n"]);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Any name, however odd, stands in a frame and comes back.
        #[test]
        fn names_read_back(name in "[ -~é]{0,12}[!-~]", file in "[!-~]{1,8}", value in 0i64..i64::MAX, n in 0u32..9) {
            let mut recording = fathom_testkit::recording("wall 1s\ncpu main;placeholder@f 5ms");
            recording.frames[1].function = Some(name);
            recording.frames[1].file = Some(file);
            recording.samples[0].value = value;
            recording.samples[0].n = n;
            recording.threads[0].times.running_nanos = value;
            recording.meta.quality.cpu_samples = u64::from(n);
            recording.meta.quality.off_cpu_samples = 0;
            let text = print(&recording);
            prop_assert_eq!(parse(&text).unwrap().frames, recording.frames, "{}", text);
        }

        #[test]
        fn no_text_panics(text in "(wall|cpu|thread|process|series|event|epoch|host|off-cpu)?[ -~\n]{0,60}") {
            if let Ok(recording) = parse(&text) {
                let printed = print(&recording);
                prop_assert_eq!(print(&parse(&printed).unwrap()), printed);
            }
        }
    }
}
