//! Perf maps.
#![no_main]

use fathom_symbols::PerfMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (map, issues) = PerfMap::parse(data);
    assert!(issues.len() < 20);
    for address in [0, 0x1000, 0x7fff_0000, u64::MAX] {
        let _ = map.lookup(address);
    }
});
