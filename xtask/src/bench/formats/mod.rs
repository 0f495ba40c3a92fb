//! How fast profiles of other tools are read, each beside the tool that people use for it: pairs in one run.
//!
//! The inputs are made here, of a fixed generator: real profiles of a gigabyte are nobody's to give away. What a peer
//! needs and is not installed is said in the table.

mod inputs;

use super::launch::{Launch, Outcome};
use super::statistics::{Estimate, bootstrap_interval, median};
use super::table::Table;
use super::tools::{Place, Tools, machine};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Seconds from a profile of 1 GB to its top table.
const MAX_TOP_SECONDS: f64 = 5.0;
/// And the memory for it.
const MAX_TOP_BYTES: u64 = 1 << 30;

/// Arguments of `bench formats`.
#[derive(clap::Args)]
pub(crate) struct Formats {
    #[command(flatten)]
    place: Place,
    /// Pairs of runs for each ratio.
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Size of the large inputs in MB.
    #[arg(long, value_name = "MB", default_value_t = 1000)]
    size: u64,
    /// Only what has one of these texts in its name.
    #[arg(long)]
    only: Vec<String>,
    /// inferno-collapse-perf, if it is not on the PATH.
    #[arg(long, value_name = "FILE", default_value = "inferno-collapse-perf")]
    inferno: PathBuf,
    /// A JDK whose `jfr` and `java` are used.
    #[arg(long, value_name = "DIR")]
    jdk: Option<PathBuf>,
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
}

/// What is compared in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// From the start to the end.
    Wall,
    /// CPU time: what one core would take.
    Cpu,
}

/// One comparison.
struct Pair {
    name: &'static str,
    input: PathBuf,
    /// Arguments of fathom.
    ours: Vec<OsString>,
    peer_name: &'static str,
    peer: Vec<OsString>,
    measure: Measure,
    /// At least this many times as fast.
    target: f64,
}

impl Formats {
    /// Measures and writes `formats.md`.
    ///
    /// # Errors
    /// A tool fails, or with `--check` a target is missed.
    pub(crate) fn run(self) -> Result<()> {
        let tools = self.place.prepare()?;
        let folder = tools.folder("formats")?;
        let mut misses = Vec::new();
        let mut ratios =
            Table::new(&["what", "input", "fathom s", "peer", "peer s", "times as fast", "target"]);
        for pair in self.comparisons(&tools, &folder)? {
            eprintln!("{} ...", pair.name);
            self.compare(&tools, &folder, &pair, &mut ratios, &mut misses)?;
        }
        let mut tops =
            Table::new(&["input", "size MB", "seconds to the top table", "largest memory MB", "target"]);
        for (name, input) in self.large_inputs(&folder)? {
            eprintln!("{name} ...");
            self.top_table(&tools, &folder, (name, &input), &mut tops, &mut misses)?;
        }
        let verdict = if misses.is_empty() { "All targets are met.\n".to_owned() } else { misses.concat() };
        let document = format!(
            "# Profiles of other tools\n\n{}\n\n`cargo xtask bench formats --pairs {} --size {}`. Inputs are made by a fixed \
             generator. Each ratio is the mean of pairs run in turn, with the 95 % interval of its bootstrap; times are \
             medians and belong to this machine.\n\n## Beside the peers\n\n{}\n## A large profile to the top table\n\n{}\n\
             ## Verdict\n\n{verdict}",
            machine(),
            self.pairs,
            self.size,
            ratios.markdown(),
            tops.markdown(),
        );
        tools.write("formats.md", &document)?;
        if self.check && !misses.is_empty() {
            bail!("{} targets are missed", misses.len());
        }
        Ok(())
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }

    fn comparisons(&self, tools: &Tools, folder: &Path) -> Result<Vec<Pair>> {
        let mut pairs = Vec::new();
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<OsString>>();
        if self.is_wanted("perf script to folded") {
            let input = folder.join("perf-script.txt");
            inputs::perf_script(&input, self.size * 1_000_000 / 2)?;
            let mut peer = vec![self.inferno.clone().into_os_string()];
            peer.extend(words(&["--nthreads", "1", "--quiet"]));
            peer.push(input.clone().into());
            pairs.push(Pair {
                name: "perf script to folded, per core",
                ours: [words(&["export"]), vec![input.clone().into()], words(&["--format", "folded"])]
                    .concat(),
                input,
                peer_name: "inferno-collapse-perf",
                peer,
                measure: Measure::Cpu,
                target: 3.0,
            });
        }
        if self.is_wanted("pprof decoded") {
            let input = folder.join("medium.pb.gz");
            inputs::pprof(&input, self.size * 1_000_000 / 5, true)?;
            pairs.push(Pair {
                name: "pprof decoded and printed",
                ours: [words(&["export"]), vec![input.clone().into()], words(&["--format", "folded"])]
                    .concat(),
                peer_name: "go tool pprof -raw",
                peer: [words(&["go", "tool", "pprof", "-raw"]), vec![input.clone().into()]].concat(),
                input,
                measure: Measure::Wall,
                target: 2.0,
            });
        }
        if self.is_wanted("JFR") {
            match self.jfr(tools, folder) {
                Ok(pair) => pairs.push(pair),
                Err(error) => eprintln!("JFR is skipped: {error:#}"),
            }
        }
        Ok(pairs)
    }

