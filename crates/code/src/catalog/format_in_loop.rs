//! Text formatted in a loop; in Python only for log calls, whose message may not even be written.

use crate::language::Language;
use crate::model::{Call, Kind, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, names_for};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::FormatInLoop, find };

const FORMATS: Table = &[
    (Language::Go, &["fmt.Sprintf", "fmt.Sprint", "fmt.Sprintln", "fmt.Errorf"]),
    (Language::Java, &["String.format", "String.join", "MessageFormat.format", ".formatted"]),
    (Language::Rust, &["format!"]),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(FORMATS, source.language);
    for call in source.calls.iter().filter(|call| source.is_hot(&call.place)) {
        let is_eager = source.language == Language::Python && is_eager_log(call);
        if (call.is_any(names) || is_eager) && !leads_out(source, call) {
            search.hit(Pattern::FormatInLoop, &call.place, &call.callee, true);
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

/// What makes the message of an error runs once: the loop ends with it.
fn leads_out(source: &Source, call: &Call) -> bool {
    let inside = |first: u32, last: u32| first <= call.line && call.end_line <= last;
    call.is_returned
        || call.name == "Errorf"
        || source.throws.iter().any(|throw| inside(throw.place.lines.first, throw.place.lines.last))
        || source.handed_on.iter().any(|handed| {
            inside(handed.place.lines.first, handed.place.lines.last) && handed.value.contains(&call.callee)
        })
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
    }
}
