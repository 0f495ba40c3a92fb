//! Slowdown of fixed work over the sampling rate, for Fathom and for perf with both ways of unwinding.
//!
//! The cost at the default rate is the slope times that rate: what does not grow with the rate (start-up, the
//! profiler's mere presence) is in the column of rate "0", one sample a second.

use super::super::launch::Launch;
use super::super::statistics::{Estimate, Random, mean_interval, slope, slope_interval};
use super::super::table::Table;
use super::super::tools::{DEFAULT_RATE_HZ, Tools, perf_record, truth_of, with_truth};
use super::{Effort, Section};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;

/// Runs of each setting in a block; the best counts, because what a shared machine adds is never negative.
const REPEATS: usize = 3;
/// Multiples of the default rate; the first stands for none.
const MULTIPLES: [f64; 4] = [0.0, 1.0, 5.0, 20.0];
/// The product's target for the slope times the default rate.
const MAX_COST: f64 = 0.01;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Fathom,
    PerfDwarf,
    PerfFramePointers,
    /// No stack, no registers: the price of the timer interrupt itself, which nobody who samples gets below.
    PerfBare,
}

impl Tool {
    const ALL: [Self; 4] = [Self::Fathom, Self::PerfDwarf, Self::PerfFramePointers, Self::PerfBare];

    fn name(self) -> &'static str {
        match self {
            Self::Fathom => "fathom run",
            Self::PerfDwarf => "perf record --call-graph dwarf",
            Self::PerfFramePointers => "perf record -g",
            Self::PerfBare => "perf record, no stacks",
        }
    }

    fn command(self, tools: &Tools, rate_hz: u32) -> Vec<OsString> {
        match self {
            // The governor would lower the rates that the slope needs.
            Self::Fathom => tools.fathom_run(rate_hz, &["--max-overhead", "100"]),
            Self::PerfDwarf => perf_record(Some("dwarf"), rate_hz),
            Self::PerfFramePointers => perf_record(Some("fp"), rate_hz),
            Self::PerfBare => perf_record(None, rate_hz),
        }
    }
}

/// One way to run the work.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Setting {
    Bare,
    /// Fathom with every default, the governor's included.
    Default,
    Tool(Tool, f64),
}

/// CPU and wall time of one run, by the program's own clocks.
#[derive(Clone, Copy, Debug)]
struct Run {
    cpu_nanos: f64,
    wall_nanos: f64,
}

impl Run {
    fn best(self, other: Self) -> Self {
        Self {
            cpu_nanos: self.cpu_nanos.min(other.cpu_nanos),
            wall_nanos: self.wall_nanos.min(other.wall_nanos),
        }
    }
}

pub(super) fn measure(tools: &Tools, effort: Effort) -> Result<Section> {
    let turns = turns_for(tools, effort)?;
    let mut settings = vec![Setting::Bare, Setting::Default];
    settings
        .extend(Tool::ALL.iter().flat_map(|&tool| MULTIPLES.map(|multiple| Setting::Tool(tool, multiple))));
    let mut random = Random::new(1);
    let mut blocks: Vec<Vec<(Setting, Run)>> = Vec::new();
    for block in 0..effort.blocks {
        eprintln!("slope: block {} of {} ...", block + 1, effort.blocks);
        let mut best: Vec<(Setting, Run)> = Vec::new();
        for _ in 0..REPEATS {
            random.shuffle(&mut settings);
            for &setting in &settings {
                let run = run(tools, effort, setting, turns)?;
                match best.iter_mut().find(|(known, _)| *known == setting) {
                    Some((_, known)) => *known = known.best(run),
                    None => best.push((setting, run)),
                }
            }
        }
        blocks.push(best);
    }
    describe(&blocks)
}

fn describe(blocks: &[Vec<(Setting, Run)>]) -> Result<Section> {
    let mut table = Table::new(&[
        "profiler",
        "rate 0",
        "1x",
        "5x",
        "20x",
        "slope x default rate, CPU",
        "slope x default rate, wall",
    ]);
    let mut costs: Vec<Estimate> = Vec::new();
    for tool in Tool::ALL {
        let at = |multiple: f64| Setting::Tool(tool, multiple);
        let mut row = vec![tool.name().to_owned()];
        for multiple in MULTIPLES {
            row.push(percent_text(mean_interval(&slowdowns(blocks, at(multiple), |run| run.cpu_nanos))));
        }
        let cost = |clock: fn(Run) -> f64| {
            slope_interval(&blocks.iter().map(|block| points(block, tool, clock)).collect::<Vec<_>>())
        };
        let (cpu, wall) = (cost(|run| run.cpu_nanos), cost(|run| run.wall_nanos));
        row.extend([percent_text(cpu), percent_text(wall)]);
        table.row(row);
        costs.push(cpu.context("a slope needs two blocks")?);
    }
    // Both in the same block: what the machine did meanwhile cancels.
    let above = |other: Tool| {
        let differences: Vec<f64> = blocks
            .iter()
            .filter_map(|block| {
                let slope_of = |tool| slope(&points(block, tool, |run| run.cpu_nanos));
                Some(slope_of(Tool::Fathom)? - slope_of(other)?)
            })
            .collect();
        mean_interval(&differences)
    };
    let above_dwarf = above(Tool::PerfDwarf);
    let default =
        |clock: fn(Run) -> f64| percent_text(mean_interval(&slowdowns(blocks, Setting::Default, clock)));
    let text = format!(
        "Slowdown of fixed work (CPU time against the run without a profiler in the same block), in percent. The slope is \
         over rates of 0, 1, 5 and 20 times the default. The last row takes no stacks: it is what this machine's timer \
         interrupt costs at that rate, whoever asks for it.\n\n{}\nFathom's slope less perf's in the same block \
         (points): dwarf {}, -g {}, no stacks {}.\n\n`fathom run` with every default, governor included: CPU \
         {}, wall {} (percent).\n",
        table.markdown(),
        percent_text(above_dwarf),
        percent_text(above(Tool::PerfFramePointers)),
        percent_text(above(Tool::PerfBare)),
        default(|run| run.cpu_nanos),
        default(|run| run.wall_nanos),
    );
    let mut misses = Vec::new();
    if costs[0].value > MAX_COST {
        misses.push(format!(
            "the cost at the default rate is {} %, of which the timer interrupt alone is {} %",
            costs[0].text(100.0, 2),
            costs[3].text(100.0, 2)
        ));
    }
    if above_dwarf.is_some_and(|difference| difference.value >= 0.0) {
        misses
            .push(format!("perf dwarf costs less: Fathom is {} points above it", percent_text(above_dwarf)));
    }
    Ok(Section { title: "Slowdown over rate", text, misses })
}

