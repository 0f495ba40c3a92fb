//! How far profiles of managed programs are from what the programs measured: launched, attached, and by rivals.
//!
//! Every run is judged against the truth of that same run. An attached profile sees a part of the run, in the middle,
//! and is judged against what the program had measured at that part's end less what it had at its beginning.

use super::super::launch::{Launch, end_of};
use super::super::score::{Truth, total_variation, weights, worst_blocked_error};
use super::super::stacks::{WeightedStack, is_complete};
use super::super::table::percent;
use super::super::tools::{Tools, truth_of, with_truth};
use super::super::truth::quality;
use super::java_rivals::{AsyncProfiler, Clock, JFR_OPTION, jfr_stacks};
use super::rivals::{PySpy, Stops, go_profile, py_spy_stacks};
use super::subjects::{Interpreter, Language, Subject};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// The targets, as the product states them.
const MAX_DISTANCE: f64 = 0.02;
const MAX_BLOCKED_ERROR: f64 = 0.03;
const MIN_COMPLETE: f64 = 0.98;
/// Below this number of samples the distance is chance, and is shown but not judged.
const MIN_SAMPLES: u64 = 5_000;

/// The governor would lower the rate of programs that switch much, and with it the number of samples.
const KEEP_RATE: &[&str] = &["--max-overhead", "100"];

/// What one profile says, against the truth of its run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    pub(super) samples: u64,
    /// Total variation distance of the shares of CPU time.
    pub(super) distance: Option<f64>,
    /// CPU time in the profile over the CPU time that was used.
    pub(super) cpu_seen: Option<f64>,
    /// The wait site with the largest error, and that error.
    pub(super) blocked: Option<(String, f64)>,
    /// Share of CPU time whose stack begins where the runtime's stacks begin.
    pub(super) complete: Option<f64>,
    /// Relative error of the time in the garbage collector.
    pub(super) collector: Option<f64>,
}

/// One program under one interpreter, for one length and rate.
pub(super) struct Run<'a> {
    pub(super) tools: &'a Tools,
    pub(super) subject: &'a Subject,
    pub(super) interpreter: Option<&'a Interpreter>,
    pub(super) rate_hz: u32,
    pub(super) seconds: f64,
}

