//! py-spy and Go's own profiler: how they are had, called, and read.

use super::super::launch::Launch;
use super::super::stacks::{WeightedStack, parse_folded, parse_pprof_raw};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// py-spy as it is installed here.
pub(super) struct PySpy {
    path: PathBuf,
    /// What it says of its version.
    pub(super) version: String,
}

/// Whether py-spy stops the program while it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stops {
    /// Its default.
    Yes,
    /// `--nonblocking`.
    No,
}

impl PySpy {
    /// The given executable, or the one on `PATH`.
    ///
    /// # Errors
    /// It cannot be started; the measurement then goes on without it.
    pub(super) fn prepare(given: Option<&Path>) -> Result<Self> {
        let path = match given {
            Some(path) => std::path::absolute(path)?,
            None => PathBuf::from("py-spy"),
        };
        let output = Command::new(&path).arg("--version").output().with_context(|| {
            let hint =
                "hint: `python3 -m venv spy && spy/bin/pip install py-spy`, then `--py-spy spy/bin/py-spy`";
            format!("cannot start {}\n\n{hint}", path.display())
        })?;
        Ok(Self { path, version: String::from_utf8_lossy(&output.stdout).trim().to_owned() })
    }

    /// The words of `py-spy record` up to what is recorded; the result is `py-spy.raw` in the run's folder.
    pub(super) fn record(&self, rate_hz: u32, stops: Stops, more: &[&str]) -> Vec<OsString> {
        let rate = rate_hz.to_string();
        let mut words: Vec<OsString> = vec![self.path.clone().into()];
        words.extend(["record", "-f", "raw", "-o", "py-spy.raw", "-r", &rate].map(OsString::from));
        words.extend((stops == Stops::No).then(|| "--nonblocking".into()));
        words.extend(more.iter().map(OsString::from));
        words
    }
}

/// The stacks that py-spy left in `folder`; weights are samples. Files and lines are cut off the names.
///
/// # Errors
/// There are none.
pub(super) fn py_spy_stacks(folder: &Path) -> Result<Vec<WeightedStack>> {
    let text = std::fs::read(folder.join("py-spy.raw")).context("py-spy left no profile")?;
    let (mut stacks, _) = parse_folded(&String::from_utf8_lossy(&text));
    for frame in stacks.iter_mut().flat_map(|stack| &mut stack.frames) {
        if let Some(end) = frame.find(" (") {
            frame.truncate(end);
        }
    }
    Ok(stacks)
}

/// The stacks of a profile that a Go program wrote of itself; weights are nanoseconds.
///
/// # Errors
/// `go tool pprof` is missing or cannot read it.
pub(super) fn go_profile(folder: &Path, file: &str) -> Result<Vec<WeightedStack>> {
    let go = std::env::var_os("GO").unwrap_or_else(|| "go".into());
    let words = [go, "tool".into(), "pprof".into(), "-raw".into(), folder.join(file).into()];
    let reading = folder.join("pprof");
    std::fs::create_dir_all(&reading).context("cannot make a folder")?;
    Launch::new(words, &reading).run_well()?;
    let text = std::fs::read(reading.join("stdout.log")).context("no output of go tool pprof")?;
    Ok(parse_pprof_raw(&String::from_utf8_lossy(&text)).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_py_spy_lose_their_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "<module> (py_a.py:9);Thread._bootstrap (threading.py:1012);leaf (py_a.py:2) 12\n 3\n";
        std::fs::write(folder.path().join("py-spy.raw"), text).expect("a file");
        let stacks = py_spy_stacks(folder.path()).expect("stacks");
        let frames = ["<module>", "Thread._bootstrap", "leaf"].map(str::to_owned).into();
        assert_eq!(stacks[0], WeightedStack { frames, weight: 12 });
    }
}
