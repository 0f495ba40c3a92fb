//! Stacks out of a call graph: for profiles that say who called whom and how much each function took, but not through
//! which callers.
//!
//! Knows numbers only. The total of a function is split among its callers as the edges say, and each part among what
//! the function calls in proportion: what the graph cannot tell (whether `a` called through `b` does the same as
//! called through `c`) is assumed to be even. Kept exactly: the own value of each function, and so their sum. Without
//! recursion the totals are kept too, but for rounding. A function that is in a path already is not entered again; what
//! of its own value finds no path through that, or because there are too many paths, stands without callers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// Paths that are made; the largest come first.
const MOST_NODES: usize = 200_000;
/// Frames in a path. Python's and Ruby's own limits without recursion are far below.
const MOST_DEPTH: u32 = 512;

/// Own and total values by function, and what callers' calls of callees took.
#[derive(Default)]
pub(crate) struct CallGraph {
    /// Own value of each function.
    pub(crate) own: Vec<u64>,
    /// Own value and that of what it calls, counted once under recursion.
    pub(crate) total: Vec<u64>,
    /// Caller, callee, and the callee's total in these calls.
    pub(crate) edges: Vec<(usize, usize, u64)>,
}

/// A function as one path reaches it.
pub(crate) struct PathNode {
    /// Position of the caller's node, which stands before.
    pub(crate) parent: Option<usize>,
    /// The function.
    pub(crate) function: usize,
    /// Own value on this path.
    pub(crate) own: u64,
}

/// All paths, and whether there were more of them than are made.
pub(crate) fn expand(graph: &CallGraph) -> (Vec<PathNode>, bool) {
    let mut callees: Vec<Vec<(usize, u64)>> = vec![Vec::new(); graph.own.len()];
    let mut called: Vec<u64> = vec![0; graph.own.len()];
    for (caller, callee, value) in graph.edges.iter().filter(|(caller, callee, _)| caller != callee) {
        callees[*caller].push((*callee, *value));
        called[*callee] = called[*callee].saturating_add(*value);
    }
    let mut made =
        Paths { nodes: Vec::new(), left: graph.own.clone(), queue: BinaryHeap::new(), is_full: false };
    for (function, total) in graph.total.iter().enumerate() {
        made.push(None, function, total.saturating_sub(called[function]), 0);
    }
    // The largest node of each function takes what rounding leaves.
    let mut largest: Vec<Option<usize>> = vec![None; graph.own.len()];
    let mut n_paths: Vec<u64> = vec![0; graph.own.len()];
    while let Some((value, Reverse(at), depth)) = made.queue.pop() {
        let function = made.nodes[at].function;
        let total = graph.total[function].max(1);
        let own = share(graph.own[function], value, total).min(made.left[function]);
        made.nodes[at].own = own;
        made.left[function] -= own;
        n_paths[function] += 1;
        largest[function].get_or_insert(at);
        if depth >= MOST_DEPTH {
            made.is_full |= !callees[function].is_empty();
            continue;
        }
        let path = made.path(at);
        for (callee, edge) in callees[function].iter().filter(|(callee, _)| !path.contains(callee)) {
            made.push(Some(at), *callee, share(*edge, value, total), depth + 1);
        }
    }
    for (function, largest) in largest.iter().enumerate() {
        let left = made.left[function];
        match largest {
            _ if left == 0 => {}
            Some(at) if left <= n_paths[function].max(graph.own[function] / 1000) => {
                made.nodes[*at].own += left
            }
            _ => made.nodes.push(PathNode { parent: None, function, own: left }),
        }
    }
    (made.nodes, made.is_full)
}

struct Paths {
    nodes: Vec<PathNode>,
    /// Own values that no path has yet.
    left: Vec<u64>,
    /// Value, node, depth; equal values in the order of their making.
    queue: BinaryHeap<(u64, Reverse<usize>, u32)>,
    is_full: bool,
}

impl Paths {
    fn push(&mut self, parent: Option<usize>, function: usize, value: u64, depth: u32) {
        if value == 0 {
            return;
        }
        if self.nodes.len() >= MOST_NODES {
            self.is_full = true;
            return;
        }
        self.queue.push((value, Reverse(self.nodes.len()), depth));
        self.nodes.push(PathNode { parent, function, own: 0 });
    }

