//! What giving memory back costs: who takes memory that dies at once pays twice. Knows no patterns.

use fathom_analysis::FunctionId;

use crate::context::Context;
use crate::ledger::Claim;

/// Functions that give memory back, or end what holds it: C's, C++'s and Rust's.
pub(crate) const RELEASES: &[&str] = &[
    "free",
    "cfree",
    "_int_free",
    "operator delete*",
    "*::~*",
    "std::_Destroy*",
    "std::default_delete::operator()",
    "core::ptr::drop_in_place*",
    "core::ptr::drop_glue*",
    "core::mem::drop",
    "*core::ops::drop::Drop>::drop",
    "__rust_dealloc",
    "__rdl_dealloc",
    "alloc::alloc::dealloc",
];

/// Own functions between the one that is meant and the end of what it has handed on.
const NEAR: usize = 3;

/// The stacks in which a function, or one that it calls, gives memory back.
pub(crate) fn released_in(cx: &Context<'_>, function: FunctionId) -> Claim {
    let cost = cx.cost_by_caller(cx.goal_ledger(), &cx.functions(RELEASES));
    let mut claim = Claim::empty(cx.recording.stacks.nodes().len());
    for at in cost.claim.stacks() {
        let own = cx.own_path(at);
        if own.iter().rev().take(NEAR).any(|(near, _)| *near == function) {
            claim.add(at);
        }
    }
    claim
}
