//! The derived tree: what is left of the profile's call tree after signal,
//! filters and transforms, ready to draw and to count.
//!
//! Knows: the columns, and the pass that turns any parent-before-child tree
//! into them (sorted left-heavy, in preorder, with totals and rows). Does not
//! know: where the tree came from (`derive.ts`, `invert.ts`, `sandwich.ts`).

/** A tree whose parents come before their children; node 0 is the root. */
export interface RawTree {
  count: number;
  fn: Int32Array;
  parent: Int32Array;
  /** Own value of each node. */
  self: Float64Array;
  /** Own raw observations. */
  selfN: Float64Array;
  /** Own value on the other side of a comparison; null without one. */
  otherSelf: Float64Array | null;
  flags: Uint8Array;
  /** Whether `self` is of side A of a comparison. */
  isSideA: boolean;
}

export interface DerivedTree {
  /** Nodes in preorder, children by falling width. Node 0 is the root. */
  count: number;
  fn: Int32Array;
  parent: Int32Array;
  depth: Int32Array;
  /** One after the last node of the subtree. */
  end: Int32Array;
  self: Float64Array;
  total: Float64Array;
  selfN: Float64Array;
  totalN: Float64Array;
  otherSelf: Float64Array | null;
  otherTotal: Float64Array | null;
  flags: Uint8Array;
  /** Left edge and width, in units of the signal; width is total unless values can be negative. */
  left: Float64Array;
  width: Float64Array;
  /** Nodes by depth, from left to right: `rowNodes[rowBegins[d] .. rowBegins[d + 1]]`. */
  rowBegins: Int32Array;
  rowNodes: Int32Array;
  maxDepth: number;
  /** Value of everything in the tree. */
  sum: number;
  sumN: number;
  /** In a comparison: whether `total` is of side A, and `otherTotal` of side B. */
  isSideA: boolean;
  /** From a node of the profile to the node here, -1 for dropped; null where no such thing exists. */
  fromBase: Int32Array | null;
}

/** What values of either side are multiplied with where both make the width. */
export interface BothSides { own: number; other: number }

/**
 * Turns a raw tree into a derived one. `baseMap` leads from profile nodes to raw
 * nodes. With `both`, boxes are as wide as the two sides of a comparison together.
 */
export function finishTree(raw: RawTree, baseMap: Int32Array | null, both: BothSides | null = null): DerivedTree {
  const { count, parent } = raw;
  const total = raw.self.slice(0, count), totalN = raw.selfN.slice(0, count);
  const otherTotal = raw.otherSelf ? raw.otherSelf.slice(0, count) : null;
  let weight = total;
  if (both || hasNegative(raw.self, count)) {
    weight = new Float64Array(count);
    for (let node = 0; node < count; node++) {
      weight[node] = Math.abs(raw.self[node]!) * (both?.own ?? 1) + Math.abs(both && raw.otherSelf ? raw.otherSelf[node]! : 0) * (both?.other ?? 0);
    }
  }
  for (let node = count - 1; node > 0; node--) {
    const up = parent[node]!;
    total[up]! += total[node]!;
    totalN[up]! += totalN[node]!;
    if (weight !== total) weight[up]! += weight[node]!;
    if (otherTotal) otherTotal[up]! += otherTotal[node]!;
  }
  const { children, begins } = sortedChildren(raw, weight, otherTotal);

  const order = new Int32Array(count);
  const place = new Int32Array(count).fill(-1);
  const stack = new Int32Array(count + 1);
  let height = 0, next = 0;
  stack[height++] = 0;
  while (height > 0) {
    const node = stack[--height]!;
    place[node] = next;
    order[next++] = node;
    for (let at = begins[node + 1]! - 1; at >= begins[node]!; at--) stack[height++] = children[at]!;
  }
  return arrange(raw, order.subarray(0, next), place, { total, totalN, weight, otherTotal }, baseMap);
}

function hasNegative(values: Float64Array, count: number): boolean {
  for (let index = 0; index < count; index++) if (values[index]! < 0) return true;
  return false;
}

/** Children of each node that hold anything, heaviest first; folded remainders last. */
function sortedChildren(raw: RawTree, weight: Float64Array, otherTotal: Float64Array | null): { children: Int32Array; begins: Int32Array } {
  const { count, parent, fn, flags } = raw;
  const holds = (node: number): boolean => weight[node]! > 0 || (otherTotal !== null && otherTotal[node]! !== 0);
  const begins = new Int32Array(count + 2);
  for (let node = 1; node < count; node++) if (holds(node)) begins[parent[node]! + 2]!++;
  for (let node = 2; node < begins.length; node++) begins[node]! += begins[node - 1]!;
  const children = new Int32Array(begins[count + 1]!);
  for (let node = 1; node < count; node++) if (holds(node)) children[begins[parent[node]! + 1]!++] = node;
  const before = (a: number, b: number): number =>
    (flags[a]! & 1) - (flags[b]! & 1) || weight[b]! - weight[a]! || fn[a]! - fn[b]! || a - b;
  for (let node = 0; node < count; node++) {
    const from = begins[node]!, to = begins[node + 1]!;
    if (to - from > 24) children.subarray(from, to).sort(before);
    else insertionSort(children, from, to, before);
  }
  return { children, begins };
}

