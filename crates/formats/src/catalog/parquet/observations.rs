//! What was seen: `samples`, `labels`, `series`, `events`, `findings`.

use super::repair::{NewNames, in_order};
use super::{StackHashes, Table};
use crate::columnar::{TableReader, TableWriter};
use fathom_model::{
    Event, Issue, Label, LabelsId, ProcessId, Recording, Sample, SeriesPoint, Signal, StackId, ThreadId,
    ThreadState, Unit,
};

pub(super) const SAMPLES: Table = Table { name: "samples", write: write_samples, read: read_samples };
pub(super) const LABELS: Table = Table { name: "labels", write: write_labels, read: read_labels };
pub(super) const SERIES: Table = Table { name: "series", write: write_series, read: read_series };
pub(super) const EVENTS: Table = Table { name: "events", write: write_events, read: read_events };
pub(super) const FINDINGS: Table = Table { name: "findings", write: write_findings, read: |_, _, _| Ok(()) };

fn write_samples(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let samples = &recording.samples;
    TableWriter::new("samples", samples.len())
        .text("signal", samples.iter().map(|sample| sample.signal.as_str()))
        .int64("time", samples.iter().map(|sample| sample.time_nanos))
        .id("process_id", samples.iter().map(|sample| sample.process.0))
        .id("thread_id", samples.iter().map(|sample| sample.thread.0))
        .optional_id("cpu", samples.iter().map(|sample| sample.cpu))
        .optional_id("stack", samples.iter().map(|sample| sample.stack.map(|id| id.0)))
        .int64("value", samples.iter().map(|sample| sample.value))
        .int64("n", samples.iter().map(|sample| i64::from(sample.n)))
        .text("state", samples.iter().map(|sample| sample.state.as_str()))
        .optional_id("labels_id", samples.iter().map(|sample| sample.labels.map(|id| id.0)))
        .finish()
}

fn read_samples(
    table: &TableReader<'_>,
    recording: &mut Recording,
    issues: &mut Vec<Issue>,
) -> Result<(), String> {
    table.require(&["signal", "time", "process_id", "thread_id", "value"])?;
    let (signal, state) = (table.texts("signal")?, table.texts("state")?);
    let (time, value, n) = (table.ints("time")?, table.ints("value")?, table.ints("n")?);
    let (process, thread, cpu) = (table.ints("process_id")?, table.ints("thread_id")?, table.ints("cpu")?);
    let (stack, labels) = (table.ints("stack")?, table.ints("labels_id")?);
    let mut new_signals = NewNames::default();
    recording.samples = (0..table.rows())
        .filter_map(|row| {
            let name = signal.get(row).unwrap_or_default();
            Some(Sample {
                signal: Signal::parse(name).or_else(|| new_signals.seen(name))?,
                time_nanos: time.get(row).unwrap_or(0),
                process: ProcessId(process.id(row).unwrap_or(u32::MAX)),
                thread: ThreadId(thread.id(row).unwrap_or(u32::MAX)),
                cpu: cpu.id(row),
                stack: stack.id(row).map(StackId),
                value: value.get(row).unwrap_or(0),
                n: n.id(row).unwrap_or(1),
                state: state.get(row).map_or(ThreadState::Unknown, ThreadState::parse),
                labels: labels.id(row).map(LabelsId),
            })
        })
        .collect();
    new_signals.report("samples.parquet", "signal", "left out", issues);
    Ok(())
}

fn write_labels(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let labels = &recording.labels;
    TableWriter::new("labels", labels.len())
        .id("id", labels.iter().map(|label| label.id.0))
        .text("key", labels.iter().map(|label| label.key.as_str()))
        .text("value", labels.iter().map(|label| label.value.as_str()))
        .finish()
}

fn read_labels(table: &TableReader<'_>, recording: &mut Recording, _: &mut Vec<Issue>) -> Result<(), String> {
    table.require(&["id", "key", "value"])?;
    let (id, key, value) = (table.ints("id")?, table.texts("key")?, table.texts("value")?);
    recording.labels = (0..table.rows())
        .filter_map(|row| {
            let id = LabelsId(id.id(row)?);
            Some(Label {
                id,
                key: key.owned(row).unwrap_or_default(),
                value: value.owned(row).unwrap_or_default(),
            })
        })
        .collect();
    Ok(())
}

