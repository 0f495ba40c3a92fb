//! What the columns of a profile are here: a signal, the number of observations behind one, or a column of its own.

use super::tables::Tables;
use crate::builder::RecordingBuilder;
use fathom_model::{Signal, Unit};

/// Begin of the comment in which Fathom's writer tells the signals of its columns.
pub(super) const SIGNALS_COMMENT: &str = "fathom signals:";
/// In that comment: a column that counts the observations of the next one.
pub(super) const COUNTS: &str = "n";
/// In that comment: a column with a name of its own.
pub(super) const COLUMN: &str = "column";

/// Columns that are looked at: of those without a signal there is room for eight.
const MOST_COLUMNS: usize = 256;
/// Comments that are looked at.
const MOST_COMMENTS: usize = 100;

/// A column that becomes samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    /// Its position among the values.
    pub(super) at: usize,
    pub(super) signal: Signal,
    /// What a value is multiplied by.
    pub(super) factor: i64,
    /// The position of the number of observations.
    pub(super) counts: Option<usize>,
    /// The value of one observation, where the profile says so; 0 if not.
    pub(super) period: i64,
    /// It may be what tasks waited for one another instead of what others waited for a lock: names tell.
    pub(super) may_be_waiting: bool,
}

/// Names of columns by what they are: name, whether values are a time, signal.
const KNOWN: &[(&str, Kind, Signal)] = &[
    ("cpu", Kind::Time, Signal::ProgramCpu),
    ("cpu-time", Kind::Time, Signal::ProgramCpu),
    ("wall", Kind::Time, Signal::ProgramWall),
    ("wall-time", Kind::Time, Signal::ProgramWall),
    ("alloc_objects", Kind::Count, Signal::AllocCount),
    ("alloc_space", Kind::Bytes, Signal::AllocBytes),
    ("alloc-samples", Kind::Count, Signal::AllocCount),
    ("alloc-size", Kind::Bytes, Signal::AllocBytes),
    ("inuse_objects", Kind::Count, Signal::LiveCount),
    ("inuse_space", Kind::Bytes, Signal::LiveBytes),
    // Of C++ heaps, and of Node's.
    ("objects", Kind::Count, Signal::LiveCount),
    ("space", Kind::Bytes, Signal::LiveBytes),
    ("delay", Kind::Time, Signal::Contention),
    ("goroutine", Kind::Count, Signal::Tasks),
    ("goroutineleak", Kind::Count, Signal::LeakedTasks),
];

/// Columns that count the observations of others, and whose.
const COUNTING: &[(&str, &[Signal])] = &[
    ("samples", &[Signal::ProgramCpu, Signal::ProgramWall]),
    ("sample", &[Signal::ProgramCpu, Signal::ProgramWall]),
    ("contentions", &[Signal::Contention]),
    ("cpu-samples", &[Signal::ProgramCpu]),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Time,
    Bytes,
    Count,
}

/// What to make of each column of values.
pub(super) fn plans(tables: &Tables, width: usize, builder: &mut RecordingBuilder) -> Vec<Plan> {
    let types: Vec<(String, String)> = (0..width.min(MOST_COLUMNS))
        .map(|at| match tables.value_types.get(at) {
            Some((kind, unit)) => (tables.text(*kind).into_owned(), tables.text(*unit).into_owned()),
            None => (format!("value {}", at + 1), String::new()),
        })
        .collect();
    if let Some(plans) = own_plans(tables, &types, builder) {
        return plans;
    }
    let mut plans: Vec<Plan> = Vec::new();
    let mut others = Vec::new();
    for (at, (kind, unit)) in types.iter().enumerate() {
        let (measured, factor) = unit_of(unit);
        let known = KNOWN.iter().find(|(name, needed, _)| name == kind && *needed == measured);
        let known = known.map(|(_, _, signal)| *signal);
        match known.filter(|signal| plans.iter().all(|plan| plan.signal != *signal)) {
            Some(signal) => plans.push(Plan {
                at,
                signal,
                factor,
                counts: None,
                // Of a heap it is how far apart samples are on average, not what one of them is.
                period: if measured == Kind::Time { period_of(tables, kind, unit) } else { 0 },
                may_be_waiting: signal == Signal::Contention,
            }),
            None => others.push(at),
        }
    }
    for at in others {
        let (kind, unit) = &types[at];
        let counting = COUNTING.iter().find(|(name, _)| name == kind).map_or(&[][..], |(_, whose)| whose);
        let mut counted =
            plans.iter_mut().filter(|plan| counting.contains(&plan.signal) && plan.counts.is_none());
        if let Some(plan) = counted.next() {
            plan.counts = Some(at);
            continue;
        }
        let (measured, factor) = unit_of(unit);
        let signal = if COUNTING[..2].iter().any(|(name, _)| name == kind) && measured == Kind::Count {
            // Only one of them; and then it stands for itself.
            Some(Signal::Samples).filter(|signal| plans.iter().all(|plan| plan.signal != *signal))
        } else {
            None
        };
        let signal = signal.or_else(|| builder.column(&column_name(kind, unit), model_unit(measured)));
        let Some(signal) = signal else { continue };
        plans.push(Plan { at, signal, factor, counts: None, period: 0, may_be_waiting: false });
    }
    plans.sort_by_key(|plan| plan.at);
    for plan in plans.iter_mut().filter(|plan| matches!(plan.signal, Signal::Samples | Signal::Tasks)) {
        plan.period = 1;
    }
    plans
}

