//! A slice or map that grows step by step to a length that is known before.

use crate::prelude::*;

threshold! {
    /// To say the length costs one word, so that already this much of the run is worth it.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What makes room in Go's runtime: slices, maps up to 1.23, and Swiss tables since 1.24.
const GROWTHS: &[&str] = &[
    "runtime.growslice*",
    "runtime.hashGrow",
    "runtime.growWork*",
    "runtime.evacuate*",
    "internal/runtime/maps.(*table).grow",
    "internal/runtime/maps.(*table).split",
    "internal/runtime/maps.(*table).rehash",
    "internal/runtime/maps.(*Map).growToTable",
];

declare_rule! {
    /// ## What it finds
    /// A Go slice that `append` fills in a loop, or a map that a loop fills, made without room although the loop's
    /// length is known.
    /// ## Why it matters
    /// Whenever it is full, it moves: the runtime takes larger memory, clears and copies, and leaves the old one to the collector.
    /// On the way to a thousand elements that happens about twelve times and moves every element several times.
    /// ## How it is measured
    /// Time inside `runtime.growslice` and in what grows maps is counted for the line of own code that adds the element. The
    /// source has to show a container that is made empty before a loop whose length is known.
    /// ## When it is wrong
    /// If few of the rounds add an element, room for all of them may be far too much.
    /// ## What to do
    /// Make it with its length: `make([]T, 0, len(rows))`, `make(map[K]V, len(rows))`.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./shift
    /// process shift runtime=go
    /// thread main
    /// cpu main.main@shift.go:11{user,go};main.shift@shift.go:6{user,go};runtime.growslice{runtime,go};runtime.memmove{runtime,go} 6s n=3000
    /// cpu main.main@shift.go:11{user,go};main.shift@shift.go:6{user,go} 4s n=2000
    /// ```
    /// ```go shift.go
    /// package main
    ///
    /// func shift(rows []row) []point {
    ///     var points []point
    ///     for _, row := range rows {
    ///         points = append(points, point{row.x, row.y})
    ///     }
    ///     return points
    /// }
    ///
    /// func main() { use(shift(read())) }
    /// ```
    /// ## References
    /// "Effective Go", append and make; the Go blog, "Arrays, slices (and strings): the mechanics of 'append'".
    GrowthWithoutCapacity = "cpu/growth-without-capacity" {
        summary: "a slice grows step by step to a length that is known",
        effort: Small,
        risk: Low,
        languages: [Go],
        needs: [CpuSamples],
        patterns: [GrowthWithoutCapacity],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for GrowthWithoutCapacity {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: GROWTHS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: false,
        };
        mechanism.verdict(cx, self.info(), |seen| {
            let what = seen.hit.map_or_else(|| "a container".to_owned(), |hit| words::quoted(&hit.subject));
            let is_map = !seen.place.mechanism.contains("growslice");
            let length = cx.over(&seen.place).map_or_else(|| "n".to_owned(), |over| format!("len({over})"));
            let draft = seen
                .draft(cx, format!("{what} grows step by step in `{}`", seen.place.location.function))
                .cause(format!("{what} is made without room, so that it moves to larger memory again and again while the loop fills it"));
            let draft = if is_map {
                draft.advice(format!("make it with its length: `make(map[K]V, {length})`"))
            } else {
                draft
                    .advice(format!("make it with its length: `make([]T, 0, {length})`, and append as before"))
                    .advice("if the caller can use the same memory again, append to what it hands in: `func f(out []T, ...) []T`, called with `out[:0]`")
            };
            draft
                .assuming("the memory is taken once instead, which is not counted")
                .alternative("only few rounds add an element, and room for all of them would be too much")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "package main\n\nfunc f(xs []T) []int {\n\tvar out []int\n\tfor _, x := range xs {\n\t\tout = append(out, x.n)\n\t}\n\treturn out\n}\nfunc main() { f(read()) }\n";

    fn profile(growing: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu main.main@a.go:10{{user,go}};main.f@a.go:6{{user,go}};runtime.growslice{{runtime,go}};runtime.mallocgc{{runtime,go}} {growing}ms n={growing}
            cpu main.main@a.go:10{{user,go}};main.f@a.go:6{{user,go}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&GrowthWithoutCapacity);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`points` grows step by step in `main.shift`");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(6))
        );
        assert!(found[0].advice[0].contains("make([]T, 0, len(rows))"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&GrowthWithoutCapacity, &profile(150, 4850), &[("a.go", SOURCE)]).is_empty());
        assert_eq!(findings(&GrowthWithoutCapacity, &profile(200, 4800), &[("a.go", SOURCE)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_length_is_not_known_or_given() {
        let unknown = SOURCE.replace("for _, x := range xs {", "for next(&x) {");
        assert!(findings(&GrowthWithoutCapacity, &profile(4000, 1000), &[("a.go", &unknown)]).is_empty());
        let given = SOURCE.replace("var out []int", "out := make([]int, 0, len(xs))");
        assert!(findings(&GrowthWithoutCapacity, &profile(4000, 1000), &[("a.go", &given)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&GrowthWithoutCapacity, &profile(4000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&GrowthWithoutCapacity, waits, &[]), "unsure");
    }
}
