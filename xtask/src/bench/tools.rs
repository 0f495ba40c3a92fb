//! The tools under measurement and where things lie: `fathom`, `perf`, the truth programs, work folders, documents.
//!
//! How each tool is called is known here and nowhere else in the measurements.

use super::launch::{Launch, Outcome};
use super::score::Truth;
use super::stacks::{WeightedStack, parse_folded, parse_perf_script};
use crate::workspace;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The default sampling rate of Fathom, samples per second and thread.
pub(crate) const DEFAULT_RATE_HZ: u32 = 499;

/// Arguments that every measurement of Fathom has.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Place {
    /// The fathom to measure; built in release mode when not given.
    #[arg(long, value_name = "FILE")]
    fathom: Option<PathBuf>,
    /// Use the truth programs as they are, without building them.
    #[arg(long)]
    no_build: bool,
    /// Where recordings and logs of the runs go.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    work: PathBuf,
    /// Folder of the table that is written.
    #[arg(long, value_name = "DIR", default_value = "docs/evidence")]
    output: PathBuf,
}

/// Everything found, built, and ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    fathom: PathBuf,
    programs: PathBuf,
    work: PathBuf,
    output: PathBuf,
}

/// Whether perf looks for inlined functions; in programs with much debug information it takes hours for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inlines {
    /// For shares of functions.
    With,
    /// For the ends of stacks.
    Without,
}

/// A recording by Fathom and what it says.
pub(crate) struct Recorded {
    /// How the run went, Fathom's own figures included.
    pub(crate) outcome: Outcome,
    /// The recording.
    pub(crate) file: PathBuf,
    /// The report as JSON.
    pub(crate) report: Value,
}

impl Place {
    /// Builds what is missing.
    ///
    /// # Errors
    /// A build failed, or a folder cannot be made.
    pub(crate) fn prepare(&self) -> Result<Tools> {
        let root = workspace::root();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let fathom = match &self.fathom {
            Some(path) => std::path::absolute(path)?,
            None => {
                workspace::run(workspace::cargo().args([
                    "build",
                    "--release",
                    "--quiet",
                    "--package",
                    "fathom-cli",
                ]))?;
                target.join("release/fathom")
            }
        };
        let programs = target.join("truth");
        if !self.no_build {
            workspace::run(Command::new(root.join("truth/build")).arg(&programs))?;
        }
        let tools = Tools { fathom, programs, work: root.join(&self.work), output: root.join(&self.output) };
        for folder in [&tools.work, &tools.output] {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(tools)
    }
}

impl Tools {
    /// The path of a truth program.
    pub(crate) fn program(&self, name: &str) -> OsString {
        self.programs.join(name).into_os_string()
    }

    /// An empty folder for one run.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.work.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// The folder of a run that has been.
    pub(crate) fn existing(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// Writes a document of evidence and says where.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.output.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{text}\nwritten to {}", path.display());
        Ok(())
    }

    /// The words of `fathom run` before the target's own; the recording is `run.fathom` in the run's folder.
    pub(crate) fn fathom_run(&self, rate_hz: u32, more: &[&str]) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![self.fathom.clone().into(), "run".into()];
        words.extend(["--rate", &rate_hz.to_string(), "-o", "run.fathom"].map(OsString::from));
        words.extend(more.iter().map(OsString::from));
        words.push("--".into());
        words
    }

    /// The words of `fathom attach` to a process; the recording is `run.fathom` in the run's folder.
    pub(crate) fn fathom_attach(&self, pid: u32, rate_hz: u32, more: &[&str]) -> Vec<OsString> {
        let (pid, rate) = (pid.to_string(), rate_hz.to_string());
        let words = ["attach", &pid, "--rate", &rate, "-o", "run.fathom"];
        self.fathom(&words).into_iter().chain(more.iter().map(OsString::from)).collect()
    }

    /// The words of another command of Fathom.
    pub(crate) fn fathom(&self, arguments: &[&str]) -> Vec<OsString> {
        std::iter::once(self.fathom.clone().into()).chain(arguments.iter().map(OsString::from)).collect()
    }

    /// Records a command with Fathom and reads the report.
    ///
    /// # Errors
    /// Fathom cannot be started, leaves no recording, or its report fails.
    pub(crate) fn record(
        &self,
        folder: &Path,
        rate_hz: u32,
        target: &[OsString],
        timeout: Duration,
    ) -> Result<Recorded> {
        let mut words = self.fathom_run(rate_hz, &[]);
        words.extend_from_slice(target);
        let mut launch = with_truth(Launch::new(words, folder));
        launch.timeout = timeout;
        let outcome = launch.run()?;
        self.read_recording(folder, outcome)
    }

