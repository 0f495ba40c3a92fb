//! A run that is over soon, most of which loads modules.

use fathom_model::GoalMetric;

use crate::ledger::Claim;
use crate::prelude::*;

threshold! {
    /// Part of the run that all imports take together. Below it the program does more than start.
    LEAST_TOTAL = "least-total", Share(0.40), source: "our own choice, held by the corpus"
}
threshold! {
    /// Part of the run that one import of own code takes.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}
threshold! {
    /// A module that works for longer than this part of its import is there for a reason.
    MOST_USE = "most-use", Share(0.50), source: "our own choice, held by the corpus"
}

/// What carries out an import: the import system in Python up to and from 3.4 on.
const IMPORTS: &[&str] = &["_find_and_load", "import_find_and_load"];

declare_rule! {
    /// ## What it finds
    /// Imports at the head of a Python file that take a large part of a short run, of modules that do little in it.
    /// ## Why it matters
    /// Loading a large package reads and runs hundreds of files. A command that is started again and again pays for it
    /// each time, before it does anything.
    /// ## How it is measured
    /// Everything that the main thread does or waits for inside of Python's import system is counted for the line of own
    /// code that imports. Held against it is what the same package does outside of imports. What several packages
    /// share is paid by the one that is imported first.
    /// ## When it is wrong
    /// For a server the start is once. A package that another import needs as well is loaded in any case.
    /// ## What to do
    /// Do without the package, or import it in the function that needs it, so that only those runs pay which get there.
    /// ## Example
    /// ```profile
    /// wall 1200ms
    /// command python3 zones.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@zones.py:2{user,python};_find_and_load{runtime,python};<module>@/usr/lib/python3/dist-packages/pandas/__init__.py:30{library,python} 600ms n=600
    /// off-cpu blocked.disk <module>@zones.py:2{user,python};_find_and_load{runtime,python};read[libc.so.6]{library} 200ms n=90
    /// cpu <module>@zones.py:4{user,python};read_csv@/usr/lib/python3/dist-packages/pandas/io/parsers/readers.py:900{library,python} 100ms n=100
    /// cpu <module>@zones.py:5{user,python} 300ms n=300
    /// ```
    /// ```python zones.py
    /// import sys
    /// import pandas as pd
    ///
    /// parcels = pd.read_csv(sys.argv[1])
    /// print(sum(zone * 7 for zone in parcels["zone"]))
    /// ```
    /// ## References
    /// Python's documentation of `-X importtime`; PEP 690 and PEP 810 (lazy imports).
    Imports = "python/imports" {
        summary: "a short run mostly imports modules",
        effort: Small,
        risk: Review,
        languages: [Python],
        needs: [CpuSamples],
        patterns: [HeavyImport],
        thresholds: [LEAST_TOTAL, LEAST_SHARE, MOST_USE],
        silences: ["memory/garbage-collection", "memory/page-faults"],
    }
}

impl Rule for Imports {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let info = self.info();
        if cx.goal.metric == GoalMetric::Cpu {
            return Verdict::NotApplicable(
                "the run is no short command: CPU time of all threads is the goal".to_owned(),
            );
        }
        let goal = cx.goal_ledger();
        let imports = cx.functions(IMPORTS);
        let all = cx.cost_under(goal, &imports);
        if all.share.low < cx.limit(info.id, &LEAST_TOTAL) {
            return Verdict::Clear(format!("imports take {} of {}", words::share(all.share), cx.goal.metric));
        }
        let below = cx.stacks_through(&imports);
        let mut drafts = Vec::new();
        for place in all.places.iter().filter(|place| place.is_own) {
            if place.share.low < cx.limit(info.id, &LEAST_SHARE) {
                continue;
            }
            let Some((package, statement)) = imported(cx, place) else {
                drafts.push(unknown(cx, place));
                continue;
            };
            let uses = use_of(cx, &package, &below);
            let used = goal.sum(&uses).0;
            if (used as f64) < cx.limit(info.id, &MOST_USE) * place.value as f64 {
                // Who does without the package does without its use, too.
                let draft = draft(cx, place, &package, &statement, used);
                drafts.push(Draft { beside: Some(uses), ..draft });
            }
        }
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "imports take {} of {}, and what they load is used",
                words::share(all.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

/// The package that a line imports, and the line; `None` without its source.
fn imported(cx: &Context<'_>, place: &Place) -> Option<(String, String)> {
    let (file, line) = cx.file_of(place)?;
    let text = file.line(line).split('#').next().unwrap_or_default().trim();
    let module = text.strip_prefix("import ").or_else(|| text.strip_prefix("from "))?;
    let package =
        module.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())?;
    Some((package.to_owned(), text.to_owned()))
}

/// What a package does outside of imports.
fn use_of(cx: &Context<'_>, package: &str, below_import: &[bool]) -> Claim {
    let (folder, file) = (format!("/{package}/"), format!("/{package}.py"));
    let is_in = |path: &str| path.contains(&folder) || path.ends_with(&file);
    let functions = cx.functions_where(|function| function.file.as_deref().is_some_and(is_in));
    let through = cx.stacks_through(&functions);
    let mut claim = Claim::empty(through.len());
    (0..through.len()).filter(|at| through[*at] && !below_import[*at]).for_each(|at| claim.add(at));
    claim
}

fn evidence(cx: &Context<'_>, place: &Place) -> String {
    format!(
        "{} of {} ({}, {} observations) passes while {} is carried out",
        words::share(place.share),
        cx.goal.metric,
        words::time(place.value),
        words::count(place.n),
        place.words(),
    )
}

fn unknown(cx: &Context<'_>, place: &Place) -> Draft {
    Draft::at(place, format!("imports in `{}` take long", place.location.function), Grade::E1)
        .evidence("samples", evidence(cx, place))
        .cause("the run loads modules for a large part of its time")
        .advice("`python -X importtime` lists what is loaded, and how long each module takes")
        .advice("import what only some runs need in the function that needs it")
        .alternative("the source of this line was not read, so that what it imports is not known")
}

fn draft(cx: &Context<'_>, place: &Place, package: &str, statement: &str, used: i64) -> Draft {
    let name = words::quoted(package);
    let mut draft =
        Draft::at(place, format!("importing {name} takes longer than what it is used for"), Grade::E2)
            .evidence("samples", evidence(cx, place))
            .evidence(
                "samples",
                format!("outside of imports {} of the run passes in files of {name}", words::time(used)),
            )
            .evidence(
                "source",
                format!("line {}: {}", place.location.line.unwrap_or_default(), words::quoted(statement)),
            )
            .cause(format!(
                "{} is carried out in each run and loads all of {name}, little of which is then used",
                words::quoted(statement)
            ));
    draft.subject = package.to_owned();
    draft = match package {
        "pandas" | "numpy" | "polars" | "pyarrow" => draft.advice(format!(
            "for a few thousand rows `csv`, `statistics` and plain lists and dicts do the same without {name}"
        )),
        "requests" | "httpx" | "aiohttp" | "boto3" => draft.advice(format!(
            "import {name} in the function that sends something: runs that send nothing do not load it"
        )),
        "matplotlib" | "seaborn" | "plotly" => draft.advice(format!(
            "import {name} in the function that draws: runs that draw nothing do not load it"
        )),
        _ => draft,
    };
    draft
        .advice(format!("if only some runs need {name}, move the import into the function that needs it"))
        .advice(format!("`python -X importtime -c 'import {package}'` lists what it loads and how long each part takes: often one part of it is enough, or one of its own imports is what takes long"))
        .advice("if the command is started very often, keep one process that has everything loaded, and send it the work")
        .assuming("nothing else that the run needs loads the same modules")
        .alternative("each run needs the package: then only fewer starts help")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "import sys\nfrom sympy import solve  # algebra\n\nprint(solve(sys.argv[1]))\n";

    fn profile(importing: u32, using: u32, rest: u32) -> String {
        format!(
            "wall 5s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:2{{user,python}};_find_and_load{{runtime,python}};<module>@/usr/lib/python3/dist-packages/sympy/__init__.py:9{{library,python}} {importing}ms n={importing}
            cpu <module>@a.py:4{{user,python}};solve@/usr/lib/python3/dist-packages/sympy/solvers.py:9{{library,python}} {using}ms n={using}
            cpu <module>@a.py:4{{user,python}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&Imports);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "importing `pandas` takes longer than what it is used for");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(2));
        assert!((found[0].impact.share.point - 0.667).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn quiet_at_the_thresholds() {
        let of = |importing, using, rest| {
            findings(&Imports, &profile(importing, using, rest), &[("a.py", SOURCE)]).len()
        };
        assert_eq!((of(2000, 0, 3000), of(2200, 0, 2800)), (0, 1));
        // What is used for long was worth its import.
        assert_eq!((of(2500, 1300, 200), of(2500, 1200, 300)), (0, 1));
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&Imports, &profile(3000, 0, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&Imports, waits, &[]), "unsure");
    }
}
