//! What is particular to programs for Node.js.

mod accumulating_spread;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&accumulating_spread::AccumulatingSpread];
