//! Addresses to functions, files and lines: ELF, DWARF, perf map, jitdump, pclntab.
