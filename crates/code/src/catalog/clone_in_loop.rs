//! Copies of owned values in a loop: Rust's `clone` and its relatives, and C++ loops that copy each element.
//!
//! A copy that is kept beyond its round, handed to somebody who keeps it, or changed, has to be made; as far as the
//! file tells, those are left alone.

use super::allocation_in_loop::{keeps, outlives};
use crate::language::Language;
use crate::model::{AssignOp, Call, LineSpan, Loop, LoopKind, Place, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::{is_name, mentions};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::CloneInLoop, find };

const COPIES: &[&str] = &[".clone", ".to_vec", ".to_string", ".to_owned", "String::from", ".into_owned"];

/// Methods that change what they are called on.
const CHANGES: [&str; 33] = [
    "push",
    "push_back",
    "push_str",
    "push_front",
    "emplace_back",
    "emplace",
    "insert",
    "erase",
    "remove",
    "clear",
    "resize",
    "pop",
    "pop_back",
    "pop_front",
    "append",
    "extend",
    "sort",
    "sort_by",
    "sort_unstable",
    "sort_by_key",
    "dedup",
    "retain",
    "truncate",
    "reverse",
    "swap",
    "drain",
    "iter_mut",
    "get_mut",
    "as_mut",
    "assign",
    "replace",
    "make_ascii_lowercase",
    "make_ascii_uppercase",
];

