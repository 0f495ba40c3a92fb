//! One function between its callers and its callees.
//!
//! Knows: recursion. Only outermost calls of the function are taken, so that
//! both halves add up to the function's total and nothing counts twice.

import { TreeBuilder } from './builder';
import { callersTree } from './invert';
import { finishTree, type DerivedTree, type RawTree } from './tree';

export interface Sandwich {
  /** Callers: below the root the function, below it who called it. */
  callers: DerivedTree;
  /** Callees: below the root the function, below it whom it called. */
  callees: DerivedTree;
}

/** The calls of a function that are not inside another call of it. */
export function outermostCalls(tree: DerivedTree, fn: number): number[] {
  const out: number[] = [];
  for (let node = 1; node < tree.count; ) {
    if (tree.fn[node] === fn) {
      out.push(node);
      node = tree.end[node]!;
    } else node++;
  }
  return out;
}

export function sandwich(tree: DerivedTree, fn: number): Sandwich {
  const calls = outermostCalls(tree, fn);
  return { callers: callersTree(tree, calls), callees: calleesTree(tree, calls) };
}

function calleesTree(tree: DerivedTree, calls: readonly number[]): DerivedTree {
  let size = 1;
  for (const call of calls) size += tree.end[call]! - call;
  const builder = new TreeBuilder(size, tree.fn[0]!, tree.otherSelf !== null, tree.isSideA);
  const from: RawTree = tree;
  const moved = new Int32Array(tree.count);
  for (const call of calls) {
    for (let node = call; node < tree.end[call]!; node++) {
      const up = node === call ? 0 : moved[tree.parent[node]!]!;
      moved[node] = builder.child(up, tree.fn[node]!, tree.flags[node]!);
      builder.add(moved[node]!, from, node);
    }
  }
  return finishTree(builder.finish(), null);
}
