//! Work of the CPU that could be less.

mod deep_copy;
mod exceptions_in_loop;
mod format_in_loop;
mod growth_without_capacity;
mod hot_function;
mod json_in_loop;
mod linear_search_in_loop;
mod list_front;
mod logging_in_loop;
mod nested_loops;
mod regex_backtracking;
mod setup_in_loop;
mod sort_in_loop;
mod string_building_in_loop;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[
    &deep_copy::DeepCopy,
    &exceptions_in_loop::ExceptionsInLoop,
    &format_in_loop::FormatInLoop,
    &growth_without_capacity::GrowthWithoutCapacity,
    &hot_function::HotFunction,
    &json_in_loop::JsonInLoop,
    &linear_search_in_loop::LinearSearchInLoop,
    &list_front::ListFront,
    &logging_in_loop::LoggingInLoop,
    &nested_loops::NestedLoops,
    &regex_backtracking::RegexBacktracking,
    &setup_in_loop::SetupInLoop,
    &sort_in_loop::SortInLoop,
    &string_building_in_loop::StringBuildingInLoop,
];
