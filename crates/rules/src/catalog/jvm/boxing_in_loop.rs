//! Numbers that become objects, one for each turn of a hot loop: sums in a `Long`, maps and lists of `Integer`.

use fathom_model::GoalMetric;

use crate::context::HotHit;
use crate::place::Cost;
use crate::prelude::*;

threshold! {
    /// What a line pays for numbers as objects, with the map or list that holds them; below it plain numbers save little.
    LEAST_SHARE = "least-share", Share(0.05), source: "the limit of Datadog's profiler for boxing"
}

threshold! {
    /// What of the line's time, or of all bytes that are allocated, has to go into objects of numbers, so that it is
    /// not the map alone.
    LEAST_BOXES = "least-boxes", Share(0.03), source: "our own choice, held by the corpus"
}

/// What makes an object of a number.
const BOXES: &[&str] = &[
    "java.lang.Integer.valueOf",
    "java.lang.Long.valueOf",
    "java.lang.Double.valueOf",
    "java.lang.Float.valueOf",
    "java.lang.Short.valueOf",
    "java.lang.Character.valueOf",
    "java.lang.Integer.<init>",
    "java.lang.Long.<init>",
    "java.lang.Double.<init>",
    "java.lang.Number.<init>",
];

declare_rule! {
    /// ## What it finds
    /// A loop that adds to a `Long`, counts in a `Map<Integer, Long>` or fills a `List<Integer>`: each turn makes
    /// objects of plain numbers.
    /// ## Why it matters
    /// A number takes 4 or 8 bytes, its object 16 and a pointer. Objects have to be made, reached through memory and
    /// collected, and a map of them is a walk from object to object.
    /// ## How it is measured
    /// Samples and allocations inside `Integer.valueOf` and its like are counted for the line of own code. The source
    /// of that line has to add to a boxed variable or use a container of boxed numbers in a loop. The whole line counts,
    /// with the look-up in the container: plain numbers need none of it.
    /// ## When it is wrong
    /// Numbers from -128 to 127 are kept ready and cost no object. Where the map is handed on to others its type is
    /// theirs to choose; then only the loop can count in an array and fill the map at the end.
    /// ## What to do
    /// Use `long` for sums, an array where keys are small numbers, and a map of primitives where they are not.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command java Count
    /// process java runtime=jvm
    /// thread main
    /// cpu Count.main@Count.java:9{jit,jvm};Count.count@Count.java:4{jit,jvm};java.lang.Long.valueOf{library,jvm} 2s n=1000
    /// cpu Count.main@Count.java:9{jit,jvm};Count.count@Count.java:4{jit,jvm};java.util.HashMap.merge{library,jvm} 4s n=2000
    /// cpu Count.main@Count.java:9{jit,jvm} 4s n=2000
    /// ```
    /// ```java Count.java
    /// class Count {
    ///     static void count(int[] ids, Map<Integer, Long> sums) {
    ///         for (int id : ids) {
    ///             sums.merge(id, 1L, Long::sum);
    ///         }
    ///     }
    ///
    ///     public static void main(String[] arguments) {
    ///         count(read(), new HashMap<>());
    ///     }
    /// }
    /// ```
    /// ## References
    /// Effective Java, item 6 (avoid creating unnecessary objects) and item 61 (prefer primitive types to boxed
    /// primitives).
    BoxingInLoop = "jvm/boxing-in-loop" {
        summary: "a loop makes objects of plain numbers in each turn",
        effort: Small,
        risk: Review,
        languages: [Java],
        needs: [CpuSamples],
        patterns: [BoxingInLoop],
        thresholds: [LEAST_SHARE, LEAST_BOXES],
    }
}