impl Run<'_> {
    /// Launched by Fathom.
    pub(super) fn fathom_run(&self) -> Result<Seen> {
        let folder = self.folder("run")?;
        let mut words = self.tools.fathom_run(self.rate_hz, KEEP_RATE);
        words.extend(self.command());
        let mut launch = with_truth(Launch::new(words, &folder));
        launch.timeout = self.timeout();
        let outcome = launch.run_well()?;
        let recorded = self.tools.read_recording(&folder, outcome)?;
        let truth = truth_of(&folder)?;
        let samples = quality(&recorded.report).map_or(0, |found| found["cpu_samples"].as_u64().unwrap_or(0));
        let seen = self.seen(&folder, &truth, 1.0, samples)?;
        let is_known = self.subject.is_total_known && truth.total_cpu_nanos > 0;
        Ok(Seen { cpu_seen: seen.cpu_seen.filter(|_| is_known), ..seen })
    }

    /// Attached for the middle three quarters of the run.
    pub(super) fn fathom_attach(&self) -> Result<Seen> {
        let folder = self.folder("attach")?;
        let duration = format!("{:.0}ms", self.seconds() * 750.0);
        let more: Vec<&str> =
            ["--duration", &duration].into_iter().chain(KEEP_RATE.iter().copied()).collect();
        let words = |pid| self.tools.fathom_attach(pid, self.rate_hz, &more);
        let truth = self.beside(&folder, &words)?;
        let report = self.tools.report(&folder, "run.fathom")?;
        // The recording itself is longer by the time that it takes to begin and to end on every thread.
        let lifetimes = report["threads"].as_array().into_iter().flatten();
        let lifetimes = lifetimes.filter_map(|thread| thread["lifetime_nanos"].as_f64());
        let window_nanos = lifetimes.max_by(f64::total_cmp).context("the report has no thread")?;
        let number =
            |key: &str| report["meta"][key].as_u64().with_context(|| format!("the report has no {key}"));
        let end = number("start_nanos")? + number("duration_nanos")?;
        let samples = quality(&report).map_or(0, |found| found["cpu_samples"].as_u64().unwrap_or(0));
        let seen = self.seen(
            &folder,
            &truth.within(end.saturating_sub(window_nanos as u64)..end),
            window_nanos / truth.wall_nanos as f64,
            samples,
        )?;
        Ok(Seen { cpu_seen: None, ..seen })
    }

    /// Launched by py-spy; waits come from a second run that keeps idle threads.
    pub(super) fn py_spy(&self, spy: &PySpy, stops: Stops) -> Result<Seen> {
        let (stacks, truth) = self.py_spy_run(spy, stops, &[])?;
        let samples = stacks.iter().map(|stack| stack.weight).sum();
        let distance = total_variation(&truth.cpu_nanos, &weights(&stacks, truth.cpu_nanos.keys()));
        let complete = complete_share(&stacks, Language::Python);
        let mut seen = Seen { samples, distance, complete, ..Seen::default() };
        if !truth.blocked_nanos.is_empty() && stops == Stops::Yes {
            let (stacks, truth) = self.py_spy_run(spy, stops, &["--idle"])?;
            let mut found = weights(&stacks, truth.blocked_nanos.keys());
            for samples in found.values_mut() {
                *samples = *samples * 1_000_000_000 / u64::from(self.rate_hz);
            }
            // Its idle samples are wall time: a site's own CPU time is in them.
            let on_cpu = |name: &String| truth.cpu_nanos.get(name).copied().unwrap_or(0);
            let wall = truth.blocked_nanos.iter().map(|(name, nanos)| (name.clone(), nanos + on_cpu(name)));
            seen.blocked = worst_blocked_error(&wall.collect(), &found);
        }
        Ok(seen)
    }

    fn py_spy_run(&self, spy: &PySpy, stops: Stops, more: &[&str]) -> Result<(Vec<WeightedStack>, Truth)> {
        let folder = self.folder("py-spy")?;
        let mut more = more.to_vec();
        more.extend(self.subject.name.contains("pool").then_some("--subprocesses"));
        let mut words = spy.record(self.rate_hz, stops, &more);
        words.push("--".into());
        words.extend(self.command());
        let mut launch = with_truth(Launch::new(words, &folder));
        launch.timeout = self.timeout();
        launch.run()?;
        Ok((py_spy_stacks(&folder)?, truth_of(&folder)?))
    }

    /// A Go program's own CPU profile, and its block profile for what goroutines wait for.
    pub(super) fn own_profile(&self) -> Result<Seen> {
        let folder = self.folder("own")?;
        let mut launch = with_truth(Launch::new(self.command(), &folder));
        launch = launch.with("TRUTH_CPU_PROFILE", "cpu.pb").with("TRUTH_BLOCK_PROFILE", "block.pb");
        launch.timeout = self.timeout();
        launch.run_well()?;
        let truth = truth_of(&folder)?;
        let stacks = go_profile(&folder, "cpu.pb")?;
        let mut seen = judged_cpu(&stacks, &truth, 1.0, Language::Go);
        if !truth.waited_nanos.is_empty() {
            let found = weights(&go_profile(&folder, "block.pb")?, truth.waited_nanos.keys());
            // Sleeps are in no block profile: not held against it.
            let expected = truth.waited_nanos.into_iter().filter(|(name, _)| found.contains_key(name));
            seen.blocked = worst_blocked_error(&expected.collect(), &found);
        }
        Ok(seen)
    }

    /// `node --cpu-prof`.
    pub(super) fn cpu_prof(&self) -> Result<Seen> {
        let folder = self.folder("cpu-prof")?;
        let mut words = self.command();
        let interval = 1_000_000 / self.rate_hz.max(1);
        words.insert(1, "--cpu-prof".into());
        words.insert(2, "--cpu-prof-name=own.cpuprofile".into());
        words.insert(3, format!("--cpu-prof-interval={interval}").into());
        let mut launch = with_truth(Launch::new(words, &folder));
        launch.timeout = self.timeout();
        launch.run_well()?;
        let truth = truth_of(&folder)?;
        let stacks = cpu_profile(&std::fs::read(folder.join("own.cpuprofile"))?)?;
        let mut seen = judged_cpu(&stacks, &truth, 1.0, Language::Node);
        // It looks at the thread whatever it does: what a blocked function got is its wall time.
        seen.blocked =
            worst_blocked_error(&truth.blocked_nanos, &weights(&stacks, truth.blocked_nanos.keys()));
        Ok(seen)
    }

    /// JFR with its own settings `profile`: samples, and the events of its waits.
    pub(super) fn jfr(&self) -> Result<Seen> {
        let java = self.interpreter.context("no Java")?;
        let folder = self.folder("jfr")?;
        self.java_run(&folder, JFR_OPTION.into())?;
        let truth = truth_of(&folder)?;
        let (stacks, waits) = jfr_stacks(java, &folder)?;
        let mut seen = judged_cpu(&stacks, &truth, 1.0, Language::Java);
        seen.blocked =
            worst_blocked_error(&truth.blocked_nanos, &weights(&waits, truth.blocked_nanos.keys()));
        Ok(seen)
    }

    /// async-profiler by CPU time; waits come from a second run by wall time.
    pub(super) fn async_profiler(&self, profiler: &AsyncProfiler) -> Result<Seen> {
        let run = |clock: Clock| -> Result<(Vec<WeightedStack>, Truth)> {
            let folder = self.folder("async-profiler")?;
            self.java_run(&folder, profiler.option(clock))?;
            Ok((AsyncProfiler::stacks(&folder, clock)?, truth_of(&folder)?))
        };
        let (stacks, truth) = run(Clock::Cpu(self.rate_hz))?;
        let mut seen = judged_cpu(&stacks, &truth, 1.0, Language::Java);
        if !truth.blocked_nanos.is_empty() {
            let (stacks, truth) = run(Clock::Wall)?;
            seen.blocked =
                worst_blocked_error(&truth.blocked_nanos, &weights(&stacks, truth.blocked_nanos.keys()));
        }
        Ok(seen)
    }

    fn java_run(&self, folder: &Path, option: OsString) -> Result<()> {
        let mut words = self.command();
        words.insert(1, option);
        let mut launch = with_truth(Launch::new(words, folder));
        launch.timeout = self.timeout();
        launch.run_well().map(|_| ())
    }

    /// What Fathom's recording in `folder` says against the truth of its time, which is `part` of the program's.
    fn seen(&self, folder: &Path, truth: &Truth, part: f64, samples: u64) -> Result<Seen> {
        let stacks = self.tools.folded(folder, "cpu")?;
        let mut seen = judged_cpu(&stacks, truth, part, self.subject.language);
        seen.samples = samples;
        // Goroutines wait without a thread: of a program, one or the other is measured.
        for (waits, signal) in [(&truth.blocked_nanos, "off-cpu"), (&truth.waited_nanos, "task-wait")] {
            if !waits.is_empty() {
                let found = weights(&self.tools.folded(folder, signal)?, waits.keys());
                seen.blocked = worst_blocked_error(waits, &found);
            }
        }
        Ok(seen)
    }

    /// Starts the program, runs a profiler on it from an eighth of its time on, and waits for both.
    fn beside(&self, folder: &Path, profiler: &dyn Fn(u32) -> Vec<OsString>) -> Result<Truth> {
        let inner = folder.join("program");
        std::fs::create_dir_all(&inner).context("cannot make a folder")?;
        let mut program = with_truth(Launch::new(self.command(), &inner)).spawn()?;
        std::thread::sleep(Duration::from_secs_f64(self.seconds() / 8.0));
        let mut launch = Launch::new(profiler(program.id()), folder);
        launch.timeout = self.timeout();
        let profiled = launch.run_well();
        let status = end_of(&mut program, self.timeout())?;
        profiled?;
        if !status.success() {
            bail!("the program ended with {status} when it was profiled");
        }
        truth_of(&inner)
    }

    fn command(&self) -> Vec<OsString> {
        self.subject.command(self.tools, self.interpreter, self.seconds())
    }

    fn seconds(&self) -> f64 {
        self.seconds * self.subject.seconds_factor
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs_f64(120.0 + self.seconds() * 5.0)
    }

    fn folder(&self, kind: &str) -> Result<std::path::PathBuf> {
        let version = self.interpreter.map_or("go", |interpreter| interpreter.version.as_str());
        self.tools.folder(&format!("managed/{version}/{}/{kind}", self.subject.name.replace(' ', "_")))
    }
}

