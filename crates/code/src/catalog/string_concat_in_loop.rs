//! A string that is copied in each round to be made longer: the loop takes the square of the result's length.
//!
//! JavaScript's engines build such strings as ropes, and CPython's may grow one in place while nothing else holds it:
//! there the hit is not certain.

use crate::language::Language;
use crate::model::{Assign, AssignOp, Kind, Shape, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::mentions;

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::StringConcatInLoop, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for assign in &source.assigns {
        if !source.is_hot(&assign.place) || !is_carried(source, assign) {
            continue;
        }
        if let Some(is_certain) = is_copy(source, assign) {
            search.hit(Pattern::StringConcatInLoop, &assign.place, &assign.target, is_certain);
        }
    }
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let is_script_copy = source.language.is_script() && call.path == "Buffer.concat";
        let is_c_copy = matches!(call.path.as_str(), "strcat" | "strncat") && source.language.is_c_family();
        let target = call.assigned.as_deref();
        let grows_target = target.is_some_and(|target| mentions(&call.arguments.join(","), target));
        if is_c_copy {
            search.hit(Pattern::StringConcatInLoop, &call.place, call.argument(0), true);
        } else if is_script_copy && grows_target {
            search.hit(Pattern::StringConcatInLoop, &call.place, target.unwrap_or_default(), true);
        }
    }
}

/// Whether the string lives longer than the round: one that is made in the round grows a little and is dropped.
fn is_carried(source: &Source, assign: &Assign) -> bool {
    let Some((innermost, _)) = source.hot_loops(&assign.place).next() else { return false };
    let mut made = source.assigns.iter().filter(|other| {
        other.target == assign.target && other.place.function == assign.place.function && !is_growth(other)
    });
    !made.any(|other| source.is_in_loop(&other.place, innermost))
}

fn is_growth(assign: &Assign) -> bool {
    let by_format =
        || assign.value.starts_with("format!") && mentions_in_format(&assign.value, &assign.target);
    assign.op == AssignOp::Add || assign.op == AssignOp::Set && (grown_by(assign).is_some() || by_format())
}

/// What is put behind (or before) the old value: `s = s + x`, `s = format!("{s}{x}")`.
fn grown_by(assign: &Assign) -> Option<&str> {
    let rest = assign.value.strip_prefix(assign.target.as_str())?.trim_start();
    rest.strip_prefix('+').filter(|rest| !rest.starts_with('+')).map(str::trim)
}

/// Whether the assignment copies a string, and whether that is certain; nothing if it does not.
fn is_copy(source: &Source, assign: &Assign) -> Option<bool> {
    let shape = source.shape(&assign.target, &assign.place);
    let value_is_text = matches!(assign.kind, Kind::Text | Kind::Format | Kind::Concat | Kind::Bytes);
    let is_text = match shape {
        Some(Shape::Text | Shape::Bytes) => true,
        Some(_) => return None,
        None => value_is_text,
    };
    if !is_text {
        return None;
    }
    match source.language {
        Language::JavaScript | Language::TypeScript | Language::C => None,
        Language::Python => {
            is_growth(assign).then_some(shape == Some(Shape::Bytes) || assign.kind == Kind::Bytes)
        }
        Language::Java | Language::Go => is_growth(assign).then_some(shape.is_some()),
        // `+=` appends in place.
        Language::Cpp => {
            (assign.op == AssignOp::Set && grown_by(assign).is_some()).then_some(shape.is_some())
        }
        Language::Rust => {
            let is_format =
                assign.value.starts_with("format!") && mentions_in_format(&assign.value, &assign.target);
            // `s + &x` takes `s` along; only a clone or a format copies it.
            let is_clone = assign.value.starts_with(&format!("{}.clone() +", assign.target));
            (assign.op == AssignOp::Set && (is_format || is_clone)).then_some(true)
        }
    }
}

fn mentions_in_format(value: &str, target: &str) -> bool {
    mentions(value, target) || value.contains(&format!("{{{target}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::StringConcatInLoop;

    #[test]
    fn python() {
        fires(P, Language::Python, "s = ''\nfor x in xs:\n  s += x\n", &["3 s?"]);
        fires(P, Language::Python, "def f(xs):\n  s = b''\n  for x in xs:\n    s = s + x\n", &["4 s"]);
        for text in [
            "n = 0\nfor x in xs:\n  n += x\n",
            "for x in xs:\n  s = ''\n  s += x\n",
            "s = ''\nfor x in (1, 2):\n  s += x\n",
            "b = bytearray()\nfor x in xs:\n  b += x\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts_copy_buffers_only() {
        fires(
            P,
            Language::JavaScript,
            "let b = x; for (const c of cs) { b = Buffer.concat([b, c]); }",
            &["1 b"],
        );
        quiet(P, Language::JavaScript, "let s = ''; for (const c of cs) { s += c; }");
        quiet(P, Language::TypeScript, "const b = Buffer.concat(cs);");
    }

    #[test]
    fn compiled_languages() {
        let text = "class A { void f() { String s = \"\"; for (T x : xs) {\n s += x;\n s = s + x; } } }";
        fires(P, Language::Java, text, &["2 s", "3 s"]);
        fires(
            P,
            Language::Go,
            "func f(xs []string) { s := \"\"; for _, x := range xs {\n s += x } }",
            &["2 s"],
        );
        let text = "void f() { std::string s; for (auto& x : xs) {\n s = s + x; } }";
        fires(P, Language::Cpp, text, &["2 s"]);
        let text = "fn f() { let mut s = String::new(); for x in xs {\n s = format!(\"{s}{x}\"); } }";
        fires(P, Language::Rust, text, &["2 s"]);
        fires(P, Language::C, "void f(char *d) { while (n--) strcat(d, s); }", &["1 d"]);
    }

    #[test]
    fn quiet_in_compiled_languages() {
        quiet(
            P,
            Language::Java,
            "class A { void f() { StringBuilder s = g(); int n = 0; for (T x : xs) { s.append(x); n += 1; } } }",
        );
        quiet(P, Language::Go, "func f(xs []int) { n := 0; for _, x := range xs { n += x } }");
        quiet(P, Language::Cpp, "void f() { std::string s; for (auto& x : xs) { s += x; } }");
        quiet(
            P,
            Language::Rust,
            "fn f() { let mut s = String::new(); for x in xs { s += x; let t = format!(\"{x}\"); } }",
        );
        quiet(P, Language::C, "void f(char *d) { strcat(d, s); }");
    }
}