fn write_series(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let series = &recording.series;
    TableWriter::new("series", series.len())
        .text("name", series.iter().map(|point| point.name.as_str()))
        .text("unit", series.iter().map(|point| point.unit.as_str()))
        .int64("time", series.iter().map(|point| point.time_nanos))
        .double("value", series.iter().map(|point| point.value))
        .optional_id("process_id", series.iter().map(|point| point.process.map(|id| id.0)))
        .finish()
}

fn read_series(
    table: &TableReader<'_>,
    recording: &mut Recording,
    issues: &mut Vec<Issue>,
) -> Result<(), String> {
    table.require(&["name", "time", "value"])?;
    let (name, unit) = (table.texts("name")?, table.texts("unit")?);
    let (time, value, process) = (table.ints("time")?, table.doubles("value")?, table.ints("process_id")?);
    let mut new_units = NewNames::default();
    recording.series = (0..table.rows())
        .filter_map(|row| {
            let unit = unit.get(row).unwrap_or(Unit::Count.as_str());
            Some(SeriesPoint {
                name: name.owned(row)?,
                unit: Unit::parse(unit).or_else(|| new_units.seen(unit))?,
                time_nanos: time.get(row)?,
                value: value.get(row)?,
                process: process.id(row).map(ProcessId),
            })
        })
        .collect();
    new_units.report("series.parquet", "unit", "left out", issues);
    Ok(())
}

fn write_events(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let events = &recording.events;
    TableWriter::new("events", events.len())
        .id("id", events.iter().map(|event| event.id))
        .optional_id("parent", events.iter().map(|event| event.parent))
        .text("kind", events.iter().map(|event| event.kind.as_str()))
        .int64("start", events.iter().map(|event| event.start_nanos))
        .int64("duration", events.iter().map(|event| event.duration_nanos))
        .optional_id("thread_id", events.iter().map(|event| event.thread.map(|id| id.0)))
        .optional_id("stack", events.iter().map(|event| event.stack.map(|id| id.0)))
        .optional_text("trace_id", events.iter().map(|event| event.trace_id.as_deref()))
        .optional_text("span_id", events.iter().map(|event| event.span_id.as_deref()))
        .text("attributes", events.iter().map(|event| event.attributes.as_str()))
        .finish()
}

fn read_events(table: &TableReader<'_>, recording: &mut Recording, _: &mut Vec<Issue>) -> Result<(), String> {
    table.require(&["id", "kind", "start"])?;
    let order = in_order(&table.ints("id")?, table.rows())?;
    let (parent, kind) = (table.ints("parent")?, table.texts("kind")?);
    let (start, duration) = (table.ints("start")?, table.ints("duration")?);
    let (thread, stack) = (table.ints("thread_id")?, table.ints("stack")?);
    let (trace_id, span_id) = (table.texts("trace_id")?, table.texts("span_id")?);
    let attributes = table.texts("attributes")?;
    recording.events = order
        .into_iter()
        .enumerate()
        .map(|(id, row)| Event {
            id: id as u32,
            parent: parent.id(row),
            kind: kind.owned(row).unwrap_or_default(),
            start_nanos: start.get(row).unwrap_or(0),
            duration_nanos: duration.get(row).unwrap_or(0),
            thread: thread.id(row).map(ThreadId),
            stack: stack.id(row).map(StackId),
            trace_id: trace_id.owned(row),
            span_id: span_id.owned(row),
            attributes: attributes.owned(row).unwrap_or_else(|| "{}".into()),
        })
        .collect();
    Ok(())
}

/// Always empty in version 1.0: recordings hold no findings yet. The table is there so that a query over many
/// recordings finds it everywhere.
fn write_findings(_: &Recording, _: StackHashes) -> Vec<u8> {
    let none = std::iter::empty::<&str>;
    TableWriter::new("findings", 0)
        .text("id", none())
        .text("rule", none())
        .text("attributes", none())
        .finish()
}
