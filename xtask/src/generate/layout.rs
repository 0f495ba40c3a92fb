//! Places the boxes of a layered graph so that few arrows cross: the method of Sugiyama, in its simplest form.
//!
//! An arrow that passes a row gets a point of its own there, so that it runs between the boxes. Rows are sorted by
//! the mean of their neighbours, then pulled towards them. Ties go by name: the same graph gives the same picture.

use std::collections::BTreeMap;

/// What stands in a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// A box.
    Crate(String),
    /// Where the arrow from the first to the second passes.
    Bend(String, String),
}

/// Node to the x of its middle; rows from top to bottom.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) rows: Vec<Vec<(Node, f64)>>,
    /// Each arrow as nodes from the top down, one a row.
    pub(super) arrows: Vec<Vec<(usize, Node)>>,
}

const SWEEPS: usize = 12;

/// Room taken by a node, with the gap to the next.
fn width(node: &Node, box_width: f64) -> f64 {
    match node {
        Node::Crate(_) => box_width,
        Node::Bend(..) => box_width / 6.0,
    }
}

/// Lays out `rows` (names, top down) with `edges` (upper name, lower name).
///
/// Edges between names that are not there, or that do not go down, are left out.
pub(super) fn lay_out(rows: &[Vec<String>], edges: &[(String, String)], box_width: f64) -> Layout {
    let row_of: BTreeMap<&str, usize> = rows
        .iter()
        .enumerate()
        .flat_map(|(row, names)| names.iter().map(move |name| (name.as_str(), row)))
        .collect();
    let mut nodes: Vec<Vec<Node>> =
        rows.iter().map(|names| names.iter().cloned().map(Node::Crate).collect()).collect();
    let mut arrows = Vec::new();
    for (user, used) in edges {
        let (Some(&top), Some(&bottom)) = (row_of.get(user.as_str()), row_of.get(used.as_str())) else {
            continue;
        };
        if top >= bottom {
            continue;
        }
        let mut arrow = vec![(top, Node::Crate(user.clone()))];
        for (row, nodes) in nodes.iter_mut().enumerate().take(bottom).skip(top + 1) {
            let bend = Node::Bend(user.clone(), used.clone());
            nodes.push(bend.clone());
            arrow.push((row, bend));
        }
        arrow.push((bottom, Node::Crate(used.clone())));
        arrows.push(arrow);
    }
    let mut placed: Vec<Vec<(Node, f64)>> = nodes
        .into_iter()
        .map(|row| packed(row.into_iter().map(|node| (node, 0.0)).collect(), box_width))
        .collect();
    for _ in 0..SWEEPS {
        sweep(&mut placed, &arrows, box_width, true);
    }
    for _ in 0..SWEEPS {
        sweep(&mut placed, &arrows, box_width, false);
    }
    Layout { rows: placed, arrows }
}

/// One pass down and one up; sorts the rows or only moves the nodes within their order.
fn sweep(rows: &mut [Vec<(Node, f64)>], arrows: &[Vec<(usize, Node)>], box_width: f64, sorts: bool) {
    let n_rows = rows.len();
    for (row, from_above) in
        (1..n_rows).map(|row| (row, true)).chain((0..n_rows).rev().skip(1).map(|row| (row, false)))
    {
        let wanted = wanted_positions(rows, arrows, row, from_above);
        let mut nodes: Vec<(Node, f64)> = std::mem::take(&mut rows[row])
            .into_iter()
            .map(|(node, x)| (wanted.get(&node).copied().unwrap_or(x), node))
            .map(|(x, node)| (node, x))
            .collect();
        if sorts {
            nodes.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
            nodes = packed(nodes, box_width);
        } else {
            separate(&mut nodes, box_width);
        }
        rows[row] = nodes;
    }
}

