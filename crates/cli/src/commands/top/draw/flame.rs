//! The flame graph, outermost function on top, a row of cells for each call.

use super::nothing;
use crate::commands::top::app::App;
use crate::commands::top::look::{fit, percent, put};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{Flame, FlameBox, flame};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let width = f64::from(area.width.max(1));
    let graph = flame(snapshot, &app.ask, app.zoom.last().copied(), 0.5 / width);
    if graph.boxes.is_empty() {
        app.flame_moves = [None; 4];
        return nothing(
            buffer,
            area,
            look,
            &["no stacks in this window", "w looks further back, o shows waiting time"],
        );
    }
    if !graph.is_zoomed {
        app.zoom.clear();
    }
    let at =
        app.flame_at.and_then(|key| graph.boxes.iter().position(|one| one.key == key)).unwrap_or(graph.trunk);
    app.flame_at = Some(graph.boxes[at].key);
    app.flame_moves = moves(&graph, at);
    let rows = usize::from(area.height.saturating_sub(1));
    // The row of the cursor stays in sight, with one more below it; what only leads to the rest does not, unless the
    // cursor is there.
    let least = if app.zoom.is_empty() { graph.trunk } else { 0 };
    let first = (graph.boxes[at].row + 2).saturating_sub(rows).max(least).min(graph.boxes[at].row);
    let mut n_in_row = (usize::MAX, 0_usize);
    for (index, one) in graph.boxes.iter().enumerate() {
        n_in_row = if n_in_row.0 == one.row { (one.row, n_in_row.1 + 1) } else { (one.row, one.row % 2) };
        if one.row < first || one.row - first >= rows {
            continue;
        }
        let y = area.y + (one.row - first) as u16;
        draw_box(buffer, area, y, one, app, index == at, n_in_row.1 % 2 == 1);
    }
    let one = &graph.boxes[at];
    let place = one.place.location.clone().or_else(|| one.place.module.clone()).unwrap_or_default();
    let signal = if app.ask.off_cpu { "of time off the CPU" } else { "of CPU time" };
    let text = format!(
        "{}  {place}  {} % {signal}, itself {} %",
        one.place.function,
        percent(one.total_share),
        percent(one.self_share)
    );
    put(buffer, look, (area.x, area.bottom() - 1), area.width, &text, look.strong(), false);
}

fn draw_box(buffer: &mut Buffer, area: Rect, y: u16, one: &FlameBox, app: &App, is_at: bool, odd: bool) {
    let look = app.look;
    let width = f64::from(area.width);
    let from = (one.from * width).round() as u16;
    let until = ((one.to * width).round() as u16).min(area.width);
    if until <= from {
        return;
    }
    let mut style = look.kind(one.kind, odd);
    if app.ask.pattern.is_some() {
        style = if one.is_match {
            look.warning().add_modifier(Modifier::REVERSED)
        } else {
            look.kind(one.kind, odd).add_modifier(Modifier::DIM)
        };
    }
    if is_at {
        style = if look.color {
            look.strong().add_modifier(Modifier::REVERSED)
        } else {
            Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
        };
    }
    let cells = until - from;
    buffer.set_style(Rect::new(area.x + from, y, cells, 1), style);
    // A box of one or two cells says nothing; a line between neighbours is worth more than a letter.
    let text = if cells >= 3 { fit(&one.place.function, usize::from(cells), look) } else { String::new() };
    let edge = if look.unicode { '▏' } else { '|' };
    let text = if from > 0 && cells >= 2 {
        format!("{edge}{}", fit(&text, usize::from(cells - 1), look))
    } else {
        text
    };
    buffer.set_stringn(area.x + from, y, text, usize::from(cells), style);
}

/// Where the cursor can go: to the caller, to the widest callee, to the neighbours in the row.
fn moves(graph: &Flame, at: usize) -> [Option<u64>; 4] {
    let one = &graph.boxes[at];
    let middle = |one: &FlameBox| (one.from + one.to) / 2.0;
    let covers = |outer: &FlameBox, x: f64| outer.from <= x && x <= outer.to;
    let above = graph.boxes.iter().find(|other| other.row + 1 == one.row && covers(other, middle(one)));
    let below = graph.boxes.iter().filter(|other| other.row == one.row + 1 && covers(one, middle(other)));
    let below = below.max_by(|a, b| (a.to - a.from).total_cmp(&(b.to - b.from)));
    let left = graph.boxes[..at].iter().rev().find(|other| other.row == one.row);
    let right = graph.boxes[at + 1..].iter().find(|other| other.row == one.row);
    [above, below, left, right].map(|other| other.map(|other| other.key))
}
