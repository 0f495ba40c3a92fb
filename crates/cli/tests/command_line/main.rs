//! The `fathom` binary as its users meet it: exit codes, streams, terminals, signals, settings, destinations.
//!
//! Nothing here depends on what may be measured: every test passes with and without perf events.

// clippy knows only functions marked as tests, not their helpers.
#![allow(clippy::unwrap_used)]

mod attach;
mod bench;
mod diff;
mod documents;
mod dump;
mod exit_codes;
mod foreign;
mod go_frames;
mod help;
mod jvm;
mod node;
mod python_frames;
mod python_matrix;
mod settings;
mod streams;
mod task_waits;
mod terminals;
