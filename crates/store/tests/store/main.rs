//! Recordings on disk from the outside: whole files, their damage, their size, and what DuckDB reads in them.

mod duckdb;
mod files;
mod realistic;
mod size;
