//! The measurements: one file each, listed here in alphabetical order.
//!
//! To add one: a file beside this one with a `clap::Args` struct and `run(self) -> anyhow::Result<()>`,
//! `mod` it, add its variant, and its arm in [`Bench::run`].

mod size;

use anyhow::Result;
use clap::Subcommand;

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Size of the release binary, whole and stripped.
    Size(size::Size),
}

impl Bench {
    /// Runs the measurement and prints its table.
    ///
    /// # Errors
    /// What it needs is missing, a program under measurement failed, or a bound given with `--check` is broken.
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Bench::Size(size) => size.run(),
        }
    }
}
