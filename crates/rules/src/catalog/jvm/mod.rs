//! What is particular to programs for the JVM.

mod boxing_in_loop;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&boxing_in_loop::BoxingInLoop];
