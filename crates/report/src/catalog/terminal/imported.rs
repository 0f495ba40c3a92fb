//! The summary of a profile that another tool made: what it is, its functions, its other signals. What such a profile
//! cannot tell (time by kind, waits, the life of threads) is not printed as if it were missing.

use fathom_model::Judgement;

use crate::catalog::terminal::page::Page;
use crate::catalog::terminal::{findings, foot, runtime, signals, tables};
use crate::facts::ReportJson;
use crate::text::{Color, imported_text};

/// The page.
pub(super) fn imported(
    facts: &ReportJson,
    judgement: Option<&Judgement>,
    page: &mut Page,
    recording_name: &str,
) {
    let line = format!("{} · {}", page.paint.paint(Color::Bold, "fathom"), imported_text(facts));
    page.line(&line);
    if let Some(judgement) = judgement {
        findings::findings(judgement, page);
    }
    tables::functions(facts, page);
    signals::signals(facts, page);
    runtime::runtime(facts, page);
    foot::notes(facts, page);
    foot::next(facts, page, recording_name);
}
