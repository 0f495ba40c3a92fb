//! Time series in short: per series, and as the figures people ask for.

use std::collections::BTreeMap;

use fathom_model::{ProcessId, Recording, SeriesPoint, Unit};

use crate::facts::types::{ResourcesFact, SeriesFact};

type Key<'a> = (&'a str, Option<ProcessId>);

/// Every series by name and process.
pub(crate) fn series(recording: &Recording) -> Vec<SeriesFact> {
    let fact = |((name, process), points): (Key<'_>, Vec<&SeriesPoint>)| {
        let (first, last) = (points.first()?, points.last()?);
        let values = || points.iter().map(|point| point.value);
        let process = process.and_then(|id| recording.processes.get(id.index()));
        Some(SeriesFact {
            name: name.to_owned(),
            unit: first.unit,
            pid: process.map(|process| process.pid),
            points: points.len() as u64,
            first: first.value,
            last: last.value,
            min: values().fold(f64::INFINITY, f64::min),
            max: values().fold(f64::NEG_INFINITY, f64::max),
            // Divided before it is added, so that no sum of large values overflows to infinity.
            mean: values().map(|value| value / points.len() as f64).sum(),
        })
    };
    grouped(recording).into_iter().filter_map(fact).collect()
}

/// The figures people ask for.
pub(crate) fn resources(recording: &Recording) -> ResourcesFact {
    let groups = grouped(recording);
    let peak = |name| peak_of_sum(recording, &groups, name);
    let grown = |name| growth(recording, &groups, name);
    let mean = |name| mean_of(&groups, name);
    ResourcesFact {
        peak_rss_bytes: peak("process.rss"),
        peak_pss_bytes: peak("process.pss"),
        minor_faults: grown("process.minor_faults_total"),
        major_faults: grown("process.major_faults_total"),
        voluntary_switches: grown("process.voluntary_switches_total"),
        involuntary_switches: grown("process.involuntary_switches_total"),
        read_bytes: grown("process.read_total"),
        written_bytes: grown("process.write_total"),
        peak_fds: peak("process.fds"),
        peak_threads: peak("process.threads"),
        host_steal_share: mean("host.steal_share"),
        host_peak_load: groups
            .get(&("host.load1", None))
            .map(|points| points.iter().map(|point| point.value).fold(0.0, f64::max)),
        host_cpu_pressure: mean("host.psi_cpu_some"),
        host_memory_pressure: mean("host.psi_memory_some"),
        host_io_pressure: mean("host.psi_io_some"),
        throttled_nanos: grown("cgroup.throttled_total"),
    }
}

/// Points by series, in the order of time; values that are no numbers are left out.
fn grouped(recording: &Recording) -> BTreeMap<Key<'_>, Vec<&SeriesPoint>> {
    let mut groups: BTreeMap<Key<'_>, Vec<&SeriesPoint>> = BTreeMap::new();
    for point in recording.series.iter().filter(|point| point.value.is_finite()) {
        groups.entry((&point.name, point.process)).or_default().push(point);
    }
    for points in groups.values_mut() {
        points.sort_by_key(|point| point.time_nanos);
    }
    groups
}

fn of_name<'a, 'b>(
    groups: &'b BTreeMap<Key<'a>, Vec<&'a SeriesPoint>>,
    name: &'b str,
) -> impl Iterator<Item = (Option<ProcessId>, &'b Vec<&'a SeriesPoint>)> {
    groups
        .range((name, None)..)
        .take_while(move |(key, _)| key.0 == name)
        .map(|(key, points)| (key.1, points))
}

/// The largest sum over all processes at one time; a process counts with its last value until it ends.
fn peak_of_sum(
    recording: &Recording,
    groups: &BTreeMap<Key<'_>, Vec<&SeriesPoint>>,
    name: &str,
) -> Option<u64> {
    let mut changes: Vec<(i64, Option<ProcessId>, f64)> = Vec::new();
    for (process, points) in of_name(groups, name) {
        changes.extend(points.iter().map(|point| (point.time_nanos, process, point.value.max(0.0))));
        let end =
            process.and_then(|id| recording.processes.get(id.index())).and_then(|process| process.end_nanos);
        let last = points.last().map_or(i64::MIN, |point| point.time_nanos);
        // At its end the process frees everything; a point read at that very moment still counts.
        changes.extend(end.filter(|end| *end > last).map(|end| (end, process, 0.0)));
    }
    if changes.is_empty() {
        return None;
    }
    changes.sort_by_key(|change| (change.0, change.1));
    let mut current: BTreeMap<Option<ProcessId>, f64> = BTreeMap::new();
    let (mut sum, mut peak) = (0.0_f64, 0.0_f64);
    for (_, process, value) in changes {
        sum += value - current.insert(process, value).unwrap_or_default();
        peak = peak.max(sum);
    }
    Some(peak as u64)
}

/// How far running totals grew during the recording, all processes together. A process that started within it
/// started from 0; one that was there before counts from its first point.
fn growth(recording: &Recording, groups: &BTreeMap<Key<'_>, Vec<&SeriesPoint>>, name: &str) -> Option<u64> {
    let mut grown = None;
    for (process, points) in of_name(groups, name) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let row = process.and_then(|id| recording.processes.get(id.index()));
        let launched = row.is_some_and(|row| row.start_nanos >= recording.meta.start_nanos)
            && recording.meta.target.pids.is_empty();
        let from = if launched { 0.0 } else { first.value };
        grown = Some(grown.unwrap_or(0.0) + (last.value - from).max(0.0));
    }
    grown.map(|grown| grown as u64)
}

fn mean_of(groups: &BTreeMap<Key<'_>, Vec<&SeriesPoint>>, name: &str) -> Option<f64> {
    let points =
        groups.get(&(name, None)).filter(|points| points.iter().all(|point| point.unit == Unit::Ratio))?;
    let n = points.len() as f64;
    Some(points.iter().map(|point| point.value / n).sum())
}
