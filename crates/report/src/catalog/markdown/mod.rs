//! The full report as Markdown (GitHub's dialect, for its tables): what the terminal shows and more of it.

mod findings;

use std::fmt::Write;

use fathom_model::{Recording, Signal};

use crate::facts::{FunctionFact, KindTime, ReportJson, facts_of_pages};
use crate::output::{Options, Output};
use crate::text::{
    FEWEST_SAMPLES, SignalHeading, average_text, command_text, count_text, date_text, epochs_line, exit_text,
    imported_text, kind_name, location_text, nanos_text, next_commands, number_text, percent_text, plain,
    quality_lines, resource_items, runtime_series, share_text, signal_headings, target_of, tasks_text,
    thread_names, value_text, why_no_samples,
};

const FUNCTIONS: usize = 40;
const CALLERS: usize = 20;
const WAITS: usize = 30;
const SIGNAL_ROWS: usize = 20;
const THREADS: usize = 60;
const MODULES: usize = 20;
const PROCESSES: usize = 60;

/// The `markdown` output.
pub(crate) struct Markdown;

impl Output for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn summary(&self) -> &'static str {
        "the full report as text with tables"
    }

    fn render(&self, recording: &Recording, options: &Options) -> String {
        let facts = facts_of_pages(recording);
        let mut page = Page::default();
        if facts.meta.imported.is_some() {
            imported(&facts, options, &mut page);
            return page.text;
        }
        head(&facts, &mut page);
        if let Some(judgement) = &options.judgement {
            findings::findings(judgement, &facts, &mut page);
        }
        time(&facts, &mut page);
        functions(&facts, &mut page);
        waits(&facts, &mut page);
        task_waits(&facts, &mut page);
        signals(&facts, &mut page);
        runtime(&facts, &mut page);
        threads(&facts, &mut page);
        modules(&facts, &mut page);
        processes(&facts, &mut page);
        quality(&facts, &mut page);
        collectors(&facts, &mut page);
        reproduce(&facts, &mut page, options);
        page.text
    }
}

/// The text so far, and how to add to it.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) text: String,
}

impl Page {
    /// A line as it is.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A heading of the second level.
    pub(crate) fn heading(&mut self, heading: &str) {
        let _ = write!(self.text, "\n## {heading}\n\n");
    }

    /// A table; columns whose heading ends in `:` are aligned to the right.
    pub(crate) fn table<const N: usize>(
        &mut self,
        columns: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        self.line(&format!("| {} |", columns.map(|column| column.trim_end_matches(':')).join(" | ")));
        let rules = columns.map(|column| if column.ends_with(':') { "--:" } else { "---" });
        self.line(&format!("| {} |", rules.join(" | ")));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
    }
}

/// A profile of another tool has no life of threads, no waits and no quality box.
fn imported(facts: &ReportJson, options: &Options, page: &mut Page) {
    page.line(&format!("# {}", escape(&imported_text(facts))));
    if let Some(judgement) = &options.judgement {
        findings::findings(judgement, facts, page);
    }
    functions(facts, page);
    signals(facts, page);
    runtime(facts, page);
    modules(facts, page);
    let notes = &facts.meta.quality.notes;
    if !notes.is_empty() {
        page.heading("Notes");
        notes.iter().for_each(|note| page.line(&format!("- {}", escape(note))));
    }
}

fn head(facts: &ReportJson, page: &mut Page) {
    let meta = &facts.meta;
    page.line(&format!("# Where the time of {} went", code(&target_of(facts))));
    page.line("");
    let mut rows = vec![["wall time".to_owned(), nanos_text(facts.totals.wall_nanos)]];
    rows.push(["thread time".into(), nanos_text(facts.totals.thread_nanos)]);
    if let Some(status) = meta.target.exit_status {
        rows.push(["end".into(), exit_text(status)]);
    }
    if let Some(date) = meta.clock_pairs.first().and_then(|pair| date_text(pair.realtime_nanos)) {
        rows.push(["recorded".into(), date]);
    }
    let host = &meta.host;
    if host.cpus > 0 {
        let model = if host.cpu_model.is_empty() { String::new() } else { format!(" ({})", host.cpu_model) };
        rows.push(["host".into(), escape(&format!("{}, {} CPUs{model}", host.name, host.cpus))]);
        rows.push(["kernel".into(), escape(&format!("Linux {} {}", host.kernel, host.architecture))]);
    }
    if meta.recovered {
        rows.push(["recovered".into(), "rebuilt from a spool; at most the last second is lost".into()]);
    }
    page.table(["what", "value"], rows);
}

