//! What the canvas draws: boxes in rows, each row from left to right.
//!
//! Knows: finding boxes by place, in logarithmic time. Does not know: whether
//! the boxes are calls in a tree or stretches of time in a chart.

import type { DerivedTree } from '../core/tree';

export interface Graph {
  rows: number;
  rowBegins: Int32Array;
  rowBoxes: Int32Array;
  /** Left edge and width of each box, in the graph's own unit. */
  left: Float64Array;
  width: Float64Array;
  /** Where the graph begins and how wide it is, in the same unit. */
  extent: number;
  /** The frame of each box. */
  fn: Int32Array;
  parent: Int32Array;
  row: Int32Array;
  flags: Uint8Array;
}

/** Without its root, a tree's first row is the root's children. */
export function treeGraph(tree: DerivedTree, withRoot = true): Graph {
  if (!withRoot && tree.maxDepth > 0) {
    return { ...treeGraph(tree), rows: tree.maxDepth, rowBegins: tree.rowBegins.subarray(1), row: tree.depth.map((depth) => depth - 1) };
  }
  return {
    rows: tree.maxDepth + 1, rowBegins: tree.rowBegins, rowBoxes: tree.rowNodes, left: tree.left, width: tree.width,
    extent: tree.width[0] ?? 0, fn: tree.fn, parent: tree.parent, row: tree.depth, flags: tree.flags,
  };
}

/** The place in `rowBoxes` of the first box of a row that ends right of `x`. */
export function firstEndingAfter(graph: Graph, row: number, x: number, from = graph.rowBegins[row]!, to = graph.rowBegins[row + 1]!): number {
  let low = from, high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const box = graph.rowBoxes[middle]!;
    if (graph.left[box]! + graph.width[box]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The box at a place, or -1; near misses within `slack` take the widest box there. */
export function boxAt(graph: Graph, row: number, x: number, slack: number): number {
  if (row < 0 || row >= graph.rows) return -1;
  let best = -1;
  for (let at = firstEndingAfter(graph, row, x - slack); at < graph.rowBegins[row + 1]!; at++) {
    const box = graph.rowBoxes[at]!;
    if (graph.left[box]! > x + slack) break;
    if (graph.left[box]! <= x && x < graph.left[box]! + graph.width[box]!) {
      if (graph.width[box]! > slack) return box;
    }
    if (best < 0 || graph.width[box]! > graph.width[best]!) best = box;
  }
  return best;
}

/** The box left or right of another in its row, or -1. */
export function neighbour(graph: Graph, box: number, step: 1 | -1): number {
  const row = graph.row[box]!;
  const middle = graph.left[box]! + graph.width[box]! / 2;
  const at = firstEndingAfter(graph, row, middle) + step;
  return at >= graph.rowBegins[row]! && at < graph.rowBegins[row + 1]! ? graph.rowBoxes[at]! : -1;
}

/** The widest box below another that it encloses, or -1. */
export function widestChild(graph: Graph, box: number): number {
  const row = graph.row[box]! + 1;
  if (row >= graph.rows) return -1;
  const end = graph.left[box]! + graph.width[box]!;
  let best = -1;
  for (let at = firstEndingAfter(graph, row, graph.left[box]!); at < graph.rowBegins[row + 1]!; at++) {
    const child = graph.rowBoxes[at]!;
    if (graph.left[child]! >= end) break;
    if (graph.parent[child] === box && (best < 0 || graph.width[child]! > graph.width[best]!)) best = child;
  }
  return best;
}
