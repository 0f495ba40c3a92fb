//! Series: memory, input and output, and whatever else is told as numbers over time.

use super::{Ask, clean};
use crate::top::{SeriesLine, Snapshot};
use fathom_model::{Pid, Unit};
use serde::Serialize;

/// One series as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeriesView {
    /// The process, or none for the host.
    pub pid: Option<Pid>,
    /// The process's name, or `host`.
    pub owner: String,
    /// The series without what `owner` says already: `rss`.
    pub name: String,
    /// The whole name.
    pub series: String,
    /// Unit of `now`.
    pub unit: &'static str,
    /// Whether `now` is a growth per second, because the series is a running total.
    pub is_rate: bool,
    /// The latest value, or the growth per second over the last points.
    pub now: f64,
    /// Least and most over the time that is known.
    pub range: (f64, f64),
    /// Values over time, oldest first, one per second for the last two minutes; gaps hold the value before.
    pub spark: Vec<f64>,
}

/// First words of the series of processes and of the machine; all others are those of runtimes.
const RESOURCE_WORDS: &[&str] = &["cgroup", "host", "process"];

/// Seconds of a spark line.
const SPARK_SECONDS: usize = 120;

/// The series of processes and of the machine, or with `of_runtimes` all others.
pub fn resources(snapshot: &Snapshot, ask: &Ask, of_runtimes: bool) -> Vec<SeriesView> {
    let is_wanted = |line: &&SeriesLine| {
        let word = line.name.split('.').next().unwrap_or_default();
        RESOURCE_WORDS.contains(&word) != of_runtimes
    };
    let views = snapshot.series.iter().filter(is_wanted).filter_map(|line| view(snapshot, line));
    views
        .filter(|view| ask.pid.is_none() || view.pid.is_none() || view.pid == ask.pid)
        .filter(|view| ask.matches(&view.series))
        .collect()
}

fn view(snapshot: &Snapshot, line: &SeriesLine) -> Option<SeriesView> {
    let process = line.process.and_then(|id| snapshot.recording.processes.get(id.index()));
    let is_rate = line.name.ends_with("_total");
    let points = if is_rate { rates(&line.points) } else { line.points.clone() };
    let now = points.last()?.1;
    let low = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
    let owners = ["process.", "host."];
    let name = owners.iter().find_map(|owner| line.name.strip_prefix(owner)).unwrap_or(&line.name);
    Some(SeriesView {
        pid: process.map(|process| process.pid),
        owner: process.map_or_else(|| "host".to_owned(), |process| clean(&process.name)),
        name: clean(name.strip_suffix("_total").unwrap_or(name)),
        series: clean(&line.name),
        unit: Unit::as_str(line.unit),
        is_rate,
        now,
        range: (low, high),
        spark: spark(&points),
    })
}

/// Growth per second between points; a total that falls began anew.
fn rates(points: &[(i64, f64)]) -> Vec<(i64, f64)> {
    let mut rates: Vec<(i64, f64)> = points
        .windows(2)
        .filter_map(|pair| {
            let seconds = (pair[0].0 - pair[1].0) as f64 / 1e9;
            (seconds > 0.0).then(|| (pair[1].0, ((pair[1].1 - pair[0].1) / seconds).max(0.0)))
        })
        .collect();
    // Totals are told when they change: one that was not told for two seconds has not grown.
    if let Some((age, _)) = points.last().filter(|(age, _)| *age > 2_000_000_000) {
        rates.push((age - 1_000_000_000, 0.0));
    }
    rates
}

/// One value per second, oldest first; a second without a point has the value before it.
fn spark(points: &[(i64, f64)]) -> Vec<f64> {
    let mut values: Vec<Option<f64>> = vec![None; SPARK_SECONDS];
    for (age, value) in points {
        let age_seconds = usize::try_from(age / 1_000_000_000).unwrap_or(usize::MAX);
        if age_seconds < SPARK_SECONDS {
            values[SPARK_SECONDS - 1 - age_seconds] = Some(*value);
        }
    }
    let mut last =
        points.iter().rev().find(|(age, _)| *age >= SPARK_SECONDS as i64 * 1_000_000_000).map(|p| p.1);
    let filled = values.into_iter().map(|value| {
        last = value.or(last);
        last
    });
    filled.flatten().collect()
}
