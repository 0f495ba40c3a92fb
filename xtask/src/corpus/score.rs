//! What was found of what was planted, and what was found where nothing is.

use super::gain::Gain;
use super::judged::{Kept, kept};
use super::program::{Case, Variant};
use anyhow::Result;
use fathom_model::{Finding, GoalMetric, Grade};
use std::fmt::Write;

/// One case.
pub(super) struct Row {
    name: String,
    /// Place of the planted cause among the findings, from 1.
    rank: Option<usize>,
    /// Whether its line is the planted one.
    is_line_exact: bool,
    grade: Option<Grade>,
    /// Upper end of the bound, as a share of the goal.
    bound: Option<f64>,
    /// What the twin really saves of the goal.
    gain: Option<f64>,
    /// Findings on twin and trap: `variant rule grade`.
    false_findings: Vec<String>,
    false_confirmed: usize,
    false_likely: usize,
    n_clean: usize,
}

/// Judges the recordings of a case.
///
/// # Errors
/// A recording is missing or cannot be read.
pub(super) fn score(case: &Case, gain: Option<Gain>) -> Result<Row> {
    let of = |variant: Variant| kept(&format!("{}/{}-{}", case.rule, case.language, variant.name()));
    let mut row = Row {
        name: case.name(),
        rank: None,
        is_line_exact: false,
        grade: None,
        bound: None,
        gain: None,
        false_findings: Vec::new(),
        false_confirmed: 0,
        false_likely: 0,
        n_clean: 0,
    };
    if let Some(bug) = of(Variant::Bug)? {
        let found = |finding: &Finding| finding.rule == case.rule && is_near(&bug, finding);
        let at = bug.judgement.findings.iter().position(found);
        let at = at.or_else(|| bug.judgement.findings.iter().position(|finding| finding.rule == case.rule));
        if let Some(finding) = at.map(|at| &bug.judgement.findings[at]) {
            row.rank = at.map(|at| at + 1);
            row.is_line_exact = is_near(&bug, finding);
            row.grade = Some(finding.grade);
            row.bound = finding.estimate.at_most.as_ref().map(|at_most| at_most.high);
        }
        row.gain =
            gain.map(|gain| if bug.judgement.goal.metric == GoalMetric::Wall { gain.wall } else { gain.cpu });
    }
    for variant in [Variant::Twin, Variant::Trap] {
        let Some(clean) = of(variant)? else { continue };
        row.n_clean += 1;
        for finding in &clean.judgement.findings {
            row.false_findings.push(format!("{} {} {}", variant.name(), finding.rule, finding.grade));
        }
        row.false_confirmed +=
            usize::from(clean.judgement.findings.iter().any(|finding| finding.grade >= Grade::E2));
        row.false_likely +=
            usize::from(clean.judgement.findings.iter().any(|finding| finding.grade == Grade::E1));
    }
    Ok(row)
}

/// Whether a finding is on a planted line; where no line is planted, everywhere is right.
fn is_near(bug: &Kept, finding: &Finding) -> bool {
    let Some(location) = &finding.location else { return bug.planted.is_empty() };
    let is_file =
        location.file.as_deref().and_then(|file| file.rsplit('/').next()) == Some(bug.file.as_str());
    bug.planted.is_empty() || is_file && location.line.is_some_and(|line| bug.planted.contains(&line))
}

/// The table and the sums under it.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = String::from("| case | found | rank | line | bound | true gain | on twin and trap |\n");
    text.push_str("| --- | --- | --: | --- | --: | --: | --- |\n");
    let percent =
        |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0));
    for row in rows {
        let found = row.grade.map_or("missed".to_owned(), |grade| grade.to_string());
        let rank = row.rank.map_or("–".to_owned(), |rank| rank.to_string());
        let line = if row.rank.is_none() {
            "–"
        } else if row.is_line_exact {
            "exact"
        } else {
            "other"
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "| {} | {found} | {rank} | {line} | {} | {} | {} |",
            row.name,
            percent(row.bound),
            percent(row.gain),
            row.false_findings.join("; "),
        );
    }
    let part = |n: usize, of: usize| format!("{n} of {of} ({:.0} %)", n as f64 / of.max(1) as f64 * 100.0);
    let count = |holds: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| holds(row)).count();
    let found = count(&|row| row.rank.is_some());
    let clean: usize = rows.iter().map(|row| row.n_clean).sum();
    let confirmed: usize = rows.iter().map(|row| row.false_confirmed).sum();
    let likely: usize = rows.iter().map(|row| row.false_likely).sum();
    let bounded = count(&|row| row.bound.is_some() && row.gain.is_some());
    let held = count(&|row| matches!((row.bound, row.gain), (Some(bound), Some(gain)) if gain <= bound));
    let _ = write!(
        text,
        "\nfound {}; first {}; line exact {}; twins and traps with a finding at E2 {}, at E1 {}; true gain under the bound {}\n",
        part(found, rows.len()),
        part(count(&|row| row.rank == Some(1)), found),
        part(count(&|row| row.is_line_exact), found),
        part(confirmed, clean),
        part(likely, clean),
        part(held, bounded),
    );
    text
}
