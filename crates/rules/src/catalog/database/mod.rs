//! Databases, as the program that asks them sees it.

mod query_in_loop;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&query_in_loop::QueryInLoop];
