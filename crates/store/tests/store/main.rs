//! Recordings on disk from the outside: whole files, their damage, their size, and what DuckDB reads in them.

// Skipped checks say why, measured figures are shown.
#![allow(clippy::print_stdout)]

mod duckdb;
mod files;
mod realistic;
mod size;