fn judged_cpu(stacks: &[WeightedStack], truth: &Truth, part: f64, language: Language) -> Seen {
    let total: u64 = stacks.iter().map(|stack| stack.weight).sum();
    let collecting = collector_frames(language);
    let is_collecting = |stack: &&WeightedStack| {
        let mut names = stack.frames.iter().map(|frame| frame.split(".func").next().unwrap_or(frame));
        names.any(|name| collecting.contains(&name))
    };
    let collected: u64 = stacks.iter().filter(is_collecting).map(|stack| stack.weight).sum();
    let known = truth.counts.get("gc_nanos").filter(|nanos| **nanos > 0);
    Seen {
        samples: stacks.len() as u64,
        distance: total_variation(&truth.cpu_nanos, &weights(stacks, truth.cpu_nanos.keys())),
        cpu_seen: (truth.total_cpu_nanos > 0).then(|| total as f64 / truth.total_cpu_nanos as f64),
        blocked: None,
        complete: complete_share(stacks, language),
        collector: known.map(|nanos| collected as f64 / (*nanos as f64 * part) - 1.0),
    }
}

/// The stacks of a `.cpuprofile`, outermost first; weights in nanoseconds.
fn cpu_profile(bytes: &[u8]) -> Result<Vec<WeightedStack>> {
    let profile: serde_json::Value = serde_json::from_slice(bytes)?;
    let list = |name: &str| profile[name].as_array().with_context(|| format!("no {name}"));
    let mut names: BTreeMap<u64, &str> = BTreeMap::new();
    let mut parents: BTreeMap<u64, u64> = BTreeMap::new();
    for node in list("nodes")? {
        let id = node["id"].as_u64().context("a node without a number")?;
        names.insert(id, node["callFrame"]["functionName"].as_str().unwrap_or_default());
        let children = node["children"].as_array().map(Vec::as_slice).unwrap_or_default();
        parents.extend(children.iter().filter_map(|child| Some((child.as_u64()?, id))));
    }
    let stack = |(leaf, micros): (&serde_json::Value, &serde_json::Value)| {
        let mut frames = Vec::new();
        let mut next = leaf.as_u64();
        while let Some(id) = next {
            frames.push(names.get(&id).copied().unwrap_or_default().to_owned());
            next = parents.get(&id).copied();
        }
        frames.reverse();
        WeightedStack { frames, weight: micros.as_u64().unwrap_or(0) * 1000 }
    };
    Ok(list("samples")?.iter().zip(list("timeDeltas")?).map(stack).collect())
}

