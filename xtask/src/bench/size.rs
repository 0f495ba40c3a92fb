//! Size of the release binary, whole and without symbols.
//!
//! Builds with the ordinary release profile, so the figure is the one that a user gets.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Arguments of `bench size`.
#[derive(clap::Args)]
pub(crate) struct Size {
    /// Fail when the stripped binary is larger than this many bytes.
    #[arg(long, value_name = "BYTES")]
    check: Option<u64>,
}

impl Size {
    /// Builds, measures, prints two lines.
    ///
    /// # Errors
    /// The build or `strip` failed, or the stripped binary is larger than `--check`.
    pub(crate) fn run(self) -> Result<()> {
        workspace::run(workspace::cargo().args(["build", "--release", "--package", "fathom-cli"]))?;
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), Into::into);
        let binary = target.join("release/fathom");
        let stripped = target.join("release/fathom.stripped");
        workspace::run(Command::new("strip").arg("-o").arg(&stripped).arg(&binary))?;
        let (whole_bytes, stripped_bytes) = (size_of_file(&binary)?, size_of_file(&stripped)?);
        println!("whole     {whole_bytes:>12} bytes");
        println!("stripped  {stripped_bytes:>12} bytes");
        match self.check {
            Some(limit) if stripped_bytes > limit => {
                bail!("the stripped binary has {stripped_bytes} bytes, more than the {limit} allowed")
            }
            _ => Ok(()),
        }
    }
}

fn size_of_file(path: &Path) -> Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len())
}
