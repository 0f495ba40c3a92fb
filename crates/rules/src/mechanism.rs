//! The join that most rules make: functions of a runtime or library that give a mechanism away, the line of own code
//! that pays for them, and the pattern in the source of that line.
//!
//! Functions and pattern together are seen at work (E2). One alone is likely (E1): functions where the source was not
//! read, a pattern where the compiler left no function to see. Functions whose source was read and shows no pattern
//! are dropped, unless the rule says that the functions alone tell.

use fathom_code::{Hit, Pattern};
use fathom_model::{FrameKind, Grade};

use crate::context::Context;
use crate::draft::Draft;
use crate::ledger::Ledger;
use crate::place::Place;
use crate::rule::{RuleInfo, Verdict};
use crate::words;

/// With fewer observations nothing is confirmed.
const LEAST_CONFIRMED: u64 = 20;

/// What gives a mechanism away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mechanism {
    /// Functions of runtimes and libraries; `*` stands for any start or end.
    pub(crate) functions: &'static [&'static str],
    /// Patterns in source.
    pub(crate) patterns: &'static [Pattern],
    /// Smallest share of the goal, by the lower end of its interval.
    pub(crate) least_share: f64,
    /// Whether the functions tell without a pattern, also where the source was read.
    pub(crate) functions_tell: bool,
    /// Whether the pattern on a hot line tells without the functions.
    pub(crate) pattern_tells: bool,
}

/// One place where it was seen.
#[derive(Clone, Debug)]
pub(crate) struct Seen<'a> {
    /// The line of own code, with the stacks it claims.
    pub(crate) place: Place,
    /// The pattern, where the source was read and has it.
    pub(crate) hit: Option<&'a Hit>,
    /// What the sight is worth.
    pub(crate) grade: Grade,
}

impl Seen<'_> {
    /// A finding at this place with what was seen as its evidence.
    pub(crate) fn draft(&self, cx: &Context<'_>, title: impl Into<String>) -> Draft {
        let place = &self.place;
        let mut draft = Draft::at(place, title, self.grade);
        let by = if place.mechanism.is_empty() {
            String::new()
        } else {
            format!(", most of it in `{}`", place.mechanism)
        };
        draft = draft.evidence(
            "samples",
            format!(
                "{} of {} ({}, {} observations) is spent at {}{by}",
                words::share(place.share),
                cx.goal.metric,
                words::time(place.value),
                words::count(place.n),
                place.words(),
            ),
        );
        if let Some(hit) = self.hit {
            let lines = if hit.lines.first == hit.lines.last {
                format!("line {}", hit.lines.first)
            } else {
                format!("lines {} to {}", hit.lines.first, hit.lines.last)
            };
            draft.subject.clone_from(&hit.subject);
            let inside = match (hit.loop_lines, hit.loop_depth) {
                (Some(span), depth) if depth > 1 => {
                    format!(" inside {depth} loops, the innermost from line {}", span.first)
                }
                (Some(span), _) => format!(" inside the loop from line {}", span.first),
                (None, _) => String::new(),
            };
            draft = draft.evidence(
                "source",
                format!("{lines} of {}{inside}: {}", last_part(place), words::quoted(&hit.subject)),
            );
        } else if !cx.has_source(place) {
            draft = draft
                .alternative("the source of this line was not read, so that the loop around it is not known");
        }
        draft
    }
}

