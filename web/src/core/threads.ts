//! Which thread a node belongs to, where it belongs to one alone.

import type { Model } from '../data/model';
import { rowTest, type Filter } from './filter';
import type { DerivedTree } from './tree';

/** By node of the tree: a thread, -1 for several, -2 for none. */
export function threadOfNodes(model: Model, tree: DerivedTree, state: Filter & { signal: number }): Int32Array {
  const out = new Int32Array(tree.count).fill(-2);
  const join = (node: number, thread: number): void => {
    out[node] = out[node] === -2 || out[node] === thread ? thread : -1;
  };
  if (tree.fromBase) {
    const samples = model.samples[state.signal]!;
    const counts = rowTest(model, state);
    for (let row = 0; row < samples.count; row++) {
      const node = tree.fromBase[samples.node[row]!]!;
      if (node >= 0 && counts(samples, row)) join(node, samples.thread[row]!);
    }
    for (let node = tree.count - 1; node > 0; node--) if (out[node] !== -2) join(tree.parent[node]!, out[node]!);
    return out;
  }
  // With a frame per thread at the root, that frame says it.
  for (let node = 1; node < tree.count; node++) {
    const thread = tree.fn[node]! - model.fn.count;
    out[node] = thread >= 0 && thread < model.header.threads.length ? thread : out[tree.parent[node]!]!;
  }
  return out;
}