    /// Reads `run.fathom` in `folder` after a run.
    ///
    /// # Errors
    /// There is no recording, or its report fails.
    pub(crate) fn read_recording(&self, folder: &Path, outcome: Outcome) -> Result<Recorded> {
        let file = folder.join("run.fathom");
        if !file.exists() {
            bail!(
                "fathom left no recording ({}): {}",
                outcome.status,
                super::launch::last_lines(&outcome.stderr)
            );
        }
        let report = self.report(folder, "run.fathom")?;
        Ok(Recorded { outcome, file, report })
    }

    /// The JSON report of a recording in `folder`.
    ///
    /// # Errors
    /// The report fails or is not JSON.
    pub(crate) fn report(&self, folder: &Path, recording: &str) -> Result<Value> {
        let words = self.fathom(&["report", recording, "--output", "json", "-o", "report.json"]);
        Launch::new(words, folder).run_well()?;
        let text = std::fs::read_to_string(folder.join("report.json")).context("no report.json")?;
        serde_json::from_str(&text).context("report.json is not JSON")
    }

    /// The stacks of one signal (`cpu`, `off-cpu`) of a recording in `folder`, weights in nanoseconds.
    ///
    /// # Errors
    /// The export fails, or a line of it is not in the folded format.
    pub(crate) fn folded(&self, folder: &Path, signal: &str) -> Result<Vec<WeightedStack>> {
        let output = format!("{signal}.folded");
        let words =
            self.fathom(&["export", "run.fathom", "--format", "folded", "--signal", signal, "-o", &output]);
        Launch::new(words, folder).run_well()?;
        let bytes = std::fs::read(folder.join(&output)).with_context(|| format!("no {output}"))?;
        let (stacks, unread) = parse_folded(&String::from_utf8_lossy(&bytes));
        if unread > 0 {
            bail!("{output} has {unread} lines that are not `frames weight`");
        }
        Ok(stacks)
    }

    /// Records a command with `perf record` and reads its stacks.
    ///
    /// # Errors
    /// perf cannot be started, or takes too long.
    pub(crate) fn perf_stacks(
        &self,
        folder: &Path,
        rate_hz: u32,
        target: &[OsString],
        timeout: Duration,
        inlines: Inlines,
    ) -> Result<Vec<WeightedStack>> {
        let mut launch = with_truth(Launch::new(
            perf_record(Some("dwarf"), rate_hz).into_iter().chain(target.iter().cloned()),
            folder,
        ));
        launch.timeout = timeout;
        launch.run()?;
        let mut words =
            vec!["perf", "script", "-i", "perf.data", "--max-stack", "10000", "-F", "comm,tid,ip,sym"];
        if inlines == Inlines::Without {
            words.push("--no-inline");
        }
        let mut script = Launch::new(words, folder);
        script.timeout = Duration::from_secs(600);
        script.run_well()?;
        let text = std::fs::read(folder.join("stdout.log")).context("no output of perf script")?;
        Ok(parse_perf_script(&String::from_utf8_lossy(&text)))
    }
}

/// `perf record` with the same event as Fathom's fall-back; `unwinding` is `dwarf`, `fp`, or none for no stacks.
pub(crate) fn perf_record(unwinding: Option<&str>, rate_hz: u32) -> Vec<OsString> {
    let rate = rate_hz.to_string();
    let mut words: Vec<&str> = vec!["perf", "record", "-q", "-e", "cpu-clock", "-F", &rate];
    words.extend(unwinding.iter().flat_map(|unwinding| ["--call-graph", unwinding]));
    words.extend(["-o", "perf.data", "--"]);
    words.into_iter().map(OsString::from).collect()
}

/// The same launch with the truth going to `truth.json` in its folder.
pub(crate) fn with_truth(launch: Launch) -> Launch {
    let file = launch.folder.join("truth.json");
    launch.with("FATHOM_TRUTH", file)
}

/// What the truth program of the last run in `folder` said.
///
/// # Errors
/// It said nothing, or something else.
pub(crate) fn truth_of(folder: &Path) -> Result<Truth> {
    Truth::parse(&std::fs::read_to_string(folder.join("truth.json")).context("the program left no truth")?)
}

/// Where the figures were measured, as the head of every document.
pub(crate) fn machine() -> String {
    let first_line = |path: &str, key: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| line.split(':').nth(1))
            .map(|rest| rest.trim().to_owned())
    };
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let memory_kib: u64 = first_line("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next().and_then(|number| number.parse().ok()))
        .unwrap_or(0);
    let virtual_machine = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default().contains("hypervisor");
    format!(
        "Kernel {}, {cpus} CPUs ({}{}), {} GiB of memory.",
        kernel.trim(),
        first_line("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown model".to_owned()),
        if virtual_machine { ", virtual machine" } else { "" },
        memory_kib / (1 << 20),
    )
}
