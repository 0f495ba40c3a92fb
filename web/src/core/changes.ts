//! The rows of a comparison: words, signs, order.
//!
//! Knows: that a difference is only spoken of as one where it is proved. Values
//! of B are scaled, so that both sides can be compared.

import type { DiffHeader, DiffRow, Signal, Verdict } from '../data/header';
import type { Model } from '../data/model';
import type { DerivedTree } from './tree';

export interface Change { fn: number; verdict: Verdict; isProved: boolean; before: number; after: number; change: number; low: number; high: number; totalBefore: number; totalAfter: number }

export const VERDICT_WORDS: Record<Verdict, string> = { more: 'more', less: 'less', new: 'new', gone: 'gone', same: 'same', unproved: 'not proved' };

export function isProved(verdict: Verdict): boolean {
  return verdict !== 'same' && verdict !== 'unproved';
}

/** Proved changes first, the largest first; then the others by what they may be. */
export function changesOf(diff: DiffHeader): Change[] {
  const rank = (verdict: Verdict): number => (isProved(verdict) ? 0 : verdict === 'unproved' ? 1 : 2);
  return diff.rows.map((row) => changeOfRow(row, diff.scale)).sort((a, b) => rank(a.verdict) - rank(b.verdict) || Math.abs(b.change) - Math.abs(a.change) || a.fn - b.fn);
}

function changeOfRow(row: DiffRow, scale: number): Change {
  const after = row.selfB * scale;
  return {
    fn: row.fn, verdict: row.verdict, isProved: isProved(row.verdict), before: row.selfA, after, change: after - row.selfA,
    low: Math.min(row.low, row.high), high: Math.max(row.low, row.high), totalBefore: row.totalA, totalAfter: row.totalB * scale,
  };
}

/** The two signals of a comparison that belong to one: before and after. */
export function sidesOf(model: Model, signal: number): { before: number; after: number } | null {
  const { signals } = model.header;
  const { id } = signals[signal]!;
  const find = (side: Signal['side']): number => signals.findIndex((one) => one.id === id && one.side === side);
  const before = find(0), after = find(1);
  return before < 0 || after < 0 ? null : { before, after };
}

/** `+1.2 s`, `−3`, `0`: the sign says the direction, whatever the colour. */
export function signed(value: number, format: (size: number) => string): string {
  return value === 0 ? format(0) : `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

/** What a node holds before (A) and after (B, scaled to be comparable). */
export function sidesOfNode(model: Model, tree: DerivedTree, node: number, what: 'total' | 'self' = 'total'): [number, number] {
  const here = tree[what][node]!, other = (what === 'total' ? tree.otherTotal : tree.otherSelf)?.[node] ?? here;
  return inOrder(model, tree, here, other);
}

/** Values of the tree's own side and of the other, as before and after. */
export function inOrder(model: Model, tree: DerivedTree, own: number, other: number): [number, number] {
  const scale = model.header.diff?.normalised ? model.header.diff.scale : 1;
  return tree.isSideA ? [own, other * scale] : [other, own * scale];
}

const judged = new WeakMap<DerivedTree, Map<number, Verdict>>();

/** What is proved of each node of a tree, and nothing where nothing is. */
export function verdictsOfNodes(model: Model, tree: DerivedTree): Map<number, Verdict> {
  const out = judged.get(tree) ?? new Map<number, Verdict>();
  if (judged.has(tree)) return out;
  judged.set(tree, out);
  const { diff } = model.header;
  if (!diff) return out;
  // A node that was merged or cut moved another way than the one that was judged.
  const put = (node: number, verdict: Verdict): void => {
    const [before, after] = sidesOfNode(model, tree, node);
    if (Math.sign(after - before) === (verdict === 'more' || verdict === 'new' ? 1 : -1)) out.set(node, verdict);
  };
  if (tree.fromBase && diff.stacks.length > 0) {
    const { nodes, verdicts } = stacksOfProfile(model);
    nodes.forEach((base, at) => {
      const node = tree.fromBase![base]!;
      if (node > 0) put(node, verdicts[at]!);
    });
    return out;
  }
  // Trees of another shape (inverted, callers) have no stacks that were judged: what is proved of functions stands for them.
  const ofFunction = new Map(diff.rows.filter((row) => isProved(row.verdict)).map((row) => [row.fn, row.verdict]));
  for (let node = 1; node < tree.count; node++) {
    const verdict = ofFunction.get(tree.fn[node]!);
    if (verdict) put(node, verdict);
  }
  return out;
}

const known = new WeakMap<Model, { nodes: number[]; verdicts: Verdict[] }>();

/** The nodes of the profile's own tree that the judged stacks lead to. */
function stacksOfProfile(model: Model): { nodes: number[]; verdicts: Verdict[] } {
  let found = known.get(model);
  if (found) return found;
  known.set(model, (found = { nodes: [], verdicts: [] }));
  const { node, fn, header } = model;
  const children = new Map<number, number>();
  for (let at = 1; at < node.count; at++) children.set(node.parent[at]! * fn.count + node.fn[at]!, at);
  for (const { path, verdict } of header.diff?.stacks ?? []) {
    let at: number | undefined = 0;
    for (const id of path) at = at === undefined ? undefined : children.get(at * fn.count + id);
    // A stack that was folded away has no node.
    if (at === undefined || at === 0 || !isProved(verdict)) continue;
    found.nodes.push(at);
    found.verdicts.push(verdict);
  }
  return found;
}
