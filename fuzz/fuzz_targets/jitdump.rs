//! Jitdumps.
#![no_main]

use fathom_symbols::Jitdump;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (dump, issues) = Jitdump::parse(data);
    assert!(issues.len() < 20);
    for address in [0, 0x1000, 0x1010, u64::MAX] {
        let _ = (dump.lookup(address, 0), dump.lookup(address, u64::MAX));
    }
});
