//! What being profiled costs: slope of slowdown over rate, start-up, switch-heavy programs, Fathom's own needs.
//!
//! Every comparison is made of pairs within one block of runs in random order, so that a machine that is slow for
//! a while is slow for both; the interval is over the blocks.

mod own;
mod pingpong;
mod slope;
mod start_up;

use super::table::Table;
use super::tools::{DEFAULT_RATE_HZ, Place, machine};
use anyhow::{Result, bail};

/// Arguments of `bench cost`.
#[derive(clap::Args)]
pub(crate) struct Cost {
    #[command(flatten)]
    place: Place,
    /// Blocks of runs; each has every setting once.
    #[arg(long, default_value_t = 12)]
    blocks: usize,
    /// Length of one run of the fixed work without a profiler.
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0)]
    seconds: f64,
    /// Length of the recording for Fathom's own CPU, memory and file size.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    own_seconds: f64,
    /// Threads of the fixed work.
    #[arg(long, default_value_t = 1)]
    threads: u32,
    /// Only these parts; may be given several times.
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// 3 blocks of 1 s and a recording of 10 s: shows that everything runs.
    #[arg(long)]
    quick: bool,
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
}

/// The parts of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Own,
    Pingpong,
    Slope,
    StartUp,
}

/// How much is run.
#[derive(Clone, Copy, Debug)]
struct Effort {
    blocks: usize,
    seconds: f64,
    own_seconds: f64,
    threads: u32,
}

/// A finished part: its text, and the targets it missed.
struct Section {
    title: &'static str,
    text: String,
    misses: Vec<String>,
}

impl Cost {
    /// Measures and writes `cost.md`.
    ///
    /// # Errors
    /// A tool fails, or with `--check` a target is missed.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let effort = if self.quick {
            Effort { blocks: 3, seconds: 1.0, own_seconds: 10.0, threads: self.threads }
        } else {
            Effort {
                blocks: self.blocks,
                seconds: self.seconds,
                own_seconds: self.own_seconds,
                threads: self.threads,
            }
        };
        let wanted = |part: Part| self.only.is_empty() || self.only.contains(&part);
        let mut sections = Vec::new();
        if wanted(Part::Slope) {
            sections.push(slope::measure(&tools, effort)?);
        }
        if wanted(Part::StartUp) {
            sections.push(start_up::measure(&tools, effort)?);
        }
        if wanted(Part::Pingpong) {
            sections.push(pingpong::measure(&tools, effort)?);
        }
        if wanted(Part::Own) {
            sections.push(own::measure(&tools, effort)?);
        }
        let body: String =
            sections.iter().map(|section| format!("## {}\n\n{}\n", section.title, section.text)).collect();
        let misses: Vec<&String> = sections.iter().flat_map(|section| &section.misses).collect();
        let verdict = if misses.is_empty() {
            "All targets are met.\n".to_owned()
        } else {
            misses.iter().map(|miss| format!("- missed: {miss}\n")).collect()
        };
        let text = format!(
            "# Cost\n\n{}\n\n`cargo xtask bench cost --blocks {} --seconds {} --own-seconds {} --threads {}`; the default \
             rate is {DEFAULT_RATE_HZ} Hz. Intervals are 95 %, over the blocks.\n\n{body}## Verdict\n\n{verdict}",
            machine(),
            effort.blocks,
            effort.seconds,
            effort.own_seconds,
            effort.threads,
        );
        tools.write("cost.md", &text)?;
        if self.check && !misses.is_empty() {
            bail!("{} targets are missed", misses.len());
        }
        Ok(())
    }
}

/// A two-column table of names and figures.
fn figures(rows: &[(&str, String)]) -> String {
    let mut table = Table::new(&["figure", "value"]);
    for (name, value) in rows {
        table.row([(*name).to_owned(), value.clone()]);
    }
    table.markdown()
}
