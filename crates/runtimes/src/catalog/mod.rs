//! Every runtime, alphabetical.

mod go;
mod python;

use crate::runtime::Runtime;

/// All runtimes.
pub fn all() -> &'static [&'static dyn Runtime] {
    &[&go::Go, &python::Python]
}
