//! A recording as a processed profile of version 57: what the front-end upgrades by itself, with one string table.
//!
//! One thread for each signal of a thread, the first under the thread's own name. Times are the recording's. What the
//! front-end has no place for (the signal, a host's series) stands in members `fathom`, which it ignores.

use super::write_tables::{Shared, ThreadTables, categories, decimal, put, text};
use crate::format::{OutputFile, WriteError, WriteOptions};
use fathom_model::{Event, ProcessId, Recording, Sample, SeriesPoint, Signal, Unit};
use std::collections::BTreeMap;

const VERSION: u32 = 57;
/// Number, thread number and name, signal: told by content, so that reading and writing again gives the same order.
type Key<'a> = (i32, i32, &'a str, Told<'a>);
/// A signal; columns, whose numbers depend on the order of reading, by their name.
type Told<'a> = (Signal, &'a str);

fn told(recording: &Recording, signal: Signal) -> Told<'_> {
    let is_column = Signal::COLUMNS.contains(&signal);
    (if is_column { Signal::Column1 } else { signal }, recording.meta.name_of(signal))
}

#[derive(Default)]
struct Rows<'a> {
    signal: Option<Signal>,
    samples: Vec<&'a Sample>,
    events: Vec<&'a Event>,
}

pub(super) fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signals = options.present_signals(recording)?;
    let groups = grouped(recording, &signals);
    let mut shared = Shared { recording, options, strings: <_>::default(), libs: <_>::default() };
    let mut threads = Vec::new();
    let mut named: Option<(i32, i32, &str)> = None;
    for (at, (key, rows)) in groups.iter().enumerate() {
        put(&mut threads, if at > 0 { "," } else { "" });
        let is_first = named != Some((key.0, key.1, key.2));
        named = Some((key.0, key.1, key.2));
        thread(&mut threads, &mut shared, key, rows, is_first);
    }
    let mut out = Vec::with_capacity(threads.len() + 4096);
    let pid = groups.keys().next().map_or(0, |key| key.0);
    meta(&mut out, recording, process_name(recording, pid));
    put(&mut out, ",\"libs\":[");
    out.extend_from_slice(&shared.libs.bytes);
    put(&mut out, "],\"pages\":[],\"profilerOverhead\":[],\"counters\":[");
    counters(&mut out, recording, &groups);
    put(&mut out, "],\"shared\":{\"stringArray\":[");
    out.extend_from_slice(&shared.strings.bytes);
    put(&mut out, "]},\"threads\":[");
    out.extend_from_slice(&threads);
    put(&mut out, "]}\n");
    Ok(vec![OutputFile { name: "profile.firefox.json".into(), bytes: out }])
}

fn grouped<'a>(recording: &'a Recording, signals: &[Signal]) -> BTreeMap<Key<'a>, Rows<'a>> {
    let mut groups: BTreeMap<Key<'a>, Rows<'a>> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| signals.contains(&sample.signal)) {
        let pid = pid(recording, sample.process);
        let (tid, name) = recording
            .threads
            .get(sample.thread.index())
            .map_or((0, ""), |thread| (thread.tid, thread.name.as_str()));
        let rows = groups.entry((pid, tid, name, told(recording, sample.signal))).or_default();
        rows.signal = Some(sample.signal);
        rows.samples.push(sample);
    }
    let (first, signal) =
        groups.iter().next().map(|(key, rows)| (*key, rows.signal)).expect("a present signal has samples");
    for event in &recording.events {
        let thread = event.thread.and_then(|id| recording.threads.get(id.index()));
        let key = thread.map(|thread| (pid(recording, thread.process), thread.tid, thread.name.as_str()));
        // Events of no thread stand with the first one; those of one without samples make it a thread of its own.
        let key = key.map_or(first, |(pid, tid, name)| {
            let known = groups.keys().find(|key| (key.0, key.1, key.2) == (pid, tid, name));
            known.copied().unwrap_or((pid, tid, name, first.3))
        });
        let rows = groups.entry(key).or_default();
        rows.signal = rows.signal.or(signal);
        rows.events.push(event);
    }
    for rows in groups.values_mut() {
        rows.samples.sort_by_key(|sample| sample.time_nanos);
        rows.events.sort_by_key(|event| event.start_nanos);
    }
    groups
}

fn pid(recording: &Recording, process: ProcessId) -> i32 {
    recording.processes.get(process.index()).map_or(0, |process| process.pid)
}

/// The first name that a process with this number has.
fn process_name(recording: &Recording, pid: i32) -> &str {
    let named = recording.processes.iter().find(|process| process.pid == pid && !process.name.is_empty());
    named.map_or("", |process| process.name.as_str())
}