impl Rule for BoxingInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let info = self.info();
        let least_boxes = cx.limit(info.id, &LEAST_BOXES);
        let boxes = cx.functions(BOXES);
        let ledger = cx.goal_ledger();
        let bytes = cx.ledger(GoalMetric::Profile, |sample| sample.signal == Signal::AllocBytes);
        let by_time = cx.cost_under(ledger, &boxes);
        let by_bytes = cx.cost_under(&bytes, &boxes);
        let mut drafts = Vec::new();
        for hot in cx.hot_hits(info.patterns, cx.limit(info.id, &LEAST_SHARE)) {
            let here = |cost: &Cost| -> i64 {
                let is_here = |place: &&Place| {
                    place.location.file == hot.place.location.file
                        && place.location.line.is_some_and(|line| hot.hit.lines.contains(line))
                };
                cost.places.iter().filter(is_here).map(|place| place.value).sum()
            };
            let of_line = here(&by_time) as f64 / hot.place.value.max(1) as f64;
            let of_bytes = here(&by_bytes) as f64 / bytes.total().max(1) as f64;
            let is_seen = of_line.max(of_bytes) >= least_boxes;
            // A container of numbers that costs as a container is no sight of objects being made.
            if is_seen || hot.hit.is_certain {
                let grade = if is_seen { Grade::E2 } else { Grade::E1 };
                drafts.push(finding(cx, &hot, grade, of_line, of_bytes));
            }
        }
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "objects of numbers are made in {} of {}",
                words::share(by_time.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

fn finding(cx: &Context<'_>, hot: &HotHit<'_>, grade: Grade, of_line: f64, of_bytes: f64) -> Draft {
    let (place, hit) = (&hot.place, hot.hit);
    let what = words::quoted(&hit.subject);
    let is_container = !hit.is_certain;
    let is_stream = hit.subject.ends_with("boxed");
    let title = match () {
        () if is_stream => format!("{what} makes an object of each number, in `{}`", place.location.function),
        () if is_container => {
            format!("{what} keeps plain numbers as objects, in `{}`", place.location.function)
        }
        () => format!("{what} is a new object with each step, in `{}`", place.location.function),
    };
    let turns = cx.each_turn(place).unwrap_or_else(|| "each turn of the loop".to_owned());
    let mut draft = Draft::at(place, title, grade).evidence(
        "samples",
        format!(
            "{} of {} ({}, {} observations) is spent at {}, {} of it inside what makes objects of numbers",
            words::share(place.share),
            cx.goal.metric,
            words::time(place.value),
            words::count(place.n),
            place.words(),
            words::percent(of_line),
        ),
    );
    if of_bytes > 0.0 {
        let text = format!(
            "{} of all bytes that are allocated are objects of numbers for this line",
            words::percent(of_bytes)
        );
        draft = draft.evidence("allocations", text);
    }
    draft = draft.evidence("source", format!("line {} uses {what} in a loop", hit.lines.first));
    draft.subject.clone_from(&hit.subject);
    let draft = if is_container {
        draft
            .cause(format!("{turns} makes objects of the numbers it gives {what}, and finds the old ones by walking from object to object"))
            .advice(format!("if the keys of {what} are small numbers, count in an array: `long[] sums`, `sums[key] += value`"))
            .advice("if they are any numbers, use a map of primitives (fastutil's `Int2LongOpenHashMap`, Eclipse Collections, HPPC)")
            .advice("if others want the map, count in the array and fill the map once behind the loop")
    } else if is_stream {
        draft
            .cause(format!("{what} turns a stream of plain numbers into one of objects"))
            .advice("stay with `IntStream`, `LongStream` or `DoubleStream`: they have `sum`, `max`, `toArray` and `mapToObj`")
    } else {
        draft
            .cause(format!("{turns} unpacks {what}, adds, and makes a new object of the sum"))
            .advice(format!("declare {what} with the plain type (`long`, `int`, `double`)"))
    };
    draft.assuming("a plain number or an element of an array costs a few instructions, which are not counted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "class A {\n  long f(int[] xs) {\n    Long sum = 0L;\n    for (int x : xs) {\n      sum += x;\n    }\n    return sum;\n  }\n}\n";

    fn profile(boxing: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.f@A.java:5{{jit,jvm}};java.lang.Long.valueOf{{library,jvm}} {boxing}ms n={boxing}
            cpu A.f@A.java:7{{jit,jvm}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&BoxingInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`sums` keeps plain numbers as objects, in `Count.count`");
        assert!((found[0].impact.share.point - 0.6).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_on_a_sum_that_is_an_object() {
        let found = findings(&BoxingInLoop, &profile(4000, 1000), &[("A.java", SOURCE)]);
        assert_eq!(found[0].title, "`sum` is a new object with each step, in `A.f`");
        assert!(found[0].advice[0].contains("plain type"), "{:?}", found[0].advice);
    }

    #[test]
    fn fires_on_objects_that_only_the_allocations_show() {
        let profile = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.f@A.java:5{jit,jvm} 4s n=4000\ncpu A.f@A.java:7{jit,jvm} 1s n=1000
            alloc-bytes A.f@A.java:5{jit,jvm};java.lang.Long.valueOf{library,jvm} 900MiB n=90";
        let found = findings(&BoxingInLoop, profile, &[("A.java", SOURCE)]);
        assert_eq!(found[0].grade, Grade::E2);
        let plain = profile.replace("java.lang.Long.valueOf", "A.other");
        assert_eq!(findings(&BoxingInLoop, &plain, &[("A.java", SOURCE)])[0].grade, Grade::E1);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&BoxingInLoop, &profile(250, 4750), &[("A.java", SOURCE)]).is_empty());
        assert_eq!(findings(&BoxingInLoop, &profile(320, 4680), &[("A.java", SOURCE)]).len(), 1);
    }

    #[test]
    fn quiet_where_the_numbers_are_plain_or_the_map_is_all() {
        let source = SOURCE.replace("Long sum", "long sum");
        assert!(findings(&BoxingInLoop, &profile(4000, 1000), &[("A.java", &source)]).is_empty());
        let example = crate::example(BoxingInLoop.info());
        let profile = example.profile.replace("java.lang.Long.valueOf", "java.util.HashMap.hash");
        let sources: Vec<(&str, &str)> =
            example.sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        assert!(findings(&BoxingInLoop, &profile, &sources).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert!(findings(&BoxingInLoop, &profile(4000, 1000), &[]).is_empty());
        let waits = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&BoxingInLoop, waits, &[]), "unsure");
    }
}
