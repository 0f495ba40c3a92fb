//! What may go with a place beside what its rule counted: the bound of a finding holds it too.
//!
//! A rule counts the functions that give a mechanism away. Who removes the cause changes more than their calls: the
//! whole line goes, and the loop around it with its own instructions. Compilers spread a loop over the numbers of
//! its lines, and samples land behind the instruction that cost, so that no single line of a compiled loop is the loop.

use fathom_code::LineSpan;
use fathom_model::{FrameKind, Model};

use crate::context::Context;
use crate::draft::Draft;
use crate::ledger::Claim;
use crate::place::Place;
use crate::rule::RuleInfo;

/// The claim of a draft with what may go with it.
pub(crate) fn bound(cx: &Context<'_>, info: &RuleInfo, draft: &Draft) -> Claim {
    let mut bound = draft.claim.clone();
    let is_bounded_by_work = matches!(draft.model, Model::AmdahlBound | Model::GcAlloc);
    if !is_bounded_by_work || draft.measured.is_some() || draft.metric.is_some() {
        return bound;
    }
    if let Some(beside) = &draft.beside {
        bound.join(beside);
    }
    for place in draft.place.iter().chain(&draft.also_at).filter(|place| place.is_own) {
        bound.join(&cx.line_claim(place));
        if let Some(lines) = loop_around(cx, info, place) {
            join_loop(cx, place, lines, draft.is_whole_loop, &mut bound);
        }
    }
    bound
}

/// The lines of the pattern at a place and of the loop around it.
fn loop_around(cx: &Context<'_>, info: &RuleInfo, place: &Place) -> Option<LineSpan> {
    let hits = cx.hits_at(place, info.patterns);
    let spans = hits.iter().flat_map(|hit| [Some(hit.lines), hit.loop_lines]).flatten();
    spans.reduce(|a, b| LineSpan { first: a.first.min(b.first), last: a.last.max(b.last) })
}

/// What the function of a place does within some lines: by itself, or in all. What was inlined is its own work, and so
/// is what an interpreter, a runtime or the kernel does for a line.
fn join_loop(cx: &Context<'_>, place: &Place, lines: LineSpan, is_whole: bool, bound: &mut Claim) {
    let nodes = cx.recording.stacks.nodes();
    // Lines that a macro expands to have no number in the file.
    let is_there = |line: Option<u32>| line.is_none_or(|line| lines.contains(line));
    let is_for_line = |at: usize| {
        cx.recording.frames.get(nodes[at].frame.index()).is_some_and(|frame| {
            frame.inlined
                || matches!(
                    frame.kind,
                    FrameKind::Interpreter | FrameKind::Runtime | FrameKind::Gc | FrameKind::Kernel
                )
        })
    };
    let by_itself = |at: usize| {
        let mut inner = Some(at).filter(|at| *at < nodes.len());
        while let Some(at) = inner {
            if cx.index.of_frame(nodes[at].frame) == place.function {
                return true;
            }
            inner = cx.parent(at).filter(|_| is_for_line(at));
        }
        false
    };
    let own = cx.own_lines().places.iter();
    for other in own.filter(|other| other.function == place.function && is_there(other.location.line)) {
        other.claim.stacks().filter(|at| is_whole || by_itself(*at)).for_each(|at| bound.add(at));
    }
}
