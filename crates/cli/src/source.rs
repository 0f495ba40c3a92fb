//! `REC` and `--strict`: what a command reads, with a bar while it takes long and a warning for what is damaged.

use crate::failure::Failure;
use crate::talk::{self, ReadingBar};
use fathom_session::Opened;

/// What a command that takes one recording reads.
#[derive(Debug, clap::Args)]
pub(crate) struct Source {
    /// A recording: @last, @prev, a .fathom or .part file, a profile of another tool, or - for stdin
    ///
    /// A `.part` file is what a recording that was killed has left; all but its last second is recovered. `fathom
    /// import --formats` lists the profiles that are read; they are recognised by content.
    #[arg(value_name = "REC", default_value = "@last", hide_default_value = true)]
    pub(crate) recording: String,

    #[command(flatten)]
    strictness: Strictness,
}

/// `--strict`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Strictness {
    /// Fail (exit 2) if the file is damaged, instead of a warning
    #[arg(long)]
    strict: bool,
}

impl Source {
    /// Opens it.
    ///
    /// # Errors
    /// It cannot be read, or it is damaged and `--strict` is given.
    pub(crate) fn open(&self) -> Result<Opened, Failure> {
        self.strictness.open(&self.recording)
    }
}

impl Strictness {
    /// Opens a recording and says what is wrong with it.
    ///
    /// # Errors
    /// It cannot be read, or it is damaged and `--strict` is given.
    pub(crate) fn open(self, recording: &str) -> Result<Opened, Failure> {
        let bar = ReadingBar::new();
        let opened = fathom_session::open(recording, &|done, total| bar.show(done, total));
        bar.finish();
        let opened = opened?;
        talk::issues(&opened.issues);
        if self.strict && !opened.issues.is_empty() {
            let n = opened.issues.len();
            let things = if n == 1 { "1 thing is".to_owned() } else { format!("{n} things are") };
            return Err(Failure::new(format!("{things} wrong with `{recording}`, and --strict allows none")));
        }
        Ok(opened)
    }
}
