//! A pprof profile, as a program gives it of itself.

#![no_main]

use fathom_formats::pprof::read_pprof;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (profile, _) = read_pprof(bytes, 1 << 20);
    for sample in &profile.samples {
        assert_eq!(sample.values.len(), profile.value_types.len());
        assert!(sample.frames.iter().all(|frame| (*frame as usize) < profile.frames.len()));
    }
});
