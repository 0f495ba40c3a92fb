//! Python: kinds of nodes, types and library names.

use super::grammar::{Grammar, Imported};
use crate::model::Shape;
use crate::role::Role;
use crate::syntax::{NodeId, Tree};

pub(super) const GRAMMAR: Grammar = Grammar {
    roles: &[
        ("comment", Role::Comment),
        ("function_definition", Role::Function),
        ("lambda", Role::Closure),
        ("class_definition", Role::Container),
        ("for_statement", Role::Each),
        ("while_statement", Role::While),
        ("list_comprehension", Role::Comprehension),
        ("set_comprehension", Role::Comprehension),
        ("dictionary_comprehension", Role::Comprehension),
        ("generator_expression", Role::Comprehension),
        ("call", Role::Call),
        ("assignment", Role::Assign),
        ("augmented_assignment", Role::Assign),
        ("named_expression", Role::Assign),
        ("subscript", Role::Subscript),
        ("binary_operator", Role::Binary),
        ("comparison_operator", Role::Binary),
        ("boolean_operator", Role::Binary),
        ("raise_statement", Role::Throw),
        ("try_statement", Role::Try),
        ("await", Role::Await),
        ("list_splat", Role::Spread),
        ("dictionary_splat", Role::Spread),
        ("with_statement", Role::With),
        ("import_statement", Role::Import),
        ("import_from_statement", Role::Import),
        ("break_statement", Role::Break),
        ("return_statement", Role::Return),
        ("yield", Role::Return),
        ("block", Role::Block),
        ("parenthesized_expression", Role::Wrapper),
        ("string", Role::Text),
        ("concatenated_string", Role::Text),
        ("integer", Role::Number),
        ("float", Role::Number),
        ("list", Role::List),
        ("tuple", Role::List),
        ("dictionary", Role::Map),
        ("set", Role::Set),
        ("attribute", Role::Member),
        ("identifier", Role::Name),
        ("expression_statement", Role::Statement),
    ],
    separator: ".",
    types: &[
        ("list", Shape::List),
        ("List", Shape::List),
        ("Sequence", Shape::List),
        ("tuple", Shape::List),
        ("Tuple", Shape::List),
        ("deque", Shape::Deque),
        ("set", Shape::Set),
        ("Set", Shape::Set),
        ("frozenset", Shape::Set),
        ("FrozenSet", Shape::Set),
        ("AbstractSet", Shape::Set),
        ("dict", Shape::Map),
        ("Dict", Shape::Map),
        ("Mapping", Shape::Map),
        ("MutableMapping", Shape::Map),
        ("defaultdict", Shape::Map),
        ("Counter", Shape::Map),
        ("OrderedDict", Shape::Map),
        ("str", Shape::Text),
        ("bytes", Shape::Bytes),
        ("bytearray", Shape::Builder),
        ("int", Shape::Number),
        ("float", Shape::Number),
        ("bool", Shape::Number),
        ("ndarray", Shape::NumpyArray),
        ("NDArray", Shape::NumpyArray),
        ("DataFrame", Shape::Frame),
        ("Series", Shape::Frame),
        ("Iterator", Shape::Iterator),
        ("Iterable", Shape::Iterator),
        ("range", Shape::Set),
    ],
    results: &[
        ("list", Shape::List),
        ("sorted", Shape::List),
        ("tuple", Shape::List),
        (".split", Shape::List),
        (".splitlines", Shape::List),
        (".readlines", Shape::List),
        ("collections.deque", Shape::Deque),
        ("set", Shape::Set),
        ("frozenset", Shape::Set),
        // Told apart by arithmetic, not by looking.
        ("range", Shape::Set),
        ("dict", Shape::Map),
        ("collections.defaultdict", Shape::Map),
        ("collections.Counter", Shape::Map),
        ("collections.OrderedDict", Shape::Map),
        ("str", Shape::Text),
        (".join", Shape::Text),
        (".strip", Shape::Text),
        (".lower", Shape::Text),
        (".upper", Shape::Text),
        (".decode", Shape::Text),
        (".encode", Shape::Bytes),
        ("bytes", Shape::Bytes),
        ("bytearray", Shape::Builder),
        ("io.StringIO", Shape::Builder),
        ("int", Shape::Number),
        ("float", Shape::Number),
        ("len", Shape::Number),
        ("sum", Shape::Number),
        ("open", Shape::File),
        ("threading.Lock", Shape::Lock),
        ("threading.RLock", Shape::Lock),
        ("asyncio.Lock", Shape::Lock),
        ("numpy.array", Shape::NumpyArray),
        ("numpy.asarray", Shape::NumpyArray),
        ("numpy.zeros", Shape::NumpyArray),
        ("numpy.ones", Shape::NumpyArray),
        ("numpy.empty", Shape::NumpyArray),
        ("numpy.full", Shape::NumpyArray),
        ("numpy.arange", Shape::NumpyArray),
        ("numpy.linspace", Shape::NumpyArray),
        ("numpy.zeros_like", Shape::NumpyArray),
        ("numpy.ones_like", Shape::NumpyArray),
        ("numpy.empty_like", Shape::NumpyArray),
        ("numpy.random.rand", Shape::NumpyArray),
        ("numpy.random.randn", Shape::NumpyArray),
        ("numpy.random.random", Shape::NumpyArray),
        ("numpy.concatenate", Shape::NumpyArray),
        ("numpy.append", Shape::NumpyArray),
        ("numpy.load", Shape::NumpyArray),
        ("numpy.loadtxt", Shape::NumpyArray),
        ("pandas.DataFrame", Shape::Frame),
        ("pandas.Series", Shape::Frame),
        ("pandas.read_csv", Shape::Frame),
        ("pandas.read_parquet", Shape::Frame),
        ("pandas.read_sql", Shape::Frame),
        ("pandas.read_json", Shape::Frame),
        ("pandas.read_excel", Shape::Frame),
        ("pandas.concat", Shape::Frame),
        ("pandas.merge", Shape::Frame),
    ],
    walkers: &["map", "filter", "sorted", "max", "min", "sort", "apply", "reduce"],
    shared_walkers: &[],
    streams: &[],
    imports,
    is_test,
};

fn imports(tree: &Tree<'_>, node: NodeId) -> Vec<Imported> {
    let module = tree.child(node, "module_name");
    let prefix = module.map(|module| format!("{}.", tree.text(module))).unwrap_or_default();
    let mut imported = Vec::new();
    for child in tree.named(node).filter(|&child| Some(child) != module) {
        let (name, alias) = match tree.kind(child) {
            "dotted_name" => (child, None),
            "aliased_import" => (tree.child(child, "name").unwrap_or(child), tree.child(child, "alias")),
            "wildcard_import" => {
                let path = prefix.trim_end_matches('.').to_owned();
                imported.push(Imported { path, alias: String::new() });
                continue;
            }
            _ => continue,
        };
        let path = format!("{prefix}{}", tree.text(name));
        // `import a.b` makes `a` known, by its own name.
        let alias = alias.map_or_else(
            || if module.is_some() { tree.text(name) } else { path.split('.').next().unwrap_or(&path) },
            |alias| tree.text(alias),
        );
        imported.push(Imported { alias: alias.to_owned(), path: path.clone() });
    }
    imported
}

fn is_test(_: &Tree<'_>, _: NodeId, name: &str) -> bool {
    name.split('.').any(|part| part.starts_with("test_") || part.starts_with("Test"))
}
