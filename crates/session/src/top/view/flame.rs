//! The flame graph, outermost function on top, as boxes between 0 and 1.

use super::tree::{WHOLE_SHARE, keys};
use super::{Ask, Place};
use crate::top::Snapshot;
use fathom_analysis::{CallTree, Granularity};
use fathom_model::FrameKind;
use serde::Serialize;

/// One box.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlameBox {
    /// Stands for the path from snapshot to snapshot.
    #[serde(skip)]
    pub key: u64,
    /// Row from the top.
    pub row: usize,
    /// Left end, 0 to 1.
    pub from: f64,
    /// Right end.
    pub to: f64,
    /// The function.
    #[serde(flatten)]
    pub place: Place,
    /// What kind of code it is.
    #[serde(skip)]
    pub kind: FrameKind,
    /// Own part of all time asked for.
    pub self_share: f64,
    /// The same with what it calls.
    pub total_share: f64,
    /// Whether a search is on and this is found by it.
    pub is_match: bool,
}

/// A flame graph.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Flame {
    /// Boxes by row, then from left to right; the first is the whole.
    pub boxes: Vec<FlameBox>,
    /// Whether the function zoomed to is there.
    pub is_zoomed: bool,
    /// Rows at the top that only lead to where the time is spent.
    pub trunk: usize,
}

/// The flame graph that is asked for, with the function `zoom` over the whole width; boxes narrower than `least` of
/// the width are left out.
pub fn flame(snapshot: &Snapshot, ask: &Ask, zoom: Option<u64>, least: f64) -> Flame {
    let Some(filter) = ask.filter(snapshot) else { return Flame::default() };
    let tree = CallTree::build(&snapshot.recording, &snapshot.index, &filter, Granularity::Function);
    let whole = tree.root().total_value;
    if whole <= 0 {
        return Flame::default();
    }
    let keys = keys(&tree, snapshot);
    let zoomed = zoom.and_then(|zoom| keys.iter().position(|key| *key == zoom)).filter(|node| *node != 0);
    let focus = zoomed.unwrap_or(0);
    let make = |node: usize, from: f64, to: f64| {
        let row = &tree.nodes[node];
        let place = match node {
            0 => Place { function: "all".to_owned(), ..Place::default() },
            _ => Place::of_function(snapshot, row.function, None),
        };
        FlameBox {
            key: keys[node],
            row: row.depth,
            from,
            to,
            kind: snapshot.index.get(row.function).kind,
            self_share: super::share(row.self_value, whole),
            total_share: super::share(row.total_value, whole),
            is_match: ask.pattern.is_some() && node != 0 && ask.matches(&place.function),
            place,
        }
    };
    let mut boxes = vec![make(0, 0.0, 1.0)];
    boxes.extend(tree.path(focus).into_iter().map(|node| make(node, 0.0, 1.0)));
    let scale = tree.nodes[focus].total_value.max(1) as f64;
    let mut open = vec![(focus, 0.0)];
    while let Some((node, begin)) = open.pop() {
        let mut from = begin;
        for child in &tree.nodes[node].children {
            let width = tree.nodes[*child].total_value as f64 / scale;
            if width >= least {
                boxes.push(make(*child, from, from + width));
                open.push((*child, from));
            }
            from += width;
        }
    }
    boxes.sort_by(|a, b| a.row.cmp(&b.row).then(a.from.total_cmp(&b.from)));
    let is_whole = |one: &FlameBox, row: usize| one.row == row && one.to - one.from >= WHOLE_SHARE;
    let n_whole = boxes.iter().enumerate().take_while(|(row, one)| is_whole(one, *row)).count();
    Flame { boxes, is_zoomed: zoomed.is_some(), trunk: n_whole.saturating_sub(1) }
}
