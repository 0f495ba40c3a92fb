//! Work of the CPU that could be less.

mod hot_function;
mod linear_search_in_loop;
mod nested_loops;

pub(crate) use hot_function::HotFunction;
pub(crate) use linear_search_in_loop::LinearSearchInLoop;
pub(crate) use nested_loops::NestedLoops;
