//! A table of pandas that is walked row by row.

use fathom_code::{Hit, LineSpan};

use crate::context::CodeFile;
use crate::prelude::*;

threshold! {
    /// What pandas itself does for the rows. Below it, the loop is about something else.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What makes an object of a single row or gets a single element, so that it tells without the source. `axis=1` is
/// pandas' "column" apply: it hands a row to each call.
const ROWS: &[&str] = &[
    "pandas/core/frame.py:DataFrame.iterrows",
    "pandas/core/apply.py:FrameColumnApply.series_generator",
    "pandas/core/indexing.py:_ScalarAccessIndexer.__getitem__",
    "pandas/core/indexing.py:_ScalarAccessIndexer.__setitem__",
    "pandas/core/indexing.py:_AtIndexer.__getitem__",
    "pandas/core/indexing.py:_AtIndexer.__setitem__",
];

declare_rule! {
    /// ## What it finds
    /// Tables of pandas that are walked row by row: `iterrows`, `apply` with `axis=1`, `.loc[i]`, `.iloc[i]` or
    /// `.at[i, ...]` in a loop.
    /// ## Why it matters
    /// A table is stored by columns. A row has to be put together first, as a Series with an index of its own, and each
    /// field of it is looked up by name again. The same arithmetic on whole columns runs in compiled code, once for all
    /// rows.
    /// ## How it is measured
    /// Samples inside of pandas are counted for the lines of the loop or of the `apply` that asked, and what these lines
    /// compute themselves is added unless it outweighs pandas. Time of other functions that the loop calls is left out.
    /// ## When it is wrong
    /// Work that has to be done for one row at a time (a request, a file for each row) gains only what pandas does.
    /// ## What to do
    /// Compute with columns. Where that is not possible, walk tuples instead of rows.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 price.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@price.py:9{user,python};prices@price.py:5{user,python};DataFrame.iterrows@/usr/lib/python3/dist-packages/pandas/core/frame.py:1554{library,python};Series.__init__@/usr/lib/python3/dist-packages/pandas/core/series.py:500{library,python} 5s n=2500
    /// cpu <module>@price.py:9{user,python};prices@price.py:6{user,python};Series.__getitem__@/usr/lib/python3/dist-packages/pandas/core/series.py:1100{library,python} 2s n=1000
    /// cpu <module>@price.py:9{user,python};prices@price.py:6{user,python} 1s n=500
    /// cpu <module>@price.py:10{user,python} 2s n=1000
    /// ```
    /// ```python price.py
    /// import pandas as pd
    ///
    /// def prices(parcels):
    ///     out = []
    ///     for _, parcel in parcels.iterrows():
    ///         out.append(parcel["grams"] * 12 + parcel["zone"] * 75)
    ///     return out
    ///
    /// found = prices(pd.read_csv("parcels.csv"))
    /// print(sorted(found))
    /// ```
    /// ## References
    /// pandas' documentation of `DataFrame.iterrows` and "Enhancing performance".
    RowIteration = "python/row-iteration" {
        summary: "a table of pandas is walked row by row",
        effort: Small,
        risk: Review,
        languages: [Python],
        needs: [CpuSamples],
        patterns: [RowIteration],
        thresholds: [LEAST_SHARE],
        silences: ["memory/garbage-collection"],
    }
}

/// What a stack below a loop over rows does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// pandas makes or reads a row.
    Table,
    /// The code that the loop or `apply` runs for each row.
    Own,
    Other,
}

