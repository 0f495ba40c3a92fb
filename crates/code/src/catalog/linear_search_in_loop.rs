//! A search from the first element on, in a loop: the loop's work grows with the product of two lengths.
//!
//! Sets, maps and strings are not lists; where the file does not tell what is searched, the hit is not certain. The
//! search inside a function that the same file calls in a loop counts as well, without certainty.

use crate::language::Language;
use crate::model::{Call, Kind, Place, Shape, Source};
use crate::pattern::{Entry, Often, Pattern, Search};
use crate::text::{mentions_any, one_line, walked, words};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::LinearSearchInLoop, find };

/// Methods that only lists (or strings) have, or that other containers have as well.
const METHODS: &[(Language, &[&str])] = &[
    (Language::Cpp, &[]),
    (Language::Java, &["contains", "indexOf", "lastIndexOf"]),
    (
        Language::JavaScript,
        &["indexOf", "lastIndexOf", "includes", "find", "findIndex", "findLast", "findLastIndex", "some"],
    ),
    (Language::Python, &["index", "count", "remove"]),
    (Language::Rust, &["contains", "position", "any", "find"]),
];

/// Functions that search their first argument.
const FUNCTIONS: &[&str] = &[
    "slices.Contains",
    "slices.Index",
    "slices.IndexFunc",
    "slices.ContainsFunc",
    "find",
    "find_if",
    "count",
    "any_of",
    "ranges::find",
    "ranges::contains",
    "ranges::find_if",
    "lfind",
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for member in &source.memberships {
        let literal_is_short = matches!(member.kind, Kind::List(_) | Kind::Set(_) | Kind::Map(_));
        // What is made in the round is searched in it alone.
        if literal_is_short || !is_name_like(&member.haystack) {
            continue;
        }
        report(search, &member.place, &member.haystack, member.kind);
    }
    for call in &source.calls {
        if let Some(haystack) = searched(source, call) {
            report(search, &call.place, &haystack, Kind::Other);
        }
    }
    scans_by_comparison(search);
}

/// What a call searches, if it is a search.
fn searched(source: &Source, call: &Call) -> Option<String> {
    let language = if source.language.is_script() { Language::JavaScript } else { source.language };
    let in_table = METHODS.iter().find(|(of, _)| *of == language).map_or(&[] as &[&str], |(_, names)| names);
    if in_table.contains(&call.name.as_str()) && !call.receiver.is_empty() {
        // One argument: a search for it; `any`, `find` and the like take a closure.
        if call.arguments.len() != 1 && !(language == Language::JavaScript && call.arguments.len() == 2) {
            return None;
        }
        let takes_closure = matches!(
            call.name.as_str(),
            "any" | "find" | "position" | "some" | "findIndex" | "findLast" | "findLastIndex"
        );
        let is_closure = call.argument_kinds.first() == Some(&Kind::Closure);
        if language == Language::Rust && takes_closure && !call.receiver.ends_with(".iter()") {
            return None;
        }
        if language == Language::JavaScript && takes_closure && !is_closure {
            return None;
        }
        let haystack = walked(call.object());
        return is_name_like(&haystack).then_some(haystack);
    }
    if call.is_any(FUNCTIONS) && matches!(source.language, Language::Go | Language::Cpp | Language::C) {
        let first = call.argument(0);
        let is_iterator = first.ends_with("begin()");
        if source.language == Language::Cpp && !is_iterator && !call.path.starts_with("ranges") {
            return None;
        }
        return Some(walked(first)).filter(|haystack| is_name_like(haystack));
    }
    None
}

fn report(search: &mut Search<'_>, place: &Place, haystack: &str, kind: Kind) {
    let source = search.source;
    let often = search.often(place);
    if often == Often::No {
        return;
    }
    let shape = search.shape_of(haystack, kind, place);
    let is_list = match shape {
        Some(Shape::List | Shape::Deque) => true,
        Some(_) => return,
        None => false,
    };
    if is_innocent(source, place, haystack) {
        return;
    }
    search.hit(Pattern::LinearSearchInLoop, place, haystack, is_list && often == Often::Loop);
}

/// What is searched belongs to the round alone: it is bound by a loop, or made in one.
fn is_innocent(source: &Source, place: &Place, haystack: &str) -> bool {
    let bound = source.loop_names(place);
    if mentions_any(haystack, &bound)
        || words(haystack).next().is_some_and(|word| bound.iter().any(|name| name == word))
    {
        return true;
    }
    let short = ["str", "text", "line", "name", "path", "url", "string", "message", "key", "word", "s"];
    let last = haystack.rsplit(['.', ':']).next().unwrap_or(haystack);
    // Called as strings are called, and nothing says that it is a list.
    if source.shape(haystack, place).is_none() && short.contains(&last) {
        return true;
    }
    // An upper-case name is a constant, which is short as a rule.
    if last.len() > 1 && last.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()) {
        return true;
    }
    let innermost = source.hot_loops(place).next().map(|(number, _)| number);
    let made = source.last_assign(haystack, place);
    made.is_some_and(|assign| {
        let is_made_in_round = innermost.is_some_and(|number| source.is_in_loop(&assign.place, number));
        let is_short = matches!(assign.kind, Kind::List(n) if n > 0 && !grows(source, haystack));
        is_made_in_round || is_short
    })
}

