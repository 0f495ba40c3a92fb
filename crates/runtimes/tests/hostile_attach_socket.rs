//! What answers at the attach socket of a JVM, and its counters, damaged in many ways: nothing panics.

use fathom_runtimes::catalog::read_hostile_attach_socket;

const SOUND: &str = "0\n2026-01-01 00:00:00\nFull thread dump OpenJDK 64-Bit Server VM (17.0.15+6 mixed mode):\n\n\
    \"main\" #1 prio=5 os_prio=0 cpu=12.3ms elapsed=4.5s tid=0x00007f nid=0x1234 waiting on condition  [0x00007f]\n   \
    java.lang.Thread.State: TIMED_WAITING (sleeping)\n\tat java.lang.Thread.sleep(java.base@17/Native Method)\n\tat \
    Program.main(Program.java:7)\n\t- locked <0x00000007> (a java.lang.Object)\n\n   Locked ownable synchronizers:\n\t- \
    None\n\n\"VM Thread\" os_prio=0 cpu=1.0ms elapsed=4.5s tid=0x00007f nid=0x1235 runnable\n\nJNI global refs: 7\n";
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
    assert!(!read_hostile_attach_socket(SOUND.as_bytes()).expect("it is sound").threads.is_empty());
    for _ in 0..N_TRIES {
        let mut bytes = SOUND.as_bytes().to_vec();
        for _ in 0..=random(6) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = random(256) as u8,
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ => {
                    let end = (at + random(200)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        let n_bytes = bytes.len();
        if let Some(dump) = read_hostile_attach_socket(&bytes) {
            assert!(dump.threads.len() <= n_bytes && dump.issues.len() <= 1_001);
        }
    }
}
