//! One frame: head, tabs, a view, footer. Draws into a buffer and changes only what the app keeps for the keys.

mod flame;
mod functions;
mod help;
mod resources;
mod runtimes;
mod threads;
mod tree;
mod waits;

use super::app::{App, RowUnder, View, WINDOWS};
use super::look::{Column, Look, bytes, percent, places, put, time};
use fathom_session::top::Snapshot;
use fathom_session::top::view::head;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Below this nothing can be read.
const LEAST: (u16, u16) = (40, 10);

/// Draws everything.
pub(crate) fn draw(frame: &mut Frame<'_>, app: &mut App, latest: Option<&Snapshot>) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    let look = app.look;
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let text = format!("needs {}x{}", LEAST.0, LEAST.1);
        put(buffer, look, (area.x, area.y), area.width, &text, Style::new(), false);
        return;
    }
    let paused = app.paused.clone();
    let Some(snapshot) = paused.as_deref().or(latest) else {
        put(
            buffer,
            look,
            (area.x, area.y),
            area.width,
            "fathom top: looking for the first time ...",
            look.strong(),
            false,
        );
        return;
    };
    let n_head = draw_head(buffer, area, app, snapshot);
    let footer = area.bottom() - 1;
    let inner = Rect::new(area.x, area.y + n_head, area.width, footer - area.y - n_head);
    app.under = RowUnder::default();
    (app.n_rows, app.n_visible) = (0, usize::from(inner.height.saturating_sub(1)));
    match app.view {
        View::Functions => functions::draw(buffer, inner, app, snapshot),
        View::Tree => tree::draw(buffer, inner, app, snapshot),
        View::Flame => flame::draw(buffer, inner, app, snapshot),
        View::Threads => threads::draw(buffer, inner, app, snapshot),
        View::Waits => waits::draw(buffer, inner, app, snapshot),
        View::Runtimes => runtimes::draw(buffer, inner, app, snapshot),
        View::Resources => resources::draw(buffer, inner, app, snapshot),
    }
    draw_footer(buffer, Rect::new(area.x, footer, area.width, 1), app);
    if app.help {
        help::draw(buffer, area, look);
    }
}

/// Who, how sure, at what cost; the tabs. Gives the rows it took.
fn draw_head(buffer: &mut Buffer, area: Rect, app: &App, snapshot: &Snapshot) -> u16 {
    let look = app.look;
    let dot = if look.unicode { "·" } else { "|" };
    let head = head(snapshot);
    let pids: Vec<String> = head.pids.iter().take(4).map(ToString::to_string).collect();
    let more = if head.pids.len() > 4 { " ..." } else { "" };
    let (state, state_style) = match () {
        () if app.paused.is_some() => ("PAUSED", look.warning()),
        () if head.is_ended => ("ENDED", look.warning()),
        () => ("live", look.accent()),
    };
    let clock = format!("{} {dot} {state}", time(head.elapsed_seconds.floor()));
    let clock_width = clock.chars().count() as u16;
    let left = area.width.saturating_sub(clock_width + 1);
    let mut x = area.x;
    let name = format!("{} ({}{more})", head.name, pids.join(" "));
    for (text, style) in [("fathom top ", look.accent()), (name.as_str(), look.strong())] {
        put(buffer, look, (x, area.y), (area.x + left).saturating_sub(x), text, style, false);
        x += ratatui::text::Span::raw(text).width() as u16;
    }
    let command_at = x + 2;
    put(
        buffer,
        look,
        (command_at, area.y),
        (area.x + left).saturating_sub(command_at),
        &head.command,
        look.dim(),
        false,
    );
    put(buffer, look, (area.right() - clock_width, area.y), clock_width, &clock, state_style, false);

    let lost = head.lost + head.dropped;
    let whole = head
        .complete_share
        .map_or_else(String::new, |share| format!(" {dot} stacks whole {} %", percent(share)));
    let processes =
        if head.processes == 1 { String::new() } else { format!("{} processes, ", head.processes) };
    let busy = format!(
        "cpu {:.2} of {} cores {dot} {processes}{} threads {dot} {:.0} Hz, {:.0} samples/s{whole}",
        head.cpu_cores, head.host_cpus, head.threads, head.rate_hz, head.samples_per_second,
    );
    let lost_text = if lost > 0 { format!(" {dot} {lost} LOST") } else { String::new() };
    let busy_width = area.width.saturating_sub(lost_text.chars().count() as u16);
    put(buffer, look, (area.x, area.y + 1), busy_width, &busy, Style::new(), false);
    let lost_at = area.x + busy_width.min(busy.chars().count() as u16);
    put(buffer, look, (lost_at, area.y + 1), area.right() - lost_at, &lost_text, look.warning(), false);

    let of_target = match head.target_share {
        Some(share) => format!("target {} %", percent(share)),
        None => "target idle".to_owned(),
    };
    let cost = format!(
        "cost of watching: {of_target}, Fathom {} % of a core, {}",
        percent(head.own_share),
        bytes(head.own_peak_bytes as f64)
    );
    let governed = head.governed.as_ref().map_or_else(String::new, |reason| format!(" {dot} {reason}"));
    put(buffer, look, (area.x, area.y + 2), area.width, &(cost + &governed), look.dim(), false);
    draw_tabs(buffer, Rect::new(area.x, area.y + 3, area.width, 1), app, snapshot);
    4
}

