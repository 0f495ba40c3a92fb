//! `fathom export [REC] --format F`: a recording as a profile for other tools.

use super::summary::shell_word;
use crate::destination::{Destination, Document};
use crate::failure::Failure;
use crate::source::Source;
use crate::talk;
use crate::values;
use fathom_formats::{FORMATS, Format, WriteOptions};
use fathom_model::{Recording, Signal};
use fathom_report::{Options, Output, find_output};
use std::path::PathBuf;
use std::process::ExitCode;

/// Outputs of the report that tools and browsers open as profiles.
const DRAWINGS: &[&str] = &["html", "svg"];
/// Of formats that keep everything.
const LOSES_NOTHING: &str = "nothing";

/// Write a recording in a format of other tools
///
/// folded: lines of `a;b;c weight` for flame graph scripts. pprof: for `go tool pprof` and its many readers.
/// svg: a flame graph that opens in a browser. parquet: all tables, for DuckDB, pandas, Polars, Spark.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom export --format svg -o cpu.svg
  fathom export --format folded --signal off-cpu
  fathom export slow.fathom --format pprof -o slow.pb.gz
  fathom export @last --format parquet -o tables/")]
pub(crate) struct Export {
    #[command(flatten)]
    source: Source,

    /// What to write: folded, pprof, svg, ...; `fathom import --formats` lists them
    #[arg(short, long, value_name = "FORMAT", value_parser = target)]
    format: Target,

    /// Signal to write: cpu, off-cpu; default: cpu, or all where the format holds all
    #[arg(long = "signal", value_name = "LIST", value_delimiter = ',', value_parser = values::signal)]
    signals: Vec<Signal>,

    /// Write to this file, or this directory for parquet; default stdout
    #[arg(short = 'o', long = "output", value_name = "FILE|DIR")]
    place: Option<PathBuf>,
}

/// What to write.
#[derive(Clone, Copy)]
enum Target {
    Format(&'static Format),
    Drawing(&'static dyn Output),
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Format(format) => format.name,
            Self::Drawing(output) => output.name(),
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Format(format) => format.extensions.first().copied().unwrap_or(format.name),
            Self::Drawing(output) => output.extension(),
        }
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Export {
    /// Reads the recording and writes it.
    ///
    /// # Errors
    /// The recording cannot be read, does not hold the signal, or the place cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let destination = Destination::of(self.place.as_deref());
        if self.needs_directory() && destination == Destination::Stdout {
            return Err(self.refuse_stdout("writes several files"));
        }
        let opened = self.source.open()?;
        let documents = self.documents(&opened.recording)?;
        match documents.as_slice() {
            [document] if !self.needs_directory() => {
                destination
                    .write_one(document, || self.refuse_stdout("is binary and stdout is a terminal"))?;
            }
            several => destination.write_all(several, || self.refuse_stdout("writes several files"))?,
        }
        if let Target::Format(format) = self.format
            && format.loses != LOSES_NOTHING
        {
            talk::note(&format!("{} keeps {}; not in it: {}", format.name, format.keeps, format.loses));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn documents(&self, recording: &Recording) -> Result<Vec<Document>, Failure> {
        let options = WriteOptions { signals: self.signals.clone(), ..WriteOptions::default() };
        match self.format {
            Target::Format(format) => {
                let write =
                    format.write.ok_or_else(|| Failure::new(format!("{} is only read", format.name)))?;
                let files = write(recording, &options).map_err(|error| Failure::new(error.to_string()))?;
                Ok(files.into_iter().map(|file| Document { name: file.name, bytes: file.bytes }).collect())
            }
            Target::Drawing(output) => {
                let signal = options
                    .one_signal(recording, output.name())
                    .map_err(|error| Failure::new(error.to_string()))?;
                let recording_name = shell_word(&self.source.recording);
                let options = Options { signal: Some(signal), recording_name, ..Options::default() };
                let bytes = output.render(recording, &options).into_bytes();
                Ok(vec![Document { name: format!("profile.{}", output.extension()), bytes }])
            }
        }
    }

    fn needs_directory(&self) -> bool {
        matches!(self.format, Target::Format(format) if format.writes_directory)
    }

    fn refuse_stdout(&self, why: &str) -> Failure {
        let name = self.format.name();
        let place = if self.needs_directory() {
            "tables/".to_owned()
        } else {
            format!("profile.{}", self.format.extension())
        };
        let recording = shell_word(&self.source.recording);
        Failure::new(format!("{name} {why}"))
            .hint(format!("fathom export {recording} --format {name} -o {place}"))
    }
}

fn target(name: &str) -> Result<Target, String> {
    let format = FORMATS.iter().find(|format| format.name == name && format.write.is_some());
    let drawing = || DRAWINGS.iter().find(|drawing| **drawing == name).and_then(|name| find_output(name));
    format.map(|format| Target::Format(format)).or_else(|| drawing().map(Target::Drawing)).ok_or_else(|| {
        let mut names: Vec<&str> = FORMATS
            .iter()
            .filter(|format| format.write.is_some())
            .map(|format| format.name)
            .chain(DRAWINGS.iter().copied())
            .collect();
        names.sort_unstable();
        format!("needed is one of {}", names.join(", "))
    })
}
