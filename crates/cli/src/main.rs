//! The `fathom` command: arguments, printing, exit codes.
//!
//! **You give** arguments, `FATHOM_*` variables, and `fathom.toml` files.
//!
//! **You get** data on stdout, talk on stderr, and an exit code.
//!
//! **It does not** measure, unwind, judge or draw: those are the crates below. It is the only crate that prints.
//!
//! **Invariants**: a broken pipe is not an error; colour and progress bars only where a terminal is; `fathom run`
//! exits with its command's own status.

mod arguments;
mod commands;
mod destination;
mod ending;
mod failure;
mod record_options;
mod screen;
mod settings;
mod source;
mod talk;
mod values;

use arguments::Arguments;
use clap::CommandFactory;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = Arguments::from_process().and_then(|arguments| arguments.command.run(Arguments::command()));
    result.unwrap_or_else(ending::end)
}