impl Rule for RowIteration {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let goal = cx.goal_ledger();
        let mut found: Vec<(Place, Option<&Hit>)> = Vec::new();
        for (path, file) in cx.files() {
            for hit in file.hits.iter().filter(|hit| self.info().patterns.contains(&hit.pattern)) {
                let lines = lines_of(file, hit);
                let table = cx.cost_of_lines(goal, path, lines, |top, at| work(cx, top, at) == Work::Table);
                let Some(table) = table.filter(|table| table.share.low >= least_share) else { continue };
                let all = cx.cost_of_lines(goal, path, lines, |top, at| work(cx, top, at) != Work::Other);
                // A loop that mostly computes would have to do so in any case.
                let mut place = all.filter(|all| all.value <= 2 * table.value).unwrap_or(table);
                place.location.line = Some(hit.lines.first);
                found.push((place, Some(hit)));
            }
        }
        let rows = cx.cost_under(goal, &cx.functions(ROWS));
        let rest = rows.places.into_iter().filter(|place| place.is_own && place.share.low >= least_share);
        found.extend(rest.map(|place| (place, None)));
        // One loop is one finding, however many lines of it fetch elements.
        let mut claimed = crate::ledger::Claim::default();
        found.sort_by_key(|(place, hit)| (hit.is_none(), std::cmp::Reverse(place.value)));
        found.retain(|(place, _)| {
            let is_new = goal.sum_outside(&place.claim, &claimed) > place.value / 2;
            if is_new {
                claimed.join(&place.claim);
            }
            is_new
        });
        if found.is_empty() {
            return Verdict::Clear("no loop was seen that walks a table row by row".to_owned());
        }
        Verdict::Found(found.iter().map(|(place, hit)| draft(cx, place, *hit)).collect())
    }
}

/// The lines that run for each row: the loop that a call heads, or the call alone.
fn lines_of(file: &CodeFile, hit: &Hit) -> LineSpan {
    let loops = file.source.loops().iter();
    let headed = loops.filter(|found| found.header_line == hit.lines.first).map(|found| found.lines);
    headed.max_by_key(|lines| lines.last).unwrap_or(hit.lines)
}

/// What a stack does below the lines that walk the rows.
fn work(cx: &Context<'_>, top: usize, at: usize) -> Work {
    let nodes = cx.recording.stacks.nodes();
    let file = |at: usize| cx.file_of_frame(nodes[at].frame).filter(|file| file.ends_with(".py"));
    let is_pandas = |file: &str| file.contains("/pandas/");
    let own = cx.own_of(at).unwrap_or(top);
    match cx.frames_below(own, at).filter_map(file).last() {
        Some(outermost) if is_pandas(outermost) => Work::Table,
        Some(_) => Work::Other,
        None if own == top => Work::Own,
        // The function that was given to `apply`.
        None => match cx.parent(own).and_then(|above| cx.frames_below(top, above).find_map(file)) {
            Some(caller) if is_pandas(caller) => Work::Own,
            _ => Work::Other,
        },
    }
}

