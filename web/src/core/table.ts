//! Per function: own value and total, with recursion counted once.
//!
//! Knows: that a call inside another call of the same function is already in
//! the outer one's total. Frames made by the viewer are not functions and have
//! no row.

import type { Model } from '../data/model';
import type { DerivedTree } from './tree';

export interface FunctionTable {
  /** Functions that have any value, by falling own value. */
  fns: Int32Array;
  /** By function id. */
  self: Float64Array;
  total: Float64Array;
  selfN: Float64Array;
  totalN: Float64Array;
}

export function functionTable(model: Model, tree: DerivedTree): FunctionTable {
  const nFns = model.fn.count;
  const self = new Float64Array(nFns), total = new Float64Array(nFns);
  const selfN = new Float64Array(nFns), totalN = new Float64Array(nFns);
  const seen = new Uint8Array(nFns);
  // Of each function, the end of the outermost call that the pass is inside of.
  const inside = new Int32Array(nFns);
  for (let node = 1; node < tree.count; node++) {
    const fn = tree.fn[node]!;
    if (fn >= nFns) continue;
    seen[fn] = 1;
    self[fn]! += tree.self[node]!;
    selfN[fn]! += tree.selfN[node]!;
    if (node < inside[fn]!) continue;
    inside[fn] = tree.end[node]!;
    total[fn]! += tree.total[node]!;
    totalN[fn]! += tree.totalN[node]!;
  }
  const fns: number[] = [];
  for (let fn = 0; fn < nFns; fn++) if (seen[fn] === 1) fns.push(fn);
  fns.sort((a, b) => self[b]! - self[a]! || total[b]! - total[a]! || a - b);
  return { fns: Int32Array.from(fns), self, total, selfN, totalN };
}