    fn jfr(&self, tools: &Tools, folder: &Path) -> Result<Pair> {
        let jdk = self.jdk.as_ref().context("give --jdk")?;
        let input = folder.join("large.jfr");
        inputs::jfr(jdk, &tools.existing("formats"), &input, self.size * 1_000_000 / 4)?;
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<OsString>>();
        Ok(Pair {
            name: "JFR read and printed",
            ours: [words(&["report"]), vec![input.clone().into()], words(&["--json"])].concat(),
            peer_name: "jfr print",
            peer: vec![jdk.join("bin/jfr").into(), "print".into(), input.clone().into()],
            input,
            measure: Measure::Wall,
            target: 2.0,
        })
    }

    fn compare(
        &self,
        tools: &Tools,
        folder: &Path,
        pair: &Pair,
        table: &mut Table,
        misses: &mut Vec<String>,
    ) -> Result<()> {
        let ours: Vec<OsString> = tools.fathom(&[]).into_iter().chain(pair.ours.iter().cloned()).collect();
        let launch = |words: &[OsString]| {
            let mut launch = Launch::new(words, folder).with("PPROF_TMPDIR", folder);
            launch.timeout = Duration::from_secs(1800);
            launch
        };
        let size = std::fs::metadata(&pair.input)?.len() / 1_000_000;
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for at in 0..self.pairs {
            // The order alternates: what comes second finds a warm cache.
            let measured =
                |words: &[OsString]| launch(words).run_well().map(|outcome| seconds(&outcome, pair.measure));
            let (mine, its) = if at % 2 == 0 {
                let mine = measured(&ours)?;
                (mine, measured(&pair.peer))
            } else {
                let its = measured(&pair.peer);
                (measured(&ours)?, its)
            };
            own.push(mine);
            match its {
                Ok(its) => others.push(its),
                Err(error) => {
                    eprintln!("{} is skipped: {error:#}", pair.peer_name);
                    break;
                }
            }
        }
        let ratios: Vec<f64> = own.iter().zip(&others).map(|(own, other)| other / own).collect();
        let ratio = bootstrap_interval(&ratios);
        let text =
            |value: Option<f64>| value.map_or("not installed".to_owned(), |value| format!("{value:.2}"));
        table.row([
            pair.name.to_owned(),
            format!("{size} MB"),
            text(median(&own)),
            pair.peer_name.to_owned(),
            text(median(&others)),
            ratio.map_or("-".to_owned(), |ratio: Estimate| ratio.text(1.0, 2)),
            format!(">= {}", pair.target),
        ]);
        if ratio.is_none_or(|ratio| ratio.low < pair.target) {
            misses.push(format!("- missed or not proved: {} >= {} times\n", pair.name, pair.target));
        }
        Ok(())
    }

    fn large_inputs(&self, folder: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
        type Make = fn(&Path, u64) -> Result<()>;
        let all: [(&'static str, &str, Make); 4] = [
            ("large folded, stacks in order", "large.folded", |path, bytes| {
                inputs::folded(path, bytes, true)
            }),
            ("large folded, stacks in no order", "mixed.folded", |path, bytes| {
                inputs::folded(path, bytes, false)
            }),
            ("large pprof", "large.pb", |path, bytes| inputs::pprof(path, bytes, false)),
            ("large pprof, gzip", "large.pb.gz", |path, bytes| inputs::pprof(path, bytes, true)),
        ];
        let mut made = Vec::new();
        for (name, file, make) in all {
            if self.is_wanted(name) {
                let path = folder.join(file);
                make(&path, self.size * 1_000_000)?;
                made.push((name, path));
            }
        }
        Ok(made)
    }

    fn top_table(
        &self,
        tools: &Tools,
        folder: &Path,
        (name, input): (&str, &Path),
        table: &mut Table,
        misses: &mut Vec<String>,
    ) -> Result<()> {
        let words: Vec<OsString> = tools.fathom(&["report"]).into_iter().chain([input.into()]).collect();
        let mut times = Vec::new();
        let mut most = 0;
        for _ in 0..self.pairs.min(3) {
            let outcome = Launch::new(&words, folder).run_well()?;
            times.push(outcome.wall.as_secs_f64());
            most = most.max(outcome.peak_rss_bytes);
        }
        let time = median(&times).unwrap_or(0.0);
        table.row([
            name.to_owned(),
            (std::fs::metadata(input)?.len() / 1_000_000).to_string(),
            format!("{time:.2}"),
            (most / 1_000_000).to_string(),
            format!("{MAX_TOP_SECONDS} s, {} MB", MAX_TOP_BYTES / 1_000_000),
        ]);
        if time > MAX_TOP_SECONDS || most > MAX_TOP_BYTES {
            misses.push(format!("- missed: {name} takes {time:.2} s and {} MB\n", most / 1_000_000));
        }
        Ok(())
    }
}

fn seconds(outcome: &Outcome, measure: Measure) -> f64 {
    match measure {
        Measure::Wall => outcome.wall.as_secs_f64(),
        Measure::Cpu => outcome.cpu_seconds.last().map_or(0.0, |(_, seconds)| *seconds),
    }
}
