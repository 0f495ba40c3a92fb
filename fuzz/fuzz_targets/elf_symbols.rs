//! An ELF file with whatever it holds: symbols, DWARF, compressed sections, a Go function table.
#![no_main]

use fathom_symbols::{Bytes, FileSource, ModuleSymbols, elf_build_id};
use libfuzzer_sys::fuzz_target;

/// Every debug file that is asked for is the file itself, so that links lead into the same bytes.
struct Itself(Bytes);

impl FileSource for Itself {
    fn open(&self, _path: &str) -> Option<Bytes> {
        Some(self.0.clone())
    }
}

fuzz_target!(|data: &[u8]| {
    let _ = elf_build_id(data);
    let bytes = Bytes::from(data.to_vec());
    let (module, issues) = ModuleSymbols::load("/fuzzed", bytes.clone(), &Itself(bytes));
    assert!(issues.len() < 100);
    // Where linkers put the code of small programs.
    let starts = [0, 0x1000, 0x40_1000];
    for address in starts.into_iter().flat_map(|start| (0..64).map(move |n| start + n * 7)).chain([u64::MAX]) {
        assert!(module.lookup(address).len() <= 513);
        let _ = module.function_at(address);
    }
    let _ = module.lookup_issue();
});
