//! Text formatted in a loop, or in a function that a loop calls; in Python only for log calls, whose message may not
//! even be written, and in C++ with a stream that is made for each text.

use crate::language::Language;
use crate::model::{Call, Kind, Source};
use crate::pattern::{Entry, Often, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::FormatInLoop, find };

const FORMATS: Table = &[
    (Language::Cpp, &["ostringstream", "stringstream"]),
    (Language::Go, &["fmt.Sprintf", "fmt.Sprint", "fmt.Sprintln", "fmt.Errorf"]),
    (Language::Java, &["String.format", "String.join", "MessageFormat.format", ".formatted"]),
    (Language::Rust, &["format!"]),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(FORMATS, source.language);
    for call in &source.calls {
        let often = search.often(&call.place);
        let is_eager = source.language == Language::Python && is_eager_log(call) && often == Often::Loop;
        if often == Often::No || !(call.is_any(names) || is_eager) || is_of_error(source, call) {
            continue;
        }
        // What a loop returns ends it; what a function returns is what the loop around its call gets.
        if often == Often::CalledInLoop || !leaves_loop(source, call) {
            search.hit(Pattern::FormatInLoop, &call.place, &call.callee, often == Often::Loop);
        }
    }
}

/// A log call whose message is made before anybody knows whether it is written.
fn is_eager_log(call: &Call) -> bool {
    let last = call.receiver.rsplit('.').next().unwrap_or("").trim_start_matches('_').to_lowercase();
    matches!(call.name.as_str(), "debug" | "info")
        && (last.ends_with("logger") || last == "log" || last == "logging")
        && matches!(call.argument_kinds.first(), Some(Kind::Format | Kind::Concat))
}

/// Whether the text is given back, so that the loop ends with it.
fn leaves_loop(source: &Source, call: &Call) -> bool {
    call.is_returned
        || source.handed_on.iter().any(|handed| {
            handed.place.lines.first <= call.line
                && call.end_line <= handed.place.lines.last
                && handed.value.contains(&call.callee)
        })
}

/// What makes the message of an error is run once.
fn is_of_error(source: &Source, call: &Call) -> bool {
    let inside = |first: u32, last: u32| first <= call.line && call.end_line <= last;
    call.name == "Errorf"
        || source.throws.iter().any(|throw| inside(throw.place.lines.first, throw.place.lines.last))
        || source.calls.iter().any(|other| {
            matches!(
                other.name.as_str(),
                "panic!" | "Err" | "bail!" | "Fatal" | "Fatalf" | "panic" | "map_err" | "ok_or_else"
            ) && inside(other.line, other.end_line)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::FormatInLoop;

    #[test]
    fn each_language() {
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs { s := fmt.Sprintf(\"%d\", x) } }",
            &["1 fmt.Sprintf"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { g(String.format(\"%d\", x)); } } }",
            &["1 String.format"],
        );
        fires(P, Language::Rust, "fn f() { for x in xs { g(&format!(\"{x}\")); } }", &["1 format!"]);
        fires(P, Language::Python, "for x in xs:\n  log.debug(f'a {x}')\n", &["2 log.debug"]);
        let text = "void f() {\n for (auto& x : xs) {\n  std::ostringstream out;\n  out << x;\n } }";
        fires(P, Language::Cpp, text, &["3 std::ostringstream"]);
    }

    #[test]
    fn in_a_function_that_a_loop_calls() {
        let text = "func key(x T) string {\n return fmt.Sprintf(\"%d\", x) }\nfunc f(xs []T) { for _, x := range xs { g(key(x)) } }";
        fires(P, Language::Go, text, &["2 fmt.Sprintf?"]);
        quiet(
            P,
            Language::Go,
            "func key(x T) string { return fmt.Sprintf(\"%d\", x) }\nfunc f(x T) { g(key(x)) }",
        );
    }

    #[test]
    fn quiet_for_errors_and_lazy_logs() {
        quiet(
            P,
            Language::Go,
            "func f(xs []T) error { for _, x := range xs { return fmt.Errorf(\"%d\", x) } }",
        );
        quiet(P, Language::Rust, "fn f() -> R { for x in xs { return Err(format!(\"{x}\")); } }");
        quiet(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { throw new E(String.format(\"%d\", x)); } } }",
        );
        quiet(P, Language::Python, "for x in xs:\n  log.debug('a %s', x)\n  y = f'{x}'\n");
        quiet(P, Language::Cpp, "void f() { std::ostringstream out; for (auto& x : xs) { out << x; } }");
    }
}
