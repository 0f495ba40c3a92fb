//! Places in the program's own code that pay for something. Data only; `costs` finds them.

use fathom_analysis::{FunctionId, Share};
use fathom_code::Language;
use fathom_model::{Location, PathStep};

use crate::ledger::{Claim, Ledger};

/// A line of a function, and what it pays.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where.
    pub location: Location,
    /// The function.
    pub function: FunctionId,
    /// Whether it is the program's own code; if not, no own code is on the way.
    pub is_own: bool,
    /// Language of the source file.
    pub language: Option<Language>,
    /// Value in the ledger that was asked.
    pub value: i64,
    /// Raw observations behind it.
    pub n: u64,
    /// Its share of that ledger.
    pub share: Share,
    /// The stacks.
    pub claim: Claim,
    /// The function that does the work for it, by plain name: the costliest.
    pub mechanism: String,
    /// How the program gets there.
    pub path: Vec<PathStep>,
}

impl Place {
    /// Gives value, observations and share anew, where stacks were added to the claim.
    pub(crate) fn recount(&mut self, ledger: &Ledger) {
        (self.value, self.n) = ledger.sum(&self.claim);
        self.share = ledger.share(self.value);
    }

    /// `file.py:12`, or the function where no line is known.
    pub fn words(&self) -> String {
        match (&self.location.file, self.location.line) {
            (Some(file), Some(line)) => format!("{}:{line}", last_parts(file)),
            _ => format!("`{}`", self.location.function),
        }
    }
}

/// The last two parts of a path: enough to recognise a file.
fn last_parts(path: &str) -> &str {
    let mut slashes = path.rmatch_indices('/');
    slashes.next();
    slashes.next().map_or(path, |(at, _)| &path[at + 1..])
}

/// What passes through some functions, by place.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Sum.
    pub value: i64,
    /// Raw observations behind it.
    pub n: u64,
    /// Share of the ledger.
    pub share: Share,
    /// The stacks.
    pub claim: Claim,
    /// By line of own code, the costliest first.
    pub places: Vec<Place>,
}

#[cfg(test)]
impl Place {
    /// A place without stacks, for tests.
    pub(crate) fn none() -> Self {
        Self {
            location: Location::default(),
            function: FunctionId::UNKNOWN,
            is_own: true,
            language: None,
            value: 0,
            n: 0,
            share: Share::default(),
            claim: Claim::default(),
            mechanism: String::new(),
            path: Vec::new(),
        }
    }
}
