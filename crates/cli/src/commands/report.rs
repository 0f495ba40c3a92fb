//! `fathom report [REC]`: a recording as documents.

use super::summary::shell_word;
use crate::destination::{Destination, Document};
use crate::failure::{EXIT_FOUND, Failure};
use crate::settings::Settings;
use crate::source::Source;
use fathom_model::Severity;
use fathom_report::{OUTPUTS, Options, Output, find_output};
use std::path::PathBuf;
use std::process::ExitCode;

/// Say what costs most, why, and what to do; and print the recording as a report
///
/// One kind goes to stdout or to -o FILE; several kinds need -o DIR, where they become report.txt, report.md, ...
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom report
  fathom report @prev
  fathom report slow.fathom --output md -o report.md
  fathom report --output html -o report.html
  fathom report --output md,json -o reports/
  fathom report --output sarif -o fathom.sarif --fail-on high
  fathom report .fathom/crashed.fathom.part")]
pub(crate) struct Report {
    #[command(flatten)]
    source: Source,

    /// Kinds of document: terminal, md, json, html, sarif, ...; default terminal
    ///
    /// Several with commas.
    #[arg(long = "output", value_name = "KINDS", value_delimiter = ',', value_parser = kind)]
    kinds: Vec<Kind>,

    /// The same as --output json
    #[arg(long, conflicts_with = "kinds")]
    json: bool,

    /// Exit with 1 if there is a finding of this severity or a worse one: low, medium, high, critical
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    fail_on: Option<Severity>,

    /// Write to this file, or this directory for several kinds
    #[arg(short = 'o', value_name = "FILE|DIR")]
    place: Option<PathBuf>,
}

/// A kind of document, by name.
#[derive(Clone, Copy)]
struct Kind(&'static dyn Output);

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Report {
    /// Reads the recording and writes its documents.
    ///
    /// # Errors
    /// The recording cannot be read, or the place cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let kinds = self.kinds()?;
        let destination = Destination::of(self.place.as_deref());
        if kinds.len() > 1 && destination == Destination::Stdout {
            return Err(self.needs_directory(&kinds));
        }
        let settings = Settings::load()?;
        let opened = self.source.open()?;
        let (judgement, sources) = fathom_session::judge(&opened.recording, &settings.of_rules());
        // A directory holds documents for whoever opens them later, as a file does.
        let screen = destination.screen();
        let options = Options {
            width: screen.width,
            color: screen.color,
            recording_name: shell_word(&self.source.recording),
            sources,
            judgement: Some(judgement),
            ..Options::default()
        };
        let worst = options.judgement.iter().flat_map(|judgement| &judgement.findings);
        let worst = worst.map(|finding| finding.severity).max();
        let documents: Vec<Document> = kinds
            .iter()
            .map(|Kind(output)| Document {
                name: format!("report.{}", output.extension()),
                bytes: output.render(&opened.recording, &options).into_bytes(),
            })
            .collect();
        match documents.as_slice() {
            [document] => destination.write_one(document, || self.needs_directory(&kinds))?,
            several => destination.write_all(several, || self.needs_directory(&kinds))?,
        }
        let fails = self.fail_on.is_some_and(|least| worst.is_some_and(|worst| worst >= least));
        Ok(if fails { ExitCode::from(EXIT_FOUND) } else { ExitCode::SUCCESS })
    }

    fn kinds(&self) -> Result<Vec<Kind>, Failure> {
        let mut kinds = self.kinds.clone();
        if kinds.is_empty() {
            let name = if self.json { "json" } else { "terminal" };
            kinds.push(kind(name).map_err(Failure::new)?);
        }
        // Twice the same kind is one document.
        let mut seen = Vec::new();
        kinds.retain(|Kind(output)| {
            let is_new = !seen.contains(&output.name());
            seen.push(output.name());
            is_new
        });
        Ok(kinds)
    }

    fn needs_directory(&self, kinds: &[Kind]) -> Failure {
        let names: Vec<&str> = kinds.iter().map(|Kind(output)| output.name()).collect();
        let message = format!("{} kinds of document ({}) need a directory", names.len(), names.join(", "));
        Failure::new(message).hint(format!(
            "fathom report {} --output {} -o reports/",
            shell_word(&self.source.recording),
            names.join(",")
        ))
    }
}

fn severity(name: &str) -> Result<Severity, String> {
    Severity::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Severity::ALL.iter().map(|severity| severity.as_str()).collect();
        format!("needed is one of {}", names.join(", "))
    })
}

fn kind(name: &str) -> Result<Kind, String> {
    find_output(name).map(Kind).ok_or_else(|| {
        let names: Vec<String> = OUTPUTS.iter().map(|output| spellings(*output)).collect();
        format!("needed is one of {}", names.join(", "))
    })
}

fn spellings(output: &dyn Output) -> String {
    if output.name() == output.extension() || output.extension().len() > 2 {
        output.name().to_owned()
    } else {
        format!("{} ({})", output.name(), output.extension())
    }
}
