//! Memory: what is taken, given back, and looked after.

mod garbage_collection;
mod page_faults;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&garbage_collection::GarbageCollection, &page_faults::PageFaults];
