//! Profiles as V8 writes them, damaged ones, and any bytes.

use super::*;
use crate::corpus;
use fathom_model::Signal;
use proptest::prelude::*;

const SMALL: &str = r#"{"nodes":[
 {"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"hitCount":0,"children":[2,4,5,7]},
 {"id":2,"callFrame":{"functionName":"outer","scriptId":"64","url":"file:///a.js","lineNumber":9,"columnNumber":13},"hitCount":0,"children":[3,6]},
 {"id":3,"callFrame":{"functionName":"","scriptId":"64","url":"file:///a.js","lineNumber":1,"columnNumber":2},"hitCount":3,
  "positionTicks":[{"line":3,"ticks":2},{"line":4,"ticks":1}],"deoptReason":"wrong map"},
 {"id":4,"callFrame":{"functionName":"(program)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"hitCount":1},
 {"id":5,"callFrame":{"functionName":"(idle)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"hitCount":1},
 {"id":6,"callFrame":{"functionName":"(garbage collector)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"hitCount":1},
 {"id":7,"callFrame":{"functionName":"unused","scriptId":"64","url":"file:///a.js","lineNumber":20,"columnNumber":0},"hitCount":0}
],"startTime":1000,"endTime":9000,"samples":[4,3,3,3,6,5],"timeDeltas":[500,1000,1000,1000,1000,1000]}"#;

#[test]
fn a_profile_of_v8_is_read() {
    let (profile, issues) = read_cpu_profile(SMALL.as_bytes());
    assert_eq!(issues, []);
    assert_eq!((profile.start_micros, profile.end_micros), (1000, 9000));
    let inner = &profile.nodes[profile.samples[1].node as usize];
    assert_eq!((inner.line, inner.column, inner.script.as_str()), (Some(2), Some(3), "64"));
    assert_eq!(inner.deoptimised.as_deref(), Some("wrong map"));
    let seen: Vec<_> = profile
        .samples
        .iter()
        .map(|sample| {
            (sample.time_micros, profile.nodes[sample.node as usize].function.as_str(), sample.line)
        })
        .collect();
    let expected = [
        (1500, "(program)", None),
        (2500, "", Some(3)),
        (3500, "", Some(3)),
        (4500, "", Some(4)),
        (5500, "(garbage collector)", None),
        (6500, "(idle)", None),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_file_becomes_a_recording() {
    assert_eq!(sniff(SMALL.as_bytes()), Sniff::Yes);
    assert_eq!(sniff(b"{\"nodes\": 1}"), Sniff::No);
    let (recording, _) = read(&Input::new(&SMALL.as_bytes()));
    let words: Vec<String> = recording
        .samples
        .iter()
        .map(|sample| {
            let frames: Vec<String> = sample
                .stack
                .iter()
                .flat_map(|stack| recording.stacks.frames(*stack))
                .map(|id| {
                    let frame = &recording.frames[id.index()];
                    format!("{}:{}", frame.function.as_deref().unwrap_or("?"), frame.line.unwrap_or(0))
                })
                .collect();
            format!("{} {} {}", sample.state.as_str(), sample.value / 1000, frames.join("<"))
        })
        .collect();
    let expected = [
        "unknown 1000 ",
        "running 1000 (anonymous):3<outer:0",
        "running 1000 (anonymous):3<outer:0",
        "running 1000 (anonymous):4<outer:0",
        "running 1000 (garbage collector):0<outer:0",
        "blocked.poll 2500 ",
    ];
    assert_eq!(words, expected);
}

#[test]
fn damage_is_reported_and_the_rest_is_kept() {
    let messages = |text: &str| -> Vec<String> {
        read_cpu_profile(text.as_bytes()).1.into_iter().map(|issue| issue.message).collect()
    };
    assert!(messages("[]")[0].starts_with("not a CPU profile"));
    let frame = r#""callFrame":{"functionName":"f"}"#;
    let loops = format!(
        r#"{{"nodes":[{{"id":1,{frame},"children":[2,2,9]}},{{"id":2,{frame}}},{{"id":2,{frame}}},
        {{"id":3,{frame},"children":[4]}},{{"id":4,{frame},"children":[3]}}],
        "samples":[1,7,2],"timeDeltas":[1,-5,1e300,3],"startTime":-1e300}}"#
    );
    let (profile, issues) = read_cpu_profile(loops.as_bytes());
    let found: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(
        found,
        [
            "1 nodes have an id that another has too",
            "2 links between nodes lead nowhere or twice to the same one",
            "2 nodes are not reached from the root",
            "1 samples are of nodes that are not there",
            "3 samples have 4 times",
        ]
    );
    assert_eq!((profile.nodes.len(), profile.samples.len()), (3, 2));
    // Older tools name the parent.
    let parents = format!(
        r#"{{"nodes":[{{"id":2,{frame},"parent":1}},{{"id":1,{frame}}}],"samples":[2],"timeDeltas":[0]}}"#
    );
    let (profile, issues) = read_cpu_profile(parents.as_bytes());
    assert_eq!(issues, []);
    assert_eq!(profile.nodes[profile.samples[0].node as usize].parent, Some(0));
}

#[test]
fn a_chain_of_any_length_is_cut() {
    let node = |id: u32| format!(r#"{{"id":{id},"callFrame":{{}},"children":[{}]}}"#, id + 1);
    let nodes: Vec<String> = (0..10_000).map(node).collect();
    let text = format!(r#"{{"nodes":[{}]}}"#, nodes.join(","));
    let (profile, issues) = read_cpu_profile(text.as_bytes());
    assert_eq!(profile.nodes.len(), 4_096);
    assert!(issues.iter().any(|issue| issue.message.contains("deeper than 4096")), "{issues:?}");
}

/// What speedscope 1.25.0 (npm) sums up when its importer is driven in Node: `(root)`, `(idle)` and `(program)`, which it
/// puts upon what ran before, are taken out, and all functions without a name are one.
const SPEEDSCOPE: &[(&str, corpus::Digest<'_>)] = &[
    (
        "Chrome/65/simple.cpuprofile",
        (
            [5, 34345, 134200],
            &[("(anonymous)", 1060, 34345), ("a", 0, 33285), ("d", 33285, 33285), ("b", 0, 17002)],
        ),
    ),
    (
        "Chrome/65/sucrase.cpuprofile",
        (
            [330, 21934858, 751631059],
            &[
                ("(anonymous)", 0, 21897740),
                ("Module._compile", 0, 21897740),
                ("Module._extensions..js", 0, 21897740),
                ("Module._load", 0, 21897740),
            ],
        ),
    ),
    (
        "node/10.11.0/example.cpuprofile",
        (
            [5, 44777, 144383],
            &[("(anonymous)", 11575, 44777), ("a", 0, 33202), ("d", 33202, 33202), ("b", 0, 16788)],
        ),
    ),
];

#[test]
fn the_corpus_gives_what_speedscope_gives() {
    let Some(files) = corpus::speedscope() else { return };
    for (path, digest) in SPEEDSCOPE {
        let bytes = std::fs::read(files.join(path)).expect("the corpus is whole");
        assert_eq!(sniff(&bytes), Sniff::Yes, "{path}");
        let (mut recording, issues) = read(&Input::new(&bytes));
        assert_eq!(issues, [], "{path}");
        // It gives the last sample no time, where the profile has an end.
        recording.samples.last_mut().expect("samples").value = 0;
        corpus::assert_digest(path, &recording, Signal::ProgramWall, 1_000, *digest);
    }
}

const OLD: &str = r#"{"head":{"functionName":"(root)","url":"","lineNumber":-1,"id":1,"hitCount":0,"children":[
 {"functionName":"a","url":"/a.js","lineNumber":0,"id":2,"hitCount":1,"children":[
  {"functionName":"b","url":"/a.js","lineNumber":5,"id":3,"hitCount":2,"children":[]}]},
 {"functionName":"(garbage collector)","url":"","lineNumber":-1,"id":4,"hitCount":1,"children":[]}]},
 "startTime":1,"endTime":2,"samples":[2,3,4,3],"timestamps":[1000100,1000200,1000300,1000400]}"#;

#[test]
fn trees_and_times_of_old_versions_are_read() {
    assert_eq!(sniff(OLD.as_bytes()), Sniff::Yes);
    let (profile, issues) = read_cpu_profile(OLD.as_bytes());
    assert_eq!(issues, []);
    let times: Vec<i64> = profile.samples.iter().map(|sample| sample.time_micros).collect();
    assert_eq!((profile.start_micros, profile.end_micros), (1_000_000, 2_000_000));
    assert_eq!(times, [1_000_100, 1_000_200, 1_000_300, 1_000_400]);
    let (recording, _) = read(&Input::new(&OLD.as_bytes()));
    // The collector stands upon what ran before.
    let gc = recording.samples[2].stack.expect("a stack");
    let names: Vec<_> =
        recording.stacks.frames(gc).map(|id| recording.frames[id.index()].function.clone()).collect();
    assert_eq!(names, ["(garbage collector)", "b", "a"].map(|name| Some(name.to_owned())));
}

#[test]
fn times_that_go_back_wait() {
    let text = SMALL.replace("[500,1000,1000,1000,1000,1000]", "[500,1000,-300,100,1000,1000]");
    let (profile, issues) = read_cpu_profile(text.as_bytes());
    assert_eq!(issues, []);
    let times: Vec<i64> = profile.samples.iter().map(|sample| sample.time_micros).collect();
    assert_eq!(times, [1500, 2500, 2500, 2500, 3300, 4300]);
}

#[test]
fn a_cut_file_gives_what_is_there() {
    for (text, n) in [(SMALL, 6), (OLD, 4)] {
        for end in 0..text.len() {
            let (recording, issues) = read(&Input::new(&&text.as_bytes()[..end]));
            assert!(!issues.is_empty() && recording.samples.len() <= n, "{end}");
        }
    }
    let cut = SMALL.find("\"timeDeltas\":[500,1000,").expect("there") + 23;
    let (recording, issues) = read(&Input::new(&&SMALL.as_bytes()[..cut]));
    assert_eq!(recording.samples.len(), 2);
    assert_eq!(issues[0].offset, Some(cut as u64));
}

#[test]
fn a_tree_of_any_depth_is_cut() {
    let n = 20_000;
    let node = r#"{"functionName":"f","children":["#;
    let text = format!(r#"{{"head":{}{}}}"#, node.repeat(n), "]}".repeat(n));
    let (profile, issues) = read_cpu_profile(text.as_bytes());
    assert_eq!(profile.nodes.len(), 4_096);
    assert!(issues.iter().any(|issue| issue.message.contains("deeper than 4096")), "{issues:?}");
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&Input::new(&bytes));
        let _ = sniff(&bytes);
    }

    #[test]
    fn any_change_of_a_profile_does_not_panic(at in 0..SMALL.len(), byte in any::<u8>(), end in 0..SMALL.len()) {
        let mut bytes = SMALL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = read(&Input::new(&bytes));
        let _ = read(&Input::new(&&bytes[..end]));
    }
}
