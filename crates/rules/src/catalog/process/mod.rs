//! Processes that a program starts.

mod spawn_in_loop;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&spawn_in_loop::SpawnInLoop];
