//! What a stream is connected to: a terminal or not, how wide, with colour or not.

use std::env;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

/// Columns where there is no terminal to ask.
const FALLBACK_WIDTH: usize = 100;

/// One of the standard streams as a place to read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    /// Whether a person may be looking.
    pub(crate) is_terminal: bool,
    /// Columns.
    pub(crate) width: usize,
    /// Whether colour may be used.
    pub(crate) color: bool,
}

impl Screen {
    /// What stdout is connected to.
    pub(crate) fn stdout() -> Self {
        Self::of(&io::stdout())
    }

    /// What stderr is connected to.
    pub(crate) fn stderr() -> Self {
        Self::of(&io::stderr())
    }

    /// A file: no colour, the fallback's width.
    pub(crate) fn file() -> Self {
        Self { is_terminal: false, width: FALLBACK_WIDTH, color: false }
    }

    fn of(stream: &(impl IsTerminal + AsFd)) -> Self {
        if !stream.is_terminal() {
            return Self::file();
        }
        let width = terminal_size::terminal_size_of(stream).map_or(0, |(width, _)| usize::from(width.0));
        // https://no-color.org: any value that is not empty.
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        // A terminal of a test or a serial line says 0 columns.
        Self {
            is_terminal: true,
            width: if width == 0 { FALLBACK_WIDTH } else { width },
            color: !no_color && !dumb,
        }
    }
}
