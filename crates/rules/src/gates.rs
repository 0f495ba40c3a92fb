//! What about a recording makes its findings less sure. Never findings themselves.

use fathom_analysis::{Filter, StateFilter};
use fathom_model::{Gate, GoalMetric, Recording, Signal, StackId, ThreadState};

use crate::context::Context;

/// Fewer observations than this carry no share at all: 4 of 40 are somewhere between 4 and 23 %.
const LEAST_OBSERVATIONS: u64 = 40;
/// From here on a share of 5 % is known to about 2 points (Wilson's interval).
const GOOD_OBSERVATIONS: u64 = 400;
/// More lost than this is no longer an accident; JDK Mission Control warns at the first lost buffer.
const LOST_SHARE: f64 = 0.01;
/// JDK Mission Control and Datadog warn at the same share of cut stacks.
const TRUNCATED_SHARE: f64 = 0.01;
/// A nameless function of this size could be the cause of everything.
const UNRESOLVED_SHARE: f64 = 0.05;
/// JDK Mission Control's first threshold for the CPU time of others.
const RUNNABLE_SHARE: f64 = 0.20;
/// Above this the host takes time from the machine that nothing inside can explain.
const STEAL_SHARE: f64 = 0.02;
/// What Fathom may cost before its own cost belongs into the picture.
const OVERHEAD_SHARE: f64 = 0.03;
/// Halves of a recording that differ by more than this in what is hottest are two programs.
const UNSTEADY_DISTANCE: f64 = 0.5;
/// Windows that a recording is cut into to see whether it is steady.
const WINDOWS: usize = 8;

/// Everything that makes findings of a recording less sure.
pub(crate) fn gates(cx: &Context<'_>) -> Vec<Gate> {
    let recording = cx.recording;
    let found = [
        few_samples(cx),
        lost(recording),
        truncated(recording),
        unresolved(recording),
        noisy_host(recording),
        overhead(recording),
        biased(recording),
        unsteady(cx),
    ];
    found.into_iter().flatten().collect()
}

fn gate(id: &str, blocks: bool, text: String) -> Option<Gate> {
    Some(Gate { id: id.to_owned(), text, blocks })
}

fn percent(share: f64) -> String {
    if share < 0.1 { format!("{:.1} %", share * 100.0) } else { format!("{:.0} %", share * 100.0) }
}

fn few_samples(cx: &Context<'_>) -> Option<Gate> {
    let evidence = &cx.goal_ledger().evidence;
    // A counting tool (callgrind) observes everything once: its numbers are exact.
    if cx.goal.metric == GoalMetric::Profile && evidence.n == 0 {
        return None;
    }
    if evidence.n >= GOOD_OBSERVATIONS {
        return None;
    }
    let n = evidence.n;
    let recorded = cx.recording.meta.quality.cpu_samples;
    if cx.recording.samples.is_empty() && recorded > 0 {
        let text = format!(
            "{recorded} samples were taken, and none of them is in the recording, which may be damaged: nothing is known of what cost most"
        );
        return gate("few-samples", true, text);
    }
    // A main thread that waits for its workers is seen waiting once or twice; they are seen often.
    let is_seen = |sample: &&fathom_model::Sample| matches!(sample.signal, Signal::Cpu | Signal::OffCpu);
    let all = cx.recording.samples.iter().filter(is_seen).map(|sample| u64::from(sample.n)).sum::<u64>();
    let of_all = if cx.goal.metric == GoalMetric::Wall { all.max(n) } else { n };
    let blocks = of_all < LEAST_OBSERVATIONS;
    let result = if blocks { "too few to say what costs most" } else { "shares are rough" };
    let more = if cx.recording.meta.imported.is_some() {
        "profile a longer run"
    } else {
        "run longer, or with a higher --rate"
    };
    gate("few-samples", blocks, format!("{n} observations, {result}: {more} ({GOOD_OBSERVATIONS} are good)"))
}

