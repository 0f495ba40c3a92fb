//! `fathom guardian`: what `run`, `attach` and `top` start before they do something in a target.

use crate::failure::Failure;
use crate::talk;
use fathom_collect::guardian::guard;
use std::process::ExitCode;

/// Take back what Fathom did in other processes, when the other end of stdin is closed
///
/// Started by Fathom itself.
#[derive(Debug, clap::Args)]
pub(crate) struct Guard {}

impl Guard {
    /// Serves until stdin ends.
    ///
    /// # Errors
    /// None: what cannot be taken back is told on stderr.
    #[allow(clippy::unnecessary_wraps)] // As all commands.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let failures = guard(fathom_collect::catalog::undo);
        failures.iter().for_each(|failure| talk::say(failure));
        Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
