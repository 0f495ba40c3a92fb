//! What profiling costs a Go, Java, JavaScript or Python program: fixed work with and without, in blocks of random order.
//!
//! The program measures the work alone, without the start of its runtime. Ratios are within a block, so that a
//! machine that is slow for a while is slow for all.

use super::super::launch::{Launch, end_of};
use super::super::statistics::{Estimate, Random, bootstrap_interval};
use super::super::table::Table;
use super::super::tools::{DEFAULT_RATE_HZ, Tools, truth_of, with_truth};
use super::java_rivals::{AsyncProfiler, Clock, JFR_OPTION};
use super::rivals::{PySpy, Stops};
use super::subjects::{Interpreter, program};
use anyhow::{Context, Result, anyhow, bail};
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

/// Runs of each setting in a block; the best counts, because what a shared machine adds is never negative.
const REPEATS: usize = 2;
/// The product's targets: at the default rate, and with parked threads at 100 Hz.
const MAX_COST: f64 = 0.01;
const MAX_COST_PARKED: f64 = 0.02;
/// Threads that sit in native code in the case that slows py-spy down (its issue 872).
const PARKED_THREADS: u32 = 150;
/// A launched JVM is asked after two seconds, and takes one to begin.
const HEAD_START: Duration = Duration::from_secs(4);

/// How much is run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub(super) blocks: usize,
    pub(super) seconds: f64,
}

/// A finished part: its text, and the targets it missed.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) text: String,
    pub(super) misses: Vec<String>,
}

/// One way to run the work.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Bare,
    /// Fathom with every default, the governor's included.
    Default,
    Run(u32),
    Attach(u32),
    Spy(u32, Stops),
    /// The program's own CPU profile, 100 Hz by its runtime's choice.
    Own,
    /// JFR with its settings `profile`, which look 100 times a second.
    Jfr,
    Async(u32),
    /// `node --cpu-prof`.
    CpuProf(u32),
}

impl Way {
    fn name(self) -> String {
        match self {
            Self::Bare => "none".to_owned(),
            Self::Default => format!("fathom run, every default ({DEFAULT_RATE_HZ} Hz)"),
            Self::Run(rate) => format!("fathom run, {rate} Hz"),
            Self::Attach(rate) => format!("fathom attach, {rate} Hz"),
            Self::Spy(rate, Stops::Yes) => format!("py-spy, {rate} Hz"),
            Self::Spy(rate, Stops::No) => format!("py-spy --nonblocking, {rate} Hz"),
            Self::Own => "own pprof, 100 Hz".to_owned(),
            Self::Jfr => "JFR, settings profile (100 Hz)".to_owned(),
            Self::Async(rate) => format!("async-profiler, {rate} Hz"),
            Self::CpuProf(rate) => format!("--cpu-prof, {rate} Hz"),
        }
    }

    fn rate_hz(self) -> Option<u32> {
        match self {
            Self::Bare => None,
            Self::Default => Some(DEFAULT_RATE_HZ),
            Self::Run(rate)
            | Self::Attach(rate)
            | Self::Spy(rate, _)
            | Self::Async(rate)
            | Self::CpuProf(rate) => Some(rate),
            Self::Own | Self::Jfr => Some(100),
        }
    }

    fn is_fathom(self) -> bool {
        matches!(self, Self::Default | Self::Run(_) | Self::Attach(_))
    }
}

/// CPU and wall time of the work in one run, and the CPU time of the process before and after it, nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Times {
    cpu: f64,
    wall: f64,
    rest: f64,
}

impl Times {
    fn best(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.min(other.cpu),
            wall: self.wall.min(other.wall),
            rest: self.rest.min(other.rest),
        }
    }
}

type Block = Vec<(Way, Times)>;

/// What is run, and with what.
struct Work<'a> {
    tools: &'a Tools,
    file: &'static str,
    interpreter: Option<&'a Interpreter>,
    parked: u32,
    spy: Option<&'a PySpy>,
    profiler: Option<&'a AsyncProfiler>,
    /// The work begins so long after the program, when whatever asks the runtime has begun.
    head_start: Option<Duration>,
}

/// Python at 100 and 1000 Hz beside py-spy.
pub(super) fn python(
    tools: &Tools,
    python: &Interpreter,
    spy: Option<&PySpy>,
    effort: Effort,
) -> Result<Section> {
    let work = Work {
        tools,
        file: "py_fixed_work",
        interpreter: Some(python),
        parked: 0,
        spy,
        profiler: None,
        head_start: None,
    };
    let mut ways = vec![Way::Bare, Way::Default];
    for rate in [100, 1000] {
        ways.extend([Way::Run(rate), Way::Attach(rate)]);
        ways.extend(spy.iter().flat_map(|_| [Way::Spy(rate, Stops::Yes), Way::Spy(rate, Stops::No)]));
    }
    let blocks = work.blocks(&ways, effort)?;
    Ok(describe("Cost: a Python program", &ways, &blocks, (Way::Default, MAX_COST)))
}

