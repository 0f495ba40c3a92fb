//! Profiles as V8 writes them, damaged ones, and any bytes.

use super::*;
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
