//! An array of numpy that Python code walks element by element.

use fathom_analysis::Function;
use fathom_code::{Hit, LineSpan};

use crate::frame_set::FrameSet;
use crate::prelude::*;

threshold! {
    /// Part of the run that the lines of the loop take. Below it the loop is not worth a second form.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}
threshold! {
    /// Part of the loop's time in numpy's code for single elements. Loops that hand whole rows to numpy stay far below.
    LEAST_SCALAR = "least-scalar", Share(0.10), source: "our own choice, held by the corpus"
}

/// numpy's compiled code, in wheels and in distributions.
const MODULES: &[&str] = &["_multiarray_umath", "multiarray", "umath"];
/// What makes an object of one element, or stores one object as an element.
const ELEMENTS: &[&str] =
    &["PyArray_Scalar", "PyArray_ToScalar", "PyArray_Pack", "PyArray_SETITEM", "gentype_"];
/// numpy's objects for single numbers compute in functions such as `long_add` and `double_multiply`; those for whole
/// arrays are called `LONG_add`, `DOUBLE_multiply_AVX2`.
const NUMBERS: &[&str] = &[
    "bool_",
    "byte_",
    "ubyte_",
    "short_",
    "ushort_",
    "int_",
    "uint_",
    "long_",
    "ulong_",
    "longlong_",
    "ulonglong_",
    "half_",
    "float_",
    "double_",
    "longdouble_",
    "cfloat_",
    "cdouble_",
    "clongdouble_",
    "convert_to_",
];

declare_rule! {
    /// ## What it finds
    /// A loop in Python that reads or writes the elements of a numpy array one by one.
    /// ## Why it matters
    /// The elements stand side by side as plain numbers. Each `a[i]` makes an object out of one, arithmetic on it goes
    /// through the interpreter and through numpy's scalars, and each store takes it apart again: slower than the same
    /// loop over a list, and far slower than one operation on the array.
    /// ## How it is measured
    /// The lines of a loop that indexes or walks an array are added up: what the interpreter does for them and what
    /// numpy does. Of that, numpy's functions for single elements have to be a part that is seen; a loop that hands
    /// whole rows to numpy has none. Other functions that the loop calls are left out.
    /// ## When it is wrong
    /// If each element depends on the result before it, there may be no operation on arrays for it.
    /// ## What to do
    /// Write the loop as operations on whole arrays or slices; where that cannot be, loop over `a.tolist()` or compile
    /// the loop.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 smooth.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@smooth.py:9{user,python};smooth@smooth.py:6{user,python} 3s n=1500
    /// cpu <module>@smooth.py:9{user,python};smooth@smooth.py:6{user,python};array_subscript[_multiarray_umath.so]{library};PyArray_Scalar[_multiarray_umath.so]{library} 3s n=1500
    /// cpu <module>@smooth.py:9{user,python};smooth@smooth.py:6{user,python};double_add[_multiarray_umath.so]{library} 2s n=1000
    /// cpu <module>@smooth.py:10{user,python} 2s n=1000
    /// ```
    /// ```python smooth.py
    /// import numpy as np
    ///
    /// def smooth(levels: np.ndarray):
    ///     out = np.zeros(len(levels))
    ///     for i in range(1, len(levels)):
    ///         out[i] = (levels[i] + levels[i - 1]) / 2
    ///     return out
    ///
    /// found = smooth(np.load("levels.npy"))
    /// print(sum(found))
    /// ```
    /// ## References
    /// NumPy's documentation, "Broadcasting" and "Universal functions".
    ArrayLoop = "python/array-loop" {
        summary: "an array of numpy is walked element by element",
        effort: Small,
        risk: Review,
        languages: [Python],
        needs: [CpuSamples],
        patterns: [ArrayScalarLoop],
        thresholds: [LEAST_SHARE, LEAST_SCALAR],
        silences: ["memory/garbage-collection"],
    }
}

impl Rule for ArrayLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let info = self.info();
        let (least_share, least_scalar) = (cx.limit(info.id, &LEAST_SHARE), cx.limit(info.id, &LEAST_SCALAR));
        let goal = cx.goal_ledger();
        let scalars = cx.functions_where(is_scalar);
        let of_numpy = cx.functions_where(is_of_numpy);
        if of_numpy.is_empty() {
            return Verdict::NotApplicable("numpy was not seen at work".to_owned());
        }
        let mut drafts: Vec<(Place, Draft)> = Vec::new();
        for (path, file) in cx.files() {
            for hit in file.hits.iter().filter(|hit| info.patterns.contains(&hit.pattern)) {
                let all = cx.cost_of_lines(goal, path, hit.lines, |top, at| is_of_loop(cx, top, at));
                let Some(all) = all.filter(|all| all.share.low >= least_share) else { continue };
                // Waits for a CPU come at any function; what the loop does is what it does on one.
                let cpu = cx.cpu_ledger();
                let busy = cx.cost_of_lines(cpu, path, hit.lines, |top, at| is_of_loop(cx, top, at));
                let scalar = cx.cost_of_lines(cpu, path, hit.lines, |top, at| {
                    is_of_loop(cx, top, at) && passes(cx, top, at, &scalars)
                });
                let value = |place: &Option<Place>| place.as_ref().map_or(0, |place| place.value);
                let part = value(&scalar) as f64 / value(&busy).max(1) as f64;
                if part >= least_scalar {
                    drafts.push((all.clone(), draft(cx, &all, hit, scalar.as_ref())));
                }
            }
        }
        if drafts.is_empty() {
            return Verdict::Clear("no loop was seen that takes arrays apart element by element".to_owned());
        }
        // Of loops inside each other the innermost has the samples.
        drafts.sort_by_key(|(place, _)| std::cmp::Reverse(place.value));
        drafts.dedup_by(|(a, _), (b, _)| a.claim == b.claim);
        Verdict::Found(drafts.into_iter().map(|(_, draft)| draft).collect())
    }
}

