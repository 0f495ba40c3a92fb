//! What the rules say about a recording, with the source files that are here.

use std::collections::BTreeMap;

use fathom_model::{Judgement, Recording};
use fathom_rules::Settings;

use crate::sources::own_sources;

/// Judges a recording; also the sources that were read for it, for documents that show them.
pub fn judge(recording: &Recording, settings: &Settings) -> (Judgement, BTreeMap<String, String>) {
    let sources = own_sources(recording);
    (fathom_rules::judge(recording, &sources, settings), sources)
}
