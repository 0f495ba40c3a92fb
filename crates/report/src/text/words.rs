//! Sentences that several documents print: why something is missing, what the quality is, what to do next.

use fathom_model::{Pid, Signal, TargetInfo, Unit};

use crate::facts::{ReportJson, SeriesFact};
use crate::text::{bytes_text, command_text, count_text, nanos_text, percent_text, plain};

/// Below this a recording is mostly its own start.
const SHORT_NANOS: i64 = 2_000_000_000;

/// Fewer samples than this rank nothing: at n = 20 the 95 % interval of a share of one half is still 43 points
/// wide (Wilson), so that the order of two functions says nothing.
pub(crate) const FEWEST_SAMPLES: u64 = 20;

/// What was recorded: the command, or the processes attached to.
pub(crate) fn target_text<'a>(target: &TargetInfo, name_of: impl Fn(Pid) -> Option<&'a str>) -> String {
    if !target.command.is_empty() {
        return command_text(&target.command);
    }
    let process = |pid: &Pid| match name_of(*pid) {
        Some(name) => format!("pid {pid} ({})", plain(name)),
        None => format!("pid {pid}"),
    };
    let processes: Vec<String> = target.pids.iter().map(process).collect();
    if processes.is_empty() { "unknown target".into() } else { processes.join(", ") }
}

/// What a profile of another tool is: its format, the tool, the program, how long it covers.
pub(crate) fn imported_text(facts: &ReportJson) -> String {
    let meta = &facts.meta;
    let Some(imported) = &meta.imported else { return target_of(facts) };
    let mut parts = vec![format!("{} profile", plain(&imported.format))];
    parts.extend(imported.tool.as_deref().map(|tool| format!("by {}", plain(tool))));
    if !meta.target.command.is_empty() {
        parts.push(command_text(&meta.target.command));
    }
    if imported.has_times && meta.duration_nanos > 0 {
        parts.push(nanos_text(meta.duration_nanos));
    }
    let threads = facts.threads.len() as u64 + facts.threads_left_out;
    if threads > 1 {
        let processes = facts.processes.len() as u64 + facts.processes_left_out;
        let (threads, processes) = (many_text(threads, "thread"), many_text(processes, "process"));
        parts.push(format!("{threads} in {processes}"));
    }
    parts.join(" · ")
}

/// The same from facts.
pub(crate) fn target_of(facts: &ReportJson) -> String {
    let name_of =
        |pid| facts.processes.iter().find(|process| process.pid == pid).map(|process| process.name.as_str());
    target_text(&facts.meta.target, name_of)
}

