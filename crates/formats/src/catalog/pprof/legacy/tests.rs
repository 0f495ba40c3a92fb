//! Small files of every old kind. What they mean is what `go tool pprof -raw` makes of them.

use super::super::read::tests::{lines, read};
use super::is_legacy;
use fathom_model::{Issue, Recording};
use proptest::prelude::*;

fn sound(bytes: &[u8]) -> Recording {
    assert!(is_legacy(bytes));
    let (recording, issues) = read(bytes);
    assert_eq!(issues, []);
    recording
}

const MAPS: &str = "00400000-00500000 r-xp 00000000 08:01 12 /opt/app\n7f0000000000-7f0000010000 r-xp 00001000 08:01 13 /lib/libc.so.6\n";

fn words(list: &[u64]) -> Vec<u8> {
    list.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Two stacks with the signal handler's frame, one without; innermost first.
fn cpu() -> Vec<u8> {
    let mut bytes = words(&[0, 3, 0, 10_000, 0]);
    bytes.extend(words(&[2, 3, 0x40_1000, 0x7f00_0000_0101, 0x40_2001]));
    bytes.extend(words(&[1, 3, 0x40_1100, 0x7f00_0000_0101, 0x40_2001]));
    bytes.extend(words(&[0, 1, 0]));
    bytes.extend(MAPS.as_bytes());
    bytes
}

#[test]
fn cpu_profiles_of_gperftools() {
    let recording = sound(&cpu());
    assert_eq!(
        lines(&recording),
        [
            // Of equal second frames the handler's goes, then the caller's: that is what pprof does, too.
            "program-cpu 20000000/2 [] app+0x401000",
            "program-cpu 10000000/1 [] app+0x401100",
        ]
    );
    assert_eq!(recording.meta.epochs[0].rate_hz, 100.0);
    let mut bytes = words(&[0, 3, 0, 10_000, 0]);
    bytes.extend(words(&[2, 2, 0x40_1000, 0x40_2001, 1, 3, 0x40_1100, 0x7f00_0000_0101, 0x40_2001]));
    bytes.extend(words(&[0, 1, 0]));
    bytes.extend(MAPS.as_bytes());
    // The address of a caller is where its call is.
    assert_eq!(
        lines(&sound(&bytes)),
        [
            "program-cpu 20000000/2 [] app+0x401000 < app+0x402000",
            "program-cpu 10000000/1 [] app+0x401100 < libc.so.6+0x1100 < app+0x402000",
        ]
    );
}

#[test]
fn cpu_profiles_of_other_machines() {
    let big: Vec<u8> =
        [0_u32, 3, 0, 1000, 0, 4, 1, 0x1234, 0, 1, 0].iter().flat_map(|word| word.to_be_bytes()).collect();
    assert_eq!(lines(&sound(&big)), ["program-cpu 4000000/4 [] [unknown]+0x1234"]);
    let mut java = words(&[0, 3, 1, 1000, 0, 1, 2, 3, 4, 0, 1, 0]);
    java.extend(b"0x00000003 com.example.work (Work.java:10)\n0x00000004 GC\n0x00000005 unused (a.so)\n");
    let recording = sound(&java);
    assert_eq!(lines(&recording), ["program-cpu 1000000/1 [] com.example.work < GC"]);
    assert_eq!(
        (recording.frames[0].file.as_deref(), recording.frames[0].line),
        (Some("Work.java"), Some(10))
    );
}

#[test]
fn heaps_are_scaled_to_the_whole() {
    let text = format!(
        "heap profile:    1:     1024 [     2:     2048] @ heapz_v2/524288\n\
         \x20    1:     1024 [     2:     2048] @ 0x401001 0x402001\nMAPPED_LIBRARIES:\n{MAPS}"
    );
    // 1 / (1 - exp(-1024 / 524288)) = 512.5
    assert_eq!(
        lines(&sound(text.as_bytes())),
        [
            "alloc-count 1025/1 [bytes=1024] app+0x401000 < app+0x402000",
            "alloc-bytes 1049600/1 [bytes=1024] app+0x401000 < app+0x402000",
            "live-count 512/1 [bytes=1024] app+0x401000 < app+0x402000",
            "live-bytes 524800/1 [bytes=1024] app+0x401000 < app+0x402000",
        ]
    );
    let growth = "heap profile: 1: 64 [1: 64] @ growthz\n 1: 64 [1: 64] @ 0x11\n";
    assert_eq!(
        lines(&sound(growth.as_bytes())),
        ["live-count 1/1 [bytes=64] [unknown]+0x10", "live-bytes 64/1 [bytes=64] [unknown]+0x10"]
    );
}

#[test]
fn names_in_comments_of_go_are_taken() {
    let text = "heap profile: 1: 64 [1: 64] @ heap/2\n\
        1: 64 [1: 64] @ 0x46ac30 0x46ad01\n\
        #\t0x46ac2f\tmain.leaf+0xf\t/src/main.go:12\n\
        #\t0x46ac2f\tmain.work+0x5f\t/src/main.go:20\n\
        #\t0x46ad00\tmain.main+0x20\t/src/main.go:30\n\
        \n# runtime.MemStats\n# Alloc = 12\n";
    let recording = sound(text.as_bytes());
    assert_eq!(
        lines(&recording),
        [
            "live-count 1/1 [bytes=64] (main.leaf) < main.work < main.main",
            "live-bytes 64/1 [bytes=64] (main.leaf) < main.work < main.main",
        ]
    );
}

#[test]
fn contention_and_counts() {
    let text = "--- contentionz 1 ---\ncycles/second = 2000000000\nsampling period = 100\nms since reset = 5\n\
        discarded samples = 0\n 4000 27 @ 0x401001 0x402001\n";
    let recording = sound(text.as_bytes());
    assert_eq!(lines(&recording), ["contention 200000/2700 [] [unknown]+0x401000 < [unknown]+0x402000"]);
    assert_eq!(recording.meta.duration_nanos, 5_000_000);
    let text = "goroutine profile: total 7\n3 @ 0x11 0x21\n# labels: {\"a\":\"b\"}\n#\t0x10\tmain.f+0x1\ta.go:3\n\n4 @ 0x31\n";
    assert_eq!(
        lines(&sound(text.as_bytes())),
        ["tasks 3/3 [] main.f < [unknown]+0x20", "tasks 4/4 [] [unknown]+0x30"]
    );
}

#[test]
fn threads_of_c_programs() {
    let text = format!(
        "--- threadz 1 ---\n\n--- Thread 7f794ab90940 (name: main/14748) stack: ---\n  PC:  0x00401000: helper(arg *)\n\
         \x20 0x00402001: main\n--- Thread 7f794964e700 (name: thread1/14751) stack: ---\n  [same as previous thread]\n\
         --- Memory map: ---\n{MAPS}"
    );
    assert_eq!(lines(&sound(text.as_bytes())), ["thread 2/1 [] app+0x401000 < app+0x402000"]);
}

#[test]
fn old_agents_of_java() {
    let text = "--- heapz 1 ---\nformat = java\nresolution = bytes\n 1024 2 @ 0x3 0x4\n\n\
        0x00000003 com.example.work (Work.java:10)\n0x00000004 libjvm (/usr/lib/libjvm.so)\n";
    let recording = sound(text.as_bytes());
    // 1 / (1 - exp(-512 / 524288)) = 1024.5
    assert_eq!(
        lines(&recording),
        [
            "live-count 2049/1 [bytes=512] com.example.work < libjvm",
            "live-bytes 1049088/1 [bytes=512] com.example.work < libjvm",
        ]
    );
    assert_eq!(recording.frames[1].file.as_deref(), Some("libjvm.so"));
    let text = "--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 100\n\
        ms since reset = 6019923\n 1 14 @ 0x3\n0x00000003 com.example.lock (Work.java:10)\n";
    assert_eq!(lines(&sound(text.as_bytes())), ["contention 100000/1400 [] com.example.lock"]);
}

#[test]
fn lines_that_cannot_be_read_are_left_out_and_said() {
    let text = "goroutine profile: total 7\n3 @ 0x11\nnonsense\n4 @\n";
    let (recording, issues) = read(text.as_bytes());
    assert_eq!(lines(&recording), ["tasks 3/3 [] [unknown]+0x10"]);
    let told: Vec<String> = issues.iter().map(Issue::to_string).collect();
    assert_eq!(told[0], "pprof profile at byte 36: no count of stacks: \"nonsense\"");
    assert_eq!(told.len(), 2);
}

#[test]
fn others_are_not_claimed() {
    for text in
        ["--- nothing", "heap profile: nothing", "goroutine profile:", "main;work 12\n", "# a\n\n# b\n"]
    {
        assert!(!is_legacy(text.as_bytes()), "{text}");
    }
}

#[test]
fn every_cut_gives_a_recording() {
    let whole = cpu();
    for length in 0..whole.len() {
        let (recording, _) = read(&whole[..length]);
        assert!(recording.samples.len() <= 2);
    }
}

proptest! {
    #[test]
    fn any_change_gives_a_recording(at in 0usize..400, byte in any::<u8>()) {
        let mut bytes = cpu();
        let at = at % bytes.len();
        bytes[at] = byte;
        read(&bytes);
    }

    #[test]
    fn any_lines_give_a_recording(
        head in 0usize..5,
        lines in proptest::collection::vec("[0-9a-fx@:\\[\\] \t#=$/.-]{0,30}|[^\n]{0,20}", 0..12),
    ) {
        let heads = [
            "heap profile: 1: 2 [3: 4] @ heapz_v2/8",
            "goroutine profile: total 3",
            "--- contentionz 1 ---",
            "--- threadz 1 ---",
            "--- heapz 1 ---\nformat = java",
        ];
        let text = format!("{}\n{}", heads[head], lines.join("\n"));
        prop_assert!(is_legacy(text.as_bytes()));
        read(text.as_bytes());
    }
}
