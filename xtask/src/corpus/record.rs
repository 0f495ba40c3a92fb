//! Runs a program under Fathom and keeps a recording without what tells of this machine.

use super::build::{build, run};
use super::program::Case;
use super::{RECORDINGS, slim};
use crate::workspace;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Records every variant of a case, and keeps of several recordings the one whose time is in the middle: noise on a
/// shared machine adds to it, and a runtime that tells nothing of itself takes off.
///
/// # Errors
/// A program does not build, fails, or something that it needs is missing.
pub(super) fn record(case: &Case, fathom: &Path, python: &Path, seed: u64, takes: u32) -> Result<()> {
    let fathom = fathom.canonicalize().with_context(|| format!("there is no {}", fathom.display()))?;
    for variant in case.variants() {
        let built = build(case, variant, python, seed)?;
        let mut recordings = Vec::new();
        for take in 0..takes {
            let recording = built.folder.join(format!("{take}.fathom"));
            let mut command = Command::new(&fathom);
            command.args(["run", "--max-overhead", "5", "-o"]).arg(&recording).arg("--").args(&built.command);
            let started = Instant::now();
            run(command.current_dir(&built.folder), &format!("{} {}", case.name(), variant.name()))?;
            recordings.push((started.elapsed(), recording));
        }
        recordings.sort();
        let (_, recording) = recordings.swap_remove(recordings.len() / 2);
        let kept = workspace::root().join(RECORDINGS).join(&case.rule);
        std::fs::create_dir_all(&kept)?;
        slim::keep(&recording, &built, &kept.join(format!("{}-{}", case.language, variant.name())))?;
        std::fs::remove_dir_all(&built.folder)?;
    }
    Ok(())
}
