//! Modules of a crate do not depend on each other in circles.
//!
//! Cargo forbids cycles between crates only. Here a module uses another when one of its paths (`crate::…`,
//! `super::…`, re-exports followed) leads there; siblings that reach each other, directly or through others, are a
//! cycle. A parent and its children do not count: a parent declares its children, and they are one thing. Code
//! under `#[cfg(test)]` does not count either.

use crate::tidy::{Check, Problem, Tree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;

pub(super) const CHECK: Check = Check { name: "module_cycles", run };

const HINT: &str = "move what both need below both: an error beside what raises it, a trait under its users";

/// `["catalog", "cpu"]` is `crate::catalog::cpu`; the root is empty.
type ModulePath = Vec<String>;

fn run(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, _) in tree.rust_files() {
        let is_root = path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs");
        if is_root && (path.starts_with("crates/") || path.starts_with("xtask/")) {
            let mut program = Program::default();
            program.load(tree, path, Vec::new());
            for cycle in program.cycles() {
                let message = format!("modules use each other in a circle: {cycle}");
                problems.push(Problem::error(path, message, HINT));
            }
        }
    }
    problems
}

/// The modules of a crate, and what each one mentions.
#[derive(Default)]
struct Program {
    modules: BTreeSet<ModulePath>,
    /// Name made visible in a module → what it stands for, from the root.
    exports: BTreeMap<(ModulePath, String), ModulePath>,
    /// A module mentions a path from the root.
    mentions: BTreeSet<(ModulePath, ModulePath)>,
}

impl Program {
    /// Reads the module at `file` and, through its declarations, those below it.
    fn load(&mut self, tree: &Tree, file: &str, module: ModulePath) {
        // rustc reports files that are missing or do not parse.
        let Some(Ok(source)) = tree.get(file).map(syn::parse_file) else { return };
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let folder = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
        };
        self.load_items(tree, &folder, module, &source.items);
    }

    fn load_items(&mut self, tree: &Tree, folder: &str, module: ModulePath, items: &[syn::Item]) {
        self.modules.insert(module.clone());
        for item in items {
            if let syn::Item::Mod(child) = item {
                if is_test(&child.attrs) {
                    continue;
                }
                let name = child.ident.to_string();
                let path = joined(&module, &name);
                match &child.content {
                    Some((_, items)) => self.load_items(tree, &format!("{folder}/{name}"), path, items),
                    None => {
                        let flat = format!("{folder}/{name}.rs");
                        let nested = format!("{folder}/{name}/mod.rs");
                        self.load(tree, if tree.get(&flat).is_some() { &flat } else { &nested }, path);
                    }
                }
            } else {
                Mentions { program: self, module: &module }.visit_item(item);
            }
        }
    }

    /// The module that `path` leads to: as deep as modules go, following re-exports.
    fn resolve(&self, path: &[String]) -> ModulePath {
        let mut path = path.to_vec();
        // A re-export may lead to another; two that name each other would never end.
        for _ in 0..16 {
            let depth = (0..=path.len()).rev().find(|&n| self.modules.contains(&path[..n])).unwrap_or(0);
            let Some(name) = path.get(depth) else { return path };
            let Some(target) = self.exports.get(&(path[..depth].to_vec(), name.clone())) else {
                return path[..depth].to_vec();
            };
            if *target == path[..=depth] {
                return path[..depth].to_vec();
            }
            path = target.iter().chain(&path[depth + 1..]).cloned().collect();
        }
        Vec::new()
    }

    /// Each cycle among siblings, as `a -> b -> a`.
    fn cycles(&self) -> Vec<String> {
        let mut graphs: BTreeMap<ModulePath, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (from, mentioned) in &self.mentions {
            let to = self.resolve(mentioned);
            let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if let (Some(user), Some(used)) = (from.get(common), to.get(common)) {
                let graph = graphs.entry(from[..common].to_vec()).or_default();
                graph.entry(user.clone()).or_default().insert(used.clone());
            }
        }
        graphs.iter().flat_map(|(parent, graph)| cycles_of(parent, graph)).collect()
    }
}

/// One shortest cycle for every group of modules that reach each other.
fn cycles_of(parent: &[String], graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let mut cycles = Vec::new();
    for start in graph.keys().map(String::as_str) {
        if named.contains(start) {
            continue;
        }
        let Some(cycle) = shortest_cycle(graph, start) else { continue };
        // All that reach the start and are reached from it belong to the same knot, reported once.
        let from_start = reachable(graph, start);
        named.extend(from_start.into_iter().filter(|other| reachable(graph, other).contains(start)));
        let names: Vec<_> = cycle.iter().map(|name| joined(parent, name).join("::")).collect();
        cycles.push(names.join(" -> "));
    }
    cycles
}

fn reachable<'a>(graph: &'a BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![start];
    while let Some(name) = open.pop() {
        for next in graph.get(name).into_iter().flatten() {
            if seen.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    seen
}

fn shortest_cycle<'a>(graph: &'a BTreeMap<String, BTreeSet<String>>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut paths: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            for next in graph.get(*path.last()?).into_iter().flatten() {
                let extended: Vec<&str> = path.iter().copied().chain([next.as_str()]).collect();
                if next == start {
                    return Some(extended);
                }
                if seen.insert(next) {
                    longer.push(extended);
                }
            }
        }
        paths = longer;
    }
    None
}

/// Notes every path of one item.
struct Mentions<'a> {
    program: &'a mut Program,
    module: &'a ModulePath,
}

