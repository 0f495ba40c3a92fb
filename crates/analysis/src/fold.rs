//! Which paths of a tree are worth their place, and where the rest goes. Knows no recording.
//!
//! A path is kept if it is heavy in any signal. What is not kept is folded into one child of the nearest caller that
//! is, so that every total stays exact: nothing is dropped, it is only shown with less detail.

use crate::path_tree::PathTree;

/// How much detail is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoldLimits {
    /// Smallest share of any signal's total that makes a path worth its place; 0 keeps everything that has a value.
    pub least_share: f64,
    /// Most nodes, folds and the root included; at least 2 are made.
    pub most_nodes: usize,
}

/// One node of a folded tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldNode {
    /// The path that it is; `None` if it stands for small paths of its caller.
    pub path: Option<u32>,
    /// Position of the caller; the root's is its own.
    pub parent: u32,
    /// Calls between the root and this node, itself included.
    pub depth: u32,
}

/// A folded tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Nodes in depth-first preorder; the first is the root.
    pub nodes: Vec<FoldNode>,
    /// The node that takes the value of each path.
    pub of_path: Vec<u32>,
    /// Paths with a value of their own or below them that have no node.
    pub folded_paths: usize,
}

/// What a tree is folded by. Made once: the same tree may be folded with several limits.
pub struct Folder<'a> {
    tree: &'a PathTree,
    shares: Vec<f32>,
}

impl<'a> Folder<'a> {
    /// Weighs the paths; `own` holds per signal the value that ends in each.
    pub fn new<'b>(tree: &'a PathTree, own: impl IntoIterator<Item = &'b [i64]>) -> Self {
        Self { tree, shares: largest_shares(tree, own) }
    }

    /// Folds the tree.
    pub fn fold(&self, limits: FoldLimits) -> Fold {
        let (is_kept, folded_paths) = kept(self.tree, &self.shares, limits);
        preorder(self.tree, &is_kept, folded_paths)
    }
}

/// Of every path its largest share in any signal. A caller's is never below its callee's, so that rounding to `f32`
/// keeps their order.
fn largest_shares<'a>(tree: &PathTree, own: impl IntoIterator<Item = &'a [i64]>) -> Vec<f32> {
    let mut shares = vec![0.0_f32; tree.nodes.len()];
    for own in own {
        let mut totals: Vec<i64> = own.iter().map(|value| (*value).max(0)).collect();
        totals.resize(tree.nodes.len(), 0);
        for at in (1..totals.len()).rev() {
            let parent = tree.nodes[at].parent as usize;
            totals[parent] = totals[parent].saturating_add(totals[at]);
        }
        let whole = totals.first().copied().unwrap_or(0) as f64;
        if whole > 0.0 {
            for (share, total) in shares.iter_mut().zip(&totals) {
                *share = share.max((*total as f64 / whole) as f32);
            }
        }
    }
    shares
}

/// Takes the heaviest paths for as long as they and the folds beside them fit.
fn kept(tree: &PathTree, shares: &[f32], limits: FoldLimits) -> (Vec<bool>, usize) {
    let has_value = |at: u32| shares[at as usize] > 0.0;
    let is_heavy = |at: u32| has_value(at) && f64::from(shares[at as usize]) >= limits.least_share;
    let paths = 1..tree.nodes.len() as u32;
    let mut candidates: Vec<u32> = paths.clone().filter(|at| is_heavy(*at)).collect();
    // Of equal paths callers come first, because their positions are smaller.
    candidates.sort_by(|a, b| shares[*b as usize].total_cmp(&shares[*a as usize]).then(a.cmp(b)));
    let mut waiting_callees = vec![0_u32; tree.nodes.len()];
    paths.for_each(|at| waiting_callees[tree.nodes[at as usize].parent as usize] += 1);
    let mut is_kept = vec![false; tree.nodes.len()];
    is_kept[0] = true;
    let mut nodes = 1 + usize::from(waiting_callees[0] > 0);
    let mut n_kept = 0;
    for at in candidates {
        let parent = tree.nodes[at as usize].parent as usize;
        waiting_callees[parent] -= 1;
        let more = 1 + usize::from(waiting_callees[at as usize] > 0);
        let fewer = usize::from(waiting_callees[parent] == 0);
        if nodes + more - fewer > limits.most_nodes.max(2) {
            break;
        }
        nodes = nodes + more - fewer;
        is_kept[at as usize] = true;
        n_kept += 1;
    }
    let with_value = (1..tree.nodes.len() as u32).filter(|at| has_value(*at)).count();
    (is_kept, with_value - n_kept)
}

