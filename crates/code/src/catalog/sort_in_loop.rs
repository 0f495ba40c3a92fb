//! Sorting in a loop; or sorting, anywhere, to take the first or the last element only; or sorting, in a function that
//! a loop calls, a list that the function adds to and that outlives the call.

use crate::language::Language;
use crate::model::{Call, Source};
use crate::pattern::{Entry, Often, Pattern, Search};
use crate::tables::{Table, names_for};
use crate::text::{mentions, mentions_any, walked};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::SortInLoop, find };

const SORTS: Table = &[
    (Language::C, &["qsort"]),
    (Language::Cpp, &["sort", "stable_sort", "ranges::sort"]),
    (
        Language::Go,
        &[
            "sort.Slice",
            "sort.Sort",
            "sort.Strings",
            "sort.Ints",
            "sort.SliceStable",
            "slices.Sort",
            "slices.SortFunc",
        ],
    ),
    (Language::Java, &["Collections.sort", "Arrays.sort", ".sort", ".sorted"]),
    (Language::JavaScript, &[".sort", ".toSorted"]),
    (Language::Python, &["sorted", ".sort", ".sort_values", "numpy.sort"]),
    (
        Language::Rust,
        &[
            ".sort",
            ".sort_by",
            ".sort_by_key",
            ".sort_unstable",
            ".sort_unstable_by",
            ".sort_unstable_by_key",
        ],
    ),
];

fn find(search: &mut Search<'_>) {
    let source = search.source;
    let names = names_for(SORTS, source.language);
    for call in source.calls.iter().filter(|call| call.is_any(names)) {
        if source.is_hot(&call.place) {
            let sorted = sorted_thing(call);
            // The round's own list is sorted once; the same list again and again is what hurts.
            let is_own = mentions_any(&sorted, &source.loop_names(&call.place))
                || is_made_in_round(source, call, &sorted);
            search.hit(Pattern::SortInLoop, &call.place, &call.callee, !is_own);
        } else if takes_one(source, call)
            || search.often(&call.place) == Often::CalledInLoop && grows_here(source, call)
        {
            search.hit(Pattern::SortInLoop, &call.place, &call.callee, true);
        }
    }
}

/// Whether the function adds to, or takes from, the list that it sorts, and the list is not its own.
fn grows_here(source: &Source, call: &Call) -> bool {
    const CHANGES: [&str; 10] =
        ["append", "push", "add", "push_back", "emplace_back", "insert", "extend", "pop", "remove", "shift"];
    let sorted = sorted_thing(call);
    let is_field = ["self.", "this.", "this->"].iter().any(|owner| sorted.starts_with(owner));
    let is_local = source
        .assigns
        .iter()
        .any(|assign| assign.place.function == call.place.function && assign.target == sorted);
    let of_function = |other: &Call| other.place.function == call.place.function;
    (is_field || !is_local && call.place.function.is_some())
        && source.calls.iter().any(|other| {
            of_function(other) && other.object() == sorted && CHANGES.contains(&other.name.as_str())
        })
}

fn sorted_thing(call: &Call) -> String {
    let text = if call.receiver.is_empty()
        || matches!(call.receiver.as_str(), "sort" | "slices" | "Collections" | "Arrays" | "std" | "np")
    {
        call.argument(0)
    } else {
        call.object()
    };
    walked(text)
}

fn is_made_in_round(source: &Source, call: &Call, sorted: &str) -> bool {
    let innermost = source.hot_loops(&call.place).next().map(|(number, _)| number);
    let made = source.last_assign(sorted, &call.place);
    // `xs = append(xs, x)` makes no new list, as far as sorting goes.
    made.zip(innermost).is_some_and(|(assign, number)| {
        source.is_in_loop(&assign.place, number) && !mentions(&assign.value, sorted)
    })
}

/// `sorted(x)[0]`, `x.sort()[0]`.
fn takes_one(source: &Source, call: &Call) -> bool {
    source.subscripts.iter().any(|subscript| {
        subscript.place.lines.first <= call.line
            && call.end_line <= subscript.place.lines.last
            && matches!(subscript.index.as_str(), "0" | "-1")
            && subscript.base.starts_with(&format!("{}(", call.callee))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::SortInLoop;

    #[test]
    fn python_and_scripts() {
        let text = "for x in xs:\n  ys.append(x)\n  ys.sort()\n  zs = sorted(x.parts)\nm = sorted(xs)[0]\n";
        fires(P, Language::Python, text, &["3 ys.sort", "4 sorted?", "5 sorted"]);
        fires(P, Language::JavaScript, "for (const x of xs) { all.sort(); }", &["1 all.sort"]);
        quiet(P, Language::Python, "ys = sorted(xs)\nfor y in sorted(ys):\n  pass\nz = ys[0]\n");
        quiet(P, Language::TypeScript, "const ys = xs.sort();");
    }

    #[test]
    fn lists_that_outlive_the_function_a_loop_calls() {
        let text = "class Q:\n  def put(self, x):\n    self.xs.append(x)\n    self.xs.sort()\nfor y in ys:\n  q.put(y)\n";
        fires(P, Language::Python, text, &["4 self.xs.sort"]);
        // Each is finished once.
        let text = "class Q:\n  def end(self):\n    self.xs.sort()\nfor q in qs:\n  q.end()\n";
        quiet(P, Language::Python, text);
        let text = "class A { void put(T x) {\n open.add(x);\n open.sort(c); } void f() { for (T x : xs) { put(x); } } }";
        fires(P, Language::Java, text, &["3 open.sort"]);
        let text = "class A { void put(T x) { List<T> open = new ArrayList<>(); open.add(x); open.sort(c); } void f() { for (T x : xs) { put(x); } } }";
        quiet(P, Language::Java, text);
    }

    #[test]
    fn compiled_languages() {
        fires(
            P,
            Language::Go,
            "func f(xs []int) { for _, x := range ys { sort.Ints(xs) } }",
            &["1 sort.Ints"],
        );
        let text = "func f() { open := []int{}\n for _, x := range ys { open = append(open, x)\n sort.Ints(open)\n open = open[1:] } }";
        fires(P, Language::Go, text, &["3 sort.Ints"]);
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { Collections.sort(ys); } } }",
            &["1 Collections.sort"],
        );
        fires(P, Language::Rust, "fn f() { for x in xs { ys.sort(); } }", &["1 ys.sort"]);
        fires(
            P,
            Language::Cpp,
            "void f() { for (auto& x : xs) { std::sort(y.begin(), y.end()); } }",
            &["1 std::sort"],
        );
        fires(
            P,
            Language::C,
            "void f(void) { for (int i = 0; i < n; i++) qsort(a, n, 4, cmp); }",
            &["1 qsort"],
        );
        quiet(P, Language::Rust, "fn f() { ys.sort(); }");
    }
}