fn grows(source: &Source, name: &str) -> bool {
    let grow = ["append", "push", "push_back", "add", "extend", "insert", "unshift", "emplace_back"];
    source.calls.iter().any(|call| call.receiver == name && grow.contains(&call.name.as_str()))
}

fn is_name_like(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_$.:>-&*".contains(c))
}

/// C has no library for it: an inner loop that compares its element and stops.
fn scans_by_comparison(search: &mut Search<'_>) {
    let source = search.source;
    if !matches!(source.language, Language::C | Language::Go) {
        return;
    }
    for call in
        source.calls.iter().filter(|call| matches!(call.path.as_str(), "strcmp" | "memcmp" | "strncmp"))
    {
        let mut around = source.hot_loops(&call.place);
        let (Some((_, inner)), Some(_)) = (around.next(), around.next()) else { continue };
        let mentions_counter = call.arguments.iter().any(|argument| mentions_any(argument, &inner.binds));
        if inner.has_break && mentions_counter {
            let over = one_line(&inner.over);
            search.hit(Pattern::LinearSearchInLoop, &call.place, &over, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::LinearSearchInLoop;

    #[test]
    fn fires_on_python_lists() {
        let text = "def f(xs):\n    seen = []\n    for x in xs:\n        if x not in seen:\n            seen.append(x)\n";
        fires(P, Language::Python, text, &["4 seen"]);
        fires(
            P,
            Language::Python,
            "def f(xs, other):\n  for x in xs:\n    if x in other: pass\n",
            &["3 other?"],
        );
        fires(
            P,
            Language::Python,
            "def f(xs, ys: list[int]):\n  return [x for x in xs if x in ys]\n",
            &["2 ys"],
        );
        let text = "def g(x, xs: list):\n  return xs.index(x)\ndef f(xs):\n  for x in xs:\n    g(x, xs)\n";
        fires(P, Language::Python, text, &["2 xs?"]);
    }

    #[test]
    fn quiet_on_python_sets_maps_strings_and_short_lists() {
        for text in [
            "def f(xs):\n  seen = set()\n  for x in xs:\n    if x in seen: pass\n",
            "def f(xs, m: dict):\n  for x in xs:\n    if x in m: pass\n",
            "def f(xs):\n  for x in xs:\n    if x in (1, 2, 3): pass\n",
            "def f(xs):\n  for x in xs:\n    if 'a' in x: pass\n",
            "OPS = ['+', '-']\ndef f(xs):\n  for x in xs:\n    if x in OPS: pass\n",
            "def f(x, ys: list):\n  return x in ys\n",
            "def f(ys: list):\n  for x in range(3):\n    if x in ys: pass\n",
            "def f(xs):\n  for x in xs:\n    parts = x.split()\n    if 'a' in parts: pass\n",
            "def test_f(xs, ys: list):\n  for x in xs:\n    assert x in ys\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts() {
        let text = "function f(a) {\n  const out = [];\n  for (const x of a) {\n    if (!out.includes(x)) out.push(x);\n  }\n}";
        fires(P, Language::JavaScript, text, &["4 out"]);
        fires(
            P,
            Language::TypeScript,
            "const f = (a: X[], b: Y[]) => a.map(x => b.find(y => y.id === x.id));",
            &["1 b"],
        );
        for text in [
            "function f(a) { const s = new Set(); for (const x of a) { s.has(x); } }",
            "function f(a, b) { return b.indexOf(a); }",
            "function f(lines) { for (const line of lines) { if (line.includes('x')) g(); } }",
        ] {
            quiet(P, Language::JavaScript, text);
        }
    }

    #[test]
    fn compiled_languages() {
        let text = "func f(xs []string, ys []string) { for _, x := range xs {\n slices.Contains(ys, x) } }";
        fires(P, Language::Go, text, &["2 ys"]);
        let text = "class A { List<T> all = new ArrayList<>(); void f(List<T> xs) { for (T x : xs) {\n all.contains(x); } } }";
        fires(P, Language::Java, text, &["2 all"]);
        let text = "fn f(xs: &[T], ys: &Vec<T>) { for x in xs {\n if ys.contains(x) || ys.iter().any(|y| y == x) {} } }";
        fires(P, Language::Rust, text, &["2 ys"]);
        let text = "void f(std::vector<int>& xs, std::vector<int>& ys) { for (auto& x : xs) {\n std::find(ys.begin(), ys.end(), x); } }";
        fires(P, Language::Cpp, text, &["2 ys"]);
        let text = "int f(char **a, char **b) { for (int i = 0; i < n; i++) { for (int j = 0; j < m; j++) {\n if (!strcmp(a[i], b[j])) break; } } }";
        fires(P, Language::C, text, &["2 m?"]);
    }

    #[test]
    fn quiet_in_compiled_languages() {
        let text = "class A { void f(Set<T> s, Map<T, T> m) { for (T x : xs) { s.contains(x); m.containsKey(x); } } }";
        quiet(P, Language::Java, text);
        quiet(
            P,
            Language::Rust,
            "fn f(s: &HashSet<T>, t: &str) { for x in xs { s.contains(x); t.contains(x); } }",
        );
        quiet(P, Language::Rust, "fn f(s: &[T]) -> bool { s.contains(x) }");
        quiet(P, Language::Go, "func f() { slices.Contains(ys, x) }");
        quiet(P, Language::Cpp, "void f(std::set<int>& s) { for (auto& x : xs) { s.find(x); s.count(x); } }");
    }
}
