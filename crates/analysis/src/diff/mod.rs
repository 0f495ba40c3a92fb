//! What changed between two recordings, and what of it the samples prove.
//!
//! One recording a side tells how well each run was sampled, not how much two runs of one program differ: whoever shows
//! a difference has to say so. Knows no documents.
//!
//! Two families are judged apart, each with its own chance of 5 % for any false verdict: the functions (self and total)
//! and the nodes of the merged call tree.

mod change;
mod chunks;
mod distribution;
mod gather;
mod key;
mod matching;
mod power;
mod verdict;

use fathom_model::{Recording, Signal, Unit};

use crate::filter::Filter;
use crate::functions::FunctionIndex;
use change::Comparison;
use gather::{Gathered, Node};
use matching::Matching;

pub use change::Change;
pub use chunks::Chunks;
pub use matching::MatchedFunction;
pub use power::{provable_growth, samples_needed};
pub use verdict::Verdict;

/// What to compare and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffOptions {
    /// The signal.
    pub signal: Signal,
    /// Whether B is scaled so that the totals agree: shares are compared then, not amounts.
    pub normalised: bool,
}

/// A difference and what is proved of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The difference.
    pub change: Change,
    /// What is proved.
    pub verdict: Verdict,
}

/// A function in both recordings.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffFunction {
    /// What it is called.
    pub function: MatchedFunction,
    /// What ends in it.
    pub own: Judged,
    /// What passes through it; recursion counts once.
    pub total: Judged,
}

/// A node of the merged call tree.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffNode {
    /// Position in [`Diff::functions`]; `None` at the root.
    pub function: Option<usize>,
    /// Position of the caller in [`Diff::nodes`].
    pub parent: Option<usize>,
    /// Calls between the root and this node, itself included.
    pub depth: usize,
    /// What ends here in A and in B.
    pub own: [i64; 2],
    /// Raw observations that end here.
    pub own_n: [u64; 2],
    /// What passes through here.
    pub total: Judged,
}

/// Two recordings compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    /// The signal.
    pub signal: Signal,
    /// The unit of all values.
    pub unit: Unit,
    /// Whether shares were compared.
    pub normalised: bool,
    /// What values of B are multiplied with before they are compared.
    pub scale: f64,
    /// The whole of A and B, judged as an amount; 0 of 0 where it was made equal.
    pub whole: Change,
    /// Kish's effective number of observations of A and B, before over-dispersion.
    pub effective_n: [f64; 2],
    /// How time was cut; `None` for profiles without times, whose observations are taken as independent.
    pub chunks: Option<Chunks>,
    /// Functions with samples on either side: proved differences first, then by size of the difference of self value.
    pub functions: Vec<DiffFunction>,
    /// The merged call tree, callers before callees in depth-first order; node 0 is the root.
    pub nodes: Vec<DiffNode>,
    /// Differences of functions that were tested, self and total.
    pub tested: usize,
    /// Differences of nodes that were tested.
    pub tested_nodes: usize,
}

/// Compares two recordings.
pub fn diff(a: &Recording, b: &Recording, options: &DiffOptions) -> Diff {
    let recordings = [a, b];
    let indices = recordings.map(FunctionIndex::new);
    let indices = [&indices[0], &indices[1]];
    let matching = Matching::new(recordings, indices);
    let filter = Filter::of(options.signal);
    let chunks = Chunks::new(recordings, &filter);
    let n_chunks = chunks.map_or(0, |chunks| chunks.count);
    let whole_runs = recordings.into_iter().all(is_whole_run);
    let comparison = Comparison::new(options.normalised, whole_runs, n_chunks);
    let mut gathered = Gathered::new(recordings, indices, &matching, &filter, chunks.as_ref(), comparison);
    let scale = gathered.comparison.scale();

    let comparison =
        std::mem::replace(&mut gathered.comparison, Comparison::new(options.normalised, whole_runs, 0));
    let mut node_changes = vec![Change::none(); gathered.nodes.len()];
    let weight = |node: &Node| node.total[0].value.max(node.total[1].value * scale);
    let by_weight = |nodes: &[Node], children: &mut [u32]| {
        let function = |node: &Node| &matching.functions[node.function as usize];
        children.sort_by(|left, right| {
            let (left, right) = (&nodes[*left as usize], &nodes[*right as usize]);
            let name = |node: &Node| (&function(node).name, &function(node).module_name, node.function);
            weight(right).total_cmp(&weight(left)).then_with(|| name(left).cmp(&name(right)))
        });
    };
    let (entered, totals) = gathered.walk(by_weight, |at, tallies, chunks| {
        node_changes[at] = comparison.change(tallies, chunks);
    });
    let (functions, position, tested) = judge_functions(&matching, &gathered.own, &totals, &comparison);
    let (nodes, tested_nodes) = judge_nodes(&gathered.nodes, &entered, &node_changes, &position);
    Diff {
        signal: options.signal,
        unit: b.meta.unit_of(options.signal),
        normalised: options.normalised,
        scale,
        whole: comparison.of_whole(),
        effective_n: comparison.effective_n(),
        chunks,
        functions,
        nodes,
        tested,
        tested_nodes,
    }
}

