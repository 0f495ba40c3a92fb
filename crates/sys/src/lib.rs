//! The operating system of Fathom: perf events, /proc, process memory; the unsafe.
