//! What an inspector and the probe in a Node.js process may answer, damaged in many ways: nothing panics.

use fathom_collect::catalog::read_hostile_inspector;

const SOUND: [&str; 3] = [
    r#"[{"type":"node","id":"7b8acb93-d1a5","webSocketDebuggerUrl":"ws://127.0.0.1:9229/7b8acb93-d1a5"}]"#,
    r#"{"id":1,"result":{"result":{"type":"number","value":4711}}}"#,
    r#"{"tid":"12/task/34","counts":{"lostPieces":1,"lostEvents":2,"eventsOfSecond":9},"pieces":["{\"nodes\":[{\"id\":1,\"callFrame\":{\"functionName\":\"(root)\",\"scriptId\":\"0\",\"url\":\"\",\"lineNumber\":-1,\"columnNumber\":-1},\"children\":[2]},{\"id\":2,\"callFrame\":{\"functionName\":\"work\",\"scriptId\":\"7\",\"url\":\"file:///a.js\",\"lineNumber\":3,\"columnNumber\":1},\"positionTicks\":[{\"line\":4,\"ticks\":2}]}],\"startTime\":1000,\"endTime\":9000,\"samples\":[2,2,1],\"timeDeltas\":[5,2000,3000]}"],"events":[["gc",1000,20,4],["http",2000,3,"HttpRequest","GET","/a",200]],"series":[[3000,0.5,1,2,3,4]],"problems":["tick: why"]}"#,
];
/// What numbers are replaced by.
const NUMBERS: [&str; 6] =
    ["-9223372036854775808", "9223372036854775807", "1e308", "-1", "0.5", "18446744073709551615"];
const N_TRIES: u32 = 20_000;

#[test]
fn damaged_answers_are_read() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for text in SOUND {
        read_hostile_inspector(text.as_bytes());
    }
    assert!(!read_hostile_inspector(SOUND[2].as_bytes()).statements.is_empty());
    for _ in 0..N_TRIES {
        let mut bytes = SOUND[random(SOUND.len())].as_bytes().to_vec();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(5) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = random(256) as u8,
                2 if at < bytes.len() => drop(bytes.remove(at)),
                3 => {
                    let end = (at + random(40)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => {
                    let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit) else { continue };
                    let from = at + from;
                    let length = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                    bytes.splice(from..from + length, NUMBERS[random(NUMBERS.len())].bytes());
                }
            }
        }
        let answers = read_hostile_inspector(&bytes);
        assert!(answers.statements.iter().all(|statement| statement.value >= 0));
    }
}
