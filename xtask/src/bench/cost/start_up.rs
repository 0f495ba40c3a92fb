//! What starting and ending the profiler adds to a program that ends at once.
//!
//! Here the wall time is taken from outside, as the user waits it.

use super::super::launch::Launch;
use super::super::statistics::{Random, mean_interval, median};
use super::super::table::Table;
use super::super::tools::{DEFAULT_RATE_HZ, Tools, perf_record, with_truth};
use super::{Effort, Section};
use anyhow::Result;
use std::ffi::OsString;

pub(super) fn measure(tools: &Tools, effort: Effort) -> Result<Section> {
    let ways: [(&str, Vec<OsString>); 3] = [
        ("none", Vec::new()),
        ("fathom run", tools.fathom_run(DEFAULT_RATE_HZ, &[])),
        ("perf record --call-graph dwarf", perf_record(Some("dwarf"), DEFAULT_RATE_HZ)),
    ];
    let mut order: Vec<usize> = (0..ways.len()).collect();
    let mut millis = vec![Vec::new(); ways.len()];
    let mut random = Random::new(2);
    for _ in 0..effort.blocks.max(5) * 2 {
        random.shuffle(&mut order);
        for &way in &order {
            let folder = tools.folder("cost/start_up")?;
            let words = ways[way].1.iter().cloned().chain([tools.program("short")]);
            // The program ends with status 3, and perf and Fathom with it or with 0: not judged here.
            let outcome = with_truth(Launch::new(words, &folder)).run()?;
            millis[way].push(outcome.wall.as_secs_f64() * 1e3);
        }
    }
    let mut table = Table::new(&["profiler", "median ms", "mean ms"]);
    for ((name, _), times) in ways.iter().zip(&millis) {
        let mean = mean_interval(times).map_or_else(|| "–".to_owned(), |estimate| estimate.text(1.0, 1));
        table.row([(*name).to_owned(), format!("{:.1}", median(times).unwrap_or_default()), mean]);
    }
    let text = format!(
        "Wall time of a program that ends at once, from start to end of the whole command.\n\n{}",
        table.markdown()
    );
    Ok(Section { title: "Start-up and end", text, misses: Vec::new() })
}
