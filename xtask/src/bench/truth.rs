//! Accuracy: shares, blocked time and completeness of stacks on programs that know the truth, beside perf.
//!
//! Each program runs once under Fathom and once under `perf record --call-graph dwarf` at the same rate; each
//! run is judged against what the program measured in that same run. Programs of others have no truth and are
//! judged by the completeness of their stacks alone.

use super::score::{Truth, total_variation, weights, worst_blocked_error};
use super::stacks::{WeightedStack, is_complete};
use super::subjects::{FOREIGN_PROGRAMS, ForeignProgram, TRUTH_PROGRAMS, TruthProgram};
use super::table::{Table, percent};
use super::tools::{DEFAULT_RATE_HZ, Inlines, Place, Recorded, Tools, machine, truth_of};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::ffi::OsString;
use std::time::Duration;

/// The targets, as the product states them.
const MAX_DISTANCE: f64 = 0.02;
const MAX_BLOCKED_ERROR: f64 = 0.03;
const MAX_MISSING: f64 = 0.01;
const MIN_COMPLETE: f64 = 0.99;
const MIN_COMPLETE_FOREIGN: f64 = 0.97;
/// Below this number of samples the distance is chance, and is shown but not judged.
const MIN_SAMPLES: u64 = 5_000;

/// Arguments of `bench truth`.
#[derive(clap::Args)]
pub(crate) struct TruthBench {
    #[command(flatten)]
    place: Place,
    /// Samples per second and thread, for Fathom and for perf.
    #[arg(long, value_name = "HZ", default_value_t = DEFAULT_RATE_HZ)]
    rate: u32,
    /// How long each program runs.
    #[arg(long, value_name = "SECONDS", default_value_t = 16.0)]
    seconds: f64,
    /// Only programs whose name contains this text; may be given several times.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// 3 seconds a program: shows that everything runs; too few samples to judge shares.
    #[arg(long)]
    quick: bool,
    /// Leave perf out.
    #[arg(long)]
    no_perf: bool,
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
}

/// What one profiler said about one program.
#[derive(Debug, Default)]
struct Profile {
    samples: u64,
    complete: Option<f64>,
    distance: Option<f64>,
    /// CPU time in the profile as a share of the CPU time that was used.
    cpu_seen: Option<f64>,
    blocked: Option<(String, f64)>,
    /// Largest share of a thread's lifetime that is in no state.
    missing: Option<f64>,
}

