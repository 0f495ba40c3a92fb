//! What a reader is to do: summary, findings with evidence and advice, what was checked, what could not be told.

use fathom_model::{Finding, Judgement, PathStep};

use super::{Page, code, escape};
use crate::facts::ReportJson;
use crate::text::{
    full_place_text, goal_text, interval_text, model_text, percent_text, plain, severities_text, worth_text,
};

/// The part of the report that comes first.
pub(super) fn findings(judgement: &Judgement, facts: &ReportJson, page: &mut Page) {
    page.heading("Summary");
    summary(judgement, facts, page);
    page.heading("Findings");
    if judgement.findings.is_empty() {
        let blocked = judgement.gates.iter().find(|gate| gate.blocks);
        page.line(
            &blocked
                .map_or_else(|| "Nothing known fits this recording.".to_owned(), |gate| sentence(&gate.text)),
        );
    }
    for finding in &judgement.findings {
        one(judgement, finding, page);
    }
    lists(judgement, page);
}

fn summary(judgement: &Judgement, facts: &ReportJson, page: &mut Page) {
    let unit = facts.functions.unit;
    page.line(&format!("Goal: {} ({}).", goal_text(judgement, unit), escape(&judgement.goal.why)));
    page.line("");
    page.line(&format!("Findings: {}.", severities_text(judgement)));
    if let Some(at_most) = &judgement.roadmap.at_most {
        page.line(&format!(
            "Together they can save at most {} of {}; findings that overlap count once.",
            interval_text(at_most),
            judgement.goal.metric
        ));
    }
    if !judgement.findings.is_empty() {
        page.line("");
        page.table(
            ["", "severity", "what", "where", "share:", "at most:", "adds:", "effort"],
            judgement.findings.iter().map(|finding| {
                let at_most = finding.estimate.at_most.as_ref().map(interval_text);
                let adds = finding.estimate.marginal.map(percent_text);
                [
                    format!("[{}](#{})", finding.id, finding.id.to_lowercase()),
                    finding.severity.to_string(),
                    prose(&finding.title),
                    finding
                        .location
                        .as_ref()
                        .map(|location| code(&full_place_text(location)))
                        .unwrap_or_default(),
                    interval_text(&finding.impact.share),
                    at_most.unwrap_or_else(|| "–".to_owned()),
                    adds.unwrap_or_else(|| "–".to_owned()),
                    finding.effort.to_string(),
                ]
            }),
        );
    }
    for (name, ids) in [
        ("Quick (under an hour)", &judgement.roadmap.quick),
        ("Within a day", &judgement.roadmap.medium),
        ("Larger", &judgement.roadmap.architectural),
    ] {
        if !ids.is_empty() {
            page.line("");
            page.line(&format!("{name}: {}.", ids.join(", ")));
        }
    }
    if !judgement.gates.is_empty() {
        page.line("");
        page.line("What makes this less sure:");
        page.line("");
        judgement.gates.iter().for_each(|gate| page.line(&format!("- {}: {}", gate.id, prose(&gate.text))));
    }
}

fn one(judgement: &Judgement, finding: &Finding, page: &mut Page) {
    page.line("");
    page.line(&format!("<a id=\"{}\"></a>", finding.id.to_lowercase()));
    page.line("");
    page.line(&format!("### {} {} ({})", finding.id, prose(&finding.title), finding.severity));
    page.line("");
    if let Some(location) = &finding.location {
        page.line(&format!("{} in {}", code(&full_place_text(location)), code(&plain(&location.function))));
        page.line("");
    }
    page.line(&prose(&finding.cause));
    page.line("");
    page.line(&format!(
        "{} ({}).",
        sentence(&worth_text(judgement, finding)).trim_end_matches('.'),
        model_text(finding.estimate.model)
    ));
    if !finding.overlaps.is_empty() {
        page.line(&format!("It shares time with {}.", finding.overlaps.join(", ")));
    }
    if !finding.advice.is_empty() {
        page.line("");
        page.line("What to do:");
        page.line("");
        for (at, step) in finding.advice.iter().enumerate() {
            page.line(&format!("{}. {}", at + 1, prose(step)));
        }
    }
    page.line("");
    page.line("Seen:");
    page.line("");
    for line in &finding.evidence {
        page.line(&format!("- {} ({})", prose(&line.claim), line.source));
    }
    if finding.path.len() > 1 {
        let steps: Vec<String> = finding.path.iter().map(step_text).collect();
        page.line(&format!("- reached by {}", steps.join(" → ")));
    }
    for step in &finding.also_at {
        page.line(&format!("- also at {}", code(&full_place_text(&step.location))));
    }
    for assumption in &finding.estimate.assumptions {
        page.line(&format!("- assumed: {}", prose(assumption)));
    }
    for alternative in &finding.alternatives {
        page.line(&format!("- or else: {}", prose(alternative)));
    }
    page.line("");
    page.line(&format!("Check it: {}. Take it back: {}.", code(&finding.verify), prose(&finding.rollback)));
    page.line(&format!(
        "Effort {}, risk {}, grade {}, `fathom explain {}`, fingerprint `{}`.",
        finding.effort, finding.risk, finding.grade, finding.rule, finding.fingerprint
    ));
}

/// A function on the way, and how much of the finding comes through it.
fn step_text(step: &PathStep) -> String {
    format!("{} ({})", code(&plain(&step.location.function)), percent_text(step.share))
}

fn lists(judgement: &Judgement, page: &mut Page) {
    if !judgement.held.is_empty() {
        page.heading("Held against thresholds");
        page.table(
            ["what", "value:", "stands", "excellent to:", "good to:", "acceptable to:"],
            judgement.held.iter().map(|row| {
                let [excellent, good, acceptable] = row.bounds.clone();
                [row.name.clone(), row.value.clone(), row.band.to_string(), excellent, good, acceptable]
            }),
        );
    }
    if !judgement.checked.is_empty() {
        page.heading("Checked and fine");
        judgement
            .checked
            .iter()
            .for_each(|row| page.line(&format!("- {} (`{}`)", prose(&row.text), row.rule)));
    }
    if !judgement.unsure.is_empty() {
        page.heading("Could not be told");
        for row in &judgement.unsure {
            let command =
                row.command.as_deref().map(|command| format!(": {}", code(command))).unwrap_or_default();
            page.line(&format!("- `{}` needs {}{command}", row.rule, prose(&row.needs)));
        }
    }
    if !judgement.hygiene.is_empty() {
        page.heading("Hygiene");
        page.line("Patterns in the source whose cost was not seen. No number, no urgency.");
        page.line("");
        for row in &judgement.hygiene {
            let place = row.location.as_ref().map(full_place_text).unwrap_or_default();
            page.line(&format!("- {}: {} (`{}`)", code(&place), prose(&row.title), row.rule));
        }
    }
}

/// Escapes what stands outside of code spans; rules set names of the program between backticks.
fn prose(text: &str) -> String {
    let mut parts = text.split('`').peekable();
    let mut out = String::with_capacity(text.len());
    let mut is_code = false;
    while let Some(part) = parts.next() {
        // An odd backtick at the end opens nothing.
        if is_code && parts.peek().is_some() {
            out += &code(part);
        } else {
            out += &escape(part);
        }
        is_code = !is_code;
    }
    out
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_code_and_nothing_becomes_markup() {
        assert_eq!(prose("`a_b` is <b> in `c`"), "`a_b` is \\<b\\> in `c`");
        assert_eq!(prose("odd ` one"), format!("odd {}", escape(" one")));
    }
}
