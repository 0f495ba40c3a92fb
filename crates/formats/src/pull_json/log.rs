//! What was found wrong in a document: the first of each kind with its byte, the rest counted.

use super::Damage;
use fathom_model::Issue;

/// As many of one kind are told one by one.
const MOST_OF_A_KIND: u64 = 4;
/// As many kinds are told; each has a place in the source of the reader, so there are fewer.
const MOST_KINDS: usize = 20;

/// A list of issues that stays short.
pub(crate) struct Log {
    source: &'static str,
    kinds: Vec<(&'static str, u64)>,
    issues: Vec<Issue>,
}

impl Log {
    /// An empty list of a format.
    pub(crate) fn new(source: &'static str) -> Self {
        Self { source, kinds: Vec::new(), issues: Vec::new() }
    }

    /// Something wrong at a byte of the document.
    pub(crate) fn at(&mut self, kind: &'static str, at: u64, message: impl FnOnce() -> String) {
        if self.counts(kind) {
            self.issues.push(Issue::at(self.source, at, message()));
        }
    }

    /// Something wrong that has no one place.
    pub(crate) fn of(&mut self, kind: &'static str, message: impl FnOnce() -> String) {
        if self.counts(kind) {
            self.issues.push(Issue::of(self.source, message()));
        }
    }

    /// The byte behind which nothing could be read.
    pub(crate) fn damage(&mut self, damage: Damage) {
        self.issues.push(Issue::at(self.source, damage.at, damage.message));
    }

    /// All of it.
    pub(crate) fn finish(mut self) -> Vec<Issue> {
        for (kind, n) in self.kinds.into_iter().filter(|(_, n)| *n > MOST_OF_A_KIND) {
            let n = n - MOST_OF_A_KIND;
            self.issues.push(Issue::of(self.source, format!("{n} more of the same: {kind}")));
        }
        self.issues
    }

    fn counts(&mut self, kind: &'static str) -> bool {
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, n)) => {
                *n += 1;
                *n <= MOST_OF_A_KIND
            }
            None => {
                self.kinds.push((kind, 1));
                self.kinds.len() <= MOST_KINDS
            }
        }
    }
}
