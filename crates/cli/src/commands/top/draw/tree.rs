//! The call tree, unfolded where it matters.

use super::{nothing, table};
use crate::commands::top::app::App;
use crate::commands::top::look::{columns, percent};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{tree, trunk};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Depth that is shown by indentation; deeper ones keep it, with their depth as a number.
const MAX_INDENT: usize = 30;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let lines = tree(snapshot, &app.ask, &app.unfolded);
    if lines.is_empty() {
        return nothing(
            buffer,
            area,
            look,
            &["no stacks in this window", "w looks further back, Esc takes filters away"],
        );
    }
    let (trunk, place) = (trunk(&lines), app.place());
    // What only leads to the rest is above, for who wants to see it.
    if !app.moved[place] {
        (app.selected[place], app.scroll[place]) = (trunk, trunk);
    }
    let signal =
        if app.ask.off_cpu { "OFF-CPU: FUNCTION AND WHAT IT CALLS" } else { "FUNCTION AND WHAT IT CALLS" };
    let columns = columns([("TOTAL%", -6), ("SELF%", -6), (signal, 0), ("WHERE", 22)]);
    table(buffer, area, app, &columns, lines.len(), |at| {
        let line = &lines[at];
        let sign = match (line.has_children, line.is_open, look.unicode) {
            (false, _, _) => ' ',
            (true, true, true) => '▾',
            (true, false, true) => '▸',
            (true, true, false) => '-',
            (true, false, false) => '+',
        };
        let depth = line.depth.saturating_sub(trunk);
        let deeper = depth.saturating_sub(MAX_INDENT);
        let number = if deeper > 0 { format!("({depth}) ") } else { String::new() };
        // Half an indentation: stacks are deep and screens are not wide.
        let indent = " ".repeat(depth.min(MAX_INDENT));
        let place = line.place.location.clone().or_else(|| line.place.module.clone()).unwrap_or_default();
        [
            (percent(line.total_share), look.heat(line.total_share)),
            (percent(line.self_share), look.heat(line.self_share)),
            (format!("{indent}{sign} {number}{}", line.place.function), Style::new()),
            (place, look.dim()),
        ]
    });
    if let Some(line) = lines.get(app.selected[app.place()]) {
        app.under.name = Some(line.place.function.clone());
        app.under.key = Some(line.key);
        (app.under.is_open, app.under.has_children) = (line.is_open, line.has_children);
    }
}
