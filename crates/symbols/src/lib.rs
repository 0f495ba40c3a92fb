//! Addresses to functions, files and lines.
//!
//! **You give** the bytes of an ELF file (and a way to open its separate debug files), of
//! `/proc/kallsyms`, of a perf map, of a jitdump or of a Go program's `.gopclntab`.
//!
//! **You get** [`ModuleSymbols`], [`KernelSymbols`], [`PerfMap`], [`Jitdump`] and [`Pclntab`], which turn an
//! address into [`SymbolFrame`]s, and [`cache`], which turns what was found into bytes and back; [`source_map`] goes
//! from lines of generated JavaScript to those that people wrote.
//!
//! **It does not** do I/O, know processes or load addresses: addresses are those that `nm` prints, the
//! kernel's own, or the target's own for compiled-while-running code.
//!
//! **Invariants**: any bytes may be given; a reader then returns fewer names and says so in an `Issue`. Time and
//! memory are bounded by the size of the input. An address that no table covers gets no name rather than
//! its neighbour's. Everything may be used from several threads.

mod bytes;
pub mod cache;
mod debug_files;
mod decompress;
mod demangle;
mod dwarf;
mod elf;
mod frame;
mod go;
mod jitdump;
mod kernel;
mod module;
mod perf_map;
pub mod source_map;

pub use bytes::Bytes;
pub use debug_files::debug_file_paths;
pub use decompress::{MAX_DECOMPRESSED_BYTES, MAX_DECOMPRESSION_RATIO};
pub use demangle::demangle;
pub use elf::{FileSegment, elf_build_id, elf_segments};
pub use frame::{FileSource, NoFiles, SymbolFrame};
pub use go::{GoFunctionFlags, Pclntab};
pub use jitdump::Jitdump;
pub use kernel::KernelSymbols;
pub use module::{ModuleSymbols, SymbolSources};
pub use perf_map::PerfMap;
