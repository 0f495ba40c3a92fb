//! A list that is searched from its start, again and again.

use crate::prelude::*;

threshold! {
    /// Below it, a set that has to be built and kept costs about what it saves.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What searches a sequence in each runtime: CPython's list methods (tuples are mostly short literals), V8's builtins,
/// the JDK's lists, Go's `slices`, Rust's slices, libstdc++'s algorithms.
const SEARCHES: &[&str] = &[
    "list_contains",
    "list_index",
    "list_index_impl",
    "list_count",
    "list_remove",
    "deque_contains",
    "_PySequence_IterSearch",
    "Builtins_ArrayIncludes*",
    "Builtins_ArrayIndexOf*",
    "Builtins_ArrayPrototypeIncludes*",
    "Builtins_ArrayPrototypeIndexOf*",
    "Builtins_ArrayPrototypeFind*",
    "Builtins_ArrayFind*",
    "java.util.ArrayList.contains",
    "java.util.ArrayList.indexOf*",
    "java.util.ArrayList.remove",
    "java.util.LinkedList.contains",
    "java.util.LinkedList.indexOf",
    "java.util.AbstractCollection.contains",
    "java.util.AbstractList.indexOf",
    "java.util.Arrays$ArrayList.contains",
    "java.util.Arrays$ArrayList.indexOf",
    "java.util.ImmutableCollections$*indexOf",
    "java.util.concurrent.CopyOnWriteArrayList.*ndexOf*",
    "slices.Contains*",
    "slices.Index*",
    "core::slice::contains",
    "<T as core::slice::cmp::SliceContains>::slice_contains",
    "*SliceContains>::slice_contains",
    "std::find",
    "std::find_if",
    "std::__find_if",
    "std::count",
    "std::ranges::__find_fn::operator()",
];

declare_rule! {
    /// ## What it finds
    /// A membership test or a search on a list, array or slice inside a loop: each turn of the loop walks the list
    /// from its start.
    /// ## Why it matters
    /// The work is the product of both lengths. It is invisible with ten entries and decides everything with ten
    /// thousand.
    /// ## How it is measured
    /// Samples inside the runtime's search functions (`list_contains`, `ArrayList.indexOf`, `slices.Index`,
    /// `std::find` ...) are counted for the line of own code that asked. Where the source is there, the line has to be
    /// a search on a list within a loop, or within a function that a loop calls.
    /// ## When it is wrong
    /// Below about 16 entries a walk beats a hash. Entries that cannot be hashed or compared by value need another
    /// key. If the list changes with every turn, a set has to change with it.
    /// ## What to do
    /// Build a set, a map or a sorted list once, outside of the loop, and ask that.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 sync.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@sync.py:9{user,python};missing@sync.py:4{user,python};list_contains[python3]{interpreter} 8s n=4000
    /// cpu <module>@sync.py:9{user,python};missing@sync.py:5{user,python} 2s n=1000
    /// ```
    /// ```python sync.py
    /// def missing(wanted, known):
    ///     out = []
    ///     for name in wanted:
    ///         if name not in known:
    ///             out.append(name)
    ///     return out
    ///
    /// rows = read()
    /// print(missing(rows, [row.name for row in table()]))
    /// ```
    /// ## References
    /// CPython's wiki "TimeComplexity"; MITRE CWE-407 (inefficient algorithmic complexity).
    LinearSearchInLoop = "cpu/linear-search-in-loop" {
        summary: "a list is searched from its start inside a loop",
        effort: Small,
        risk: Review,
        needs: [CpuSamples],
        patterns: [LinearSearchInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for LinearSearchInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: SEARCHES,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: true,
        };
        mechanism.verdict(cx, self.info(), |seen| {
            let what = seen.hit.map_or_else(|| "a list".to_owned(), |hit| words::quoted(&hit.subject));
            let draft = seen.draft(cx, format!("{what} is searched from its start in `{}`", seen.place.location.function));
            let draft = match cx.loops_at(&seen.place) {
                Some(nest) if !nest.over.is_empty() => {
                    let turns = nest.over.iter().map(|text| words::quoted(text)).collect::<Vec<_>>().join(" and ");
                    draft.cause(format!("each turn of the loop over {turns} walks {what} until it finds its entry, or to its end"))
                }
                _ => draft.cause(format!("{what} is a sequence, and each search walks it until it finds its entry, or to its end")),
            };
            let draft = if grows(cx, seen) {
                draft
                    .advice(format!("the loop adds to {what}: keep a set beside it, ask the set, and add to both"))
                    .advice("entries that cannot be hashed need a key for the set: the fields that make two of them equal")
            } else {
                draft
                    .advice(format!("build a set or a map of {what} once, before the loop, and ask that"))
                    .advice("keep the list beside it only if its order is needed")
            };
            draft
                .assuming("building the set costs one walk, which is not counted")
                .alternative("with fewer than about 16 entries a walk is as fast as a look-up")
        })
    }
}

/// Whether the loop itself adds to what it searches: then a set that is built before it would not have all.
fn grows(cx: &Context<'_>, seen: &Seen<'_>) -> bool {
    let (Some(hit), Some((file, _))) = (seen.hit, cx.file_of(&seen.place)) else { return false };
    let subject = &hit.subject;
    let adds = ["append", "push", "push_back", "add", "insert", "extend"];
    let calls: Vec<String> = adds.iter().map(|call| format!("{subject}.{call}(")).collect();
    let of_go = format!("append({subject},");
    let lines = hit.loop_lines.unwrap_or(hit.lines);
    let is_added =
        |text: &str| text.contains(&of_go) || calls.iter().any(|call| text.contains(call.as_str()));
    !subject.is_empty() && (lines.first..=lines.last).any(|line| is_added(file.line(line)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str =
        "def f(a, b):\n    for x in a:\n        if x in b:\n            print(x)\nf([1], [2])\n";

    fn profile(searching: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:5{{user,python}};f@a.py:3{{user,python}};list_contains[python3]{{interpreter}} {searching}ms n={searching}
            cpu <module>@a.py:5{{user,python}};f@a.py:4{{user,python}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&LinearSearchInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(4));
    }

    #[test]
    fn a_list_that_the_loop_adds_to_needs_a_set_beside_it() {
        let advice = |source: &str| {
            findings(&LinearSearchInLoop, &profile(4000, 1000), &[("a.py", source)])[0].advice[0].clone()
        };
        assert!(advice(SOURCE).starts_with("build a set or a map of `b` once"));
        assert!(advice(&SOURCE.replace("print(x)", "b.append(x)")).contains("keep a set beside it"));
    }

    #[test]
    fn quiet_at_the_threshold() {
        // 3 % of 5,000: the lower end of the interval is below.
        assert!(findings(&LinearSearchInLoop, &profile(150, 4850), &[("a.py", SOURCE)]).is_empty());
        assert_eq!(findings(&LinearSearchInLoop, &profile(200, 4800), &[("a.py", SOURCE)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_source_shows_no_loop() {
        let source = "def f(a, b):\n\n    return a in b\n\nf([1], [2])\n";
        assert!(findings(&LinearSearchInLoop, &profile(4000, 1000), &[("a.py", source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let found = findings(&LinearSearchInLoop, &profile(4000, 1000), &[]);
        assert_eq!(found[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&LinearSearchInLoop, waits, &[]), "unsure");
    }
}
