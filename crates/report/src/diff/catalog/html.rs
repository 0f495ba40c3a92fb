//! A comparison in the viewer: one tree of both sides, each side a signal, and what is proved of every function.

use fathom_analysis::Diff;

use crate::catalog::viewer_page;
use crate::diff::catalog::DiffOutput;
use crate::diff::merged::merged_recording;
use crate::diff::types::DiffJson;
use crate::diff::viewer::diff_header;
use crate::output::Options;
use crate::text::plain;
use crate::viewer::{ViewerData, ViewerMode, ViewerOptions};

/// The `html` output.
pub(crate) struct Html;

impl DiffOutput for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn summary(&self) -> &'static str {
        "the interactive viewer with both sides in one file"
    }

    fn render(&self, diff: &Diff, facts: &DiffJson, _: &Options) -> String {
        let merged = merged_recording(diff);
        let title = format!("{} against {}", plain(&facts.b.recording), plain(&facts.a.recording));
        let options = ViewerOptions::of(ViewerMode::File);
        let data = ViewerData::with(&merged.recording, &options, &|header, number_of| {
            header.kind = "diff";
            header.title.clone_from(&title);
            let sides = [&facts.a.recording, &facts.b.recording];
            for (side, signal) in header.signals.iter_mut().enumerate() {
                // Both sides are the same signal.
                signal.id = diff.signal.as_str();
                signal.side = side as u8;
                signal.name =
                    format!("{} of {}", signal.name, sides.get(side).map_or("", |name| name.as_str()));
            }
            let said = diff_header(diff, facts, |at| number_of(merged.frames[at]));
            // Names and finite numbers: nothing in it can fail.
            header.diff = serde_json::to_value(said).ok();
        });
        viewer_page(&title, Some(&data.bytes)).html
    }
}
