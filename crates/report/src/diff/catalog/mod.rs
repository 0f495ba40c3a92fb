//! Every output of a comparison, in alphabetical order. To add one, add a file and a line here.

mod html;
mod json;
mod markdown;
mod terminal;

use fathom_analysis::Diff;

use crate::diff::types::DiffJson;
use crate::output::Options;

/// A kind of document on a comparison.
pub trait DiffOutput: Sync {
    /// The name used in options.
    fn name(&self) -> &'static str;

    /// Extension of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// One line about it.
    fn summary(&self) -> &'static str;

    /// The document.
    fn render(&self, diff: &Diff, facts: &DiffJson, options: &Options) -> String;
}

/// All outputs.
pub const DIFF_OUTPUTS: &[&dyn DiffOutput] =
    &[&html::Html, &json::Json, &markdown::Markdown, &terminal::Terminal];

/// The output with this name or extension.
pub fn find_diff_output(name: &str) -> Option<&'static dyn DiffOutput> {
    DIFF_OUTPUTS.iter().copied().find(|output| output.name() == name || output.extension() == name)
}
