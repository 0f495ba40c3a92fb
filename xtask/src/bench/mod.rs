//! The measurements: one file each, listed here in alphabetical order.
//!
//! To add one: a file beside this one with a `clap::Args` struct and `run(self) -> anyhow::Result<()>`,
//! `mod` it, add its variant, and its arm in [`Bench::run`]. What several share: [`launch`] (runs of commands),
//! [`tools`] (how fathom and perf are called), [`stacks`] and [`score`] (profiles against the truth),
//! [`subjects`] (the programs), [`statistics`] and [`table`].

mod attaches;
mod cost;
mod faults;
mod formats;
mod launch;
mod managed;
mod report_time;
mod score;
mod size;
mod stacks;
mod statistics;
mod subjects;
mod table;
mod tools;
mod top;
mod truth;

use anyhow::Result;
use clap::Subcommand;

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Hundreds of attaches to one Python or Go program, half of them killed: `docs/evidence/attaches.md`.
    Attaches(attaches::Attaches),
    /// Slowdown over rate, switch-heavy programs, Fathom's own CPU, memory and file size: `docs/evidence/cost.md`.
    Cost(cost::Cost),
    /// Kills, stops, execs, forks and full disks, counted: `docs/evidence/faults.md`.
    Faults(faults::Faults),
    /// Profiles of other tools read, beside the tools that are used for them: `docs/evidence/formats.md`.
    Formats(formats::Formats),
    /// Python and Go programs that know the truth, and what profiling them costs: `docs/evidence/managed.md`.
    Managed(Box<managed::Managed>),
    /// Time from the end of a recording to the report: `docs/evidence/report-time.md`.
    ReportTime(report_time::ReportTime),
    /// Size of the release binary, whole and stripped.
    Size(size::Size),
    /// Memory of the live view over simulated hours.
    Top(top::Top),
    /// CPU shares, blocked time and complete stacks against the truth: `docs/evidence/truth.md`.
    Truth(truth::TruthBench),
}

impl Bench {
    /// Runs the measurement and prints its table.
    ///
    /// # Errors
    /// What it needs is missing, a program under measurement failed, or a bound given with `--check` is broken.
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Bench::Attaches(attaches) => attaches.run(),
            Bench::Cost(cost) => cost.run(),
            Bench::Faults(faults) => faults.run(),
            Bench::Formats(formats) => formats.run(),
            Bench::Managed(managed) => managed.run(),
            Bench::ReportTime(report_time) => report_time.run(),
            Bench::Size(size) => size.run(),
            Bench::Top(top) => top.run(),
            Bench::Truth(truth) => truth.run(),
        }
    }
}
