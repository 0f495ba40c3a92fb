//! Tasks that share a thread.

mod await_in_loop;
mod blocking_call;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&await_in_loop::AwaitInLoop, &blocking_call::BlockingCall];
