//! Containers that C++ functions take by value, so that each call copies the caller's.

use fathom_code::{Hit, Language};

use crate::context::CodeFile;
use crate::copies::copying;
use crate::prelude::*;

threshold! {
    /// `const &` in a signature is a small change, but one that all callers see.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

declare_rule! {
    /// ## What it finds
    /// A C++ function that takes a string, vector or map by value and only reads it, where calls of it copy what the
    /// caller has.
    /// ## Why it matters
    /// A copy takes memory for each element that has memory of its own, and gives it back when the call ends. Small functions
    /// that look something up then spend nearly all their time on their own argument.
    /// ## How it is measured
    /// Time inside copy constructors, what they allocate and what destroys the copy is counted for the lines that call
    /// the function with something that has a name. The source has to show that the function takes a container by value and
    /// neither moves it on nor changes it.
    /// ## When it is wrong
    /// Another thread may change the original while the function runs.
    /// ## What to do
    /// Take `const T &`; for text `std::string_view`, for a row of values `std::span` (C++20).
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./tax
    /// thread main
    /// cpu main@tax.cpp:7;std::map<int, int>::map(std::map<int, int> const&)@stl_map.h:9{library};operator new(unsigned long)[libstd.so]{library} 6s n=3000
    /// cpu main@tax.cpp:7;price@tax.cpp:3 4s n=2000
    /// ```
    /// ```cpp tax.cpp
    /// #include <map>
    /// static long price(const Sale &sale, std::map<int, int> rates) {
    ///     return sale.cents * rates.find(sale.country)->second;
    /// }
    /// int main() {
    ///     for (const Sale &sale : sales) {
    ///         total += price(sale, rates);
    ///     }
    /// }
    /// ```
    /// ## References
    /// C++ Core Guidelines, F.16: "For in parameters, pass cheaply-copied types by value and others by reference to const".
    PassByValue = "native/pass-by-value" {
        summary: "each call copies a container that the function only reads",
        effort: Small,
        risk: Low,
        languages: [Cpp],
        needs: [CpuSamples],
        patterns: [PassByValue],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for PassByValue {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let cost = copying(cx);
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let mut drafts: Vec<(i64, Draft)> = Vec::new();
        let mut most = cx.goal_ledger().share(0);
        for (path, file) in cx.files().filter(|(_, file)| file.language == Language::Cpp) {
            let hits = || file.hits.iter().filter(|hit| self.info().patterns.contains(&hit.pattern));
            for parameter in hits().filter(|hit| is_parameter(file, hit)) {
                let name = bare(parameter);
                let mut calls = cost.places.iter().filter(|place| {
                    let line = place.location.line.unwrap_or_default();
                    let is_call = |hit: &&Hit| {
                        !is_parameter(file, hit) && hit.subject == name && hit.lines.contains(line)
                    };
                    place.is_own
                        && place.location.file.as_deref() == Some(path)
                        && hits().any(|hit| is_call(&hit))
                });
                let Some(mut place) = calls.next().cloned() else { continue };
                let caller = place.words();
                // The line that calls goes with the copy, and the place is to be the line that declares it.
                let mut calling = cx.line_claim(&place);
                calls.for_each(|more| {
                    place.claim.join(&more.claim);
                    calling.join(&cx.line_claim(more));
                });
                place.recount(cx.goal_ledger());
                if place.share.ratio > most.ratio {
                    most = place.share;
                }
                if place.share.low >= least_share {
                    let value = place.value;
                    let draft = draft(cx, place, parameter, &caller);
                    drafts.push((value, Draft { beside: Some(calling), ..draft }));
                }
            }
        }
        drafts.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "copies of arguments: at most {} of {} for one function",
                words::share(most),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts.into_iter().map(|(_, draft)| draft).collect())
    }
}

/// Whether it is the parameter and no call: calls stand in other functions.
fn is_parameter(file: &CodeFile, hit: &Hit) -> bool {
    let is_head = |function: &fathom_code::Function| {
        function.lines.first == hit.lines.first && hit.function.as_ref() == Some(&function.name)
    };
    file.source.functions().iter().any(is_head)
}

/// The name of the parameter's function, as calls have it.
fn bare(parameter: &Hit) -> &str {
    parameter.function.as_deref().and_then(|name| name.rsplit([':', '.']).next()).unwrap_or_default()
}

fn draft(cx: &Context<'_>, mut place: Place, parameter: &Hit, caller: &str) -> Draft {
    // The line to change is the function's own.
    place.location.line = Some(parameter.lines.first);
    let name = words::quoted(&parameter.subject);
    let function = bare(parameter).to_owned();
    let title = format!("each call of `{function}` copies its argument {name}");
    let mut draft = Draft::at(&place, title, Grade::E2);
    draft.subject = format!("{function} {}", parameter.subject);
    draft
        .evidence(
            "samples",
            format!(
                "{} of {} ({}, {} observations) is spent copying and destroying arguments at {caller}, most of it in `{}`",
                words::share(place.share),
                cx.goal.metric,
                words::time(place.value),
                words::count(place.n),
                place.mechanism,
            ),
        )
        .evidence("source", format!("line {} takes {name} by value, and the function neither changes it nor moves it on", parameter.lines.first))
        .cause(format!("a parameter by value is a new container: {caller} copies the caller's into it for each call of `{function}`"))
        .advice(format!("take {name} as `const` reference: `const T &`"))
        .advice("for text take `std::string_view`, for a row of values `std::span<const T>` (C++20): both also accept parts")
        .advice("if the function is to keep it, leave it by value and write `std::move` where it is kept and where it is handed over")
        .assuming("what is read through the reference is in the cache as its copy was")
        .alternative("the original may change while the function reads, so that it needs a copy of its own")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    fn example(copying: u32, rest: u32) -> String {
        let example = crate::example(PassByValue.info()).profile;
        example
            .replace("6s n=3000", &format!("{copying}ms n={copying}"))
            .replace("4s n=2000", &format!("{rest}ms n={rest}"))
    }

    fn source() -> String {
        crate::example(PassByValue.info()).sources["tax.cpp"].clone()
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&PassByValue);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "each call of `price` copies its argument `rates`");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(2))
        );
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&PassByValue, &example(150, 4850), &[("tax.cpp", &source())]).is_empty());
        assert_eq!(findings(&PassByValue, &example(200, 4800), &[("tax.cpp", &source())]).len(), 1);
    }

    #[test]
    fn quiet_where_the_function_needs_its_own_or_is_given_a_new_one() {
        let sorted = source().replace("return", "rates.erase(3); return");
        assert!(findings(&PassByValue, &example(4000, 1000), &[("tax.cpp", &sorted)]).is_empty());
        let made = source().replace("price(sale, rates)", "price(sale, load(sale))");
        assert!(findings(&PassByValue, &example(4000, 1000), &[("tax.cpp", &made)]).is_empty());
    }

    #[test]
    fn unsure_without_samples_and_silent_without_source() {
        assert_eq!(standing(&PassByValue, &example(4000, 1000), &[]), "checked");
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main@a.cpp:2;sleep 10s n=5000";
        assert_eq!(standing(&PassByValue, waits, &[]), "unsure");
    }
}
