//! From columns to a recording: threads and their samples, events and series.

use super::document::{Column, Counter, Document, Group, Marker, Own, SampleTable, Thread};
use super::frames::View;
use crate::builder::RecordingBuilder;
use crate::input::Input;
use crate::json::{JsonTokens, Number, Token};
use crate::notes::Notes;
use fathom_model::{
    ClockPair, Epoch, Event, Issue, ProcessId, Recording, Sample, SeriesPoint, Signal, StackId, ThreadId,
    ThreadState, Unit,
};
use std::collections::HashMap;
use std::rc::Rc;

const MILLION: i64 = 1_000_000;
/// Ends the list of what a marker waits for: Firefox's phases.
const PHASE_INTERVAL: i64 = 1;
const PHASE_BEGIN: i64 = 2;
const PHASE_END: i64 = 3;

pub(super) fn recording(document: Document, input: &Input<'_>, notes: &mut Notes) -> (Recording, Vec<Issue>) {
    let mut builder = RecordingBuilder::new(super::FORMAT.name, input.limits());
    let Some(root) = document.root() else { return builder.finish(false) };
    head(root, &mut builder);
    let mut pids = Pids::default();
    let mut shared: Option<Rc<Vec<Option<StackId>>>> = None;
    for (number, thread) in document.threads.iter().enumerate() {
        let view = View::new(&document, thread);
        let stacks = match (&shared, view.is_shared()) {
            (Some(stacks), true) => Rc::clone(stacks),
            _ => Rc::new(view.stacks(&mut builder, notes)),
        };
        if view.is_shared() && shared.is_none() {
            shared = Some(Rc::clone(&stacks));
        }
        let process_name = thread.process_name.as_ref().unwrap_or(&thread.process_type);
        let process = builder.process(pids.number(thread.pid.as_deref(), thread.group), process_name);
        let tid = thread.tid.as_deref().and_then(|tid| tid.parse().ok());
        let tid = tid.unwrap_or_else(|| i32::try_from(number).unwrap_or(0));
        let name = thread.own.as_ref().map_or(&thread.name, |own| &own.thread);
        let group = &document.groups[thread.group];
        let mut filler = Filler {
            thread: builder.thread(process, tid, name),
            builder: &mut builder,
            process,
            stacks: &stacks,
            shift: group.start.unwrap_or(0).saturating_sub(root.start.unwrap_or(0)),
            notes,
        };
        filler.samples(thread, group, root.interval);
        filler.allocations(&thread.js_allocations);
        filler.allocations(&thread.native_allocations);
        filler.events(thread, view);
    }
    for (group, counter) in &document.counters {
        let start = document.groups[*group].start.unwrap_or(0).saturating_sub(root.start.unwrap_or(0));
        let pid = pids.number(counter.pid.as_deref(), *group);
        let process = builder.process(pid, "");
        series(counter, (!counter.is_of_host).then_some(process), start, &mut builder, notes);
    }
    builder.finish(true)
}

fn head(root: &Group, builder: &mut RecordingBuilder) {
    let form = match (root.processed_version, root.gecko_version) {
        (Some(version), _) => format!("processed profile version {version}"),
        (None, Some(version)) => format!("Gecko profile version {version}"),
        (None, None) => "version unknown".to_owned(),
    };
    let tool = if root.imported_from.is_empty() { &root.product } else { &root.imported_from };
    builder.tool(format!("{tool} ({form})").trim_start().to_owned());
    let meta = builder.meta();
    meta.host.architecture = root.architecture.split('-').next().unwrap_or_default().to_owned();
    if let Some(realtime_nanos) = root.start.filter(|start| *start > 0) {
        meta.clock_pairs = vec![ClockPair { monotonic_nanos: 0, realtime_nanos }];
    }
    if let Some(interval) = root.interval.filter(|interval| *interval > 0) {
        meta.epochs = vec![Epoch { rate_hz: 1e9 / interval as f64, ..Epoch::default() }];
    }
}

/// Numbers of processes: texts in later versions, `12`, `12.1` and others.
#[derive(Default)]
struct Pids {
    unknown: HashMap<String, i32>,
}

impl Pids {
    fn number(&mut self, pid: Option<&str>, group: usize) -> i32 {
        let text = pid.map_or_else(|| format!("group {group}"), str::to_owned);
        let whole = text.split('.').next().and_then(|whole| whole.parse().ok());
        // Numbers that the kernel does not give stand for names.
        whole.unwrap_or_else(|| {
            let next = -(i32::try_from(self.unknown.len()).unwrap_or(i32::MAX - 1) + 1);
            *self.unknown.entry(text).or_insert(next)
        })
    }
}