function insertionSort(values: Int32Array, from: number, to: number, before: (a: number, b: number) => number): void {
  for (let index = from + 1; index < to; index++) {
    const value = values[index]!;
    let at = index;
    while (at > from && before(value, values[at - 1]!) < 0) {
      values[at] = values[at - 1]!;
      at--;
    }
    values[at] = value;
  }
}

interface Sums { total: Float64Array; totalN: Float64Array; weight: Float64Array; otherTotal: Float64Array | null }

function arrange(raw: RawTree, order: Int32Array, place: Int32Array, sums: Sums, baseMap: Int32Array | null): DerivedTree {
  const count = order.length;
  const pick = (from: Float64Array): Float64Array => {
    const out = new Float64Array(count);
    for (let index = 0; index < count; index++) out[index] = from[order[index]!]!;
    return out;
  };
  const fn = new Int32Array(count), parent = new Int32Array(count), depth = new Int32Array(count), end = new Int32Array(count);
  const flags = new Uint8Array(count);
  const total = pick(sums.total);
  const width = sums.weight === sums.total ? total : pick(sums.weight);
  const left = new Float64Array(count);
  // Where the next child of a node begins.
  const cursor = new Float64Array(count);
  parent[0] = -1;
  let maxDepth = 0;
  for (let index = 0; index < count; index++) {
    const node = order[index]!;
    fn[index] = raw.fn[node]!;
    flags[index] = raw.flags[node]!;
    if (index === 0) continue;
    const up = place[raw.parent[node]!]!;
    parent[index] = up;
    const here = depth[up]! + 1;
    depth[index] = here;
    if (here > maxDepth) maxDepth = here;
    left[index] = cursor[up]!;
    cursor[index] = cursor[up]!;
    cursor[up]! += width[index]!;
  }
  for (let index = 0; index < count; index++) end[index] = index + 1;
  for (let index = count - 1; index > 0; index--) {
    const up = parent[index]!;
    if (end[index]! > end[up]!) end[up] = end[index]!;
  }
  let fromBase: Int32Array | null = null;
  if (baseMap) {
    fromBase = new Int32Array(baseMap.length);
    for (let base = 0; base < baseMap.length; base++) fromBase[base] = baseMap[base]! < 0 ? -1 : place[baseMap[base]!]!;
  }
  return {
    count, fn, parent, depth, end, flags, total, width, left,
    self: pick(raw.self), selfN: pick(raw.selfN), totalN: pick(sums.totalN),
    otherSelf: raw.otherSelf ? pick(raw.otherSelf) : null,
    otherTotal: sums.otherTotal ? pick(sums.otherTotal) : null,
    ...rowsOf(depth, count, maxDepth), maxDepth, sum: total[0] ?? 0, sumN: sums.totalN[0] ?? 0, isSideA: raw.isSideA, fromBase,
  };
}

/** Counting sort by depth; preorder makes each row run from left to right. */
export function rowsOf(depth: Int32Array, count: number, maxDepth: number): { rowBegins: Int32Array; rowNodes: Int32Array } {
  const rowBegins = new Int32Array(maxDepth + 2);
  for (let node = 0; node < count; node++) rowBegins[depth[node]! + 1]!++;
  for (let row = 1; row < rowBegins.length; row++) rowBegins[row]! += rowBegins[row - 1]!;
  const next = rowBegins.slice();
  const rowNodes = new Int32Array(count);
  for (let node = 0; node < count; node++) rowNodes[next[depth[node]!]!++] = node;
  return { rowBegins, rowNodes };
}

/** Frame ids from below the root to a node. */
export function pathOf(tree: DerivedTree, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at > 0; at = tree.parent[at]!) path.push(tree.fn[at]!);
  return path.reverse();
}

/** The node that a path leads to, as far as the tree holds it; 0 is the root. */
export function nodeAt(tree: DerivedTree, path: readonly number[]): number {
  let node = 0;
  for (const fn of path) {
    const child = childWith(tree, node, fn);
    if (child < 0) break;
    node = child;
  }
  return node;
}

function childWith(tree: DerivedTree, node: number, fn: number): number {
  for (let child = node + 1; child < tree.end[node]!; child = tree.end[child]!) if (tree.fn[child] === fn) return child;
  return -1;
}
