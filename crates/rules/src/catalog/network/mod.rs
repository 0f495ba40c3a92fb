//! Other computers, and what waiting for them costs.

mod serial_calls;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&serial_calls::SerialCalls];