/// The columns of a profile that Fathom wrote: it says what they are.
fn own_plans(
    tables: &Tables,
    types: &[(String, String)],
    builder: &mut RecordingBuilder,
) -> Option<Vec<Plan>> {
    let comment = comment_with(tables, SIGNALS_COMMENT)?;
    let told: Vec<&str> = comment.split_whitespace().collect();
    if told.len() != types.len() {
        return None;
    }
    let mut plans = Vec::new();
    let mut counts = None;
    for (at, (told, (name, unit))) in told.iter().zip(types).enumerate() {
        let signal = match *told {
            COUNTS => {
                counts = Some(at);
                continue;
            }
            COLUMN => builder.column(name, Unit::parse(unit).unwrap_or(Unit::Count)),
            signal => Some(Signal::parse(signal)?),
        };
        let counts = counts.take();
        let Some(signal) = signal else { continue };
        plans.push(Plan { at, signal, factor: 1, counts, period: 0, may_be_waiting: false });
    }
    Some(plans)
}

/// What stands behind the start of the first comment that begins so.
pub(super) fn comment_with(tables: &Tables, begin: &str) -> Option<String> {
    let mut texts = tables.comments.iter().take(MOST_COMMENTS).map(|id| tables.text(*id));
    texts.find_map(|text| text.strip_prefix(begin).map(str::to_owned))
}

/// What a period says about a column: it is that of one observation if both are of the same type.
fn period_of(tables: &Tables, kind: &str, unit: &str) -> i64 {
    let (period_kind, period_unit) = tables.period_type;
    let is_same = tables.text(period_kind) == kind && tables.text(period_unit) == unit;
    if is_same { tables.period.max(0) } else { 0 }
}

/// What a unit measures, and how many nanoseconds, bytes or things it is.
fn unit_of(unit: &str) -> (Kind, i64) {
    match unit {
        "nanoseconds" | "nanosecond" | "ns" => (Kind::Time, 1),
        "microseconds" | "microsecond" | "us" => (Kind::Time, 1_000),
        "milliseconds" | "millisecond" | "ms" => (Kind::Time, 1_000_000),
        "seconds" | "second" | "s" => (Kind::Time, 1_000_000_000),
        "bytes" | "byte" | "B" => (Kind::Bytes, 1),
        "kilobytes" | "kilobyte" | "kb" | "KB" => (Kind::Bytes, 1 << 10),
        "megabytes" | "megabyte" | "mb" | "MB" => (Kind::Bytes, 1 << 20),
        _ => (Kind::Count, 1),
    }
}

fn model_unit(kind: Kind) -> Unit {
    match kind {
        Kind::Time => Unit::Nanoseconds,
        Kind::Bytes => Unit::Bytes,
        Kind::Count => Unit::Count,
    }
}

/// A unit that is none of the model's stays with the name.
fn column_name(kind: &str, unit: &str) -> String {
    let is_plain = matches!(unit, "" | "count" | "counts" | "objects" | "unit") || unit == kind;
    if is_plain || unit_of(unit).0 != Kind::Count { kind.to_owned() } else { format!("{kind} ({unit})") }
}
