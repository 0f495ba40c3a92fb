//! The call tree as lines, those unfolded that matter or that the viewer has opened.

use super::{Ask, Place};
use crate::top::Snapshot;
use fathom_analysis::{CallTree, Granularity};
use serde::Serialize;
use std::collections::BTreeMap;

/// A node is open from this share of the whole on, unless the viewer says otherwise.
const OPEN_SHARE: f64 = 0.05;
/// Nodes with less are not shown.
const LEAST_SHARE: f64 = 0.001;
/// A callee with this share of its caller's time is all that the caller does.
pub(super) const WHOLE_SHARE: f64 = 0.98;
/// Lines at most: nobody scrolls further.
const MAX_LINES: usize = 2000;

/// What the viewer has opened (`true`) and closed, by key of the path.
pub type Unfolded = BTreeMap<u64, bool>;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TreeLine {
    /// Stands for the path from snapshot to snapshot.
    #[serde(skip)]
    pub key: u64,
    /// Calls between the outermost function and this one.
    pub depth: usize,
    /// The function.
    #[serde(flatten)]
    pub place: Place,
    /// Own part of all time asked for.
    pub self_share: f64,
    /// The same with what it calls.
    pub total_share: f64,
    /// Whether it calls anything.
    pub has_children: bool,
    /// Whether the lines of what it calls follow.
    pub is_open: bool,
}

/// The tree that is asked for.
pub fn tree(snapshot: &Snapshot, ask: &Ask, unfolded: &Unfolded) -> Vec<TreeLine> {
    let Some(filter) = ask.filter(snapshot) else { return Vec::new() };
    let tree = CallTree::build(&snapshot.recording, &snapshot.index, &filter, Granularity::Function);
    let whole = tree.root().total_value;
    let keys = keys(&tree, snapshot);
    let wanted = wanted(&tree, snapshot, ask);
    let mut lines = Vec::new();
    let mut open: Vec<(usize, usize)> = vec![(0, 0)];
    while let Some((node, next)) = open.last_mut() {
        let Some(&child) = tree.nodes[*node].children.get(*next) else {
            open.pop();
            continue;
        };
        *next += 1;
        let (row, key) = (&tree.nodes[child], keys[child]);
        let total_share = super::share(row.total_value, whole);
        if !wanted[child] || total_share < LEAST_SHARE || lines.len() >= MAX_LINES {
            continue;
        }
        let has_children = row.children.iter().any(|child| wanted[*child]);
        // The branch that is searched for is shown whole.
        let by_itself = total_share >= OPEN_SHARE || ask.pattern.is_some();
        let is_open = has_children && unfolded.get(&key).copied().unwrap_or(by_itself);
        lines.push(TreeLine {
            key,
            depth: row.depth - 1,
            place: match row.frame {
                Some(_) => Place::of_function(snapshot, row.function, None),
                None => Place::default(),
            },
            self_share: super::share(row.self_value, whole),
            total_share,
            has_children,
            is_open,
        });
        if is_open {
            open.push((child, 0));
        }
    }
    lines
}

/// How many lines at the top only lead to where the time is spent: each calls the next and nothing else.
pub fn trunk(lines: &[TreeLine]) -> usize {
    let leads = |pair: &[TreeLine]| {
        let [line, next] = pair else { return false };
        line.is_open && next.depth == line.depth + 1 && next.total_share >= line.total_share * WHOLE_SHARE
    };
    lines.windows(2).take_while(|pair| leads(pair)).count()
}

/// A number for each path: of the names along it, so that it is the same in the next snapshot.
pub(super) fn keys(tree: &CallTree, snapshot: &Snapshot) -> Vec<u64> {
    let mut keys: Vec<u64> = Vec::with_capacity(tree.nodes.len());
    for node in &tree.nodes {
        // FNV-1a.
        let mut hash = node.parent.map_or(0xcbf2_9ce4_8422_2325, |parent| keys[parent]);
        let function = snapshot.index.get(node.function);
        let module = function.module_name.as_deref().unwrap_or_default();
        for byte in function.name.bytes().chain([0]).chain(module.bytes()).chain([1]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        keys.push(hash);
    }
    keys
}

/// Nodes on the way to or below a name that is searched for; all without a search.
fn wanted(tree: &CallTree, snapshot: &Snapshot, ask: &Ask) -> Vec<bool> {
    if ask.pattern.is_none() {
        return vec![true; tree.nodes.len()];
    }
    let mut found: Vec<bool> = tree
        .nodes
        .iter()
        .map(|node| node.parent.is_some() && ask.matches(&snapshot.index.get(node.function).name))
        .collect();
    let below: Vec<bool> = {
        let mut below = found.clone();
        for at in 1..tree.nodes.len() {
            below[at] |= tree.nodes[at].parent.is_some_and(|parent| below[parent]);
        }
        below
    };
    for at in (1..tree.nodes.len()).rev() {
        if let Some(parent) = tree.nodes[at].parent {
            found[parent] |= found[at];
        }
    }
    found.iter().zip(below).map(|(above, below)| *above || below).collect()
}