/// Functions under which a runtime collects garbage.
fn collector_frames(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &[
            "gc_collect_main",
            "gc_collect_generations",
            "gc_collect_young",
            "gc_collect_increment",
            "gc_collect_full",
            "_PyGC_Collect",
            "PyGC_Collect",
            "_Py_RunGC",
            "collect",
        ],
        // Its collectors' threads are the virtual machine's own: their time is in no function of the program.
        Language::Java => &[],
        Language::Node => &["Heap::CollectGarbage", "(garbage collector)"],
        Language::Go => &[
            "runtime.gcBgMarkWorker",
            "runtime.gcAssistAlloc",
            "runtime.gcStart",
            "runtime.gcMarkDone",
            "runtime.bgsweep",
        ],
    }
}

/// Share of the weight whose stack begins with the code of a module or thread of Python, with a thread of Java, or at a
/// root of the C library or of Go.
///
/// Python's own start and end run no code of Python: they are whole if they begin at a root and its loop is not there.
fn complete_share(stacks: &[WeightedStack], language: Language) -> Option<f64> {
    let begins = |stack: &&WeightedStack| match language {
        // The runtime's work for a goroutine begins there too, but the goroutine's stack goes on.
        // V8's own profile begins below its root.
        Language::Node => is_complete(stack) || stack.frames.first().is_some_and(|frame| frame == "(root)"),
        Language::Go => {
            is_complete(stack)
                && !stack.frames.first().is_some_and(|frame| frame.starts_with("runtime.systemstack"))
        }
        Language::Java => {
            let is_root = |frame: &String| {
                frame.ends_with(".main") || frame == "java.lang.Thread.run" || frame.ends_with("/Thread.run")
            };
            is_complete(stack) || stack.frames.iter().any(is_root)
        }
        Language::Python => {
            let has = |is_it: fn(&str) -> bool| stack.frames.iter().any(|frame| is_it(frame));
            has(|frame| frame == "<module>" || frame == "_bootstrap" || frame.ends_with("._bootstrap"))
                || is_complete(stack) && !has(|frame| frame.starts_with("_PyEval_EvalFrameDefault"))
        }
    };
    let total: u64 = stacks.iter().map(|stack| stack.weight).sum();
    let whole: u64 = stacks.iter().filter(begins).map(|stack| stack.weight).sum();
    (total > 0).then(|| whole as f64 / total as f64)
}

