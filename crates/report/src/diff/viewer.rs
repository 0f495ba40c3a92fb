//! What the viewer's header says of a comparison: `header.diff` of its data. Knows no container and no tree; the tree
//! of both sides is [`Diff::nodes`], each node with its own value on either side.

use fathom_analysis::Diff;
use serde::Serialize;

use crate::diff::types::{DiffJson, VerdictFact};
use crate::diff::words::{provable_text, scale_text};

/// Rows beyond these have no verdict in the viewer; they are the ones with the smallest differences.
const MOST_ROWS: usize = 20_000;
/// Stacks beyond these have no colour in the viewer; the heaviest are coloured.
const MOST_STACKS: usize = 2000;
/// Frames in all of their paths: a stack of thousands of frames has thousands of callers, each with its own path.
const MOST_PATH_FRAMES: usize = 200_000;

/// `header.diff`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiffHeader {
    /// How A is called.
    pub a: String,
    /// How B is called.
    pub b: String,
    /// Whether shares are compared.
    pub normalised: bool,
    /// What values of B are multiplied with.
    pub scale: f64,
    /// Functions; proved differences first.
    pub rows: Vec<DiffRowHeader>,
    /// Stacks whose total is proved to differ, the heaviest first.
    pub stacks: Vec<DiffStackHeader>,
    /// Ready sentences: what is compared, how, and what it cannot tell.
    pub text: String,
}

/// A function of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffRowHeader {
    /// Its number in the viewer's tables.
    #[serde(rename = "fn")]
    pub function: u32,
    /// What ends in it in A.
    pub self_a: i64,
    /// What ends in it in B, not scaled.
    pub self_b: i64,
    /// What passes through it in A.
    pub total_a: i64,
    /// What passes through it in B, not scaled.
    pub total_b: i64,
    /// What is proved of its self value.
    pub verdict: VerdictFact,
    /// Lower end of the 95 % interval of the difference of self values, B scaled.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A stack of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiffStackHeader {
    /// Numbers of functions from the outermost to the innermost.
    pub path: Vec<u32>,
    /// What is proved of what passes through it.
    pub verdict: VerdictFact,
}

/// The header; `number_of` gives the viewer's number of a position in [`Diff::functions`], if it has one.
pub fn diff_header(diff: &Diff, facts: &DiffJson, number_of: impl Fn(usize) -> Option<u32>) -> DiffHeader {
    let row = |(at, row): (usize, &fathom_analysis::DiffFunction)| {
        let (own, total) = (&row.own.change, &row.total.change);
        Some(DiffRowHeader {
            function: number_of(at)?,
            self_a: own.value[0],
            self_b: own.value[1],
            total_a: total.value[0],
            total_b: total.value[1],
            verdict: row.own.verdict.into(),
            low: own.low,
            high: own.high,
        })
    };
    DiffHeader {
        a: facts.a.recording.clone(),
        b: facts.b.recording.clone(),
        normalised: diff.normalised,
        scale: diff.scale,
        rows: diff.functions.iter().enumerate().take(MOST_ROWS).filter_map(row).collect(),
        stacks: stacks(diff, &number_of),
        text: format!(
            "{}; {}; {}; {}; {}",
            facts.caution,
            scale_text(facts),
            facts.variance,
            facts.correction,
            provable_text(facts)
        ),
    }
}

fn stacks(diff: &Diff, number_of: &impl Fn(usize) -> Option<u32>) -> Vec<DiffStackHeader> {
    let weight = |at: usize| {
        let [a, b] = diff.nodes[at].total.change.value;
        a as f64 + b as f64 * diff.scale
    };
    let is_proved =
        |at: &usize| diff.nodes[*at].function.is_some() && diff.nodes[*at].total.verdict.is_change();
    let mut proved: Vec<usize> = (0..diff.nodes.len()).filter(is_proved).collect();
    proved.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    let mut frames_left = MOST_PATH_FRAMES;
    let mut out = Vec::new();
    for at in proved.into_iter().take(MOST_STACKS) {
        let Some(left) = frames_left.checked_sub(diff.nodes[at].depth) else { continue };
        // A frame that the viewer does not have is folded there, and the stack with it.
        let Some(path) = path(diff, at, number_of) else { continue };
        frames_left = left;
        out.push(DiffStackHeader { path, verdict: diff.nodes[at].total.verdict.into() });
    }
    out
}

fn path(diff: &Diff, mut at: usize, number_of: &impl Fn(usize) -> Option<u32>) -> Option<Vec<u32>> {
    let mut path = Vec::with_capacity(diff.nodes[at].depth);
    while let Some(function) = diff.nodes[at].function {
        path.push(number_of(function)?);
        // Callers come before their callees, so that this ends.
        at = diff.nodes[at].parent.filter(|parent| *parent < at)?;
    }
    path.reverse();
    Some(path)
}
