//! Two loops, one inside the other, over the same thing; or an inner loop that compares each of a whole collection,
//! which does not depend on the outer loop, with the outer loop's element: a join by hand.
//!
//! Algorithms that need every pair (distances, matrices) look the same; a map by the compared value is what would
//! make it linear, so only equality counts for the second kind.

use crate::model::{Kind, Loop, LoopKind, Place, Source};
use crate::pattern::{Entry, Pattern, Search};
use crate::text::{mentions_any, number as text_number};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::NestedLoopsSameData, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for (number, inner) in source.loops.iter().enumerate() {
        let Some((outer_number, outer)) = outer_of(source, inner) else { continue };
        if !is_walk(inner) || !is_walk(outer) {
            continue;
        }
        let place = Place {
            lines: inner.lines,
            function: inner.function,
            loop_: Some(outer_number),
            ..Place::default()
        };
        let is_same = inner.over == outer.over && text_number(&inner.over).is_none();
        let is_join = !is_same && compares_both(source, number, inner, outer) && is_whole(source, inner);
        if is_same {
            // A grid of the same width and height is no collection.
            let is_collection = inner.kind != LoopKind::Counted || has_length(inner);
            search.hit(Pattern::NestedLoopsSameData, &place, &inner.over, is_collection);
        } else if is_join {
            search.hit(Pattern::NestedLoopsSameData, &place, &inner.over, false);
        }
    }
}

fn outer_of<'s>(source: &'s Source, inner: &Loop) -> Option<(usize, &'s Loop)> {
    let hot = source.loops_around(inner.parent).find(|(_, found)| !found.is_small)?;
    (!inner.is_small).then_some(hot)
}

/// Whether a loop goes through something that has a name.
fn is_walk(found: &Loop) -> bool {
    let is_named = !found.over.is_empty() && !matches!(found.over_kind, Kind::Number);
    found.kind != LoopKind::While
        && is_named
        && !found.over.contains('(')
        && text_number(&found.over).is_none()
}

/// Whether the bound says that it is the length of something.
fn has_length(found: &Loop) -> bool {
    ["len(", ".length", ".size()", ".len()", "strlen("].iter().any(|length| found.header.contains(length))
}

/// Whether the inner loop walks all of something that is the same for each round of the outer one.
fn is_whole(source: &Source, inner: &Loop) -> bool {
    let place = Place { loop_: inner.parent, function: inner.function, ..Place::default() };
    let varying = source.varying_names(&place);
    !mentions_any(&inner.over, &varying)
}

fn compares_both(source: &Source, number: usize, inner: &Loop, outer: &Loop) -> bool {
    let binds_both = |left: &str, right: &str| {
        mentions_any(left, &inner.binds) && mentions_any(right, &outer.binds)
            || mentions_any(right, &inner.binds) && mentions_any(left, &outer.binds)
    };
    let in_inner = |place: &Place| source.is_in_loop(place, number);
    source.comparisons.iter().any(|found| in_inner(&found.place) && binds_both(&found.left, &found.right))
        || source.calls.iter().any(|call| {
            in_inner(&call.place)
                && (call.name == "equals" && binds_both(&call.receiver, call.argument(0))
                    || call.name == "strcmp" && binds_both(call.argument(0), call.argument(1)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::NestedLoopsSameData;

    #[test]
    fn python() {
        let text = "def f(xs):\n  for i in range(len(xs)):\n    for j in range(i + 1, len(xs)):\n      g(xs[i], xs[j])\n";
        fires(P, Language::Python, text, &["3 xs"]);
        let text = "for a in users:\n  for b in orders:\n    if a.id == b.user: g()\n";
        fires(P, Language::Python, text, &["2 orders?"]);
        for text in [
            "for row in rows:\n  for cell in row:\n    g(cell)\n",
            "for a in xs:\n  for b in ys:\n    g(a, b)\n",
            "for a in range(3):\n  for b in range(3): pass\n",
            "for row in rows:\n  cells = row.split()\n  for cell in cells:\n    if cell == row: pass\n",
        ] {
            quiet(P, Language::Python, text);
        }
    }

    #[test]
    fn scripts() {
        let text =
            "for (let i = 0; i < a.length; i++) {\n for (let j = 0; j < a.length; j++) { f(a[i], a[j]); }\n}";
        fires(P, Language::JavaScript, text, &["2 a"]);
        fires(P, Language::TypeScript, "a.forEach(x => {\n a.forEach(y => { f(x, y); });\n});", &["2 a"]);
        quiet(P, Language::JavaScript, "for (const r of rows) { for (const c of r.cells) f(c); }");
    }

    #[test]
    fn compiled_languages() {
        let text = "func f(a []T) { for i := range a {\n for j := range a { g(i, j) } } }";
        fires(P, Language::Go, text, &["2 a"]);
        let text = "class A { void f() { for (int i = 0; i < a.size(); i++) {\n for (int j = i + 1; j < a.size(); j++) { g(); } } } }";
        fires(P, Language::Java, text, &["2 a"]);
        fires(
            P,
            Language::Rust,
            "fn f(a: &[T]) { for x in a.iter() {\n for y in a { g(x, y); } } }",
            &["2 a"],
        );
        let text = "void f() { for (auto& x : a) {\n for (auto& y : b) { if (x.id == y.id) g(); } } }";
        fires(P, Language::Cpp, text, &["2 b?"]);
        let text =
            "void f(int n) { for (int i = 0; i < n; i++) {\n for (int j = 0; j < n; j++) { g(i, j); } } }";
        fires(P, Language::C, text, &["2 n?"]);
        // A grid of one width and height, as a matrix has.
        let text = "fn f(n: usize) { for i in 0..n {\n for j in 0..n { g(i, j); } } }";
        fires(P, Language::Rust, text, &["2 n?"]);
        let text = "fn f(a: &[T]) { for i in 0..a.len() {\n for j in i + 1..a.len() { g(&a[i], &a[j]); } } }";
        fires(P, Language::Rust, text, &["2 a"]);
    }

    #[test]
    fn quiet_in_compiled_languages() {
        quiet(P, Language::Go, "func f(a [][]T) { for _, r := range a { for _, c := range r { g(c) } } }");
        quiet(P, Language::Rust, "fn f() { for i in 0..4 { for j in 0..4 { g(i, j); } } }");
        quiet(
            P,
            Language::Java,
            "class A { void f() { for (T x : a) { for (T y : x.all()) { g(x, y); } } } }",
        );
        quiet(P, Language::C, "void f(void) { for (int i = 0; i < n; i++) { while (*p++) g(p); } }");
        quiet(P, Language::Cpp, "void f() { for (auto& x : a) { for (auto& y : x) { g(y); } } }");
    }
}
