//! Signals other than `cpu` and `off-cpu` in words.

use fathom_model::{Signal, Unit};

use crate::facts::{ReportJson, SignalFact};
use crate::text::{bytes_text, count_text, nanos_text, plain};

/// A table of a document.
pub(crate) struct SignalHeading<'a> {
    /// One word or two, in capitals.
    pub(crate) word: String,
    /// What the numbers are, with their sum.
    pub(crate) rest: String,
    /// The numbers.
    pub(crate) fact: &'a SignalFact,
}

/// A value in its unit.
pub(crate) fn value_text(unit: Unit, value: i64) -> String {
    match unit {
        Unit::Nanoseconds => nanos_text(value),
        Unit::Bytes => bytes_text(value.max(0).unsigned_abs()),
        Unit::Count => count_text(value.max(0).unsigned_abs()),
        Unit::Ratio => value.to_string(),
    }
}

/// The tables of a recording. How many objects there are stands in the heading of how large they are.
pub(crate) fn signal_headings(facts: &ReportJson) -> Vec<SignalHeading<'_>> {
    let total = |signal| facts.signals.iter().find(|fact| fact.signal == signal).map(|fact| fact.total);
    let is_told_elsewhere = |fact: &SignalFact| match fact.signal {
        Signal::AllocCount => total(Signal::AllocBytes).is_some(),
        Signal::LiveCount => total(Signal::LiveBytes).is_some(),
        // They gave the kernel's samples their names.
        Signal::ProgramCpu => facts.functions.samples > 0,
        _ => false,
    };
    let shown = facts.signals.iter().filter(|fact| !is_told_elsewhere(fact));
    shown
        .map(|fact| {
            let sum = value_text(fact.unit, fact.total);
            let with = |count: Option<i64>, what: &str| match count {
                Some(count) => format!(" in {} {what}", value_text(Unit::Count, count)),
                None => String::new(),
            };
            let (word, rest) = match fact.signal {
                Signal::AllocBytes => {
                    ("ALLOCATED", format!("{sum}{}", with(total(Signal::AllocCount), "allocations")))
                }
                Signal::LiveBytes => {
                    ("HEAP", format!("{sum} in use{}", with(total(Signal::LiveCount), "objects")))
                }
                Signal::AllocCount => ("ALLOCATED", format!("{sum} allocations")),
                Signal::LiveCount => ("HEAP", format!("{sum} objects in use")),
                Signal::Lock => ("LOCKS", format!("{sum} waited for, as the runtime tells")),
                Signal::Contention => ("CONTENTION", format!("{sum} waited for locks, by who let them go")),
                Signal::TaskBlock => (
                    "BLOCKED TASKS",
                    format!("{sum} of tasks waiting for one another, as the program counted"),
                ),
                Signal::Tasks => ("TASKS", format!("{sum} at the end, by where they are")),
                Signal::LeakedTasks => ("LEAKED TASKS", format!("{sum} that nothing can wake any more")),
                Signal::ProgramCpu => ("ON CPU BY ITSELF", format!("{sum} that the program sampled itself")),
                Signal::ProgramWall => {
                    ("RUNNING OR NOT", format!("{sum} between looks of the program's own sampler"))
                }
                _ => (fact.name.as_str(), sum),
            };
            SignalHeading { word: plain(word), rest, fact }
        })
        .collect()
}
