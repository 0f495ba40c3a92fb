//! The report as JSON, for programs; the structure is [`crate::ReportJson`].

use fathom_model::Recording;

use crate::facts::{ReportJson, facts};
use crate::output::{Options, Output};

/// The `json` output.
pub(crate) struct Json;

impl Output for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn summary(&self) -> &'static str {
        "everything the report knows, with a published schema"
    }

    fn render(&self, recording: &Recording, options: &Options) -> String {
        let facts = ReportJson { judgement: options.judgement.clone(), ..facts(recording) };
        // Only maps with keys that are no strings make this fail, and the structure has none.
        let mut text = serde_json::to_string_pretty(&facts).unwrap_or_default();
        text.push('\n');
        text
    }
}
