//! Stacks over time: per thread, what ran when, equal neighbours joined.
//!
//! Knows: bins. Within a bin the order was not kept, so stacks are placed one
//! after another in the order of the tree, beginning with the one the bin
//! before ended with; the width of each is its value. Does not draw.

import type { Model, Samples } from '../data/model';
import { rowTest, type Filter } from './filter';
import { threadFrame } from './frames';
import type { DerivedTree } from './tree';

/** Frames, laid out as the boxes of a graph (see `canvas/graph.ts`). */
export interface StackChart {
  rows: number;
  rowBegins: Int32Array;
  rowBoxes: Int32Array;
  left: Float64Array;
  width: Float64Array;
  extent: number;
  fn: Int32Array;
  parent: Int32Array;
  row: Int32Array;
  flags: Uint8Array;
  /** Value that ran within each box, its own and of what it called. */
  value: Float64Array;
  /** The node of the derived tree behind each box; -1 for a thread's heading. */
  node: Int32Array;
  /** Threads that have samples but no room. */
  leftOut: number;
}

/** More threads than this are not laid out; the busiest are. */
const MAX_THREADS = 48;
/** More boxes than this and a thread's deepest rows are left away. */
const MAX_BOXES = 3_000_000;
/** A pause shorter than this share of a bin does not end a frame. */
const JOIN_GAP = 0.3;

class Boxes {
  left: number[] = []; right: number[] = []; fn: number[] = []; parent: number[] = []; row: number[] = []; flags: number[] = []; value: number[] = []; node: number[] = [];

  add(left: number, right: number, fn: number, parent: number, row: number, flags: number, value: number, node: number): number {
    this.right.push(right); this.fn.push(fn); this.parent.push(parent); this.row.push(row);
    this.flags.push(flags); this.value.push(value); this.node.push(node);
    return this.left.push(left) - 1;
  }
}

export function stackChart(model: Model, tree: DerivedTree, signal: number, filter: Filter): StackChart {
  const { binNanos, durationNanos, signals } = model.header;
  const samples = model.samples[signal]!;
  const counts = rowTest(model, filter);
  const boxes = new Boxes();
  const isTime = signals[signal]!.unit === 'nanoseconds';
  const path = new Int32Array(tree.maxDepth + 1);
  let firstRow = 0;
  const { order, leftOut } = busiestThreads(model, tree, samples, counts);
  for (const { thread, begin, end } of order) {
    const heading = boxes.add(0, durationNanos, threadFrame(model, thread), -1, firstRow, 0, 0, -1);
    firstRow++;
    const open: number[] = [];
    let deepest = 0, lastNode = -1;
    for (let from = begin; from < end; ) {
      let to = from, sum = 0;
      const bin = samples.bin[from]!;
      while (to < end && samples.bin[to] === bin) {
        if (placed(to)) sum += Math.abs(samples.value[to]!);
        to++;
      }
      if (sum > 0 && boxes.fn.length < MAX_BOXES) {
        const nanosPerUnit = isTime && sum <= binNanos ? 1 : binNanos / sum;
        let at = bin * binNanos;
        // The stack that ran last goes on first.
        let first = from;
        for (let row = from; row < to; row++) if (placed(row) && nodeOf(row) === lastNode) first = row;
        for (let step = 0; step < to - from; step++) {
          const row = from + ((first - from + step) % (to - from));
          if (!placed(row)) continue;
          const right = at + Math.abs(samples.value[row]!) * nanosPerUnit;
          lastNode = nodeOf(row);
          deepest = Math.max(deepest, place(lastNode, at, right, samples.value[row]!));
          at = right;
        }
      }
      from = to;
    }
    firstRow += deepest;

    function place(node: number, left: number, right: number, value: number): number {
      const depth = tree.depth[node]!;
      for (let up = node, level = depth; level > 0; level--, up = tree.parent[up]!) path[level] = up;
      let above = heading, joins = true;
      for (let level = 1; level <= depth; level++) {
        const here = path[level]!;
        const last = open[level];
        joins = joins && last !== undefined && boxes.node[last] === here && left - boxes.right[last]! <= binNanos * JOIN_GAP;
        if (joins) {
          boxes.right[last!] = right;
          boxes.value[last!]! += value;
          above = last!;
        } else {
          above = boxes.add(left, right, tree.fn[here]!, above, firstRow + level - 1, tree.flags[here]!, value, here);
          open[level] = above;
        }
      }
      // What lies deeper than this stack has ended.
      open.length = depth + 1;
      boxes.value[heading]! += value;
      return depth;
    }
  }
  return finish(boxes, firstRow, Math.max(durationNanos, 1), leftOut);

  function nodeOf(row: number): number {
    return tree.fromBase ? tree.fromBase[samples.node[row]!]! : -1;
  }
  function placed(row: number): boolean {
    return counts(samples, row) && nodeOf(row) >= 0;
  }
}

/** Rows are sorted by thread; the busiest threads come first. */
function busiestThreads(model: Model, tree: DerivedTree, samples: Samples, counts: (samples: Samples, row: number) => boolean): { order: { thread: number; begin: number; end: number }[]; leftOut: number } {
  const spans: { thread: number; begin: number; end: number; value: number }[] = [];
  for (let begin = 0; begin < samples.count; ) {
    const thread = samples.thread[begin]!;
    let end = begin, value = 0;
    for (; end < samples.count && samples.thread[end] === thread; end++) {
      if (counts(samples, end) && tree.fromBase && tree.fromBase[samples.node[end]!]! >= 0) value += Math.abs(samples.value[end]!);
    }
    if (value > 0 && thread < model.header.threads.length) spans.push({ thread, begin, end, value });
    begin = end;
  }
  spans.sort((a, b) => b.value - a.value || a.thread - b.thread);
  return { order: spans.slice(0, MAX_THREADS), leftOut: Math.max(0, spans.length - MAX_THREADS) };
}

function finish(boxes: Boxes, rows: number, extent: number, leftOut: number): StackChart {
  const count = boxes.fn.length;
  const row = Int32Array.from(boxes.row);
  const rowBegins = new Int32Array(rows + 1);
  for (let box = 0; box < count; box++) rowBegins[row[box]! + 1]!++;
  for (let at = 0; at < rows; at++) rowBegins[at + 1]! += rowBegins[at]!;
  // Boxes of a row were made from left to right, so that counting sort suffices.
  const next = rowBegins.slice(), rowBoxes = new Int32Array(count);
  for (let box = 0; box < count; box++) rowBoxes[next[row[box]!]!++] = box;
  const left = Float64Array.from(boxes.left), width = new Float64Array(count);
  for (let box = 0; box < count; box++) width[box] = Math.max(0, Math.min(extent, boxes.right[box]!) - left[box]!);
  return {
    rows, rowBegins, rowBoxes, left, width, extent, row, leftOut,
    fn: Int32Array.from(boxes.fn), parent: Int32Array.from(boxes.parent), flags: Uint8Array.from(boxes.flags),
    value: Float64Array.from(boxes.value), node: Int32Array.from(boxes.node),
  };
}

/** Whether a profile can be shown over time at all. */
export function hasTime(model: Model): boolean {
  return model.header.binNanos > 0 && model.header.durationNanos > 0;
}