/// Fills in one thread.
struct Filler<'a, 'b> {
    builder: &'a mut RecordingBuilder,
    process: ProcessId,
    thread: ThreadId,
    stacks: &'b [Option<StackId>],
    /// Nanoseconds from the profile's begin to that of the thread's process.
    shift: i64,
    notes: &'a mut Notes,
}

impl Filler<'_, '_> {
    fn samples(&mut self, thread: &Thread, group: &Group, interval: Option<i64>) {
        let table = &thread.samples;
        let own = thread.own.as_ref().map(|own| own_signal(own, self.builder));
        let interval = interval.filter(|interval| *interval > 0);
        let cpu_unit = match group.cpu_unit.as_str() {
            "ns" => Some(1),
            "µs" => Some(1_000),
            // CPU cycles of a rate that is not told are no time.
            _ => None,
        };
        let mut clock = Clock::default();
        for row in 0..n_rows(table) {
            let time = clock.at(&table.time, &table.time_delta, row);
            let weight = if table.weight.is_empty() { Some(1) } else { table.weight.get(row) };
            let millionths =
                if table.weight.is_empty() { Some(MILLION) } else { table.weight_millionths.get(row) };
            let is_time = table.weight_type == "tracing-ms";
            let observed = match (own, table.weight_type.as_str(), interval) {
                (Some(signal), ..) => signal.zip(if is_time { millionths } else { weight }),
                (None, "tracing-ms", _) => millionths.map(|nanos| (Signal::ProgramWall, nanos)),
                (None, "bytes", _) => self.builder.column("bytes", Unit::Bytes).zip(weight),
                (None, _, Some(interval)) => {
                    weight.and_then(|weight| Some((Signal::ProgramWall, weight.checked_mul(interval)?)))
                }
                (None, _, None) => weight.map(|weight| (Signal::Samples, weight)),
            };
            let stack = self.stack(table.stack.index(row));
            let n = if own.is_some() || is_time { 1 } else { weight.unwrap_or(1).clamp(0, u32::MAX.into()) };
            match (observed, time) {
                (Some((signal, value)), Some(time)) => self.sample(signal, time, stack, value, n as u32),
                _ => self.notes.say("samples without a time or weight", || {
                    format!("sample {row} has no time or no weight that is a number in range")
                }),
            }
            let cpu = table.cpu_delta_millionths.get(row).zip(cpu_unit).filter(|_| own.is_none() && row > 0);
            if let (Some((millionths, factor)), Some(time)) = (cpu, time)
                && millionths > 0
            {
                self.sample(
                    Signal::ProgramCpu,
                    time,
                    stack,
                    (millionths / MILLION).saturating_mul(factor),
                    1,
                );
            }
        }
    }

    fn allocations(&mut self, table: &SampleTable) {
        let mut clock = Clock::default();
        for row in 0..n_rows(table) {
            let time = clock.at(&table.time, &table.time_delta, row);
            let (Some(time), Some(bytes)) = (time, table.weight.get(row)) else { continue };
            let stack = self.stack(table.stack.index(row));
            if bytes >= 0 {
                self.sample(Signal::AllocBytes, time, stack, bytes, 1);
            } else if let Some(signal) = self.builder.column("freed bytes", Unit::Bytes) {
                self.sample(signal, time, stack, bytes.saturating_neg(), 1);
            }
        }
    }

    fn stack(&mut self, row: Option<usize>) -> Option<StackId> {
        let row = row?;
        let found = self.stacks.get(row).copied().flatten();
        if found.is_none() {
            let n = self.stacks.len();
            self.notes.say("stacks that are not there", || {
                format!("stack {row} is not among the {n} of its table")
            });
        }
        found
    }

    fn sample(&mut self, signal: Signal, time: i64, stack: Option<StackId>, value: i64, n: u32) {
        self.builder.sample(Sample {
            signal,
            time_nanos: time.saturating_add(self.shift),
            process: self.process,
            thread: self.thread,
            cpu: None,
            stack,
            value,
            n,
            state: ThreadState::Unknown,
            labels: None,
        });
    }

    fn events(&mut self, thread: &Thread, view: View<'_>) {
        // Begins that wait for their end, by name.
        let mut open: HashMap<i64, Vec<&Marker>> = HashMap::new();
        for marker in &thread.markers {
            let name = marker.name.unwrap_or(-1);
            match marker.phase {
                PHASE_BEGIN => open.entry(name).or_default().push(marker),
                PHASE_END => {
                    let begin = open.get_mut(&name).and_then(Vec::pop);
                    let data = begin.and_then(|begin| begin.data.as_ref()).or(marker.data.as_ref());
                    let start = begin.map_or(marker.end, |begin| begin.start);
                    self.event(marker.name, start, marker.end, data, view);
                }
                phase => {
                    let end = marker.end.filter(|_| phase == PHASE_INTERVAL);
                    self.event(marker.name, marker.start, end, marker.data.as_ref(), view);
                }
            }
        }
        let mut open: Vec<&Marker> = open.into_values().flatten().collect();
        open.sort_by_key(|marker| (marker.start, marker.name));
        for marker in open {
            self.event(marker.name, marker.start, None, marker.data.as_ref(), view);
        }
    }

