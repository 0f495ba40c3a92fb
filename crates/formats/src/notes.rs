//! Collects what a reader finds wrong, so that a file of errors does not become a list as long as the file.
//!
//! Every kind of error is told with its first places, and how often it came in all. Knows nothing of formats.

use fathom_model::Issue;
use std::collections::BTreeMap;

/// Places that are told of each kind.
const MOST_OF_A_KIND: u64 = 8;
/// Issues in all.
const MOST_ISSUES: usize = 100;

/// A bounded list of issues.
pub(crate) struct Notes {
    source: &'static str,
    issues: Vec<Issue>,
    n_of_kind: BTreeMap<&'static str, u64>,
}

impl Notes {
    /// Of a source, as issues name it.
    pub(crate) fn new(source: &'static str) -> Self {
        Self { source, issues: Vec::new(), n_of_kind: BTreeMap::new() }
    }

    /// Something wrong at a place. `kind` says what, `detail` what was found; the detail is only made where it is told.
    pub(crate) fn at(&mut self, offset: u64, kind: &'static str, detail: impl FnOnce() -> String) {
        self.say_at(offset, kind, || {
            let detail = detail();
            if detail.is_empty() { kind.to_owned() } else { format!("{kind}: {detail}") }
        });
    }

    /// Something wrong at a place, in a sentence of its own; `kind` names all of its kind where they are counted.
    pub(crate) fn say_at(&mut self, offset: u64, kind: &'static str, message: impl FnOnce() -> String) {
        if self.counts(kind) {
            self.issues.push(Issue::at(self.source, offset, message()));
        }
    }

    /// The same for what has no one place.
    pub(crate) fn say(&mut self, kind: &'static str, message: impl FnOnce() -> String) {
        if self.counts(kind) {
            self.issues.push(Issue::of(self.source, message()));
        }
    }

    /// Something wrong with the whole.
    pub(crate) fn of(&mut self, message: String) {
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(Issue::of(self.source, message));
        }
    }

    /// The issues, and behind them how often each kind came that was told less often.
    pub(crate) fn finish(mut self) -> Vec<Issue> {
        for (kind, n) in self.n_of_kind.into_iter().filter(|(_, n)| *n > MOST_OF_A_KIND) {
            self.issues.push(Issue::of(self.source, format!("{kind}: {n} times in all")));
        }
        self.issues
    }

    /// Counts one of a kind; whether it is told.
    fn counts(&mut self, kind: &'static str) -> bool {
        let n = self.n_of_kind.entry(kind).or_default();
        *n += 1;
        *n <= MOST_OF_A_KIND && self.issues.len() < MOST_ISSUES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_are_counted() {
        let mut notes = Notes::new("test");
        (0..1000).for_each(|at| notes.at(at, "no number", || format!("`{at}`")));
        notes.of("cut".into());
        (0..1000).for_each(|row| notes.say("bad rows", || format!("row {row} is bad")));
        let issues: Vec<String> = notes.finish().iter().map(ToString::to_string).collect();
        assert_eq!(issues.len() as u64, 2 * MOST_OF_A_KIND + 3);
        assert_eq!(issues[0], "test at byte 0: no number: `0`");
        assert_eq!(issues[MOST_OF_A_KIND as usize + 1], "test: row 0 is bad");
        let told = ["test: bad rows: 1000 times in all", "test: no number: 1000 times in all"];
        assert_eq!(issues[issues.len() - 2..], told);
    }
}