fn time(facts: &ReportJson, page: &mut Page) {
    page.heading("Time by kind");
    page.line("Shares are of thread time, with their 95 % intervals; exact figures have none.");
    page.line("");
    let main = facts.totals.main_thread.as_deref().unwrap_or_default();
    let find = |kinds: &[KindTime], kind: &str| kinds.iter().find(|row| row.kind == kind).cloned();
    let mut kinds: Vec<&str> = facts.totals.all_threads.iter().map(|row| row.kind.as_str()).collect();
    kinds.extend(
        main.iter()
            .map(|row| row.kind.as_str())
            .filter(|kind| find(&facts.totals.all_threads, kind).is_none()),
    );
    let cells = |row: Option<KindTime>| match row {
        Some(row) => [nanos_text(row.nanos), share_text(&row.share)],
        None => ["-".into(), "-".into()],
    };
    let rows = kinds.iter().map(|kind| {
        let [all, all_share] = cells(find(&facts.totals.all_threads, kind));
        let [of_main, main_share] = cells(find(main, kind));
        [kind_name(kind).to_owned(), of_main, main_share, all, all_share]
    });
    page.table(["kind", "main thread:", "share:", "all threads:", "share:"], rows);
}

fn functions(facts: &ReportJson, page: &mut Page) {
    let functions = &facts.functions;
    let of_cpu = functions.signal == Signal::Cpu;
    let name = if of_cpu { "CPU time".to_owned() } else { escape(&functions.name) };
    page.heading(&if of_cpu { "Functions on-CPU".to_owned() } else { format!("Functions by {name}") });
    let samples = functions.samples;
    if samples == 0 {
        page.line(&format!("No CPU samples: {}.", escape(&why_no_samples(facts, Signal::Cpu))));
        return;
    }
    page.line(&format!(
        "{} of {name} in {} samples (effective {}).",
        value_text(functions.unit, functions.total_value),
        count_text(samples),
        count_text(functions.effective_samples as u64)
    ));
    if functions.without_stack_value > 0 {
        page.line(&format!(
            "{} of it without a stack.",
            value_text(functions.unit, functions.without_stack_value)
        ));
    }
    page.line("");
    if samples < FEWEST_SAMPLES {
        let seen = functions.rows.iter().filter(|row| row.self_samples > 0).map(|row| code(&row.name));
        let seen: Vec<String> = seen.take(10).collect();
        page.line(&format!(
            "Too few samples (n = {samples}) to rank functions; seen in: {}.",
            seen.join(", ")
        ));
        return;
    }
    let columns = ["self:", "total:", "self time:", "function", "kind", "module", "where"];
    let by_self = functions.rows.iter().filter(|row| row.self_samples > 0);
    page.table(columns, by_self.take(FUNCTIONS).map(|row| function_row(facts, row)));
    let mut by_total: Vec<&FunctionFact> =
        functions.rows.iter().filter(|row| row.kind == fathom_model::FrameKind::User).collect();
    by_total.sort_by_key(|row| std::cmp::Reverse(row.total_value));
    if !by_total.is_empty() {
        page.heading("Own code by total time");
        page.table(columns, by_total.into_iter().take(CALLERS).map(|row| function_row(facts, row)));
    }
}

fn function_row(facts: &ReportJson, row: &FunctionFact) -> [String; 7] {
    let directory = facts.meta.target.working_directory.as_deref();
    [
        share_text(&row.self_share),
        share_text(&row.total_share),
        value_text(facts.functions.unit, row.self_value),
        code(&row.name),
        row.kind.to_string(),
        row.module.as_deref().map(code).unwrap_or_default(),
        code(&location_text(row.file.as_deref(), row.line, directory)),
    ]
}

fn waits(facts: &ReportJson, page: &mut Page) {
    page.heading("Waits");
    let waits = &facts.waits;
    if waits.samples == 0 {
        page.line(&format!("No waits recorded: {}.", escape(&why_no_samples(facts, Signal::OffCpu))));
        return;
    }
    page.line(&format!(
        "{} blocked in all; {} intervals with a stack.",
        nanos_text(facts.totals.blocked_nanos),
        count_text(waits.samples)
    ));
    page.line("\"At rest\" are threads of libraries and runtimes without own code on their stacks.");
    page.line("");
    let directory = facts.meta.target.working_directory.as_deref();
    let rows = waits.rows.iter().take(WAITS).map(|wait| {
        let chain: Vec<String> = wait.chain.iter().map(|name| code(name)).collect();
        let place = location_text(wait.file.as_deref(), wait.line, directory);
        [
            nanos_text(wait.nanos),
            share_text(&wait.share),
            count_text(wait.samples),
            escape(&wait.reason),
            escape(&thread_names(&wait.threads, 6)),
            if wait.idle { "(at rest)".into() } else { format!("{} {}", chain.join(" > "), code(&place)) },
        ]
    });
    page.table(["time:", "share of waits:", "n:", "for", "threads", "asked by"], rows);
}

