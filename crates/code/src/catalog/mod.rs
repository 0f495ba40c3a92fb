//! The patterns, in alphabetical order. To add one: a file here, a name in [`Pattern`](crate::Pattern), and a line in
//! the list.

mod accumulating_spread;
mod allocation_in_loop;
mod array_scalar_loop;
mod await_in_loop;
mod boxing_in_loop;
mod call_in_loop;
mod clone_in_loop;
mod deep_copy;
mod default_hasher;
mod defer_in_loop;
mod endl_in_loop;
mod exception_in_loop;
mod flush_in_loop;
mod format_in_loop;
mod frame_growth;
mod growth_without_capacity;
mod heavy_import;
mod import_in_function;
mod io_under_lock;
mod json_in_loop;
mod linear_search_in_loop;
mod list_front;
mod lock_in_loop;
mod logging_in_loop;
mod nested_loops_same_data;
mod nested_quantifier;
mod open_in_loop;
mod pass_by_value;
mod polling_loop;
mod reflection_in_loop;
mod row_iteration;
mod setup_in_loop;
mod sort_in_loop;
mod spawn_in_loop;
mod string_bytes_conversion;
mod string_concat_in_loop;
mod sync_in_async;
mod unbuffered_io;

use crate::pattern::Entry;

/// Every pattern.
pub const PATTERNS: &[&Entry] = &[
    &accumulating_spread::ENTRY,
    &allocation_in_loop::ENTRY,
    &array_scalar_loop::ENTRY,
    &await_in_loop::ENTRY,
    &boxing_in_loop::ENTRY,
    &call_in_loop::ENTRY,
    &clone_in_loop::ENTRY,
    &deep_copy::ENTRY,
    &default_hasher::ENTRY,
    &defer_in_loop::ENTRY,
    &endl_in_loop::ENTRY,
    &exception_in_loop::ENTRY,
    &flush_in_loop::ENTRY,
    &format_in_loop::ENTRY,
    &frame_growth::ENTRY,
    &growth_without_capacity::ENTRY,
    &heavy_import::ENTRY,
    &import_in_function::ENTRY,
    &io_under_lock::ENTRY,
    &json_in_loop::ENTRY,
    &linear_search_in_loop::ENTRY,
    &list_front::ENTRY,
    &lock_in_loop::ENTRY,
    &logging_in_loop::ENTRY,
    &nested_loops_same_data::ENTRY,
    &nested_quantifier::ENTRY,
    &open_in_loop::ENTRY,
    &pass_by_value::ENTRY,
    &polling_loop::ENTRY,
    &reflection_in_loop::ENTRY,
    &row_iteration::ENTRY,
    &setup_in_loop::ENTRY,
    &sort_in_loop::ENTRY,
    &spawn_in_loop::ENTRY,
    &string_bytes_conversion::ENTRY,
    &string_concat_in_loop::ENTRY,
    &sync_in_async::ENTRY,
    &unbuffered_io::ENTRY,
];
