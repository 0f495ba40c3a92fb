//! The commands, one file each.

pub(crate) mod attach;
pub(crate) mod docs;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod report;
pub(crate) mod run;
mod summary;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use std::process::ExitCode;

/// Does what the arguments say.
///
/// # Errors
/// Whatever stopped the command.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Run(command) => command.run(),
        Command::Attach(command) => command.run(),
        Command::Report(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Docs(command) => command.run(),
    }
}
