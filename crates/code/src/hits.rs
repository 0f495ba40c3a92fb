//! All patterns on one file.

use crate::catalog::PATTERNS;
use crate::model::Source;
use crate::pattern::{Hit, Search};

impl Source {
    /// Every place where a pattern fires, by line. Tests and generated files have none.
    pub fn hits(&self) -> Vec<Hit> {
        if self.is_generated {
            return Vec::new();
        }
        let mut search = Search::new(self);
        for entry in PATTERNS {
            (entry.find)(&mut search);
        }
        search.finish()
    }
}
