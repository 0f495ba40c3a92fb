//! Memory.

mod page_faults;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&page_faults::PageFaults];
