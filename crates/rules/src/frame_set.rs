//! Functions that a rule means, by their number in the index.

use fathom_analysis::FunctionId;

/// For every function whether it is meant.
#[derive(Clone, Debug)]
pub struct FrameSet(Vec<bool>);

impl FrameSet {
    /// Of one value for each function of the index.
    pub(crate) fn new(is_meant: Vec<bool>) -> Self {
        Self(is_meant)
    }

    /// Whether a function is in it.
    pub fn has(&self, function: FunctionId) -> bool {
        self.0.get(function.index()).copied().unwrap_or(false)
    }

    /// With the functions of another set.
    pub(crate) fn or(mut self, other: &Self) -> Self {
        for (has, more) in self.0.iter_mut().zip(&other.0) {
            *has |= more;
        }
        self
    }

    /// Whether no function is in it.
    pub fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }
}
