//! Files stay short enough to be read in one sitting; their tests do not count.

use crate::tidy::exceptions::{Exception, LONG_FILES};
use crate::tidy::source::{is_test_file, mask, test_lines};
use crate::tidy::{Check, Problem, Tree};

pub(super) const CHECK: Check = Check { name: "sizes", run };

/// Lines from which a file asks for a split (style guide, 7).
const WARN_LINES: usize = 400;
/// Lines from which it is refused.
const MAX_LINES: usize = 600;
const HINT: &str =
    "split it by what changes together, or list it with a reason in xtask/src/tidy/exceptions.rs";

fn run(tree: &Tree) -> Vec<Problem> {
    check(tree, LONG_FILES)
}

fn check(tree: &Tree, exceptions: &[Exception]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_test_file(path)) {
        let masked = mask(text);
        let n_test_lines: usize = test_lines(&masked).iter().map(ExactSizeIterator::len).sum();
        let n_lines = text.lines().count() - n_test_lines;
        let exception = exceptions.iter().find(|exception| exception.path == path);
        let message = format!("has {n_lines} lines without tests");
        if n_lines > MAX_LINES && exception.is_none() {
            problems.push(Problem::error(path, format!("{message}, more than {MAX_LINES}"), HINT));
        } else if n_lines > WARN_LINES && exception.is_none() {
            problems.push(Problem::warning(path, format!("{message}, more than {WARN_LINES}"), HINT));
        } else if let Some(Exception { reason, .. }) = exception.filter(|_| n_lines <= MAX_LINES) {
            let message = format!("{message} and no longer needs its exception ({reason})");
            problems.push(Problem::error(path, message, "remove it from xtask/src/tidy/exceptions.rs"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(n_lines: usize, exceptions: &[Exception]) -> Vec<String> {
        let text = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            "fn a() {}\n".repeat(n_lines),
            "    fn b() {}\n".repeat(MAX_LINES)
        );
        check(&Tree::of(&[("a.rs", &text)]), exceptions).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tests_do_not_count() {
        assert_eq!(messages(WARN_LINES, &[]), [] as [String; 0]);
    }

    #[test]
    fn files_of_tests_do_not_count() {
        let text = "fn a() {}\n".repeat(MAX_LINES + 1);
        assert!(
            check(&Tree::of(&[("crates/a/tests/a.rs", &text), ("crates/a/src/b/tests.rs", &text)]), &[])
                .is_empty()
        );
    }

    #[test]
    fn warns_then_fires() {
        assert!(messages(WARN_LINES + 1, &[])[0].starts_with("warning: a.rs: has 401 lines"));
        assert!(messages(MAX_LINES + 1, &[])[0].starts_with("error: a.rs: has 601 lines"));
    }

    #[test]
    fn an_exception_holds_only_while_it_is_needed() {
        let exceptions = [Exception { path: "a.rs", reason: "a table" }];
        assert_eq!(messages(MAX_LINES + 1, &exceptions), [] as [String; 0]);
        assert!(messages(MAX_LINES, &exceptions)[0].contains("no longer needs its exception (a table)"));
    }
}
