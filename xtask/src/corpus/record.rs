//! Runs a program under Fathom and keeps a recording without what tells of this machine.

use super::build::{build, run};
use super::program::Case;
use super::{RECORDINGS, slim};
use crate::workspace;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Records every variant of a case, and keeps of several recordings the one that took least: noise on a shared machine
/// only adds.
///
/// # Errors
/// A program does not build, fails, or something that it needs is missing.
pub(super) fn record(case: &Case, fathom: &Path, python: &Path, seed: u64, takes: u32) -> Result<()> {
    let fathom = fathom.canonicalize().with_context(|| format!("there is no {}", fathom.display()))?;
    for variant in case.variants() {
        let built = build(case, variant, python, seed)?;
        let mut best = (Duration::MAX, built.folder.join("0.fathom"));
        for take in 0..takes {
            let recording = built.folder.join(format!("{take}.fathom"));
            let mut command = Command::new(&fathom);
            command.args(["run", "--max-overhead", "5", "-o"]).arg(&recording).arg("--").args(&built.command);
            let started = Instant::now();
            run(command.current_dir(&built.folder), &format!("{} {}", case.name(), variant.name()))?;
            let took = started.elapsed();
            if took < best.0 {
                best = (took, recording);
            }
        }
        let (_, recording) = best;
        let kept = workspace::root().join(RECORDINGS).join(&case.rule);
        std::fs::create_dir_all(&kept)?;
        slim::keep(&recording, &built, &kept.join(format!("{}-{}", case.language, variant.name())))?;
        std::fs::remove_dir_all(&built.folder)?;
    }
    Ok(())
}