fn task_waits(facts: &ReportJson, page: &mut Page) {
    let waits = &facts.task_waits;
    let Some(first) = waits.rows.first() else { return };
    page.heading("Waits of tasks");
    page.line(&format!(
        "{} waited by {}, which have no threads of their own; looked at again and again.",
        nanos_text(waits.total_nanos),
        tasks_text(&first.runtime)
    ));
    page.line("");
    let directory = facts.meta.target.working_directory.as_deref();
    let rows = waits.rows.iter().take(WAITS).map(|wait| {
        let chain: Vec<String> = wait.chain.iter().map(|name| code(name)).collect();
        let place = code(&location_text(wait.file.as_deref(), wait.line, directory));
        let asked_by = match (&wait.function, chain.is_empty()) {
            (_, false) => format!("{} {place}", chain.join(" > ")),
            (Some(function), true) => format!("(no own code) {}", code(function)),
            (None, true) => "(no own code)".to_owned(),
        };
        [
            nanos_text(wait.nanos),
            average_text(wait.average_tasks),
            share_text(&wait.share),
            escape(&wait.reason),
            asked_by,
        ]
    });
    page.table(["time:", "tasks on average:", "share:", "for", "asked by"], rows);
}

fn signals(facts: &ReportJson, page: &mut Page) {
    let directory = facts.meta.target.working_directory.as_deref();
    for SignalHeading { word, rest, fact } in signal_headings(facts) {
        let mut letters = word.to_lowercase();
        letters.get_mut(..1).map(str::make_ascii_uppercase);
        page.heading(&letters);
        page.line(&format!("{}.", escape(&rest)));
        page.line("");
        let rows = fact.rows.iter().filter(|row| row.value > 0).take(SIGNAL_ROWS).map(|row| {
            [
                value_text(fact.unit, row.value),
                percent_text(row.share),
                code(&row.function),
                row.asked_by.as_deref().map(code).unwrap_or_default(),
                code(&location_text(row.file.as_deref(), row.line, directory)),
            ]
        });
        page.table(["value:", "share:", "function", "asked by", "where"], rows);
    }
}

fn runtime(facts: &ReportJson, page: &mut Page) {
    let series = runtime_series(facts);
    if facts.events.is_empty() && series.is_empty() {
        return;
    }
    page.heading("Runtime");
    page.line("What the language runtimes told of themselves. Events of several threads overlap.");
    page.line("");
    let directory = facts.meta.target.working_directory.as_deref();
    let rows = facts.events.iter().map(|event| {
        let place = event.places.first().map_or_else(String::new, |place| {
            let at = location_text(place.file.as_deref(), place.line, directory);
            format!("{} {}", code(&place.function), code(&at)).trim_end().to_owned()
        });
        [
            escape(&event.kind),
            count_text(event.count),
            nanos_text(event.total_nanos),
            nanos_text(event.median_nanos),
            nanos_text(event.p99_nanos),
            nanos_text(event.longest_nanos),
            place,
        ]
    });
    page.table(["event", "n:", "total:", "median:", "p99:", "longest:", "most of it in"], rows);
    if series.is_empty() {
        return;
    }
    page.line("");
    let rows = series.iter().map(|fact| {
        let [mean, min, max] = [fact.mean, fact.min, fact.max].map(|value| number_text(fact.unit, value));
        [escape(&fact.name), fact.pid.map_or("-".into(), |pid| pid.to_string()), mean, min, max]
    });
    page.table(["series", "pid:", "mean:", "smallest:", "largest:"], rows);
}

fn threads(facts: &ReportJson, page: &mut Page) {
    page.heading("Threads");
    let rows = facts.threads.iter().take(THREADS).map(|thread| {
        let times = [
            thread.lifetime_nanos,
            thread.running_nanos,
            thread.runnable_nanos,
            thread.blocked_nanos,
            thread.missing_nanos,
        ];
        let [life, running, runnable, blocked, missing] = times.map(nanos_text);
        let name =
            if thread.main { format!("{} (main)", escape(&thread.name)) } else { escape(&thread.name) };
        let switches = thread.switches.map_or("-".into(), count_text);
        let own_samples = thread.program_samples.map_or("-".into(), count_text);
        [name, thread.tid.to_string(), life, running, runnable, blocked, missing, switches, own_samples]
    });
    let columns = [
        "thread",
        "tid:",
        "life:",
        "running:",
        "runnable:",
        "blocked:",
        "missing:",
        "switches:",
        "samples by its runtime:",
    ];
    page.table(columns, rows);
    let rest = (facts.threads.len() as u64 + facts.threads_left_out).saturating_sub(THREADS as u64);
    if rest > 0 {
        page.line(&format!("\n{} more threads are in the JSON report.", count_text(rest)));
    }
}

