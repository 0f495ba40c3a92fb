//! Everything that is said on stderr: errors, hints, warnings, notes, progress.
//!
//! A stderr that nobody reads any more is no reason to stop: failed writes are ignored.

use crate::screen::Screen;
use fathom_model::Issue;
use fathom_session::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Work shorter than this gets no progress bar.
const PATIENCE: Duration = Duration::from_secs(2);
/// Issues of a damaged input that are printed; the rest is counted.
const MAX_ISSUES: usize = 5;

/// One line on stderr.
pub(crate) fn say(line: &str) {
    // Nobody can be told that stderr is gone.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Text that may hold names from the target, without anything that a terminal obeys.
fn harmless(text: &str) -> String {
    let shown =
        |character: char| if character.is_control() && character != '\n' { '\u{fffd}' } else { character };
    text.chars().map(shown).collect()
}

/// An error.
pub(crate) fn error(message: &str) {
    say(&format!("{} {}", paint("1;31", "error:"), harmless(message)));
}

/// A command to type, after a blank line.
pub(crate) fn hint(command: &str) {
    say(&format!("\n{} {}", paint("1;36", "hint:"), harmless(command)));
}

/// Something that the reader should know and that does not stop the work.
pub(crate) fn note(message: &str) {
    say(&format!("{} {}", paint("1", "note:"), harmless(message)));
}

/// What was wrong with an input that could be read nevertheless.
pub(crate) fn issues(issues: &[Issue]) {
    for issue in issues.iter().take(MAX_ISSUES) {
        say(&format!("{} {}", paint("1;33", "warning:"), harmless(&issue.to_string())));
    }
    if issues.len() > MAX_ISSUES {
        say(&format!("{} {} more like these", paint("1;33", "warning:"), issues.len() - MAX_ISSUES));
    }
}

fn paint(code: &str, text: &str) -> String {
    if Screen::stderr().color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// How far reading a file has come.
pub(crate) struct ReadingBar {
    since: Instant,
    bar: Mutex<Option<ProgressBar>>,
}

impl ReadingBar {
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), bar: Mutex::new(None) }
    }

    /// Takes one report: bytes done, of all. Several threads read at a time.
    pub(crate) fn show(&self, done: u64, total: u64) {
        if self.since.elapsed() < PATIENCE || !Screen::stderr().is_terminal {
            return;
        }
        let Ok(mut bar) = self.bar.lock() else { return };
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("reading {bar:40} {bytes} of {total_bytes}, {eta} left");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
        });
        bar.set_position(done);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.lock().ok().and_then(|mut bar| bar.take()) {
            bar.finish_and_clear();
        }
    }
}

/// Tells how a recording gets on.
pub(crate) struct Teller {
    /// Notes that wait for the target's end, because until then stderr is the target's; `None` once it has ended.
    held: Option<Vec<String>>,
    /// What to say once recording has begun.
    opening: Option<String>,
    working_since: Option<Instant>,
    bar: Option<ProgressBar>,
}

impl Teller {
    /// Silent while a launched command runs.
    pub(crate) fn silent() -> Self {
        Self { held: Some(Vec::new()), opening: None, working_since: None, bar: None }
    }

    /// Says at once what there is to say, and `opening` once recording has begun.
    pub(crate) fn talking(opening: String) -> Self {
        Self { held: None, opening: Some(opening), working_since: None, bar: None }
    }

    /// Takes one report of progress. Starts no thread: a command is still to be forked.
    pub(crate) fn hear(&mut self, progress: &Progress<'_>) {
        match progress {
            Progress::Note(text) => match &mut self.held {
                Some(held) => held.push((*text).to_owned()),
                None => note(text),
            },
            Progress::TargetEnded => {
                self.working_since = Some(Instant::now());
                self.speak();
            }
            Progress::Symbolising { done, total } => self.show(*done, *total),
            Progress::Writing => self.clear(),
            Progress::Recording { .. } => {
                if let Some(opening) = self.opening.take() {
                    say(&opening);
                }
            }
        }
    }

    /// Says what is still held and takes the bar away.
    pub(crate) fn finish(&mut self) {
        self.clear();
        self.speak();
    }

    fn speak(&mut self) {
        for text in self.held.take().unwrap_or_default() {
            note(&text);
        }
    }

    fn show(&mut self, done: usize, total: usize) {
        let since = *self.working_since.get_or_insert_with(Instant::now);
        if self.bar.is_none() && since.elapsed() >= PATIENCE && Screen::stderr().is_terminal {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("naming functions {bar:40} {pos}/{len} modules");
            self.bar = Some(style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)));
        }
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_command_the_terminal() {
        assert_eq!(harmless("bad\u{1b}]0;title\u{7} name\nnext"), "bad\u{fffd}]0;title\u{fffd} name\nnext");
    }
}
