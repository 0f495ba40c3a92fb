//! Shapes that experienced readers of flame graphs look for: plateaus, towers, sawtooths. Knows no recording.
//!
//! A shape is a hint where to look, no verdict: wide frames are normal in programs that do one thing.

use crate::functions::FunctionId;

/// A tree of one signal; all slices have one entry per node, in depth-first preorder, node 0 is the root.
#[derive(Clone, Copy, Debug)]
pub struct ShapeTree<'a> {
    /// Position of the caller.
    pub parent: &'a [u32],
    /// The function; `None` for the root and for nodes that stand for many.
    pub function: &'a [Option<FunctionId>],
    /// Value that ends in the node.
    pub own: &'a [i64],
}

/// A kind of shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// A wide frame whose time is its own.
    Plateau,
    /// Many narrow frames above each other.
    Tower,
    /// Recursion that does work at many of its levels.
    Sawtooth,
}

impl ShapeKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plateau => "plateau",
            Self::Tower => "tower",
            Self::Sawtooth => "sawtooth",
        }
    }

    /// What it usually means, in two sentences.
    pub fn text(self) -> &'static str {
        match self {
            Self::Plateau => {
                "Much of the time is spent in this function itself and not in what it calls. A faster algorithm, less \
                 data or fewer calls of it would show at once."
            }
            Self::Tower => {
                "A long chain of calls hands on to one another and little time is spent in all of it. It is usually \
                 layers of a framework or unbounded recursion over a rare input, and seldom worth work for its time."
            }
            Self::Sawtooth => {
                "The function calls itself, and work is done at many levels of that recursion. Work that is repeated \
                 at each level often can be done once, or its result be kept for the next level."
            }
        }
    }
}

/// One shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlameShape {
    /// The node at which it begins.
    pub node: usize,
    /// Which.
    pub kind: ShapeKind,
}

/// Own value of a plateau as a share of the whole. Below a tenth even a function made free would not speed up the
/// program by more than a ninth (Amdahl), which is about what single measurements of real programs resolve.
const PLATEAU_SELF_SHARE: f64 = 0.10;

/// Frames of a tower above its base. Two levels of ten frameworks' frames are 40; less is ordinary code.
const TOWER_FRAMES: u32 = 40;
/// A tower is narrower than this share of the whole; anything wider is a part of the program's own shape.
const TOWER_WIDEST_SHARE: f64 = 0.03;
/// And wider than this, about five pixels of a screen, or it cannot be seen.
const TOWER_LEAST_SHARE: f64 = 0.003;
/// It is one column if this share of its base reaches its top; else it is a thin bush.
const TOWER_TOP_SHARE: f64 = 0.5;
/// It stands out only if it ends this many times as deep as the signal's median stack: where everything is deep,
/// depth says nothing.
const TOWER_MEDIAN_DEPTHS: u32 = 2;

/// Levels of recursion that do work. Divide-and-conquer over thousands of items has about ten; four or fewer are
/// nested structures as everybody has them.
const SAWTOOTH_LEVELS: usize = 6;
/// Least part of the recursion's whole value that makes a level count as working.
const SAWTOOTH_LEVEL_SHARE: f64 = 0.02;
/// Least share of the whole that the recursion has.
const SAWTOOTH_LEAST_SHARE: f64 = 0.05;

/// Most shapes of one kind: a list that is longer is not read.
const MOST_OF_A_KIND: usize = 4;

/// The shapes of a tree, by kind, heaviest first.
pub fn flame_shapes(tree: ShapeTree<'_>) -> Vec<FlameShape> {
    let n = tree.parent.len().min(tree.function.len()).min(tree.own.len());
    let mut total: Vec<i64> = tree.own[..n].iter().map(|own| (*own).max(0)).collect();
    for at in (1..n).rev() {
        let parent = tree.parent[at] as usize;
        total[parent] = total[parent].saturating_add(total[at]);
    }
    if n < 2 || total[0] <= 0 {
        return Vec::new();
    }
    let mut depth = vec![0_u32; n];
    (1..n).for_each(|at| depth[at] = depth[tree.parent[at] as usize] + 1);
    let graph = Graph { tree, n, total, depth };
    let mut shapes = Vec::new();
    for (kind, mut found) in [
        (ShapeKind::Plateau, graph.plateaus()),
        (ShapeKind::Tower, graph.towers()),
        (ShapeKind::Sawtooth, graph.sawtooths()),
    ] {
        found.sort_by_key(|(node, value)| (std::cmp::Reverse(*value), *node));
        found.truncate(MOST_OF_A_KIND);
        shapes.extend(found.into_iter().map(|(node, _)| FlameShape { node, kind }));
    }
    shapes
}

