//! A list that is sorted again in each turn of a loop, or sorted to take one element.

use fathom_code::{Hit, Language};

use crate::prelude::*;

threshold! {
    /// Below it a heap saves less than it costs to read.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What sorts: CPython's list, V8's Timsort, the JDK, Go's two packages, Rust's slices, libstdc++ and libc++, C's `qsort`.
const SORTS: &[&str] = &[
    "list_sort",
    "list_sort_impl",
    "builtin_sorted",
    "Builtins_ArrayPrototypeSort",
    "Builtins_ArrayPrototypeToSorted",
    "Builtins_TypedArrayPrototypeSort",
    "Builtins_ArrayTimSort*",
    "java.util.ArrayList.sort",
    "java.util.List.sort",
    "java.util.Collections.sort",
    "java.util.Arrays.sort",
    "java.util.Arrays$ArrayList.sort",
    "java.util.TimSort.*",
    "java.util.ComparableTimSort.*",
    "java.util.DualPivotQuicksort.*",
    "java.util.stream.SortedOps$*",
    "sort.Slice",
    "sort.SliceStable",
    "sort.Sort",
    "sort.Stable",
    "sort.Strings",
    "sort.Ints",
    "sort.Float64s",
    "sort.pdqsort*",
    "sort.insertionSort*",
    "slices.Sort*",
    "slices.pdqsort*",
    "slices.insertionSort*",
    "alloc::slice::sort*",
    "alloc::slice::stable_sort",
    "core::slice::sort*",
    "std::sort",
    "std::stable_sort",
    "std::partial_sort",
    "std::__sort",
    "std::__introsort_loop",
    "std::__final_insertion_sort",
    "std::__insertion_sort",
    "std::ranges::__sort_fn::operator()",
    "std::__1::sort",
    "std::__1::__sort*",
    "std::__1::__introsort*",
    "qsort",
    "qsort_r",
    "msort_with_tmp*",
];

declare_rule! {
    /// ## What it finds
    /// A list that outlives the turn of a loop and is sorted whole in each turn, mostly to add one element or to look
    /// at the first one; and a list that is sorted to take its first or last element.
    /// ## Why it matters
    /// A sort looks at all elements, also at those that are in order already. Sorting `n` elements once is cheap,
    /// sorting them `n` times is not.
    /// ## How it is measured
    /// Samples inside the sorting functions of the runtime or library, with the comparisons that they call, are counted
    /// for the line of own code that sorts. The source of that line has to sort something that the turn did not make.
    /// ## When it is wrong
    /// A list that belongs to the turn (the items of one order) is sorted once, and nothing is found. If all elements
    /// change between two sorts, each sort is needed.
    /// ## What to do
    /// Keep a heap where only the smallest or largest is asked for, insert each element at its place where all are
    /// needed in order, or sort once behind the loop.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 serve.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@serve.py:9{user,python};serve@serve.py:5{user,python};list_sort[python3]{interpreter} 6s n=3000
    /// cpu <module>@serve.py:9{user,python};serve@serve.py:6{user,python} 4s n=2000
    /// ```
    /// ```python serve.py
    /// def serve(arrivals):
    ///     waiting = []
    ///     for patient in arrivals:
    ///         waiting.append(patient)
    ///         waiting.sort(key=lambda one: one.urgency)
    ///         treat(waiting.pop())
    ///     return waiting
    ///
    /// serve(read())
    /// ```
    /// ## References
    /// Python documentation, `heapq` ("Priority queue implementation notes"); R. Sedgewick and K. Wayne, "Algorithms",
    /// section 2.4 (priority queues).
    SortInLoop = "cpu/sort-in-loop" {
        summary: "a list is sorted again in each turn, or to take one element",
        effort: Small,
        risk: Review,
        languages: [Python, JavaScript, TypeScript, Java, Go, Rust, Cpp],
        needs: [CpuSamples],
        patterns: [SortInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for SortInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: SORTS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: true,
        };
        let all = mechanism.seen(cx);
        // Without the source a sort is a sort, and one of what the turn has made is done once.
        let seen: Vec<(&Seen<'_>, &Hit)> =
            all.iter().filter_map(|seen| Some((seen, seen.hit.filter(|hit| hit.is_certain)?))).collect();
        if seen.is_empty() {
            let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(SORTS));
            return Verdict::Clear(format!(
                "nothing was seen to be sorted again and again; sorting is {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(seen.into_iter().map(|(seen, hit)| finding(cx, seen, hit)).collect())
    }
}

fn finding(cx: &Context<'_>, seen: &Seen<'_>, hit: &Hit) -> Draft {
    let seen = &with_keys(cx, seen, hit);
    let place = &seen.place;
    let sort = words::quoted(&hit.subject);
    let function = &place.location.function;
    let takes_one = hit.loop_lines.is_none() && cx.loops_at(place).is_none() && takes_one(cx, hit);
    let draft = if takes_one {
        seen.draft(cx, format!("{sort} puts all in order to take one element, in `{function}`"))
            .cause(format!("{sort} compares all elements with each other, and only one of them is asked for"))
    } else {
        let turns = cx.each_turn(place).unwrap_or_else(|| match hit.loop_lines {
            Some(_) => "each turn of the loop".to_owned(),
            None => format!("each call of `{function}` in a loop"),
        });
        seen.draft(cx, format!("{sort} sorts everything again in each turn, in `{function}`"))
            .cause(format!("{turns} sorts all elements again, though most of them are where they were"))
    };
    advice(draft, place.language, takes_one)
        .assuming("adding one element to a heap takes a few steps, which are not counted")
        .alternative("all elements change from turn to turn: then each sort is needed")
}

/// With the functions that the sort calls to compare: on stacks of Python they stand right below the line that sorts.
/// Only where that line does nothing but sort.
fn with_keys<'a>(cx: &Context<'_>, seen: &Seen<'a>, hit: &Hit) -> Seen<'a> {
    let mut seen = seen.clone();
    let Some(file) = seen.place.location.file.clone() else { return seen };
    let is_all = cx.file_of(&seen.place).is_some_and(|(file, _)| {
        let text = file.line(hit.lines.first).trim_start();
        text.starts_with(&hit.subject) || text.contains(&format!("= {}(", hit.subject))
    });
    if is_all && let Some(all) = cx.cost_of_lines(cx.goal_ledger(), &file, hit.lines, |_, _| true) {
        seen.place.claim.join(&all.claim);
        seen.place.recount(cx.goal_ledger());
    }
    seen
}

/// Whether an element of what is sorted is taken on the same line.
fn takes_one(cx: &Context<'_>, hit: &Hit) -> bool {
    let lines = cx.files().filter(|(_, file)| file.hits.iter().any(|other| std::ptr::eq(other, hit)));
    lines.into_iter().any(|(_, file)| {
        let text = file.line(hit.lines.last);
        text.contains(")[0]") || text.contains(")[-1]")
    })
}

fn advice(draft: Draft, language: Option<Language>, takes_one: bool) -> Draft {
    let (one, heap, place) = match language {
        Some(Language::Python) => (
            "`min(...)` or `max(...)` with the same `key` finds it in one walk",
            "`heapq.heappush` and `heapq.heappop` (with a minus before the key for the largest)",
            "`bisect.insort`",
        ),
        Some(Language::JavaScript | Language::TypeScript) => (
            "one walk with a variable for the best so far finds it",
            "a small heap, or a variable for the best so far if nothing is taken out",
            "a binary search and `splice(at, 0, element)`",
        ),
        Some(Language::Java) => (
            "`Collections.min` or `Collections.max` finds it in one walk",
            "`PriorityQueue` with the same comparator",
            "a `TreeMap` or `TreeSet`",
        ),
        Some(Language::Go) => (
            "`slices.MinFunc` or `slices.MaxFunc` finds it in one walk",
            "`container/heap`",
            "`slices.BinarySearchFunc` and `slices.Insert`",
        ),
        Some(Language::Rust) => (
            "`iter().min_by_key(...)` or `max_by_key` finds it in one walk",
            "`std::collections::BinaryHeap` (with `Reverse` for the smallest)",
            "`binary_search_by` and `insert`, or a `BTreeMap`",
        ),
        Some(Language::Cpp) => (
            "`std::min_element` or `std::nth_element` finds it without sorting the rest",
            "`std::priority_queue`, or `std::push_heap` and `std::pop_heap` on the same vector",
            "`std::lower_bound` and `insert`, or a `std::multiset`",
        ),
        _ => (
            "one walk with a variable for the best so far finds it",
            "a heap",
            "a binary search for the place",
        ),
    };
    if takes_one {
        return draft.advice(one);
    }
    draft
        .advice(format!("if each turn asks for the smallest or largest only, keep a heap: {heap}"))
        .advice(format!("if each turn needs all in order, insert at the right place: {place}"))
        .advice("if the order is asked for only when all are there, sort once behind the loop")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const GO: &str = "package main\nfunc f(jobs []Job) {\n\topen := []Job{}\n\tfor _, job := range jobs {\n\t\topen = append(open, job)\n\t\tsort.Slice(open, less)\n\t}\n}\n";

    fn profile(sorting: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu main.f@a.go:6{{user,go}};sort.Slice{{library,go}};sort.pdqsort_func{{library,go}};main.f.func1@a.go:6{{user,go}} {sorting}ms n={sorting}
            cpu main.f@a.go:5{{user,go}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&SortInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`waiting.sort` sorts everything again in each turn, in `serve`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(5));
        assert!(found[0].advice[0].contains("heapq"), "{:?}", found[0].advice);
    }

    #[test]
    fn fires_with_the_comparisons_of_the_sort() {
        let found = findings(&SortInLoop, &profile(4000, 1000), &[("a.go", GO)]);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
        assert!(found[0].advice[0].contains("container/heap"), "{:?}", found[0].advice);
    }

    #[test]
    fn fires_on_a_sort_for_one_element() {
        let profile = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:3{user,python};f@a.py:2{user,python};builtin_sorted[python3]{interpreter} 5s n=5000";
        let found =
            findings(&SortInLoop, profile, &[("a.py", "def f(xs):\n    return sorted(xs)[0]\nf(read())\n")]);
        assert_eq!(found[0].title, "`sorted` puts all in order to take one element, in `f`");
        assert_eq!(found[0].advice, ["`min(...)` or `max(...)` with the same `key` finds it in one walk"]);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&SortInLoop, &profile(150, 4850), &[("a.go", GO)]).is_empty());
        assert_eq!(findings(&SortInLoop, &profile(200, 4800), &[("a.go", GO)]).len(), 1);
    }

    #[test]
    fn quiet_where_each_turn_sorts_what_it_made() {
        let source = GO.replace("open = append(open, job)", "open := parts(job)");
        assert!(findings(&SortInLoop, &profile(4000, 1000), &[("a.go", &source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert!(findings(&SortInLoop, &profile(4000, 1000), &[]).is_empty());
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&SortInLoop, waits, &[]), "unsure");
    }
}
