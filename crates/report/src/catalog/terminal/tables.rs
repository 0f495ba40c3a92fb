//! The tables: functions, waits, threads.

use fathom_analysis::short_function_name;
use fathom_model::{FrameKind, Signal};

use crate::catalog::terminal::page::{Page, has_several_threads, kind_color};
use crate::facts::{FunctionFact, ReportJson, ThreadFact, WaitFact, WaitThreadFact};
use crate::text::{
    Color, FEWEST_SAMPLES, count_text, fit, fit_left, last_part, location_text, nanos_text, pad, pad_left,
    plain, share_text, share_text_short, thread_names, value_text, why_no_samples,
};

const FUNCTIONS: usize = 7;
const CALLERS: usize = 2;
const WAITS: usize = 4;
const THREADS: usize = 4;
/// A share with its interval: `31.2 % [30.9-31.5]`.
const SHARE_COLUMNS: usize = 18;
/// The same without digits after the point: `100 % [98-100]`.
const WAIT_SHARE_COLUMNS: usize = 14;

/// Top functions on-CPU by self time, and own code by total time.
pub(super) fn functions(facts: &ReportJson, page: &mut Page) {
    let functions = &facts.functions;
    let samples = functions.samples;
    let (word, total) = match functions.signal {
        Signal::Cpu => ("ON CPU".to_owned(), functions.total_value.max(facts.totals.running_nanos)),
        Signal::Samples => ("SAMPLES".to_owned(), functions.total_value),
        Signal::ProgramCpu => ("ON CPU".to_owned(), functions.total_value),
        Signal::ProgramWall => ("RUNNING OR NOT".to_owned(), functions.total_value),
        Signal::AllocBytes => ("ALLOCATED".to_owned(), functions.total_value),
        Signal::LiveBytes => ("HEAP".to_owned(), functions.total_value),
        _ => (plain(&functions.name), functions.total_value),
    };
    let total = value_text(functions.unit, total);
    page.heading(&word, &format!("{total} in {} samples", count_text(samples)));
    if samples == 0 {
        page.paragraph(&format!("no CPU samples: {}", why_no_samples(facts, Signal::Cpu)));
        return;
    }
    if samples < FEWEST_SAMPLES {
        let names: Vec<String> =
            functions.rows.iter().filter(|row| row.self_samples > 0).take(5).map(name_text).collect();
        page.paragraph(&format!(
            "too few samples (n = {samples}) to rank functions; seen in: {}",
            names.join(", ")
        ));
        return;
    }
    let by_self: Vec<&FunctionFact> =
        functions.rows.iter().filter(|row| row.self_samples > 0).take(FUNCTIONS).collect();
    // Whoever calls everything says nothing; whoever calls a part of it says whom to ask.
    let mut callers: Vec<&FunctionFact> = functions
        .rows
        .iter()
        .filter(|row| {
            row.kind == FrameKind::User && row.total_share.ratio < 0.97 && row.total_share.low > 0.02
        })
        .filter(|row| !by_self.iter().any(|shown| std::ptr::eq(*shown, *row)))
        .collect();
    callers.sort_by_key(|row| std::cmp::Reverse(row.total_value));
    callers.truncate(CALLERS);
    let columns = FunctionColumns::of(page.width, facts, by_self.iter().chain(&callers).copied());
    let heading = columns.row("self", "total", "function", "where");
    let heading = page.paint.paint(Color::Dim, &heading);
    page.line(&heading);
    for row in &by_self {
        function_row(facts, page, &columns, row);
    }
    if !callers.is_empty() {
        let line = page.paint.paint(Color::Dim, "  own code that calls them, by total");
        page.line(&line);
        for row in callers {
            function_row(facts, page, &columns, row);
        }
    }
}

struct FunctionColumns {
    function: usize,
    place: usize,
}

impl FunctionColumns {
    /// Two fifths for the place; what one column does not need, the other gets.
    fn of<'a>(width: usize, facts: &ReportJson, rows: impl Iterator<Item = &'a FunctionFact>) -> Self {
        let rest = width.saturating_sub(2 + 2 * (SHARE_COLUMNS + 1));
        if rest < 34 {
            return Self { function: rest, place: 0 };
        }
        let (mut name, mut place) = (0, 0);
        for row in rows {
            name = name.max(name_text(row).chars().count() + 1);
            place = place.max(place_text(facts, row).chars().count());
        }
        let half = rest * 2 / 5;
        let place = rest.saturating_sub(name).clamp(place.min(half), place.max(half));
        Self { function: rest - place, place }
    }

    fn row(&self, own: &str, total: &str, function: &str, place: &str) -> String {
        let function = if self.place == 0 {
            fit(function, self.function)
        } else {
            pad(function, self.function - 1) + " "
        };
        let place = fit_left(place, self.place);
        format!("  {} {} {function}{place}", pad(own, SHARE_COLUMNS), pad(total, SHARE_COLUMNS))
    }
}