/// Algorithms of C++ that write to the range they are given.
const WRITERS: [&str; 16] = [
    "sort",
    "stable_sort",
    "partial_sort",
    "nth_element",
    "reverse",
    "rotate",
    "unique",
    "remove",
    "remove_if",
    "fill",
    "iota",
    "shuffle",
    "partition",
    "stable_partition",
    "make_heap",
    "next_permutation",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    match source.language {
        Language::Rust => {
            for call in source.calls.iter().filter(|call| source.is_hot(&call.place) && call.is_any(COPIES)) {
                if !is_cheap(source, call) && !leads_out(source, call) && !is_needed(source, call) {
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

/// Whether somebody keeps the copy, or changes it.
pub(super) fn is_needed(source: &Source, call: &Call) -> bool {
    let text = format!("{}(", call.callee);
    let is_around = |other: &&Call| {
        other.function == call.function
            && other.line <= call.line
            && call.end_line <= other.end_line
            && other.arguments.iter().any(|argument| argument.contains(&text))
    };
    // A map's `entry` takes a key and drops it where it has one already.
    let is_kept_by = |other: &Call| {
        let wraps = matches!(other.name.as_str(), "Ok" | "new" | "push_back" | "collect");
        (keeps(&other.name) || wraps) && other.name != "entry" || other.is_spawned
    };
    let is_here = |place: &Place| {
        place.function == call.function && place.lines.first <= call.line && call.end_line <= place.lines.last
    };
    // `let copy = x.clone()`, or a literal of a struct with it.
    let holders = source.assigns.iter().filter(|assign| {
        let bare = assign.value.trim_start_matches(['&', '*']);
        let literal =
            assign.value.find('{').zip(assign.value.find(&text)).is_some_and(|(open, at)| open < at);
        is_here(&assign.place) && assign.op == AssignOp::Set && (bare.starts_with(&text) || literal)
    });
    call.is_returned
        || source.calls.iter().filter(is_around).any(is_kept_by)
        || source.handed_on.iter().any(|handed| is_here(&handed.place) && handed.value.contains(&text))
        || holders.into_iter().any(|holder| {
            let name = holder.target.as_str();
            !is_name(name) || outlives(source, call, name) || is_changed(source, call.function, name)
        })
}

/// Whether the copy of this name is written to, moved on, or lent to somebody who may write to it.
pub(super) fn is_changed(source: &Source, function: Option<usize>, name: &str) -> bool {
    let is_part = |text: &str| {
        let rest = text.trim_start_matches(['*', '(']).strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '-']))
    };
    let is_written = source
        .assigns
        .iter()
        .any(|assign| assign.place.function == function && is_part(&assign.target) && !assign.is_declaration);
    let is_called = source.calls.iter().filter(|call| call.function == function).any(|call| {
        let changes = CHANGES.contains(&call.name.as_str()) && is_part(&call.receiver);
        let lent = call.arguments.iter().enumerate().any(|(at, argument)| {
            let by_pointer = argument.strip_prefix("&mut ").is_some_and(is_part);
            let is_range =
                argument.ends_with("begin()") && is_part(argument) && WRITERS.contains(&call.name.as_str());
            by_pointer || is_range || is_part(argument) && takes_reference(source, &call.name, at)
        });
        changes || lent || call.name == "move" && is_part(call.argument(0))
    });
    // `for (char &c : copy.text)`.
    let is_walked = source.loops.iter().any(|inner| {
        inner.function == function
            && is_part(&inner.over)
            && inner.header.contains('&')
            && !inner.header.contains("const")
            && source.language == Language::Cpp
    });
    is_written || is_called || is_walked
}

/// Whether a function of this file takes a parameter by a reference that it may write through.
fn takes_reference(source: &Source, name: &str, at: usize) -> bool {
    source.language == Language::Cpp
        && source.functions.iter().any(|function| {
            let text = function.parameters.get(at).map_or("", |parameter| parameter.text.as_str());
            crate::text::last_part(&function.name) == name && text.contains('&') && !text.contains("const")
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
        if found.binds.iter().any(|name| is_element_needed(source, found, name)) {
            continue;
        }
        // The copy is made where the loop begins.
        let lines = LineSpan { first: found.header_line, last: found.header_line };
        let place = Place { lines, function: found.function, loop_: found.parent, ..Place::default() };
        // `auto` may be a number.
        search.hit(Pattern::CloneInLoop, &place, &found.over, !declared.contains("auto"));
    }
}

/// Whether a loop's own copy of an element is changed, or put somewhere by `move`.
fn is_element_needed(source: &Source, found: &Loop, name: &str) -> bool {
    let is_inside = |line: u32| found.lines.contains(line);
    let is_moved = source
        .calls
        .iter()
        .any(|call| is_inside(call.line) && call.name == "move" && mentions(call.argument(0), name));
    is_moved || is_changed(source, found.function, name)
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
    fn copies_that_are_kept_or_changed_have_to_be_made() {
        for text in [
            "fn f() { for x in xs { out.push(x.clone()); } }",
            "fn f() { for x in xs { out.push(Row { name: x.name.clone() }); } }",
            "fn f() { for x in xs { let row = Row { name: x.name.clone() }; out.push(row); } }",
            "fn f() { for x in xs { let c = x.clone(); out.push(c); } }",
            "fn f() { for x in xs { let mut c = x.clone(); c.sort(); g(&c); } }",
            "fn f() { for x in xs { let mut c = x.clone(); c.n = 3; g(&c); } }",
            "fn f() { for x in xs { let mut c = x.clone(); change(&mut c); } }",
            "fn f() { for x in xs { self.last = x.clone(); } }",
            "fn f() { let names: Vec<String> = xs.iter().map(|x| x.name.clone()).collect(); }",
        ] {
            quiet(P, Language::Rust, text);
        }
        for text in [
            "fn f() { for x in xs { total += price(x.clone()); } }",
            "fn f() { for x in xs { let c = x.clone(); total += c.len(); } }",
            "fn f() { for x in xs { *counts.entry(x.clone()).or_insert(0) += 1; } }",
        ] {
            fires(P, Language::Rust, text, &["1 x.clone?"]);
        }
        for text in [
            "void f() { for (auto x : xs) { x.n = 1; g(x); } }",
            "void f() { for (auto x : xs) { out.push_back(std::move(x)); } }",
            "void f() { for (auto x : xs) { for (char &c : x.text) c |= 32; g(x); } }",
            "void f() { for (auto x : xs) { std::sort(x.begin(), x.end()); g(x); } }",
            "void h(T &x) { x.n = 1; }\nvoid f() { for (auto x : xs) { h(x); } }",
        ] {
            quiet(P, Language::Cpp, text);
        }
    }

    #[test]
    fn cpp() {
        fires(P, Language::Cpp, "void f() { for (auto x : xs) { g(x); } }", &["1 xs?"]);
        fires(P, Language::Cpp, "void f() { for (std::string x : xs) { g(x); } }", &["1 xs"]);
        quiet(P, Language::Cpp, "void f() { for (const auto& x : xs) { g(x); } for (int x : ys) { g(x); } }");
    }
}
