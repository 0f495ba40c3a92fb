//! Elements put at the front of a list, or taken from there, one after the other.

use fathom_code::Language;

use crate::prelude::*;

threshold! {
    /// Taking from the front of a short list costs about what the call costs; only long ones reach this share.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// What works at the front of a list in each runtime, and what moves the others for it: CPython's list methods, V8's
/// builtins, Rust's and libstdc++'s vectors.
const MOVES: &[&str] = &[
    "list_pop",
    "list_pop_impl",
    "list_insert",
    "list_insert_impl",
    "ins1",
    "list_ass_slice",
    "Builtins_ArrayPrototypeShift",
    "Builtins_ArrayPrototypeUnshift",
    "Builtins_ArrayPrototypeSplice",
    "v8::internal::Builtin_ArrayShift",
    "v8::internal::Builtin_ArrayUnshift",
    "v8::internal::Heap::MoveRange",
    "v8::internal::Heap::MoveElements",
    "alloc::vec::Vec::remove",
    "alloc::vec::Vec::insert",
    "core::ptr::copy",
    "core::intrinsics::copy",
    "std::vector::erase",
    "std::vector::_M_erase",
    "std::vector::insert",
    "std::vector::_M_insert_aux",
    "std::vector::_M_insert_rval",
    "std::__1::vector::erase",
    "std::__1::vector::insert",
    "memmove*",
    "__memmove_*",
];

/// Those that move memory for anybody: without the source they say nothing.
const ANYBODYS: &[&str] = &["memmove", "copy", "list_ass_slice", "Heap::Move"];

declare_rule! {
    /// ## What it finds
    /// A loop that takes the first element of a list, array or vector, or puts one before it: `list.pop(0)`,
    /// `array.shift()`, `vector.remove(0)`, `v.erase(v.begin())`.
    /// ## Why it matters
    /// A list keeps its elements side by side. When the first one goes, all others move one place: a queue of 100,000
    /// elements that is emptied like this moves five thousand million of them.
    /// ## How it is measured
    /// Samples inside the runtime's functions that take from a list or put into it, and in what they move memory with,
    /// are counted for the line of own code. Where the source is there, that line has to work at the front of a list
    /// within a loop.
    /// ## When it is wrong
    /// With a few dozen elements the move is as cheap as anything else. V8 only moves the start of arrays with less
    /// than about 16,000 elements, so that `shift` is cheap there.
    /// ## What to do
    /// Use the language's queue with two ends, or walk the list with an index and cut off its start once.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 crawl.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@crawl.py:8{user,python};crawl@crawl.py:3{user,python};list_pop[python3]{interpreter};memmove[libc.so.6]{library} 7s n=3500
    /// cpu <module>@crawl.py:8{user,python};crawl@crawl.py:4{user,python} 3s n=1500
    /// ```
    /// ```python crawl.py
    /// def crawl(pages):
    ///     while pages:
    ///         page = pages.pop(0)
    ///         for link in page.links():
    ///             if link.is_new():
    ///                 pages.append(link)
    ///
    /// crawl(read())
    /// ```
    /// ## References
    /// CPython's wiki "TimeComplexity" (list, `collections.deque`); the documentation of Rust's `Vec::remove` and of C++'s
    /// `std::vector::erase` (linear in what stands behind).
    ListFront = "cpu/list-front" {
        summary: "all elements of a list are moved to take or put one at its front",
        effort: Small,
        risk: Low,
        languages: [Python, JavaScript, TypeScript, Rust, Cpp],
        needs: [CpuSamples],
        patterns: [ListFront],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for ListFront {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: MOVES,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            // Where such functions are seen at all, a line that has none of them works on a short list.
            pattern_tells: cx.functions(MOVES).is_empty(),
        };
        let tells = |seen: &Seen<'_>| {
            seen.hit.is_some() || !ANYBODYS.iter().any(|part| seen.place.mechanism.contains(part))
        };
        let seen: Vec<Seen<'_>> = mechanism.seen(cx).into_iter().filter(tells).collect();
        if seen.is_empty() {
            return Verdict::Clear(
                "no line was seen to move a list in order to work at its front".to_owned(),
            );
        }
        Verdict::Found(seen.iter().map(|seen| finding(cx, seen)).collect())
    }
}

