//! Measured values held against tables of thresholds.
//!
//! Three presets say what is good; settings change single bounds. A number that was not measured has no row.

use fathom_model::{Band, Held, Signal, ThreadState};

use crate::context::Context;
use crate::settings::Preset;
use crate::words;

/// A measured value and where it turns from excellent to good, to acceptable, to poor.
struct Table {
    key: &'static str,
    name: &'static str,
    unit: Unit,
    bounds: [f64; 3],
}

/// How numbers are shown and given in settings.
#[derive(Clone, Copy)]
enum Unit {
    Percent,
    Millis,
    Count,
}

/// A service: queues grow without bound towards full use of the CPUs (Kleinrock, "Queueing systems", 1975); 85 % of
/// physical memory is safe and 95 % is not, 5 and 10 % of the time in pauses and 1 s for one are too much (JDK Mission
/// Control, Datadog); an event loop blocks from 100 ms on (Clinic.js); 100 ms feel immediate and 1 s keeps the thread
/// of thought (Nielsen, "Usability engineering", 1993); 2 % of failures is where a visitor of five pages meets one in ten
/// visits. Bounds of 5 and 15 % of waiting for a CPU are those of the rules.
const SERVICE: &[Table] = &[
    Table { key: "cpu-use", name: "CPUs in use", unit: Unit::Percent, bounds: [0.5, 0.7, 0.85] },
    Table {
        key: "memory-use",
        name: "memory in use, of its limit",
        unit: Unit::Percent,
        bounds: [0.6, 0.75, 0.85],
    },
    Table {
        key: "gc-time",
        name: "time in pauses of the garbage collector",
        unit: Unit::Percent,
        bounds: [0.01, 0.05, 0.10],
    },
    Table {
        key: "gc-pause",
        name: "longest pause of the garbage collector",
        unit: Unit::Millis,
        bounds: [10e6, 100e6, 1e9],
    },
    Table {
        key: "gc-rate",
        name: "pauses of the garbage collector each second",
        unit: Unit::Count,
        bounds: [1.0, 5.0, 20.0],
    },
    Table {
        key: "event-loop-block",
        name: "longest block of the event loop",
        unit: Unit::Millis,
        bounds: [20e6, 50e6, 100e6],
    },
    Table {
        key: "run-queue",
        name: "time ready but without a CPU",
        unit: Unit::Percent,
        bounds: [0.02, 0.05, 0.15],
    },
    Table { key: "errors", name: "requests that failed", unit: Unit::Percent, bounds: [0.001, 0.005, 0.02] },
    Table { key: "latency-p50", name: "median request", unit: Unit::Millis, bounds: [50e6, 100e6, 300e6] },
    Table {
        key: "latency-p99",
        name: "slowest hundredth of requests",
        unit: Unit::Millis,
        bounds: [200e6, 500e6, 1e9],
    },
];

/// What a preset holds otherwise. A batch may fill the CPUs and pause as long as it likes; who waits at a terminal
/// shares the machine with others.
fn of_preset(preset: Preset, key: &str) -> Option<[f64; 3]> {
    match (preset, key) {
        (Preset::Batch, "cpu-use") => Some([1.0, 1.0, 1.0]),
        (Preset::Batch, "gc-pause") => Some([1e9, 5e9, 20e9]),
        (Preset::Batch, "gc-rate") => Some([20.0, 50.0, 100.0]),
        (Preset::Batch, "event-loop-block") => Some([1e9, 10e9, 60e9]),
        (Preset::Batch, "latency-p50") => Some([1e9, 10e9, 60e9]),
        (Preset::Batch, "latency-p99") => Some([10e9, 60e9, 600e9]),
        (Preset::Interactive, "cpu-use") => Some([0.7, 0.9, 1.0]),
        (Preset::Interactive, "memory-use") => Some([0.1, 0.25, 0.5]),
        _ => None,
    }
}

fn show(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Percent => words::percent(value),
        Unit::Millis => words::time(value as i64),
        Unit::Count => format!("{value:.1}"),
    }
}

