//! Why a command stops before its end, with the hint and the exit code that go with it. `ending` says it.

use fathom_session::SessionError;
use std::io;
use std::path::Path;

/// Any error outside `run`.
pub(crate) const EXIT_ERROR: u8 = 2;
/// A finding that was not to be there.
pub(crate) const EXIT_FOUND: u8 = 1;
/// `run` could not do its own work; the number of timeout(1), nohup(1) and env(1).
pub(crate) const EXIT_FATHOM_FAILED: u8 = 125;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever read our stdout has gone: not an error.
    BrokenPipe,
    /// Help or version: text for stdout, not an error.
    Printed(String),
    /// Wrong arguments, in clap's words (which begin with `error:`).
    Usage {
        /// Without the last line, which only points to `--help`.
        text: String,
        /// A command to type.
        hint: String,
        /// The exit code.
        exit_code: u8,
    },
    /// Everything else.
    Error {
        /// Lower case, no full stop; the thing, the value found, the value needed.
        message: String,
        /// A command to type.
        hint: Option<String>,
        /// The exit code.
        exit_code: u8,
    },
}

impl Failure {
    /// An error without a hint.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Error { message: message.into(), hint: None, exit_code: EXIT_ERROR }
    }

    /// The same with a command that helps.
    pub(crate) fn hint(mut self, command: impl Into<String>) -> Self {
        if let Self::Error { hint, .. } = &mut self {
            *hint = Some(command.into());
        }
        self
    }

    /// The same as an error of `run` before its command has started.
    pub(crate) fn of_run(mut self) -> Self {
        if let Self::Error { exit_code, .. } = &mut self {
            *exit_code = EXIT_FATHOM_FAILED;
        }
        self
    }

    /// A file that cannot be written.
    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        let failure = Self::new(format!("cannot write {}: {}", path.display(), plain(error)));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        match folder.filter(|folder| !folder.exists()) {
            Some(folder) => failure.hint(format!("mkdir -p {}", folder.display())),
            None => failure,
        }
    }

    /// An error of the session while launching a command.
    pub(crate) fn of_launch(error: &SessionError) -> Self {
        let exit_code = u8::try_from(error.launch_exit_code()).unwrap_or(EXIT_FATHOM_FAILED);
        Self::Error { message: without_numbers(&error.to_string()), hint: error.hint(), exit_code }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::Error {
            message: without_numbers(&error.to_string()),
            hint: error.hint(),
            exit_code: EXIT_ERROR,
        }
    }
}

/// The system's own words, in lower case and without `(os error 2)`.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = without_numbers(&error.to_string());
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A message without the `(os error 2)` that Rust adds to the system's words; the words say it already.
fn without_numbers(message: &str) -> String {
    let mut parts = message.split(" (os error ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once(')').map_or("", |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lose_the_system_s_numbers_only() {
        assert_eq!(
            without_numbers("cannot run `x`: No such file (os error 2), a"),
            "cannot run `x`: No such file, a"
        );
        assert_eq!(without_numbers("no process 7"), "no process 7");
    }

    #[test]
    fn errors_of_the_system_are_plain() {
        assert_eq!(plain(&io::Error::from_raw_os_error(2)), "no such file or directory");
    }
}
