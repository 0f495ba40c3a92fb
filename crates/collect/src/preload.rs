//! The preload library, embedded: what it does and does not is in `preload/src/lib.rs`.
//!
//! [`fathom_sys::preload_ring::PreloadRing`] writes it to a file, makes the ring and reads it.

/// The library as an ELF file; empty on machines other than x86_64, where this rung does not exist.
pub fn library() -> &'static [u8] {
    include_bytes!(concat!(env!("OUT_DIR"), "/libfathom_preload.so"))
}
