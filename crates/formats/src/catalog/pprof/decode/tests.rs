//! Profiles made by hand, cut, damaged and huge.

use super::*;
use crate::protobuf::Message;
use proptest::prelude::*;
use std::io::Write;

const MOST: usize = 1 << 20;

/// `main.work` (inlined `main.leaf`) called by `main.main`: 3 of 300 bytes, as Go writes its heap.
fn heap() -> Vec<u8> {
    let mut out = Message::default();
    let strings = [
        "",
        "inuse_objects",
        "count",
        "inuse_space",
        "bytes",
        "main.leaf",
        "main.work",
        "main.main",
        "/src/main.go",
        "space",
        "/opt/server",
    ];
    for (kind, unit) in [(1, 2), (3, 4)] {
        out.message(field::PROFILE_SAMPLE_TYPE, |out| {
            out.int(1, kind).int(2, unit);
        });
    }
    out.message(field::PROFILE_MAPPING, |out| {
        out.uint(1, 1).int(field::MAPPING_FILE, 10);
    });
    out.message(field::PROFILE_SAMPLE, |out| {
        out.packed(1, [1, 2].into_iter()).packed(2, [3, 300].into_iter());
    });
    // Not packed, as older writers have it.
    out.message(field::PROFILE_SAMPLE, |out| {
        out.uint(1, 2).uint(2, 1).uint(2, 50);
    });
    for (id, lines) in [(1_u64, vec![(1_u64, 12_i64), (2, 20)]), (2, vec![(3, 30)])] {
        out.message(field::PROFILE_LOCATION, |out| {
            out.uint(1, id).uint(3, 0x1000 + id);
            for (function, line) in lines {
                out.message(4, |out| {
                    out.uint(1, function).int(2, line);
                });
            }
        });
    }
    for (id, name, start_line) in [(1, 5, 10), (2, 6, 18), (3, 7, 28)] {
        out.message(field::PROFILE_FUNCTION, |out| {
            out.uint(1, id).int(2, name).int(3, name).int(4, 8).int(5, start_line);
        });
    }
    for text in strings {
        out.bytes(field::PROFILE_STRING_TABLE, text.as_bytes());
    }
    out.message(field::PROFILE_PERIOD_TYPE, |out| {
        out.int(1, 9).int(2, 4);
    });
    out.int(field::PROFILE_PERIOD, 524_288);
    out.into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// `value,value function:line < caller:line` for each sample.
fn lines(profile: &PprofProfile) -> Vec<String> {
    let frame = |number: &u32| {
        let frame = &profile.frames[*number as usize];
        format!("{}:{}", frame.function, frame.line.unwrap_or(0))
    };
    let line = |sample: &PprofSample| {
        let values: Vec<String> = sample.values.iter().map(i64::to_string).collect();
        let frames: Vec<String> = sample.frames.iter().map(frame).collect();
        format!("{} {}", values.join(","), frames.join(" < "))
    };
    profile.samples.iter().map(line).collect()
}

#[test]
fn a_profile_reads_the_same_packed_and_plain() {
    let (profile, issues) = read_pprof(&heap(), MOST);
    assert_eq!(issues, []);
    assert_eq!(lines(&profile), ["3,300 main.leaf:12 < main.work:20 < main.main:30", "1,50 main.main:30"]);
    assert_eq!((profile.column("inuse_space"), profile.column("delay")), (Some(1), None));
    assert_eq!((profile.period, profile.period_type.kind.as_str()), (524_288, "space"));
    assert_eq!(profile.program.as_deref(), Some("/opt/server"));
    assert_eq!(profile.frames[0].start_line, Some(10));
    assert_eq!(read_pprof(&gzip(&heap()), MOST), (profile, vec![]));
}

#[test]
fn what_is_written_is_read() {
    let recording = crate::catalog::parquet::tests::small_recording();
    let options = crate::WriteOptions::default();
    let written = super::super::FORMAT.write.expect("writes")(&recording, &options).expect("has samples");
    let (profile, issues) = read_pprof(&written[0].bytes, MOST);
    assert_eq!(issues, []);
    let kinds: Vec<&str> = profile.value_types.iter().map(|kind| kind.kind.as_str()).collect();
    assert_eq!(kinds, ["samples", "cpu", "off-cpu"]);
    let cpu: i64 = profile.samples.iter().map(|sample| sample.values[1]).sum();
    assert_eq!(cpu, recording.total(fathom_model::Signal::Cpu));
    let lines = lines(&profile);
    assert!(lines.iter().any(|line| line.contains(":12 < ")), "{lines:?}");
}

#[test]
fn every_cut_gives_less_and_says_so() {
    let whole = heap();
    let complete = lines(&read_pprof(&whole, MOST).0);
    for length in 0..whole.len() {
        let (profile, issues) = read_pprof(&whole[..length], MOST);
        let lines = lines(&profile);
        assert!(lines.len() <= complete.len());
        // A cut between two fields is not to be seen; any other is.
        assert!(issues.len() <= 2, "{issues:?}");
        let (_, issues) = read_pprof(&gzip(&whole)[..length.min(gzip(&whole).len() - 1)], MOST);
        assert!(length < 2 || !issues.is_empty(), "{length}");
    }
}

#[test]
fn references_to_nothing_are_left_out() {
    let mut out = Message::default();
    out.message(field::PROFILE_SAMPLE_TYPE, |out| {
        out.int(1, 77).int(2, 78);
    });
    out.message(field::PROFILE_SAMPLE, |out| {
        out.packed(1, [9, 1].into_iter()).packed(2, [5].into_iter());
    });
    out.message(field::PROFILE_SAMPLE, |out| {
        out.packed(1, [1].into_iter()).packed(2, [5, 6].into_iter());
    });
    out.message(field::PROFILE_LOCATION, |out| {
        out.uint(1, 1).message(4, |out| {
            out.uint(1, 8).int(2, -4);
        });
    });
    let (profile, issues) = read_pprof(&out.into_bytes(), MOST);
    assert_eq!(lines(&profile), ["5 "]);
    assert_eq!(profile.value_types, [ValueType::default()]);
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].message, "1 samples do not have 1 values and are left out");
}

