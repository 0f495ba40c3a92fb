//! The hottest functions.

use super::{nothing, table};
use crate::commands::top::app::App;
use crate::commands::top::look::{columns, percent};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{FunctionSort, functions};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let lines = functions(snapshot, &app.ask);
    if lines.is_empty() {
        let why = if app.ask.pattern.is_some() {
            "no function matches; Esc shows all"
        } else if app.ask.off_cpu {
            "no time off the CPU was seen in this window"
        } else {
            "no CPU time in this window: 5 shows what is waited for, w looks further back"
        };
        return nothing(buffer, area, look, &[why]);
    }
    let bar_width = if area.width >= 110 { 12 } else { 6 };
    let marks = match (app.ask.function_sort, look.unicode) {
        (FunctionSort::Own, true) => ["SELF%▼", "TOTAL%", "FUNCTION"],
        (FunctionSort::Total, true) => ["SELF%", "TOTAL%▼", "FUNCTION"],
        (FunctionSort::Name, true) => ["SELF%", "TOTAL%", "FUNCTION▲"],
        (FunctionSort::Own, false) => ["SELF%*", "TOTAL%", "FUNCTION"],
        (FunctionSort::Total, false) => ["SELF%", "TOTAL%*", "FUNCTION"],
        (FunctionSort::Name, false) => ["SELF%", "TOTAL%", "FUNCTION*"],
    };
    let location = if area.width >= 110 { 32 } else { 22 };
    let signal = if app.ask.off_cpu { "OFF-CPU" } else { "ON-CPU" };
    let columns =
        columns([(marks[0], -6), (marks[1], -7), (signal, bar_width), (marks[2], 0), ("WHERE", location)]);
    let most = lines.iter().map(|line| line.self_share).fold(0.0, f64::max);
    table(buffer, area, app, &columns, lines.len(), |at| {
        let line = &lines[at];
        let style = look.heat(line.self_share);
        let of_most = if most > 0.0 { line.self_share / most } else { 0.0 };
        let place = line.place.location.clone().or_else(|| line.place.module.clone()).unwrap_or_default();
        [
            (percent(line.self_share), style),
            (percent(line.total_share), Style::new()),
            (look.bar(of_most, usize::from(columns[2].width)), style),
            (line.place.function.clone(), if line.kind == "user" { look.strong() } else { Style::new() }),
            (place, look.dim()),
        ]
    });
    app.under.name = lines.get(app.selected[app.place()]).map(|line| line.place.function.clone());
}
