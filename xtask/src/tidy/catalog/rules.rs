//! A rule's file, id and tests agree: `cpu/linear_search_in_loop.rs` declares `cpu/linear-search-in-loop`, is declared and
//! listed in its topic's `mod.rs`, and has tests that fire, stay quiet, and are unsure.

use crate::tidy::{Check, Problem, Tree};

pub(super) const CHECK: Check = Check { name: "rules", run };

/// Where the rules are.
const CATALOG: &str = "crates/rules/src/catalog/";
/// Begins of names of tests that every rule has.
const TESTS: [&str; 3] = ["fires", "quiet", "unsure"];

fn run(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust_files() {
        let Some((topic, file)) = path.strip_prefix(CATALOG).and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        let Some(name) = file.strip_suffix(".rs").filter(|name| *name != "mod" && !name.contains('/')) else {
            continue;
        };
        // What a few rules of a topic share has no declaration.
        if !text.contains("declare_rule!") {
            continue;
        }
        let id = format!("{topic}/{}", name.replace('_', "-"));
        if !text.contains(&format!("= \"{id}\" {{")) {
            let hint = "file, id, page and setting have one name";
            problems.push(Problem::error(path, format!("does not declare {id}"), hint));
        }
        let list = tree.get(&format!("{CATALOG}{topic}/mod.rs")).unwrap_or_default();
        if !list.contains(&format!("mod {name};")) || !list.contains(&format!("&{name}::")) {
            let message = "is not declared and listed in its topic's mod.rs".to_owned();
            problems.push(Problem::error(path, message, "add `mod NAME;` and its entry in RULES"));
        }
        for test in TESTS.iter().filter(|test| !text.contains(&format!("fn {test}"))) {
            let message = format!("has no test named {test}…");
            problems.push(Problem::error(
                path,
                message,
                "show that it fires, stays quiet, and asks for data",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "declare_rule! { A = \"cpu/a-b\" { } }\nfn fires() {}\nfn quiet() {}\nfn unsure() {}";

    fn n_problems(rule: &str, list: &str) -> usize {
        let (path, folder) = (format!("{CATALOG}cpu/a_b.rs"), format!("{CATALOG}cpu/mod.rs"));
        run(&Tree::of(&[(&path, rule), (&folder, list)])).len()
    }

    #[test]
    fn what_agrees_passes_and_what_is_missing_is_named() {
        let list = "mod a_b;\n&[&a_b::A]";
        assert_eq!(n_problems(GOOD, list), 0);
        assert_eq!(n_problems(&GOOD.replace("a-b", "ab"), list), 1);
        assert_eq!(n_problems(&GOOD.replace("fn quiet", "fn silent"), list), 1);
        assert_eq!(n_problems(GOOD, "mod a_b;"), 1);
    }
}
