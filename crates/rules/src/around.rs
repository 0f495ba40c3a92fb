//! What may go with a place beside what its rule counted: the bound of a finding holds it too.
//!
//! A rule counts the functions that give a mechanism away. Who removes the cause changes more than their calls: the
//! whole line goes, and the loop around it with its own instructions. Compilers spread a loop over the numbers of
//! its lines, and samples land behind the instruction that cost, so that no single line of a compiled loop is the loop.
//! HotSpot knows lines of compiled code at safepoints only: what a line does stands at the next call of the loop.
//! Garbage that is not made is not collected, on whatever stack the collector works.

use fathom_code::{Hit, Language, LineSpan};
use fathom_model::{FrameKind, Model};

use crate::context::Context;
use crate::draft::Draft;
use crate::ledger::Claim;
use crate::place::Place;
use crate::rule::RuleInfo;

/// How much of a collector's work is for one place is not known.
const ALL_GARBAGE: &str =
    "the bound holds all that the garbage collector takes, as if all garbage were made here";

/// The claim of a draft with what may go with it; what has to be said of it is added to the draft's assumptions.
pub(crate) fn bound(cx: &Context<'_>, info: &RuleInfo, draft: &mut Draft) -> Claim {
    let mut bound = draft.claim.clone();
    let is_bounded_by_work = matches!(draft.model, Model::AmdahlBound | Model::GcAlloc);
    if !is_bounded_by_work || draft.measured.is_some() {
        return bound;
    }
    if let Some(beside) = &draft.beside {
        bound.join(beside);
    }
    // The lines around are known in the goal's currency only.
    if draft.metric.is_some() {
        return bound;
    }
    for place in draft.place.iter().chain(&draft.also_at).filter(|place| place.is_own) {
        bound.join(&cx.line_claim(place));
        if let Some(lines) = loop_around(cx, info, place) {
            let is_whole = draft.is_whole_loop || place.language == Some(Language::Java);
            join_loop(cx, place, lines, is_whole, &mut bound);
        }
    }
    if draft.model == Model::AmdahlBound && cx.makes_garbage(&bound) {
        let alone = cx.goal_ledger().sum(&bound).0;
        bound.join(cx.collection());
        if cx.goal_ledger().sum(&bound).0 > alone {
            draft.assumptions.push(ALL_GARBAGE.to_owned());
        }
    }
    bound
}

/// The lines of the pattern at a place and of the loop around it, or of the loop that the pattern is the head of.
fn loop_around(cx: &Context<'_>, info: &RuleInfo, place: &Place) -> Option<LineSpan> {
    let (file, _) = cx.file_of(place)?;
    let hits = cx.hits_at(place, info.patterns);
    let headed = |hit: &Hit| {
        let mut loops = file.source.loops().iter();
        loops.find(|found| found.header_line == hit.lines.first).map(|found| found.lines)
    };
    let spans = hits.iter().flat_map(|hit| [Some(hit.lines), hit.loop_lines, headed(hit)]).flatten();
    spans.reduce(|a, b| LineSpan { first: a.first.min(b.first), last: a.last.max(b.last) })
}

