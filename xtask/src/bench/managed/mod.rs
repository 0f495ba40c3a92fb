//! Programs of managed runtimes: accuracy against their own truth, and cost, beside the profilers of their languages.

mod accuracy;
mod cost;
mod java_rivals;
mod rivals;
mod subjects;

use super::table::{Table, percent};
use super::tools::{Place, Tools, machine};
use accuracy::{Run, Seen, misses};
use anyhow::{Result, bail};
use cost::Effort;
use java_rivals::AsyncProfiler;
use rivals::{PySpy, Stops};
use std::path::PathBuf;
pub(super) use subjects::{Interpreter, program};
use subjects::{Language, SUBJECTS};

/// Arguments of `bench managed`.
#[derive(clap::Args)]
pub(crate) struct Managed {
    #[command(flatten)]
    place: Place,
    /// Samples per second and thread, for Fathom and py-spy; Go's own profiles have 100.
    #[arg(long, value_name = "HZ", default_value_t = 999)]
    rate: u32,
    /// How long each program runs.
    #[arg(long, value_name = "SECONDS", default_value_t = 7.0)]
    seconds: f64,
    /// A CPython to run the programs with; may be given several times [default: pyenv's 3.11 and newest, or python3].
    #[arg(long, value_name = "FILE")]
    python: Vec<PathBuf>,
    /// A `java` to run the programs with; may be given several times [default: the oldest and the newest below
    /// /usr/lib/jvm, or java].
    #[arg(long, value_name = "FILE")]
    java: Vec<PathBuf>,
    /// A `node` to run the programs with; may be given several times [default: node].
    #[arg(long, value_name = "FILE")]
    node: Vec<PathBuf>,
    /// The library of async-profiler to measure [default: the one that Maven gets].
    #[arg(long, value_name = "FILE")]
    async_profiler: Option<PathBuf>,
    /// The py-spy to measure [default: the one on PATH].
    #[arg(long, value_name = "FILE")]
    py_spy: Option<PathBuf>,
    /// Leave the other profilers out.
    #[arg(long)]
    no_rivals: bool,
    /// Only programs whose name contains this text; may be given several times.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Only these parts; may be given several times.
    #[arg(long, value_name = "PART")]
    part: Vec<Part>,
    /// Blocks of the cost; each has every setting once.
    #[arg(long, default_value_t = 5)]
    blocks: usize,
    /// Length of the fixed work of the cost, without a profiler.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.2)]
    work_seconds: f64,
    /// 3 seconds a program, 3 blocks of 1 s: shows that everything runs; too few samples to judge shares.
    #[arg(long)]
    quick: bool,
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
}

/// The parts of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Accuracy,
    CostGo,
    CostJava,
    CostNode,
    CostParked,
    CostPython,
}

