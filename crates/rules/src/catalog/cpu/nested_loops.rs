//! Two loops over the same data, one inside the other.

use crate::prelude::*;

threshold! {
    /// A nest is work like any other until it decides the run; below it an index is rarely worth its upkeep.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}

declare_rule! {
    /// ## What it finds
    /// A hot line inside two loops of which the inner walks everything again for each turn of the outer, to find what
    /// fits.
    /// ## Why it matters
    /// Twice the data is four times the time.
    /// ## How it is measured
    /// The source of hot files is parsed; the lines of a nest that compares entries of both loops have to pay the
    /// share. How the time grows with the input is not measured by one recording.
    /// ## When it is wrong
    /// Work that is a product by nature (a matrix, all pairs) has such a nest too, and so have two short lists.
    /// ## What to do
    /// Index the inner data by what is compared (a map), or sort both and walk them together.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command node join.js
    /// process node runtime=node
    /// thread main
    /// cpu main@join.js:12{user,node};join@join.js:5{user,node} 9s n=4500
    /// cpu main@join.js:12{user,node} 1s n=500
    /// ```
    /// ```javascript join.js
    /// function join(orders, users) {
    ///   const out = [];
    ///   for (const order of orders) {
    ///     for (const user of users) {
    ///       if (user.id === order.user) out.push([order, user]);
    ///     }
    ///   }
    ///   return out;
    /// }
    ///
    /// const { orders, users } = load();
    /// join(orders, users);
    /// ```
    /// ## References
    /// MITRE CWE-407 (inefficient algorithmic complexity).
    NestedLoops = "cpu/nested-loops" {
        summary: "a loop walks everything again for each turn of another",
        effort: Medium,
        risk: Review,
        needs: [CpuSamples],
        patterns: [NestedLoopsSameData],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for NestedLoops {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mut hot = cx.hot_hits(self.info().patterns, cx.limit(self.info().id, &LEAST_SHARE));
        hot.retain(|hot| hot.hit.is_certain || is_join(cx, &hot.place));
        if hot.is_empty() {
            return Verdict::Clear(
                "no hot line stands inside loops that walk the same data twice".to_owned(),
            );
        }
        let drafts = hot.into_iter().map(|hot| {
            let place = &hot.place;
            let nest = cx.loops_at(place);
            let order = nest.as_ref().map_or("O(n^2)", |nest| nest.order.as_str());
            let over = nest.as_ref().map(|nest| nest.over.join(" and ")).filter(|over| !over.is_empty());
            let over = words::quoted(over.as_deref().unwrap_or(&hot.hit.subject));
            Draft::at(place, format!("`{}` is {order} over {over}", place.location.function), Grade::E1)
                .evidence(
                    "samples",
                    format!("{} of {} ({}) is spent at {}", words::share(place.share), cx.goal.metric, words::time(place.value), place.words()),
                )
                .evidence("source", format!("{} loops from line {} on, {order}", hot.hit.loop_depth, hot.hit.lines.first))
                .cause(format!("the inner loop walks everything again for each turn of the outer one ({order} over {over})"))
                .alternative("all pairs are really needed, as in a matrix or a distance table")
                .advice("put the inner data into a map by the value that is compared, before the loops")
                .advice("or sort both sides by that value and walk them together")
        });
        Verdict::Found(drafts.collect())
    }
}

/// Whether the loops walk different things: a grid of one length both ways is work that is a product by nature.
fn is_join(cx: &Context<'_>, place: &Place) -> bool {
    cx.loops_at(place).is_some_and(|nest| nest.over.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&NestedLoops);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].severity), (Grade::E1, Severity::Critical));
    }

    #[test]
    fn quiet_at_the_threshold() {
        let example = crate::example(NestedLoops.info());
        let sources: Vec<(&str, &str)> =
            example.sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let small = example.profile.replace("9s n=4500", "500ms n=250").replace("1s n=500", "9500ms n=4750");
        assert!(findings(&NestedLoops, &small, &sources).is_empty());
    }

    #[test]
    fn quiet_about_a_table_walked_both_ways() {
        let source = "function g(n) {\n  let sum = 0;\n  for (let y = 0; y < n; y++) {\n    for (let x = 0; x < n; x++) {\n      sum += cell(y, x);\n    }\n  }\n  return sum;\n}\ng(9);\n";
        for line in [1, 5] {
            let profile = format!(
                "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main\ncpu g@a.js:{line}{{user,node}} 10s n=5000"
            );
            assert!(findings(&NestedLoops, &profile, &[("a.js", source)]).is_empty());
        }
    }

    #[test]
    fn unsure_without_source() {
        let example = crate::example(NestedLoops.info());
        assert_eq!(standing(&NestedLoops, &example.profile, &[]), "checked");
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&NestedLoops, waits, &[]), "unsure");
    }
}
