//! `unsafe` lives in `sys` and `preload` only, and each use says why it is sound.
//!
//! The lints of the workspace say the same; this check also reaches what is not a member of it, and a crate that
//! allows itself the lint away.

use crate::tidy::source::{lines_with_word, mask};
use crate::tidy::{Check, Problem, Tree};

pub(super) const CHECK: Check = Check { name: "unsafe_code", run };

/// Where `unsafe` may be written. `truth/` holds programs to be measured, which are linked into nothing.
const ALLOWED: [&str; 3] = ["crates/sys/", "preload/", "truth/"];

fn run(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.rust_files() {
        let masked = mask(text);
        let allowed = ALLOWED.iter().any(|folder| path.starts_with(folder));
        for line in lines_with_word(&masked, "unsafe") {
            if !allowed {
                let message = "`unsafe` outside crates/sys and preload".to_owned();
                let hint = "give crates/sys a safe function for it";
                problems.push(Problem::error(path, message, hint).at(line));
            } else if needs_comment(&masked, line) && !has_comment(text, &masked, line) {
                let message = "`unsafe` without a SAFETY comment".to_owned();
                let hint = "write `// SAFETY: the invariant, and who upholds it` above it";
                problems.push(Problem::error(path, message, hint).at(line));
            }
        }
        for (line, content) in masked.lines().enumerate().map(|(index, content)| (index + 1, content)) {
            if !allowed
                && ["allow(unsafe_code", "expect(unsafe_code"].iter().any(|lint| content.contains(lint))
            {
                let message = "allows itself `unsafe_code`".to_owned();
                problems.push(Problem::error(path, message, "leave the lints of the workspace on").at(line));
            }
        }
    }
    problems
}

/// Blocks and impls; an `unsafe fn` has a `# Safety` section, an attribute or a type says nothing by itself.
fn needs_comment(masked: &str, line: usize) -> bool {
    let content = masked.lines().nth(line - 1).unwrap_or("");
    content.match_indices("unsafe").any(|(at, _)| {
        let rest = content[at + "unsafe".len()..].trim_start();
        rest.starts_with('{') || rest.starts_with("impl") || rest.is_empty()
    })
}

/// A `SAFETY:` on the line itself, or above it within the same statement and its comments.
fn has_comment(text: &str, masked: &str, line: usize) -> bool {
    let (lines, code): (Vec<_>, Vec<_>) = (text.lines().collect(), masked.lines().collect());
    if lines[line - 1].contains("SAFETY:") {
        return true;
    }
    for index in (0..line - 1).rev() {
        if lines[index].contains("SAFETY:") {
            return true;
        }
        let statement_ended = code[index].trim_end().ends_with([';', '{', '}']);
        if statement_ended || lines[index].trim().is_empty() {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        let problems = run(&Tree::of(&[(path, text)]));
        problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.line.unwrap_or(0), problem.message))
            .collect()
    }

    #[test]
    fn fires_outside_its_folders() {
        let text = "// unsafe in words\n#![allow(unsafe_code)]\nfn a() { unsafe { b() } }\n";
        assert_eq!(
            messages("crates/cli/src/a.rs", text),
            ["3: `unsafe` outside crates/sys and preload", "2: allows itself `unsafe_code`"]
        );
    }

    #[test]
    fn fires_without_a_reason() {
        let text = "fn a() {\n    // SAFETY: of another.\n    b();\n    unsafe { c() };\n}\nunsafe impl Send for A {}\n";
        assert_eq!(
            messages("crates/sys/src/a.rs", text),
            ["4: `unsafe` without a SAFETY comment", "6: `unsafe` without a SAFETY comment"]
        );
    }

    #[test]
    fn quiet_with_a_reason() {
        let text = "fn a() {\n    // SAFETY: x is alive,\n    // and so is y.\n    let b =\n        unsafe { c() };\n    d(unsafe { e() }); // SAFETY: same.\n}\n\
                    /// # Safety\n/// Yes.\npub unsafe fn f() {}\n#[unsafe(no_mangle)]\nextern \"C\" fn g() {}\n";
        assert_eq!(messages("preload/src/a.rs", text), [] as [String; 0]);
    }
}