fn last_part(place: &Place) -> &str {
    place.location.file.as_deref().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

impl Mechanism {
    /// Every place where it is seen, the costliest first.
    pub(crate) fn seen<'c>(&self, cx: &'c Context<'_>) -> Vec<Seen<'c>> {
        self.seen_in(cx, cx.goal_ledger())
    }

    /// The same in another currency.
    pub(crate) fn seen_in<'c>(&self, cx: &'c Context<'_>, ledger: &Ledger) -> Vec<Seen<'c>> {
        let mut seen: Vec<Seen<'c>> = Vec::new();
        let cost = cx.cost_under(ledger, &cx.functions(self.functions));
        // A stack without own code that leads straight from the runtime into the mechanism tells of nobody.
        let is_somebodys = |place: &Place| {
            let kind = cx.index.get(place.function).kind;
            place.is_own
                || !matches!(
                    kind,
                    FrameKind::Runtime | FrameKind::Interpreter | FrameKind::Gc | FrameKind::Kernel
                )
        };
        let places = cost.places.into_iter().filter(is_somebodys);
        for place in places.filter(|place| place.share.low >= self.least_share) {
            let hit = cx
                .hits_at(&place, self.patterns)
                .into_iter()
                .max_by_key(|hit| (hit.is_certain, hit.loop_depth));
            let is_seen = hit.is_some() || self.functions_tell;
            if !is_seen && cx.has_source(&place) {
                continue;
            }
            // A handful of samples is what a single start-up leaves.
            let grade = if is_seen && place.n >= LEAST_CONFIRMED { Grade::E2 } else { Grade::E1 };
            let place = cx.at_hit(place, hit);
            seen.push(Seen { place, hit, grade });
        }
        if self.pattern_tells && ledger.metric == cx.goal.metric {
            for hot in cx.hot_hits(self.patterns, self.least_share) {
                let is_known = |known: &Seen<'_>| known.hit.is_some_and(|hit| std::ptr::eq(hit, hot.hit));
                if hot.hit.is_certain && !seen.iter().any(is_known) {
                    seen.push(Seen { place: hot.place, hit: Some(hot.hit), grade: Grade::E1 });
                }
            }
        }
        seen.sort_by_key(|seen| std::cmp::Reverse(seen.place.value));
        seen
    }

    /// The verdict of a rule that makes one finding of each place.
    pub(crate) fn verdict(
        &self,
        cx: &Context<'_>,
        info: &RuleInfo,
        make: impl Fn(&Seen<'_>) -> Draft,
    ) -> Verdict {
        let seen = self.seen(cx);
        if !seen.is_empty() {
            return Verdict::Found(seen.iter().map(make).collect());
        }
        let cost = cx.cost_under(cx.goal_ledger(), &cx.functions(self.functions));
        Verdict::Clear(if cost.share.low >= self.least_share {
            let share = words::share(cost.share);
            format!(
                "{}: {share} of {} is spent in such calls, but nothing in the source says so",
                info.summary, cx.goal.metric
            )
        } else if cost.value > 0 {
            format!("{}: {} of {}", info.summary, words::share(cost.share), cx.goal.metric)
        } else {
            format!("{}: not seen", info.summary)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::findings;
    use fathom_model::Grade;

    fn grades(profile: &str, path: &str, source: &str) -> Vec<Grade> {
        let rule = crate::find_rule("cpu/linear-search-in-loop").expect("it is there");
        findings(rule, profile, &[(path, source)]).iter().map(|finding| finding.grade).collect()
    }

    #[test]
    fn a_runtime_is_nobody_to_tell() {
        let of = |caller: &str| {
            let profile = format!(
                "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
                cpu start[python3]{{{caller}}};list_contains[python3]{{interpreter}} 4s n=4000
                cpu start[python3]{{{caller}}} 1s n=1000"
            );
            grades(&profile, "a.py", "")
        };
        assert_eq!((of("runtime"), of("library")), (vec![], vec![Grade::E1]));
    }

    #[test]
    fn a_handful_of_samples_confirms_nothing() {
        let source = "def f(a, b):\n  for x in a:\n    if x in b:\n      print(x)\nf(1, 2)\n";
        let of = |n: u32| {
            let profile = format!(
                "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
                cpu f@a.py:3{{user,python}};list_contains[python3]{{interpreter}} 4s n={n}
                cpu f@a.py:4{{user,python}} 1s n=400"
            );
            grades(&profile, "a.py", source)
        };
        assert_eq!((of(19), of(20)), (vec![Grade::E1], vec![Grade::E2]));
    }

    /// V8's map of compiled code knows where a function begins, and no line within.
    fn javascript(first: u32) -> String {
        format!(
            "wall 10s\ncommand node a.js\nprocess node runtime=node\nthread main
            cpu f@a.js:{first}^{first}{{jit,node}};Builtins_ArrayIncludes[node]{{runtime,node}} 4s n=4000
            cpu f@a.js:{first}^{first}{{jit,node}} 1s n=1000"
        )
    }

    #[test]
    fn what_is_written_inside_of_another_function_is_that_ones() {
        let source = "function f(xs) {\n  function g(ys) {\n    for (const y of ys) {\n      if (seen.includes(y)) use(y);\n    }\n  }\n  return g(xs);\n}\nf(read());\n";
        assert_eq!(grades(&javascript(1), "a.js", source), []);
        assert_eq!(grades(&javascript(2), "a.js", source), [Grade::E2]);
    }

    #[test]
    fn code_outside_of_functions_is_the_whole_files() {
        let source =
            "const known = read();\nfor (const id of ids()) {\n  if (known.includes(id)) use(id);\n}\n";
        assert_eq!(grades(&javascript(1), "a.js", source), [Grade::E2]);
        let inside = "const known = read();\nfunction g(ids) {\n  for (const id of ids) {\n    if (known.includes(id)) use(id);\n  }\n}\ng(ids());\n";
        assert_eq!(grades(&javascript(1), "a.js", inside), []);
    }

    #[test]
    fn a_closure_that_is_called_for_each_element_is_known_by_its_first_line() {
        let source = "function f(rows) {\n  rows.forEach((row) => {\n    const id = row.id;\n    if (seen.includes(id)) use(row);\n  });\n}\nf(read());\n";
        assert_eq!(grades(&javascript(2), "a.js", source), [Grade::E2]);
        assert_eq!(grades(&javascript(3), "a.js", source), []);
    }
}