/// Every value that was measured.
pub(crate) fn held(cx: &Context<'_>) -> Vec<Held> {
    let recording = cx.recording;
    let meta = &recording.meta;
    let mut rows = Vec::new();
    let wall = meta.duration_nanos;
    if meta.imported.is_none() && wall > 0 && meta.host.cpus > 0 {
        let cpus = meta.host.limits.cpu_quota.unwrap_or(f64::from(meta.host.cpus));
        let used = recording.total(Signal::Cpu) as f64 / wall as f64 / cpus;
        rows.extend(row(cx, "cpu-use", used));
        let of = |state: ThreadState| {
            let on = |sample: &&fathom_model::Sample| {
                matches!(sample.signal, Signal::Cpu | Signal::OffCpu) && sample.state == state
            };
            recording.samples.iter().filter(on).map(|sample| sample.value.max(0)).sum::<i64>() as f64
        };
        let (running, runnable) = (of(ThreadState::Running), of(ThreadState::Runnable));
        if cx.has(crate::need::Need::Signal(Signal::OffCpu)) && running > 0.0 {
            rows.extend(row(cx, "run-queue", runnable / (running + runnable)));
        }
    }
    let limit = meta.host.limits.memory_bytes.or(Some(meta.host.memory_bytes)).filter(|bytes| *bytes > 0);
    if let (Some(limit), Some(peak)) = (limit, peak_of(cx, "process.rss")) {
        rows.extend(row(cx, "memory-use", peak / limit as f64));
    }
    let pauses: Vec<i64> = durations(cx, &["gc pause", "gc.pause"]);
    if !pauses.is_empty() && wall > 0 {
        let seconds = wall as f64 / 1e9;
        rows.extend(row(cx, "gc-time", pauses.iter().sum::<i64>() as f64 / wall as f64));
        rows.extend(row(cx, "gc-pause", pauses.last().copied().unwrap_or_default() as f64));
        rows.extend(row(cx, "gc-rate", pauses.len() as f64 / seconds));
    }
    if let Some(longest) = durations(cx, &["event-loop.block", "event loop block"]).last() {
        rows.extend(row(cx, "event-loop-block", *longest as f64));
    }
    let requests: Vec<i64> = durations(cx, &["http.server.request", "request"]);
    if requests.len() >= 100 {
        rows.extend(row(cx, "latency-p50", requests[requests.len() / 2] as f64));
        rows.extend(row(cx, "latency-p99", requests[requests.len() * 99 / 100] as f64));
        let failed = recording.events.iter().filter(|event| {
            ["http.server.request", "request"].contains(&event.kind.as_str())
                && event.attributes.contains("\"error.type\"")
        });
        rows.extend(row(cx, "errors", failed.count() as f64 / requests.len() as f64));
    }
    rows
}

/// Lengths of the events of some kinds, the shortest first.
fn durations(cx: &Context<'_>, kinds: &[&str]) -> Vec<i64> {
    let of_kind = cx.recording.events.iter().filter(|event| kinds.contains(&event.kind.as_str()));
    let mut durations: Vec<i64> = of_kind.map(|event| event.duration_nanos.max(0)).collect();
    durations.sort_unstable();
    durations
}

/// The highest sum of a series over all processes at one moment.
fn peak_of(cx: &Context<'_>, name: &str) -> Option<f64> {
    let mut sums = std::collections::BTreeMap::<i64, f64>::new();
    for point in cx.recording.series.iter().filter(|point| point.name == name && point.value.is_finite()) {
        *sums.entry(point.time_nanos).or_default() += point.value;
    }
    sums.into_values().reduce(f64::max)
}

fn row(cx: &Context<'_>, key: &str, value: f64) -> Option<Held> {
    let table = SERVICE.iter().find(|table| table.key == key)?;
    let settings = &cx.settings.thresholds;
    let given = settings.bounds.get(key).map(|bounds| {
        bounds.map(|bound| match table.unit {
            Unit::Percent => bound / 100.0,
            Unit::Millis => bound * 1e6,
            Unit::Count => bound,
        })
    });
    let bounds = given.or_else(|| of_preset(settings.preset, key)).unwrap_or(table.bounds);
    let [excellent, good, acceptable] = bounds;
    let band = match value {
        value if value <= excellent => Band::Excellent,
        value if value <= good => Band::Good,
        value if value <= acceptable => Band::Acceptable,
        _ => Band::Poor,
    };
    let bounds = bounds.map(|bound| show(table.unit, bound));
    Some(Held { name: table.name.to_owned(), value: show(table.unit, value), band, bounds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{HELD_KEYS, Settings};

    #[test]
    fn what_was_measured_has_a_row_and_nothing_else() {
        let recording = fathom_testkit::recording(
            "wall 10s\nhost h cpus=2 memory=1000MiB\ncommand ./a\nthread main\ncpu main;f 10s n=5000
            series process.rss 1s 100MiB\nseries process.rss 2s 900MiB\nevent gc.pause 1s 2s",
        );
        let settings = Settings::default();
        let cx = Context::new(&recording, &Default::default(), &settings);
        let rows: Vec<String> =
            held(&cx).iter().map(|row| format!("{}: {} {}", row.name, row.value, row.band)).collect();
        assert_eq!(
            rows,
            [
                "CPUs in use: 50 % excellent",
                "memory in use, of its limit: 90 % poor",
                "time in pauses of the garbage collector: 20 % poor",
                "longest pause of the garbage collector: 2.00 s poor",
                "pauses of the garbage collector each second: 0.1 excellent",
            ]
        );
    }

    #[test]
    fn presets_and_settings_move_the_bounds() {
        let recording = fathom_testkit::recording(
            "wall 10s\nhost h cpus=1\ncommand ./a\nthread main\ncpu main;f 9s n=5000",
        );
        let band = |settings: &Settings| {
            let cx = Context::new(&recording, &Default::default(), settings);
            held(&cx)[0].band
        };
        let mut settings = Settings::default();
        assert_eq!(band(&settings), Band::Poor);
        settings.thresholds.preset = Preset::Batch;
        assert_eq!(band(&settings), Band::Excellent);
        settings.thresholds.bounds.insert("cpu-use".into(), [10.0, 20.0, 95.0]);
        assert_eq!(band(&settings), Band::Acceptable);
    }

    #[test]
    fn every_table_has_its_key() {
        assert_eq!(SERVICE.iter().map(|table| table.key).collect::<Vec<_>>(), HELD_KEYS);
    }
}
