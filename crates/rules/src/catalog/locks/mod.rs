//! Threads that wait for each other.

mod contended_lock;
mod waits;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&contended_lock::ContendedLock];
