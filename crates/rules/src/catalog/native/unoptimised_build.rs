//! A program that was compiled without optimisation.

use crate::costs::cost;
use crate::frame_set::FrameSet;
use crate::prelude::*;

threshold! {
    /// An optimised program shows none of these functions outside of inlined code; a tenth leaves room for a debug
    /// build of one small library.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}

/// Accessors of standard libraries which every optimising compiler puts into their callers.
const ACCESSORS: &[&str] = &[
    // Rust: names of both manglings.
    "*precondition_check",
    "core::ub_checks::*",
    "core::intrinsics::*",
    "core::ptr::read",
    "core::ptr::write",
    "core::ptr::mut_ptr::*",
    "core::ptr::const_ptr::*",
    "core::ptr::non_null::NonNull*",
    "core::mem::replace",
    "core::mem::swap",
    "core::slice::index::*",
    "*core::slice::index::SliceIndex*",
    "*core::ops::index::Index*",
    "*core::iter::range::*",
    "*core::ops::range::Range*",
    "*core::slice::iter::Iter*>::next",
    "core::cmp::impls::*",
    "*core::cmp::PartialOrd>::*",
    "*core::cmp::PartialEq>::eq",
    "core::num::*",
    "*core::num>::*",
    "<u8>::*",
    "<u32>::*",
    "<u64>::*",
    "<usize>::*",
    "<i32>::*",
    "<i64>::*",
    "core::iter::range::*",
    "alloc::vec::Vec::len",
    "alloc::vec::Vec::as_ptr",
    "<alloc::vec::Vec*>::len",
    "<alloc::vec::Vec*>::as_ptr",
    "<alloc::vec::Vec*",
    // C++: libstdc++ and libc++.
    "std::vector::operator[]",
    "std::vector::size",
    "std::vector::begin",
    "std::vector::end",
    "std::vector::back",
    "std::vector::at",
    "std::vector::data",
    "std::array::operator[]",
    "std::array::begin",
    "std::array::end",
    "std::array::size",
    "std::__array_traits::*",
    "std::deque::operator[]",
    "std::unique_ptr::operator*",
    "std::unique_ptr::operator->",
    "std::unique_ptr::get",
    "std::get",
    "std::min",
    "std::max",
    "std::move",
    "std::forward",
    "std::swap",
    "std::abs",
    "std::__niter_base",
    "std::__addressof",
    "std::addressof",
    "__gnu_cxx::__normal_iterator::*",
    "__gnu_cxx::operator*",
    "operator new[]_placement",
    "std::__1::vector::operator[]",
    "std::__1::vector::size",
    "std::__1::vector::begin",
    "std::__1::vector::end",
    "std::__1::__wrap_iter::*",
    "std::__1::move",
    "std::__1::forward",
    "std::__1::min",
    "std::__1::max",
];

declare_rule! {
    /// ## What it finds
    /// C++ or Rust that was compiled without optimisation (`-O0`, Cargo's `dev` profile).
    /// ## Why it matters
    /// Such code runs three to fifty times slower, and its profile shows other places than that of the program that
    /// is delivered. Every other finding about it is premature.
    /// ## How it is measured
    /// Accessors of the standard library (`Range::next`, `Index::index`, `vector::operator[]`) which an optimising
    /// compiler always puts into their callers are seen as calls of their own, with a share that counts.
    /// ## When it is wrong
    /// The build is meant for debugging, and its speed does not matter. `-O1` or `-Og` for one file looks the same for
    /// that file.
    /// ## What to do
    /// Build with optimisation and record again.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command target/debug/app
    /// thread main
    /// cpu app::sum@src/main.rs:5;<usize as core::iter::range::Step>::forward_unchecked@core/src/iter/range.rs:9{library} 5s n=2500
    /// cpu app::sum@src/main.rs:5 5s n=2500
    /// ```
    /// ## References
    /// The Cargo book, "Profiles"; GCC's manual, "Options that control optimization".
    UnoptimisedBuild = "native/unoptimised-build" {
        summary: "the program was compiled without optimisation",
        effort: Small,
        risk: Low,
        languages: [Rust, Cpp],
        needs: [CpuSamples],
        thresholds: [LEAST_SHARE],
        silences: [
            "cpu/linear-search-in-loop",
            "cpu/nested-loops",
            "native/default-hasher",
        ],
    }
}

impl Rule for UnoptimisedBuild {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let accessors: FrameSet = cx.functions(ACCESSORS);
        let nodes = cx.recording.stacks.nodes();
        let is_called = |at: usize| {
            let frame = nodes[at].frame;
            let inlined = cx.recording.frames.get(frame.index()).is_none_or(|frame| frame.inlined);
            !inlined && accessors.has(cx.index.of_frame(frame))
        };
        // The outermost accessor below own code.
        let called_at = |at: usize| {
            let mut found = None;
            let mut next = Some(at);
            while let Some(here) = next.filter(|here| !cx.is_own(cx.index.of_frame(nodes[*here].frame))) {
                if is_called(here) {
                    found = Some(here);
                }
                next = cx.parent(here);
            }
            found
        };
        let calls = cost(cx, cx.goal_ledger(), |at| {
            let found = called_at(at)?;
            Some((cx.payer_above(found), cx.index.of_frame(nodes[found].frame)))
        });
        let Some(place) = calls.places.iter().find(|place| place.is_own) else {
            return Verdict::Clear(
                "no accessor of a standard library is called without being inlined".to_owned(),
            );
        };
        if calls.share.low < cx.limit(self.info().id, &LEAST_SHARE) {
            return Verdict::Clear(format!(
                "accessors of standard libraries that are not inlined: {} of {}",
                words::share(calls.share),
                cx.goal.metric
            ));
        }
        // Everything in the module of that place was compiled alike.
        let module = cx.index.get(place.function).module_name.clone();
        let built = cost(cx, cx.goal_ledger(), |at| {
            let function = cx.index.of_frame(nodes[at].frame);
            (cx.index.get(function).module_name == module).then_some((at, function))
        });
        let is_rust = place.language == Some(fathom_code::Language::Rust);
        let name =
            module.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or("the program").to_owned();
        let mut draft = Draft::of(
            built.claim.clone(),
            format!("{} was compiled without optimisation", words::quoted(&name)),
            Grade::E2,
        );
        draft.place = Some(place.clone());
        draft.subject = name.clone();
        Verdict::Found(vec![
            draft
                .evidence(
                    "samples",
                    format!(
                        "{} of {} passes in accessors such as `{}`, called and not inlined, most of it from {}",
                        words::share(calls.share),
                        cx.goal.metric,
                        place.mechanism,
                        place.words(),
                    ),
                )
                .evidence("samples", format!("{} is spent in code of {}", words::share(built.share), words::quoted(&name)))
                .cause(format!("{} runs as it was written, call by call, because its compiler was not asked to optimise", words::quoted(&name)))
                .advice(if is_rust {
                    "build with `cargo build --release` (or `rustc -O`) and record that"
                } else {
                    "compile with `-O2` (with CMake: `-DCMAKE_BUILD_TYPE=RelWithDebInfo`) and record that"
                })
                .advice("look at the other findings only then: the optimised program has other hot places")
                .assuming("the bound is all time in code of this build; how much optimisation saves of it is not known")
                .alternative("the build is meant for debugging only"),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&UnoptimisedBuild);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert!(found[0].advice[0].contains("--release"));
    }

    #[test]
    fn fires_on_vectors() {
        let profile = "wall 10s\ncommand ./a\nthread main
            cpu sum@src/a.cpp:5[a];std::vector<int, std::allocator<int> >::operator\\[\\](unsigned long)@stl_vector.h:1043[a]{library} 5s n=2500
            cpu sum@src/a.cpp:5[a] 5s n=2500";
        let found = findings(&UnoptimisedBuild, profile, &[]);
        assert!(found[0].advice[0].contains("-O2"));
        assert!(found[0].impact.share.point > 0.99);
    }

    #[test]
    fn quiet_where_they_are_inlined() {
        let example = crate::example(UnoptimisedBuild.info()).profile;
        let inlined = example.replace("{library}", "{library,inlined}");
        assert!(findings(&UnoptimisedBuild, &inlined, &[]).is_empty());
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.rs:1;sleep 10s n=5000";
        assert_eq!(standing(&UnoptimisedBuild, waits, &[]), "unsure");
    }
}
