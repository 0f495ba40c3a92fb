//! Tests run always, say what they expect, and do not wait for time to pass.
//!
//! `#[ignore]` hides a broken test, `#[should_panic]` passes for the wrong reason, and a sleep is either too short
//! on a busy machine or too long on every other. A live test that must let time pass is listed with its reason.

use crate::tidy::exceptions::{Exception, SLEEPING_TESTS};
use crate::tidy::source::{is_test_file, mask, test_lines};
use crate::tidy::{Check, Problem, Tree};

pub(super) const CHECK: Check = Check { name: "test_habits", run };

fn run(tree: &Tree) -> Vec<Problem> {
    check(tree, SLEEPING_TESTS)
}

fn check(tree: &Tree, exceptions: &[Exception]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust_files() {
        let masked = mask(text);
        let tests = test_lines(&masked);
        let in_test = |line: usize| is_test_file(path) || tests.iter().any(|range| range.contains(&line));
        let exception = exceptions.iter().find(|exception| exception.path == path);
        let mut sleeps = false;
        for (line, content) in masked.lines().enumerate().map(|(index, content)| (index + 1, content)) {
            if content.contains("#[ignore") || content.contains("#[should_panic") {
                let message = format!("`{}` in a test", content.trim());
                let hint = "skip with a printed reason, or assert on the error itself";
                problems.push(Problem::error(path, message, hint).at(line));
            }
            if content.contains("sleep(") && in_test(line) {
                sleeps = true;
                if exception.is_none() {
                    let hint = "wait for the event itself, or list the file in xtask/src/tidy/exceptions.rs";
                    problems.push(Problem::error(path, "a test sleeps".to_owned(), hint).at(line));
                }
            }
        }
        if let Some(Exception { reason, .. }) = exception.filter(|_| !sleeps) {
            let message = format!("does not sleep any more; its exception ({reason}) is stale");
            problems.push(Problem::error(path, message, "remove it from xtask/src/tidy/exceptions.rs"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str, exceptions: &[Exception]) -> Vec<String> {
        let problems = check(&Tree::of(&[(path, text)]), exceptions);
        problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.line.unwrap_or(0), problem.message))
            .collect()
    }

    #[test]
    fn fires_on_tests_that_hide() {
        let text = concat!("#[ign", "ore]\nfn a() {}\n#[should", "_panic(expected = \"x\")]\nfn b() {}\n");
        let found = messages("a.rs", text, &[]);
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("1: ") && found[1].starts_with("3: "), "{found:?}");
    }

    #[test]
    fn fires_on_sleep_in_tests_only() {
        let text = "fn a() { sleep(x) }\n#[cfg(test)]\nmod tests {\n    fn b() { sleep(x) }\n}\n";
        assert_eq!(messages("src/a.rs", text, &[]), ["4: a test sleeps"]);
        assert_eq!(messages("tests/a.rs", text, &[]).len(), 2);
        assert!(messages("tests/a.rs", "// sleep(1) is wrong\n", &[]).is_empty());
    }

    #[test]
    fn an_exception_holds_only_while_it_is_needed() {
        let exceptions = [Exception { path: "tests/a.rs", reason: "measures waiting" }];
        assert!(messages("tests/a.rs", "fn b() { sleep(x) }\n", &exceptions).is_empty());
        assert_eq!(messages("tests/a.rs", "fn b() {}\n", &exceptions).len(), 1);
    }
}
