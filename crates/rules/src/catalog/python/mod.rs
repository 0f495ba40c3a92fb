//! What CPython programs and their libraries for tables and arrays do slowly.

mod array_loop;
mod frame_growth;
mod gil_contention;
mod imports;
mod row_iteration;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[
    &array_loop::ArrayLoop,
    &frame_growth::FrameGrowth,
    &gil_contention::GilContention,
    &imports::Imports,
    &row_iteration::RowIteration,
];
