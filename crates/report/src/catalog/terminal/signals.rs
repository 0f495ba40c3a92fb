//! What is neither time on a CPU nor waiting: memory, contended locks, tasks; the heaviest places of each.

use fathom_analysis::short_function_name;

use crate::catalog::terminal::page::Page;
use crate::facts::{ReportJson, SignalRowFact};
use crate::text::{
    Color, fit_left, last_part, location_text, pad, pad_left, percent_text, plain, signal_headings,
    value_text,
};

const ROWS: usize = 3;

/// One small table for each signal; counts stand in the heading of what they count.
pub(super) fn signals(facts: &ReportJson, page: &mut Page) {
    for heading in signal_headings(facts) {
        page.heading(&heading.word, &heading.rest);
        let rest = page.width.saturating_sub(2 + 9 + 1 + 7);
        let function = rest * 2 / 5;
        for row in heading.fact.rows.iter().filter(|row| row.value > 0).take(ROWS) {
            let value = value_text(heading.fact.unit, row.value);
            let numbers = format!("  {} {}", pad_left(&value, 9), pad(&percent_text(row.share), 7));
            let name = pad(&plain(&short_function_name(&row.function)), function - 1);
            let place = fit_left(&place_text(facts, row), rest - function);
            page.line(&format!("{numbers}{name} {place}"));
        }
        let others = (heading.fact.rows.len() as u64 + heading.fact.left_out).saturating_sub(ROWS as u64);
        if others > 0 {
            let line = page.paint.paint(Color::Dim, &format!("  and {others} more in the full report"));
            page.line(&line);
        }
    }
}

/// The own code that asked for it, and its line.
fn place_text(facts: &ReportJson, row: &SignalRowFact) -> String {
    let directory = facts.meta.target.working_directory.as_deref();
    let place = plain(&location_text(row.file.as_deref(), row.line, directory));
    match &row.asked_by {
        Some(name) if *name != row.function => {
            format!("{} {place}", plain(last_part(&short_function_name(name))))
        }
        _ => place,
    }
}
