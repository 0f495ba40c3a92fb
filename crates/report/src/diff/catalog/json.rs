//! A comparison as JSON, for programs; the structure is [`crate::DiffJson`].

use fathom_analysis::Diff;

use crate::diff::catalog::DiffOutput;
use crate::diff::types::DiffJson;
use crate::output::Options;

/// The `json` output.
pub(crate) struct Json;

impl DiffOutput for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn summary(&self) -> &'static str {
        "everything that was compared, with a published schema"
    }

    fn render(&self, _: &Diff, facts: &DiffJson, _: &Options) -> String {
        // Only maps with keys that are no strings make this fail, and the structure has none.
        let mut text = serde_json::to_string_pretty(facts).unwrap_or_default();
        text.push('\n');
        text
    }
}
