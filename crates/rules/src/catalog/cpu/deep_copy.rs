//! A whole tree of objects copied, where a part of it would do.

use fathom_code::Language;

use crate::prelude::*;

threshold! {
    /// A copy may be meant; from here on it is worth asking whether all of it is.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// Functions that do nothing but copy trees of objects.
const COPIERS: &[&str] = &["copy.py:deepcopy", "*::StructuredClone", "structuredClone"];

/// Functions that copy when they are called one after the other on a line that says so.
const ROUND_TRIPS: &[&str] = &[
    "v8::internal::Builtin_JsonStringify",
    "v8::internal::Builtin_JsonParse",
    "Builtins_JsonStringify",
    "Builtins_JsonParse",
    "v8::internal::JsonStringify",
    "v8::internal::JsonParser*",
    "node::worker::Message::Serialize",
    "node::worker::Message::Deserialize",
    "v8::ValueSerializer::WriteValue",
    "v8::ValueDeserializer::ReadValue",
    "json/__init__.py:loads",
    "json/__init__.py:dumps",
    "_pickle_dumps*",
    "_pickle_loads*",
];

declare_rule! {
    /// ## What it finds
    /// `copy.deepcopy`, `structuredClone` and round trips through JSON or pickle that copy a whole tree of objects.
    /// ## Why it matters
    /// The copy visits every object of the tree, and makes garbage of as many, however little of it is changed.
    /// ## How it is measured
    /// Samples inside the copying functions are counted for the line of own code that asked. They tell by themselves;
    /// for round trips through JSON the line has to show both halves.
    /// ## When it is wrong
    /// A snapshot that has to outlive all changes, or data handed to another thread, needs the whole copy.
    /// ## What to do
    /// Copy the parts that change, or do not change what is shared.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 price.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@price.py:8{user,python};price@price.py:4{user,python};deepcopy@/usr/lib/python3.11/copy.py:128{library,python} 7s n=3500
    /// cpu <module>@price.py:8{user,python};price@price.py:5{user,python} 3s n=1500
    /// ```
    /// ```python price.py
    /// import copy
    ///
    /// def price(rules, order):
    ///     own = copy.deepcopy(rules)
    ///     own["rebate"] = order["rebate"]
    ///     return order["pieces"] * own["rebate"]
    ///
    /// print(sum(price(load(), order) for order in orders()))
    /// ```
    /// ## References
    /// Python's documentation of `copy`; HTML standard, "structured cloning".
    DeepCopy = "cpu/deep-copy" {
        summary: "a whole tree of objects is copied",
        effort: Medium,
        risk: Semantics,
        languages: [Python, JavaScript, TypeScript],
        needs: [CpuSamples],
        patterns: [DeepCopy],
        thresholds: [LEAST_SHARE],
        silences: ["cpu/json-in-loop"],
    }
}

impl Rule for DeepCopy {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let by = |functions, functions_tell| Mechanism {
            functions,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell,
            pattern_tells: false,
        };
        let copies = by(COPIERS, true);
        // Without its source a line that reads and writes JSON may do so for other reasons.
        let trips = by(ROUND_TRIPS, false).seen(cx).into_iter().filter(|seen| seen.hit.is_some());
        let mut found: Vec<Draft> = trips.map(|seen| draft(cx, &seen)).collect();
        match copies.verdict(cx, self.info(), |seen| draft(cx, seen)) {
            Verdict::Found(drafts) => {
                let is_new = |other: &Draft| {
                    let at = |draft: &Draft| {
                        draft.place.as_ref().map(|place| (place.function, place.location.line))
                    };
                    !drafts.iter().any(|known| at(known) == at(other))
                };
                found.retain(is_new);
                found.extend(drafts);
                found.sort_by_key(|draft| {
                    std::cmp::Reverse(draft.place.as_ref().map_or(0, |place| place.value))
                });
                Verdict::Found(found)
            }
            _ if !found.is_empty() => Verdict::Found(found),
            other => other,
        }
    }
}

fn draft(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let by = match (seen.hit, place.language) {
        (Some(hit), _) if hit.subject.contains("parse") || hit.subject.contains("loads") => {
            "a round trip through text".to_owned()
        }
        (Some(hit), _) => words::quoted(&hit.subject),
        (None, Some(Language::Python)) => "`copy.deepcopy`".to_owned(),
        (None, _) => "`structuredClone`".to_owned(),
    };
    let draft = seen
        .draft(cx, format!("{by} copies a whole tree of objects in `{}`", place.location.function))
        .cause(format!("{by} visits and copies every object that can be reached from its argument, however little of the copy is changed"))
        .alternative("the whole copy is needed: a snapshot that outlives later changes, or data for another thread")
        .assuming("nothing has to be copied in its place; copies of the parts that change take some of it back");
    match place.language {
        Some(Language::JavaScript | Language::TypeScript) => draft
            .advice("copy only what changes: `{ ...state, items: { ...state.items, [key]: value } }` shares the rest")
            .advice("if the function only reads, hand on the object itself; `Object.freeze` in tests shows who writes"),
        _ => draft
            .advice("copy only what changes: `own = dict(settings)`, `own = settings | {\"key\": value}`, `dataclasses.replace(settings, key=value)`")
            .advice("if the function only reads, hand on the object itself"),
    }
    .advice("if each call needs a fresh one, build it with a function instead of copying a finished one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    fn javascript(n: u32, rest: u32, function: &str) -> String {
        format!(
            "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu main@a.js:3{{user,node}};{function}[node]{{runtime}} {n}ms n={n}
            cpu main@a.js:4{{user,node}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&DeepCopy);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`copy.deepcopy` copies a whole tree of objects in `price`");
    }

    #[test]
    fn fires_on_a_round_trip_through_json_only_where_the_line_shows_it() {
        let profile = javascript(4000, 1000, "v8::internal::Builtin_JsonParse");
        let trip = "function main(a) {\n  for (const x of a) {\n    const y = JSON.parse(JSON.stringify(x));\n  }\n}\n";
        assert_eq!(findings(&DeepCopy, &profile, &[("a.js", trip)]).len(), 1);
        let parse = "function main(a) {\n  for (const x of a) {\n    const y = JSON.parse(x);\n  }\n}\n";
        assert!(findings(&DeepCopy, &profile, &[("a.js", parse)]).is_empty());
        assert!(findings(&DeepCopy, &profile, &[]).is_empty());
    }

    #[test]
    fn quiet_at_the_threshold() {
        let of =
            |n, rest| findings(&DeepCopy, &javascript(n, rest, "node::worker::StructuredClone"), &[]).len();
        assert_eq!((of(250, 4750), of(320, 4680)), (0, 1));
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&DeepCopy, waits, &[]), "unsure");
    }
}
