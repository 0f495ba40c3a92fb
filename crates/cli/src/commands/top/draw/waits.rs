//! What threads and tasks wait for, and the stack of the chosen wait.

use super::{nothing, table};
use crate::commands::top::app::App;
use crate::commands::top::look::{columns, percent, put};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{Place, task_waits, waits};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// One line of either kind.
struct Line {
    class: String,
    reason: String,
    place: Option<Place>,
    share: f64,
    mean: f64,
    is_task: bool,
    stack: Vec<String>,
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let threads = waits(snapshot, &app.ask).into_iter().map(|wait| Line {
        class: wait.class.to_owned(),
        reason: wait.reason,
        place: wait.place,
        share: wait.share,
        mean: wait.mean_threads,
        is_task: false,
        stack: wait.stack,
    });
    let tasks = task_waits(snapshot, &app.ask).into_iter().map(|wait| Line {
        class: wait.runtime,
        reason: wait.reason,
        place: wait.place,
        share: wait.share,
        mean: wait.mean_tasks,
        is_task: true,
        stack: wait.stack,
    });
    // Tasks first: they are what the program's author wrote.
    let lines: Vec<Line> = tasks.chain(threads).collect();
    if lines.is_empty() {
        return nothing(buffer, area, look, &["nothing was waited for in this window, or nothing matches"]);
    }
    let chosen = app.selected[app.place()].min(lines.len() - 1);
    let wanted = if app.detail { lines[chosen].stack.len() + 1 } else { 0 };
    let n_stack = wanted.min(usize::from(area.height) * 2 / 3) as u16;
    let upper = Rect { height: area.height - n_stack, ..area };
    let columns = columns([
        ("SHARE%", -6),
        ("AVERAGE", -8),
        ("WHO", 8),
        ("KIND", 10),
        ("WAITS FOR", 0),
        ("IN", 0),
        ("WHERE", 20),
    ]);
    table(buffer, upper, app, &columns, lines.len(), |at| {
        let line = &lines[at];
        let (who, style) = if line.is_task { ("tasks", look.accent()) } else { ("threads", Style::new()) };
        let location =
            line.place.as_ref().and_then(|place| place.location.clone().or_else(|| place.module.clone()));
        [
            (percent(line.share), look.heat(line.share)),
            (format!("{:.2}", line.mean), Style::new()),
            (who.to_owned(), style),
            (line.class.clone(), Style::new()),
            (line.reason.clone(), look.strong()),
            (line.place.as_ref().map_or_else(String::new, |place| place.function.clone()), Style::new()),
            (location.unwrap_or_default(), look.dim()),
        ]
    });
    if n_stack > 0 {
        let title = format!("stack of {}, innermost first", lines[chosen].reason);
        put(buffer, look, (area.x, upper.bottom()), area.width, &title, look.title(), false);
        for (row, function) in lines[chosen].stack.iter().take(usize::from(n_stack - 1)).enumerate() {
            let at = (area.x + 2, upper.bottom() + 1 + row as u16);
            put(buffer, look, at, area.width.saturating_sub(2), function, Style::new(), false);
        }
    }
    app.under.name = Some(lines[chosen].reason.clone());
}
