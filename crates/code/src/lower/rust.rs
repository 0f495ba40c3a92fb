//! Rust: kinds of nodes, types and library names.

use super::grammar::{Grammar, Imported};
use crate::model::Shape;
use crate::role::Role;
use crate::syntax::{NodeId, Tree};

pub(super) const GRAMMAR: Grammar = Grammar {
    roles: &[
        ("line_comment", Role::Comment),
        ("block_comment", Role::Comment),
        ("function_item", Role::Function),
        ("closure_expression", Role::Closure),
        ("impl_item", Role::Container),
        ("trait_item", Role::Container),
        ("mod_item", Role::Container),
        ("for_expression", Role::Each),
        ("while_expression", Role::While),
        ("loop_expression", Role::Forever),
        ("call_expression", Role::Call),
        ("macro_invocation", Role::Macro),
        ("token_tree", Role::Tokens),
        ("let_declaration", Role::Assign),
        ("const_item", Role::Assign),
        ("static_item", Role::Assign),
        ("assignment_expression", Role::Assign),
        ("compound_assignment_expr", Role::Assign),
        ("field_declaration", Role::Assign),
        ("index_expression", Role::Subscript),
        ("binary_expression", Role::Binary),
        ("await_expression", Role::Await),
        ("use_declaration", Role::Import),
        ("break_expression", Role::Break),
        ("return_expression", Role::Return),
        ("block", Role::Block),
        ("parenthesized_expression", Role::Wrapper),
        ("try_expression", Role::Wrapper),
        ("reference_expression", Role::Wrapper),
        ("type_cast_expression", Role::Wrapper),
        ("string_literal", Role::Text),
        ("raw_string_literal", Role::Text),
        ("integer_literal", Role::Number),
        ("float_literal", Role::Number),
        ("array_expression", Role::List),
        ("field_expression", Role::Member),
        ("scoped_identifier", Role::Member),
        ("identifier", Role::Name),
        ("field_identifier", Role::Name),
        ("self", Role::Name),
        ("expression_statement", Role::Statement),
    ],
    separator: "::",
    types: &[
        ("Vec", Shape::List),
        ("SmallVec", Shape::List),
        ("VecDeque", Shape::Deque),
        ("HashSet", Shape::Set),
        ("BTreeSet", Shape::Set),
        ("FxHashSet", Shape::Set),
        ("IndexSet", Shape::Set),
        ("HashMap", Shape::Map),
        ("BTreeMap", Shape::Map),
        ("FxHashMap", Shape::Map),
        ("IndexMap", Shape::Map),
        ("String", Shape::Text),
        ("str", Shape::Text),
        ("Path", Shape::Text),
        ("PathBuf", Shape::Text),
        ("u8", Shape::Number),
        ("u32", Shape::Number),
        ("u64", Shape::Number),
        ("i32", Shape::Number),
        ("i64", Shape::Number),
        ("usize", Shape::Number),
        ("f64", Shape::Number),
        ("Mutex", Shape::Lock),
        ("RwLock", Shape::Lock),
        ("File", Shape::RawFile),
        ("BufWriter", Shape::File),
        ("BufReader", Shape::File),
        ("LineWriter", Shape::File),
        ("Range", Shape::Set),
        ("RangeInclusive", Shape::Set),
    ],
    results: &[
        ("vec!", Shape::List),
        (".to_vec", Shape::List),
        ("format!", Shape::Text),
        (".to_string", Shape::Text),
        (".to_lowercase", Shape::Text),
        (".to_uppercase", Shape::Text),
        (".trim", Shape::Text),
        (".chars", Shape::Iterator),
        (".len", Shape::Number),
    ],
    walkers: &[
        "for_each",
        "try_for_each",
        "map",
        "filter",
        "filter_map",
        "flat_map",
        "fold",
        "any",
        "all",
        "position",
        "find",
        "find_map",
        "take_while",
        "skip_while",
        "retain",
        "inspect",
        "partition",
        "max_by_key",
        "min_by_key",
        "sort_by",
        "sort_by_key",
        "sort_unstable_by",
        "sort_unstable_by_key",
        "map_while",
        "scan",
    ],
    // Options and results have these as well.
    shared_walkers: &["map", "filter", "inspect", "all", "any", "find"],
    streams: &[
        "iter()",
        "iter_mut()",
        "chars()",
        "lines()",
        "keys()",
        "values()",
        "drain(",
        "bytes()",
        "windows(",
        "chunks(",
        "..",
        "enumerate()",
        "split(",
        "zip(",
        "rev()",
        "split_whitespace()",
        "char_indices()",
        "flatten()",
        "filter",
    ],
    imports,
    is_test,
};

/// `use a::{b, c::{self, d as e}};`, read from its text: brackets may nest.
fn imports(tree: &Tree<'_>, node: NodeId) -> Vec<Imported> {
    let Some(argument) = tree.child(node, "argument") else { return Vec::new() };
    let mut imported = Vec::new();
    // What stands before each open bracket.
    let mut prefixes: Vec<String> = vec![String::new()];
    let mut part = String::new();
    for c in tree.text(argument).chars().chain([',']) {
        match c {
            '{' => {
                let outer = prefixes.last().cloned().unwrap_or_default();
                prefixes.push(format!("{outer}{}", part.trim()));
                part.clear();
            }
            ',' | '}' => {
                let outer = prefixes.last().map_or("", String::as_str);
                imported.extend(import_of(outer, part.trim()));
                part.clear();
                if c == '}' && prefixes.len() > 1 {
                    prefixes.pop();
                }
            }
            c => part.push(c),
        }
    }
    imported
}

fn import_of(outer: &str, part: &str) -> Option<Imported> {
    let (path, alias) =
        part.split_once(" as ").map_or((part, None), |(path, alias)| (path.trim(), Some(alias.trim())));
    if path.is_empty() || path == "*" || path.ends_with("::*") {
        return None;
    }
    let full = if path == "self" { outer.trim_end_matches(':').to_owned() } else { format!("{outer}{path}") };
    let last = full.rsplit("::").next().unwrap_or(&full).to_owned();
    Some(Imported { alias: alias.map_or(last, str::to_owned), path: full })
}

/// `#[test]`, `#[tokio::test]`, `#[bench]`, `#[cfg(test)]`: the attributes right before.
fn is_test(tree: &Tree<'_>, node: NodeId, name: &str) -> bool {
    if tree.kind(node) == "mod_item" && matches!(name, "tests" | "test") {
        return true;
    }
    let Some(parent) = tree.parent(node) else { return false };
    // Only functions and modules are asked about, so this looks at few siblings of few nodes.
    let before: Vec<NodeId> = tree.children(parent).take_while(|&child| child != node).collect();
    before.iter().rev().take_while(|&&child| tree.kind(child) == "attribute_item").any(|&child| {
        let text = tree.text(child);
        ["#[test]", "::test", "#[bench]", "cfg(test)", "#[rstest"].iter().any(|mark| text.contains(mark))
    })
}
