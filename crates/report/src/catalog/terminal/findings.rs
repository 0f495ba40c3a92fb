//! What costs most, why, what to do; and what was looked at and is fine. One screen: three findings, three lines each.

use fathom_model::{Finding, Judgement, Severity};

use crate::catalog::terminal::page::{LABEL_COLUMNS, Page};
use crate::text::{Color, interval_text, pad, place_text, plain, severities_text, worth_text};

/// Findings on the screen; the other documents have all of them.
const FINDINGS: usize = 3;
/// Rules that are named as checked; the other documents have all of them.
const CHECKED: usize = 4;

/// The findings, what they are worth together, and the rules that found nothing.
pub(super) fn findings(judgement: &Judgement, page: &mut Page) {
    let n = judgement.findings.len();
    let together = match &judgement.roadmap.at_most {
        Some(at_most) if n > 1 => {
            format!(
                "{}; together at most {} of {}",
                severities_text(judgement),
                interval_text(at_most),
                judgement.goal.metric
            )
        }
        _ => severities_text(judgement),
    };
    page.heading("FINDINGS", &together);
    for finding in judgement.findings.iter().take(FINDINGS) {
        row(judgement, finding, page);
    }
    if n > FINDINGS {
        page.line(&format!("  {} more are in the full report", n - FINDINGS));
    }
    if n == 0 {
        let blocked = judgement.gates.iter().find(|gate| gate.blocks);
        let hottest = judgement.checked.iter().find(|row| row.rule == "cpu/hot-function");
        match (blocked, hottest) {
            (Some(gate), _) => page.paragraph(&gate.text),
            (None, Some(row)) => page.paragraph(&format!("nothing known fits; {}", row.text)),
            (None, None) => page.paragraph("nothing known fits"),
        }
    }
    for (at, gate) in judgement.gates.iter().filter(|gate| !gate.blocks).enumerate() {
        page.labelled_paragraph(if at == 0 { "UNSURE" } else { "" }, &gate.text);
    }
    let fine: Vec<&str> = judgement
        .checked
        .iter()
        .filter(|row| row.rule != "cpu/hot-function")
        .map(|row| row.text.as_str())
        .collect();
    if !fine.is_empty() {
        let mut text = fine.iter().take(CHECKED).copied().collect::<Vec<_>>().join("; ");
        if fine.len() > CHECKED {
            text += &format!("; and {} more", fine.len() - CHECKED);
        }
        page.labelled_paragraph("FINE", &text);
    }
}

/// What and where; what it is worth at most; what to do.
fn row(judgement: &Judgement, finding: &Finding, page: &mut Page) {
    let color = match finding.severity {
        Severity::Critical | Severity::High => Color::Red,
        Severity::Medium => Color::Yellow,
        Severity::Low | Severity::Info => Color::Dim,
    };
    let place = finding.location.as_ref().map(place_text).unwrap_or_default();
    let head = format!(
        "{} {}",
        page.paint.paint(Color::Bold, &finding.id),
        page.paint.paint(color, &pad(finding.severity.as_str(), 8))
    );
    page.line(&format!("  {head}  {}  {}", plain(&finding.title), page.paint.paint(Color::Dim, &place)));
    let worth = format!("{} · {} ({})", worth_text(judgement, finding), finding.cause, finding.grade);
    page.indented(LABEL_COLUMNS, &worth);
    let advice = finding
        .advice
        .first()
        .map_or_else(|| format!("fathom explain {}", finding.rule), |advice| format!("→ {advice}"));
    page.indented(LABEL_COLUMNS, &advice);
}