fn is_of_numpy(function: &Function) -> bool {
    function.module_name.as_deref().is_some_and(|module| MODULES.iter().any(|name| module.starts_with(name)))
}

fn is_scalar(function: &Function) -> bool {
    let starts = |names: &[&str]| names.iter().any(|name| function.name.starts_with(name));
    is_of_numpy(function) && (starts(ELEMENTS) || starts(NUMBERS) || function.name.contains("_setitem"))
}

/// Whether a stack below the loop is the loop's own work: no other function of Python is called.
fn is_of_loop(cx: &Context<'_>, top: usize, at: usize) -> bool {
    let nodes = cx.recording.stacks.nodes();
    let is_python = |at: usize| cx.file_of_frame(nodes[at].frame).is_some_and(|file| file.ends_with(".py"));
    !cx.frames_below(top, at).any(is_python)
}

fn passes(cx: &Context<'_>, top: usize, at: usize, functions: &FrameSet) -> bool {
    let nodes = cx.recording.stacks.nodes();
    cx.frames_below(top, at).any(|at| functions.has(cx.index.of_frame(nodes[at].frame)))
}

fn draft(cx: &Context<'_>, place: &Place, hit: &Hit, scalar: Option<&Place>) -> Draft {
    let array = words::quoted(&hit.subject);
    let LineSpan { first, last } = hit.lines;
    let mut draft = Draft::at(place, format!("{array} is walked element by element in `{}`", place.location.function), Grade::E2)
        .evidence(
            "samples",
            format!(
                "{} of {} ({}, {} observations) is spent on the lines of the loop, most of it at {}",
                words::share(place.share),
                cx.goal.metric,
                words::time(place.value),
                words::count(place.n),
                place.words(),
            ),
        )
        .evidence("source", format!("the loop in lines {first} to {last} takes one element of {array} at a time"))
        .cause(format!("each turn of the loop makes objects of single elements of {array} and computes with them one by one"))
        .advice(format!("write it for the whole array: slices such as `{0}[1:]` and `{0}[:-1]` stand for neighbours, `numpy.where` for an `if`, `numpy.cumsum` and `numpy.maximum.accumulate` for running values", words::short_name(&hit.subject, "a")))
        .advice(format!("if an element needs the result before it, loop over `{}.tolist()` and make an array of the results at the end, or compile the function with Numba", words::short_name(&hit.subject, "a")))
        .assuming("the loop can be said as operations on arrays, whose own cost is not counted")
        .alternative("each element depends on the result before it in a way that no operation on arrays has");
    if let Some(scalar) = scalar {
        draft = draft.evidence(
            "samples",
            format!(
                "{} of CPU time passes in numpy's code for single elements, such as `{}`",
                words::time(scalar.value),
                scalar.mechanism
            ),
        );
    }
    draft.subject.clone_from(&hit.subject);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str = "import numpy as np\ndef f(n):\n  a = np.zeros(n)\n  for i in range(n):\n    a[i] = i * 2\n  return a\nf(9)\n";

    fn profile(plain: u32, inside: &str, value: u32, rest: u32) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            cpu <module>@a.py:7{{user,python}};f@a.py:5{{user,python}} {plain}ms n={plain}
            cpu <module>@a.py:7{{user,python}};f@a.py:5{{user,python}};{inside}[_multiarray_umath.cpython-311.so]{{library}} {value}ms n={value}
            cpu <module>@a.py:7{{user,python}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&ArrayLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].title, "`out` is walked element by element in `smooth`");
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(6));
        assert!((found[0].impact.share.point - 0.8).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn quiet_at_the_thresholds() {
        let of = |plain, value, rest| {
            findings(&ArrayLoop, &profile(plain, "LONG_setitem", value, rest), &[("a.py", SOURCE)]).len()
        };
        assert_eq!((of(200, 50, 4750), of(300, 100, 4600)), (0, 1));
        assert_eq!((of(3000, 250, 1000), of(3000, 400, 1000)), (0, 1));
    }

    #[test]
    fn quiet_where_numpy_gets_whole_rows() {
        let rows = profile(300, "LONG_add_AVX2", 3000, 1000);
        assert!(findings(&ArrayLoop, &rows, &[("a.py", SOURCE)]).is_empty());
    }

    #[test]
    fn quiet_where_the_source_has_no_loop() {
        let source = "import numpy as np\ndef f(n):\n  a = np.zeros(n)\n\n  return a * 2\n";
        assert!(
            findings(&ArrayLoop, &profile(3000, "double_add", 1000, 1000), &[("a.py", source)]).is_empty()
        );
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        // Single elements may be anybody's without the loop.
        assert_eq!(standing(&ArrayLoop, &profile(3000, "double_add", 1000, 1000), &[]), "checked");
        let waits = "wall 10s\ncommand ./a\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&ArrayLoop, waits, &[]), "unsure");
    }
}