fn draft(cx: &Context<'_>, place: &Place, hit: Option<&Hit>) -> Draft {
    let function = &place.location.function;
    let called = words::quoted(hit.map_or(place.mechanism.as_str(), |hit| hit.subject.as_str()));
    let name = hit.map_or("", |hit| hit.subject.rsplit('.').next().unwrap_or_default());
    let (title, cause) = match name {
        "iterrows" => (
            format!("{called} makes a Series of each row in `{function}`"),
            "each turn of the loop puts one row together as a Series and looks its fields up by name".to_owned(),
        ),
        "apply" => (
            format!("{called} calls a function for each row in `{function}`"),
            "pandas puts each row together as a Series, hands it to the function, and gathers what comes back".to_owned(),
        ),
        _ => (
            format!("{called} fetches rows or elements one at a time in `{function}`"),
            format!("each use of {called} checks its key, finds the row and makes an object of what is there"),
        ),
    };
    let mut draft = Draft::at(place, title, Grade::E2).cause(cause).evidence(
        "samples",
        format!(
            "{} of {} ({}, {} observations) is spent on single rows by {}",
            words::share(place.share),
            cx.goal.metric,
            words::time(place.value),
            words::count(place.n),
            place.words(),
        ),
    );
    if let Some(hit) = hit {
        draft.subject.clone_from(&hit.subject);
        draft = draft.evidence("source", format!("line {} walks rows with {called}", hit.lines.first));
    } else if !cx.has_source(place) {
        draft = draft.alternative(
            "the source of this line was not read, so that what it does with a row is not known",
        );
    }
    let draft = match name {
        "iterrows" | "apply" => draft
            .advice("compute with whole columns: `table[\"price\"] = table[\"grams\"] * 12 + table[\"zone\"] * 75`; `numpy.where(condition, a, b)` stands for an `if`")
            .advice("look-ups in another table become `merge` or `Series.map`, sums and counts by key become `groupby`")
            .advice("if a row needs code of its own, walk `table.itertuples(index=False)` or `zip(table[\"a\"], table[\"b\"])`: no Series is made"),
        "itertuples" => draft
            .advice("compute with whole columns; `numpy.where(condition, a, b)` stands for an `if`"),
        _ => draft
            .advice("compute with whole columns, or with a condition for all rows at once: `table.loc[table[\"zone\"] == 3, \"price\"] += 50`")
            .advice("if the loop has to stay, take the columns out before it (`grams = table[\"grams\"].tolist()`), gather the results in a list, and make a column of it afterwards"),
    };
    draft
        .assuming("the same can be said with operations on columns, whose own cost is not counted")
        .alternative(
            "what is done for a row cannot be done for many: then only what pandas does for each row can go",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const PANDAS: &str = "/usr/lib/python3/dist-packages/pandas/core";
    const APPLY: &str = "import pandas as pd\ndef price(row):\n  return row.a * 2\ndef f(table):\n  return table.apply(price, axis=1)\nf(table)\n";

    fn apply(rows: u32, inside: u32, rest: u32) -> String {
        let head = format!(
            "<module>@a.py:6{{user,python}};f@a.py:5{{user,python}};DataFrame.apply@{PANDAS}/frame.py:9{{library,python}}"
        );
        let generator = format!("FrameColumnApply.series_generator@{PANDAS}/apply.py:99{{library,python}}");
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu {head};{generator} {rows}ms n={rows}
            cpu {head};price@a.py:3{{user,python}} {inside}ms n={inside}
            cpu <module>@a.py:6{{user,python}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&RowIteration);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`parcels.iterrows` makes a Series of each row in `prices`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(5));
        assert!((found[0].impact.share.point - 0.8).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_on_apply_with_the_function_that_it_calls() {
        let found = findings(&RowIteration, &apply(2000, 1000, 2000), &[("a.py", APPLY)]);
        assert_eq!(found.len(), 1);
        assert!((found[0].impact.share.point - 0.6).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn a_function_that_computes_for_long_is_not_claimed() {
        let found = findings(&RowIteration, &apply(1000, 3000, 1000), &[("a.py", APPLY)]);
        assert!((found[0].impact.share.point - 0.2).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn quiet_at_the_threshold() {
        let of = |rows| findings(&RowIteration, &apply(rows, 0, 5000 - rows), &[("a.py", APPLY)]).len();
        assert_eq!((of(150), of(250)), (0, 1));
    }

    #[test]
    fn quiet_where_columns_are_used() {
        let source = "import pandas as pd\ntable = pd.read_csv(name)\ntable['a'] = table['b'] * 2\n";
        let profile = format!("wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:3{{user,python}};Series.__mul__@{PANDAS}/series.py:9{{library,python}} 9s n=4500");
        assert!(findings(&RowIteration, &profile, &[("a.py", source)]).is_empty());
    }

    #[test]
    fn unsure_of_the_loop_without_source_and_without_samples() {
        let found = findings(&RowIteration, &apply(2000, 1000, 2000), &[]);
        assert!((found[0].impact.share.point - 0.4).abs() < 0.01, "{:?}", found[0].impact);
        assert!(found[0].alternatives[0].contains("was not read"), "{:?}", found[0].alternatives);
        let waits = "wall 10s\ncommand ./a\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&RowIteration, waits, &[]), "unsure");
    }
}
