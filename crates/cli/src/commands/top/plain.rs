//! A snapshot as text without a terminal's means: for pipes, logs, tests and programs that read.

use super::look::{Look, bytes, fit, percent, quantity, time};
use fathom_session::top::Snapshot;
use fathom_session::top::view::{Ask, Document, document};
use std::fmt::Write;

/// Columns of a name.
const NAME: usize = 44;

/// One block of text; at most `rows` rows a table.
pub(crate) fn plain(snapshot: &Snapshot, rows: usize) -> String {
    let look = Look { color: false, unicode: true };
    let Document { head, functions, threads, waits, task_waits, runtimes, resources, .. } =
        document(snapshot, &Ask::default(), rows);
    let mut text = String::new();
    let mut line = |words: String| {
        // A String takes everything.
        let _ = writeln!(text, "{}", words.trim_end());
    };
    let pids: Vec<String> = head.pids.iter().map(ToString::to_string).collect();
    line(format!(
        "== {} ({}) after {}, last {:.0} s: cpu {:.2} of {} cores, {} threads",
        head.name,
        pids.join(" "),
        time(head.elapsed_seconds),
        head.window_seconds,
        head.cpu_cores,
        head.host_cpus,
        head.threads
    ));
    let of_target = head
        .target_share
        .map_or_else(|| "target idle".to_owned(), |share| format!("target {} %", percent(share)));
    line(format!(
        "   {:.0} Hz, {:.0} samples/s, {} lost; cost of watching: {of_target}, Fathom {} % of a core, {}",
        head.rate_hz,
        head.samples_per_second,
        head.lost + head.dropped,
        percent(head.own_share),
        bytes(head.own_peak_bytes as f64)
    ));
    if let Some(reason) = &head.governed {
        line(format!("   rate lowered: {reason}"));
    }
    head.notes.iter().take(3).for_each(|note| line(format!("   note: {note}")));
    if !functions.is_empty() {
        line(format!("{:>6} {:>6}  {:NAME$}  where", "self%", "total%", "function"));
    }
    for row in &functions {
        let place = row.place.location.as_ref().or(row.place.module.as_ref());
        let name = pad(&row.place.function, NAME, look);
        let place = place.map_or("", String::as_str);
        line(format!("{:>6} {:>6}  {name}  {place}", percent(row.self_share), percent(row.total_share)));
    }
    if !threads.is_empty() {
        line(format!(
            "{:>7}  {:16} {:>5} {:>5} {:>5}  {:10} waits for, or runs",
            "tid", "thread", "cpu%", "runq%", "wait%", "state"
        ));
    }
    for row in &threads {
        let top = row.top.as_ref().map(|place| place.function.as_str());
        let wait = row.waits_for.as_ref().map(|what| match &row.waits_in {
            Some(place) => format!("{what} in {}", place.function),
            None => what.clone(),
        });
        let is_busy = row.cpu_share >= 0.05;
        let what = if is_busy { top.map(str::to_owned).or(wait) } else { wait.or(top.map(str::to_owned)) };
        line(format!(
            "{:>7}  {} {:>5} {:>5} {:>5}  {:10} {}",
            row.tid,
            pad(&row.name, 16, look),
            percent(row.cpu_share),
            percent(row.runnable_share),
            percent(row.blocked_share),
            row.state,
            what.unwrap_or_default()
        ));
    }
    if !waits.is_empty() || !task_waits.is_empty() {
        line(format!("{:>6} {:>8}  waits", "share%", "average"));
    }
    for row in &task_waits {
        let place = row.place.as_ref().map_or_else(String::new, |place| format!(" in {}", place.function));
        line(format!(
            "{:>6} {:>8.2}  {} tasks: {}{place}",
            percent(row.share),
            row.mean_tasks,
            row.runtime,
            row.reason
        ));
    }
    for row in &waits {
        let place = row.place.as_ref().map_or_else(String::new, |place| format!(" in {}", place.function));
        line(format!(
            "{:>6} {:>8.2}  {}: {}{place}",
            percent(row.share),
            row.mean_threads,
            row.class,
            row.reason
        ));
    }
    for runtime in runtimes.iter().filter(|runtime| runtime.runtime.is_some()).take(rows) {
        let version = runtime.version.as_deref().unwrap_or_default();
        line(format!(
            "   {} ({}): {} {version}",
            runtime.process,
            runtime.pid,
            runtime.runtime.as_deref().unwrap_or_default()
        ));
        for event in &runtime.events {
            let total = time(event.total_nanos as f64 / 1e9);
            line(format!(
                "      {}: {} times, {total} in all, longest {}",
                event.kind,
                event.n,
                time(event.longest_nanos as f64 / 1e9)
            ));
        }
        for series in &runtime.series {
            line(format!("      {} {}", series.series, quantity(series.now, series.unit, series.is_rate)));
        }
    }
    let numbers: Vec<String> = resources
        .iter()
        .filter(|row| {
            ["process.rss", "process.read_total", "process.write_total", "process.major_faults_total"]
                .contains(&row.series.as_str())
        })
        .filter(|row| row.pid.is_some_and(|pid| head.pids.contains(&pid)))
        .map(|row| format!("{} {}", row.name, quantity(row.now, row.unit, row.is_rate)))
        .collect();
    if !numbers.is_empty() {
        line(format!("   {}", numbers.join(", ")));
    }
    if head.is_ended {
        line("   the target has ended".to_owned());
    }
    text
}

fn pad(text: &str, width: usize, look: Look) -> String {
    let shown = fit(text, width, look);
    let used = ratatui::text::Span::raw(shown.as_str()).width();
    shown + &" ".repeat(width.saturating_sub(used))
}
