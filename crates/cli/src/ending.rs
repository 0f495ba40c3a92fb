//! The last words of a command that stopped before its end.

use crate::destination;
use crate::failure::Failure;
use crate::talk;
use std::process::ExitCode;

/// Says what happened and turns it into an exit code.
pub(crate) fn end(failure: Failure) -> ExitCode {
    match failure {
        Failure::BrokenPipe => ExitCode::SUCCESS,
        Failure::Printed(text) => match destination::print(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => end(failure),
        },
        Failure::Usage { text, hint, exit_code } => {
            talk::say(&text);
            talk::hint(&hint);
            ExitCode::from(exit_code)
        }
        Failure::Error { message, hint, exit_code } => {
            talk::error(&message);
            if let Some(hint) = hint {
                talk::hint(&hint);
            }
            ExitCode::from(exit_code)
        }
    }
}