fn percent_text(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(|| "–".to_owned(), |estimate| estimate.text(100.0, 2))
}

fn points(block: &[(Setting, Run)], tool: Tool, clock: impl Fn(Run) -> f64) -> Vec<(f64, f64)> {
    let at = |multiple: f64| slowdown(block, Setting::Tool(tool, multiple), &clock);
    MULTIPLES.iter().filter_map(|&multiple| Some((multiple, at(multiple)?))).collect()
}

fn slowdown(block: &[(Setting, Run)], setting: Setting, clock: impl Fn(Run) -> f64) -> Option<f64> {
    let of =
        |wanted: Setting| block.iter().find(|(setting, _)| *setting == wanted).map(|(_, run)| clock(*run));
    Some(of(setting)? / of(Setting::Bare)? - 1.0)
}

fn slowdowns(blocks: &[Vec<(Setting, Run)>], setting: Setting, clock: impl Fn(Run) -> f64) -> Vec<f64> {
    blocks.iter().filter_map(|block| slowdown(block, setting, &clock)).collect()
}

/// Turns of the fixed work that take the wanted time here without a profiler.
fn turns_for(tools: &Tools, effort: Effort) -> Result<u64> {
    const TRIAL: u64 = 500;
    let trial = run(tools, Effort { threads: 1, ..effort }, Setting::Bare, TRIAL)?;
    Ok((TRIAL as f64 * effort.seconds * 1e9 / trial.cpu_nanos).max(1.0) as u64)
}

fn run(tools: &Tools, effort: Effort, setting: Setting, turns: u64) -> Result<Run> {
    let folder = tools.folder("cost/slope")?;
    let mut words = match setting {
        Setting::Bare => Vec::new(),
        Setting::Default => tools.fathom_run(DEFAULT_RATE_HZ, &[]),
        Setting::Tool(tool, multiple) => tool.command(tools, rate_hz(multiple)),
    };
    words.extend([tools.program("fixed_work"), effort.threads.to_string().into(), turns.to_string().into()]);
    with_truth(Launch::new(words, &folder)).run_well()?;
    let truth = truth_of(&folder)?;
    if truth.counts.get("turns") != Some(&turns) {
        bail!("the fixed work did {:?} turns, not {turns}", truth.counts.get("turns"));
    }
    Ok(Run { cpu_nanos: truth.total_cpu_nanos as f64, wall_nanos: truth.wall_nanos as f64 })
}

fn rate_hz(multiple: f64) -> u32 {
    ((f64::from(DEFAULT_RATE_HZ) * multiple) as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two blocks, the second on a machine twice as slow; every tool costs `share` at the default rate.
    fn blocks(share: f64) -> Vec<Vec<(Setting, Run)>> {
        [1e9, 2e9]
            .map(|base: f64| {
                let run = |factor: f64| Run { cpu_nanos: base * factor, wall_nanos: base * factor };
                let mut block = vec![(Setting::Bare, run(1.0)), (Setting::Default, run(1.0 + share))];
                for (at, tool) in Tool::ALL.into_iter().enumerate() {
                    let cost = share * (at + 1) as f64;
                    block.extend(
                        MULTIPLES.map(|multiple| (Setting::Tool(tool, multiple), run(1.0 + cost * multiple))),
                    );
                }
                block
            })
            .into()
    }

    #[test]
    fn costs_below_the_target_and_below_perf_pass() {
        let section = describe(&blocks(0.004)).expect("two blocks");
        assert_eq!(section.misses, Vec::<String>::new());
        assert!(section.text.contains("0.40 [0.40 to 0.40]"), "{}", section.text);
    }

    #[test]
    fn a_cost_above_the_target_is_a_miss() {
        assert_eq!(describe(&blocks(0.02)).expect("two blocks").misses.len(), 1);
        assert!(describe(&blocks(0.02)[..1]).is_err());
    }

    #[test]
    fn the_smallest_rate_is_one_sample_a_second() {
        assert_eq!(MULTIPLES.map(rate_hz), [1, 499, 2495, 9980]);
    }
}