/// The mean x of each node's neighbours in the row above or below.
fn wanted_positions(
    rows: &[Vec<(Node, f64)>],
    arrows: &[Vec<(usize, Node)>],
    row: usize,
    from_above: bool,
) -> BTreeMap<Node, f64> {
    let x_of = |row: usize, node: &Node| rows[row].iter().find(|(other, _)| other == node).map(|(_, x)| *x);
    let mut sums: BTreeMap<Node, (f64, f64)> = BTreeMap::new();
    for step in arrows.iter().flat_map(|arrow| arrow.windows(2)) {
        let (own, other) = if from_above { (&step[1], &step[0]) } else { (&step[0], &step[1]) };
        if own.0 == row
            && let Some(x) = x_of(other.0, &other.1)
        {
            let sum = sums.entry(own.1.clone()).or_default();
            *sum = (sum.0 + x, sum.1 + 1.0);
        }
    }
    sums.into_iter().map(|(node, (sum, n))| (node, sum / n)).collect()
}

/// Side by side, with the middle of the row at 0.
fn packed(mut nodes: Vec<(Node, f64)>, box_width: f64) -> Vec<(Node, f64)> {
    let total: f64 = nodes.iter().map(|(node, _)| width(node, box_width)).sum();
    let mut left = -total / 2.0;
    for (node, x) in &mut nodes {
        let width = width(node, box_width);
        *x = left + width / 2.0;
        left += width;
    }
    nodes
}

/// Moves nodes apart that overlap, keeping their order: the mean of pushing right and pushing left.
fn separate(nodes: &mut [(Node, f64)], box_width: f64) {
    let room = |a: &Node, b: &Node| (width(a, box_width) + width(b, box_width)) / 2.0;
    let mut rightwards: Vec<f64> = nodes.iter().map(|(_, x)| *x).collect();
    let mut leftwards = rightwards.clone();
    for i in 1..nodes.len() {
        rightwards[i] = rightwards[i].max(rightwards[i - 1] + room(&nodes[i - 1].0, &nodes[i].0));
    }
    for i in (1..nodes.len()).rev() {
        leftwards[i - 1] = leftwards[i - 1].min(leftwards[i] - room(&nodes[i - 1].0, &nodes[i].0));
    }
    for (i, (_, x)) in nodes.iter_mut().enumerate() {
        *x = (rightwards[i] + leftwards[i]) / 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn edge(user: &str, used: &str) -> (String, String) {
        (user.to_owned(), used.to_owned())
    }

    #[test]
    fn boxes_never_overlap() {
        let rows = [names(&["a"]), names(&["b", "c", "d"]), names(&["e"])];
        let edges = [edge("a", "b"), edge("a", "d"), edge("a", "e"), edge("c", "e")];
        let layout = lay_out(&rows, &edges, 100.0);
        for row in &layout.rows {
            for pair in row.windows(2) {
                let room = (width(&pair[0].0, 100.0) + width(&pair[1].0, 100.0)) / 2.0;
                assert!(pair[1].1 - pair[0].1 >= room - 1e-6, "{row:?}");
            }
        }
    }

    #[test]
    fn crossing_arrows_are_untangled() {
        let rows = [names(&["a", "b"]), names(&["c", "d"])];
        let layout = lay_out(&rows, &[edge("a", "d"), edge("b", "c")], 100.0);
        let order = |row: usize| layout.rows[row].iter().map(|(node, _)| node.clone()).collect::<Vec<_>>();
        let crossed = order(0)[0] == Node::Crate("a".into()) && order(1)[0] == Node::Crate("c".into());
        let mirrored = order(0)[0] == Node::Crate("b".into()) && order(1)[0] == Node::Crate("d".into());
        assert!(!crossed && !mirrored, "{layout:?}");
    }

    #[test]
    fn a_long_arrow_bends_in_each_row_it_passes() {
        let rows = [names(&["a"]), names(&["b"]), names(&["c"]), names(&["d"])];
        let layout = lay_out(&rows, &[edge("a", "d"), edge("d", "a"), edge("a", "x")], 100.0);
        assert_eq!(layout.arrows.len(), 1);
        assert_eq!(layout.arrows[0].iter().map(|step| step.0).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
