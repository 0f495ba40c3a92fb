//! A table of pandas or an array of numpy that is made longer in a loop.

use crate::prelude::*;

threshold! {
    /// What is copied grows with each turn, so that already this much will be more with more data.
    LEAST_SHARE = "least-share", Share(0.03), source: "our own choice, held by the corpus"
}

/// What puts tables or arrays together: pandas from 1.0 on, numpy before and from 2.0 on, PyTorch.
const GROWERS: &[&str] = &[
    "pandas/core/reshape/concat.py:concat",
    "pandas/core/frame.py:DataFrame.append",
    "pandas/core/frame.py:DataFrame._append",
    "pandas/core/series.py:Series.append",
    "pandas/core/series.py:Series._append",
    "pandas/core/indexing.py:_iLocIndexer._setitem_with_indexer_missing",
    "numpy/lib/function_base.py:append",
    "numpy/lib/function_base.py:insert",
    "numpy/lib/_function_base_impl.py:append",
    "numpy/lib/_function_base_impl.py:insert",
    "numpy/core/shape_base.py:vstack",
    "numpy/core/shape_base.py:hstack",
    "numpy/_core/shape_base.py:vstack",
    "numpy/_core/shape_base.py:hstack",
    "numpy/lib/shape_base.py:column_stack",
    "numpy/lib/_shape_base_impl.py:column_stack",
    "array_concatenate",
    "PyArray_ConcatenateArrays",
    "THPVariable_cat",
];

declare_rule! {
    /// ## What it finds
    /// `table = pandas.concat([table, more])`, `array = numpy.append(array, more)` and their like in a loop.
    /// ## Why it matters
    /// Tables and arrays cannot grow. Each turn makes a new one and copies everything that is there so far, so that
    /// twice as many turns take four times as long.
    /// ## How it is measured
    /// Samples inside the functions of pandas and numpy that put tables and arrays together are counted for the line of
    /// own code that asked. In the source that line has to assign the result to what it began with, inside a loop.
    /// ## When it is wrong
    /// If the longer table is needed in each turn (to look something up in it), it has to be there in each turn.
    /// ## What to do
    /// Gather the parts in a list and put them together once, after the loop.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 load.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@load.py:9{user,python};load@load.py:6{user,python};concat@/usr/lib/python3/dist-packages/pandas/core/reshape/concat.py:380{library,python} 7s n=3500
    /// cpu <module>@load.py:9{user,python};load@load.py:6{user,python};read_csv@/usr/lib/python3/dist-packages/pandas/io/parsers/readers.py:900{library,python} 2s n=1000
    /// cpu <module>@load.py:10{user,python} 1s n=500
    /// ```
    /// ```python load.py
    /// import pandas as pd
    ///
    /// def load(names):
    ///     table = pd.DataFrame()
    ///     for name in names:
    ///         table = pd.concat([table, pd.read_csv(name)])
    ///     return table
    ///
    /// table = load(open("names").read().split())
    /// print(len(table))
    /// ```
    /// ## References
    /// pandas' documentation of `concat` ("build up a list of DataFrames and concat them in a single call"); NumPy's
    /// documentation of `append`.
    FrameGrowth = "python/frame-growth" {
        summary: "a table or array is made longer in a loop",
        effort: Small,
        risk: Low,
        languages: [Python],
        needs: [CpuSamples],
        patterns: [FrameGrowth],
        thresholds: [LEAST_SHARE],
        silences: ["memory/garbage-collection", "memory/page-faults"],
    }
}

impl Rule for FrameGrowth {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: GROWERS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: false,
        };
        mechanism.verdict(cx, self.info(), |seen| {
            let function = &seen.place.location.function;
            let what = seen.hit.map_or_else(|| "the table".to_owned(), |hit| words::quoted(&hit.subject));
            let name = seen.hit.map_or("table", |hit| hit.subject.as_str());
            let draft = seen
                .draft(cx, format!("{what} is copied to be made longer in `{function}`"))
                .cause(format!("each turn of the loop makes a new {what} and copies all that it had so far"));
            advice(draft, Kind::of(&seen.place.mechanism), name)
                .assuming("putting all parts together once costs about one turn, which is not counted")
        })
    }
}

/// What grows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Array,
    Tensor,
}

impl Kind {
    fn of(mechanism: &str) -> Self {
        let has = |parts: &[&str]| parts.iter().any(|part| mechanism.contains(part));
        match mechanism {
            "concat" => Self::Table,
            _ if has(&["DataFrame", "Series", "_setitem_with_indexer_missing"]) => Self::Table,
            _ if has(&["THP"]) => Self::Tensor,
            _ => Self::Array,
        }
    }
}

fn advice(draft: Draft, kind: Kind, name: &str) -> Draft {
    let once = |call: &str| {
        format!(
            "gather the parts in a list (`parts.append(part)`) and write `{name} = {call}(parts)` once, after the loop"
        )
    };
    match kind {
        Kind::Table => draft.advice(once("pandas.concat")).advice(
            "rows that are made one by one are gathered as tuples or dicts and become a table at the end: `pandas.DataFrame(rows)`",
        ),
        Kind::Array => draft
            .advice(once("numpy.concatenate"))
            .advice("if the length is known before, make the array once (`numpy.empty(n)`) and write into slices of it"),
        Kind::Tensor => draft
            .advice(once("torch.cat"))
            .advice("if the length is known before, make the tensor once (`torch.empty(n)`) and write into slices of it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "import numpy as np\ndef f(parts):\n  a = np.zeros(0)\n  for part in parts:\n    a = np.append(a, part)\n  return a\nf(g())\n";

    fn profile(inside: &str, growing: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:7{{user,python}};f@a.py:5{{user,python}};{inside} {growing}ms n={growing}
            cpu <module>@a.py:7{{user,python}} {rest}ms n={rest}"
        )
    }
    const APPEND: &str = "append@/usr/lib/python3/dist-packages/numpy/lib/_function_base_impl.py:5600{library,python};array_concatenate[_multiarray_umath.so]{library}";

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&FrameGrowth);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`table` is copied to be made longer in `load`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
        // Reading the parts is no copying.
        assert!((found[0].impact.share.point - 0.7).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn fires_on_arrays_with_their_own_advice() {
        let found = findings(&FrameGrowth, &profile(APPEND, 4000, 1000), &[("a.py", SOURCE)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].advice[0].contains("`a = numpy.concatenate(parts)`"), "{:?}", found[0].advice);
    }

    #[test]
    fn quiet_at_the_threshold() {
        let of = |growing| {
            findings(&FrameGrowth, &profile(APPEND, growing, 5000 - growing), &[("a.py", SOURCE)]).len()
        };
        assert_eq!((of(150), of(250)), (0, 1));
    }

    #[test]
    fn quiet_where_parts_are_put_together_once() {
        let source =
            "import numpy as np\ndef f(parts):\n\n\n  a = np.append(first, parts)\n  return a\nf(g())\n";
        assert!(findings(&FrameGrowth, &profile(APPEND, 4000, 1000), &[("a.py", source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&FrameGrowth, &profile(APPEND, 4000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand ./a\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&FrameGrowth, waits, &[]), "unsure");
    }
}
