//! What lies in a `catalog/` folder is what its `mod.rs` declares and lists, once, in alphabetical order.
//!
//! The list is the array (or `vec!`) in `mod.rs` whose entries begin with the declared modules, behind `&`, calls
//! and the like. Without this check a new file compiles, does nothing, and nobody notices.

use crate::tidy::{Check, Problem, Tree};
use std::collections::{BTreeMap, BTreeSet};
use syn::punctuated::Punctuated;
use syn::visit::Visit;

pub(super) const CHECK: Check = Check { name: "catalogs", run };

fn run(tree: &Tree) -> Vec<Problem> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, _) in tree.rust_files() {
        // Groups inside a catalog (`catalog/gc/…`) belong to its entries.
        let Some(at) = path.find("/catalog/") else { continue };
        let (folder, rest) = path.split_at(at + "/catalog".len());
        let entry = rest[1..].split('/').next().unwrap_or("").trim_end_matches(".rs");
        folders.entry(folder).or_default().insert(entry);
    }
    let mut problems = Vec::new();
    for (folder, mut entries) in folders {
        entries.remove("mod");
        let path = format!("{folder}/mod.rs");
        match tree.get(&path).map(syn::parse_file) {
            Some(Ok(file)) => check_list(&path, &entries, &file, &mut problems),
            // rustc says it better.
            Some(Err(_)) => {}
            None => {
                problems.push(Problem::error(folder, "has no mod.rs".to_owned(), "add it, with the list"))
            }
        }
    }
    problems
}

fn check_list(path: &str, entries: &BTreeSet<&str>, file: &syn::File, problems: &mut Vec<Problem>) {
    let mut fail = |message: String, hint| problems.push(Problem::error(path, message, hint));
    let declared: Vec<String> = file.items.iter().filter_map(declared_module).collect();
    for entry in entries.iter().filter(|entry| !declared.iter().any(|name| name == *entry)) {
        fail(
            format!("{entry} is in the folder, but not declared"),
            "add `mod NAME;` and its entry in the list",
        );
    }
    let mut lists = Lists { declared: &declared, found: Vec::new() };
    lists.visit_file(file);
    let Some(list) = lists.found.into_iter().max_by_key(Vec::len) else {
        if !declared.is_empty() {
            fail("has no list of its entries".to_owned(), "write an array with one entry a module");
        }
        return;
    };
    for name in &declared {
        match list.iter().filter(|entry| *entry == name).count() {
            0 => {
                fail(format!("{name} is not in the list"), "add its entry, or move a helper out of catalog/")
            }
            1 => {}
            n => fail(format!("{name} is in the list {n} times"), "list it once"),
        }
    }
    for (what, names) in [("module declarations", &declared), ("list", &list)] {
        if let Some(pair) = names.windows(2).find(|pair| pair[0] > pair[1]) {
            fail(format!("{} stands before {} in the {what}", pair[0], pair[1]), "sort it alphabetically");
        }
    }
}

fn declared_module(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    }
}

/// Collects the arrays whose entries name declared modules.
struct Lists<'a> {
    declared: &'a [String],
    found: Vec<Vec<String>>,
}

impl Lists<'_> {
    fn add<'e>(&mut self, entries: impl Iterator<Item = &'e syn::Expr>) {
        let names: Vec<String> = entries.filter_map(|entry| self.module_of(entry)).collect();
        if !names.is_empty() {
            self.found.push(names);
        }
    }

    fn module_of(&self, entry: &syn::Expr) -> Option<String> {
        let mut first = FirstModule { declared: self.declared, module: None };
        first.visit_expr(entry);
        first.module
    }
}

impl<'ast> Visit<'ast> for Lists<'_> {
    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        self.add(array.elems.iter());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("vec")
            && let Ok(entries) =
                call.parse_body_with(Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated)
        {
            self.add(entries.iter());
        }
    }
}

/// The first declared module named in an entry: `&cpu::Cpu`, `Box::new(cpu::Cpu::new())`, `cpu::READER`.
struct FirstModule<'a> {
    declared: &'a [String],
    module: Option<String>,
}

impl<'ast> Visit<'ast> for FirstModule<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut names =
            path.segments.iter().map(|segment| segment.ident.to_string()).skip_while(|name| name == "self");
        if self.module.is_none() && path.segments.len() > 1 {
            self.module = names.next().filter(|name| self.declared.contains(name));
        }
        syn::visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(list: &str) -> Vec<String> {
        let files = [
            ("crates/c/src/catalog/mod.rs", list),
            ("crates/c/src/catalog/cpu.rs", ""),
            ("crates/c/src/catalog/host/mod.rs", ""),
            ("crates/c/src/catalog/host/parts.rs", ""),
        ];
        run(&Tree::of(&files)).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn quiet_on_a_list_in_any_form() {
        for list in [
            "mod cpu;\nmod host;\npub const ALL: &[&dyn C] = &[&cpu::Cpu, &host::Host];",
            "mod cpu;\nmod host;\nfn all() -> Vec<Box<dyn C>> { vec![Box::new(cpu::Cpu), Box::new(host::new(1))] }",
            "mod cpu;\nmod host;\nconst OTHER: [u8; 1] = [1];\nstatic ALL: [C; 2] = [self::cpu::C, C { run: host::run }];",
        ] {
            assert_eq!(messages(list), [] as [String; 0], "{list}");
        }
    }

    #[test]
    fn fires_on_a_file_that_is_not_declared() {
        let found = messages("mod cpu;\nconst ALL: [C; 1] = [cpu::C];");
        assert_eq!(found, ["host is in the folder, but not declared"]);
    }

    #[test]
    fn fires_on_a_module_that_is_not_listed() {
        let found = messages("mod cpu;\nmod host;\nconst ALL: [C; 1] = [cpu::C];");
        assert_eq!(found, ["host is not in the list"]);
        assert_eq!(messages("mod cpu;\nmod host;\n"), ["has no list of its entries"]);
    }

    #[test]
    fn fires_on_disorder_and_on_twins() {
        let found = messages("mod cpu;\nmod host;\nconst ALL: [C; 3] = [host::C, cpu::C, host::D];");
        assert_eq!(found, ["host is in the list 2 times", "host stands before cpu in the list"]);
        let found = messages("mod host;\nmod cpu;\nconst ALL: [C; 2] = [cpu::C, host::C];");
        assert_eq!(found, ["host stands before cpu in the module declarations"]);
    }

    #[test]
    fn fires_without_a_list_file() {
        let found = run(&Tree::of(&[("crates/c/src/catalog/cpu.rs", "")]));
        assert_eq!(found[0].message, "has no mod.rs");
    }
}
