//! Values turned into text and back: the same one again and again, or so many that it is most of the work.

use fathom_code::Language;

use crate::prelude::*;

threshold! {
    /// The same value again and again is never needed; making its text once is a line.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

threshold! {
    /// Different values have to be written and read; from a quarter of the run on the format itself is worth a thought.
    LEAST_SHARE_OF_WORK = "least-share-of-work", Share(0.25), source: "our own choice, held by the corpus"
}

const CODECS: &[&str] = &[
    // Python.
    "json/__init__.py:loads",
    "json/__init__.py:dumps",
    "json/__init__.py:load",
    "json/__init__.py:dump",
    "json/encoder.py:JSONEncoder.encode",
    "json/decoder.py:JSONDecoder.decode",
    "_pickle_dumps*",
    "_pickle_loads*",
    "_pickle_dump",
    "_pickle_load",
    "yaml/__init__.py:*load",
    "yaml/__init__.py:*dump",
    // V8.
    "v8::internal::Builtin_JsonStringify",
    "v8::internal::Builtin_JsonParse",
    "v8::internal::JsonStringify",
    "v8::internal::JsonParser*",
    "Builtins_JsonStringify",
    "Builtins_JsonParse",
    // Go.
    "encoding/json.Marshal*",
    "encoding/json.Unmarshal",
    "encoding/json.(*Decoder).Decode",
    "encoding/json.(*Encoder).Encode",
    "encoding/json/v2.*arshal*",
    "gopkg.in/yaml*.Unmarshal",
    "gopkg.in/yaml*.Marshal",
];

declare_rule! {
    /// ## What it finds
    /// JSON (pickle, YAML) of a value that is the same in each turn of a loop. Where the values differ it says so too,
    /// less surely, if reading and writing them is a quarter of the run.
    /// ## Why it matters
    /// Reading a text makes an object of each of its parts; writing visits all of them. Done once that is cheap.
    /// ## How it is measured
    /// Samples inside the functions that read and write are counted for the line of own code that asked. The source
    /// tells whether the argument changes in the loop.
    /// ## When it is wrong
    /// A fresh copy is wanted each time (then copy what changes), or the value is changed by a function that the file
    /// does not show. For a program whose work is to read and write JSON, it is the work.
    /// ## What to do
    /// Read or write it once, before the loop; keep the text or the value.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 decide.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@decide.py:9{user,python};decide@decide.py:5{user,python};loads@/usr/lib/python3.11/json/__init__.py:299{library,python} 8s n=4000
    /// cpu <module>@decide.py:9{user,python};decide@decide.py:6{user,python} 2s n=1000
    /// ```
    /// ```python decide.py
    /// import json
    ///
    /// def decide(text, orders):
    ///     for order in orders:
    ///         rules = json.loads(text)
    ///         if order.total >= rules["least"]:
    ///             yield order
    ///
    /// print(list(decide(open("rules.json").read(), orders())))
    /// ```
    /// ## References
    /// Python's documentation of `json`; Go's package `encoding/json`.
    JsonInLoop = "cpu/json-in-loop" {
        summary: "values are turned into text and back",
        effort: Small,
        risk: Review,
        languages: [Python, JavaScript, TypeScript, Go],
        needs: [CpuSamples],
        patterns: [JsonInLoop],
        thresholds: [LEAST_SHARE, LEAST_SHARE_OF_WORK],
    }
}

impl Rule for JsonInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let limit = |threshold| cx.limit(self.info().id, threshold);
        let of_work = limit(&LEAST_SHARE_OF_WORK);
        let mechanism = Mechanism {
            functions: CODECS,
            patterns: self.info().patterns,
            least_share: limit(&LEAST_SHARE),
            functions_tell: true,
            pattern_tells: false,
        };
        let seen = mechanism.seen(cx).into_iter();
        let drafts: Vec<Draft> = seen
            .filter_map(|seen| match seen.hit.filter(|hit| hit.is_certain) {
                Some(hit) => Some(same_value(cx, &seen, &hit.subject)),
                None if seen.place.share.low >= of_work => Some(work(cx, &seen)),
                None => None,
            })
            .collect();
        if drafts.is_empty() {
            let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(CODECS));
            return Verdict::Clear(format!(
                "reading and writing JSON and the like takes {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

/// What a function does, by its name.
fn is_reading(name: &str) -> bool {
    let name = name.to_lowercase();
    ["load", "parse", "unmarshal", "decode"].iter().any(|part| name.contains(part))
}

fn same_value(cx: &Context<'_>, seen: &Seen<'_>, subject: &str) -> Draft {
    let place = &seen.place;
    let does = if is_reading(subject) { "reads the same text" } else { "writes the same value" };
    let turns = cx.each_turn(place).unwrap_or_else(|| "each turn of the loop".to_owned());
    let draft = seen
        .draft(
            cx,
            format!("{} {does} again and again in `{}`", words::quoted(subject), place.location.function),
        )
        .cause(format!("{} {does} {turns}: nothing in its argument changes there", words::quoted(subject)))
        .alternative(
            "each turn changes what it read, or something outside of this file changes the value in between",
        )
        .assuming("reading or writing once, before the loop, is not counted");
    if is_reading(subject) {
        draft
            .advice("read it once, before the loop, and use the value in it")
            .advice("if it can change while the program runs, read it again only when its source has changed")
    } else {
        draft.advice("write it once, before the loop, and keep the text").advice(
            "where a part of it differs each time, put that part around the kept text or send it beside it",
        )
    }
}

fn work(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let what = if is_reading(&place.mechanism) { "reading" } else { "writing" };
    let mut draft = seen
        .draft(cx, format!("{what} JSON and the like is most of what `{}` does", place.location.function))
        .cause(format!("`{}` takes this time to turn values into text or back", place.mechanism))
        .advice("leave out fields and records that nobody reads")
        .at_most(Severity::Medium)
        .alternative("this is the work of the program, and all of it is needed")
        .assuming("none of it is needed, which is seldom so");
    draft.grade = Grade::E1;
    match place.language {
        Some(Language::Python) => draft.advice("try a faster library (`orjson`, `msgspec`): mind what it does with NaN, dates and the order of keys"),
        Some(Language::Go) => draft.advice("read into structs instead of `map[string]any`, or generate the code that reads"),
        _ => draft.advice("read a stream record by record, so that nobody waits for the whole text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    fn go(n: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main
            cpu main.main@a.go:4{{user,go}};encoding/json.Unmarshal{{library,go}} {n}ms n={n}
            cpu main.main@a.go:5{{user,go}} {rest}ms n={rest}"
        )
    }

    const SAME: &str = "package main\nfunc main() {\n\tfor _, x := range xs {\n\t\tjson.Unmarshal(text, &rules)\n\t\tuse(rules, x)\n\t}\n}\n";

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&JsonInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].severity), (Grade::E2, Severity::Critical));
        assert_eq!(found[0].title, "`json.loads` reads the same text again and again in `decide`");
    }

    #[test]
    fn quiet_at_the_threshold() {
        assert!(findings(&JsonInLoop, &go(150, 4850), &[("a.go", SAME)]).is_empty());
        assert_eq!(findings(&JsonInLoop, &go(200, 4800), &[("a.go", SAME)]).len(), 1);
    }

    #[test]
    fn quiet_about_values_that_differ_until_they_are_most_of_the_work() {
        let differ = SAME.replace("(text,", "(x,");
        assert!(findings(&JsonInLoop, &go(1000, 4000), &[("a.go", &differ)]).is_empty());
        let found = findings(&JsonInLoop, &go(2500, 2500), &[("a.go", &differ)]);
        assert_eq!((found[0].grade, found[0].severity), (Grade::E1, Severity::Medium));
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&JsonInLoop, &go(4000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess a runtime=go\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&JsonInLoop, waits, &[]), "unsure");
    }
}
