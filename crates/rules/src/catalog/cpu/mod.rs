//! Work of the CPU that could be less.

mod deep_copy;
mod hot_function;
mod json_in_loop;
mod linear_search_in_loop;
mod nested_loops;
mod regex_backtracking;
mod setup_in_loop;

pub(crate) use deep_copy::DeepCopy;
pub(crate) use hot_function::HotFunction;
pub(crate) use json_in_loop::JsonInLoop;
pub(crate) use linear_search_in_loop::LinearSearchInLoop;
pub(crate) use nested_loops::NestedLoops;
pub(crate) use regex_backtracking::RegexBacktracking;
pub(crate) use setup_in_loop::SetupInLoop;
