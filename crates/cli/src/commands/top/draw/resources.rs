//! Memory, input and output, and the state of the host, as numbers and lines over the last two minutes.

use super::{nothing, table};
use crate::commands::top::app::App;
use crate::commands::top::look::{columns, quantity};
use fathom_session::top::Snapshot;
use fathom_session::top::view::resources;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let lines = resources(snapshot, &app.ask, false);
    if lines.is_empty() {
        return nothing(buffer, area, look, &["no series yet: they are read once a second"]);
    }
    let columns = columns([("OF", 14), ("WHAT", 20), ("NOW", -9), ("MOST", -9), ("LAST TWO MINUTES", 0)]);
    let spark_width = usize::from(area.width).saturating_sub(14 + 20 + 9 + 9 + 4);
    table(buffer, area, app, &columns, lines.len(), |at| {
        let line = &lines[at];
        let owner = line.pid.map_or_else(|| line.owner.clone(), |pid| format!("{} {pid}", line.owner));
        [
            (owner, look.dim()),
            (line.name.replace('_', " "), look.strong()),
            (quantity(line.now, line.unit, line.is_rate), Style::new()),
            (quantity(line.range.1, line.unit, line.is_rate), look.dim()),
            (look.spark(&line.spark, spark_width.min(120)), look.accent()),
        ]
    });
    app.under.pid = lines.get(app.selected[app.place()]).and_then(|line| line.pid);
}
