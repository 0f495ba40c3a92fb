//! Differences in words and numbers, as all pages print them. Knows no layout.

use fathom_model::Unit;

use crate::diff::types::{ChangeFact, DiffFunctionFact, DiffJson, DiffSideFact, VerdictFact};
use crate::text::{bytes_text, count_text, nanos_text, percent_text};

impl VerdictFact {
    /// The word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Less => "less",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Same => "same",
            Self::Unproved => "unproved",
        }
    }

    /// Whether a difference is proved.
    pub(crate) fn is_change(self) -> bool {
        !matches!(self, Self::Same | Self::Unproved)
    }
}

/// A value in its unit; negative ones keep their sign.
pub(crate) fn amount_text(unit: Unit, value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let magnitude = value.abs().round().min(i64::MAX as f64) as i64;
    match unit {
        Unit::Nanoseconds => format!("{sign}{}", nanos_text(magnitude)),
        Unit::Bytes => format!("{sign}{}", bytes_text(magnitude.unsigned_abs())),
        Unit::Count | Unit::Ratio => format!("{sign}{}", count_text(magnitude.unsigned_abs())),
    }
}

/// `+1.2 s`, `-3`.
pub(crate) fn signed_text(unit: Unit, value: f64) -> String {
    let text = amount_text(unit, value);
    if text.starts_with('-') || value.round() == 0.0 { text } else { format!("+{text}") }
}

/// A value of one side: an amount, or a share where shares are compared.
pub(crate) fn side_text(facts: &DiffJson, value: i64, total: i64) -> String {
    if facts.normalised {
        percent_text(value as f64 / total.max(1) as f64)
    } else {
        amount_text(facts.unit, value as f64)
    }
}

/// `+1.2 s [+0.9 s, +1.5 s]`; in points of percent where shares are compared.
pub(crate) fn difference_text(facts: &DiffJson, change: &ChangeFact) -> String {
    if facts.normalised {
        let points = |value: f64| format!("{:+.1}", value / facts.a.total.max(1) as f64 * 100.0);
        format!("{} [{}, {}] pt", points(change.difference), points(change.low), points(change.high))
    } else {
        let text = |value: f64| signed_text(facts.unit, value);
        format!("{} [{}, {}]", text(change.difference), text(change.low), text(change.high))
    }
}

/// `12.3 s in 6,150 samples, 30.0 s long`.
pub(crate) fn side_summary(facts: &DiffJson, side: &DiffSideFact) -> String {
    format!(
        "{} of {} in {} samples, recorded for {}",
        amount_text(facts.unit, side.total as f64),
        facts.signal_name,
        count_text(side.samples),
        nanos_text(side.duration_nanos)
    )
}

/// Whether amounts or shares were compared.
pub(crate) fn scale_text(facts: &DiffJson) -> String {
    if facts.normalised {
        format!("shares are compared: B times {:.3}, so that the totals agree", facts.scale)
    } else {
        "amounts are compared".into()
    }
}

/// `30 %: +12 %`: what can be proved of large and small functions.
pub(crate) fn provable_text(facts: &DiffJson) -> String {
    let parts = facts.provable.iter().map(|provable| {
        let growth = match provable.growth {
            Some(growth) => format!("from +{:.0} % on", (growth * 100.0).ceil()),
            None => "nothing".into(),
        };
        format!("of a function with {:.0} %: {growth}", provable.share * 100.0)
    });
    format!("these samples can prove growth {}", parts.collect::<Vec<_>>().join(", "))
}

/// What would prove the largest differences that are not proved.
pub(crate) fn needed(facts: &DiffJson) -> impl Iterator<Item = (&DiffFunctionFact, u64)> {
    let unproved = facts.functions.iter().filter(|row| row.own.verdict == VerdictFact::Unproved);
    unproved.filter_map(|row| Some((row, row.samples_needed?)))
}
