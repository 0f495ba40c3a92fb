//! What is known of one function within what is shown: callers, callees,
//! threads, and its course over time.

import type { Model } from '../data/model';
import { rowTest, type Filter } from './filter';
import { outermostCalls } from './sandwich';
import type { DerivedTree } from './tree';

export interface Share { id: number; value: number }
export interface AboutFunction {
  self: number;
  total: number;
  selfN: number;
  totalN: number;
  /** In a comparison, of the other side. */
  otherSelf: number;
  otherTotal: number;
  /** Frame ids; -1 stands for "nobody": the stack begins here. */
  callers: Share[];
  callees: Share[];
}

const NOBODY = -1;

export function aboutFunction(tree: DerivedTree, fn: number, most: number): AboutFunction {
  const callers = new Map<number, number>(), callees = new Map<number, number>();
  const add = (to: Map<number, number>, id: number, value: number): void => void to.set(id, (to.get(id) ?? 0) + value);
  const out = { self: 0, total: 0, selfN: 0, totalN: 0, otherSelf: 0, otherTotal: 0 };
  for (const call of outermostCalls(tree, fn)) {
    out.total += tree.total[call]!;
    out.totalN += tree.totalN[call]!;
    out.otherTotal += tree.otherTotal?.[call] ?? 0;
    const up = tree.parent[call]!;
    add(callers, up > 0 ? tree.fn[up]! : NOBODY, tree.total[call]!);
    for (let node = call; node < tree.end[call]!; node++) {
      const isOwn = tree.fn[node] === fn;
      if (isOwn) {
        out.self += tree.self[node]!;
        out.selfN += tree.selfN[node]!;
        out.otherSelf += tree.otherSelf?.[node] ?? 0;
      } else if (tree.fn[tree.parent[node]!] === fn) add(callees, tree.fn[node]!, tree.total[node]! - within(tree, node, fn));
    }
  }
  const largest = (shares: Map<number, number>): Share[] => [...shares].map(([id, value]) => ({ id, value })).filter((one) => one.value !== 0).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.id - b.id).slice(0, most);
  return { ...out, callers: largest(callers), callees: largest(callees) };
}

/** What a callee holds by calling the function again: that counts there. */
function within(tree: DerivedTree, node: number, fn: number): number {
  let sum = 0;
  for (let at = node + 1; at < tree.end[node]!; ) {
    if (tree.fn[at] === fn) {
      sum += tree.total[at]!;
      at = tree.end[at]!;
    } else at++;
  }
  return sum;
}

export interface Course { threads: Share[]; overTime: Float64Array | null }

/** By thread and over time, `bins` steps of the whole duration; nothing where the tree has lost its samples. */
export function courseOf(model: Model, tree: DerivedTree, fn: number, state: Filter & { signal: number }, bins: number): Course {
  if (!tree.fromBase) return { threads: [], overTime: null };
  const under = new Uint8Array(tree.count);
  for (const call of outermostCalls(tree, fn)) under.fill(1, call, tree.end[call]!);
  const samples = model.samples[state.signal]!;
  const counts = rowTest(model, state);
  const { binNanos, durationNanos, threads } = model.header;
  const byThread = new Float64Array(threads.length);
  const overTime = binNanos > 0 && durationNanos > 0 ? new Float64Array(bins) : null;
  for (let row = 0; row < samples.count; row++) {
    const node = tree.fromBase[samples.node[row]!]!;
    if (node < 0 || under[node] === 0 || !counts(samples, row)) continue;
    byThread[samples.thread[row]!]! += samples.value[row]!;
    if (overTime) overTime[Math.min(bins - 1, Math.floor(((samples.bin[row]! + 0.5) * binNanos * bins) / durationNanos))]! += samples.value[row]!;
  }
  const shares = [...byThread].map((value, id) => ({ id, value })).filter((one) => one.value !== 0).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.id - b.id);
  return { threads: shares, overTime };
}
