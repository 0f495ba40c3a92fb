//! Running one command and watching it from outside: status, wall time, CPU time, largest resident set.
//!
//! A process is read through `/proc` until it is a zombie, and only then waited for, so that its own CPU time is
//! known without that of its children. It needs no unsafe code and no right but to read `/proc`.

use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// `USER_HZ`: the unit of times in `/proc/PID/stat`, fixed by the kernel's ABI on every architecture in use.
const TICKS_PER_SECOND: f64 = 100.0;

/// A command line with its surroundings.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// Program and arguments.
    pub(crate) words: Vec<OsString>,
    /// Environment variables set beside the inherited ones.
    pub(crate) variables: Vec<(String, OsString)>,
    /// Working directory and place of the two output files.
    pub(crate) folder: PathBuf,
    /// The run is killed after this time, and that is an error.
    pub(crate) timeout: Duration,
}

/// What was seen of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Exit status.
    pub(crate) status: ExitStatus,
    /// From before the start to after the end.
    pub(crate) wall: Duration,
    /// Own CPU time over time: real time and CPU seconds of the process without its children.
    pub(crate) cpu_seconds: Vec<(SystemTime, f64)>,
    /// Largest resident set of the process without its children.
    pub(crate) peak_rss_bytes: u64,
    /// Everything printed to stderr.
    pub(crate) stderr: String,
}

impl Launch {
    /// A command in `folder` with five minutes to run.
    pub(crate) fn new<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>, folder: &Path) -> Self {
        Self {
            words: words.into_iter().map(|word| word.as_ref().to_owned()).collect(),
            variables: Vec::new(),
            folder: folder.to_owned(),
            timeout: Duration::from_secs(300),
        }
    }

    /// The same with one more environment variable.
    pub(crate) fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The command as a line of text.
    pub(crate) fn line(&self) -> String {
        self.words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    /// Starts the command; its output goes to `stdout.log` and `stderr.log` in the folder.
    ///
    /// # Errors
    /// The program cannot be started or the files cannot be written.
    pub(crate) fn spawn(&self) -> Result<Child> {
        let log =
            |name: &str| File::create(self.folder.join(name)).with_context(|| format!("cannot write {name}"));
        let (program, arguments) = self.words.split_first().context("an empty command")?;
        Command::new(program)
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log("stdout.log")?)
            .stderr(log("stderr.log")?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.to_string_lossy()))
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// It cannot be started, or it runs longer than its time.
    pub(crate) fn run(&self) -> Result<Outcome> {
        let start = Instant::now();
        let mut child = self.spawn()?;
        let mut cpu_seconds = Vec::new();
        let mut peak_rss_bytes = 0;
        loop {
            let stat = Stat::read(child.id());
            if let Some(stat) = &stat {
                cpu_seconds.push((SystemTime::now(), stat.cpu_seconds));
            }
            peak_rss_bytes = peak_rss_bytes.max(peak_rss(child.id()).unwrap_or(0));
            if stat.is_none_or(|stat| stat.state == 'Z') {
                break;
            }
            if start.elapsed() > self.timeout {
                child.kill().context("cannot kill")?;
                child.wait().context("cannot wait")?;
                bail!("`{}` ran longer than {} s", self.line(), self.timeout.as_secs());
            }
            // A short program is watched closely, a long one costs nothing to watch.
            std::thread::sleep(
                (start.elapsed() / 50).clamp(Duration::from_millis(1), Duration::from_millis(50)),
            );
        }
        let status = child.wait().context("cannot wait")?;
        let wall = start.elapsed();
        let stderr = std::fs::read(self.folder.join("stderr.log")).unwrap_or_default();
        Ok(Outcome {
            status,
            wall,
            cpu_seconds,
            peak_rss_bytes,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }

    /// Runs the command, which must end with status 0.
    ///
    /// # Errors
    /// As [`Launch::run`], or another status; the message ends with what the command said.
    pub(crate) fn run_well(&self) -> Result<Outcome> {
        let outcome = self.run()?;
        if !outcome.status.success() {
            bail!("`{}` ended with {}: {}", self.line(), outcome.status, last_lines(&outcome.stderr));
        }
        Ok(outcome)
    }
}

impl Outcome {
    /// CPU seconds of the process itself until `moment`.
    pub(crate) fn cpu_seconds_until(&self, moment: SystemTime) -> f64 {
        self.cpu_seconds
            .iter()
            .take_while(|(at, _)| *at <= moment)
            .last()
            .map_or(0.0, |(_, seconds)| *seconds)
    }
}

/// Waits for the end of what [`Launch::spawn`] started; kills it when that takes too long.
///
/// # Errors
/// It ran longer than `timeout`.
pub(crate) fn end_of(child: &mut Child, timeout: Duration) -> Result<ExitStatus> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("cannot wait")? {
            return Ok(status);
        }
        if begin.elapsed() > timeout {
            child.kill().context("cannot kill")?;
            child.wait().context("cannot wait")?;
            bail!("process {} ran longer than {} s", child.id(), timeout.as_secs());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The end of a long message.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(6)..].join(" | ")
}

/// What `/proc/PID/stat` says.
#[derive(Debug)]
pub(crate) struct Stat {
    /// State letter: `R`, `S`, `T`, `Z` ...
    pub(crate) state: char,
    /// User and system time of the process without its children.
    pub(crate) cpu_seconds: f64,
}

impl Stat {
    /// `None` when there is no such process.
    pub(crate) fn read(pid: u32) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        // The name may hold blanks and brackets; fields are counted from its closing bracket (proc(5)).
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
        Some(Self {
            state: fields.first()?.chars().next()?,
            cpu_seconds: (ticks(11)? + ticks(12)?) / TICKS_PER_SECOND,
        })
    }
}

fn peak_rss(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_ascii_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Children of a process, all of its threads' together.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            text.split_ascii_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<u32>>()
        })
        .collect()
}

/// Sends a signal by name (`KILL`, `STOP`, `CONT`) to one process.
///
/// # Errors
/// The `kill` command says no.
pub(crate) fn signal(name: &str, pid: u32) -> Result<()> {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status()
        .context("cannot start kill")?;
    if !status.success() {
        bail!("cannot send {name} to process {pid}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_with_a_hostile_name() {
        let text = "17 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 9 9 20 0 1 0";
        let stat = Stat::parse(text).expect("a stat line");
        assert_eq!(stat.state, 'S');
        assert!((stat.cpu_seconds - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_run_is_watched_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo said >&2; exit 7";
        let outcome = Launch::new(["sh", "-c", script], folder.path()).run().expect("a run");
        assert_eq!(outcome.status.code(), Some(7));
        assert_eq!(outcome.stderr, "said\n");
        assert!(outcome.peak_rss_bytes > 100_000);
        assert!(outcome.cpu_seconds_until(SystemTime::now()) > 0.02);
        assert!(outcome.cpu_seconds_until(SystemTime::UNIX_EPOCH) == 0.0);
    }

    #[test]
    fn a_run_that_takes_too_long_is_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut launch = Launch::new(["sleep", "30"], folder.path());
        launch.timeout = Duration::from_millis(100);
        assert!(launch.run().is_err());
    }
}