/// The targets that a profile of Fathom's misses.
pub(super) fn misses(seen: &Seen, how: &str) -> Vec<String> {
    let mut misses = Vec::new();
    if seen.samples >= MIN_SAMPLES && seen.distance.is_none_or(|distance| distance > MAX_DISTANCE) {
        misses.push(format!("{how}: CPU shares are {} from the truth", percent(seen.distance, 2)));
    }
    if let Some((site, error)) = seen.blocked.as_ref().filter(|(_, error)| error.abs() > MAX_BLOCKED_ERROR) {
        misses.push(format!("{how}: blocked time of {site} is {:+.1} % off", error * 100.0));
    }
    if seen.complete.is_none_or(|complete| complete < MIN_COMPLETE) {
        misses.push(format!("{how}: {} of the CPU time has complete stacks", percent(seen.complete, 2)));
    }
    misses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(frames: &[&str], weight: u64) -> WeightedStack {
        WeightedStack { frames: frames.iter().map(|&frame| frame.to_owned()).collect(), weight }
    }

    #[test]
    fn a_sample_counts_for_the_innermost_measured_function() {
        let truth = Truth {
            cpu_nanos: [("outer".to_owned(), 300), ("inner".to_owned(), 600)].into(),
            counts: [("gc_nanos".to_owned(), 100)].into(),
            total_cpu_nanos: 1000,
            ..Truth::default()
        };
        let stacks = [
            stack(&["<module>", "outer"], 250),
            stack(&["<module>", "outer", "inner", "PyNumber_Add"], 600),
            stack(&["<module>", "outer", "_Py_RunGC", "visit_reachable"], 50),
            stack(&["_start", "Py_Finalize"], 50),
            stack(&["_start", "Py_RunMain", "_PyEval_EvalFrameDefault", "PyNumber_Add"], 50),
        ];
        let seen = judged_cpu(&stacks, &truth, 1.0, Language::Python);
        assert_eq!(seen.distance, Some(0.0));
        assert_eq!((seen.cpu_seen, seen.complete), (Some(1.0), Some(0.95)));
        assert_eq!(seen.collector, Some(-0.5));
    }

    #[test]
    fn work_on_the_system_stack_without_its_goroutine_is_not_complete() {
        let truth = Truth { counts: [("gc_nanos".to_owned(), 40)].into(), ..Truth::default() };
        let stacks = [
            stack(&["runtime.goexit", "main.main", "runtime.systemstack", "runtime.mallocgc"], 60),
            stack(&["runtime.systemstack", "runtime.gcAssistAlloc.func2"], 40),
        ];
        let seen = judged_cpu(&stacks, &truth, 1.0, Language::Go);
        assert_eq!((seen.complete, seen.collector), (Some(0.6), Some(0.0)));
    }

    #[test]
    fn misses_name_the_way_and_the_target() {
        let good = Seen { samples: 9000, distance: Some(0.01), complete: Some(0.99), ..Seen::default() };
        assert_eq!(misses(&good, "run"), Vec::<String>::new());
        let bad = Seen { distance: None, complete: None, blocked: Some(("w".to_owned(), 0.04)), ..good };
        assert_eq!(misses(&bad, "attach").len(), 3);
        assert!(misses(&bad, "attach")[1].starts_with("attach: blocked time of w is +4.0 %"));
    }
}
