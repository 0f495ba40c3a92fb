//! The text of `/proc/kallsyms`.
#![no_main]

use fathom_symbols::KernelSymbols;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (symbols, issues) = KernelSymbols::parse(data);
    assert!(issues.len() < 20);
    for address in [0, 0x1000, 0xffff_ffff_8100_0000, u64::MAX] {
        let _ = symbols.lookup(address);
    }
});
