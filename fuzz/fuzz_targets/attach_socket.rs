//! What answers at the attach socket of a JVM, and what it writes as its counters.

#![no_main]

use fathom_runtimes::catalog::read_hostile_attach_socket;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(dump) = read_hostile_attach_socket(bytes) {
        assert!(dump.threads.len() <= bytes.len() && dump.issues.len() <= 1_001);
    }
});
