//! What may be said of many differences at once. Knows no samples.
//!
//! Holm's method (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
//! 6, 1979, p. 65-70) keeps the chance of any false `more`, `less`, `new` or `gone` at 5 % whatever the differences have
//! to do with each other. A false discovery rate would prove more, and it would allow false ones on every screen.

use super::change::Change;

/// The chance of one false verdict or more among all.
pub(crate) const FAMILY_ALPHA: f64 = 0.05;

/// Differences with fewer observations than this on both sides together are not tested: among ten tests or more no
/// split of them between the sides could be proved (2 * 0.5^n is above 0.005 up to n = 8, and Newcombe's interval asks
/// for about twice the exact number). What depends on the sum alone costs no honesty.
pub(crate) const FEWEST_OBSERVATIONS: u64 = 16;

/// A difference whose interval lies within this share of A's value counts as none: half of the smallest change that
/// profiles of usual length (3,000 samples) can prove of a function with a third of the time.
pub(crate) const SAME_WITHIN: f64 = 0.1;

/// What the samples prove of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// B has more.
    More,
    /// B has less.
    Less,
    /// B has more, and A was never seen there.
    New,
    /// B has less: it was never seen there.
    Gone,
    /// The interval lies within 10 % of A's value on both sides.
    Same,
    /// None of these.
    Unproved,
}

impl Verdict {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Less => "less",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Same => "same",
            Self::Unproved => "unproved",
        }
    }

    /// Whether a difference is proved.
    pub fn is_change(self) -> bool {
        matches!(self, Self::More | Self::Less | Self::New | Self::Gone)
    }
}

/// Whether a difference can be tested at all.
pub(crate) fn is_testable(change: &Change) -> bool {
    change.n[0].saturating_add(change.n[1]) >= FEWEST_OBSERVATIONS
}

/// Verdicts of a family of differences; those that are not testable are unproved.
pub(crate) fn verdicts(changes: &[Change]) -> Vec<Verdict> {
    let mut order: Vec<usize> = (0..changes.len()).filter(|at| is_testable(&changes[*at])).collect();
    order.sort_by(|a, b| changes[*a].p.total_cmp(&changes[*b].p).then(a.cmp(b)));
    let mut verdicts = vec![Verdict::Unproved; changes.len()];
    let family = order.len();
    let mut still_proved = true;
    for (rank, at) in order.into_iter().enumerate() {
        let change = &changes[at];
        still_proved &= change.p <= FAMILY_ALPHA / (family - rank) as f64;
        verdicts[at] = if still_proved { direction(change) } else { sameness(change) };
    }
    verdicts
}

fn direction(change: &Change) -> Verdict {
    match (change.difference > 0.0, change.value) {
        (true, [0, _]) => Verdict::New,
        (true, _) => Verdict::More,
        (false, [_, 0]) => Verdict::Gone,
        (false, _) => Verdict::Less,
    }
}

fn sameness(change: &Change) -> Verdict {
    let most = change.value[0] as f64 * SAME_WITHIN;
    if change.low > -most && change.high < most { Verdict::Same } else { Verdict::Unproved }
}
