//! Dependencies are declared once, in the root manifest, each under a comment that gives the reason.
//!
//! Crates say `name.workspace = true`. The lock file stays small enough to be read.

use crate::tidy::manifests::dependencies;
use crate::tidy::{Check, Problem, Tree};
use std::collections::BTreeSet;

pub(super) const CHECK: Check = Check { name: "dependencies", run };

const ROOT: &str = "Cargo.toml";
const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Each package is code to audit and to compile; the whole product was planned with fewer (style guide, 33).
const MAX_LOCKED_PACKAGES: usize = 350;

fn run(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    for (path, text) in tree.files() {
        let is_member = path == "xtask/Cargo.toml"
            || (path.starts_with("crates/") || path.starts_with("examples/"))
                && path.ends_with("/Cargo.toml");
        if is_member {
            check_member(path, text, &mut used, &mut problems);
        }
    }
    check_root(tree.get(ROOT).unwrap_or_default(), &used, &mut problems);
    let n_locked = tree.get("Cargo.lock").map_or(0, |lock| lock.matches("[[package]]").count());
    if n_locked > MAX_LOCKED_PACKAGES {
        let message = format!("{n_locked} packages are locked, more than {MAX_LOCKED_PACKAGES}");
        problems.push(Problem::error("Cargo.lock", message, "see `cargo tree --duplicates`"));
    }
    problems
}

fn check_member(path: &str, text: &str, used: &mut BTreeSet<String>, problems: &mut Vec<Problem>) {
    let manifest: toml::Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => {
            let message = format!("is not a manifest: {error}");
            return problems.push(Problem::error(path, message, "see `cargo metadata --no-deps`"));
        }
    };
    for (name, value) in SECTIONS.iter().flat_map(|section| dependencies(&manifest, section)) {
        used.insert(name.to_owned());
        if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
            let message = format!("{name} is declared here instead of in the root manifest");
            problems.push(Problem::error(path, message, "write `NAME.workspace = true`"));
        }
    }
    if manifest.get("lints").and_then(|lints| lints.get("workspace")).is_none() {
        let message = "does not take the lints of the workspace".to_owned();
        problems.push(Problem::error(path, message, "add `[lints]` with `workspace = true`"));
    }
}

/// The root is read by line, because comments are what matters.
fn check_root(text: &str, used: &BTreeSet<String>, problems: &mut Vec<Problem>) {
    let mut in_section = false;
    let mut previous = "";
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            in_section = line.trim_end() == "[workspace.dependencies]";
        }
        let name = line.split(['=', '.']).next().unwrap_or("").trim();
        let declares = in_section && line.contains('=') && !line.starts_with(['#', ' ', '\t', '[', '}', ']']);
        // Our own crates need no reason: the table of layers gives it.
        if declares && !line.contains("path =") {
            if !is_reason(previous) {
                let message = format!("{name} is declared without a reason");
                let problem = Problem::error(ROOT, message, "write the reason as a comment right above it");
                problems.push(problem.at(index + 1));
            }
            if !used.contains(name) {
                let message = format!("{name} is declared, but no crate uses it");
                problems.push(Problem::warning(ROOT, message, "remove it").at(index + 1));
            }
        }
        previous = line;
    }
}

/// A comment, but not the rule that heads a group.
fn is_reason(line: &str) -> bool {
    line.strip_prefix('#')
        .is_some_and(|rest| !rest.trim_start().starts_with("---") && !rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    fn messages(root: &str, member: &str) -> Vec<String> {
        let tree = Tree::of(&[(ROOT, root), ("crates/a/Cargo.toml", &format!("{member}\n{LINTS}"))]);
        run(&tree).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn quiet_when_declared_once_with_a_reason() {
        let root = "[workspace.dependencies]\nfathom-a = { path = \"crates/a\" }\n# Reason.\nserde = \"1\"\n[profile.dev]\nx = 1\n";
        assert_eq!(messages(root, "[dependencies]\nserde.workspace = true"), [] as [String; 0]);
    }

    #[test]
    fn fires_without_a_reason() {
        let root = "[workspace.dependencies]\n# --- group ---\nserde = \"1\"\nzip = \"1\"\n";
        assert_eq!(
            messages(root, "[dependencies]\nserde.workspace = true\nzip.workspace = true"),
            ["serde is declared without a reason", "zip is declared without a reason"]
        );
    }

    #[test]
    fn fires_on_a_version_in_a_crate() {
        let found = messages("", "[target.'cfg(unix)'.dev-dependencies]\nzip = \"9\"");
        assert_eq!(found, ["zip is declared here instead of in the root manifest"]);
    }

    #[test]
    fn warns_of_what_nobody_uses() {
        let found = messages("[workspace.dependencies]\n# Reason.\nzip = \"1\"\n", "");
        assert_eq!(found, ["zip is declared, but no crate uses it"]);
    }

    #[test]
    fn fires_without_the_lints_and_on_nonsense() {
        let tree = Tree::of(&[("crates/a/Cargo.toml", "[package]\n"), ("crates/b/Cargo.toml", "[")]);
        let found = run(&tree);
        assert_eq!(found[0].message, "does not take the lints of the workspace");
        assert!(found[1].message.starts_with("is not a manifest"), "{found:?}");
    }

    #[test]
    fn fires_on_a_lock_file_that_grew() {
        let lock = "[[package]]\n".repeat(MAX_LOCKED_PACKAGES + 1);
        assert_eq!(run(&Tree::of(&[("Cargo.lock", &lock)])).len(), 1);
    }
}
