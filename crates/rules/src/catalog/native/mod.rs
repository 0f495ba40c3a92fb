//! What compilers, standard libraries and allocators make of C, C++ and Rust.

mod default_hasher;
mod endl_in_loop;
mod unoptimised_build;

use crate::rule::Rule;

/// The rules of this topic, in the order of their ids.
pub(super) const RULES: &[&dyn Rule] =
    &[&default_hasher::DefaultHasher, &endl_in_loop::EndlInLoop, &unoptimised_build::UnoptimisedBuild];