struct Graph<'a> {
    tree: ShapeTree<'a>,
    n: usize,
    total: Vec<i64>,
    depth: Vec<u32>,
}

impl Graph<'_> {
    fn share(&self, value: i64) -> f64 {
        value as f64 / self.total[0] as f64
    }

    fn plateaus(&self) -> Vec<(usize, i64)> {
        let own = |at: usize| self.tree.own[at].max(0);
        let is_one =
            |at: &usize| self.tree.function[*at].is_some() && self.share(own(*at)) >= PLATEAU_SELF_SHARE;
        (1..self.n).filter(is_one).map(|at| (at, own(at))).collect()
    }

    fn towers(&self) -> Vec<(usize, i64)> {
        // The deepest node below each that still has enough of its value: the heaviest callee, again and again.
        let mut heaviest = vec![0_usize; self.n];
        for at in (1..self.n).rev() {
            let best = &mut heaviest[self.tree.parent[at] as usize];
            if *best == 0 || self.total[at] >= self.total[*best] {
                *best = at;
            }
        }
        let least_depth = self.median_depth().saturating_mul(TOWER_MEDIAN_DEPTHS);
        let is_narrow = |at: usize| self.share(self.total[at]) < TOWER_WIDEST_SHARE;
        let mut towers = Vec::new();
        for base in 1..self.n {
            // Only where the tower leaves the wide part, so that each is told once; below the root all may be narrow.
            let parent = self.tree.parent[base] as usize;
            let begins = is_narrow(base) && (parent == 0 || !is_narrow(parent));
            if !begins || self.share(self.total[base]) < TOWER_LEAST_SHARE {
                continue;
            }
            let still_enough = |at: usize| self.total[at] as f64 >= self.total[base] as f64 * TOWER_TOP_SHARE;
            let mut top = base;
            while heaviest[top] != 0 && still_enough(heaviest[top]) {
                top = heaviest[top];
            }
            if self.depth[top] - self.depth[base] >= TOWER_FRAMES && self.depth[top] >= least_depth {
                towers.push((base, self.total[base]));
            }
        }
        towers
    }

    /// The depth that half of the value ends above.
    fn median_depth(&self) -> u32 {
        let deepest = self.depth.iter().copied().max().unwrap_or(0) as usize;
        let mut by_depth = vec![0_i64; deepest + 1];
        for at in 0..self.n {
            let sum = &mut by_depth[self.depth[at] as usize];
            *sum = sum.saturating_add(self.tree.own[at].max(0));
        }
        let mut below = 0_i64;
        let middle = by_depth.iter().position(|value| {
            below = below.saturating_add(*value);
            below >= self.total[0] / 2
        });
        middle.unwrap_or(0) as u32
    }

    fn sawtooths(&self) -> Vec<(usize, i64)> {
        // Per function its nodes on the path to the present one, outermost first.
        let functions = self.tree.function[..self.n].iter().flatten().map(|id| id.index()).max();
        let mut open: Vec<Vec<usize>> = vec![Vec::new(); functions.map_or(0, |most| most + 1)];
        // Per outermost node: value that ends at each level.
        let mut levels: std::collections::BTreeMap<usize, Vec<i64>> = std::collections::BTreeMap::new();
        let mut path: Vec<usize> = Vec::new();
        for at in 1..self.n {
            while path.last().is_some_and(|last| self.depth[*last] >= self.depth[at]) {
                let left = path.pop().unwrap_or_default();
                if let Some(function) = self.tree.function[left] {
                    open[function.index()].pop();
                }
            }
            path.push(at);
            let Some(function) = self.tree.function[at] else { continue };
            let same = &mut open[function.index()];
            if let Some(outermost) = same.first() {
                let sums = levels.entry(*outermost).or_insert_with(|| vec![self.total[*outermost]]);
                if sums.len() <= same.len() {
                    sums.resize(same.len() + 1, 0);
                }
                // What reaches this level does not end at the one before.
                sums[same.len()] = sums[same.len()].saturating_add(self.total[at]);
                sums[same.len() - 1] = sums[same.len() - 1].saturating_sub(self.total[at]);
            }
            same.push(at);
        }
        let is_one = |(at, sums): &(&usize, &Vec<i64>)| {
            let whole = self.total[**at] as f64;
            let working = sums.iter().filter(|sum| **sum as f64 >= whole * SAWTOOTH_LEVEL_SHARE).count();
            self.share(self.total[**at]) >= SAWTOOTH_LEAST_SHARE && working >= SAWTOOTH_LEVELS
        };
        levels.iter().filter(is_one).map(|(at, _)| (*at, self.total[*at])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths with a value, as a preorder tree; paths must come sorted so that prefixes are shared with the path before.
    fn shapes(paths: &[(&str, i64)]) -> Vec<(ShapeKind, String)> {
        let (mut parent, mut names, mut own) = (vec![0_u32], vec![String::new()], vec![0_i64]);
        let mut before: Vec<(String, u32)> = Vec::new();
        for (path, value) in paths {
            let parts: Vec<&str> = path.split(';').collect();
            let same = before.iter().zip(&parts).take_while(|(known, part)| known.0 == **part).count();
            before.truncate(same);
            for part in &parts[same..] {
                parent.push(before.last().map_or(0, |last| last.1));
                names.push((*part).to_owned());
                own.push(0);
                before.push(((*part).to_owned(), (own.len() - 1) as u32));
            }
            own[before.last().map_or(0, |last| last.1) as usize] += value;
        }
        let mut known: Vec<&str> = Vec::new();
        let function: Vec<Option<FunctionId>> = names
            .iter()
            .map(|name| {
                if name.is_empty() {
                    return None;
                }
                let at = known.iter().position(|known| known == name).unwrap_or_else(|| {
                    known.push(name);
                    known.len() - 1
                });
                Some(FunctionId(at as u32))
            })
            .collect();
        let found = flame_shapes(ShapeTree { parent: &parent, function: &function, own: &own });
        found.into_iter().map(|shape| (shape.kind, names[shape.node].clone())).collect()
    }

    fn chain(name: &str, length: usize) -> String {
        (0..length).map(|at| format!("{name}{at}")).collect::<Vec<_>>().join(";")
    }

    #[test]
    fn wide_frames_that_work_themselves_are_plateaus() {
        let found = shapes(&[("main;hash", 30), ("main;parse", 9), ("main;rest;a", 61)]);
        assert_eq!(found, [(ShapeKind::Plateau, "a".into()), (ShapeKind::Plateau, "hash".into())]);
    }

    #[test]
    fn a_deep_narrow_column_is_a_tower_only_among_shallow_stacks() {
        let column = format!("main;{}", chain("layer", 50));
        let is_tower = |found: &[(ShapeKind, String)]| found.contains(&(ShapeKind::Tower, "layer0".into()));
        assert!(is_tower(&shapes(&[("main;work", 980), (&column, 20)])));
        assert!(!is_tower(&shapes(&[("main;work", 900), (&column, 100)])), "wide is no tower");
        let deep = format!("main;{}", chain("work", 40));
        assert!(!is_tower(&shapes(&[(&deep, 980), (&column, 20)])), "where all is deep none stands out");
        assert!(!is_tower(&shapes(&[("main;work", 980), (&format!("main;{}", chain("layer", 30)), 20)])));
    }

    #[test]
    fn recursion_that_works_at_many_levels_is_a_sawtooth() {
        let at = |level: usize| format!("main;{}", vec!["visit"; level].join(";"));
        let levels: Vec<String> = (1..=8).map(at).collect();
        let working: Vec<(&str, i64)> = levels.iter().map(|path| (path.as_str(), 10)).collect();
        assert!(shapes(&working).contains(&(ShapeKind::Sawtooth, "visit".into())));
        let only_the_last: Vec<(&str, i64)> = vec![(levels[7].as_str(), 80)];
        assert!(!shapes(&only_the_last).iter().any(|(kind, _)| *kind == ShapeKind::Sawtooth));
    }

    #[test]
    fn empty_trees_have_no_shape() {
        assert!(flame_shapes(ShapeTree { parent: &[], function: &[], own: &[] }).is_empty());
        assert!(shapes(&[("main", 0)]).is_empty());
    }
}