fn meta(out: &mut Vec<u8>, recording: &Recording, product: &str) {
    let rate = recording.meta.epochs.first().map_or(0.0, |epoch| epoch.rate_hz);
    let interval = if rate > 0.0 { (1e9 / rate).round().clamp(1.0, 1e12) as i64 } else { 1_000_000 };
    // Whole milliseconds: the front-end takes no better ones.
    let pair = recording.meta.clock_pairs.first().copied().unwrap_or_default();
    let start = pair.realtime_nanos.saturating_sub(pair.monotonic_nanos).max(0) / 1_000_000;
    put(out, &format!("{{\"meta\":{{\"preprocessedProfileVersion\":{VERSION},\"version\":31,\"interval\":"));
    decimal(out, interval);
    put(
        out,
        &format!(",\"startTime\":{start},\"processType\":0,\"stackwalk\":1,\"debug\":false,\"product\":"),
    );
    text(out, if product.is_empty() { "Fathom" } else { product });
    put(out, concat!(",\"importedFrom\":\"Fathom ", env!("CARGO_PKG_VERSION"), "\""));
    if !recording.meta.host.architecture.is_empty() {
        put(out, ",\"abi\":");
        text(out, &recording.meta.host.architecture);
    }
    put(out, ",\"symbolicated\":true,\"usesOnlyOneStackType\":true,\"sourceCodeIsNotOnSearchfox\":true");
    put(out, ",\"sampleUnits\":{\"time\":\"ms\",\"eventDelay\":\"ms\",\"threadCPUDelta\":\"ns\"}");
    put(out, ",\"extensions\":{\"length\":0,\"baseURL\":[],\"id\":[],\"name\":[]},\"categories\":[");
    for (at, (name, color)) in categories().enumerate() {
        put(out, if at > 0 { "," } else { "" });
        put(out, &format!("{{\"name\":\"{name}\",\"color\":\"{color}\",\"subcategories\":[\"Other\"]}}"));
    }
    put(
        out,
        "],\"markerSchema\":[{\"name\":\"fathom\",\"tooltipLabel\":\"{marker.name}\",\"display\":[\"marker-chart\",\
         \"marker-table\",\"timeline-overview\"],\"fields\":[{\"key\":\"attributes\",\"label\":\"Attributes\",\
         \"format\":\"string\"},{\"key\":\"traceId\",\"label\":\"Trace\",\"format\":\"string\"},{\"key\":\"spanId\",\
         \"label\":\"Span\",\"format\":\"string\"}]}]}",
    );
}

fn thread(out: &mut Vec<u8>, shared: &mut Shared<'_>, key: &Key<'_>, rows: &Rows<'_>, is_first: bool) {
    let (pid, tid, name, _) = *key;
    let recording = shared.recording;
    let signal = rows.signal.unwrap_or(Signal::Samples);
    let (signal_name, unit) = (recording.meta.name_of(signal), recording.meta.unit_of(signal));
    let mut tables = ThreadTables::default();
    put(out, "{\"name\":");
    text(out, &if is_first { name.to_owned() } else { format!("{name} ({signal_name})") });
    put(out, ",\"processName\":");
    text(out, process_name(recording, pid));
    let is_main = pid == tid && is_first;
    put(
        out,
        &format!(",\"processType\":\"default\",\"pid\":\"{pid}\",\"tid\":{tid},\"isMainThread\":{is_main}"),
    );
    put(
        out,
        ",\"processStartupTime\":0,\"processShutdownTime\":null,\"registerTime\":0,\"unregisterTime\":null",
    );
    put(out, ",\"pausedRanges\":[],\"fathom\":{\"thread\":");
    text(out, name);
    put(out, ",\"signal\":");
    if Signal::COLUMNS.contains(&signal) {
        put(out, &format!("\"column\",\"unit\":\"{unit}\",\"column\":"));
        text(out, signal_name);
    } else {
        text(out, signal.as_str());
    }
    put(out, "},\"samples\":");
    samples(out, shared, &mut tables, rows, signal, unit);
    put(out, ",\"markers\":");
    markers(out, shared, &mut tables, rows);
    tables.write(out);
    put(out, "}");
}

fn list<T>(out: &mut Vec<u8>, name: &str, items: &[T], mut item: impl FnMut(&mut Vec<u8>, &T)) {
    put(out, &format!(",\"{name}\":["));
    for (at, one) in items.iter().enumerate() {
        put(out, if at > 0 { "," } else { "" });
        item(out, one);
    }
    put(out, "]");
}

