//! The checks, in alphabetical order.

mod catalogs;
mod dependencies;
mod layers;
mod machine_paths;
mod module_cycles;
mod module_docs;
mod rules;
mod sizes;
mod test_habits;
mod unsafe_code;

use super::Check;

/// Everything that `tidy` looks at.
pub(super) const CHECKS: &[Check] = &[
    catalogs::CHECK,
    dependencies::CHECK,
    layers::CHECK,
    machine_paths::CHECK,
    module_cycles::CHECK,
    module_docs::CHECK,
    rules::CHECK,
    sizes::CHECK,
    test_habits::CHECK,
    unsafe_code::CHECK,
];
