//! Programs that switch 20,000 and 200,000 times a second: slowdown, Fathom's CPU, and what is kept.
//!
//! The number of round trips and the padding are fixed, so that the work is the same with and without Fathom.

use super::super::launch::Launch;
use super::super::statistics::{mean_interval, median};
use super::super::table::{Table, percent};
use super::super::tools::{DEFAULT_RATE_HZ, Tools, truth_of, with_truth};
use super::super::truth::quality;
use super::{Effort, Section};
use anyhow::{Context, Result};
use std::ffi::OsString;

/// What one pair of runs gave.
struct Pair {
    switches_per_second: f64,
    cpu_slowdown: f64,
    wall_slowdown: f64,
    fathom_core_share: f64,
    kept_share: Option<f64>,
}

pub(super) fn measure(tools: &Tools, effort: Effort) -> Result<Section> {
    let mut table = Table::new(&[
        "aimed at",
        "switches/s without",
        "CPU slowdown %",
        "wall slowdown %",
        "fathom's CPU, share of a core",
        "intervals kept with a stack",
    ]);
    for aim in [20_000u32, 200_000] {
        eprintln!("pingpong at {aim}/s ...");
        let (trips, pad) = plan(tools, effort, aim)?;
        let pairs: Result<Vec<Pair>> =
            (0..effort.blocks).map(|block| pair(tools, trips, pad, block % 2 == 0)).collect();
        let pairs = pairs?;
        let column = |of: fn(&Pair) -> f64| pairs.iter().map(of).collect::<Vec<f64>>();
        let interval = |values: &[f64]| {
            mean_interval(values).map_or_else(|| "–".to_owned(), |found| found.text(100.0, 1))
        };
        let kept: Vec<f64> = pairs.iter().filter_map(|pair| pair.kept_share).collect();
        table.row([
            format!("{aim}/s"),
            format!("{:.0}", median(&column(|pair| pair.switches_per_second)).unwrap_or_default()),
            interval(&column(|pair| pair.cpu_slowdown)),
            interval(&column(|pair| pair.wall_slowdown)),
            percent(median(&column(|pair| pair.fathom_core_share)), 1),
            percent(median(&kept), 2),
        ]);
    }
    let text = format!(
        "Two threads on one CPU pass a byte through two pipes with work between; each block is one run without and one \
         with `fathom run` at its defaults.\n\n{}",
        table.markdown()
    );
    Ok(Section { title: "Switch-heavy programs", text, misses: Vec::new() })
}

/// Round trips and padding that give the wanted switches a second for the wanted time.
fn plan(tools: &Tools, effort: Effort, aim: u32) -> Result<(u64, u64)> {
    let folder = tools.folder("cost/pingpong")?;
    let words: [OsString; 3] = [tools.program("pingpong"), "1".into(), aim.to_string().into()];
    with_truth(Launch::new(words, &folder)).run_well()?;
    let truth = truth_of(&folder)?;
    let count =
        |name: &str| truth.counts.get(name).copied().with_context(|| format!("pingpong counted no {name}"));
    let trips = count("round_trips")? as f64 * effort.seconds * 1e9 / truth.wall_nanos as f64;
    Ok((trips as u64, count("pad_rounds")?))
}

fn pair(tools: &Tools, trips: u64, pad: u64, bare_first: bool) -> Result<Pair> {
    let target: [OsString; 4] =
        [tools.program("pingpong"), "fixed".into(), trips.to_string().into(), pad.to_string().into()];
    let bare = || -> Result<_> {
        let folder = tools.folder("cost/pingpong/bare")?;
        with_truth(Launch::new(&target, &folder)).run_well()?;
        truth_of(&folder)
    };
    let first = if bare_first { Some(bare()?) } else { None };
    let folder = tools.folder("cost/pingpong/fathom")?;
    let words = tools.fathom_run(DEFAULT_RATE_HZ, &[]).into_iter().chain(target.iter().cloned());
    let outcome = with_truth(Launch::new(words, &folder)).run_well()?;
    let with = truth_of(&folder)?;
    let recorded = tools.read_recording(&folder, outcome)?;
    let without = match first {
        Some(truth) => truth,
        None => bare()?,
    };
    let box_ = quality(&recorded.report).context("the report has no quality box")?;
    let number = |key: &str| box_[key].as_f64();
    let end = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(with.end_unix_nanos);
    let (wall, cpu) = (without.wall_nanos as f64, without.total_cpu_nanos as f64);
    Ok(Pair {
        switches_per_second: 2.0 * trips as f64 * 1e9 / wall,
        cpu_slowdown: with.total_cpu_nanos as f64 / cpu - 1.0,
        wall_slowdown: with.wall_nanos as f64 / wall - 1.0,
        fathom_core_share: recorded.outcome.cpu_seconds_until(end) * 1e9 / with.wall_nanos as f64,
        kept_share: number("off_cpu_samples")
            .zip(number("off_cpu_intervals"))
            .filter(|(_, all)| *all > 0.0)
            .map(|(kept, all)| kept / all),
    })
}