/// One busy Python thread beside many that are parked in a C function.
pub(super) fn parked(
    tools: &Tools,
    python: &Interpreter,
    spy: Option<&PySpy>,
    effort: Effort,
) -> Result<Section> {
    let work = Work {
        tools,
        file: "py_fixed_work",
        interpreter: Some(python),
        parked: PARKED_THREADS,
        spy,
        profiler: None,
        head_start: None,
    };
    let mut ways = vec![Way::Bare, Way::Run(100), Way::Attach(100)];
    ways.extend(spy.iter().flat_map(|_| [Way::Spy(100, Stops::Yes), Way::Spy(100, Stops::No)]));
    let blocks = work.blocks(&ways, effort)?;
    let title = "Cost: a busy Python thread beside 150 parked in native code";
    Ok(describe(title, &ways, &blocks, (Way::Run(100), MAX_COST_PARKED)))
}

/// Go beside its own profiler.
pub(super) fn go(tools: &Tools, with_rivals: bool, effort: Effort) -> Result<Section> {
    let work = Work {
        tools,
        file: "gofixedwork",
        interpreter: None,
        parked: 0,
        spy: None,
        profiler: None,
        head_start: None,
    };
    let mut ways =
        vec![Way::Bare, Way::Default, Way::Run(100), Way::Attach(100), Way::Run(1000), Way::Attach(1000)];
    ways.extend(with_rivals.then_some(Way::Own));
    let blocks = work.blocks(&ways, effort)?;
    Ok(describe("Cost: a Go program", &ways, &blocks, (Way::Default, MAX_COST)))
}

/// Java beside JFR with its own settings, and async-profiler.
pub(super) fn java(
    tools: &Tools,
    java: &Interpreter,
    profiler: Option<&AsyncProfiler>,
    with_rivals: bool,
    effort: Effort,
) -> Result<Section> {
    let work = Work {
        tools,
        file: "JavaFixedWork",
        interpreter: Some(java),
        parked: 0,
        spy: None,
        profiler,
        head_start: Some(HEAD_START),
    };
    let mut ways = vec![Way::Bare, Way::Default, Way::Run(100), Way::Attach(100)];
    ways.extend(with_rivals.then_some(Way::Jfr));
    ways.extend(profiler.iter().flat_map(|_| [Way::Async(100), Way::Async(DEFAULT_RATE_HZ)]));
    let blocks = work.blocks(&ways, effort)?;
    Ok(describe("Cost: a Java program", &ways, &blocks, (Way::Default, MAX_COST)))
}

/// Node.js beside its own profiler.
pub(super) fn node(tools: &Tools, node: &Interpreter, with_rivals: bool, effort: Effort) -> Result<Section> {
    let work = Work {
        tools,
        file: "node_fixed_work",
        interpreter: Some(node),
        parked: 0,
        spy: None,
        profiler: None,
        head_start: Some(HEAD_START),
    };
    let mut ways =
        vec![Way::Bare, Way::Default, Way::Run(100), Way::Attach(100), Way::Attach(DEFAULT_RATE_HZ)];
    if with_rivals {
        ways.extend([100, DEFAULT_RATE_HZ, 1000].map(Way::CpuProf));
    }
    let blocks = work.blocks(&ways, effort)?;
    Ok(describe("Cost: a Node.js program", &ways, &blocks, (Way::Default, MAX_COST)))
}

