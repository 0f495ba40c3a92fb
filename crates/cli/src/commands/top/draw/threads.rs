//! Threads.

use super::{nothing, table};
use crate::commands::top::app::App;
use crate::commands::top::look::{columns, percent, time};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{ThreadSort, threads};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, app: &mut App, snapshot: &Snapshot) {
    let look = app.look;
    let lines = threads(snapshot, &app.ask);
    if lines.is_empty() {
        return nothing(buffer, area, look, &["no thread is left or matches; Esc takes filters away"]);
    }
    let mark =
        if look.unicode { ["CPU%▼", "RUNQ%▼", "THREAD▲"] } else { ["CPU%*", "RUNQ%*", "THREAD*"] };
    let sorted = app.ask.thread_sort;
    let title = |sort: ThreadSort, marked: &'static str, plain: &'static str| {
        if sorted == sort { marked } else { plain }
    };
    let several = snapshot.recording.processes.len() > 1;
    let columns = columns([
        ("TID", -7),
        (title(ThreadSort::Name, mark[2], "THREAD"), if area.width >= 110 { 26 } else { 15 }),
        (title(ThreadSort::Cpu, mark[0], "CPU%"), -5),
        (title(ThreadSort::Runnable, mark[1], "RUNQ%"), -6),
        ("WAIT%", -5),
        ("STATE", 10),
        ("HOTTEST FUNCTION, OR WHAT IT WAITS FOR", 0),
    ]);
    table(buffer, area, app, &columns, lines.len(), |at| {
        let line = &lines[at];
        let name = if several && line.process != line.name {
            format!("{}/{}", line.process, line.name)
        } else {
            line.name.clone()
        };
        let top = line.top.as_ref().map(|place| place.function.clone());
        let wait = line.waits_for.as_ref().map(|what| {
            let place =
                line.waits_in.as_ref().map_or_else(String::new, |place| format!(" in {}", place.function));
            let long = line.waits_seconds.filter(|seconds| *seconds >= 1.0);
            let long = long.map_or_else(String::new, |seconds| format!(" for {}", time(seconds)));
            format!("{what}{place}{long}")
        });
        let is_running = line.state == "running" || line.state == "runnable";
        // A busy thread is asked what it does, a quiet one what it waits for.
        let busy = is_running || line.cpu_share >= 0.05;
        let what = if busy { top.or(wait) } else { wait.or(top) };
        let style = if is_running { look.accent() } else { look.dim() };
        [
            (line.tid.to_string(), Style::new()),
            (name, look.strong()),
            (percent(line.cpu_share), look.heat(line.cpu_share)),
            (percent(line.runnable_share), look.heat(line.runnable_share)),
            (percent(line.blocked_share), Style::new()),
            (line.state.clone(), style),
            (what.unwrap_or_default(), Style::new()),
        ]
    });
    if let Some(line) = lines.get(app.selected[app.place()]) {
        (app.under.tid, app.under.pid) = (Some(line.tid), Some(line.pid));
        app.under.name = Some(line.name.clone());
    }
}
