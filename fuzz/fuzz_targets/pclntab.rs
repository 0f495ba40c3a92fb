//! Go's function table, followed by its inline trees.
#![no_main]

use fathom_symbols::{Bytes, Pclntab};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let bytes = Bytes::from(data.to_vec());
    let trees = bytes.slice(data.len() / 2..data.len());
    let (table, _) = Pclntab::parse(bytes, 0x40_1000, trees);
    for pc in (0..256).map(|n| 0x40_1000 + n * 5).chain([0, u64::MAX]) {
        assert!(table.lookup(pc).len() <= 257);
        let _ = (table.stack_delta(pc), table.function_entry(pc), table.function_flags(pc));
    }
});
