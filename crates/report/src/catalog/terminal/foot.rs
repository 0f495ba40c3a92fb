//! Memory and I/O, the quality box, missing collectors, the next command: blocks of lines beside a label.

use crate::catalog::terminal::page::{LABEL_COLUMNS, Page};
use crate::facts::ReportJson;
use crate::text::{Color, epochs_line, fit, next_commands, plain, quality_lines, resource_items, wrap};

/// Notes on the screen; the other documents have all of them.
const NOTES: usize = 3;

/// Memory and I/O, faults, switches, the state of the host.
pub(super) fn resources(facts: &ReportJson, page: &mut Page) {
    page.line("");
    for (at, line) in wrap(&resource_items(facts), " · ", page.width - LABEL_COLUMNS).iter().enumerate() {
        page.labelled(if at == 0 { "USED" } else { "" }, line);
    }
}

/// How far the numbers can be trusted and what they cost.
pub(super) fn quality(facts: &ReportJson, page: &mut Page) {
    let width = page.width - LABEL_COLUMNS;
    let mut lines: Vec<String> =
        quality_lines(facts).iter().flat_map(|items| wrap(items, " · ", width)).collect();
    lines.extend(epochs_line(facts));
    lines.extend(note_lines(facts));
    for (at, line) in lines.iter().enumerate() {
        page.labelled_paragraph(if at == 0 { "QUALITY" } else { "" }, line);
    }
}

/// What a reader should know, of a profile whose quality is not known otherwise.
pub(super) fn notes(facts: &ReportJson, page: &mut Page) {
    page.line("");
    for (at, line) in note_lines(facts).iter().enumerate() {
        page.labelled_paragraph(if at == 0 { "QUALITY" } else { "" }, line);
    }
}

fn note_lines(facts: &ReportJson) -> Vec<String> {
    let notes = &facts.meta.quality.notes;
    let mut lines: Vec<String> = notes.iter().take(NOTES).map(|note| format!("note: {note}")).collect();
    if notes.len() > NOTES {
        lines.push(format!("{} more notes are in the full report", notes.len() - NOTES));
    }
    lines
}

/// Collectors that did not run, why, and what would change it.
pub(super) fn collectors(facts: &ReportJson, page: &mut Page) {
    let missing = facts.meta.collectors.iter().filter(|collector| !collector.used);
    for (at, collector) in missing.enumerate() {
        let label = if at == 0 { "MISSING" } else { "" };
        page.labelled_paragraph(label, &format!("{}: {}", collector.id, collector.how));
        if let Some(fix) = &collector.fix {
            // A command is not wrapped, so that it can be copied.
            page.labelled("", &format!("fix: {}", plain(fix)));
        }
    }
}

/// The next commands to run.
pub(super) fn next(facts: &ReportJson, page: &mut Page, recording_name: &str) {
    for (at, (command, what)) in next_commands(facts, recording_name).into_iter().enumerate() {
        let what = page.paint.paint(Color::Dim, &fit(&format!("# {what}"), page.width));
        page.labelled(if at == 0 { "NEXT" } else { "" }, &format!("{command}  {what}"));
    }
}
