//! Title, and the bars of where the time went.

use crate::catalog::terminal::page::{Page, has_several_threads, kind_color};
use crate::facts::{KindTime, ReportJson};
use crate::text::{
    Color, date_text, exit_text, fit, kind_glyph, kind_name, many_text, nanos_text, pad, pad_left, plain,
    share_text_short, target_of,
};

/// Two lines: what ran and how it ended; when, where and how it was recorded.
pub(super) fn head(facts: &ReportJson, page: &mut Page) {
    let meta = &facts.meta;
    let mut end = format!(" · {}", nanos_text(facts.totals.wall_nanos));
    if let Some(status) = meta.target.exit_status {
        end += &format!(" · {}", exit_text(status));
    }
    if meta.recovered {
        end += " · recovered from a spool";
    }
    let target = fit(&target_of(facts), page.width.saturating_sub(9 + end.chars().count()));
    let line = format!("{} · {target}{end}", page.paint.paint(Color::Bold, "fathom"));
    page.line(&line);

    let mut parts = Vec::new();
    parts.extend(meta.clock_pairs.first().and_then(|pair| date_text(pair.realtime_nanos)));
    let host = &meta.host;
    if host.cpus > 0 {
        let quota = host.limits.cpu_quota.map(|quota| format!(" (quota {quota:.1})")).unwrap_or_default();
        let cpus = if host.cpus == 1 { "CPU" } else { "CPUs" };
        parts.push(format!(
            "{} {cpus}{quota}, Linux {} {}",
            host.cpus,
            plain(&host.kernel),
            plain(&host.architecture)
        ));
    }
    if let Some(epoch) = meta.epochs.last() {
        parts.push(format!("{:.0} Hz", epoch.rate_hz));
    }
    let threads = facts.threads.len() as u64 + facts.threads_left_out;
    let processes = facts.processes.len() as u64 + facts.processes_left_out;
    parts.push(format!("{} in {}", many_text(threads, "thread"), many_text(processes, "process")));
    let line = fit(&parts.join(" · "), page.width);
    let line = page.paint.paint(Color::Dim, &line);
    page.line(&line);
}

/// One bar for the main thread, one for all, each with its legend.
pub(super) fn time(facts: &ReportJson, page: &mut Page) {
    page.heading("TIME", "by kind; 95 % intervals where they are wider than 2 points");
    let totals = &facts.totals;
    let several = has_several_threads(facts);
    if let (Some(kinds), Some(main)) = (&totals.main_thread, facts.threads.iter().find(|thread| thread.main))
    {
        let label = if several { "main thread" } else { "one thread" };
        bar(page, label, main.lifetime_nanos, kinds);
        if !several {
            return;
        }
    }
    let threads = facts.threads.len() as u64 + facts.threads_left_out;
    bar(page, &many_text(threads, "thread"), totals.thread_nanos, &totals.all_threads);
}

fn bar(page: &mut Page, label: &str, nanos: i64, kinds: &[KindTime]) {
    let head = format!("  {} {}  ", pad(label, 13), pad_left(&nanos_text(nanos), 8));
    let columns = page.width - head.chars().count();
    if kinds.is_empty() {
        page.line(&format!("{head}no thread time is known"));
        return;
    }
    let mut line = head;
    for (kind, width) in kinds.iter().zip(segment_widths(kinds, columns)) {
        let glyphs = kind_glyph(&kind.kind).to_string().repeat(width);
        line += &page.paint.paint(kind_color(&kind.kind), &glyphs);
    }
    page.line(&line);

    // Wrapped by what is seen, then painted: colour codes take no columns.
    let mut line = String::new();
    let mut used = 0;
    for kind in kinds {
        let glyph = kind_glyph(&kind.kind).to_string();
        let words = format!(" {} {}", kind_name(&kind.kind), share_text_short(&kind.share));
        let columns = glyph.chars().count() + words.chars().count();
        if used > 0 && used + 2 + columns > page.width - 4 {
            page.line(&format!("    {line}"));
            line.clear();
            used = 0;
        }
        if used > 0 {
            line += "  ";
            used += 2;
        }
        line += &page.paint.paint(kind_color(&kind.kind), &glyph);
        line += &words;
        used += columns;
    }
    page.line(&format!("    {line}"));
}

/// Columns per kind; the largest remainders get what is left over, so that the bar is full.
fn segment_widths(kinds: &[KindTime], columns: usize) -> Vec<usize> {
    let quotas: Vec<f64> = kinds.iter().map(|kind| kind.share.ratio * columns as f64).collect();
    let mut widths: Vec<usize> = quotas.iter().map(|quota| *quota as usize).collect();
    let left_over = columns.saturating_sub(widths.iter().sum());
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    order.sort_by(|a, b| quotas[*b].fract().total_cmp(&quotas[*a].fract()).then(a.cmp(b)));
    for at in order.into_iter().take(left_over) {
        widths[at] += 1;
    }
    widths
}
