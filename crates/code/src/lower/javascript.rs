//! JavaScript and TypeScript: kinds of nodes, types and library names.

use super::grammar::{Grammar, Imported};
use crate::model::Shape;
use crate::role::Role;
use crate::syntax::{NodeId, Tree};
use crate::text::unquoted;

pub(super) const GRAMMAR: Grammar = Grammar {
    roles: &[
        ("comment", Role::Comment),
        ("function_declaration", Role::Function),
        ("generator_function_declaration", Role::Function),
        ("method_definition", Role::Function),
        ("function_expression", Role::Closure),
        ("generator_function", Role::Closure),
        ("arrow_function", Role::Closure),
        ("class_declaration", Role::Container),
        ("abstract_class_declaration", Role::Container),
        ("class", Role::Container),
        ("internal_module", Role::Container),
        ("for_in_statement", Role::Each),
        ("for_statement", Role::Counted),
        ("while_statement", Role::While),
        ("do_statement", Role::While),
        ("call_expression", Role::Call),
        ("new_expression", Role::New),
        ("variable_declarator", Role::Assign),
        ("assignment_expression", Role::Assign),
        ("augmented_assignment_expression", Role::Assign),
        ("field_definition", Role::Assign),
        ("public_field_definition", Role::Assign),
        ("subscript_expression", Role::Subscript),
        ("binary_expression", Role::Binary),
        ("throw_statement", Role::Throw),
        ("try_statement", Role::Try),
        ("await_expression", Role::Await),
        ("spread_element", Role::Spread),
        ("import_statement", Role::Import),
        ("break_statement", Role::Break),
        ("return_statement", Role::Return),
        ("yield_expression", Role::Return),
        ("statement_block", Role::Block),
        ("parenthesized_expression", Role::Wrapper),
        ("as_expression", Role::Wrapper),
        ("satisfies_expression", Role::Wrapper),
        ("non_null_expression", Role::Wrapper),
        ("type_assertion", Role::Wrapper),
        ("string", Role::Text),
        ("template_string", Role::Text),
        ("number", Role::Number),
        ("regex", Role::Regex),
        ("array", Role::List),
        ("object", Role::Map),
        ("member_expression", Role::Member),
        ("identifier", Role::Name),
        ("property_identifier", Role::Name),
        ("expression_statement", Role::Statement),
    ],
    separator: ".",
    types: &[
        ("Array", Shape::List),
        ("ReadonlyArray", Shape::List),
        ("Set", Shape::Set),
        ("ReadonlySet", Shape::Set),
        ("WeakSet", Shape::Set),
        ("Map", Shape::Map),
        ("ReadonlyMap", Shape::Map),
        ("WeakMap", Shape::Map),
        ("Record", Shape::Map),
        ("string", Shape::Text),
        ("String", Shape::Text),
        ("Buffer", Shape::Bytes),
        ("Uint8Array", Shape::Bytes),
        ("Float64Array", Shape::List),
        ("number", Shape::Number),
        ("boolean", Shape::Number),
    ],
    results: &[
        ("Array", Shape::List),
        ("Array.from", Shape::List),
        ("Array.of", Shape::List),
        ("Object.keys", Shape::List),
        ("Object.values", Shape::List),
        ("Object.entries", Shape::List),
        (".map", Shape::List),
        (".filter", Shape::List),
        (".flatMap", Shape::List),
        (".sort", Shape::List),
        (".split", Shape::List),
        ("Set", Shape::Set),
        ("WeakSet", Shape::Set),
        ("Map", Shape::Map),
        ("WeakMap", Shape::Map),
        ("String", Shape::Text),
        (".join", Shape::Text),
        (".trim", Shape::Text),
        (".toLowerCase", Shape::Text),
        (".toUpperCase", Shape::Text),
        (".toString", Shape::Text),
        (".replace", Shape::Text),
        ("Buffer.alloc", Shape::Bytes),
        ("Buffer.from", Shape::Bytes),
        ("Buffer.concat", Shape::Bytes),
    ],
    walkers: &[
        "forEach",
        "map",
        "filter",
        "reduce",
        "reduceRight",
        "some",
        "every",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "flatMap",
        "sort",
        "toSorted",
    ],
    shared_walkers: &[],
    streams: &[],
    imports,
    is_test,
};

fn imports(tree: &Tree<'_>, node: NodeId) -> Vec<Imported> {
    let Some(source) = tree.child(node, "source") else { return Vec::new() };
    let module = module_name(tree.text(source));
    let Some(clause) = tree.child_of_kind(node, "import_clause") else {
        return vec![Imported { path: module, alias: String::new() }];
    };
    let mut imported = Vec::new();
    for child in tree.named(clause) {
        match tree.kind(child) {
            "identifier" => {
                imported.push(Imported { path: module.clone(), alias: tree.text(child).to_owned() });
            }
            "namespace_import" => imported.extend(
                tree.named(child)
                    .map(|name| Imported { path: module.clone(), alias: tree.text(name).to_owned() }),
            ),
            "named_imports" => imported.extend(tree.named(child).filter_map(|specifier| {
                let name = tree.text(tree.child(specifier, "name")?);
                let alias = tree.child(specifier, "alias").map_or(name, |alias| tree.text(alias));
                Some(Imported { path: format!("{module}.{name}"), alias: alias.to_owned() })
            })),
            _ => {}
        }
    }
    imported
}

/// `const fs = require("fs")` and `const { readFileSync: read } = require("fs")`.
pub(super) fn required(target: &str, value: &str) -> Vec<Imported> {
    let argument = value.strip_prefix("require(").and_then(|rest| rest.strip_suffix(')'));
    let Some(module) = argument.filter(|argument| unquoted(argument).is_some()).map(module_name) else {
        return Vec::new();
    };
    match target.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        None => vec![Imported { path: module, alias: target.to_owned() }],
        Some(names) => names
            .split(',')
            .map(|name| {
                let (name, alias) = name.split_once(':').unwrap_or((name, name));
                Imported { path: format!("{module}.{}", name.trim()), alias: alias.trim().to_owned() }
            })
            .collect(),
    }
}

fn module_name(quoted: &str) -> String {
    let name = unquoted(quoted).unwrap_or(quoted);
    name.strip_prefix("node:").unwrap_or(name).to_owned()
}

/// The closures that `describe`, `it` and the like are given.
fn is_test(tree: &Tree<'_>, node: NodeId, _: &str) -> bool {
    let call = tree.parent(node).and_then(|arguments| tree.parent(arguments));
    call.and_then(|call| tree.child(call, "function")).is_some_and(|callee| {
        let name = tree.text(callee).split(['.', '(']).next().unwrap_or("");
        ["describe", "it", "test", "suite", "beforeEach", "afterEach", "beforeAll", "afterAll", "bench"]
            .contains(&name)
    })
}