fn lost(recording: &Recording) -> Option<Gate> {
    let quality = &recording.meta.quality;
    let taken = quality.cpu_samples + quality.off_cpu_samples;
    let share = quality.lost as f64 / (quality.lost + taken).max(1) as f64;
    (share > LOST_SHARE)
        .then(|| {
            gate(
                "lost",
                false,
                format!("{} of all records were lost; what was busiest is missing most", percent(share)),
            )
        })
        .flatten()
}

fn truncated(recording: &Recording) -> Option<Gate> {
    let quality = &recording.meta.quality;
    let taken = quality.cpu_samples + quality.off_cpu_samples;
    let share = quality.truncated as f64 / taken.max(1) as f64;
    (taken > 0 && share > TRUNCATED_SHARE)
        .then(|| {
            gate(
                "truncated",
                false,
                format!(
                    "{} of the stacks are cut, so totals of outer functions are lower bounds",
                    percent(share)
                ),
            )
        })
        .flatten()
}

fn unresolved(recording: &Recording) -> Option<Gate> {
    let main = recording.main_signal();
    let mut sums = [0_i64; 2];
    // Where all code has a name, nobody has to be asked for it.
    let all_named = recording.frames.iter().all(|frame| frame.function.is_some());
    let has_name = |stack: StackId| {
        let frame = || recording.frames.get(recording.stacks.get(stack)?.frame.index());
        all_named || frame().is_some_and(|frame| frame.function.is_some())
    };
    for sample in recording.samples.iter().filter(|sample| sample.signal == main && sample.n > 0) {
        sums[0] = sums[0].saturating_add(sample.value.max(0));
        if !sample.stack.is_some_and(has_name) {
            sums[1] = sums[1].saturating_add(sample.value.max(0));
        }
    }
    let share = sums[1] as f64 / sums[0].max(1) as f64;
    (share > UNRESOLVED_SHARE)
        .then(|| {
            gate(
                "unresolved",
                false,
                format!(
                    "{} of the samples end in code without a name (fathom doctor says what would name it)",
                    percent(share)
                ),
            )
        })
        .flatten()
}

fn noisy_host(recording: &Recording) -> Option<Gate> {
    let steal = highest_share(recording, "host.steal");
    let sum = |state: ThreadState| {
        let of = |signal| Filter::of(signal).in_state(StateFilter::Is(state)).samples(recording);
        let samples = [Signal::Cpu, Signal::OffCpu].into_iter().flat_map(of);
        samples.map(|sample| sample.value.max(0)).sum::<i64>()
    };
    let (running, runnable) = (sum(ThreadState::Running), sum(ThreadState::Runnable));
    let waited = runnable as f64 / (running + runnable).max(1) as f64;
    if steal > STEAL_SHARE {
        return gate(
            "noisy-host",
            false,
            format!("the hypervisor took up to {} of the CPUs (steal)", percent(steal)),
        );
    }
    // More threads than CPUs wait for each other; that is a finding and no noise.
    let cpus = recording.meta.host.cpus.max(1) as i64;
    let fits = running <= cpus * recording.meta.duration_nanos / 2;
    (waited > RUNNABLE_SHARE && fits)
        .then(|| {
            gate(
                "noisy-host",
                false,
                format!(
                    "threads that could run waited {} of their time for a CPU while others used it",
                    percent(waited)
                ),
            )
        })
        .flatten()
}

/// The highest value of a series of shares.
fn highest_share(recording: &Recording, name: &str) -> f64 {
    recording.series.iter().filter(|point| point.name == name).map(|point| point.value).fold(0.0, f64::max)
}

fn overhead(recording: &Recording) -> Option<Gate> {
    let share = recording.meta.quality.cost.target_share()?;
    (share > OVERHEAD_SHARE)
        .then(|| {
            gate(
                "overhead",
                false,
                format!("the recording itself cost the program {} of its CPU time", percent(share)),
            )
        })
        .flatten()
}

