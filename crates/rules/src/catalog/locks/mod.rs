//! Threads that wait for each other.

mod busy_wait;
mod contended_lock;
mod waits;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&busy_wait::BusyWait, &contended_lock::ContendedLock];
