//! The table of what tasks waited for that have no thread of their own.

use crate::catalog::terminal::page::Page;
use crate::catalog::terminal::tables::chain_text;
use crate::facts::{ReportJson, TaskWaitFact};
use crate::text::{Color, average_text, last_part, nanos_text, pad, pad_left, plain, tasks_text};
use fathom_analysis::short_function_name;

const ROWS: usize = 5;

/// Waits of tasks by reason and own code; nothing for a program without tasks.
pub(super) fn task_waits(facts: &ReportJson, page: &mut Page) {
    let waits = &facts.task_waits;
    let Some(first) = waits.rows.first() else { return };
    let average: f64 = waits.rows.iter().map(|wait| wait.average_tasks).sum();
    let what = tasks_text(&first.runtime);
    let heading = format!(
        "{} waited by {what}, {} of them on average",
        nanos_text(waits.total_nanos),
        average_text(average)
    );
    page.heading("TASK WAITS", &heading);
    let rest = page.width.saturating_sub(2 + 9 + 9);
    let reason = rest * 2 / 7;
    let row = |time: &str, tasks: &str, why: &str, place: &str| {
        format!("  {} {} {} {place}", pad_left(time, 8), pad_left(tasks, 8), pad(why, reason - 1))
    };
    let heading = page.paint.paint(Color::Dim, &row("time", "on avg.", "for", "asked by"));
    page.line(&heading);
    for wait in waits.rows.iter().take(ROWS) {
        let place = place_text(facts, wait, rest - reason);
        page.line(&row(
            &nanos_text(wait.nanos),
            &average_text(wait.average_tasks),
            &plain(&wait.reason),
            &place,
        ));
    }
}

fn place_text(facts: &ReportJson, wait: &TaskWaitFact, columns: usize) -> String {
    match (&wait.function, wait.chain.is_empty()) {
        (_, false) => chain_text(facts, &wait.chain, (wait.file.as_deref(), wait.line), columns),
        (Some(function), true) => {
            plain(&format!("(no own code) {}", last_part(&short_function_name(function))))
        }
        (None, true) => "(no own code)".to_owned(),
    }
}
