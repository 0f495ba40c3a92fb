//! What the fixed twin really saves, measured without a profiler.

use super::build;
use super::program::{Case, Variant};
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Shares of the bug's time that the twin saves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gain {
    /// Of wall time.
    pub(super) wall: f64,
    /// Of CPU time, with that of children.
    pub(super) cpu: f64,
}

/// What the twins of all cases save, in `corpus/gains.txt`: a case, the share of wall time, the share of CPU time.
pub(super) struct Gains {
    path: PathBuf,
    by_case: BTreeMap<String, Gain>,
}

impl Gains {
    /// # Errors
    /// A line is none.
    pub(super) fn read() -> Result<Self> {
        let path = workspace::root().join("corpus/gains.txt");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let parse = |line: &str| {
            let mut words = line.split_whitespace();
            let case = words.next()?.to_owned();
            let [wall, cpu] = [words.next()?.parse().ok()?, words.next()?.parse().ok()?];
            Some((case, Gain { wall, cpu }))
        };
        let lines = text.lines().map(|line| parse(line).with_context(|| format!("{line:?} is no gain")));
        Ok(Self { path, by_case: lines.collect::<Result<_>>()? })
    }

    pub(super) fn of(&self, case: &str) -> Option<Gain> {
        self.by_case.get(case).copied()
    }

    /// # Errors
    /// The file cannot be written.
    pub(super) fn keep(&mut self, case: &str, gain: Gain) -> Result<()> {
        self.by_case.insert(case.to_owned(), gain);
        let line = |(case, gain): (&String, &Gain)| format!("{case} {:.3} {:.3}\n", gain.wall, gain.cpu);
        let text: String = self.by_case.iter().map(line).collect();
        std::fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Runs bug and twin in turns and compares their best times: noise on a shared machine only adds.
///
/// # Errors
/// A program does not build or fails.
pub(super) fn gain(case: &Case, python: &Path, seed: u64, runs: u32) -> Result<Gain> {
    let bug = build::build(case, Variant::Bug, python, seed)?;
    let twin = build::build(case, Variant::Twin, python, seed)?;
    let mut best = [[f64::INFINITY; 2]; 2];
    for _ in 0..runs {
        for (built, best) in [&bug, &twin].into_iter().zip(&mut best) {
            let times = time(&built.command, &built.folder)?;
            for (best, time) in best.iter_mut().zip(times) {
                *best = best.min(time);
            }
        }
    }
    std::fs::remove_dir_all(&bug.folder)?;
    std::fs::remove_dir_all(&twin.folder)?;
    let [wall, cpu] = [0, 1].map(|at| 1.0 - best[1][at] / best[0][at]);
    Ok(Gain { wall, cpu })
}

/// Wall time and CPU time in seconds. The kernel tells the CPU time of a child when it has been waited for.
fn time(command: &[String], folder: &Path) -> Result<[f64; 2]> {
    let started = Instant::now();
    let before = children_cpu()?;
    let status = Command::new(&command[0])
        .args(&command[1..])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    let wall = started.elapsed();
    Ok([wall.as_secs_f64(), (children_cpu()?.saturating_sub(before)).as_secs_f64()])
}

/// CPU time of all children that were waited for: fields 16 and 17 of proc_pid_stat(5), in clock ticks of 10 ms.
fn children_cpu() -> Result<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").context("cannot read /proc/self/stat")?;
    let behind = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        behind.split_whitespace().skip(13).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}
