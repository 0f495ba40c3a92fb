//! Symbol cache files. The checksum is set right first, else nothing behind it would be reached.
#![no_main]

use fathom_symbols::cache::SymbolCacheFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut bytes = data.to_vec();
    if bytes.len() >= 16 {
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[16..]);
        let sum = crc.sum();
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    }
    let (table, issues) = SymbolCacheFile::parse(&bytes);
    if issues.is_empty() {
        let (again, issues) = SymbolCacheFile::parse(&table.to_bytes());
        assert!(issues.is_empty() && again == table);
    }
});
