//! Rust's standard hasher where a cheaper one would do.

use crate::prelude::*;

threshold! {
    /// Another hasher takes a third of the time, so that from here on some hundredths are won; less is not worth a
    /// dependency.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}

/// SipHash of the standard library, in the names of both manglings and of all versions since 1.40.
const HASHERS: &[&str] = &[
    "core::hash::sip::*",
    "<core::hash::sip::*",
    "*core::hash::sip::*",
    "std::hash::random::DefaultHasher*",
    "<std::hash::random::DefaultHasher*",
    "std::collections::hash_map::DefaultHasher*",
    "<std::collections::hash_map::DefaultHasher*",
    "*DefaultHasher as core::hash::Hasher>::*",
];

declare_rule! {
    /// ## What it finds
    /// A line whose map or set spends its time in Rust's standard hasher, SipHash 1-3.
    /// ## Why it matters
    /// The hasher withstands keys that an attacker chooses. For short keys that costs several times what a plain hash
    /// does, and more than the rest of the look-up.
    /// ## How it is measured
    /// Samples inside `core::hash::sip` are counted for the line of own code that asked; inlined code counts by its
    /// debug information.
    /// ## When it is wrong
    /// Keys that come from outside (names, addresses, headers) need a hasher that withstands them.
    /// ## What to do
    /// Give the map another hasher, if its keys are made by the program itself; or hash less often.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./count
    /// thread main
    /// cpu count::tally@src/main.rs:7;<core::hash::sip::Hasher<core::hash::sip::Sip13Rounds> as core::hash::Hasher>::write@core/src/hash/sip.rs:9{library,inlined} 4s n=2000
    /// cpu count::tally@src/main.rs:8 6s n=3000
    /// ```
    /// ## References
    /// "The Rust performance book", chapter "Hashing"; the documentation of `std::collections::HashMap`.
    DefaultHasher = "native/default-hasher" {
        summary: "a map hashes short keys with the standard hasher",
        effort: Small,
        risk: Review,
        languages: [Rust],
        needs: [CpuSamples],
        patterns: [DefaultHasher],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for DefaultHasher {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: HASHERS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: true,
            pattern_tells: false,
        };
        mechanism.verdict(cx, self.info(), |seen| {
            let map = seen.hit.map_or_else(|| "its map".to_owned(), |hit| words::quoted(&hit.subject));
            seen.draft(cx, format!("`{}` spends its time hashing keys of {map} with SipHash", seen.place.location.function))
                .cause(format!("{map} has the standard hasher, which withstands chosen keys and is slow for short ones"))
                .advice(format!("if the program itself makes the keys, give {map} a plain hasher: `HashMap<K, V, BuildHasherDefault<FxHasher>>` of `rustc-hash`, or `ahash`"))
                .advice("if the keys are small numbers without gaps, use a `Vec` indexed by them")
                .advice("look a key up once: `entry` instead of `contains_key` and `insert`")
                .assuming("the bound is all time in the hasher; another one takes some of it")
                .alternative("the keys come from outside, and an attacker may choose them: then keep the hasher")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&DefaultHasher);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|location| location.line)),
            (Grade::E2, Some(7))
        );
    }

    #[test]
    fn quiet_about_other_hashers_and_little_time() {
        let example = crate::example(DefaultHasher.info()).profile;
        let other =
            example.replace("core::hash::sip::Hasher<core::hash::sip::Sip13Rounds>", "rustc_hash::FxHasher");
        assert!(findings(&DefaultHasher, &other, &[]).is_empty());
        let little = example.replace("4s n=2000", "250ms n=125").replace("6s n=3000", "9750ms n=4875");
        assert!(findings(&DefaultHasher, &little, &[]).is_empty());
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.rs:2;sleep 10s n=5000";
        assert_eq!(standing(&DefaultHasher, waits, &[]), "unsure");
    }
}
