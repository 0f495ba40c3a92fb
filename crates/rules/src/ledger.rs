//! Who pays what: the value of every stack in one currency (wall time of the main thread, CPU time of all threads, or
//! what a profile counts), and sets of stacks that findings claim.

use fathom_analysis::{Evidence, Filter, Share};
use fathom_model::{GoalMetric, Recording, Sample};

/// A set of stacks; positions are those of the stack table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim(Vec<u64>);

impl Claim {
    /// The empty set of a table with this many stacks.
    pub fn empty(n_stacks: usize) -> Self {
        Self(vec![0; n_stacks.div_ceil(64)])
    }

    /// Adds a stack.
    pub fn add(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// Whether a stack is in it.
    pub fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Adds all stacks of another set.
    pub fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// The stacks in order.
    pub fn stacks(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    at * 64 + bit
                })
            })
        })
    }
}

/// The value of every stack, of samples that end in it.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The currency.
    pub metric: GoalMetric,
    /// Sum of all values, and what shares of it rest on.
    pub evidence: Evidence,
    /// Value by stack.
    pub values: Vec<i64>,
    /// Raw observations by stack.
    pub counts: Vec<u64>,
}

impl Ledger {
    pub(crate) fn new(
        metric: GoalMetric,
        recording: &Recording,
        counts_for: impl Fn(&Sample) -> bool,
    ) -> Self {
        Self::from(Evidence::default(), metric, recording, counts_for)
    }

    pub(crate) fn of_filter(metric: GoalMetric, recording: &Recording, filter: &Filter) -> Self {
        let none = Evidence::none(recording, filter);
        Self::from(none, metric, recording, |sample| filter.accepts(sample))
    }

    fn from(
        evidence: Evidence,
        metric: GoalMetric,
        recording: &Recording,
        counts_for: impl Fn(&Sample) -> bool,
    ) -> Self {
        let n_stacks = recording.stacks.nodes().len();
        let mut ledger = Self { metric, evidence, values: vec![0; n_stacks], counts: vec![0; n_stacks] };
        for sample in recording.samples.iter().filter(|sample| counts_for(sample)) {
            ledger.evidence.add(sample.value, sample.n);
            if let Some(at) = sample.stack.map(|stack| stack.index()).filter(|at| *at < n_stacks) {
                ledger.values[at] = ledger.values[at].saturating_add(sample.value.max(0));
                ledger.counts[at] = ledger.counts[at].saturating_add(u64::from(sample.n));
            }
        }
        ledger
    }

    /// Without the stacks that are not meant; shares stay those of the whole.
    pub fn only(mut self, is_meant: impl Fn(usize) -> bool) -> Self {
        for at in 0..self.values.len() {
            if !is_meant(at) {
                self.values[at] = 0;
                self.counts[at] = 0;
            }
        }
        self
    }

    /// Sum of all values.
    pub fn total(&self) -> i64 {
        self.evidence.total_value
    }

    /// Value and observations of the stacks in a claim.
    pub fn sum(&self, claim: &Claim) -> (i64, u64) {
        let mut sum = (0_i64, 0_u64);
        for at in claim.stacks().take_while(|at| *at < self.values.len()) {
            sum = (sum.0.saturating_add(self.values[at]), sum.1.saturating_add(self.counts[at]));
        }
        sum
    }

    /// Value of the stacks in a claim that are not in another.
    pub fn sum_outside(&self, claim: &Claim, others: &Claim) -> i64 {
        let outside = claim.stacks().take_while(|at| *at < self.values.len()).filter(|at| !others.has(*at));
        outside.fold(0_i64, |sum, at| sum.saturating_add(self.values[at]))
    }

    /// What share of the whole a value is.
    pub fn share(&self, value: i64) -> Share {
        self.evidence.share(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_what_was_added() {
        let mut claim = Claim::empty(130);
        for at in [0, 63, 64, 129] {
            claim.add(at);
        }
        claim.add(1_000);
        assert_eq!(claim.stacks().collect::<Vec<_>>(), [0, 63, 64, 129]);
        let mut other = Claim::empty(130);
        other.add(5);
        other.join(&claim);
        assert!(other.has(5) && other.has(129) && !other.has(6));
    }
}