impl TruthBench {
    /// Runs everything and writes `truth.md`.
    ///
    /// # Errors
    /// A program or a tool fails, or with `--check` a target is missed.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let mut misses = Vec::new();
        let known = self.truth_table(&tools, &mut misses);
        let foreign = self.foreign_table(&tools, &mut misses);
        let verdict = if misses.is_empty() {
            "All targets are met.\n".to_owned()
        } else {
            format!("Missed:\n\n{}\n", bullets(&misses))
        };
        let text = format!(
            "# Accuracy\n\n{}\n\n`cargo xtask bench truth --rate {} --seconds {}`\n\n{EXPLANATION}\n\
             ## Programs that know the truth\n\n{known}\n## Programs that nobody here wrote\n\n{foreign}\n## Verdict\n\n{verdict}",
            machine(),
            self.rate,
            self.seconds(),
        );
        tools.write("truth.md", &text)?;
        if self.check && !misses.is_empty() {
            bail!("{} targets are missed", misses.len());
        }
        Ok(())
    }

    fn seconds(&self) -> f64 {
        if self.quick { 3.0 } else { self.seconds }
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs_f64(1200.0 + self.seconds() * 10.0)
    }

    fn wanted(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| name.contains(text.as_str()))
    }

    fn truth_table(&self, tools: &Tools, misses: &mut Vec<String>) -> String {
        let mut table = Table::new(&[
            "program",
            "language",
            "samples",
            "CPU distance",
            "CPU time seen",
            "worst blocked site",
            "time in no state",
            "complete",
            "perf samples",
            "perf CPU distance",
            "perf complete",
            "verdict",
        ]);
        for program in TRUTH_PROGRAMS.iter().filter(|program| self.wanted(program.name)) {
            eprintln!("{} ...", program.name);
            let fathom = self.fathom_on(tools, program);
            let [perf_samples, perf_complete, perf_distance] = perf_cells(self.perf_on(tools, program));
            let verdict = match &fathom {
                Ok(profile) => judge(profile, MIN_COMPLETE),
                Err(error) => vec![format!("failed: {error:#}")],
            };
            let fathom = fathom.unwrap_or_default();
            misses.extend(verdict.iter().map(|miss| format!("{}: {miss}", program.name)));
            table.row([
                program.name.to_owned(),
                program.language.to_owned(),
                fathom.samples.to_string(),
                percent(fathom.distance, 2),
                percent(fathom.cpu_seen, 1),
                fathom.blocked.map_or_else(
                    || "–".to_owned(),
                    |(site, error)| format!("{:+.1} % {site}", error * 100.0),
                ),
                percent(fathom.missing, 2),
                percent(fathom.complete, 2),
                perf_samples,
                perf_distance,
                perf_complete,
                verdict_word(&verdict, fathom.samples),
            ]);
        }
        table.markdown()
    }

    fn foreign_table(&self, tools: &Tools, misses: &mut Vec<String>) -> String {
        let mut table = Table::new(&[
            "program",
            "samples",
            "complete",
            "processes",
            "perf samples",
            "perf complete",
            "verdict",
        ]);
        for program in FOREIGN_PROGRAMS.iter().filter(|program| self.wanted(program.name)) {
            eprintln!("{} ...", program.name);
            let [perf_samples, perf_complete, _] = perf_cells(self.perf_on_foreign(tools, program));
            let mut row = vec![program.name.to_owned()];
            match self.fathom_on_foreign(tools, program) {
                Ok((fathom, processes)) => {
                    let verdict = judge(&fathom, MIN_COMPLETE_FOREIGN);
                    misses.extend(verdict.iter().map(|miss| format!("{}: {miss}", program.name)));
                    row.extend([
                        fathom.samples.to_string(),
                        percent(fathom.complete, 2),
                        processes.map_or_else(|| "–".to_owned(), |count| count.to_string()),
                    ]);
                    row.extend([perf_samples, perf_complete]);
                    row.push(if verdict.is_empty() { "pass" } else { "MISS" }.to_owned());
                }
                Err(error) => {
                    row.extend([String::new(), String::new(), String::new(), perf_samples, perf_complete]);
                    row.push(format!("not run: {error:#}"));
                }
            }
            table.row(row);
        }
        table.markdown()
    }

    fn fathom_on(&self, tools: &Tools, program: &TruthProgram) -> Result<Profile> {
        let folder = tools.folder(&format!("truth/fathom/{}", program.name.replace(['/', ' ', ','], "_")))?;
        let command = program.command(tools, self.seconds());
        let recorded = tools.record(&folder, self.rate, &command, self.timeout())?;
        let truth = truth_of(&folder)?;
        let mut profile = profile_of_report(&recorded)?;
        let cpu = tools.folded(&folder, "cpu")?;
        profile.add_cpu_truth(&truth, &cpu);
        let total: u64 = cpu.iter().map(|stack| stack.weight).sum();
        profile.cpu_seen = (truth.total_cpu_nanos > 0).then(|| total as f64 / truth.total_cpu_nanos as f64);
        if !truth.blocked_nanos.is_empty() {
            let found = weights(&tools.folded(&folder, "off-cpu")?, truth.blocked_nanos.keys());
            profile.blocked = worst_blocked_error(&truth.blocked_nanos, &found);
        }
        Ok(profile)
    }

    fn perf_on(&self, tools: &Tools, program: &TruthProgram) -> Result<Profile> {
        if self.no_perf {
            return Ok(Profile::default());
        }
        let folder = tools.folder(&format!("truth/perf/{}", program.name.replace(['/', ' ', ','], "_")))?;
        let stacks = tools.perf_stacks(
            &folder,
            self.rate,
            &program.command(tools, self.seconds()),
            self.timeout(),
            Inlines::With,
        )?;
        let mut profile = profile_of_stacks(&stacks);
        profile.add_cpu_truth(&truth_of(&folder)?, &stacks);
        Ok(profile)
    }

    fn fathom_on_foreign(&self, tools: &Tools, program: &ForeignProgram) -> Result<(Profile, Option<u64>)> {
        let folder = tools.folder(&format!("truth/fathom/{}", program.name.replace(' ', "_")))?;
        let command: Vec<OsString> = (program.command)(&folder, self.seconds())?;
        let recorded = tools.record(&folder, self.rate, &command, self.timeout())?;
        if !recorded.outcome.status.success() {
            bail!("it ended with {}", recorded.outcome.status);
        }
        Ok((profile_of_report(&recorded)?, process_count(&recorded.report)))
    }

    fn perf_on_foreign(&self, tools: &Tools, program: &ForeignProgram) -> Result<Profile> {
        if self.no_perf {
            return Ok(Profile::default());
        }
        let folder = tools.folder(&format!("truth/perf/{}", program.name.replace(' ', "_")))?;
        let command = (program.command)(&folder, self.seconds())?;
        let stacks = tools.perf_stacks(&folder, self.rate, &command, self.timeout(), Inlines::Without)?;
        Ok(profile_of_stacks(&stacks))
    }
}

