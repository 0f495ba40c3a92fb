//! Memory of `fathom top` over simulated hours of a program that forks and makes code all the time.

use crate::workspace;
use anyhow::Result;

/// Arguments of `bench top`.
#[derive(clap::Args)]
pub(crate) struct Top {
    /// Hours to simulate.
    #[arg(long, default_value_t = 8)]
    hours: u32,
    /// Samples per simulated second; a tenth as many processes begin and end.
    #[arg(long, default_value_t = 100)]
    density: u32,
}

impl Top {
    /// Builds, runs, prints a row an hour.
    ///
    /// # Errors
    /// The build or the run failed.
    pub(crate) fn run(self) -> Result<()> {
        let (hours, density) = (self.hours.to_string(), self.density.to_string());
        let build = ["run", "--quiet", "--package", "fathom-session", "--example", "top_hours", "--"];
        workspace::run(workspace::cargo().args(build).args([&hours, &density]))
    }
}
