//! The overlay that says what keys do and what numbers mean.

use crate::commands::top::look::{Look, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

const TEXT: &[(&str, &str)] = &[
    ("1-7, Tab", "the views; arrows, PgUp, Home ... move in them"),
    ("Enter", "function: its callers; tree: fold; flame: zoom;"),
    ("", "thread: only this one; wait: its stack"),
    ("s", "sort functions or threads otherwise"),
    ("o", "time on the CPU, or time off it"),
    ("w, W", "longer or shorter window: 1, 5, 30, 120 s"),
    ("/", "filter by text or regular expression"),
    ("t, P", "only the chosen thread, its process; again: all"),
    ("c, Esc", "filters away; Esc also leaves a zoom, a stack"),
    ("p, space", "stand still; recording goes on"),
    ("f", "keep the last minutes for fathom report"),
    ("ctrl-Z, q", "step aside, leave"),
    ("", ""),
    ("SELF%, TOTAL%", "part of all CPU (or waiting) time of the window"),
    ("CPU%, RUNQ%, WAIT%", "part of the thread's own time"),
    ("AVERAGE", "how many threads or tasks were waiting so"),
];

pub(super) fn draw(buffer: &mut Buffer, area: Rect, look: Look) {
    let width = 76.min(area.width);
    let height = (TEXT.len() as u16 + 2).min(area.height);
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    let overlay = Rect::new(x, y, width, height);
    for position in overlay.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
    let (corner, line, side) = if look.unicode {
        (["┌", "┐", "└", "┘"], "─", "│")
    } else {
        (["+", "+", "+", "+"], "-", "|")
    };
    let across = line.repeat(usize::from(width.saturating_sub(2)));
    put(buffer, look, (x, y), width, &format!("{}{across}{}", corner[0], corner[1]), look.dim(), false);
    put(buffer, look, (x + 2, y), width, " help: any key closes it ", look.accent(), false);
    put(
        buffer,
        look,
        (x, overlay.bottom() - 1),
        width,
        &format!("{}{across}{}", corner[2], corner[3]),
        look.dim(),
        false,
    );
    for row in 1..height.saturating_sub(1) {
        let (keys, what) = TEXT[usize::from(row - 1)];
        put(buffer, look, (x, y + row), 1, side, look.dim(), false);
        put(buffer, look, (x + width - 1, y + row), 1, side, look.dim(), false);
        put(buffer, look, (x + 2, y + row), 22, keys, look.strong(), false);
        put(buffer, look, (x + 25, y + row), width.saturating_sub(27), what, Style::new(), false);
    }
}
