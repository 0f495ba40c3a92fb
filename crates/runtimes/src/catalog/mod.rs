//! Every runtime, alphabetical.

mod python;

use crate::runtime::Runtime;

/// All runtimes.
pub fn all() -> &'static [&'static dyn Runtime] {
    &[&python::Python]
}
