//! Copies of owned values in a loop: Rust's `clone` and its relatives, and C++ loops that copy each element.

use crate::language::Language;
use crate::model::{Call, LoopKind, Place, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::CloneInLoop, find };

const COPIES: &[&str] = &[".clone", ".to_vec", ".to_string", ".to_owned", "String::from", ".into_owned"];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    match source.language {
        Language::Rust => {
            for call in source.calls.iter().filter(|call| source.is_hot(&call.place) && call.is_any(COPIES)) {
                if !is_cheap(source, call) && !leads_out(source, call) {
                    search.hit(Pattern::CloneInLoop, &call.place, &call.callee, call.name != "clone");
                }
            }
        }
        Language::Cpp => elements_by_value(search),
        _ => {}
    }
}

/// A counted pointer or a number is copied in no time.
fn is_cheap(source: &Source, call: &Call) -> bool {
    let receiver = call.receiver.to_lowercase();
    let is_shared = ["arc", "rc", "sender", "tx", "handle", "waker"]
        .iter()
        .any(|word| receiver.split(['.', '_', ':']).any(|part| part == *word));
    is_shared || matches!(source.shape(&call.receiver, &call.place), Some(Shape::Number))
}

/// What makes the message of an error runs once.
fn leads_out(source: &Source, call: &Call) -> bool {
    source.calls.iter().any(|other| {
        matches!(other.name.as_str(), "Err" | "panic!" | "bail!" | "map_err" | "ok_or_else" | "ok_or")
            && other.line <= call.line
            && call.end_line <= other.end_line
    })
}

/// `for (auto x : xs)`.
fn elements_by_value(search: &mut Search<'_>) {
    let source = search.source;
    for found in source.loops.iter().filter(|found| found.kind == LoopKind::Each && !found.is_small) {
        let head = found.header.split(':').next().unwrap_or("");
        let head = found.header.rsplit_once(" : ").map_or(head, |(head, _)| head);
        let declared = head.split('(').next_back().unwrap_or(head).trim();
        let is_class = declared.starts_with("auto ")
            || declared.starts_with("const auto ")
            || declared.contains("std::string ")
            || declared.contains("std::vector<");
        if !is_class || declared.contains(['&', '*']) || found.binds.is_empty() {
            continue;
        }
        let place =
            Place { lines: found.lines, function: found.function, loop_: found.parent, ..Place::default() };
        // `auto` may be a number.
        search.hit(Pattern::CloneInLoop, &place, &found.over, !declared.contains("auto"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::CloneInLoop;

    #[test]
    fn rust() {
        let text = "fn f(xs: &[T]) { for x in xs {\n let a = x.name.clone();\n let b = \"a\".to_string();\n println!(\"{}\", x.clone()); } }";
        fires(P, Language::Rust, text, &["2 x.name.clone?", "3 \"a\".to_string", "4 x.clone?"]);
        for text in [
            "fn f() { let a = x.clone(); }",
            "fn f() { for x in xs { let a = Arc::clone(&x); let tx = tx.clone(); } }",
            "fn f() -> R { for x in xs { return Err(x.to_string()); } }",
        ] {
            quiet(P, Language::Rust, text);
        }
    }

    #[test]
    fn cpp() {
        fires(P, Language::Cpp, "void f() { for (auto x : xs) { g(x); } }", &["1 xs?"]);
        fires(P, Language::Cpp, "void f() { for (std::string x : xs) { g(x); } }", &["1 xs"]);
        quiet(P, Language::Cpp, "void f() { for (const auto& x : xs) { g(x); } for (int x : ys) { g(x); } }");
    }
}
