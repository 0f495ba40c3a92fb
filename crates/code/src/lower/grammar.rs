//! What lowering has to know of a language: which node plays which part, and names of its library.

use crate::model::Shape;
use crate::role::Role;
use crate::syntax::{NodeId, Tree};

/// A language as tables.
pub(super) struct Grammar {
    /// What kinds of nodes are for.
    pub(super) roles: &'static [(&'static str, Role)],
    /// Between the parts of a qualified name.
    pub(super) separator: &'static str,
    /// What types are, by the last part of their name without arguments.
    pub(super) types: &'static [(&'static str, Shape)],
    /// What calls give, by the full path or, failing that, by the last part with a dot before it.
    pub(super) results: &'static [(&'static str, Shape)],
    /// Functions that call a closure for each element of what they stand behind or of their first argument.
    pub(super) walkers: &'static [&'static str],
    /// Of these, the ones that other types have too: what stands before must look like one of `streams`.
    pub(super) shared_walkers: &'static [&'static str],
    /// See `shared_walkers`.
    pub(super) streams: &'static [&'static str],
    /// The names that an import brings in, with what they stand for.
    pub(super) imports: fn(&Tree<'_>, NodeId) -> Vec<Imported>,
    /// Whether a function is a test: its tree, its node, its name.
    pub(super) is_test: fn(&Tree<'_>, NodeId, &str) -> bool,
}

/// A name that an import brings in.
pub(super) struct Imported {
    pub(super) path: String,
    pub(super) alias: String,
}

/// For languages whose imports say nothing that a pattern needs.
pub(super) fn no_imports(_: &Tree<'_>, _: NodeId) -> Vec<Imported> {
    Vec::new()
}
