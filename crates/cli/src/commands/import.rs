//! `fathom import FILE`: a profile of another tool as a recording in `./.fathom/`.

use super::summary::shell_word;
use crate::destination;
use crate::failure::Failure;
use crate::source::Strictness;
use crate::talk;
use fathom_formats::{FORMATS, Format};
use std::path::PathBuf;
use std::process::ExitCode;

/// Take in a profile that another tool made
///
/// The profile becomes a recording (@last) that every command takes. Commands take such files directly, too; a
/// recording is smaller and opens faster.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom import cpu.pb.gz
  fathom import perf.data -o yesterday.fathom
  perf script | fathom import -
  fathom import --formats")]
pub(crate) struct Import {
    /// The profile, recognised by its content; - for stdin
    #[arg(value_name = "FILE", required_unless_present = "formats")]
    file: Option<String>,

    /// List the formats that are read and written, with what they keep
    #[arg(long)]
    formats: bool,

    /// Write the recording to this file; default: the next number in ./.fathom/
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    strictness: Strictness,
}

impl Import {
    /// Reads the profile and writes the recording.
    ///
    /// # Errors
    /// The profile cannot be read, or the recording not written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let Some(file) = self.file.as_deref().filter(|_| !self.formats) else {
            destination::print(list().as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        };
        let opened = self.strictness.open(file)?;
        let path = fathom_session::keep(&opened.recording, self.output.as_deref(), stem(file))?;
        let shown = path.strip_prefix(".").unwrap_or(&path).display().to_string();
        talk::say(&format!("recording kept in {shown}; fathom report {} prints it", shell_word(&shown)));
        Ok(ExitCode::SUCCESS)
    }
}

/// The name of a file up to its first dot.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    match name.split('.').next() {
        Some(stem) if !stem.is_empty() && stem != "-" => stem,
        _ => "import",
    }
}

/// A line for each format, and two for what it keeps and loses.
fn list() -> String {
    let mut text = String::new();
    for format in FORMATS {
        text += &format!("{:14}{:12}{}\n", format.name, ways(format), format.summary);
        text += &format!("{:26}keeps: {}\n{:26}loses: {}\n", "", format.keeps, "", format.loses);
    }
    text
}

fn ways(format: &Format) -> &'static str {
    match (format.read.is_some(), format.write.is_some()) {
        (true, true) => "read, write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_have_the_name_of_the_file() {
        assert_eq!(stem("/tmp/cpu.pb.gz"), "cpu");
        assert_eq!([stem("-"), stem(".hidden"), stem("")], ["import"; 3]);
    }
}
