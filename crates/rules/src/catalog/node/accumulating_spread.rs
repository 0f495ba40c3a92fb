//! An object or array that is copied whole, in each turn, to add one entry.

use crate::prelude::*;

threshold! {
    /// Copies of a few entries stay below it.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What copies objects and arrays in V8.
const COPIES: &[&str] = &[
    "Builtins_CloneObjectIC*",
    "Builtins_CopyDataProperties*",
    "Builtins_SetDataProperties*",
    "Builtins_SetOrCopyDataProperties*",
    "Builtins_ObjectAssign*",
    "Builtins_IterableToList*",
    "Builtins_IterableToFixedArray*",
    "Builtins_CloneFastJSArray*",
    "Builtins_ExtractFastJSArray*",
    "Builtins_ArrayPrototypeConcat*",
    "Builtins_ArrayConcat*",
    "v8::internal::Builtin_ArrayConcat",
    "v8::internal::Builtin_ObjectAssign",
    "v8::internal::Runtime_CloneObjectIC_Miss",
    "v8::internal::Runtime_CopyDataProperties*",
    "v8::internal::Runtime_SetDataProperties",
    "v8::internal::JSReceiver::SetOrCopyDataProperties",
    "v8::internal::Fast_ArrayConcat",
];

declare_rule! {
    /// ## What it finds
    /// `{ ...all, [key]: value }`, `[...all, value]`, `all.concat(value)` or `Object.assign({}, all, ...)` that makes
    /// the next `all` in a `reduce` or a loop.
    /// ## Why it matters
    /// Each turn copies everything that the turns before have gathered: with twice the entries it takes four times as
    /// long, and each copy but the last is garbage.
    /// ## How it is measured
    /// Samples inside V8's functions that copy objects and arrays are counted for the line of own code. The source of
    /// that line has to spread what is gathered into its own successor.
    /// ## When it is wrong
    /// With a handful of entries (options merged from three places) the copy is as cheap as an assignment.
    /// ## What to do
    /// Change what the `reduce` or the loop has made itself: nobody else holds it yet.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command node index.js
    /// process node runtime=node
    /// thread main
    /// cpu byId@index.js:1^1{jit,node};(anonymous)@index.js:3^2{jit,node};Builtins_CloneObjectIC[node]{runtime} 6s n=3000
    /// cpu byId@index.js:1^1{jit,node} 4s n=2000
    /// ```
    /// ```javascript index.js
    /// function byId(users) {
    ///   return users.reduce((known, user) => {
    ///     return { ...known, [user.id]: user };
    ///   }, {});
    /// }
    ///
    /// byId(read());
    /// ```
    /// ## References
    /// Biome, `noAccumulatingSpread`; R. Feldman, "The reduce ({...spread}) anti-pattern", 2019.
    AccumulatingSpread = "node/accumulating-spread" {
        summary: "all that was gathered is copied in each turn to add one entry",
        effort: Small,
        risk: Low,
        languages: [JavaScript, TypeScript],
        needs: [CpuSamples],
        patterns: [AccumulatingSpread],
        thresholds: [LEAST_SHARE],
        silences: ["memory/garbage-collection"],
    }
}

impl Rule for AccumulatingSpread {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: COPIES,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: true,
        };
        // Without the source a copy may be a copy that is needed.
        let seen: Vec<Seen<'_>> = mechanism.seen(cx).into_iter().filter(|seen| seen.hit.is_some()).collect();
        if seen.is_empty() {
            let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(COPIES));
            return Verdict::Clear(format!(
                "no line was seen to copy what it gathers; copies of objects and arrays are {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(seen.iter().map(|seen| finding(cx, seen)).collect())
    }
}

fn finding(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let what = seen.hit.map_or("", |hit| hit.subject.as_str());
    let all = words::quoted(what);
    let text = cx.file_of(place).map_or("", |(file, line)| file.line(line));
    let is_list = text.contains(&format!("[...{what}")) || text.contains(".concat(");
    let change = if is_list {
        format!("write `{what}.push(value)` and go on with the same `{what}`")
    } else {
        format!("write `{what}[key] = value` and go on with the same `{what}`")
    };
    let whole = if is_list {
        "where each turn adds several, `flatMap` says the same without the copies"
    } else {
        "or say it at once: `Object.fromEntries(list.map(one => [one.key, one]))`; a `Map` is faster for many keys"
    };
    seen.draft(cx, format!("{all} is copied whole to add one entry, in `{}`", place.location.function))
        .cause(format!(
            "each turn makes a new {} of all that {all} holds, and drops the old one",
            if is_list { "array" } else { "object" }
        ))
        .advice(change)
        .advice(whole)
        .assuming("adding one entry in place takes a few instructions, which are not counted")
        .alternative("somebody keeps the old copies (a history of states): then they are needed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "function f(xs) {\n  let all = [];\n  for (const x of xs) {\n    all = [...all, x];\n  }\n  return all;\n}\n";

    fn profile(copying: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu f@a.js:1^1{{jit,node}};Builtins_IterableToListWithSymbolLookup[node]{{runtime}} {copying}ms n={copying}
            cpu g@a.js:9^9{{jit,node}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&AccumulatingSpread);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert!(found[0].title.starts_with("`known` is copied whole to add one entry"), "{}", found[0].title);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(3));
        assert!(found[0].advice[0].contains("known[key] = value"), "{:?}", found[0].advice);
    }

    #[test]
    fn fires_where_only_the_function_is_known() {
        let found = findings(&AccumulatingSpread, &profile(4000, 1000), &[("a.js", SOURCE)]);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(4));
        assert!(found[0].advice[0].contains("push"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&AccumulatingSpread, &profile(150, 4850), &[("a.js", SOURCE)]).is_empty());
        assert_eq!(findings(&AccumulatingSpread, &profile(200, 4800), &[("a.js", SOURCE)]).len(), 1);
    }

    #[test]
    fn quiet_where_each_turn_copies_something_else() {
        let source = SOURCE.replace("all = [...all, x]", "all.push([...x])");
        assert!(findings(&AccumulatingSpread, &profile(4000, 1000), &[("a.js", &source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert!(findings(&AccumulatingSpread, &profile(4000, 1000), &[]).is_empty());
        let waits = "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&AccumulatingSpread, waits, &[]), "unsure");
    }
}