impl Mentions<'_> {
    /// The path from the root, if it begins inside this crate in a way that can be told from its words.
    fn path_from_root(&self, words: &[String]) -> Option<ModulePath> {
        let mut base = match words.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            _ => return None,
        };
        let n_supers = words.iter().take_while(|word| *word == "super").count();
        base.truncate(base.len().checked_sub(n_supers)?);
        base.extend_from_slice(&words[n_supers.max(1)..]);
        Some(base)
    }

    fn mention(&mut self, words: &[String]) {
        if let Some(path) = self.path_from_root(words) {
            self.program.mentions.insert((self.module.clone(), path));
        }
    }

    fn use_tree(&mut self, words: &mut ModulePath, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                words.push(path.ident.to_string());
                self.use_tree(words, &path.tree);
                words.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.use_tree(words, item)),
            syn::UseTree::Name(name) => self.used(words, &name.ident, &name.ident),
            syn::UseTree::Rename(rename) => self.used(words, &rename.ident, &rename.rename),
            syn::UseTree::Glob(_) => self.mention(words),
        }
    }

    fn used(&mut self, words: &[String], name: &syn::Ident, alias: &syn::Ident) {
        // `use a::b::{self}` is `a::b`.
        let mut words = words.to_vec();
        if name != "self" {
            words.push(name.to_string());
        }
        self.mention(&words);
        // Without `crate`, `self` or `super` it is a child of this module or another crate; `resolve` finds out.
        let target = self
            .path_from_root(&words)
            .unwrap_or_else(|| self.module.iter().chain(&words).cloned().collect());
        let visible =
            if name == "self" { words.last().cloned().unwrap_or_default() } else { alias.to_string() };
        self.program.exports.insert((self.module.clone(), visible), target);
    }
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.use_tree(&mut Vec::new(), &item.tree);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_impl(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.mention(&words);
        syn::visit::visit_path(self, path);
    }

    /// Inside a macro there are only tokens: every run of `word :: word` counts as a path.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let text = call.tokens.to_string().replace("::", " \u{1} ");
        let spaced =
            text.replace(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\u{1}' || c == ' '), " , ");
        let mut words: ModulePath = Vec::new();
        let mut after_colons = false;
        for word in spaced.split_whitespace() {
            if word == "\u{1}" {
                after_colons = true;
                continue;
            }
            if !after_colons {
                self.mention(&words);
                words.clear();
            }
            words.push(word.to_owned());
            after_colons = false;
        }
        self.mention(&words);
        syn::visit::visit_path(self, &call.path);
    }
}

fn joined(parent: &[String], name: &str) -> ModulePath {
    parent.iter().cloned().chain([name.to_owned()]).collect()
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    let is_cfg_test = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => attribute.path().is_ident("test"),
    };
    attributes.iter().any(is_cfg_test)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> =
            files.iter().map(|(path, text)| (format!("crates/x/src/{path}"), *text)).collect();
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        run(&Tree::of(&files)).into_iter().map(|problem| problem.message).collect()
    }

    fn cycle(names: &str) -> Vec<String> {
        vec![format!("modules use each other in a circle: {names}")]
    }

    #[test]
    fn quiet_on_a_tree_and_between_parent_and_child() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; pub use a::A; pub struct Root;"),
            ("a.rs", "use crate::b::B; use crate::Root;"),
            ("b.rs", "use super::c; mod d { use super::E; } struct E(d::D);"),
            (
                "c.rs",
                "#[cfg(test)] mod tests { use crate::a::A; } #[cfg(test)] use crate::b::B; #[test] fn t() { crate::a::f() }",
            ),
        ];
        assert_eq!(messages(&files), [] as [String; 0]);
    }

    #[test]
    fn fires_on_a_circle_and_names_it() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "fn f() { super::c::g() }"),
            ("c.rs", "fn g() { println!(\"{}\", crate::a::h()) }"),
            ("d.rs", "use crate::{a, b};"),
        ];
        assert_eq!(messages(&files), cycle("a -> b -> c -> a"));
    }

    #[test]
    fn fires_through_a_re_export_of_the_root() {
        let files = [
            ("lib.rs", "mod a; mod b; pub use a::A; pub use self::b::{B as Other};"),
            ("a.rs", "fn f(other: crate::Other) {}"),
            ("b.rs", "use crate::A;"),
        ];
        assert_eq!(messages(&files), cycle("a -> b -> a"));
    }

    #[test]
    fn fires_among_the_children_of_a_module() {
        let files = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod p; mod q; pub use p::P;"),
            ("a/p.rs", "impl super::q::T for P {}"),
            ("a/q.rs", "use super::P;"),
        ];
        assert_eq!(messages(&files), cycle("a::p -> a::q -> a::p"));
    }

    #[test]
    fn two_knots_are_two_problems() {
        let files = [
            ("main.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use crate::b::*; use crate::c::C;"),
            ("b.rs", "use crate::a::{self};"),
            ("c.rs", "use crate::d::D;"),
            ("d.rs", "use crate::c as other;"),
        ];
        let found = messages(&files);
        assert_eq!(found, [cycle("a -> b -> a"), cycle("c -> d -> c")].concat());
    }

    #[test]
    fn re_exports_that_name_each_other_end() {
        let files =
            [("lib.rs", "mod a; mod b;"), ("a.rs", "pub use crate::b::X;"), ("b.rs", "pub use crate::a::X;")];
        assert_eq!(messages(&files).len(), 0);
    }
}