impl Managed {
    /// Measures and writes `managed.md`.
    ///
    /// # Errors
    /// A tool fails, or with `--check` a target is missed.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let runners = Runners {
            pythons: Interpreter::all(&self.python)?,
            nodes: Interpreter::nodes(&self.node)?,
            javas: match Interpreter::javas(&self.java) {
                Ok(javas) => javas,
                Err(error) if self.java.is_empty() => {
                    eprintln!("without Java: {error:#}");
                    Vec::new()
                }
                Err(error) => return Err(error),
            },
        };
        let spy = match self.no_rivals {
            true => None,
            false => PySpy::prepare(self.py_spy.as_deref())
                .inspect_err(|error| eprintln!("without py-spy: {error:#}"))
                .ok(),
        };
        let profiler = runners.javas.last().filter(|_| !self.no_rivals).and_then(|java| {
            AsyncProfiler::prepare(self.async_profiler.as_deref(), &tools, java)
                .inspect_err(|error| eprintln!("without async-profiler: {error:#}"))
                .ok()
        });
        let rivals = Rivals { spy: spy.as_ref(), profiler: profiler.as_ref() };
        let wanted = |part: Part| self.part.is_empty() || self.part.contains(&part);
        let effort = Effort {
            blocks: if self.quick { 3 } else { self.blocks },
            seconds: if self.quick { 1.0 } else { self.work_seconds },
        };
        let (mut body, mut missed) = (String::new(), Vec::new());
        if wanted(Part::Accuracy) {
            body += &format!(
                "## Accuracy\n\n{EXPLANATION}\n{}\n",
                self.accuracy(&tools, &runners, rivals, &mut missed)
            );
        }
        let python = runners.pythons.last().filter(|_| wanted(Part::CostPython));
        let parked = runners.pythons.last().filter(|_| wanted(Part::CostParked));
        let java = runners.javas.last().filter(|_| wanted(Part::CostJava));
        let node = runners.nodes.last().filter(|_| wanted(Part::CostNode));
        for section in [
            python.map(|python| cost::python(&tools, python, spy.as_ref(), effort)),
            parked.map(|python| cost::parked(&tools, python, spy.as_ref(), effort)),
            node.map(|node| cost::node(&tools, node, !self.no_rivals, effort)),
            java.map(|java| cost::java(&tools, java, profiler.as_ref(), !self.no_rivals, effort)),
            wanted(Part::CostGo).then(|| cost::go(&tools, !self.no_rivals, effort)),
        ]
        .into_iter()
        .flatten()
        {
            let section = section?;
            body += &format!("## {}\n\n{}\n", section.title, section.text);
            missed.extend(section.misses);
        }
        let verdict = match missed.is_empty() {
            true => "All targets are met.\n".to_owned(),
            false => missed.iter().map(|miss| format!("- missed: {miss}\n")).collect(),
        };
        let spy = spy.map_or_else(|| "no py-spy".to_owned(), |spy| spy.version);
        let profiler = profiler.map_or("no async-profiler", |_| java_rivals::ASYNC_PROFILER);
        let text = format!(
            "# Managed runtimes\n\n{} {spy}, {profiler}.\n\n`cargo xtask bench managed --rate {} --seconds {} --blocks {} \
             --work-seconds {}`\n\n{body}## Verdict\n\n{verdict}",
            machine(),
            self.rate,
            self.seconds(),
            effort.blocks,
            effort.seconds,
        );
        tools.write("managed.md", &text)?;
        if self.check && !missed.is_empty() {
            bail!("{} targets are missed", missed.len());
        }
        Ok(())
    }

    fn seconds(&self) -> f64 {
        if self.quick { 3.0 } else { self.seconds }
    }

    fn accuracy(
        &self,
        tools: &Tools,
        runners: &Runners,
        rivals: Rivals<'_>,
        missed: &mut Vec<String>,
    ) -> String {
        let mut table = Table::new(&HEAD);
        let wanted =
            |name: &str| self.only.is_empty() || self.only.iter().any(|text| name.contains(text.as_str()));
        for subject in SUBJECTS.iter().filter(|subject| wanted(subject.name)) {
            let interpreters = match subject.language {
                Language::Java => &runners.javas,
                Language::Node => &runners.nodes,
                Language::Python => &runners.pythons,
                Language::Go => &Vec::new(),
            };
            let runtimes: Vec<Option<&Interpreter>> = match subject.language {
                Language::Go => vec![None],
                Language::Java | Language::Node | Language::Python => interpreters.iter().map(Some).collect(),
            };
            for interpreter in runtimes {
                let run = Run { tools, subject, interpreter, rate_hz: self.rate, seconds: self.seconds() };
                // The rivals take as long again, and differ little from one version to the next.
                let is_newest =
                    interpreter.map(|found| &found.path) == interpreters.last().map(|found| &found.path);
                let rivals = if is_newest { rivals } else { Rivals::default() };
                table.row(self.row(&run, rivals, is_newest, missed));
            }
        }
        table.markdown()
    }

    fn row(
        &self,
        run: &Run<'_>,
        rivals: Rivals<'_>,
        is_newest: bool,
        missed: &mut Vec<String>,
    ) -> Vec<String> {
        let subject = run.subject;
        let runtime = run.interpreter.map_or_else(|| "Go".to_owned(), Interpreter::name);
        eprintln!("{} under {runtime} ...", subject.name);
        let mut failures = Vec::new();
        let mut kept = |how: &str, result: Result<Seen>| match result {
            Ok(seen) => {
                failures.extend(misses(&seen, how));
                Some(seen)
            }
            Err(error) => {
                failures.push(format!("{how}: failed: {error:#}"));
                None
            }
        };
        let (launched, attached) = (kept("run", run.fathom_run()), kept("attach", run.fathom_attach()));
        let rival = |result: Result<Seen>| {
            result.inspect_err(|error| eprintln!("{}: a rival failed: {error:#}", subject.name)).ok()
        };
        let (other, another) = match subject.language {
            Language::Go => ((!self.no_rivals).then(|| run.own_profile()), None),
            Language::Node => ((!self.no_rivals).then(|| run.cpu_prof()), None),
            Language::Java => (
                (!self.no_rivals && is_newest).then(|| run.jfr()),
                rivals.profiler.map(|profiler| run.async_profiler(profiler)),
            ),
            Language::Python => (
                rivals.spy.map(|spy| run.py_spy(spy, Stops::Yes)),
                rivals.spy.map(|spy| run.py_spy(spy, Stops::No)),
            ),
        };
        let (other, another) = (other.and_then(rival), another.and_then(rival));
        let of = |seen: &Option<Seen>| seen.clone().unwrap_or_default();
        let (launched, attached) = (of(&launched), of(&attached));
        let (other, another) = (of(&other), of(&another));
        let verdict = if failures.is_empty() { "pass" } else { "MISS" };
        missed.extend(failures.iter().map(|miss| format!("{} ({runtime}): {miss}", subject.name)));
        vec![
            subject.name.to_owned(),
            runtime,
            launched.samples.to_string(),
            points(launched.distance),
            percent(launched.cpu_seen, 1),
            site(&launched.blocked),
            percent(launched.complete, 2),
            signed(launched.collector),
            attached.samples.to_string(),
            points(attached.distance),
            site(&attached.blocked),
            percent(attached.complete, 2),
            points(other.distance),
            site(&other.blocked),
            signed(other.collector),
            points(another.distance),
            site(&another.blocked),
            verdict.to_owned(),
        ]
    }
}