fn draw_tabs(buffer: &mut Buffer, area: Rect, app: &App, snapshot: &Snapshot) {
    let look = app.look;
    let seconds = snapshot.window_nanos as f64 / 1e9;
    let asked = WINDOWS[app.window] as f64;
    let window = format!("last {:.0} s", if app.paused.is_some() { seconds } else { seconds.min(asked) });
    let right = area.right().saturating_sub(window.len() as u16);
    put(buffer, look, (right, area.y), window.len() as u16, &window, look.strong(), false);
    let mut x = area.x;
    for (at, (view, name)) in View::ALL.iter().enumerate() {
        let is_chosen = *view == app.view;
        // Without room for all names the chosen one's is enough.
        let all: usize = View::ALL.iter().map(|(_, name)| name.len() + 3).sum();
        let text = if is_chosen || all + window.len() + 1 < usize::from(area.width) {
            format!("{} {name}", at + 1)
        } else {
            format!("{}", at + 1)
        };
        let style = if is_chosen { look.chosen() } else { Style::new() };
        put(buffer, look, (x, area.y), right.saturating_sub(x + 1), &text, style, false);
        x += text.len() as u16 + 1;
    }
}

fn draw_footer(buffer: &mut Buffer, area: Rect, app: &App) {
    let look = app.look;
    let at = (area.x, area.y);
    if let Some(typed) = &app.typing {
        let text = format!("/{typed}_   (text or regular expression; Enter keeps it, Esc does not)");
        return put(buffer, look, at, area.width, &text, look.accent(), false);
    }
    if let Some(message) = &app.message {
        return put(buffer, look, at, area.width, message, look.warning(), false);
    }
    let mut narrowed = Vec::new();
    narrowed.extend(app.ask.pattern.as_ref().map(|pattern| format!("/{}", pattern.text())));
    narrowed.extend(app.ask.tid.map(|tid| format!("thread {tid}")));
    narrowed.extend(app.ask.pid.map(|pid| format!("process {pid}")));
    let mut x = area.x;
    if !narrowed.is_empty() {
        let text = format!("only {} (Esc: all) ", narrowed.join(", "));
        put(buffer, look, at, area.width, &text, look.warning(), false);
        x += (ratatui::text::Span::raw(text).width() as u16).min(area.width);
    }
    let signal = if app.ask.off_cpu { "on-CPU" } else { "off-CPU" };
    let own: &[(&str, &str)] = match app.view {
        View::Functions => &[("s", "sort"), ("o", signal), ("Enter", "callers")],
        View::Tree => &[("Enter", "fold"), ("o", signal)],
        View::Flame => &[("arrows", "move"), ("Enter", "zoom"), ("Esc", "back"), ("o", signal)],
        View::Threads => &[("s", "sort"), ("Enter", "only this"), ("P", "its process")],
        View::Waits => &[("Enter", "stack")],
        View::Runtimes | View::Resources => &[("P", "only process")],
    };
    let common =
        [("/", "filter"), ("w", "window"), ("p", "pause"), ("f", "freeze"), ("?", "help"), ("q", "quit")];
    for (key, what) in own.iter().chain(&common) {
        let room = area.right().saturating_sub(x);
        if usize::from(room) < key.len() + what.len() + 1 {
            break;
        }
        put(buffer, look, (x, area.y), room, key, look.accent(), false);
        put(buffer, look, (x + key.len() as u16 + 1, area.y), room, what, look.dim(), false);
        x += (key.len() + what.len()) as u16 + 3;
    }
}

/// A cell of a row: text and how it looks.
pub(super) type Cell = (String, Style);

/// A table with a chosen row; keeps the chosen one in sight. `row` makes the cells of one row.
pub(super) fn table<const N: usize>(
    buffer: &mut Buffer,
    area: Rect,
    app: &mut App,
    columns: &[Column; N],
    n_rows: usize,
    row: impl Fn(usize) -> [Cell; N],
) {
    let look = app.look;
    let places = places(columns, area);
    for (column, (x, width)) in columns.iter().zip(&places) {
        put(buffer, look, (*x, area.y), *width, column.title, look.title(), column.right);
    }
    let visible = usize::from(area.height.saturating_sub(1));
    let first = keep_in_sight(app, n_rows, visible);
    let place = app.place();
    for (line, at) in (first..n_rows.min(first + visible)).enumerate() {
        let y = area.y + 1 + line as u16;
        let is_chosen = at == app.selected[place];
        for ((text, style), (column, (x, width))) in row(at).into_iter().zip(columns.iter().zip(&places)) {
            put(buffer, look, (*x, y), *width, &text, style, column.right);
        }
        if is_chosen {
            buffer.set_style(Rect::new(area.x, y, area.width, 1), look.chosen());
        }
    }
}

/// Clamps the chosen row and gives the first row to show.
pub(super) fn keep_in_sight(app: &mut App, n_rows: usize, visible: usize) -> usize {
    let place = app.place();
    (app.n_rows, app.n_visible) = (n_rows, visible);
    let selected = app.selected[place].min(n_rows.saturating_sub(1));
    app.selected[place] = selected;
    let least = (selected + 1).saturating_sub(visible.max(1));
    let first = app.scroll[place]
        .clamp(least, selected.max(least))
        .min(n_rows.saturating_sub(visible.max(1)).max(least));
    app.scroll[place] = first;
    first
}

/// What stands where there is nothing to show.
pub(super) fn nothing(buffer: &mut Buffer, area: Rect, look: Look, lines: &[&str]) {
    for (at, line) in lines.iter().enumerate().take(usize::from(area.height)) {
        put(
            buffer,
            look,
            (area.x + 2, area.y + 1 + at as u16),
            area.width.saturating_sub(2),
            line,
            look.dim(),
            false,
        );
    }
}