const NONE: u32 = u32::MAX;

fn preorder(tree: &PathTree, is_kept: &[bool], folded_paths: usize) -> Fold {
    let n = tree.nodes.len();
    let (mut first_callee, mut next_sibling) = (vec![NONE; n], vec![NONE; n]);
    let mut has_fold = vec![false; n];
    for at in (1..n).rev() {
        let parent = tree.nodes[at].parent as usize;
        if is_kept[at] {
            next_sibling[at] = std::mem::replace(&mut first_callee[parent], at as u32);
        } else {
            has_fold[parent] = true;
        }
    }
    let mut nodes = vec![FoldNode { path: Some(0), parent: 0, depth: 0 }];
    let mut of_path = vec![NONE; n];
    let mut fold_of = vec![NONE; n];
    of_path[0] = 0;
    let mut open = vec![0_usize];
    let mut next = first_callee[0];
    while let Some(&caller) = open.last() {
        if next == NONE {
            // The fold is the last of its siblings.
            if has_fold[caller] {
                fold_of[caller] = push(&mut nodes, None, of_path[caller]);
            }
            open.pop();
            next = next_sibling[caller];
            continue;
        }
        of_path[next as usize] = push(&mut nodes, Some(next), of_path[caller]);
        open.push(next as usize);
        next = first_callee[next as usize];
    }
    for at in 1..n {
        let parent = tree.nodes[at].parent as usize;
        if !is_kept[at] {
            // What hangs under a folded path goes where that went.
            of_path[at] = if is_kept[parent] { fold_of[parent] } else { of_path[parent] };
        }
    }
    Fold { nodes, of_path, folded_paths }
}

fn push(nodes: &mut Vec<FoldNode>, path: Option<u32>, parent: u32) -> u32 {
    let depth = nodes[parent as usize].depth + 1;
    nodes.push(FoldNode { path, parent, depth });
    (nodes.len() - 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::FunctionId;
    use crate::path_tree::PathNode;

    fn fold(tree: &PathTree, own: &[&[i64]], limits: FoldLimits) -> Fold {
        Folder::new(tree, own.iter().copied()).fold(limits)
    }

    fn sums(fold: &Fold, own: &[i64]) -> Vec<i64> {
        let mut sums = vec![0; fold.nodes.len()];
        own.iter().enumerate().for_each(|(path, value)| sums[fold.of_path[path] as usize] += value);
        sums
    }

    #[test]
    fn small_paths_go_to_one_child_of_their_caller() {
        let tree = tree_of(&[0, 0, 1, 1, 3, 1]);
        let own = [0, 0, 900, 30, 20, 50];
        let fold = fold(&tree, &[own.as_slice()], FoldLimits { least_share: 0.06, most_nodes: 100 });
        let paths: Vec<Option<u32>> = fold.nodes.iter().map(|node| node.path).collect();
        assert_eq!(paths, [Some(0), Some(1), Some(2), None]);
        assert_eq!(sums(&fold, &own), [0, 0, 900, 100]);
        assert_eq!(fold.folded_paths, 3);
    }

    #[test]
    fn a_path_that_is_heavy_in_any_signal_is_kept() {
        let tree = tree_of(&[0, 0, 0]);
        let (cpu, memory) = ([0, 1_000_000, 1], [0, 0, 7]);
        let limits = FoldLimits { least_share: 0.5, most_nodes: 100 };
        assert_eq!(fold(&tree, &[cpu.as_slice(), memory.as_slice()], limits).nodes.len(), 3);
    }

    #[test]
    fn a_chain_of_a_million_calls_needs_no_stack() {
        let parents: Vec<u32> = (0..1_000_000_u32).map(|at| at.saturating_sub(1)).collect();
        let tree = tree_of(&parents);
        let mut own = vec![0; parents.len()];
        own[parents.len() - 1] = 5;
        let fold = fold(&tree, &[own.as_slice()], FoldLimits { least_share: 0.0, most_nodes: 1_000 });
        assert_eq!(fold.nodes.len(), 1_000);
        assert_eq!(sums(&fold, &own)[999], 5);
    }

    fn tree_of(parents: &[u32]) -> PathTree {
        let node = |parent: &u32| PathNode { function: FunctionId(0), frame: None, parent: *parent };
        PathTree::of_nodes(parents.iter().map(node).collect())
    }
}
