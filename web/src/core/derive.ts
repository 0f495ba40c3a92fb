//! From profile and view state to the tree that all graph views show.
//!
//! Knows: the order (filter, group, transforms one after another, finish).
//! O(nodes + rows) per step, no object per node.

import type { Model } from '../data/model';
import { filteredTree, groupedTree } from './filter';
import type { ViewState } from './state';
import { applyTransform } from './transforms';
import { finishTree, type BothSides, type DerivedTree } from './tree';

/** The parts of the state that decide the tree; everything else only draws it. */
export type TreeState = Pick<ViewState, 'signal' | 'range' | 'threads' | 'processes' | 'states' | 'transforms' | 'group'>;

/** With `bothWide`, of a comparison, boxes are as wide as both sides together, so that what is gone has a place too. */
export function deriveTree(model: Model, state: TreeState, bothWide = false): DerivedTree {
  const { diff, signals } = model.header;
  const scale = diff?.normalised ? diff.scale : 1;
  const both: BothSides | null = !bothWide ? null : signals[state.signal]!.side === 1 ? { own: scale, other: 1 } : { own: 1, other: scale };
  const other = otherSide(model, state.signal);
  if (state.group !== 'none') {
    let raw = groupedTree(model, state.signal, other, state, state.group);
    for (const transform of state.transforms) raw = applyTransform(model, raw, transform, null);
    return finishTree(raw, null, both);
  }
  let raw = filteredTree(model, state.signal, other, state);
  const baseMap = new Int32Array(model.node.count);
  for (let node = 0; node < baseMap.length; node++) baseMap[node] = node;
  for (const transform of state.transforms) raw = applyTransform(model, raw, transform, baseMap);
  return finishTree(raw, baseMap, both);
}

/** In a comparison, the same signal of the other side. */
export function otherSide(model: Model, signal: number): number | null {
  if (model.header.kind !== 'diff') return null;
  const { id, side } = model.header.signals[signal]!;
  const found = model.header.signals.findIndex((one) => one.id === id && one.side !== side);
  return found < 0 ? null : found;
}
