//! Chores of the workspace: `cargo xtask tidy | gen | corpus | bench`.
//!
//! This file only dispatches. It knows the chores by name and nothing about what they do.

// A tool for the terminal of a contributor: printing is its job.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod corpus;
mod generate;
mod licences;
mod tidy;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Chores of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Measure Fathom: accuracy, cost, speed, size.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Hold the rules against programs with a planted cause.
    Corpus(corpus::Corpus),
    /// Write the generated pages under docs/.
    Gen(generate::Generate),
    /// Check the licences of everything that is compiled in.
    Licences,
    /// Check what review does not have to discuss; `cargo test` runs the same.
    Tidy,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Bench(bench) => bench.run(),
        Chore::Corpus(corpus) => corpus.run(),
        Chore::Gen(generate) => generate.run(),
        Chore::Licences => licences::run(),
        Chore::Tidy => tidy::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
