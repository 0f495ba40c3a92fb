//! What review does not have to discuss: layers, lists, sizes, documentation, habits.
//!
//! `cargo xtask tidy` prints every problem; the test below runs the same function, so `cargo test` fails on the
//! same tree. Each check is one file under `catalog/`, takes the tree as text, and has tests that show it failing
//! on a bad tree. A check knows nothing of the others.

mod catalog;
mod exceptions;
mod manifests;
mod source;
mod tree;

pub(crate) use manifests::{Member, members};
pub(crate) use tree::Tree;

use anyhow::{Result, bail};
use std::fmt;

/// Whether a problem fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Printed, nothing more.
    Warning,
    /// `tidy` fails.
    Error,
}

/// One thing found, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    severity: Severity,
    /// Relative to the root, with `/`.
    path: String,
    /// 1-based; `None` for a problem of the file or folder as a whole.
    line: Option<usize>,
    message: String,
    hint: &'static str,
}

impl Problem {
    pub(crate) fn error(path: &str, message: String, hint: &'static str) -> Self {
        Problem { severity: Severity::Error, path: path.to_owned(), line: None, message, hint }
    }

    pub(crate) fn warning(path: &str, message: String, hint: &'static str) -> Self {
        Problem { severity: Severity::Warning, ..Problem::error(path, message, hint) }
    }

    /// The same problem, at a line (1-based).
    pub(crate) fn at(self, line: usize) -> Self {
        Problem { line: Some(line), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}\n  hint: {}", self.message, self.hint)
    }
}

/// One thing that `tidy` looks at.
struct Check {
    /// Same as the file's name.
    name: &'static str,
    run: fn(&Tree) -> Vec<Problem>,
}

/// Everything that is wrong with `tree`, in the order of the checks, then of paths and lines.
pub(crate) fn problems(tree: &Tree) -> Vec<Problem> {
    let mut all = Vec::new();
    for check in catalog::CHECKS {
        let mut found = (check.run)(tree);
        found.sort_by(|a, b| (&a.path, a.line, &a.message).cmp(&(&b.path, b.line, &b.message)));
        all.append(&mut found);
    }
    all
}

/// Prints every problem of the workspace.
///
/// # Errors
/// The tree cannot be read, or at least one problem is an error.
pub(crate) fn run() -> Result<()> {
    let problems = problems(&Tree::read(crate::workspace::root())?);
    for problem in &problems {
        eprintln!("{problem}");
    }
    let n_errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let names: Vec<_> = catalog::CHECKS.iter().map(|check| check.name).collect();
    println!("tidy: {n_errors} errors, {} warnings ({})", problems.len() - n_errors, names.join(", "));
    if n_errors > 0 {
        bail!("the tree is not tidy");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let tree = Tree::read(crate::workspace::root()).unwrap();
        let errors: Vec<String> = problems(&tree)
            .into_iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.to_string())
            .collect();
        assert!(errors.is_empty(), "\n{}\n", errors.join("\n"));
    }

    #[test]
    fn a_problem_names_place_and_remedy() {
        let problem = Problem::error("a/b.rs", "is wrong".to_owned(), "mend it").at(7);
        assert_eq!(problem.to_string(), "error: a/b.rs:7: is wrong\n  hint: mend it");
    }
}
