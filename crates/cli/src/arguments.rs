//! The command line as a whole: commands, version, and what is said when the arguments are wrong.

use crate::commands::Command;
use crate::failure::{EXIT_ERROR, EXIT_FATHOM_FAILED, Failure};
use crate::screen::Screen;
use clap::Parser;
use std::ffi::OsString;

/// Say where the time of a Linux program goes: on a CPU, and waiting.
#[derive(Debug, Parser)]
#[command(
    name = "fathom",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_long_help = "\
Examples:
  fathom run -- ./server --port 8080    profile from start to end
  fathom attach 4711 -d 30s             profile a running process for half a minute
  fathom top 4711                       watch it as it goes
  fathom dump 4711                      what its threads do right now
  fathom report                         print the last recording again
  fathom diff @prev @last               what changed between two recordings
  fathom export --format svg -o cpu.svg a flame graph of it
  fathom doctor                         what can be measured here

Settings come from flags, then FATHOM_* variables, then the nearest fathom.toml up to the \
repository's root, then $XDG_CONFIG_HOME/fathom/fathom.toml."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads the arguments of this process.
    ///
    /// # Errors
    /// Wrong arguments; also help and the version, which end the process with 0.
    pub(crate) fn from_process() -> Result<Self, Failure> {
        let words: Vec<OsString> = std::env::args_os().collect();
        Self::try_parse_from(&words).map_err(|error| explain(&error, &words))
    }
}

/// Help and version as data for stdout; an error in the words of all other errors, with a hint.
fn explain(error: &clap::Error, words: &[OsString]) -> Failure {
    let rendered = error.render();
    let paint = |screen: &Screen| {
        if screen.color { rendered.ansi().to_string() } else { rendered.to_string() }
    };
    if !error.use_stderr() {
        return Failure::Printed(paint(&Screen::stdout()));
    }
    let command = words.get(1).and_then(|word| word.to_str()).filter(|word| is_command(word));
    // Wrong usage of `run` is a failure of Fathom as seen by who waits for CMD; so does timeout(1).
    let exit_code = if command == Some("run") { EXIT_FATHOM_FAILED } else { EXIT_ERROR };
    let text = paint(&Screen::stderr());
    let text = text.split("\n\nFor more information").next().unwrap_or_default().trim_end();
    let hint = match command {
        Some(command) => format!("fathom {command} --help"),
        None => "fathom --help".to_owned(),
    };
    Failure::Usage { text: text.to_owned(), hint, exit_code }
}

fn is_command(word: &str) -> bool {
    <Arguments as clap::CommandFactory>::command().get_subcommands().any(|command| command.get_name() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_has_help() {
        let mut root = Arguments::command();
        root.build();
        let mut commands = vec![root];
        while let Some(command) = commands.pop() {
            assert!(command.get_about().is_some(), "`{}` has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some_and(|help| !help.to_string().is_empty()),
                    "`{}` of `{}` has no help",
                    argument.get_id(),
                    command.get_name()
                );
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }

    #[test]
    fn options_of_the_target_stay_with_the_target() {
        for words in
            [&["fathom", "run", "ls", "-l", "--rate"][..], &["fathom", "run", "--", "ls", "-l", "--rate"]]
        {
            let arguments = Arguments::try_parse_from(words).unwrap();
            let Command::Run(run) = arguments.command else { panic!("not run") };
            assert_eq!(run.command, ["ls", "-l", "--rate"]);
        }
    }

    #[test]
    fn attach_needs_something_to_attach_to() {
        let error = Arguments::try_parse_from(["fathom", "attach"]).unwrap_err();
        assert!(error.to_string().contains("PID"), "{error}");
        assert!(Arguments::try_parse_from(["fathom", "attach", "--name", "server", "-d", "1m"]).is_ok());
        assert!(Arguments::try_parse_from(["fathom", "attach", "0"]).is_err());
    }
}
