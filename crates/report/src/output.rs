//! The contract of an output: a name, an extension, and a recording rendered as text.

use std::collections::BTreeMap;

use fathom_model::{Judgement, Recording, Signal};

/// How to render. Nothing here is read from the environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Columns of the terminal; 60 is the least that is used.
    pub width: usize,
    /// Whether colour may be used.
    pub color: bool,
    /// The signal of outputs that show one only; `None` for what the recording is about.
    pub signal: Option<Signal>,
    /// How commands in the text name the recording: a handle or a path.
    pub recording_name: String,
    /// Text of source files for outputs that show source, by the path that frames name.
    pub sources: BTreeMap<String, String>,
    /// What the rules say about the recording; `None` where they were not asked.
    pub judgement: Option<Judgement>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
            signal: None,
            recording_name: "@last".into(),
            sources: BTreeMap::new(),
            judgement: None,
        }
    }
}

/// A kind of document.
pub trait Output: Sync {
    /// The name used in options (`md` is accepted for `markdown` by its extension).
    fn name(&self) -> &'static str;

    /// Extension of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// One line about it.
    fn summary(&self) -> &'static str;

    /// The document.
    fn render(&self, recording: &Recording, options: &Options) -> String;
}