impl Work<'_> {
    fn blocks(&self, ways: &[Way], effort: Effort) -> Result<Vec<Block>> {
        const TRIAL: u64 = 2000;
        let trial = self.run(Way::Bare, TRIAL)?;
        let turns = (TRIAL as f64 * effort.seconds * 1e9 / trial.cpu).max(1.0) as u64;
        let mut random = Random::new(3);
        let mut order = ways.to_vec();
        let mut blocks = Vec::new();
        for number in 0..effort.blocks {
            eprintln!(
                "{} with {} parked: block {} of {} ...",
                self.file,
                self.parked,
                number + 1,
                effort.blocks
            );
            let mut best: Block = Vec::new();
            for _ in 0..REPEATS {
                random.shuffle(&mut order);
                for &way in &order {
                    let times = self.run(way, turns)?;
                    match best.iter_mut().find(|(known, _)| *known == way) {
                        Some((_, known)) => *known = known.best(times),
                        None => best.push((way, times)),
                    }
                }
            }
            blocks.push(best);
        }
        Ok(blocks)
    }

    fn run(&self, way: Way, turns: u64) -> Result<Times> {
        let folder = self.tools.folder("managed/cost")?;
        let mut target = program(self.tools, self.file, self.interpreter);
        target.extend([turns.to_string().into(), self.parked.to_string().into()]);
        // The governor would lower the rates that are compared.
        const KEEP_RATE: &[&str] = &["--max-overhead", "100"];
        let launched = |mut words: Vec<OsString>| -> Result<()> {
            words.extend(target.iter().cloned());
            self.launched(words, &folder)
        };
        match way {
            Way::Bare => launched(Vec::new())?,
            Way::Default => launched(self.tools.fathom_run(DEFAULT_RATE_HZ, &[]))?,
            Way::Run(rate) => launched(self.tools.fathom_run(rate, KEEP_RATE))?,
            Way::Attach(rate) => self.attach(&folder, &target, rate, KEEP_RATE)?,
            Way::Spy(rate, stops) => {
                let spy = self.spy.context("no py-spy")?;
                let mut words = spy.record(rate, stops, &[]);
                words.push("--".into());
                launched(words)?;
            }
            Way::Jfr => self.with_options(&folder, &target, &[JFR_OPTION.into()])?,
            Way::Async(rate) => {
                let profiler = self.profiler.context("no async-profiler")?;
                self.with_options(&folder, &target, &[profiler.option(Clock::Cpu(rate))])?;
            }
            Way::CpuProf(rate) => {
                let interval = format!("--cpu-prof-interval={}", 1_000_000 / rate);
                self.with_options(&folder, &target, &["--cpu-prof".into(), interval.into()])?;
            }
            Way::Own => {
                let launch = with_truth(Launch::new(&target, &folder)).with("TRUTH_CPU_PROFILE", "cpu.pb");
                launch.run_well()?;
            }
        }
        let truth = truth_of(&folder)?;
        let count = |name: &str| truth.counts.get(name).copied();
        if count("turns") != Some(turns) {
            bail!("the fixed work did {:?} turns, not {turns}", count("turns"));
        }
        let nanos = |name: &str| count(name).map(|nanos| nanos as f64).with_context(|| format!("no {name}"));
        let (cpu, wall) = (nanos("work_cpu_nanos")?, nanos("work_wall_nanos")?);
        Ok(Times { cpu, wall, rest: (truth.total_cpu_nanos as f64 - cpu).max(0.0) })
    }

    /// A program with more options of its virtual machine.
    fn with_options(&self, folder: &Path, target: &[OsString], options: &[OsString]) -> Result<()> {
        let mut words = target.to_vec();
        words.splice(1..1, options.iter().cloned());
        self.launched(words, folder)
    }

    fn launched(&self, words: Vec<OsString>, folder: &Path) -> Result<()> {
        let launch = with_truth(Launch::new(words, folder));
        let Some(head_start) = self.head_start else { return launch.run_well().map(|_| ()) };
        let gate = folder.join("gate");
        let opener = {
            let gate = gate.clone();
            std::thread::spawn(move || {
                std::thread::sleep(head_start);
                std::fs::write(gate, "")
            })
        };
        let ran = launch.with("TRUTH_GATE", gate).run_well().map(|_| ());
        opener.join().map_err(|_| anyhow!("a thread of ours failed"))?.context("cannot open the gate")?;
        ran
    }

    /// The program waits at its gate until Fathom records; only then the work begins.
    fn attach(&self, folder: &Path, target: &[OsString], rate_hz: u32, more: &[&str]) -> Result<()> {
        let inner = folder.join("program");
        std::fs::create_dir_all(&inner).context("cannot make a folder")?;
        let gate = folder.join("gate");
        let launch = with_truth(Launch::new(target, &inner))
            .with("TRUTH_GATE", gate.clone())
            .with("FATHOM_TRUTH", folder.join("truth.json"));
        let mut program = launch.spawn()?;
        let mut profiler =
            Launch::new(self.tools.fathom_attach(program.id(), rate_hz, more), folder).spawn()?;
        let begin = Instant::now();
        while !folder.join("run.fathom.part").exists() && begin.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(10));
        }
        // The file is there before the last event is open, and before the runtime tells.
        std::thread::sleep(self.head_start.unwrap_or(Duration::from_millis(700)));
        std::fs::write(&gate, "").context("cannot open the gate")?;
        const TIMEOUT: Duration = Duration::from_secs(120);
        let status = end_of(&mut program, TIMEOUT);
        let profiled = end_of(&mut profiler, TIMEOUT)?;
        let status = status?;
        if !status.success() || !profiled.success() {
            bail!("the program ended with {status}, fathom attach with {profiled}");
        }
        Ok(())
    }
}

