//! Memory that a loop takes in each round for something that does not outlive the round.

use fathom_analysis::FunctionId;
use fathom_code::{Hit, Language};

use crate::context::CodeFile;
use crate::costs::cost;
use crate::frame_set::FrameSet;
use crate::place::Cost;
use crate::prelude::*;
use crate::released::RELEASES;

threshold! {
    /// A malloc and its free take some forty nanoseconds; what is left below a twentieth of the run is not worth a
    /// variable that lives longer than it has to.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// What takes memory, and grows what has too little: C, C++, Rust; and what fills it for the first time.
const TAKES: &[&str] = &[
    "malloc",
    "calloc",
    // `calloc` ends with a jump there, so that nothing of itself is left on the stack.
    "*memset*",
    "realloc",
    "reallocarray",
    "posix_memalign",
    "aligned_alloc",
    "strdup",
    "strndup",
    "operator new*",
    "std::allocator_traits::allocate",
    "std::make_unique",
    "std::make_shared",
    "std::vector::vector",
    "std::vector::_M_realloc_insert",
    "std::vector::_M_realloc_append",
    "std::vector::_M_default_append",
    "std::vector::_M_fill_insert",
    "std::_Vector_base::*",
    "std::_Hashtable::_M_rehash*",
    "std::_Hashtable::_M_insert*",
    "std::_Rb_tree::_M_emplace*",
    "std::_Rb_tree::_M_insert*",
    "std::__cxx11::basic_string::_M_create",
    "std::__cxx11::basic_string::_M_mutate",
    "std::__1::vector::__push_back_slow_path*",
    "std::__1::vector::__emplace_back_slow_path*",
    "std::__1::vector::__append",
    "std::__1::__allocate*",
    "__rust_alloc*",
    "__rust_realloc",
    "alloc::alloc::*",
    "alloc::raw_vec::*",
    "<alloc::raw_vec::*",
    "alloc::boxed::Box::new*",
    "alloc::vec::from_elem",
    "*alloc::vec::spec_from_elem::SpecFromElem>::from_elem",
    "*hashbrown::raw::RawTable*::reserve_rehash",
    "hashbrown::raw::RawTable::reserve_rehash",
    "hashbrown::raw::RawTableInner::*",
];

/// Own functions between an allocation and the loop: the loop's own, or a helper that fills what the loop made. C's
/// helpers take memory of their own for what they put in.
fn near(language: Language) -> usize {
    if language == Language::C { 1 } else { 2 }
}

declare_rule! {
    /// ## What it finds
    /// A buffer, vector, map or box that a loop makes in each round and drops at the end of it, although one made
    /// before the loop would do.
    /// ## Why it matters
    /// Each round asks the allocator, grows from nothing to the size that the last round had already, and gives
    /// everything back. With `calloc` and `vec![0; n]` each round also clears all of it, however little it uses.
    /// ## How it is measured
    /// Time inside allocators and inside what grows containers is counted for the lines of the loop that name the
    /// variable, together with what the same loop spends giving memory back. The source has to show that the variable is
    /// made in the loop and that nobody keeps it.
    /// ## When it is wrong
    /// A buffer that lives on holds its largest size for the whole loop. Threads that share the loop's body need one
    /// each.
    /// ## What to do
    /// Make it before the loop and empty it at the start of each round: `clear()` keeps the memory.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./near
    /// thread main
    /// cpu main@near.c:5;calloc[libc.so.6]{library} 5s n=2500
    /// cpu main@near.c:7;free[libc.so.6]{library} 2s n=1000
    /// cpu main@near.c:6 3s n=1500
    /// ```
    /// ```c near.c
    /// #include <stdlib.h>
    /// int main(void) {
    ///     long sum = 0;
    ///     for (int i = 0; i < rows; i++) {
    ///         int *seen = calloc(columns, sizeof *seen);
    ///         sum += walk(i, seen);
    ///         free(seen);
    ///     }
    /// }
    /// ```
    /// ## References
    /// "The Rust performance book", chapter "Heap allocations: reusing collections"; K. Guntheroth, "Optimized C++",
    /// chapter 6.
    AllocationInLoop = "native/allocation-in-loop" {
        summary: "a loop takes memory anew in each round",
        effort: Small,
        risk: Low,
        languages: [C, Cpp, Rust],
        needs: [CpuSamples],
        patterns: [AllocationInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for AllocationInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let takes = cx.functions(TAKES);
        let gives = cx.functions(RELEASES);
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let mut drafts: Vec<(i64, Draft)> = Vec::new();
        for (path, file) in cx.files().filter(|(_, file)| self.info().languages.contains(&file.language)) {
            for hit in file.hits.iter().filter(|hit| self.info().patterns.contains(&hit.pattern)) {
                let Some(around) = hit.loop_lines else { continue };
                let names = |line: u32| hit.lines.contains(line) || names_it(file, line, &hit.subject);
                let near = near(file.language);
                let taken = in_lines(cx, (path, near), &takes, |line| around.contains(line) && names(line));
                // What has a destructor is given back where the round ends; C says what it frees.
                let is_given =
                    |line: u32| around.contains(line) && (file.language != Language::C || names(line));
                let given = in_lines(cx, (path, near), &gives, is_given);
                let Some(mut place) = taken.places.first().filter(|place| place.is_own).cloned() else {
                    continue;
                };
                let taken_value = taken.value;
                place.claim = taken.claim;
                place.claim.join(&given.claim);
                place.recount(cx.goal_ledger());
                place.location.line = Some(hit.lines.first);
                // A large block that is given back has the allocator tidy up after others.
                let takes_part = cx.goal_ledger().share(taken_value).low >= least_share / 2.0;
                if takes_part && place.share.low >= least_share {
                    drafts.push((place.value, draft(cx, &place, hit, given.value)));
                }
            }
        }
        drafts.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        if !drafts.is_empty() {
            return Verdict::Found(drafts.into_iter().map(|(_, draft)| draft).collect());
        }
        let all = cx.cost_under(cx.goal_ledger(), &takes);
        Verdict::Clear(format!(
            "allocators take {} of {}, and no loop whose source was read makes what it drops at once",
            words::share(all.share),
            cx.goal.metric
        ))
    }
}

/// Whether a line has the name of a variable.
fn names_it(file: &CodeFile, line: u32, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    file.line(line).split(|c| !is_word(c)).any(|word| word == name)
}

/// What passes through some functions, called from lines of a file or by a helper that such a line calls.
fn in_lines(
    cx: &Context<'_>,
    (path, near): (&str, usize),
    functions: &FrameSet,
    is_line: impl Fn(u32) -> bool,
) -> Cost {
    if functions.is_empty() {
        return Cost::default();
    }
    let nodes = cx.recording.stacks.nodes();
    cost(cx, cx.goal_ledger(), |at| {
        let mut found: Option<FunctionId> = None;
        let mut n_own = 0;
        let mut next = Some(at);
        while let Some(here) = next.filter(|_| n_own < near) {
            let frame = cx.recording.frames.get(nodes[here].frame.index())?;
            let function = cx.index.of_frame(nodes[here].frame);
            if functions.has(function) && n_own == 0 {
                found = Some(function);
            } else if cx.is_own(function) {
                let found = found?;
                if frame.file.as_deref() == Some(path) && frame.line.is_some_and(&is_line) {
                    return Some((here, found));
                }
                n_own += 1;
            }
            next = cx.parent(here);
        }
        None
    })
}

fn draft(cx: &Context<'_>, place: &Place, hit: &Hit, given: i64) -> Draft {
    let name = words::quoted(&hit.subject);
    let function = &place.location.function;
    let title = format!("{name} is made anew in each round of a loop in `{function}`");
    let mut draft = Seen { place: place.clone(), hit: Some(hit), grade: Grade::E2 }.draft(cx, title);
    if given > 0 {
        draft = draft.evidence(
            "samples",
            format!("{} of it is spent giving memory back at the end of each round", words::time(given)),
        );
    }
    let draft = draft
        .cause(format!("each round of the loop takes memory for {name}, grows or clears it, and gives it back, although nobody keeps it"))
        .assuming("the time to empty what is used again is not counted");
    match place.language {
        Some(Language::C) => draft
            .advice(format!("take {name} once before the loop, with room for the largest round, and free it behind the loop"))
            .advice("if it has to be clear, undo only what the round has set, or store the round's number instead of 1 and compare with that"),
        Some(Language::Rust) => draft
            .advice(format!("declare {name} before the loop and begin each round with `clear()`: the memory stays"))
            .advice("if another function fills it, give that `&mut Vec<T>` instead of having it return a new one")
            .advice("a value in a `Box` that never leaves the round can be a plain variable"),
        _ => draft
            .advice(format!("declare {name} before the loop and begin each round with `clear()`: the memory stays"))
            .advice("if its length is known and small, a `std::array` needs no memory of its own")
            .advice("if another function fills it, let that take a reference instead of returning a new one"),
    }
    .alternative("its largest size is rare and large, and holding it for the whole loop would cost more memory than there is")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const RUST: &str = "fn sum(rows: &[Row]) -> u64 {\n    let mut n = 0;\n    for row in rows {\n        let mut near = Vec::new();\n        for x in &row.xs {\n            near.push(*x);\n        }\n        n += near.len();\n    }\n    n\n}\n";

    fn rust(taking: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nthread main
            cpu sum@a.rs:6;alloc::vec::Vec<T>::push@alloc/src/vec/mod.rs:2{{library,inlined}};alloc::raw_vec::RawVec<T>::grow_one@alloc/src/raw_vec.rs:2{{library}};realloc[libc.so.6]{{library}} {taking}ms n={taking}
            cpu sum@a.rs:8 {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&AllocationInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`seen` is made anew in each round of a loop in `main`");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(5))
        );
        assert!((found[0].impact.share.point - 0.7).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_where_a_container_grows() {
        let found = findings(&AllocationInLoop, &rust(4000, 1000), &[("a.rs", RUST)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].location.as_ref().and_then(|place| place.line), Some(4));
        assert!(found[0].advice[0].contains("clear()"));
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&AllocationInLoop, &rust(250, 4750), &[("a.rs", RUST)]).is_empty());
        assert_eq!(findings(&AllocationInLoop, &rust(350, 4650), &[("a.rs", RUST)]).len(), 1);
    }

    #[test]
    fn quiet_where_it_is_kept_or_made_before() {
        let kept = RUST.replace("n += near.len();", "out.push(near);");
        assert!(findings(&AllocationInLoop, &rust(4000, 1000), &[("a.rs", &kept)]).is_empty());
        let before = RUST
            .replace("let mut n = 0;", "let mut near = Vec::new();")
            .replace("        let mut near = Vec::new();\n", "near.clear();\n");
        assert!(findings(&AllocationInLoop, &rust(4000, 1000), &[("a.rs", &before)]).is_empty());
    }

    #[test]
    fn quiet_about_what_other_variables_of_the_loop_take() {
        let other = RUST.replace("near.push(*x);", "keep(*x);");
        assert!(findings(&AllocationInLoop, &rust(4000, 1000), &[("a.rs", &other)]).is_empty());
    }

    #[test]
    fn unsure_without_samples_and_silent_without_source() {
        assert_eq!(standing(&AllocationInLoop, &rust(4000, 1000), &[]), "checked");
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.rs:2;sleep 10s n=5000";
        assert_eq!(standing(&AllocationInLoop, waits, &[]), "unsure");
    }
}
