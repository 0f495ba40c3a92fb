//! What Go's compiler and runtime make of a program.

mod string_conversion;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[&string_conversion::StringConversion];
