//! The call graph of the hottest functions of a tree.
//!
//! Knows: which functions are kept, and calls between them, also through
//! functions that are not kept. Recursion counts once. Does not place anything.

import { NODE_FOLDED, type Model } from '../data/model';
import { functionTable } from './table';
import type { DerivedTree } from './tree';

export interface CallNode { fn: number; self: number; total: number }
export interface CallEdge {
  /** Indices into the nodes. */
  from: number;
  to: number;
  value: number;
  /** Some of it passes through functions that are not shown. */
  isIndirect: boolean;
}
export interface CallGraph { nodes: CallNode[]; edges: CallEdge[]; leftOut: number }

/** Edges below this share of all are not shown, unless a node would lose its last caller. */
const LEAST_EDGE_SHARE = 0.002;

export function callGraph(model: Model, tree: DerivedTree, most: number, always: number | null): CallGraph {
  const table = functionTable(model, tree);
  const score = scores(model, tree, table.self, table.total);
  const folded = foldedOnly(model, tree);
  const order = [...table.fns].filter((fn) => folded[fn] === 0 && (table.total[fn]! !== 0 || table.self[fn]! !== 0)).sort((a, b) => score[b]! - score[a]! || table.total[b]! - table.total[a]! || a - b);
  const kept = order.slice(0, most);
  if (always !== null && always < model.fn.count && table.total[always]! !== 0 && !kept.includes(always)) kept[Math.min(kept.length, most - 1)] = always;
  const index = new Int32Array(model.fn.count).fill(-1);
  kept.sort((a, b) => table.total[b]! - table.total[a]! || a - b).forEach((fn, at) => (index[fn] = at));
  const nodes = kept.map((fn) => ({ fn, self: table.self[fn]!, total: table.total[fn]! }));
  return { nodes, edges: strongEdges(edgesOf(tree, index, kept.length), nodes, Math.abs(tree.sum)), leftOut: order.length - kept.length };
}

/** Names that only stand for folded frames: a remainder is not a function. */
function foldedOnly(model: Model, tree: DerivedTree): Uint8Array {
  const out = new Uint8Array(model.fn.count).fill(1);
  for (let node = 1; node < tree.count; node++) {
    const fn = tree.fn[node]!;
    if (fn < out.length && (tree.flags[node]! & NODE_FOLDED) === 0) out[fn] = 0;
  }
  return out;
}

/**
 * What a function adds to the picture: its own value, and its total as far as it
 * branches. One that only passes everything on to one other says nothing
 * (the idea of pprof's entropy score).
 */
function scores(model: Model, tree: DerivedTree, self: Float64Array, total: Float64Array): Float64Array {
  const nFns = model.fn.count;
  // Per function, the sum of v * log(v) of its parts over all of its nodes.
  const spread = new Float64Array(nFns);
  for (let node = 1; node < tree.count; node++) {
    const fn = tree.fn[node]!;
    const whole = Math.abs(tree.total[node]!);
    if (fn >= nFns || whole === 0) continue;
    let entropy = part(Math.abs(tree.self[node]!), whole);
    for (let child = node + 1; child < tree.end[node]!; child = tree.end[child]!) entropy += part(Math.abs(tree.total[child]!), whole);
    spread[fn]! += whole * entropy;
  }
  const out = new Float64Array(nFns);
  for (let fn = 0; fn < nFns; fn++) {
    const all = Math.abs(total[fn]!);
    if (all > 0) out[fn] = Math.abs(self[fn]!) * 2 + Math.min(all, spread[fn]!) + all * 0.05;
  }
  return out;
}

function part(value: number, whole: number): number {
  const share = value / whole;
  return share > 0 && share < 1 ? -share * Math.log2(share) : 0;
}

function edgesOf(tree: DerivedTree, index: Int32Array, n: number): CallEdge[] {
  const value = new Float64Array(n * n), indirect = new Float64Array(n * n);
  // The end of the outermost call of each pair that the pass is inside of.
  const inside = new Int32Array(n * n);
  // The nearest kept function at or above each node, and whether others lie between.
  const nearest = new Int32Array(tree.count).fill(-1), skipped = new Uint8Array(tree.count);
  for (let node = 1; node < tree.count; node++) {
    const up = tree.parent[node]!, fn = tree.fn[node]!;
    const here = fn < index.length ? index[fn]! : -1;
    nearest[node] = here >= 0 ? here : nearest[up]!;
    skipped[node] = here >= 0 ? 0 : 1;
    const from = nearest[up]!;
    if (here < 0 || from < 0 || from === here) continue;
    const pair = from * n + here;
    if (node < inside[pair]!) continue;
    inside[pair] = tree.end[node]!;
    value[pair]! += tree.total[node]!;
    if (skipped[up] === 1) indirect[pair]! += tree.total[node]!;
  }
  const edges: CallEdge[] = [];
  for (let pair = 0; pair < value.length; pair++) {
    if (value[pair] !== 0) edges.push({ from: Math.floor(pair / n), to: pair % n, value: value[pair]!, isIndirect: indirect[pair]! * 2 > value[pair]! });
  }
  return edges.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.from - b.from || a.to - b.to);
}

function strongEdges(edges: CallEdge[], nodes: CallNode[], sum: number): CallEdge[] {
  const hasCaller = new Uint8Array(nodes.length);
  return edges.filter((edge) => {
    const keep = Math.abs(edge.value) >= sum * LEAST_EDGE_SHARE || hasCaller[edge.to] === 0;
    if (keep) hasCaller[edge.to] = 1;
    return keep;
  });
}