    fn path(&self, at: usize) -> HashSet<usize> {
        let mut path = HashSet::new();
        let mut next = Some(at);
        while let Some(at) = next {
            path.insert(self.nodes[at].function);
            next = self.nodes[at].parent;
        }
        path
    }
}

/// `part` times `value / total`, rounded down.
fn share(part: u64, value: u64, total: u64) -> u64 {
    let product = u128::from(part) * u128::from(value.min(total)) / u128::from(total);
    u64::try_from(product).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Own and total of each function over all paths.
    fn sums(n_functions: usize, nodes: &[PathNode]) -> Vec<(u64, u64)> {
        let mut sums = vec![(0, 0); n_functions];
        for node in nodes {
            sums[node.function].0 += node.own;
            let mut functions: Vec<usize> = Vec::new();
            let mut next = Some(node);
            while let Some(one) = next {
                functions.push(one.function);
                next = one.parent.map(|at| &nodes[at]);
            }
            functions.sort_unstable();
            functions.dedup();
            functions.iter().for_each(|function| sums[*function].1 += node.own);
        }
        sums
    }

    #[test]
    fn without_recursion_own_and_total_are_kept() {
        // main calls left and right; both call leaf, right also left.
        let graph = CallGraph {
            own: vec![10, 20, 30, 400],
            total: vec![460, 220, 340, 400],
            edges: vec![(0, 1, 110), (0, 2, 340), (2, 1, 110), (1, 3, 200), (2, 3, 200)],
        };
        let (nodes, is_full) = expand(&graph);
        assert!(!is_full);
        assert_eq!(sums(4, &nodes), [(10, 460), (20, 220), (30, 340), (400, 400)]);
    }

    #[test]
    fn recursion_ends_and_own_values_are_kept() {
        // Two functions that call each other and themselves.
        let graph = CallGraph {
            own: vec![5, 60, 40],
            total: vec![105, 100, 90],
            edges: vec![(0, 1, 100), (1, 2, 90), (2, 1, 80), (1, 1, 30)],
        };
        let (nodes, _) = expand(&graph);
        let own: Vec<u64> = sums(3, &nodes).iter().map(|sum| sum.0).collect();
        assert_eq!(own, [5, 60, 40]);
    }

    #[test]
    fn more_paths_than_can_be_made_are_cut() {
        // Each of forty layers calls both functions of the next one: 2^40 paths.
        let n = 80;
        let layer = |at: usize| 1_u64 << (60 - at / 2);
        let edges = (0..n - 2).flat_map(|at| {
            let next = at / 2 * 2 + 2;
            [(at, next, layer(at) / 4), (at, next + 1, layer(at) / 4)]
        });
        let graph = CallGraph { own: vec![7; n], total: (0..n).map(layer).collect(), edges: edges.collect() };
        let (nodes, is_full) = expand(&graph);
        assert!(is_full && nodes.len() <= MOST_NODES + n);
        assert!(sums(n, &nodes).iter().all(|(own, _)| *own == 7));
    }

    proptest! {
        #[test]
        fn own_values_are_kept_whatever_the_graph_says(
            functions in proptest::collection::vec((any::<u32>(), any::<u32>()), 1..6),
            edges in proptest::collection::vec((0..6usize, 0..6usize, any::<u32>()), 0..20),
        ) {
            let n = functions.len();
            let graph = CallGraph {
                own: functions.iter().map(|pair| pair.0.into()).collect(),
                total: functions.iter().map(|pair| pair.1.into()).collect(),
                edges: edges.into_iter().map(|(a, b, value)| (a % n, b % n, value.into())).collect(),
            };
            let (nodes, _) = expand(&graph);
            let mut own: BTreeMap<usize, u64> = (0..n).map(|at| (at, 0)).collect();
            for node in &nodes {
                *own.entry(node.function).or_default() += node.own;
            }
            prop_assert_eq!(own.into_values().collect::<Vec<_>>(), graph.own);
        }
    }
}