fn samples(
    out: &mut Vec<u8>,
    shared: &mut Shared<'_>,
    tables: &mut ThreadTables,
    rows: &Rows<'_>,
    signal: Signal,
    unit: Unit,
) {
    let weight_type = match unit {
        Unit::Nanoseconds => "tracing-ms",
        Unit::Bytes => "bytes",
        Unit::Count | Unit::Ratio => "samples",
    };
    put(out, &format!("{{\"length\":{},\"weightType\":\"{weight_type}\"", rows.samples.len()));
    list(out, "stack", &rows.samples, |out, sample| match tables.stack_of_sample(shared, sample) {
        Some(stack) => put(out, &stack.to_string()),
        None => put(out, "null"),
    });
    list(out, "time", &rows.samples, |out, sample| decimal(out, sample.time_nanos));
    list(out, "weight", &rows.samples, |out, sample| match unit {
        Unit::Nanoseconds => decimal(out, sample.value),
        _ => put(out, &sample.value.max(-i64::MAX).to_string()),
    });
    if matches!(signal, Signal::Cpu | Signal::ProgramCpu) {
        list(out, "threadCPUDelta", &rows.samples, |out, sample| put(out, &sample.value.max(0).to_string()));
    }
    put(out, "}");
}

fn markers(out: &mut Vec<u8>, shared: &mut Shared<'_>, tables: &mut ThreadTables, rows: &Rows<'_>) {
    let end_of = |event: &Event| event.start_nanos.saturating_add(event.duration_nanos.max(0));
    // At the end of all time an event of any length is a moment.
    let has_length = |event: &Event| end_of(event) > event.start_nanos.max(-i64::MAX);
    put(out, &format!("{{\"length\":{}", rows.events.len()));
    list(out, "category", &rows.events, |out, _| put(out, "0"));
    list(out, "name", &rows.events, |out, event| put(out, &shared.strings.text(&event.kind).to_string()));
    list(out, "startTime", &rows.events, |out, event| decimal(out, event.start_nanos));
    list(out, "endTime", &rows.events, |out, event| match has_length(event) {
        true => decimal(out, end_of(event)),
        false => put(out, "null"),
    });
    list(out, "phase", &rows.events, |out, event| put(out, if has_length(event) { "1" } else { "0" }));
    list(out, "data", &rows.events, |out, event| {
        put(out, "{\"type\":\"fathom\",\"attributes\":");
        text(out, &event.attributes);
        for (name, value) in [("traceId", &event.trace_id), ("spanId", &event.span_id)] {
            if let Some(value) = value {
                put(out, &format!(",\"{name}\":"));
                text(out, value);
            }
        }
        if event.thread.is_none() {
            put(out, ",\"host\":true");
        }
        if let Some(stack) = event.stack.and_then(|stack| tables.stack(shared, None, stack)) {
            put(out, ",\"cause\":{\"time\":");
            decimal(out, event.start_nanos);
            put(out, &format!(",\"stack\":{stack}}}"));
        }
        put(out, "}");
    });
    put(out, "}");
}

fn counters(out: &mut Vec<u8>, recording: &Recording, threads: &BTreeMap<Key<'_>, Rows<'_>>) {
    let host_pid = threads.keys().next().map_or(0, |key| key.0);
    let mut groups: BTreeMap<(&str, Option<i32>, Unit), Vec<&SeriesPoint>> = BTreeMap::new();
    for point in recording.series.iter().filter(|point| point.value.is_finite()) {
        let pid = point.process.map(|id| pid(recording, id));
        groups.entry((&point.name, pid, point.unit)).or_default().push(point);
    }
    for (at, ((name, pid, unit), points)) in groups.iter_mut().enumerate() {
        points.sort_by_key(|point| point.time_nanos);
        put(out, if at > 0 { ",{\"name\":" } else { "{\"name\":" });
        text(out, name);
        let category = if *unit == Unit::Bytes { "Memory" } else { unit.as_str() };
        let of = pid.unwrap_or(host_pid);
        let main = threads.keys().position(|key| key.0 == of).unwrap_or(0);
        put(
            out,
            &format!(
                ",\"category\":\"{category}\",\"description\":\"\",\"pid\":\"{of}\",\"mainThreadIndex\":{main}"
            ),
        );
        put(out, if pid.is_none() { ",\"fathom\":{\"host\":true}" } else { "" });
        put(out, &format!(",\"samples\":{{\"length\":{}", points.len()));
        list(out, "time", points, |out, point| decimal(out, point.time_nanos));
        let mut level = 0;
        list(out, "count", points, |out, point| match unit {
            // The front-end adds up what memory grew by; whole bytes add up exactly.
            Unit::Bytes => {
                let bytes = point.value.round().clamp(-MOST_BYTES, MOST_BYTES) as i64;
                put(out, &(bytes - level).to_string());
                level = bytes;
            }
            _ => serde_json::to_writer(out, &point.value).expect("a vector takes any number"),
        });
        put(out, "}}");
    }
}

/// Bytes that a binary fraction holds exactly.
const MOST_BYTES: f64 = 4_503_599_627_370_496.0;
