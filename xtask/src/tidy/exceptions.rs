//! The exceptions to the checks, each with its reason. An exception that is no longer needed is an error.

/// A file that a check lets pass.
pub(crate) struct Exception {
    /// Relative to the root.
    pub(crate) path: &'static str,
    /// Why the rule does not fit here; read by people.
    pub(crate) reason: &'static str,
}

/// Files longer than the limit of the `sizes` check.
pub(crate) const LONG_FILES: &[Exception] = &[];

/// Tests that sleep.
pub(crate) const SLEEPING_TESTS: &[Exception] = &[];
