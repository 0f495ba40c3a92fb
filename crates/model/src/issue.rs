//! What a reader of outside bytes found wrong, without giving up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing wrong with an input: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    /// The file, section or table.
    pub source: String,
    /// Byte offset in it, where known.
    pub offset: Option<u64>,
    /// What was found and what was expected.
    pub message: String,
}

impl Issue {
    /// An issue at a byte offset.
    pub fn at(source: impl Into<String>, offset: u64, message: impl Into<String>) -> Self {
        Self { source: source.into(), offset: Some(offset), message: message.into() }
    }

    /// An issue with a source as a whole.
    pub fn of(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self { source: source.into(), offset: None, message: message.into() }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{} at byte {}: {}", self.source, offset, self.message),
            None => write!(f, "{}: {}", self.source, self.message),
        }
    }
}
