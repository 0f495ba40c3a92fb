//! The tree from the other end: below the root the functions that spend the
//! value themselves, below each of those its callers.
//!
//! Knows: how to climb all stacks at once, one call per step, and when to stop.
//! A full inverted tree can be as large as the sum of all stack depths; past a
//! budget only what is wide enough to be seen is climbed further. What is not
//! climbed keeps its value and is marked as folded: totals stay exact.

import { NODE_FOLDED } from '../data/model';
import { TreeBuilder } from './builder';
import { finishTree, type DerivedTree } from './tree';

/** Steps up a stack, and nodes, before narrow callers are left alone: together about 100 ms. */
const FULL_STEPS = 500_000;
const FULL_NODES = 120_000;
/** Past those a caller below this share of all is not climbed. */
const MIN_SHARE = 1 / 4000;
/** Past this nothing is climbed; the widest stacks are then far deeper than any screen. */
const MAX_STEPS = 8_000_000;

export function invertTree(tree: DerivedTree): DerivedTree {
  const starts: number[] = [];
  for (let node = 1; node < tree.count; node++) if (tree.self[node] !== 0 || (tree.otherSelf && tree.otherSelf[node] !== 0)) starts.push(node);
  const values = { value: tree.self, n: tree.selfN, other: tree.otherSelf };
  const builder = new TreeBuilder(Math.max(1000, starts.length), tree.fn[0]!, tree.otherSelf !== null, tree.isSideA);
  // What the root spends itself has no caller.
  builder.self[0] = tree.self[0]!;
  builder.selfN[0] = tree.selfN[0]!;
  if (builder.otherSelf) builder.otherSelf[0] = tree.otherSelf![0]!;
  climb(tree, Int32Array.from(starts), values, builder);
  return finishTree(builder.finish(), null);
}

/** The callers of some nodes: each start is a stack to climb, with its value. */
export function callersTree(tree: DerivedTree, starts: readonly number[]): DerivedTree {
  const builder = new TreeBuilder(starts.length * 2, tree.fn[0]!, tree.otherTotal !== null, tree.isSideA);
  climb(tree, Int32Array.from(starts), { value: tree.total, n: tree.totalN, other: tree.otherTotal }, builder);
  return finishTree(builder.finish(), null);
}

interface Values { value: Float64Array; n: Float64Array; other: Float64Array | null }

function climb(tree: DerivedTree, starts: Int32Array, values: Values, builder: TreeBuilder): void {
  let count = starts.length;
  // Of each climber: the stack it came from, where it is, and its node in the new tree.
  const origin = starts.slice(), at = starts.slice(), owner = new Int32Array(count);
  const passing: number[] = [0];
  for (let index = 0; index < count; index++) {
    owner[index] = builder.child(0, tree.fn[at[index]!]!, tree.flags[at[index]!]! & NODE_FOLDED);
  }
  const threshold = Math.abs(tree.width[0]!) * MIN_SHARE;
  for (let steps = 0; count > 0; ) {
    const limit = steps > MAX_STEPS ? Infinity : steps > FULL_STEPS || builder.count > FULL_NODES ? threshold : 0;
    if (limit > 0) {
      passing.length = builder.count;
      passing.fill(0);
      for (let index = 0; index < count; index++) passing[owner[index]!]! += Math.abs(values.value[origin[index]!]!);
    }
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const from = origin[index]!, up = tree.parent[at[index]!]!, here = owner[index]!;
      const folded = limit > 0 && passing[here]! < limit;
      if (up <= 0 || folded) {
        builder.self[here]! += values.value[from]!;
        builder.selfN[here]! += values.n[from]!;
        if (builder.otherSelf) builder.otherSelf[here]! += values.other![from]!;
        if (folded && up > 0) builder.flags[here]! |= NODE_FOLDED;
        continue;
      }
      origin[kept] = from;
      at[kept] = up;
      owner[kept] = builder.child(here, tree.fn[up]!, 0);
      kept++;
    }
    steps += count;
    count = kept;
  }
}
