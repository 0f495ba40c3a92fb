//! What compilers, standard libraries and allocators make of C, C++ and Rust.

mod default_hasher;
mod endl_in_loop;
mod unoptimised_build;

pub(crate) use default_hasher::DefaultHasher;
pub(crate) use endl_in_loop::EndlInLoop;
pub(crate) use unoptimised_build::UnoptimisedBuild;
