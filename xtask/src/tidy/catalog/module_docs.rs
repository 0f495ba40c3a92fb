//! Each Rust file opens with `//!`: what it is, what it knows, what it does not do.

use crate::tidy::{Check, Problem, Tree};

pub(super) const CHECK: Check = Check { name: "module_docs", run };

fn run(tree: &Tree) -> Vec<Problem> {
    tree.rust_files()
        .filter(|(_, text)| {
            let first = text.lines().next().unwrap_or("");
            first.strip_prefix("//!").is_none_or(|rest| rest.trim().is_empty())
        })
        .map(|(path, _)| {
            let message = "does not open with a module comment".to_owned();
            Problem::error(path, message, "begin the file with `//! What it is.`").at(1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fires_without_words_on_the_first_line() {
        let tree = Tree::of(&[
            ("a.rs", "//! Good.\n"),
            ("b.rs", "use x;\n//! Late.\n"),
            ("c.rs", "//!\n"),
            ("d.rs", ""),
            ("e.c", ""),
        ]);
        let paths: Vec<_> = run(&tree).into_iter().map(|problem| problem.path).collect();
        assert_eq!(paths, ["b.rs", "c.rs", "d.rs"]);
    }
}