#[test]
fn a_bomb_is_read_up_to_the_limit() {
    let (_, issues) = read_pprof(&gzip(&vec![0x0a; 8 << 20]), 1 << 16);
    assert!(issues[0].message.starts_with("it unpacks to more than 65536 bytes"), "{issues:?}");
    // One location of many lines, named by every byte of many samples.
    let mut out = Message::default();
    out.message(field::PROFILE_SAMPLE_TYPE, |out| {
        out.int(1, 1).int(2, 1);
    });
    for _ in 0..2000 {
        out.message(field::PROFILE_SAMPLE, |out| {
            out.packed(1, std::iter::repeat_n(1, 100)).packed(2, [1].into_iter());
        });
    }
    out.message(field::PROFILE_LOCATION, |out| {
        out.uint(1, 1);
        for _ in 0..5000 {
            out.message(4, |out| {
                out.uint(1, 1);
            });
        }
    });
    out.message(field::PROFILE_FUNCTION, |out| {
        out.uint(1, 1).int(2, 1);
    });
    out.bytes(field::PROFILE_STRING_TABLE, b"").bytes(field::PROFILE_STRING_TABLE, b"f");
    let bytes = out.into_bytes();
    let (profile, issues) = read_pprof(&bytes, MOST);
    assert!(profile.samples.iter().all(|sample| sample.frames.len() <= MAX_FRAMES_OF_SAMPLE));
    let n_frames: usize = profile.samples.iter().map(|sample| sample.frames.len()).sum();
    assert!(n_frames <= 16 * bytes.len(), "{n_frames}");
    assert!(
        issues.iter().any(|issue| issue.message == "2000 samples have more frames than are kept"),
        "{issues:?}"
    );
}

proptest! {
    #[test]
    fn any_bytes_give_a_profile(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let (profile, _) = read_pprof(&bytes, MOST);
        prop_assert!(profile.samples.len() <= bytes.len());
    }

    #[test]
    fn any_change_of_a_sound_profile_gives_a_profile(at in 0usize..400, byte in any::<u8>()) {
        let mut bytes = heap();
        let at = at % bytes.len();
        bytes[at] = byte;
        let (profile, _) = read_pprof(&bytes, MOST);
        for sample in &profile.samples {
            prop_assert_eq!(sample.values.len(), profile.value_types.len());
            prop_assert!(sample.frames.iter().all(|frame| (*frame as usize) < profile.frames.len()));
        }
    }
}
