//! Tasks that share a thread.

mod blocking_call;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&blocking_call::BlockingCall];
