//! Language runtimes, process by process.

use super::keep_in_sight;
use crate::commands::top::app::App;
use crate::commands::top::look::{Look, percent, put, quantity, time};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{RuntimeView, runtimes};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// One line of the view.
struct Line {
    indent: u16,
    label: String,
    text: String,
    style: Style,
    pid: Option<i32>,
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let views = runtimes(snapshot, &app.ask);
    let lines: Vec<Line> = views.iter().flat_map(|view| lines_of(view, look, area.width)).collect();
    if lines.is_empty() {
        return super::nothing(buffer, area, look, &["no process matches; Esc takes filters away"]);
    }
    let first = keep_in_sight(app, lines.len(), usize::from(area.height));
    let chosen = app.selected[app.place()];
    for (row, (at, line)) in lines.iter().enumerate().skip(first).take(usize::from(area.height)).enumerate() {
        let y = area.y + row as u16;
        let x = area.x + line.indent;
        let label_width = if line.indent > 0 { 26.min(area.width / 3) } else { area.width };
        put(buffer, look, (x, y), label_width, &line.label, line.style, false);
        let text_at = x + label_width + 1;
        put(
            buffer,
            look,
            (text_at, y),
            area.right().saturating_sub(text_at),
            &line.text,
            Style::new(),
            false,
        );
        if at == chosen {
            buffer.set_style(Rect::new(area.x, y, area.width, 1), look.chosen());
        }
    }
    app.under.pid = lines.get(chosen).and_then(|line| line.pid);
}

fn lines_of(view: &RuntimeView, look: Look, width: u16) -> Vec<Line> {
    let what = match (&view.runtime, &view.version) {
        (Some(runtime), Some(version)) => format!("{runtime} {version}"),
        (Some(runtime), None) => runtime.clone(),
        _ => "native, no language runtime".to_owned(),
    };
    let title = format!("{} ({})  {what}, {} threads", view.process, view.pid, view.threads);
    let mut lines = vec![Line {
        indent: 0,
        label: title,
        text: String::new(),
        style: look.accent(),
        pid: Some(view.pid),
    }];
    let mut add = |label: &str, text: String| {
        lines.push(Line {
            indent: 2,
            label: label.to_owned(),
            text,
            style: Style::new(),
            pid: Some(view.pid),
        });
    };
    let kinds: Vec<String> =
        view.kinds.iter().map(|(kind, share)| format!("{kind} {} %", percent(*share))).collect();
    if !kinds.is_empty() {
        add("CPU time by kind of code", kinds.join("  "));
    }
    for (at, (reason, mean)) in view.waits.iter().enumerate() {
        let label = if at == 0 { "threads wait for" } else { "" };
        add(label, format!("{mean:6.2} threads  {reason}"));
    }
    for (at, (reason, mean)) in view.tasks.iter().enumerate() {
        let label = if at == 0 { "tasks wait for" } else { "" };
        add(label, format!("{mean:6.1} tasks    {reason}"));
    }
    for event in &view.events {
        let text = format!(
            "{} times, {} in all, longest {}, last {} ago",
            event.n,
            time(event.total_nanos as f64 / 1e9),
            time(event.longest_nanos as f64 / 1e9),
            time(event.last_seconds)
        );
        add(&event.kind, text);
    }
    let spark_width = usize::from(width).saturating_sub(48).min(60);
    for series in &view.series {
        let now = quantity(series.now, series.unit, series.is_rate);
        add(&series.series, format!("{now:>12}  {}", look.spark(&series.spark, spark_width)));
    }
    lines
}
