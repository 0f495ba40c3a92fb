//! `fathom diff A B`: what changed between two recordings, and what of it is proved.

use super::summary::shell_word;
use crate::destination::{Destination, Document};
use crate::failure::Failure;
use crate::source::Strictness;
use crate::values;
use fathom_analysis::{DiffOptions, diff, is_whole_run};
use fathom_model::{Recording, Signal};
use fathom_report::{DIFF_OUTPUTS, DiffOutput, Options, diff_facts, find_diff_output};
use std::path::PathBuf;
use std::process::ExitCode;

/// Compare two recordings
///
/// Says of which functions the samples prove a difference, with its 95 % interval, and how many samples would prove
/// the others. One recording a side cannot tell a change from how much runs of one program differ.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom diff @prev @last
  fathom diff before.fathom after.fathom --normalised
  fathom diff before.fathom after.fathom --signal off-cpu
  fathom diff @prev @last --output html -o change.html")]
pub(crate) struct Diff {
    /// The earlier recording: @prev, a .fathom or .part file, or a profile of another tool
    #[arg(value_name = "A")]
    a: String,

    /// The later recording
    #[arg(value_name = "B")]
    b: String,

    /// Signal to compare: cpu, off-cpu, ...; default: cpu, or the first that both have
    #[arg(long, value_name = "SIGNAL", value_parser = values::signal)]
    signal: Option<Signal>,

    /// Compare amounts; default if both recordings are of a command from start to end
    #[arg(long, conflicts_with = "normalised")]
    absolute: bool,

    /// Compare shares: scale B so that the totals agree; default otherwise
    #[arg(long, alias = "normalized")]
    normalised: bool,

    /// Kind of document: terminal, md, json or html; default terminal
    #[arg(long = "output", value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,

    /// The same as --output json
    #[arg(long, conflicts_with = "kind")]
    json: bool,

    /// Write to this file; default stdout
    #[arg(short = 'o', value_name = "FILE")]
    place: Option<PathBuf>,

    #[command(flatten)]
    strictness: Strictness,
}

/// A kind of document, by name.
#[derive(Clone, Copy)]
struct Kind(&'static dyn DiffOutput);

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Diff {
    /// Reads both recordings and writes what changed.
    ///
    /// # Errors
    /// A recording cannot be read, they have no signal in common, or the place cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let Kind(output) = match self.kind {
            Some(kind) => kind,
            None => kind(if self.json { "json" } else { "terminal" }).map_err(Failure::new)?,
        };
        let [a, b] = [self.strictness.open(&self.a)?, self.strictness.open(&self.b)?];
        let recordings = [&a.recording, &b.recording];
        let signal = self.signal(recordings)?;
        let normalised = self.normalised || !self.absolute && !recordings.iter().all(|one| is_whole_run(one));
        let compared = diff(&a.recording, &b.recording, &DiffOptions { signal, normalised });
        let facts = diff_facts(&compared, recordings, [&self.a, &self.b]);
        let destination = Destination::of(self.place.as_deref());
        let screen = destination.screen();
        let options = Options {
            width: screen.width,
            color: screen.color,
            signal: Some(signal),
            recording_name: shell_word(&self.b),
            ..Options::default()
        };
        let bytes = output.render(&compared, &facts, &options).into_bytes();
        let document = Document { name: format!("diff.{}", output.extension()), bytes };
        destination.write_one(&document, || Failure::new("a comparison is text"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn signal(&self, recordings: [&Recording; 2]) -> Result<Signal, Failure> {
        let has = |recording: &Recording, signal: Signal| {
            recording.samples.iter().any(|sample| sample.signal == signal)
        };
        if let Some(signal) = self.signal {
            let missing = recordings.iter().zip([&self.a, &self.b]).find(|(one, _)| !has(one, signal));
            return match missing {
                Some((_, name)) => Err(Failure::new(format!("{name} has no samples of {signal}"))),
                None => Ok(signal),
            };
        }
        let common =
            Signal::ALL.iter().copied().find(|signal| recordings.iter().all(|one| has(one, *signal)));
        common.ok_or_else(|| {
            let message = format!("{} and {} have samples of no signal in common", self.a, self.b);
            let hint = format!("fathom report {}", shell_word(&self.a));
            Failure::new(message).hint(hint)
        })
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    find_diff_output(name).map(Kind).ok_or_else(|| {
        let names: Vec<&str> = DIFF_OUTPUTS.iter().map(|output| output.name()).collect();
        format!("needed is one of {}", names.join(", "))
    })
}