fn finding(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let name = seen.hit.map(|hit| words::quoted(&hit.subject));
    let list = name.clone().unwrap_or_else(|| "a list".to_owned());
    let text = cx.file_of(place).map_or("", |(file, line)| file.line(line));
    let puts = [".insert(", ".unshift("].iter().any(|call| text.contains(call));
    let (title, moved) = if puts {
        (
            format!("each element put before {list} moves all others, in `{}`", place.location.function),
            "put there",
        )
    } else {
        (
            format!(
                "each element taken from the front of {list} moves all others, in `{}`",
                place.location.function
            ),
            "taken",
        )
    };
    let draft = seen.draft(cx, title).cause(format!(
        "{list} keeps its elements side by side, and for each one {moved} all that stand behind it are moved one place"
    ));
    advice(draft, place.language, puts, name.as_deref().unwrap_or("the list"))
        .assuming("a queue does the same step in a few instructions, which are not counted")
        .alternative(
            "with fewer than some dozens of elements the move costs nothing: then it is the call itself",
        )
}

fn advice(draft: Draft, language: Option<Language>, puts: bool, list: &str) -> Draft {
    match (language, puts) {
        (Some(Language::Python), false) => draft
            .advice(format!("make {list} a `collections.deque` and take with `popleft()`"))
            .advice("if nothing is added meanwhile, a plain `for` over the list does the same"),
        (Some(Language::Python), true) => draft
            .advice(format!("make {list} a `collections.deque` and put with `appendleft()`"))
            .advice("or append in the loop and call `reverse()` once behind it"),
        (Some(Language::JavaScript | Language::TypeScript), false) => draft
            .advice(format!("keep the number of the next element beside {list} and read `list[next++]`"))
            .advice("if it grows meanwhile, cut off what was read now and then: `list.splice(0, next); next = 0`"),
        (Some(Language::JavaScript | Language::TypeScript), true) => draft
            .advice("use `push` in the loop and call `reverse()` once behind it"),
        (Some(Language::Rust), false) => draft
            .advice(format!("make {list} a `VecDeque` and take with `pop_front()`"))
            .advice("if nothing is added meanwhile, `for element in list` or `drain(..)` takes all in order"),
        (Some(Language::Rust), true) => draft
            .advice(format!("make {list} a `VecDeque` and put with `push_front(...)`"))
            .advice("or push in the loop and call `reverse()` once behind it"),
        (Some(Language::Cpp), false) => draft
            .advice(format!("make {list} a `std::deque` and take with `pop_front()`"))
            .advice("or walk the vector with an iterator and erase what was read once: `v.erase(v.begin(), done)`"),
        (Some(Language::Cpp), true) => draft
            .advice(format!("make {list} a `std::deque` and put with `push_front(...)`"))
            .advice("or use `push_back` in the loop and `std::reverse` once behind it"),
        _ => draft.advice(format!("use a queue with two ends instead of {list}, or walk it with an index")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "fn f(mut jobs: Vec<Job>) {\n    while !jobs.is_empty() {\n        let job = jobs.remove(0);\n        run(job);\n    }\n}\n";

    fn profile(moving: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nthread main
            cpu a::f@a.rs:3;alloc::vec::Vec<T,A>::remove@/rustc/library/alloc/src/vec/mod.rs:1600{{library,inlined}};__memmove_avx_unaligned_erms[libc.so.6]{{library}} {moving}ms n={moving}
            cpu a::f@a.rs:4 {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&ListFront);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(
            found[0].title,
            "each element taken from the front of `pages` moves all others, in `crawl`"
        );
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(3));
        assert!(found[0].advice[0].contains("popleft"), "{:?}", found[0].advice);
    }

    #[test]
    fn fires_with_words_of_the_language() {
        let found = findings(&ListFront, &profile(4000, 1000), &[("a.rs", SOURCE)]);
        assert!(found[0].advice[0].contains("VecDeque"), "{:?}", found[0].advice);
        let source = SOURCE.replace("let job = jobs.remove(0)", "jobs.insert(0, job)");
        let found = findings(&ListFront, &profile(4000, 1000), &[("a.rs", &source)]);
        assert!(found[0].advice[0].contains("push_front"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        // 5 % of 5,000: the lower end of the interval is below.
        assert!(findings(&ListFront, &profile(250, 4750), &[("a.rs", SOURCE)]).is_empty());
        assert_eq!(findings(&ListFront, &profile(320, 4680), &[("a.rs", SOURCE)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_source_takes_elsewhere() {
        let source = SOURCE.replace("remove(0)", "remove(at)");
        assert!(findings(&ListFront, &profile(4000, 1000), &[("a.rs", &source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&ListFront, &profile(4000, 1000), &[])[0].grade, Grade::E1);
        let plain =
            "wall 10s\ncommand ./a\nthread main\ncpu a::f@a.rs:3;memmove[libc.so.6]{library} 5s n=5000";
        assert!(findings(&ListFront, plain, &[]).is_empty());
        let waits = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer f@a.py:1{user,python};sleep 10s n=5000";
        assert_eq!(standing(&ListFront, waits, &[]), "unsure");
    }
}