    fn event(
        &mut self,
        name: Option<i64>,
        start: Option<i64>,
        end: Option<i64>,
        data: Option<&String>,
        view: View<'_>,
    ) {
        let (Some(name), Some(start)) = (view.string(name), start) else {
            self.notes.say("markers without a name or time", || "a marker has no name or no time".into());
            return;
        };
        let payload = Payload::parse(data.map_or("", String::as_str));
        let attributes = match (payload.attributes, data) {
            (Some(own), _) => own,
            (None, Some(data)) => data.clone(),
            (None, None) => "{}".to_owned(),
        };
        self.builder.event(Event {
            id: 0,
            parent: None,
            kind: name.to_owned(),
            start_nanos: start.saturating_add(self.shift),
            duration_nanos: end.map_or(0, |end| end.saturating_sub(start).max(0)),
            thread: (!payload.is_of_host).then_some(self.thread),
            stack: payload.stack.and_then(|row| self.stacks.get(row).copied().flatten()),
            trace_id: payload.trace_id,
            span_id: payload.span_id,
            attributes,
        });
    }
}

/// What is taken out of a marker's payload.
#[derive(Default)]
struct Payload {
    stack: Option<usize>,
    /// Of markers written here.
    attributes: Option<String>,
    trace_id: Option<String>,
    span_id: Option<String>,
    is_of_host: bool,
}

impl Payload {
    fn parse(text: &str) -> Self {
        let mut payload = Self::default();
        let mut is_own = false;
        let mut json = JsonTokens::of_text(text);
        // The text was checked when it was read, or is empty.
        json.enter(Token::Object);
        while let Some(name) = json.next_key() {
            match name {
                "type" => is_own = json.text() == Some("fathom"),
                "attributes" => payload.attributes = json.text().map(str::to_owned),
                "traceId" => payload.trace_id = json.text().map(str::to_owned),
                "spanId" => payload.span_id = json.text().map(str::to_owned),
                "host" => {
                    payload.is_of_host = true;
                    json.skip_value();
                }
                "cause" => {
                    if json.enter(Token::Object) {
                        while let Some(name) = json.next_key() {
                            match name {
                                "stack" => payload.stack = json.number().and_then(Number::as_index),
                                _ => json.skip_value(),
                            }
                        }
                    }
                }
                _ => json.skip_value(),
            }
        }
        if is_own { payload } else { Self { stack: payload.stack, ..Self::default() } }
    }
}

/// Times that are given each, or as the difference to the one before.
#[derive(Default)]
struct Clock {
    last: i64,
}

impl Clock {
    fn at(&mut self, times: &Column, deltas: &Column, row: usize) -> Option<i64> {
        if deltas.is_empty() {
            return times.get(row);
        }
        self.last = self.last.saturating_add(deltas.get(row)?);
        Some(self.last)
    }
}

fn n_rows(table: &SampleTable) -> usize {
    table.stack.len().max(table.time.len()).max(table.time_delta.len())
}

fn own_signal(own: &Own, builder: &mut RecordingBuilder) -> Option<Signal> {
    match Signal::parse(&own.signal).filter(|signal| !Signal::COLUMNS.contains(signal)) {
        Some(signal) => Some(signal),
        None => builder.column(&own.column, Unit::parse(&own.unit).unwrap_or(Unit::Count)),
    }
}

fn series(
    counter: &Counter,
    process: Option<ProcessId>,
    shift: i64,
    builder: &mut RecordingBuilder,
    notes: &mut Notes,
) {
    // Memory is told as what it grew by.
    let is_memory = counter.category == "Memory";
    let unit = match counter.category.as_str() {
        "Memory" | "Bandwidth" => Unit::Bytes,
        own => Unit::parse(own).unwrap_or(Unit::Count),
    };
    let mut clock = Clock::default();
    let mut level = 0.0;
    for (row, count) in counter.count.iter().enumerate() {
        let time = clock.at(&counter.time, &counter.time_delta, row);
        let value = if is_memory { level + count } else { *count };
        let (Some(time), true) = (time, value.is_finite()) else {
            notes.say("bad points of counters", || {
                format!("point {row} of counter `{}` has no time or value", counter.name)
            });
            continue;
        };
        level = value;
        builder.point(SeriesPoint {
            name: counter.name.clone(),
            unit,
            time_nanos: time.saturating_add(shift),
            value,
            process,
        });
    }
}