/// A count with its noun: `1 thread`, `2,000 processes`.
pub(crate) fn many_text(count: u64, noun: &str) -> String {
    let ending = match noun {
        _ if count == 1 => "",
        _ if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {noun}{ending}", count_text(count))
}

/// Why there is no sample of a signal.
pub(crate) fn why_no_samples(facts: &ReportJson, signal: Signal) -> String {
    let meta = &facts.meta;
    // Not of waits: those that were recorded may all be for a CPU, and none of them a wait.
    let taken = meta.quality.cpu_samples;
    if signal == Signal::Cpu && taken > 0 {
        return format!(
            "{} were taken, and none of them is in the recording, which may be damaged",
            count_text(taken)
        );
    }
    let missing = meta.collectors.iter().find(|collector| collector.id == signal.as_str() && !collector.used);
    if let Some(collector) = missing {
        return format!("the {} collector did not run: {}", collector.id, plain(&collector.how));
    }
    if !meta.signals.is_empty() && !meta.signals.contains(&signal) {
        return format!("signal {signal} was not asked for");
    }
    if signal != Signal::Cpu {
        return match facts.totals.blocked_nanos {
            0 => "no thread was seen waiting".into(),
            blocked => format!(
                "threads were blocked for {}, but no interval was recorded with a stack",
                nanos_text(blocked)
            ),
        };
    }
    let running = facts.totals.running_nanos;
    let rate_hz = meta.epochs.last().map_or(0.0, |epoch| epoch.rate_hz);
    if rate_hz <= 0.0 {
        return format!(
            "the target used {} of CPU time and the sampling rate is not known",
            nanos_text(running)
        );
    }
    let due = running as f64 / 1e9 * rate_hz;
    let period = nanos_text((1e9 / rate_hz) as i64);
    if due < 2.0 {
        format!(
            "the target used {} of CPU time; at {rate_hz:.0} Hz one sample is due every {period}",
            nanos_text(running)
        )
    } else {
        format!(
            "about {} were due and none came; `fathom doctor` says what works here",
            count_text(due as u64)
        )
    }
}

/// The quality box without its notes: lines of items.
pub(crate) fn quality_lines(facts: &ReportJson) -> Vec<Vec<String>> {
    let quality = &facts.meta.quality;
    let mut samples = vec![format!("{} on-CPU samples", count_text(quality.cpu_samples))];
    if quality.off_cpu_intervals > 0 || quality.off_cpu_samples > 0 {
        let [recorded, seen] = [quality.off_cpu_samples, quality.off_cpu_intervals].map(count_text);
        samples.push(format!("{recorded} of {seen} waits recorded"));
    }
    samples.push(format!("{} lost", count_text(quality.lost)));
    let mut stacks = Vec::new();
    if let Some(share) = facts.quality.complete_stacks_share {
        stacks.push(format!("{} of stacks complete", percent_text(share)));
    }
    if let Some(share) = facts.quality.unresolved_frames_share {
        stacks.push(format!("{} of frames without a name", percent_text(share)));
    }
    if quality.spliced > 0 {
        stacks.push(format!("{} stacks spliced", count_text(quality.spliced)));
    }
    if quality.unmerged > 0 {
        stacks.push(format!("{} stacks unmerged", count_text(quality.unmerged)));
    }
    let mut cost = Vec::new();
    if let Some(share) = facts.quality.target_cost_share {
        cost.push(format!("cost {} of the target's CPU time (estimate)", percent_text(share)));
    }
    if let Some(share) = facts.quality.fathom_core_share {
        let peak = bytes_text(quality.cost.fathom_peak_rss_bytes);
        // Of a short run it is start-up, which no share of a core describes.
        let own = if quality.cost.wall_nanos < SHORT_NANOS {
            format!("{} of CPU time", nanos_text(quality.cost.fathom_cpu_nanos))
        } else {
            format!("{} of one core", percent_text(share))
        };
        cost.push(format!("fathom {own}, {peak}"));
    }
    [samples, stacks, cost].into_iter().filter(|items| !items.is_empty()).collect()
}

/// What people call the tasks of a runtime.
pub(crate) fn tasks_text(runtime: &str) -> &'static str {
    match runtime {
        "go" => "goroutines",
        "python" => "asyncio tasks",
        _ => "tasks",
    }
}

/// How many on average: `0.04`, `3.2`, `1,204`.
pub(crate) fn average_text(average: f64) -> String {
    match average {
        few if few < 0.995 => format!("{few:.2}"),
        some if some < 99.5 => format!("{some:.1}"),
        many => count_text(many.round() as u64),
    }
}

/// What changed while recording, if the governor acted.
pub(crate) fn epochs_line(facts: &ReportJson) -> Option<String> {
    let last = facts.meta.epochs.last()?;
    let changes = facts.meta.epochs.len() - 1;
    (changes > 0).then(|| {
        let gaps = facts.meta.epochs.iter().fold(0_i64, |sum, epoch| sum.saturating_add(epoch.gap_nanos));
        let times = if changes == 1 { "once".to_owned() } else { format!("{changes} times") };
        let gaps = if gaps > 0 {
            format!(", {} without sampling in between", nanos_text(gaps))
        } else {
            String::new()
        };
        format!("settings changed {times}, last to {:.0} Hz: {}{gaps}", last.rate_hz, plain(&last.reason))
    })
}