fn slowdowns(blocks: &[Block], way: Way, clock: fn(&Times) -> f64) -> Option<Estimate> {
    let ratio = |block: &Block| {
        let of = |wanted: Way| block.iter().find(|(way, _)| *way == wanted).map(|(_, times)| clock(times));
        Some(of(way)? / of(Way::Bare)? - 1.0)
    };
    bootstrap_interval(&blocks.iter().filter_map(ratio).collect::<Vec<_>>())
}

/// What the process used outside of the work, more than without a profiler: a runtime's recorder begins once.
fn rests(blocks: &[Block], way: Way) -> Option<Estimate> {
    let more = |block: &Block| {
        let of = |wanted: Way| block.iter().find(|(way, _)| *way == wanted).map(|(_, times)| times.rest);
        Some(of(way)? - of(Way::Bare)?)
    };
    bootstrap_interval(&blocks.iter().filter_map(more).collect::<Vec<_>>())
}

/// The table, and the targets: `judged` costs at most its bound, and at no rate is Fathom dearer than a rival.
fn describe(title: &'static str, ways: &[Way], blocks: &[Block], judged: (Way, f64)) -> Section {
    let text_of = |estimate: Option<Estimate>| {
        estimate.map_or_else(|| "–".to_owned(), |estimate| estimate.text(100.0, 2))
    };
    let cpu = |way: Way| slowdowns(blocks, way, |times| times.cpu);
    let mut table = Table::new(&[
        "profiler",
        "CPU time, % more",
        "wall time, % more",
        "outside of the work, s of CPU more",
    ]);
    for &way in ways.iter().filter(|way| **way != Way::Bare) {
        let wall = slowdowns(blocks, way, |times| times.wall);
        let rest = rests(blocks, way).map_or_else(|| "–".to_owned(), |rest| rest.text(1e-9, 2));
        table.row([way.name(), text_of(cpu(way)), text_of(wall), rest]);
    }
    let mut misses = Vec::new();
    let (way, bound) = judged;
    if cpu(way).is_none_or(|cost| cost.value > bound) {
        misses.push(format!("{title}: {} costs {} %", way.name(), text_of(cpu(way))));
    }
    for &own in ways.iter().filter(|way| way.is_fathom() && **way != Way::Default) {
        let rivals = ways.iter().filter(|way| !way.is_fathom() && way.rate_hz() == own.rate_hz());
        for &rival in rivals {
            let is_dearer = cpu(own).zip(cpu(rival)).is_some_and(|(own, rival)| own.low > rival.high);
            if is_dearer {
                misses.push(format!("{title}: {} costs more than {}", own.name(), rival.name()));
            }
        }
    }
    let text = format!(
        "Fixed work against the same without a profiler in the same block of {}; 95 % bootstrap intervals over the \
         blocks.\n\n{}",
        blocks.len(),
        table.markdown()
    );
    Section { title, text, misses }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(base: f64, costs: &[(Way, f64)]) -> Block {
        let times =
            |cost: f64| Times { cpu: base * (1.0 + cost), wall: base * (1.0 + 2.0 * cost), rest: base };
        let profiled = costs.iter().map(|(way, cost)| (*way, times(*cost)));
        std::iter::once((Way::Bare, times(0.0))).chain(profiled).collect()
    }

    const WAYS: [Way; 4] = [Way::Bare, Way::Default, Way::Run(100), Way::Spy(100, Stops::Yes)];

    #[test]
    fn a_slow_machine_does_not_show_in_ratios() {
        let costs = [(Way::Default, 0.004), (Way::Run(100), 0.001), (Way::Spy(100, Stops::Yes), 0.05)];
        let blocks = [block(1e9, &costs), block(3e9, &costs)];
        let section = describe("t", &WAYS, &blocks, (Way::Default, MAX_COST));
        assert_eq!(section.misses, Vec::<String>::new());
        assert!(section.text.contains("| 0.40 [0.40 to 0.40]"), "{}", section.text);
        assert!(section.text.contains("| 0.80 [0.80 to 0.80]"), "{}", section.text);
    }

    #[test]
    fn a_dear_default_and_a_cheaper_rival_are_misses() {
        let costs = [(Way::Default, 0.03), (Way::Run(100), 0.02), (Way::Spy(100, Stops::Yes), 0.001)];
        let section =
            describe("t", &WAYS, &[block(1e9, &costs), block(1e9, &costs)], (Way::Default, MAX_COST));
        assert_eq!(section.misses.len(), 2);
        let unknown = describe("t", &WAYS, &[block(1e9, &costs)], (Way::Default, MAX_COST));
        assert_eq!(unknown.misses.len(), 1);
    }
}
