//! Findings in words that several documents print.

use fathom_model::{Estimate, Finding, GoalMetric, Interval, Judgement, Location, Model, Severity, Unit};

use crate::text::{last_part, nanos_text, plain};

/// `31 % [28-34]`; the interval only where it is wider than the figure shows.
pub(crate) fn interval_text(interval: &Interval) -> String {
    let of = |ratio: f64| {
        let percent = ratio * 100.0;
        if percent < 9.95 { format!("{percent:.1}") } else { format!("{percent:.0}") }
    };
    let (point, low, high) = (of(interval.point), of(interval.low), of(interval.high));
    if low == high { format!("{point} %") } else { format!("{point} % [{low}-{high}]") }
}

/// `a.py:6`, or the function where no line is known.
pub(crate) fn place_text(location: &Location) -> String {
    match (&location.file, location.line) {
        (Some(file), Some(line)) => format!("{}:{line}", plain(last_part(file))),
        (Some(file), None) => plain(last_part(file)),
        (None, _) => plain(&location.function),
    }
}

/// The same with the whole path.
pub(crate) fn full_place_text(location: &Location) -> String {
    match (&location.file, location.line) {
        (Some(file), Some(line)) => format!("{}:{line}", plain(file)),
        (Some(file), None) => plain(file),
        (None, _) => match &location.module {
            Some(module) => format!("{} in {}", plain(&location.function), plain(module)),
            None => plain(&location.function),
        },
    }
}

/// What a finding can be worth, as a whole sentence.
pub(crate) fn worth_text(judgement: &Judgement, finding: &Finding) -> String {
    let Estimate { model, at_most, .. } = &finding.estimate;
    let metric = match model {
        Model::Capacity => GoalMetric::Cpu,
        _ => judgement.goal.metric,
    };
    let Some(at_most) = at_most else {
        return "what it is worth cannot be told from this recording".to_owned();
    };
    let n = finding.impact.n;
    let share = interval_text(at_most);
    match model {
        Model::AmdahlBound => {
            format!("removing it entirely saves at most {share} of {metric} by itself (n = {n})")
        }
        Model::CriticalWait => format!("without this wait at most {share} of {metric} is saved (n = {n})"),
        Model::Overlap => {
            format!("waiting for all at once instead of in turn saves at most {share} of {metric}")
        }
        Model::CountCost => format!("doing it once saves at most {share} of {metric}"),
        Model::GcAlloc => {
            format!("less garbage saves at most {share} of {metric}, the collector's part (n = {n})")
        }
        Model::Capacity => {
            format!("at most {share} of {metric} becomes free; nothing is known to end sooner")
        }
        Model::TimeToLimit | Model::None => "what it is worth cannot be told from this recording".to_owned(),
    }
}

/// Where the number of an estimate comes from, for whoever does not know the names of models.
pub(crate) fn model_text(model: Model) -> &'static str {
    match model {
        Model::AmdahlBound => {
            "Amdahl bound: the time of the part that would be gone, without what other code gains from freer caches"
        }
        Model::CriticalWait => "waits of the thread that the goal waits for",
        Model::Overlap => "waits in turn that could pass at the same time",
        Model::CountCost => "counted operations and what each costs",
        Model::GcAlloc => "the collector's time, which shrinks with the garbage",
        Model::Capacity => "CPU time that would be free",
        Model::TimeToLimit => "time until a limit is reached",
        Model::None => "none",
    }
}

/// `2 critical, 1 low`, the worst first.
pub(crate) fn severities_text(judgement: &Judgement) -> String {
    let count =
        |severity: Severity| judgement.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = Severity::ALL.iter().rev().map(|severity| (*severity, count(*severity)));
    let texts: Vec<String> =
        counts.filter(|(_, n)| *n > 0).map(|(severity, n)| format!("{n} {severity}")).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

/// The goal and its size.
pub(crate) fn goal_text(judgement: &Judgement, unit: Unit) -> String {
    let goal = &judgement.goal;
    let value = match goal.metric {
        GoalMetric::Wall | GoalMetric::Cpu => nanos_text(goal.value),
        GoalMetric::Profile => crate::text::value_text(unit, goal.value),
    };
    format!("{value} of {}", goal.metric)
}
