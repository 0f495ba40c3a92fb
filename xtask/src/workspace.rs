//! Where the workspace is, and how its commands are run.
//!
//! Every chore works on the tree that the `xtask` binary was built from, whatever the current directory is.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// The root folder of the workspace: the parent of `xtask/`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}

/// The `cargo` that runs this chore (or the one on `PATH`), started in the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs `command` with its output passed through.
///
/// # Errors
/// The command cannot be started, or it ends with a status other than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}
