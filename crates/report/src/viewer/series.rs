//! Series of levels and rates, thinned out so that their highest and lowest points stay.

use std::collections::BTreeMap;

use fathom_analysis::{TimelineState, state_timeline};
use fathom_model::{ProcessId, Recording, ThreadState, Unit};

use crate::text::plain;
use crate::viewer::header::SeriesHeader;
use crate::viewer::limits::ViewerLimits;
use crate::viewer::rows::duration_of;
use crate::viewer::sections::Sections;
use crate::viewer::threads::Threads;

/// Nanoseconds from the start, and the value.
type Points = Vec<(f64, f64)>;

/// One series.
pub(crate) struct Series {
    pub(crate) header: SeriesHeader,
    points: Points,
}

/// CPUs in use, then the host's and the processes' series in the order of their names.
pub(crate) fn series(recording: &Recording, threads: &Threads, limits: &ViewerLimits) -> Vec<Series> {
    let mut series = Vec::new();
    if duration_of(recording) > 0 {
        series.extend(cpus_used(recording, limits.timeline_bins));
    }
    let mut groups: BTreeMap<(Option<ProcessId>, &str), (Unit, Points)> = BTreeMap::new();
    for point in recording.series.iter().filter(|point| point.value.is_finite()) {
        let offset = point.time_nanos.saturating_sub(recording.meta.start_nanos) as f64;
        let group = groups.entry((point.process, &point.name)).or_insert((point.unit, Vec::new()));
        group.1.push((offset, point.value));
    }
    for ((process, name), (unit, mut points)) in groups {
        if series.len() >= limits.most_series {
            break;
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total = name.strip_suffix("_total").or_else(|| name.strip_suffix(".total"));
        let (name, unit, points) = match total {
            Some(name) => (name, rate_unit(unit), rates(&points, unit)),
            None => (name, unit.as_str(), points),
        };
        // A process without samples has no number in the data; its series would belong to nobody.
        let process = match process.map(|id| process_number(recording, threads, id)) {
            Some(None) => continue,
            Some(number) => number,
            None => None,
        };
        let points = thinned(points, limits.timeline_bins);
        if points.len() > 1 {
            series.push(Series {
                header: SeriesHeader { name: plain(name), unit: unit.into(), process },
                points,
            });
        }
    }
    series
}

impl Series {
    pub(crate) fn write(&self, sections: &mut Sections, at: usize) {
        sections.f64(&format!("series{at}.time"), self.points.iter().map(|point| point.0));
        sections.f64(&format!("series{at}.value"), self.points.iter().map(|point| point.1));
    }
}

fn cpus_used(recording: &Recording, bins: usize) -> Option<Series> {
    let timeline = state_timeline(recording, bins, 1, |_| Some(0), |_| false);
    let running = TimelineState::Thread(ThreadState::Running);
    let at = TimelineState::all().iter().position(|state| *state == running)?;
    let cells = timeline.rows.first()?.nanos.get(at).filter(|cells| !cells.is_empty())?;
    let width = timeline.bin_nanos;
    let point = |(bin, nanos): (usize, &f64)| (((bin as f64 + 0.5) * width).round(), nanos / width);
    let header = SeriesHeader { name: "cpu".into(), unit: "CPUs".into(), process: None };
    Some(Series { header, points: cells.iter().enumerate().map(point).collect() })
}

fn process_number(recording: &Recording, threads: &Threads, id: ProcessId) -> Option<u32> {
    let row = recording.processes.get(id.index())?;
    let found = threads
        .processes
        .iter()
        .position(|process| process.pid == row.pid && process.name == plain(&row.name) && row.pid != 0);
    found.map(|at| at as u32)
}

fn rate_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanoseconds => "seconds/s",
        Unit::Bytes => "bytes/s",
        Unit::Count | Unit::Ratio => "1/s",
    }
}

/// Growth per second between points; where a total falls it began anew, and nothing is known.
fn rates(points: &[(f64, f64)], unit: Unit) -> Points {
    let scale = if unit == Unit::Nanoseconds { 1e-9 } else { 1.0 };
    let rate = |pair: &[(f64, f64)]| {
        let [(from, before), (until, after)] = [pair[0], pair[1]];
        let seconds = (until - from) / 1e9;
        (seconds > 0.0 && after >= before).then(|| (until, (after - before) * scale / seconds))
    };
    points.windows(2).filter_map(rate).filter(|point| point.1.is_finite()).collect()
}

/// At most so many points: of each stretch the lowest and the highest, in the order of time.
fn thinned(points: Points, most: usize) -> Points {
    let stretches = (most / 2).max(1);
    if points.len() <= most {
        return points;
    }
    let mut thin = Vec::with_capacity(most);
    for at in 0..stretches {
        let stretch = &points[points.len() * at / stretches..points.len() * (at + 1) / stretches];
        let by_value = |a: &(usize, &(f64, f64)), b: &(usize, &(f64, f64))| a.1.1.total_cmp(&b.1.1);
        let lowest = stretch.iter().enumerate().min_by(by_value);
        let highest = stretch.iter().enumerate().max_by(by_value);
        let mut kept: Vec<usize> = [lowest, highest].into_iter().flatten().map(|found| found.0).collect();
        kept.sort_unstable();
        kept.dedup();
        thin.extend(kept.into_iter().map(|at| stretch[at]));
    }
    thin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_survive_thinning() {
        let mut points: Points = (0..100_000).map(|at| (f64::from(at), 1.0)).collect();
        points[54_321].1 = 9.0;
        points[77_777].1 = -3.0;
        let thin = thinned(points, 600);
        assert!(thin.len() <= 600);
        assert!(thin.contains(&(54_321.0, 9.0)) && thin.contains(&(77_777.0, -3.0)));
        assert!(thin.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn totals_become_rates() {
        let points = [(0.0, 5.0), (1e9, 25.0), (3e9, 25.0), (4e9, 1.0), (5e9, 2.0)];
        assert_eq!(rates(&points, Unit::Bytes), [(1e9, 20.0), (3e9, 0.0), (5e9, 1.0)]);
        assert_eq!(rates(&[(0.0, 0.0), (2e9, 1e9)], Unit::Nanoseconds), [(2e9, 0.5)]);
    }
}
