//! Go: kinds of nodes, types and library names.

use super::grammar::{Grammar, Imported};
use crate::model::Shape;
use crate::role::Role;
use crate::syntax::{NodeId, Tree};
use crate::text::unquoted;

pub(super) const GRAMMAR: Grammar = Grammar {
    roles: &[
        ("comment", Role::Comment),
        ("function_declaration", Role::Function),
        ("method_declaration", Role::Function),
        ("func_literal", Role::Closure),
        ("for_statement", Role::GoFor),
        ("call_expression", Role::Call),
        ("composite_literal", Role::New),
        ("type_conversion_expression", Role::Conversion),
        ("short_var_declaration", Role::Assign),
        ("assignment_statement", Role::Assign),
        ("var_spec", Role::Assign),
        ("const_spec", Role::Assign),
        ("index_expression", Role::Subscript),
        ("binary_expression", Role::Binary),
        ("import_spec", Role::Import),
        ("break_statement", Role::Break),
        ("return_statement", Role::Return),
        ("send_statement", Role::Return),
        ("block", Role::Block),
        ("expression_list", Role::Wrapper),
        ("parenthesized_expression", Role::Wrapper),
        ("literal_element", Role::Wrapper),
        ("interpreted_string_literal", Role::Text),
        ("raw_string_literal", Role::Text),
        ("int_literal", Role::Number),
        ("float_literal", Role::Number),
        ("selector_expression", Role::Member),
        ("identifier", Role::Name),
        ("field_identifier", Role::Name),
        ("defer_statement", Role::Defer),
        ("go_statement", Role::Spawn),
        ("expression_statement", Role::Statement),
    ],
    separator: ".",
    types: &[
        ("string", Shape::Text),
        ("int", Shape::Number),
        ("int64", Shape::Number),
        ("float64", Shape::Number),
        ("Builder", Shape::Builder),
        ("Buffer", Shape::Builder),
        ("Mutex", Shape::Lock),
        ("RWMutex", Shape::Lock),
        ("File", Shape::RawFile),
        ("Writer", Shape::Other),
    ],
    results: &[
        ("strings.Split", Shape::List),
        ("strings.Fields", Shape::List),
        ("append", Shape::List),
        ("strings.Join", Shape::Text),
        ("fmt.Sprintf", Shape::Text),
        ("string", Shape::Text),
        ("strings.ToLower", Shape::Text),
        ("strings.TrimSpace", Shape::Text),
        ("os.Create", Shape::RawFile),
        ("os.Open", Shape::RawFile),
        ("os.OpenFile", Shape::RawFile),
        ("bufio.NewWriter", Shape::File),
        ("bufio.NewReader", Shape::File),
        ("bufio.NewScanner", Shape::File),
        ("len", Shape::Number),
    ],
    walkers: &[
        "IndexFunc",
        "ContainsFunc",
        "DeleteFunc",
        "SortFunc",
        "Slice",
        "SliceStable",
        "Range",
        "Walk",
        "WalkDir",
        "Search",
    ],
    shared_walkers: &[],
    streams: &[],
    imports,
    is_test,
};

fn imports(tree: &Tree<'_>, node: NodeId) -> Vec<Imported> {
    let Some(path) = tree.child(node, "path").and_then(|path| unquoted(tree.text(path))) else {
        return Vec::new();
    };
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    // `/v2` is the version of what stands before.
    let is_version = last.starts_with('v') && last[1..].chars().all(|c| c.is_ascii_digit()) && last.len() > 1;
    let package = if is_version { parts.next().unwrap_or(last) } else { last };
    let alias = tree.child(node, "name").map_or(package, |name| tree.text(name));
    vec![Imported { path: package.to_owned(), alias: alias.to_owned() }]
}

fn is_test(tree: &Tree<'_>, node: NodeId, name: &str) -> bool {
    let is_named = ["Test", "Benchmark", "Fuzz", "Example"].iter().any(|prefix| name.starts_with(prefix));
    is_named
        && tree.child(node, "parameters").is_some_and(|parameters| tree.text(parameters).contains("testing."))
}