/// What the function of a place does within some lines: by itself, or in all. What was inlined is its own work, and so
/// is what an interpreter does for a line, and what a runtime or the kernel does with all that they call.
fn join_loop(cx: &Context<'_>, place: &Place, lines: LineSpan, is_whole: bool, bound: &mut Claim) {
    let nodes = cx.recording.stacks.nodes();
    // Instructions of a macro, or of no line at all, have no number in the file: they stand where the function begins.
    let start = cx.index.get(place.function).start_line.filter(|_| cx.has_lines(place.function));
    let is_there = |line: Option<u32>| line.is_none_or(|line| lines.contains(line) || Some(line) == start);
    let by_itself = |at: usize| {
        let mut is_own_work = true;
        let mut inner = Some(at).filter(|at| *at < nodes.len());
        while let Some(at) = inner {
            if cx.index.of_frame(nodes[at].frame) == place.function {
                return is_own_work;
            }
            let Some(frame) = cx.recording.frames.get(nodes[at].frame.index()) else { return false };
            is_own_work = match frame.kind {
                FrameKind::Runtime | FrameKind::Gc | FrameKind::Kernel => true,
                FrameKind::Interpreter => is_own_work,
                _ => is_own_work && frame.inlined,
            };
            inner = cx.parent(at);
        }
        false
    };
    let own = cx.own_lines().places.iter();
    for other in own.filter(|other| other.function == place.function && is_there(other.location.line)) {
        other.claim.stacks().filter(|at| is_whole || by_itself(*at)).for_each(|at| bound.add(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use crate::testing::findings;
    use fathom_model::Grade;
    use std::collections::BTreeMap;

    const SOURCE: &str = "def f(a, b):\n  for x in a:\n    if x in b:\n      g(x)\n  h()\n\ndef g(x):\n  return x\n\nf(1, 2)\n";

    /// 3 s of searching, and beside it on the lines of `f`: 100 ms of another call on the same line, 500 ms of the loop,
    /// 300 ms of its body, 70 ms that the interpreter and 30 ms that inlined code spends for it, 20 ms that the runtime
    /// has a library do, 10 ms without a line; 200 ms in a library and 400 ms in own code that the loop calls; 470 ms
    /// behind the loop.
    const PROFILE: &str = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
        cpu f@a.py:3^1{user,python};list_contains[python3]{interpreter} 3s n=3000
        cpu f@a.py:3^1{user,python};hash[libhash.so]{library} 100ms n=100
        cpu f@a.py:2^1{user,python} 500ms n=500
        cpu f@a.py:4^1{user,python} 300ms n=300
        cpu f@a.py:4^1{user,python};eval[python3]{interpreter} 70ms n=70
        cpu f@a.py:4^1{user,python};next[libhash.so]{library,inlined} 30ms n=30
        cpu f@a.py:4^1{user,python};new[python3]{runtime};memset[libc.so.6]{library} 20ms n=20
        cpu f@/usr/macros.py:40^1{library,python} 10ms n=10
        cpu f@a.py:4^1{user,python};print[libprint.so]{library} 200ms n=200
        cpu f@a.py:4^1{user,python};g@a.py:8{user,python} 400ms n=400
        cpu f@a.py:5^1{user,python} 470ms n=470";

    fn find(rule: &str) -> &'static dyn crate::rule::Rule {
        crate::find_rule(rule).expect("it is there")
    }

    /// The bound of a finding in milliseconds.
    fn bound_of(finding: &fathom_model::Finding) -> i64 {
        let at_most = finding.estimate.at_most.as_ref().expect("it has a bound");
        (at_most.point * finding.impact.value as f64 / finding.impact.share.point / 1e6).round() as i64
    }

    /// What the bound of the search in `f` holds, in milliseconds.
    fn bounded(change: impl Fn(Draft) -> Draft) -> i64 {
        let recording = fathom_testkit::recording(PROFILE);
        let sources = BTreeMap::from([("a.py".to_owned(), SOURCE.to_owned())]);
        let settings = Settings::default();
        let cx = Context::new(&recording, &sources, &settings);
        let searches = cx.cost_under(cx.goal_ledger(), &cx.functions(&["list_contains"]));
        let rule = find("cpu/linear-search-in-loop");
        let mut draft = change(Draft::at(&searches.places[0], "a search", Grade::E2));
        cx.goal_ledger().sum(&bound(&cx, rule.info(), &mut draft)).0 / 1_000_000
    }

    #[test]
    fn the_line_and_the_loops_own_work_may_go_with_it() {
        assert_eq!(bounded(|draft| draft), 3_000 + 100 + 500 + 300 + 70 + 30 + 20 + 10);
    }

    #[test]
    fn a_pattern_that_heads_a_loop_has_its_loop() {
        const SOURCE: &str = "#include <string>\nint f(const std::vector<Row> &rows) {\n  int n = 0;\n  for (auto row : rows) {\n    n += row.size();\n  }\n  return n;\n}\n";
        let profile = "wall 10s\ncommand ./a\nthread main
            cpu f@a.cpp:4^2;std::vector<int>::vector@stl_vector.h:9{library} 3s n=3000
            cpu f@a.cpp:5^2 500ms n=500
            cpu f@a.cpp:7^2 70ms n=70";
        let found = findings(find("native/clone-in-loop"), profile, &[("a.cpp", SOURCE)]);
        assert_eq!(bound_of(&found[0]), 3_500);
    }

    #[test]
    fn garbage_that_is_not_made_is_not_collected() {
        let profile = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.main@A.java:3{user,jvm};java.lang.Throwable.fillInStackTrace{library,jvm} 3s n=3000
            cpu A.main@A.java:3{user,jvm};OptoRuntime::new_array_C[libjvm.so]{runtime,jvm} 100ms n=100
            cpu A.main@A.java:5{user,jvm} 400ms n=400
            off-cpu blocked.lock futex_wait[kernel]{kernel} 500ms n=10";
        let rule = find("cpu/exceptions-in-loop");
        let found = findings(rule, profile, &[]);
        assert_eq!(bound_of(&found[0]), 3_600);
        assert!(found[0].estimate.assumptions.iter().any(|text| text == ALL_GARBAGE));
        let without = profile.replace("OptoRuntime::new_array_C[libjvm.so]{runtime,jvm}", "f{library,jvm}");
        assert_eq!(bound_of(&findings(rule, &without, &[])[0]), 3_100);
    }

    #[test]
    fn what_a_line_of_java_does_may_stand_at_another_call_of_its_loop() {
        const SOURCE: &str = "class A {\n  static String f(List<B> rows) {\n    String text = \"\";\n    for (B row : rows) {\n      text += row.name();\n    }\n    return text;\n  }\n}\n";
        let profile = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
            cpu A.f@A.java:5{user,jvm};java.lang.StringConcatHelper.prepend{library,jvm} 3s n=3000
            cpu A.f@A.java:4{user,jvm};java.util.ArrayList$Itr.next{library,jvm} 400ms n=400
            cpu A.f@A.java:7{user,jvm} 300ms n=300";
        let found = findings(find("cpu/string-building-in-loop"), profile, &[("A.java", SOURCE)]);
        assert_eq!(bound_of(&found[0]), 3_400);
    }

    #[test]
    fn the_whole_loop_has_what_it_calls_but_other_own_code() {
        let whole = |mut draft: Draft| {
            draft.is_whole_loop = true;
            draft
        };
        assert_eq!(bounded(whole), 3_000 + 100 + 500 + 300 + 70 + 30 + 20 + 10 + 200);
    }

    #[test]
    fn stacks_beside_are_added_and_other_models_count_what_they_claim() {
        let beside = |mut draft: Draft| {
            // The stack of `g`, the last but one.
            let mut claim = Claim::default();
            let n_stacks = fathom_testkit::recording(PROFILE).stacks.nodes().len();
            claim.join(&Claim::empty(n_stacks));
            claim.add(n_stacks - 2);
            draft.beside = Some(claim);
            draft
        };
        assert_eq!(bounded(beside), 4_030 + 400);
        assert_eq!(bounded(|draft| draft.model(Model::CriticalWait)), 3_000);
    }
}
