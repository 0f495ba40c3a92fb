//! What compilers, standard libraries and allocators make of C, C++ and Rust.

mod allocation_in_loop;
mod clone_in_loop;
mod default_hasher;
mod endl_in_loop;
mod pass_by_value;
mod unoptimised_build;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] = &[
    &allocation_in_loop::AllocationInLoop,
    &clone_in_loop::CloneInLoop,
    &default_hasher::DefaultHasher,
    &endl_in_loop::EndlInLoop,
    &pass_by_value::PassByValue,
    &unoptimised_build::UnoptimisedBuild,
];
