//! Copies that a loop makes and throws away in the same round.

use fathom_code::Language;

use crate::copies::copying;
use crate::prelude::*;
use crate::released::released_in;

threshold! {
    /// A borrow instead of a copy changes a signature, which is worth it from a twentieth of the run on.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// What copies in Rust, in the names of both manglings; a derived `clone` is one of them.
const RUST_COPIES: &[&str] = &[
    "*core::clone::Clone>::clone",
    "*core::clone::Clone>::clone_from",
    "core::clone::Clone::clone",
    "alloc::slice::to_vec",
    "alloc::slice::to_vec_in",
    "alloc::slice::to_owned",
    "alloc::slice::hack::to_vec",
    "*alloc::slice::hack::ConvertVec>::to_vec",
    "*alloc::borrow::ToOwned>::to_owned",
    "alloc::str::to_owned",
    "*alloc::string::ToString>::to_string",
    "*alloc::string::SpecToString>::spec_to_string",
    "<alloc::string::String as core::convert::From>::from",
    "alloc::vec::Vec::clone",
];

declare_rule! {
    /// ## What it finds
    /// A loop that copies a string, a vector or a whole record in each round, reads the copy and drops it: `x.clone()`,
    /// `to_vec()`, `to_string()` in Rust, `for (auto x : xs)` in C++.
    /// ## Why it matters
    /// A copy takes memory for each string and vector inside, copies the bytes, and gives all of it back at the end of the
    /// round. A reference costs nothing.
    /// ## How it is measured
    /// Time inside `Clone::clone` and its relatives, or inside copy constructors and what they allocate, is counted
    /// for the line of own code that asked for the copy. The source has to show that this line copies in a loop, and
    /// that nobody keeps the copy or writes to it. What the same function spends giving memory back is part of the bound.
    /// ## When it is wrong
    /// The compiler may ask for a copy because the original is changed or lent to somebody else meanwhile. A
    /// function of another crate may want an owned value.
    /// ## What to do
    /// Lend instead of copying: `&x` and a parameter `&T` in Rust, `for (const auto &x : xs)` in C++.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./bill
    /// thread main
    /// cpu bill::total@src/main.rs:4;<alloc::string::String as core::clone::Clone>::clone@alloc/src/string.rs:9{library,inlined};malloc[libc.so.6]{library} 5s n=2500
    /// cpu bill::total@src/main.rs:5;core::ptr::drop_in_place@core/src/ptr/mod.rs:9{library,inlined};free[libc.so.6]{library} 2s n=1000
    /// cpu bill::total@src/main.rs:3 3s n=1500
    /// ```
    /// ```rs src/main.rs
    /// fn total(rows: &[Row]) -> u64 {
    ///     let mut sum = 0;
    ///     for row in rows {
    ///         sum += price(row.name.clone(), row.count);
    ///     }
    ///     sum
    /// }
    /// ```
    /// ## References
    /// "The Rust performance book", chapter "Heap allocations"; C++ Core Guidelines, ES.71 and P.9.
    CloneInLoop = "native/clone-in-loop" {
        summary: "a loop copies what it only reads",
        effort: Small,
        risk: Low,
        languages: [Rust, Cpp],
        needs: [CpuSamples],
        patterns: [CloneInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for CloneInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let in_rust = cx.cost_by_caller(cx.goal_ledger(), &cx.functions(RUST_COPIES));
        let in_cpp = copying(cx);
        let is_of = |place: &Place, language| place.language == Some(language);
        let rust = in_rust.places.into_iter().filter(|place| !is_of(place, Language::Cpp));
        let cpp = in_cpp.places.into_iter().filter(|place| is_of(place, Language::Cpp));
        let mut drafts = Vec::new();
        let mut most = cx.goal_ledger().share(0);
        for place in rust.chain(cpp) {
            let hit = cx.hits_at(&place, self.info().patterns).into_iter().max_by_key(|hit| hit.loop_depth);
            // Constructors make all kinds of things: without the source none of them is known to copy.
            let grade = match hit {
                Some(_) => Grade::E2,
                None if cx.has_source(&place) || is_of(&place, Language::Cpp) => continue,
                None => Grade::E1,
            };
            if place.share.ratio > most.ratio {
                most = place.share;
            }
            if place.is_own && place.share.low >= least_share {
                drafts.push(draft(cx, &Seen { place, hit, grade }));
            }
        }
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "copies that a loop drops again: at most {} of {} on one line",
                words::share(most),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

fn draft(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let function = &place.location.function;
    let is_cpp = place.language == Some(Language::Cpp);
    let subject = seen.hit.map_or("", |hit| hit.subject.as_str());
    let (copied, title) = match subject.rsplit_once('.') {
        _ if is_cpp => (
            words::quoted(subject),
            format!("the loop in `{function}` copies each element of {}", words::quoted(subject)),
        ),
        Some((copied, _)) => (
            words::quoted(copied),
            format!("{} is copied in each round of a loop in `{function}`", words::quoted(copied)),
        ),
        None => ("a value".to_owned(), format!("`{function}` copies owned values again and again")),
    };
    let mut draft = seen.draft(cx, title);
    // A fresh copy is not in the cache, and what reads it waits for that.
    draft.is_whole_loop = true;
    let released = released_in(cx, place.function);
    let back = cx.goal_ledger().sum_outside(&released, &place.claim);
    if back > 0 {
        draft.claim.join(&released);
        draft = draft.evidence(
            "samples",
            format!(
                "{} more is spent giving memory back in `{function}` and what it calls",
                words::time(back)
            ),
        );
    }
    let draft = if is_cpp {
        draft
            .cause(format!("each round copies an element of {copied} with all strings and vectors inside, and drops the copy at its end"))
            .advice("write `for (const auto &x : ...)`: the loop then reads the elements where they are")
            .advice("if the loop also changes its elements and wants the changes kept, write `auto &x`")
    } else {
        draft
            .cause(format!("each round takes memory for a copy of {copied}, fills it, and gives it back when the copy is dropped"))
            .advice(format!("lend {copied} instead: pass `&`, and let the function that reads it take `&T`, `&str` or `&[T]`"))
            .advice("as the key of a map: look it up by reference first (`get_mut`), and copy only a key that is new")
            .advice("if many have to own it, make it an `Arc` or `Rc` once: its clone only counts")
    };
    draft
        .assuming("what is read stays as it is while it is lent")
        .alternative("the original is changed or moved while the copy is in use, so that a copy is needed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const CPP: &str = "#include <string>\nint f(const std::vector<Row> &rows) {\n  int n = 0;\n  for (auto row : rows) {\n    n += row.size();\n  }\n  return n;\n}\n";

    fn cpp(copying: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nthread main
            cpu f@a.cpp:4;Row::Row@a.cpp:1;std::vector<int>::vector@stl_vector.h:9{{library}} {copying}ms n={copying}
            cpu f@a.cpp:5 {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&CloneInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`row.name` is copied in each round of a loop in `bill::total`");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(4))
        );
        // With what giving the copies back costs.
        assert!((found[0].impact.share.point - 0.7).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_on_a_copy_constructor_of_the_program() {
        let found = findings(&CloneInLoop, &cpp(4000, 1000), &[("a.cpp", CPP)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].location.as_ref().and_then(|place| place.line), Some(4));
        assert!(found[0].advice[0].contains("const auto &"));
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&CloneInLoop, &cpp(250, 4750), &[("a.cpp", CPP)]).is_empty());
        assert_eq!(findings(&CloneInLoop, &cpp(350, 4650), &[("a.cpp", CPP)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_copy_is_kept_or_constructors_make_other_things() {
        let kept = CPP.replace("n += row.size();", "out.push_back(std::move(row));");
        assert!(findings(&CloneInLoop, &cpp(4000, 1000), &[("a.cpp", &kept)]).is_empty());
        let reference = CPP.replace("auto row", "const auto &row");
        assert!(findings(&CloneInLoop, &cpp(4000, 1000), &[("a.cpp", &reference)]).is_empty());
        assert!(findings(&CloneInLoop, &cpp(4000, 1000), &[]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let example = crate::example(CloneInLoop.info()).profile;
        let found = findings(&CloneInLoop, &example, &[]);
        assert_eq!(found[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.rs:2;sleep 10s n=5000";
        assert_eq!(standing(&CloneInLoop, waits, &[]), "unsure");
    }
}
