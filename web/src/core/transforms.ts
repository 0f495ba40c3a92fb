//! The transforms: each turns one raw tree into another, in one pass.
//!
//! Knows: where each node of the old tree goes (`place`), or that its samples
//! are dropped. Does not change values: what is not dropped adds up exactly.

import type { Model } from '../data/model';
import { TreeBuilder } from './builder';
import { isGroupFrame } from './frames';
import type { Transform } from './state';
import type { RawTree } from './tree';

/** Applies a transform; `map` is carried along (old node to new node, -1 dropped). */
export function applyTransform(model: Model, from: RawTree, transform: Transform, baseMap: Int32Array | null): RawTree {
  const builder = new TreeBuilder(from.count, from.fn[0]!, from.otherSelf !== null, from.isSideA);
  const moved = new Int32Array(from.count).fill(-1);
  const place = placer(model, from, transform, builder, moved);
  moved[0] = place.root;
  if (moved[0] >= 0) builder.add(0, from, 0);
  for (let node = 1; node < from.count; node++) {
    const to = place.node(node, moved[from.parent[node]!]!);
    moved[node] = to;
    if (to >= 0) builder.add(to, from, node);
  }
  if (baseMap) {
    for (let base = 0; base < baseMap.length; base++) if (baseMap[base]! >= 0) baseMap[base] = moved[baseMap[base]!]!;
  }
  return builder.finish();
}

interface Placer {
  /** Where the root's own samples go: 0, or -1 to drop them. */
  root: number;
  /** Where a node goes, given where its parent went (-1: its parent was dropped). */
  node: (node: number, up: number) => number;
}

function placer(model: Model, from: RawTree, transform: Transform, builder: TreeBuilder, moved: Int32Array): Placer {
  const keep = (node: number, up: number): number => builder.child(up, from.fn[node]!, from.flags[node]!);
  switch (transform.type) {
    case 'focus-function':
      return { root: -1, node: (node, up) => (up >= 0 ? keep(node, up) : from.fn[node] === transform.fn ? keep(node, 0) : -1) };
    case 'focus-subtree': {
      const target = rawNodeAt(from, transform.path);
      // A path to nowhere (a link into another profile) keeps everything.
      if (target <= 0) return { root: 0, node: keep };
      return { root: -1, node: (node, up) => (up >= 0 ? keep(node, up) : node === target ? keep(node, 0) : -1) };
    }
    case 'hide':
      return { root: 0, node: (node, up) => (up < 0 || from.fn[node] === transform.fn ? -1 : keep(node, up)) };
    case 'merge':
      return { root: 0, node: (node, up) => (from.fn[node] === transform.fn ? up : keep(node, up)) };
    case 'collapse-recursion':
      return { root: 0, node: transform.direct ? joinWithParent(from, builder, (fn) => fn === transform.fn, keep) : joinWithNearest(from, transform.fn, keep) };
    case 'collapse-all-recursion':
      return { root: 0, node: joinWithParent(from, builder, (fn) => !isGroupFrame(model, fn), keep) };
    case 'collapse-module': {
      const inModule = (fn: number): boolean => fn < model.fn.count && model.fn.module[fn] === transform.module;
      return { root: 0, node: keepFirstOfRun(from, moved, inModule, keep) };
    }
    case 'collapse-libraries': {
      const user = model.header.kinds.indexOf('user');
      const foreign = (fn: number): boolean => fn < model.fn.count && model.fn.kind[fn] !== user;
      return { root: 0, node: keepFirstOfRun(from, moved, foreign, keep) };
    }
  }
}

type Keep = Placer['node'];

/** A call of a function by itself becomes the caller. */
function joinWithParent(from: RawTree, builder: TreeBuilder, joins: (fn: number) => boolean, keep: Keep): Keep {
  return (node, up) => (up > 0 && builder.fn[up] === from.fn[node] && joins(from.fn[node]!) ? up : keep(node, up));
}

/** Any call below the outermost one of the function becomes the outermost one. */
function joinWithNearest(from: RawTree, fn: number, keep: Keep): Keep {
  // The outermost call above or at a built node; 0 is none, as the root is none.
  const outermost: number[] = [0];
  return (node, up) => {
    const above = outermost[up] ?? 0;
    if (from.fn[node] === fn && above > 0) return above;
    const to = keep(node, up);
    outermost[to] = above > 0 ? above : from.fn[node] === fn ? to : 0;
    return to;
  };
}

/** A frame whose caller belongs to the same run becomes what its caller became. */
function keepFirstOfRun(from: RawTree, moved: Int32Array, inRun: (fn: number) => boolean, keep: Keep): Keep {
  return (node, up) => {
    const parent = from.parent[node]!;
    if (parent > 0 && inRun(from.fn[node]!) && inRun(from.fn[parent]!)) return moved[parent]!;
    return keep(node, up);
  };
}

function rawNodeAt(from: RawTree, path: readonly number[]): number {
  let at = 0, reached = 0;
  // Children come after their parent, and a child of the wanted frame is unique.
  for (let node = 1; node < from.count && reached < path.length; node++) {
    if (from.parent[node] === at && from.fn[node] === path[reached]) {
      at = node;
      reached++;
    }
  }
  return reached === path.length && path.length > 0 ? at : -1;
}
