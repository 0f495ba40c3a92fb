//! The patterns, in alphabetical order. To add one: a file here, a name in [`Pattern`](crate::Pattern), and a line in
//! the list.

mod accumulating_spread;
mod array_scalar_loop;
mod await_in_loop;
mod call_in_loop;
mod deep_copy;
mod frame_growth;
mod heavy_import;
mod import_in_function;
mod json_in_loop;
mod linear_search_in_loop;
mod list_front;
mod logging_in_loop;
mod nested_loops_same_data;
mod nested_quantifier;
mod row_iteration;
mod setup_in_loop;
mod sort_in_loop;
mod string_concat_in_loop;
mod sync_in_async;

use crate::pattern::Entry;

/// Every pattern.
pub const PATTERNS: &[&Entry] = &[
    &accumulating_spread::ENTRY,
    &array_scalar_loop::ENTRY,
    &await_in_loop::ENTRY,
    &call_in_loop::ENTRY,
    &deep_copy::ENTRY,
    &frame_growth::ENTRY,
    &heavy_import::ENTRY,
    &import_in_function::ENTRY,
    &json_in_loop::ENTRY,
    &linear_search_in_loop::ENTRY,
    &list_front::ENTRY,
    &logging_in_loop::ENTRY,
    &nested_loops_same_data::ENTRY,
    &nested_quantifier::ENTRY,
    &row_iteration::ENTRY,
    &setup_in_loop::ENTRY,
    &sort_in_loop::ENTRY,
    &string_concat_in_loop::ENTRY,
    &sync_in_async::ENTRY,
];
