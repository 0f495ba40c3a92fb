//! The columns of a profile: names that other tools know where there are some, ours elsewhere.

use crate::catalog::pprof::signals::{COLUMN, COUNTS, SIGNALS_COMMENT};
use fathom_model::{Recording, Signal};

/// Go's compiler looks for `samples/count` and `cpu/nanoseconds`.
pub(super) const CPU: &str = "cpu";

/// A column of values: its name, its unit, and whose values (or raw observations) it holds.
pub(super) struct SampleType {
    pub(super) name: String,
    pub(super) unit: &'static str,
    pub(super) signal: Signal,
    pub(super) counts: bool,
}

/// The columns of these signals, in their order.
pub(super) fn sample_types(signals: &[Signal], recording: &Recording) -> Vec<SampleType> {
    let has = |signal: Signal| signals.contains(&signal);
    let mut types: Vec<SampleType> = Vec::new();
    for &signal in signals {
        let name = match signal {
            Signal::AllocBytes => "alloc_space",
            Signal::AllocCount => "alloc_objects",
            Signal::LiveBytes => "inuse_space",
            Signal::LiveCount => "inuse_objects",
            // What a program sampled of itself is its CPU profile where there is no better one.
            Signal::ProgramCpu if !has(Signal::Cpu) => CPU,
            Signal::Contention => "delay",
            Signal::TaskBlock if !has(Signal::Contention) => "delay",
            Signal::Samples if has(Signal::Cpu) || has(Signal::ProgramCpu) => "observations",
            other => recording.meta.name_of(other),
        };
        let counting = match name {
            CPU => Some("samples"),
            "delay" => Some("contentions"),
            _ => None,
        };
        if let Some(counting) = counting.filter(|_| !Signal::COLUMNS.contains(&signal)) {
            types.push(SampleType { name: counting.to_owned(), unit: "count", signal, counts: true });
        }
        let unit = recording.meta.unit_of(signal).as_str();
        types.push(SampleType { name: name.to_owned(), unit, signal, counts: false });
    }
    types
}

/// Says which signal each column is.
pub(super) fn comment(types: &[SampleType]) -> String {
    let told = types.iter().map(|kind| match kind.signal {
        _ if kind.counts => COUNTS,
        signal if Signal::COLUMNS.contains(&signal) => COLUMN,
        signal => signal.as_str(),
    });
    std::iter::once(SIGNALS_COMMENT).chain(told).collect::<Vec<_>>().join(" ")
}
