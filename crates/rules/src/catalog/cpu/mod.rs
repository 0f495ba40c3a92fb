//! Work of the CPU that could be less.

mod hot_function;
mod linear_search_in_loop;
mod nested_loops;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] =
    &[&hot_function::HotFunction, &linear_search_in_loop::LinearSearchInLoop, &nested_loops::NestedLoops];
