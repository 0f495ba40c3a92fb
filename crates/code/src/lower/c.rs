//! C: kinds of nodes, types and library names.

use super::grammar::{Grammar, no_imports};
use crate::model::Shape;
use crate::role::Role;
use crate::syntax::{NodeId, Tree};

pub(super) const GRAMMAR: Grammar = Grammar {
    roles: &[
        ("comment", Role::Comment),
        ("function_definition", Role::Function),
        ("for_statement", Role::Counted),
        ("while_statement", Role::While),
        ("do_statement", Role::While),
        ("call_expression", Role::Call),
        ("assignment_expression", Role::Assign),
        ("declaration", Role::Declaration),
        ("field_declaration", Role::Declaration),
        ("subscript_expression", Role::Subscript),
        ("binary_expression", Role::Binary),
        ("break_statement", Role::Break),
        ("return_statement", Role::Return),
        ("compound_statement", Role::Block),
        ("parenthesized_expression", Role::Wrapper),
        ("pointer_expression", Role::Wrapper),
        ("cast_expression", Role::Wrapper),
        ("string_literal", Role::Text),
        ("concatenated_string", Role::Text),
        ("number_literal", Role::Number),
        ("initializer_list", Role::List),
        ("field_expression", Role::Member),
        ("identifier", Role::Name),
        ("field_identifier", Role::Name),
        ("expression_statement", Role::Statement),
    ],
    separator: "::",
    types: &[
        ("char", Shape::Text),
        ("int", Shape::Number),
        ("long", Shape::Number),
        ("size_t", Shape::Number),
        ("double", Shape::Number),
        ("float", Shape::Number),
        ("FILE", Shape::File),
        ("pthread_mutex_t", Shape::Lock),
    ],
    results: &[("fopen", Shape::File), ("open", Shape::RawFile), ("strlen", Shape::Number)],
    walkers: &[],
    shared_walkers: &[],
    streams: &[],
    imports: no_imports,
    is_test,
};

pub(super) fn is_test(_: &Tree<'_>, _: NodeId, name: &str) -> bool {
    let bare = name.rsplit("::").next().unwrap_or(name);
    bare.starts_with("test_") || bare == "TEST" || bare.starts_with("TEST_") || bare.starts_with("BENCHMARK")
}