/// What the target used, item by item.
pub(crate) fn resource_items(facts: &ReportJson) -> Vec<String> {
    let used = &facts.resources;
    let mut items = Vec::new();
    let mut add = |item: Option<String>| items.extend(item);
    add(used.peak_rss_bytes.map(|bytes| format!("peak RSS {}", bytes_text(bytes))));
    add(used.peak_pss_bytes.map(|bytes| format!("peak PSS {}", bytes_text(bytes))));
    add(used.read_bytes.map(|bytes| format!("read {}", bytes_text(bytes))));
    add(used.written_bytes.map(|bytes| format!("written {}", bytes_text(bytes))));
    if let (Some(minor), Some(major)) = (used.minor_faults, used.major_faults) {
        add(Some(format!("page faults {} minor, {} major", count_text(minor), count_text(major))));
    }
    if let (Some(own), Some(forced)) = (used.voluntary_switches, used.involuntary_switches) {
        add(Some(format!("switches {} by waiting, {} forced", count_text(own), count_text(forced))));
    }
    add(used.peak_fds.map(|count| many_text(count, "descriptor")));
    add(used.peak_threads.map(|count| format!("{} at most", many_text(count, "thread"))));
    add(used.throttled_nanos.filter(|nanos| *nanos > 0).map(|nanos| {
        format!("throttled by the control group for {}", nanos_text(i64::try_from(nanos).unwrap_or(i64::MAX)))
    }));
    // Below these the host was quiet, and the figures would only take room (2 % steal or pressure: inside noise).
    let notable = |share: Option<f64>| share.filter(|share| *share >= 0.02).map(percent_text);
    add(notable(used.host_steal_share).map(|share| format!("host steal {share}")));
    add(notable(used.host_cpu_pressure).map(|share| format!("host CPU pressure {share}")));
    add(notable(used.host_memory_pressure).map(|share| format!("host memory pressure {share}")));
    add(notable(used.host_io_pressure).map(|share| format!("host I/O pressure {share}")));
    items
}

/// The series that runtimes told of themselves; what the kernel tells has sections of its own.
pub(crate) fn runtime_series(facts: &ReportJson) -> Vec<&SeriesFact> {
    let is_kernels =
        |name: &str| ["process.", "host.", "cgroup."].iter().any(|start| name.starts_with(start));
    facts.series.iter().filter(|fact| !is_kernels(&fact.name)).collect()
}

/// A value of a series.
pub(crate) fn number_text(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Nanoseconds => nanos_text(value as i64),
        Unit::Bytes => bytes_text(value.max(0.0) as u64),
        Unit::Count => average_text(value),
        Unit::Ratio => percent_text(value),
    }
}

/// Commands worth typing next, each with what it gives.
pub(crate) fn next_commands(facts: &ReportJson, recording_name: &str) -> Vec<(String, &'static str)> {
    let mut commands = Vec::new();
    let missing_fix =
        facts.meta.collectors.iter().find(|collector| !collector.used && collector.fix.is_some());
    let samples = facts.functions.samples;
    if samples < FEWEST_SAMPLES {
        if let Some(fix) = missing_fix.and_then(|collector| collector.fix.as_deref()) {
            commands.push((plain(fix), "unlocks what was missing"));
        } else if !facts.meta.target.command.is_empty() && facts.totals.running_nanos > 0 {
            // 4,999 Hz is a prime near the highest rate that common kernels allow.
            let command = command_text(&facts.meta.target.command);
            commands.push((format!("fathom run --rate 4999 -- {command}"), "more samples"));
        }
    }
    let name = command_text(&[recording_name.to_owned()]);
    if samples > 0 {
        commands.push((format!("fathom export {name} --format svg -o flame.svg"), "flame graph"));
    }
    commands.push((format!("fathom report {name} --output md"), "the full report"));
    commands
}