impl Profile {
    fn add_cpu_truth(&mut self, truth: &Truth, stacks: &[WeightedStack]) {
        self.distance = total_variation(&truth.cpu_nanos, &weights(stacks, truth.cpu_nanos.keys()));
    }
}

/// Samples, completeness and distance of perf's run; why there is none in place of the samples.
fn perf_cells(perf: Result<Profile>) -> [String; 3] {
    match perf {
        Ok(profile) => {
            [profile.samples.to_string(), percent(profile.complete, 2), percent(profile.distance, 2)]
        }
        Err(error) => [format!("failed: {error:#}"), String::new(), String::new()],
    }
}

fn profile_of_stacks(stacks: &[WeightedStack]) -> Profile {
    let complete = stacks.iter().filter(|stack| is_complete(stack)).count();
    Profile {
        samples: stacks.len() as u64,
        complete: (!stacks.is_empty()).then(|| complete as f64 / stacks.len() as f64),
        ..Profile::default()
    }
}

fn profile_of_report(recorded: &Recorded) -> Result<Profile> {
    let quality = quality(&recorded.report).context("the report has no quality box")?;
    let number = |key: &str| quality[key].as_u64().unwrap_or(0);
    let (cpu, off_cpu, lost) = (number("cpu_samples"), number("off_cpu_samples"), number("lost"));
    let taken = cpu + off_cpu;
    let whole = taken.saturating_sub(number("truncated") + number("without_stack"));
    let complete = (taken + lost > 0).then(|| whole as f64 / (taken + lost) as f64);
    Ok(Profile { samples: cpu, complete, missing: worst_missing(&recorded.report), ..Profile::default() })
}

/// The quality box of a report: the object with the counts, wherever the report keeps it.
pub(crate) fn quality(report: &Value) -> Option<&Value> {
    match report {
        Value::Object(members) if members.contains_key("cpu_samples") => Some(report),
        Value::Object(members) => members.values().find_map(quality),
        _ => None,
    }
}

/// Processes of a recording: those that the report lists and those that it leaves out.
pub(crate) fn process_count(report: &Value) -> Option<u64> {
    Some(report["processes"].as_array()?.len() as u64 + report["processes_left_out"].as_u64().unwrap_or(0))
}

/// Threads that live shorter than this have no rows of their own in the judgement of missing time.
const MIN_LIFETIME_NANOS: f64 = 5e8;

