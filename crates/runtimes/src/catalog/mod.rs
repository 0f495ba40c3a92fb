//! Every runtime, alphabetical.

mod go;
mod jvm;
mod node;
mod python;

pub use jvm::attach::{Attach, AttachError};
pub use jvm::names::{file_of_class, kind_of_class};
#[doc(hidden)]
pub use jvm::read_hostile as read_hostile_attach_socket;

use crate::runtime::Runtime;

/// All runtimes.
pub fn all() -> &'static [&'static dyn Runtime] {
    &[&go::Go, &jvm::Jvm, &node::Node, &python::Python]
}