/// Samplers that look at a JVM only at safepoints show the next safepoint and not the line that worked.
fn biased(recording: &Recording) -> Option<Gate> {
    let imported = recording.meta.imported.as_ref()?;
    let tool = imported.tool.as_deref().unwrap_or_default();
    let is_jfr = imported.format == "jfr" && !tool.contains("async");
    is_jfr.then(|| {
        gate("biased-sampler", false, "JFR's method sampler looks at some threads only and prefers certain places: lines are hints, functions hold".to_owned())
    })
    .flatten()
}

/// Whether what is hottest changes over the recording.
fn unsteady(cx: &Context<'_>) -> Option<Gate> {
    let meta = &cx.recording.meta;
    // A command's phases belong to it; a service that was attached to is expected to do one thing.
    if !meta.target.command.is_empty() {
        return None;
    }
    if meta.duration_nanos <= 0 || meta.imported.as_ref().is_some_and(|imported| !imported.has_times) {
        return None;
    }
    let main = cx.recording.main_signal();
    let mut windows = vec![std::collections::BTreeMap::<u32, i64>::new(); WINDOWS];
    for sample in cx.recording.samples.iter().filter(|sample| sample.signal == main && sample.n > 0) {
        let at = (sample.time_nanos - meta.start_nanos).clamp(0, meta.duration_nanos - 1);
        let window = (at as i128 * WINDOWS as i128 / meta.duration_nanos as i128) as usize;
        let Some(stack) = sample.stack else { continue };
        let own = cx.own_path(stack.index()).last().map_or(u32::MAX, |(function, _)| function.0);
        *windows[window.min(WINDOWS - 1)].entry(own).or_default() += sample.value.max(0);
    }
    let sums: Vec<i64> = windows.iter().map(|window| window.values().sum()).collect();
    let mean = sums.iter().sum::<i64>() / WINDOWS as i64;
    let (first, rest) = (&windows[0], &windows[WINDOWS / 2..]);
    // Start-up against the steady half; both have to have worked.
    if mean == 0 || sums[0] < mean / 4 {
        return None;
    }
    let mut steady = std::collections::BTreeMap::<u32, i64>::new();
    rest.iter().flatten().for_each(|(function, value)| *steady.entry(*function).or_default() += value);
    let total: i64 = steady.values().sum();
    let distance: f64 = first
        .keys()
        .chain(steady.keys().filter(|key| !first.contains_key(key)))
        .map(|key| {
            let of = |map: &std::collections::BTreeMap<u32, i64>, whole: i64| {
                map.get(key).copied().unwrap_or_default() as f64 / whole.max(1) as f64
            };
            (of(first, sums[0]) - of(&steady, total)).abs()
        })
        .sum::<f64>()
        / 2.0;
    (distance > UNSTEADY_DISTANCE).then(|| {
        gate("unsteady", false, format!("the program does something else at its start than later ({} of its work differs): shares are those of the whole run", percent(distance)))
    })
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn ids(text: &str) -> Vec<String> {
        let recording = fathom_testkit::recording(text);
        let settings = Settings::default();
        let cx = Context::new(&recording, &Default::default(), &settings);
        gates(&cx)
            .into_iter()
            .map(|gate| format!("{}{}", gate.id, if gate.blocks { "!" } else { "" }))
            .collect()
    }

    #[test]
    fn a_good_recording_passes() {
        assert!(ids("wall 10s\ncommand ./a\nthread main\ncpu main;f 10s n=5000").is_empty());
    }

    #[test]
    fn few_samples_block_and_some_only_warn() {
        assert_eq!(ids("wall 1s\ncommand ./a\nthread main\ncpu main;f 1s n=39"), ["few-samples!"]);
        assert_eq!(ids("wall 1s\ncommand ./a\nthread main\ncpu main;f 1s n=399"), ["few-samples"]);
    }

    #[test]
    fn what_is_lost_or_nameless_is_said() {
        let text = "wall 1s\ncommand ./a\nthread main\nquality cpu-samples=900 lost=100\ncpu main;f 900ms n=900\ncpu main;? 100ms n=100";
        assert_eq!(ids(text), ["lost", "unresolved"]);
    }
}