/// The largest share of a thread's lifetime that is neither running, runnable nor blocked in the report.
fn worst_missing(report: &Value) -> Option<f64> {
    let threads = report["threads"].as_array()?.iter();
    let shares = threads.filter_map(|thread| {
        let number = |key: &str| thread[key].as_f64();
        let lifetime = number("lifetime_nanos").filter(|nanos| *nanos >= MIN_LIFETIME_NANOS)?;
        let known = number("running_nanos")? + number("runnable_nanos")? + number("blocked_nanos")?;
        Some(((lifetime - known) / lifetime).abs())
    });
    shares.max_by(f64::total_cmp)
}

fn judge(profile: &Profile, min_complete: f64) -> Vec<String> {
    let mut misses = Vec::new();
    if profile.samples >= MIN_SAMPLES && profile.distance.is_some_and(|distance| distance > MAX_DISTANCE) {
        misses.push(format!("CPU shares are {} from the truth", percent(profile.distance, 2)));
    }
    if let Some((site, error)) = profile.blocked.as_ref().filter(|(_, error)| error.abs() > MAX_BLOCKED_ERROR)
    {
        misses.push(format!("blocked time of {site} is {:+.1} % off", error * 100.0));
    }
    if profile.missing.is_some_and(|missing| missing > MAX_MISSING) {
        misses.push(format!("{} of a thread's lifetime is in no state", percent(profile.missing, 2)));
    }
    if profile.complete.is_none_or(|complete| complete < min_complete) {
        misses.push(format!("{} of the stacks are complete", percent(profile.complete, 2)));
    }
    misses
}

fn verdict_word(misses: &[String], samples: u64) -> String {
    match (misses.is_empty(), samples >= MIN_SAMPLES) {
        (false, _) => "MISS",
        (true, true) => "pass",
        (true, false) => "pass (shares not judged)",
    }
    .to_owned()
}

fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}\n")).collect()
}

const EXPLANATION: &str = "\
Truth programs (`truth/`) measure their own functions with the thread's CPU clock, and their waits as wall time
less CPU time. *CPU distance* is the total variation distance between the profile's and the program's shares: a
sample counts for the innermost of the program's measured functions in its stack. *CPU time seen* is the CPU time
in the profile over the CPU time that the program and its children used. *Worst blocked site* is the wait site
with the largest relative error of its time off CPU, of those with 0.2 s or more. *Time in no state* is the largest
share of a thread's lifetime that the report says neither ran, nor could have run, nor was blocked. *Complete* is the share of
samples (CPU and off-CPU) whose stack reaches a known root; lost samples count against it. perf is
`perf record -e cpu-clock --call-graph dwarf` at the same rate; its lost samples are not counted against it, and a
stack that ends one step early, at `__libc_start_call_main` or `start_thread`, counts as complete for it.

Targets: CPU distance at most 2 points (from 5,000 samples on), blocked time within 3 %, at most 1 % of a
thread's lifetime in no state, at least 99 % complete
stacks, 97 % for programs that nobody here wrote.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quality_box_is_found_where_it_is() {
        let report = serde_json::json!({ "meta": { "quality": { "cpu_samples": 7, "lost": 1 } } });
        assert_eq!(quality(&report).map(|found| found["lost"].clone()), Some(Value::from(1)));
        assert_eq!(quality(&serde_json::json!({ "a": [1] })), None);
    }

    #[test]
    fn misses_name_their_target() {
        let good =
            Profile { samples: 6000, complete: Some(0.995), distance: Some(0.01), ..Profile::default() };
        assert_eq!(judge(&good, MIN_COMPLETE), Vec::<String>::new());
        let bad =
            Profile { distance: Some(0.03), complete: None, blocked: Some(("w".to_owned(), -0.04)), ..good };
        assert_eq!(judge(&bad, MIN_COMPLETE).len(), 3);
        let few = Profile { samples: 10, distance: Some(0.5), complete: Some(1.0), ..Profile::default() };
        assert_eq!(verdict_word(&judge(&few, MIN_COMPLETE), few.samples), "pass (shares not judged)");
    }

    #[test]
    fn names_of_programs_are_unique() {
        let mut names: Vec<&str> = TRUTH_PROGRAMS.iter().map(|program| program.name).collect();
        names.extend(FOREIGN_PROGRAMS.iter().map(|program| program.name));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
