//! The heaviest nodes of the call trees.

use fathom_analysis::{CallTree, Filter, FunctionIndex, Granularity};
use fathom_model::{Recording, Signal};

use crate::facts::types::{CallNodeFact, CallTreeFact};

/// Enough for a reader to see every path above a tenth of a percent in a usual profile.
const MOST_NODES: usize = 2000;

/// One tree per signal that has samples, in the fixed order of signals.
pub(crate) fn call_trees(recording: &Recording, index: &FunctionIndex) -> Vec<CallTreeFact> {
    let has_samples = |signal: &Signal| recording.samples.iter().any(|sample| sample.signal == *signal);
    let signals = Signal::ALL.iter().copied().filter(has_samples);
    signals.map(|signal| call_tree(recording, index, signal)).collect()
}

fn call_tree(recording: &Recording, index: &FunctionIndex, signal: Signal) -> CallTreeFact {
    let tree = CallTree::build(recording, index, &Filter::of(signal), Granularity::Function);
    let mut heaviest: Vec<usize> = (0..tree.nodes.len()).collect();
    // A caller weighs at least as much as its callees and stands before them, so a prefix is closed upwards.
    heaviest.sort_by_key(|at| (std::cmp::Reverse(tree.nodes[*at].total_value), *at));
    heaviest.truncate(MOST_NODES);
    heaviest.sort_unstable();
    let position = |at: usize| heaviest.binary_search(&at).ok().map(|position| position as u64);
    let nodes = heaviest.iter().map(|at| {
        let node = &tree.nodes[*at];
        let function = node.parent.map(|_| index.get(node.function));
        CallNodeFact {
            parent: node.parent.and_then(position),
            function: function.map_or("all".into(), |function| function.name.clone()),
            module: function.and_then(|function| function.module_name.clone()),
            kind: function.map(|function| function.kind),
            self_value: node.self_value,
            total_value: node.total_value,
            samples: node.total_n,
        }
    });
    let nodes: Vec<CallNodeFact> = nodes.collect();
    let left_out = (tree.nodes.len() - nodes.len()) as u64;
    CallTreeFact { signal, unit: recording.meta.unit_of(signal), nodes, left_out }
}
