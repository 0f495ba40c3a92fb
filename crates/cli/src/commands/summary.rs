//! What `run` and `attach` hand over at their end: the summary and the JSON report.

use crate::destination::{Destination, Document};
use crate::failure::Failure;
use crate::screen::Screen;
use fathom_model::Judgement;
use fathom_report::{Options, Output, find_output};
use fathom_session::Finished;
use std::path::Path;

/// The output with this name.
///
/// # Errors
/// There is none.
pub(super) fn output(name: &str) -> Result<&'static dyn Output, Failure> {
    find_output(name).ok_or_else(|| Failure::new(format!("there is no output `{name}`")))
}

/// The screenful after a recording.
///
/// # Errors
/// The output is missing, which only a changed catalog can cause.
pub(super) fn render(
    finished: &Finished,
    judgement: &Judgement,
    given: Option<&Path>,
    screen: &Screen,
) -> Result<String, Failure> {
    let recording_name = given.map_or_else(|| "@last".to_owned(), |path| shell_word(&path.to_string_lossy()));
    let options = Options {
        width: screen.width,
        color: screen.color,
        recording_name,
        judgement: Some(judgement.clone()),
        ..Options::default()
    };
    Ok(output("terminal")?.render(&finished.recording, &options))
}

/// Writes the JSON report where `--json` says.
///
/// # Errors
/// The place cannot be written.
pub(super) fn write_json(finished: &Finished, judgement: &Judgement, path: &Path) -> Result<(), Failure> {
    let output = output("json")?;
    let options = Options { judgement: Some(judgement.clone()), ..Options::default() };
    let bytes = output.render(&finished.recording, &options).into_bytes();
    let document = Document { name: format!("report.{}", output.extension()), bytes };
    Destination::of(Some(path)).write_one(&document, || Failure::new("JSON is text"))
}

/// Where the recording is.
pub(super) fn kept(finished: &Finished) -> String {
    format!("recording kept in {}", finished.path.strip_prefix(".").unwrap_or(&finished.path).display())
}

/// A word as a shell reads it.
pub(super) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%_-+=:,./".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_needed() {
        assert_eq!(shell_word("@last"), "@last");
        assert_eq!(shell_word("a b.fathom"), "'a b.fathom'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }
}