/// Whether a recording holds all that a command did, so that its amounts are those of a piece of work and not of a
/// stretch of time.
pub fn is_whole_run(recording: &Recording) -> bool {
    !recording.meta.target.command.is_empty()
        && recording.meta.imported.is_none()
        && !recording.meta.recovered
}

/// Rows in their order, the row of every matched function, and the size of the family.
fn judge_functions(
    matching: &Matching,
    own: &[gather::Sums],
    totals: &[gather::Sums],
    comparison: &Comparison,
) -> (Vec<DiffFunction>, Vec<Option<usize>>, usize) {
    let has_samples = |at: &usize| {
        totals[*at].tallies.iter().chain(&own[*at].tallies).any(|tally| tally.value > 0.0 || tally.n > 0)
    };
    let seen: Vec<usize> = (0..matching.functions.len()).filter(has_samples).collect();
    let own_changes: Vec<Change> = seen.iter().map(|at| own[*at].change(comparison)).collect();
    let total_changes: Vec<Change> = seen.iter().map(|at| totals[*at].change(comparison)).collect();
    // A function that calls nobody is one question, not two.
    let is_leaf = |at: usize| {
        own_changes[at].value == total_changes[at].value && own_changes[at].n == total_changes[at].n
    };
    let callers: Vec<usize> = (0..seen.len()).filter(|at| !is_leaf(*at)).collect();
    let family: Vec<Change> =
        own_changes.iter().copied().chain(callers.iter().map(|at| total_changes[*at])).collect();
    let verdicts = verdict::verdicts(&family);
    let tested = family.iter().filter(|change| verdict::is_testable(change)).count();
    let mut rows: Vec<(usize, DiffFunction)> = Vec::with_capacity(seen.len());
    for (at, matched) in seen.iter().enumerate() {
        let total_verdict = match callers.binary_search(&at) {
            Ok(position) => verdicts[seen.len() + position],
            Err(_) => verdicts[at],
        };
        let own = Judged { change: own_changes[at], verdict: verdicts[at] };
        let total = Judged { change: total_changes[at], verdict: total_verdict };
        rows.push((*matched, DiffFunction { function: matching.functions[*matched].clone(), own, total }));
    }
    rows.sort_by(|(left_at, left), (right_at, right)| {
        let size = |row: &DiffFunction| row.own.change.difference.abs();
        let total_size = |row: &DiffFunction| row.total.change.difference.abs();
        let is_change = |row: &DiffFunction| row.own.verdict.is_change();
        is_change(right)
            .cmp(&is_change(left))
            .then_with(|| size(right).total_cmp(&size(left)))
            .then_with(|| total_size(right).total_cmp(&total_size(left)))
            .then_with(|| left.function.name.cmp(&right.function.name))
            .then(left_at.cmp(right_at))
    });
    let mut position = vec![None; matching.functions.len()];
    rows.iter().enumerate().for_each(|(row, (matched, _))| position[*matched] = Some(row));
    (rows.into_iter().map(|(_, row)| row).collect(), position, tested)
}

fn judge_nodes(
    nodes: &[Node],
    entered: &[usize],
    changes: &[Change],
    position: &[Option<usize>],
) -> (Vec<DiffNode>, usize) {
    let mut new_position = vec![0; nodes.len()];
    entered.iter().enumerate().for_each(|(new, old)| new_position[*old] = new);
    let in_order: Vec<Change> = entered.iter().map(|at| changes[*at]).collect();
    // The root is the whole, which has its own line, and a node with one callee and nothing of its own is its callee.
    let repeats = |at: usize| {
        let node = &nodes[at];
        at == 0 || node.children.iter().any(|child| changes[*child as usize].n == changes[at].n)
    };
    let family: Vec<Change> = entered.iter().filter(|at| !repeats(**at)).map(|at| changes[*at]).collect();
    let mut verdicts = verdict::verdicts(&family).into_iter();
    let judged: Vec<Option<Verdict>> =
        entered.iter().map(|at| if repeats(*at) { None } else { verdicts.next() }).collect();
    let mut out: Vec<DiffNode> = Vec::with_capacity(entered.len());
    for (new, old) in entered.iter().enumerate() {
        let node = &nodes[*old];
        let parent = node.parent.map(|parent| new_position[parent]);
        let depth = parent.map_or(0, |parent: usize| out[parent].depth + 1);
        out.push(DiffNode {
            function: node.parent.and(position[node.function as usize]),
            parent,
            depth,
            own: node.own.map(|tally| tally.value.round() as i64),
            own_n: node.own.map(|tally| tally.n),
            total: Judged { change: in_order[new], verdict: judged[new].unwrap_or(Verdict::Unproved) },
        });
    }
    // A node that repeats its callee has its verdict; callees stand behind, so one pass from the end.
    for at in (1..out.len()).rev() {
        let (verdict, n) = (out[at].total.verdict, out[at].total.change.n);
        let parent = out[at].parent.filter(|parent| *parent > 0);
        if let Some(parent) =
            parent.filter(|parent| judged[*parent].is_none() && out[*parent].total.change.n == n)
        {
            out[parent].total.verdict = verdict;
        }
    }
    (out, family.iter().filter(|change| verdict::is_testable(change)).count())
}