/// File and line, or the module where they are not known.
fn place_text(facts: &ReportJson, row: &FunctionFact) -> String {
    let directory = facts.meta.target.working_directory.as_deref();
    match location_text(row.file.as_deref(), row.line, directory) {
        place if place.is_empty() => row.module.as_deref().map(plain).unwrap_or_default(),
        place => place,
    }
}

fn function_row(facts: &ReportJson, page: &mut Page, columns: &FunctionColumns, row: &FunctionFact) {
    // A name in brackets is no file to look at: `[python]`, `[kernel]`.
    let module = row.module.as_deref().filter(|name| !name.starts_with('[')).map(plain).unwrap_or_default();
    let place = match place_text(facts, row) {
        place
            if module.is_empty()
                || place == module
                || place.chars().count() + 1 + module.chars().count() > columns.place =>
        {
            place
        }
        place => format!("{place} {module}"),
    };
    let line =
        columns.row(&share_text(&row.self_share), &share_text(&row.total_share), &name_text(row), &place);
    let mark = match row.kind {
        FrameKind::User => None,
        kind => Some(kind_color(&format!("cpu.{kind}"))),
    };
    // Own code stands out by being plain; the module says the same in words.
    let line = mark.map_or(line.clone(), |color| page.paint.paint(color, &line));
    page.line(&line);
}

fn name_text(row: &FunctionFact) -> String {
    plain(&short_function_name(&row.name))
}

/// Top waits with reason, threads and the own code that asked; helper threads at rest in one line.
pub(super) fn waits(facts: &ReportJson, page: &mut Page) {
    let waits = &facts.waits;
    let heading = format!(
        "{} blocked, {} intervals with a stack",
        nanos_text(facts.totals.blocked_nanos),
        count_text(waits.samples)
    );
    page.heading("WAITING", &heading);
    if waits.samples == 0 {
        page.paragraph(&format!("no waits recorded: {}", why_no_samples(facts, Signal::OffCpu)));
        return;
    }
    // Narrow screens go without the number of intervals; the width of the share tells as much.
    let n_columns = if page.width < 90 { 0 } else { 7 };
    let rest = page.width.saturating_sub(2 + 9 + WAIT_SHARE_COLUMNS + 1 + n_columns);
    let (reason, threads) = (rest * 2 / 7, rest / 5);
    let chain = rest - reason - threads;
    let row = |time: &str, share: &str, n: &str, why: &str, who: &str, place: &str| {
        let n = if n_columns == 0 { String::new() } else { pad_left(n, n_columns) };
        let numbers = format!("  {} {}{n}", pad_left(time, 8), pad(share, WAIT_SHARE_COLUMNS));
        format!("{numbers} {} {} {}", pad(why, reason - 1), pad(who, threads - 1), fit_left(place, chain))
    };
    let heading =
        page.paint.paint(Color::Dim, &row("time", "share of waits", "n", "for", "threads", "asked by"));
    page.line(&heading);
    let mut shown = 0;
    for wait in waits.rows.iter().filter(|wait| !wait.idle && wait.samples > 0).take(WAITS) {
        let share = share_text_short(&wait.share);
        let names = thread_names(&wait.threads, 3);
        let place = chain_text(facts, &wait.chain, (wait.file.as_deref(), wait.line), chain);
        page.line(&row(
            &nanos_text(wait.nanos),
            &share,
            &count_text(wait.samples),
            &reason_text(wait),
            &names,
            &place,
        ));
        shown += 1;
    }
    if shown == 0 {
        page.line("  only helper threads at rest");
    }
    idle_line(facts, page);
}

/// `lock: Mutex::lock`: the class, and the last parts of what was called.
fn reason_text(wait: &WaitFact) -> String {
    let what = wait.reason.split_once(": ").map_or(wait.reason.as_str(), |(_, what)| what);
    let mut parts: Vec<&str> = what.rsplitn(3, "::").take(2).collect();
    parts.reverse();
    let short = if what.starts_with('<') { what.to_owned() } else { parts.join("::") };
    plain(&format!("{}: {short}", wait.class))
}

