//! What the runtimes told of themselves: events by kind, and their series.

use crate::catalog::terminal::page::Page;
use crate::facts::{EventFact, ReportJson};
use crate::text::{
    Color, count_text, fit, fit_left, last_part, location_text, nanos_text, number_text, pad, pad_left,
    plain, runtime_series,
};
use fathom_analysis::short_function_name;

const EVENTS: usize = 6;
const SERIES: usize = 4;

/// Events and series of runtimes; nothing where none told anything.
pub(super) fn runtime(facts: &ReportJson, page: &mut Page) {
    let series = runtime_series(facts);
    if facts.events.is_empty() && series.is_empty() {
        return;
    }
    let n_events: u64 = facts.events.iter().map(|event| event.count).sum();
    page.heading("RUNTIME", &format!("{} events as the runtime tells them", count_text(n_events)));
    let kind = page.width.saturating_sub(2 + 9 * 4).clamp(12, 22);
    let place = page.width.saturating_sub(2 + kind + 9 * 4 + 1);
    let row = |what: &str, numbers: [&str; 4], at: &str| {
        let numbers: String = numbers.iter().map(|number| pad_left(number, 9)).collect();
        format!("  {}{numbers} {}", pad(what, kind), fit_left(at, place))
    };
    if !facts.events.is_empty() {
        let heading = row("event", ["n", "total", "median", "p99"], "most of it in");
        let heading = page.paint.paint(Color::Dim, &heading);
        page.line(&heading);
    }
    for event in facts.events.iter().take(EVENTS) {
        let numbers = [
            count_text(event.count),
            nanos_text(event.total_nanos),
            nanos_text(event.median_nanos),
            nanos_text(event.p99_nanos),
        ];
        let [n, total, median, p99] = &numbers;
        page.line(&row(&plain(&event.kind), [n, total, median, p99], &place_text(facts, event)));
    }
    for fact in series.iter().take(SERIES) {
        let text = format!(
            "  {} mean {}, largest {}",
            plain(&fact.name),
            number_text(fact.unit, fact.mean),
            number_text(fact.unit, fact.max)
        );
        page.line(&fit(&text, page.width));
    }
}

fn place_text(facts: &ReportJson, event: &EventFact) -> String {
    let Some(place) = event.places.first() else { return String::new() };
    let directory = facts.meta.target.working_directory.as_deref();
    let at = location_text(place.file.as_deref(), place.line, directory);
    format!("{} {at}", plain(last_part(&short_function_name(&place.function)))).trim_end().to_owned()
}
