//! Measured values held against tables of thresholds.
//!
//! The tables are presets for a service that people wait for; a number that was not measured has no row.

use fathom_model::{Band, Held, Signal, ThreadState};

use crate::context::Context;
use crate::words;

/// Upper ends of excellent, good and acceptable.
struct Table {
    name: &'static str,
    bounds: [f64; 3],
    show: fn(f64) -> String,
}

/// Intel VTune calls use of CPUs up to 50 % poor and from 86 % on ideal for work that should fill a machine; for a
/// service the other end counts: queues grow without bound towards full use (Kleinrock, "Queueing systems", 1975).
const CPU_USE: Table = Table { name: "CPUs in use", bounds: [0.5, 0.7, 0.85], show: words::percent };
/// JDK Mission Control: 85 % of physical memory is safe, 95 % is not.
const MEMORY_USE: Table =
    Table { name: "memory in use, of its limit", bounds: [0.6, 0.75, 0.85], show: words::percent };
/// JDK Mission Control and Datadog: 5 and 10 % of the time in pauses.
const GC_TIME: Table = Table {
    name: "time in pauses of the garbage collector",
    bounds: [0.01, 0.05, 0.10],
    show: words::percent,
};
/// JDK Mission Control: 1 s is long; people notice from 100 ms on (Nielsen, "Usability engineering", 1993).
const GC_PAUSE: Table =
    Table { name: "longest pause of the garbage collector", bounds: [10e6, 100e6, 1e9], show: nanos };
const GC_RATE: Table =
    Table { name: "pauses of the garbage collector each second", bounds: [1.0, 5.0, 20.0], show: plain };
/// Clinic.js: blocked from a median of 10 ms or a maximum of 100 ms on.
const LOOP_DELAY: Table =
    Table { name: "longest block of the event loop", bounds: [20e6, 50e6, 100e6], show: nanos };
/// Run-queue delay of 5 and 15 % are the thresholds of the rule `host/run-queue`.
const RUN_QUEUE: Table =
    Table { name: "time ready but without a CPU", bounds: [0.02, 0.05, 0.15], show: words::percent };
/// 2 % of failures is where a failing service is felt by every tenth visitor of five pages.
const ERRORS: Table =
    Table { name: "requests that failed", bounds: [0.001, 0.005, 0.02], show: words::percent };
/// Nielsen's limits: 100 ms feels immediate, 1 s keeps the thread of thought.
const LATENCY_P50: Table = Table { name: "median request", bounds: [50e6, 100e6, 300e6], show: nanos };
const LATENCY_P99: Table =
    Table { name: "slowest hundredth of requests", bounds: [200e6, 500e6, 1e9], show: nanos };

fn nanos(value: f64) -> String {
    words::time(value as i64)
}

fn plain(value: f64) -> String {
    format!("{value:.1}")
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
        rows.push(row(&CPU_USE, used));
        let of = |state: ThreadState| {
            let on = |sample: &&fathom_model::Sample| {
                matches!(sample.signal, Signal::Cpu | Signal::OffCpu) && sample.state == state
            };
            recording.samples.iter().filter(on).map(|sample| sample.value.max(0)).sum::<i64>() as f64
        };
        let (running, runnable) = (of(ThreadState::Running), of(ThreadState::Runnable));
        if cx.has(crate::rule::Need::Signal(Signal::OffCpu)) && running > 0.0 {
            rows.push(row(&RUN_QUEUE, runnable / (running + runnable)));
        }
    }
    let limit = meta.host.limits.memory_bytes.or(Some(meta.host.memory_bytes)).filter(|bytes| *bytes > 0);
    if let (Some(limit), Some(peak)) = (limit, peak_of(cx, "process.rss")) {
        rows.push(row(&MEMORY_USE, peak / limit as f64));
    }
    let pauses: Vec<i64> = durations(cx, &["gc pause", "gc.pause"]);
    if !pauses.is_empty() && wall > 0 {
        let seconds = wall as f64 / 1e9;
        rows.push(row(&GC_TIME, pauses.iter().sum::<i64>() as f64 / wall as f64));
        rows.push(row(&GC_PAUSE, pauses.last().copied().unwrap_or_default() as f64));
        rows.push(row(&GC_RATE, pauses.len() as f64 / seconds));
    }
    if let Some(longest) = durations(cx, &["event-loop.block", "event loop block"]).last() {
        rows.push(row(&LOOP_DELAY, *longest as f64));
    }
    let requests: Vec<i64> = durations(cx, &["http.server.request", "request"]);
    if requests.len() >= 100 {
        rows.push(row(&LATENCY_P50, requests[requests.len() / 2] as f64));
        rows.push(row(&LATENCY_P99, requests[requests.len() * 99 / 100] as f64));
        let failed = recording.events.iter().filter(|event| {
            ["http.server.request", "request"].contains(&event.kind.as_str())
                && event.attributes.contains("\"error.type\"")
        });
        rows.push(row(&ERRORS, failed.count() as f64 / requests.len() as f64));
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

fn row(table: &Table, value: f64) -> Held {
    let [excellent, good, acceptable] = table.bounds;
    let band = match value {
        value if value <= excellent => Band::Excellent,
        value if value <= good => Band::Good,
        value if value <= acceptable => Band::Acceptable,
        _ => Band::Poor,
    };
    Held {
        name: table.name.to_owned(),
        value: (table.show)(value),
        band,
        bounds: table.bounds.map(table.show),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

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
}