fn modules(facts: &ReportJson, page: &mut Page) {
    if facts.modules.is_empty() {
        return;
    }
    page.heading("Modules on-CPU");
    let rows = facts.modules.iter().take(MODULES).map(|module| {
        [
            share_text(&module.self_share),
            nanos_text(module.self_nanos),
            module.path.as_deref().map_or("(none)".into(), code),
            module.build_id.as_ref().map(|id| code(&id.to_string())).unwrap_or_default(),
        ]
    });
    page.table(["self:", "time:", "module", "build id"], rows);
}

fn processes(facts: &ReportJson, page: &mut Page) {
    page.heading("Processes");
    let rows = facts.processes.iter().take(PROCESSES).map(|process| {
        let end = process.end_offset_nanos.map_or("-".into(), nanos_text);
        [
            escape(&process.name),
            process.pid.to_string(),
            process.parent_pid.map_or("-".into(), |pid| pid.to_string()),
            count_text(process.threads),
            nanos_text(process.running_nanos),
            nanos_text(process.start_offset_nanos),
            end,
            process.exit_status.map_or("-".into(), exit_text),
            code(&command_text(&process.command)),
        ]
    });
    let columns = ["process", "pid:", "parent:", "threads:", "CPU time:", "from:", "to:", "end", "command"];
    page.table(columns, rows);
    let rest = (facts.processes.len() as u64 + facts.processes_left_out).saturating_sub(PROCESSES as u64);
    if rest > 0 {
        page.line(&format!("\n{} more processes are in the JSON report.", count_text(rest)));
    }
}

fn quality(facts: &ReportJson, page: &mut Page) {
    let items = resource_items(facts);
    if !items.is_empty() {
        page.heading("Memory and I/O");
        for item in items {
            page.line(&format!("- {item}"));
        }
    }
    page.heading("Quality");
    for items in quality_lines(facts) {
        page.line(&format!("- {}", items.join(" · ")));
    }
    for line in epochs_line(facts).iter().chain(&facts.meta.quality.notes) {
        page.line(&format!("- {}", escape(line)));
    }
    if !facts.meta.epochs.is_empty() {
        page.heading("Settings");
        let rows = facts.meta.epochs.iter().map(|epoch| {
            [
                nanos_text(epoch.start_nanos.saturating_sub(facts.meta.start_nanos)),
                format!("{:.0} Hz", epoch.rate_hz),
                crate::text::bytes_text(u64::from(epoch.stack_bytes)),
                format!("{:.0} Hz", epoch.off_cpu_stacks_hz),
                nanos_text(epoch.gap_nanos),
                escape(&epoch.reason),
            ]
        });
        page.table(["from:", "CPU rate:", "stack copy:", "waits:", "gap:", "reason"], rows);
    }
}

fn collectors(facts: &ReportJson, page: &mut Page) {
    if facts.meta.collectors.is_empty() {
        return;
    }
    page.heading("Collectors");
    let rows = facts.meta.collectors.iter().map(|collector| {
        let used = if collector.used { "used" } else { "missing" };
        let fix = collector.fix.as_deref().map(code).unwrap_or_default();
        [code(&collector.id), used.to_owned(), escape(&collector.how), fix]
    });
    page.table(["collector", "state", "how or why not", "fix"], rows);
}

fn reproduce(facts: &ReportJson, page: &mut Page, options: &Options) {
    page.heading("Commands");
    page.line("```sh");
    let target = &facts.meta.target;
    let rate =
        facts.meta.epochs.first().map_or(String::new(), |epoch| format!(" --rate {:.0}", epoch.rate_hz));
    if !target.command.is_empty() {
        page.line(&fenced(&format!("fathom run{rate} -- {}", command_text(&target.command))));
    } else if !target.pids.is_empty() {
        let pids: Vec<String> = target.pids.iter().map(ToString::to_string).collect();
        let seconds = (facts.totals.wall_nanos as f64 / 1e9).ceil();
        page.line(&format!("fathom attach{rate} -d {seconds:.0}s {}", pids.join(" ")));
    }
    for (command, what) in next_commands(facts, &options.recording_name) {
        page.line(&fenced(&format!("{command}  # {what}")));
    }
    page.line("```");
}

/// A name as code. The run of backticks around it is longer than any inside (CommonMark 0.31, section 6.1); a bar
/// would end the cell even in code (GFM, section 4.10), so it is escaped.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text that is no markup: every sign that Markdown or HTML gives a meaning is escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        if "\\`*_{}[]<>#|!~&$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A line inside a fence; a fence of its own would end it.
fn fenced(line: &str) -> String {
    line.replace("```", "'''")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_cell() {
        assert_eq!(code("operator|(A, B)"), r"`operator\|(A, B)`");
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(escape("<script>|*x*"), r"\<script\>\|\*x\*");
    }
}