/// The innermost own-code functions and the place of the call, as many as fit.
pub(super) fn chain_text(
    facts: &ReportJson,
    chain: &[String],
    (file, line): (Option<&str>, Option<u32>),
    columns: usize,
) -> String {
    let directory = facts.meta.target.working_directory.as_deref();
    let names = chain.iter().map(|name| plain(last_part(&short_function_name(name))));
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        return "(no own code)".into();
    }
    let place = location_text(file, line, directory);
    // Outermost functions are alike everywhere; the last ones tell.
    let chain = |from: usize| format!("{} {place}", names[from..].join(" > ")).trim_end().to_owned();
    let last = names.len() - 1;
    let fitting =
        (names.len().saturating_sub(4)..last).map(chain).find(|text| text.chars().count() <= columns);
    fitting.unwrap_or_else(|| chain(last))
}

fn idle_line(facts: &ReportJson, page: &mut Page) {
    let idle: Vec<&WaitFact> = facts.waits.rows.iter().filter(|wait| wait.idle).collect();
    if idle.is_empty() {
        return;
    }
    let nanos = idle.iter().fold(0_i64, |sum, wait| sum.saturating_add(wait.nanos));
    let mut threads: Vec<WaitThreadFact> = Vec::new();
    for thread in idle.iter().flat_map(|wait| &wait.threads) {
        if !threads.iter().any(|known| known.tid == thread.tid) {
            threads.push(thread.clone());
        }
    }
    let mut reasons: Vec<&str> = Vec::new();
    for wait in &idle {
        if !reasons.contains(&wait.reason.as_str()) {
            reasons.push(&wait.reason);
        }
    }
    let more = if reasons.len() > 2 { " ..." } else { "" };
    reasons.truncate(2);
    let text = format!(
        "  {} at rest in {} (no own code on the stack): {}{more}",
        pad_left(&nanos_text(nanos), 8),
        thread_names(&threads, 3),
        plain(&reasons.join(", "))
    );
    let line = page.paint.paint(Color::Dim, &fit(&text, page.width));
    page.line(&line);
}

/// The threads with most time; only if there are several.
pub(super) fn threads(facts: &ReportJson, page: &mut Page) {
    if !has_several_threads(facts) {
        return;
    }
    page.line("");
    // Narrow screens go without the first and the last column: the rest adds up to the life.
    let shown = if page.width < 80 { 1..5 } else { 0..6 };
    let name = page.width.saturating_sub(2 + shown.len() * 10).clamp(12, 40);
    let row = |who: &str, numbers: [&str; 6]| {
        let numbers: String = numbers[shown.clone()].iter().map(|number| pad_left(number, 10)).collect();
        format!("  {}{numbers}", pad(who, name))
    };
    let heading = row("", ["life", "running", "runnable", "blocked", "missing", "switches"]);
    let word = page.paint.paint(Color::Bold, "THREADS");
    let heading = page.paint.paint(Color::Dim, heading.get("THREADS".len()..).unwrap_or_default());
    page.line(&format!("{word}{heading}"));
    for thread in facts.threads.iter().take(THREADS) {
        let who = format!("{} {}", plain(&thread.name), thread.tid);
        let line = thread_row(thread, |numbers| row(&who, numbers));
        page.line(&line);
    }
    let rest = facts.threads.get(THREADS..).unwrap_or_default();
    if !rest.is_empty() {
        let sum = |value: fn(&ThreadFact) -> i64| rest.iter().map(value).fold(0_i64, i64::saturating_add);
        let others = ThreadFact {
            name: String::new(),
            tid: 0,
            pid: 0,
            main: false,
            lifetime_nanos: sum(|thread| thread.lifetime_nanos),
            running_nanos: sum(|thread| thread.running_nanos),
            runnable_nanos: sum(|thread| thread.runnable_nanos),
            blocked_nanos: sum(|thread| thread.blocked_nanos),
            missing_nanos: sum(|thread| thread.missing_nanos),
            switches: rest.iter().map(|thread| thread.switches).sum(),
            cpu_samples: 0,
            program_samples: None,
        };
        let who = format!("{} others", count_text(rest.len() as u64 + facts.threads_left_out));
        let line = thread_row(&others, |numbers| row(&who, numbers));
        page.line(&line);
    }
}

fn thread_row(thread: &ThreadFact, row: impl Fn([&str; 6]) -> String) -> String {
    let switches = thread.switches.map_or("-".into(), count_text);
    let times = [
        thread.lifetime_nanos,
        thread.running_nanos,
        thread.runnable_nanos,
        thread.blocked_nanos,
        thread.missing_nanos,
    ];
    let [life, running, runnable, blocked, missing] = times.map(nanos_text);
    row([&life, &running, &runnable, &blocked, &missing, &switches])
}
