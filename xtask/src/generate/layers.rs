//! `docs/layers.svg`: the crates by layer, and who uses whom, from the manifests.
//!
//! An arrow that follows from others (a uses b uses c, so a may well use c) is left out, or nothing could be seen.

use super::layout::{Layout, Node, lay_out};
use crate::tidy::{Member, Tree, members};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Pixels.
const BOX_WIDTH: f64 = 204.0;
/// Room for a name and four lines of text.
const BOX_HEIGHT: f64 = 88.0;
const GAP: f64 = 24.0;
const ROW_HEIGHT: f64 = 146.0;
const MARGIN: f64 = 24.0;
/// Room on the left for the names of the layers.
const LABELS: f64 = 40.0;
/// Characters of a description that fit into a box.
const LINE_LENGTH: usize = 29;

const STYLE: &str = "
  .page { fill: #ffffff } .box { fill: #eef3f8; stroke: #4a6785 } .tests { stroke-dasharray: 5 4 }
  .arrow { fill: none; stroke: #8fa3b5; stroke-width: 1.4 } .head { fill: #8fa3b5 }
  .name { font: bold 15px ui-monospace, monospace; fill: #12324f }
  .text { font: 11.5px system-ui, sans-serif; fill: #3c4f61 } .layer { font: 13px ui-monospace, monospace; fill: #7b8b99 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .box { fill: #17212c; stroke: #6f94b8 } .arrow { stroke: #56697b } .head { fill: #56697b }
    .name { fill: #d7e6f5 } .text { fill: #a9bacb } .layer { fill: #76879a }
  }
";

/// Draws the crates of `tree`.
pub(super) fn draw(tree: &Tree) -> String {
    let members = members(tree);
    let mut layers: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for member in &members {
        if let Some(layer) = member.layer {
            layers.entry(layer).or_default().push(member.name.clone());
        }
    }
    let rows: Vec<Vec<String>> = layers.values().rev().cloned().collect();
    let labels: Vec<i64> = layers.keys().rev().copied().collect();
    let layout = lay_out(&rows, &reduced_edges(&members), BOX_WIDTH + GAP);
    svg(&members, &labels, &layout)
}

/// The edges that do not follow from others.
fn reduced_edges(members: &[Member]) -> Vec<(String, String)> {
    let uses: BTreeMap<&str, &BTreeSet<String>> =
        members.iter().map(|member| (member.name.as_str(), &member.uses)).collect();
    let reaches = |from: &str, to: &str| {
        let mut open = vec![from];
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            for next in uses.get(name).copied().into_iter().flatten() {
                if next == to {
                    return true;
                }
                if seen.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        false
    };
    let mut edges = Vec::new();
    for member in members {
        for used in &member.uses {
            let follows = member.uses.iter().any(|other| other != used && reaches(other, used));
            if !follows {
                edges.push((member.name.clone(), used.clone()));
            }
        }
    }
    edges
}

fn svg(members: &[Member], labels: &[i64], layout: &Layout) -> String {
    let nodes = || layout.rows.iter().flatten();
    let left = nodes().map(|(_, x)| *x).fold(0.0, f64::min) - BOX_WIDTH / 2.0;
    let right = nodes().map(|(_, x)| *x).fold(0.0, f64::max) + BOX_WIDTH / 2.0;
    let shift = MARGIN + LABELS - left;
    let width = right - left + LABELS + 2.0 * MARGIN;
    let height = 2.0 * MARGIN + ROW_HEIGHT * (labels.len() as f64 - 1.0).max(0.0) + BOX_HEIGHT;
    let top = |row: usize| MARGIN + ROW_HEIGHT * row as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n<title>The crates of Fathom by layer; an arrow points to what is \
         used</title>\n<!-- Drawn by `cargo xtask gen` from the manifests. -->\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
    );
    for arrow in &layout.arrows {
        let points: Vec<(f64, f64, f64)> = arrow
            .iter()
            .filter_map(|(row, node)| {
                let x = layout.rows[*row].iter().find(|(other, _)| other == node)?.1 + shift;
                Some((x, top(*row), top(*row) + BOX_HEIGHT))
            })
            .collect();
        draw_arrow(&mut out, &points);
    }
    for (row, nodes) in layout.rows.iter().enumerate() {
        let middle = top(row) + BOX_HEIGHT / 2.0 + 5.0;
        line(
            &mut out,
            &format!("<text class=\"layer\" x=\"{MARGIN:.0}\" y=\"{middle:.0}\">L{}</text>", labels[row]),
        );
        for (node, x) in nodes {
            if let Node::Crate(name) = node {
                draw_box(&mut out, members, name, x + shift - BOX_WIDTH / 2.0, top(row));
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

/// `points`: x, upper edge and lower edge of the rows that the arrow touches, top down.
fn draw_arrow(out: &mut String, points: &[(f64, f64, f64)]) {
    let [(x, _, y), .., (end_x, end_y, _)] = points else { return };
    let mut path = format!("M{x:.0} {y:.0}");
    let mut from = (*x, *y);
    for (i, &(x, upper, lower)) in points.iter().enumerate().skip(1) {
        let is_last = i + 1 == points.len();
        let upper = if is_last { upper - 7.0 } else { upper };
        let half = (from.1 + upper) / 2.0;
        push(&mut path, format_args!(" C{:.0} {half:.0} {x:.0} {half:.0} {x:.0} {upper:.0}", from.0));
        if !is_last {
            push(&mut path, format_args!(" L{x:.0} {lower:.0}"));
        }
        from = (x, lower);
    }
    line(out, &format!("<path class=\"arrow\" d=\"{path}\"/>"));
    let (left, right, base) = (end_x - 4.0, end_x + 4.0, end_y - 8.0);
    line(
        out,
        &format!(
            "<path class=\"head\" d=\"M{left:.0} {base:.0} L{right:.0} {base:.0} L{end_x:.0} {end_y:.0} Z\"/>"
        ),
    );
}

fn draw_box(out: &mut String, members: &[Member], name: &str, x: f64, y: f64) {
    let used = members.iter().any(|member| member.uses.contains(name));
    let used_in_tests = members.iter().any(|member| member.uses_in_tests.contains(name));
    let class = if used_in_tests && !used { "box tests" } else { "box" };
    line(
        out,
        &format!(
            "<rect class=\"{class}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{BOX_WIDTH:.0}\" height=\"{BOX_HEIGHT:.0}\" rx=\"6\"/>"
        ),
    );
    let left = x + 11.0;
    line(out, &format!("<text class=\"name\" x=\"{left:.0}\" y=\"{:.0}\">{name}</text>", y + 21.0));
    let description =
        members.iter().find(|member| member.name == name).map_or("", |member| &member.description);
    for (i, words) in wrapped(description).iter().enumerate() {
        let baseline = y + 37.0 + 13.5 * i as f64;
        line(
            out,
            &format!("<text class=\"text\" x=\"{left:.0}\" y=\"{baseline:.1}\">{}</text>", escaped(words)),
        );
    }
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE_LENGTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let manifest = |name: &str, layer: u8, uses: &[&str]| {
            let uses: String = uses.iter().map(|used| format!("fathom-{used}.workspace = true\n")).collect();
            format!(
                "[package]\nname = \"fathom-{name}\"\ndescription = \"does <{name}>\"\nmetadata.layer = {layer}\n[dependencies]\n{uses}"
            )
        };
        Tree::of(&[
            ("crates/top/Cargo.toml", &manifest("top", 2, &["middle", "base"])),
            ("crates/middle/Cargo.toml", &manifest("middle", 1, &["base"])),
            ("crates/base/Cargo.toml", &manifest("base", 0, &[])),
        ])
    }

    #[test]
    fn edges_that_follow_from_others_are_left_out() {
        let edges = reduced_edges(&members(&tree()));
        let edges: Vec<_> = edges.iter().map(|(user, used)| format!("{user} {used}")).collect();
        assert_eq!(edges, ["middle base", "top middle"]);
    }

    #[test]
    fn every_crate_and_layer_is_drawn() {
        let svg = draw(&tree());
        for text in [">top<", ">middle<", ">base<", ">L0<", ">L1<", ">L2<", "does &lt;top&gt;"] {
            assert_eq!(svg.matches(text).count(), 1, "{text}");
        }
        assert_eq!(svg.matches("class=\"arrow\"").count(), 2);
    }
}