/// What programs run under.
struct Runners {
    pythons: Vec<Interpreter>,
    javas: Vec<Interpreter>,
    nodes: Vec<Interpreter>,
}

/// Profilers of others.
#[derive(Clone, Copy, Default)]
struct Rivals<'a> {
    spy: Option<&'a PySpy>,
    profiler: Option<&'a AsyncProfiler>,
}

const HEAD: [&str; 18] = [
    "program",
    "runtime",
    "samples",
    "CPU distance",
    "CPU time seen",
    "worst blocked site",
    "complete",
    "collector",
    "attach: samples",
    "CPU distance",
    "worst blocked site",
    "complete",
    "py-spy, own pprof or JFR: CPU distance",
    "worst blocked site",
    "collector",
    "py-spy --nonblocking or async-profiler: CPU distance",
    "worst blocked site",
    "verdict",
];

fn points(distance: Option<f64>) -> String {
    percent(distance, 2)
}

fn signed(error: Option<f64>) -> String {
    error.map_or_else(|| "–".to_owned(), |error| format!("{:+.1} %", error * 100.0))
}

fn site(blocked: &Option<(String, f64)>) -> String {
    blocked.as_ref().map_or_else(|| "–".to_owned(), |(site, error)| format!("{:+.1} % {site}", error * 100.0))
}

const EXPLANATION: &str = "\
The programs (`truth/java`, `truth/python`, `truth/go`) measure their own functions with the thread's CPU clock, less
measured functions that they call, and their waits as wall time less CPU time. *CPU distance* is the total variation
distance between the profile's and the program's shares: a sample counts for the innermost of the program's measured
functions in its stack, so native frames count for the Python function that called them. *Worst blocked site* is the
site with the largest relative error of its time off CPU, of those with 0.2 s or more; for py-spy its time in samples
with `--idle`, against wall time; for JFR (its settings `profile`, read by `jfr print`) the length of its events of
waits; for async-profiler its wall clock samples, in a second run. What goroutines wait for without their thread is
that of the signal `task-wait`. *Complete* is the share of CPU time whose stack begins with a module's or thread's
first Python frame, or at a root where the interpreter runs no code; for Java, with `main` or a thread's `run`, or at
a root; for Go, at a root that is not the system stack's. *Collector* is the error of the time in garbage collections,
against `gc.callbacks` or `runtime/metrics`; Go's figure counts idle processors as collecting and is shown, not
judged. *Attach* records the middle three quarters of a run, and is judged against what the program measured in just
that time. Fathom runs with `--max-overhead 100`, so that it keeps its rate.

Targets: CPU distance at most 2 points (from 5,000 samples on), blocked time within 3 %, at least 98 % complete.
";
