//! The commands, one file each, and the list of them.

mod attach;
mod diff;
mod docs;
mod doctor;
mod dump;
mod explain;
mod export;
mod guardian;
mod import;
mod report;
mod run;
mod summary;
mod top;
mod view;

use crate::failure::Failure;
use std::process::ExitCode;

/// What to do; the order is that of the help.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Run(run::Run),
    Attach(attach::Attach),
    Top(top::Top),
    Dump(dump::Dump),
    Report(report::Report),
    Explain(explain::Explain),
    View(view::View),
    Diff(diff::Diff),
    Import(import::Import),
    Export(export::Export),
    Doctor(doctor::Doctor),
    #[command(hide = true)]
    Docs(docs::Docs),
    #[command(hide = true)]
    Guardian(guardian::Guard),
}

impl Command {
    /// Does it. `definition` is the whole command line, for the pages that describe it.
    ///
    /// # Errors
    /// Whatever stopped the command.
    pub(crate) fn run(&self, definition: clap::Command) -> Result<ExitCode, Failure> {
        match self {
            Self::Run(command) => command.run(),
            Self::Attach(command) => command.run(),
            Self::Top(command) => command.run(),
            Self::Dump(command) => command.run(),
            Self::Report(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::View(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Doctor(command) => command.run(),
            Self::Docs(command) => command.run(definition),
            Self::Guardian(command) => command.run(),
        }
    }
}
