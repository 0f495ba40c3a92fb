//! Stacks over time: per thread, what ran when, equal neighbours joined.
//!
//! Knows: bins. Within a bin the order was not kept, so stacks are placed one
//! after another in the order of the tree, beginning with the one the bin
//! before ended with; the width of each is its value. Of frames too narrow for
//! the stretch that is seen, neighbours become one. Does not draw.

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
/** More boxes than this are not made; what is busiest comes first. */
const MAX_BOXES = 1_000_000;
/** A pause shorter than this share of a bin does not end a frame. */
const JOIN_GAP = 0.3;
/** Boxes narrower than this share of the window are joined: less than a pixel of any screen. */
const MIN_SHARE = 1 / 6000;

class Boxes {
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly fn: number[] = [];
  readonly row: number[] = [];
  readonly flags: number[] = [];
  readonly value: number[] = [];
  readonly node: number[] = [];
}

/** Boxes of one thread are made level by level, and kept when they end. */
class Lane {
  /** The frames that may go on, by level; level 0 is not used. */
  private height = 0;
  private readonly node: Int32Array;
  private readonly left: Float64Array;
  private readonly right: Float64Array;
  private readonly value: Float64Array;
  /** By level: the last box kept, if it is of joined narrow ones and may take another. */
  private readonly narrow: Int32Array;

  constructor(private readonly boxes: Boxes, private readonly tree: DerivedTree, private readonly firstRow: number, private readonly minWidth: number, private readonly joinGap: number) {
    const levels = tree.maxDepth + 1;
    this.node = new Int32Array(levels);
    this.left = new Float64Array(levels);
    this.right = new Float64Array(levels);
    this.value = new Float64Array(levels);
    this.narrow = new Int32Array(levels).fill(-1);
  }

  /** Puts the stack whose nodes are `path[1..depth]`. */
  place(path: Int32Array, depth: number, left: number, right: number, value: number): void {
    let level = 1;
    for (; level <= depth && level <= this.height; level++) {
      if (this.node[level] !== path[level] || left - this.right[level]! > this.joinGap) break;
      this.right[level] = right;
      this.value[level]! += value;
    }
    this.closeFrom(level);
    for (; level <= depth; level++) {
      this.node[level] = path[level]!;
      this.left[level] = left;
      this.right[level] = right;
      this.value[level] = value;
    }
    this.height = depth;
  }

  closeFrom(level: number): void {
    for (let at = this.height; at >= level; at--) this.keep(at);
    this.height = Math.min(this.height, level - 1);
  }

  private keep(level: number): void {
    const { boxes } = this;
    const left = this.left[level]!, right = this.right[level]!;
    const isNarrow = right - left < this.minWidth;
    const before = this.narrow[level]!;
    if (isNarrow && before >= 0 && left - boxes.right[before]! < this.minWidth && boxes.right[before]! - boxes.left[before]! < this.minWidth) {
      boxes.right[before] = right;
      boxes.value[before]! += this.value[level]!;
      return;
    }
    if (boxes.fn.length >= MAX_BOXES) return;
    this.narrow[level] = isNarrow ? boxes.fn.length : -1;
    boxes.left.push(left);
    boxes.right.push(right);
    boxes.fn.push(this.tree.fn[this.node[level]!]!);
    boxes.row.push(this.firstRow + level - 1);
    boxes.flags.push(this.tree.flags[this.node[level]!]!);
    boxes.value.push(this.value[level]!);
    boxes.node.push(this.node[level]!);
  }
}

/** Lays out the stretch of time `window` (nanoseconds) of all threads that count. */
export function stackChart(model: Model, tree: DerivedTree, signal: number, filter: Filter, window: [number, number]): StackChart {
  const { binNanos, durationNanos, signals } = model.header;
  const samples = model.samples[signal]!;
  const counts = rowTest(model, filter);
  const boxes = new Boxes();
  const isTime = signals[signal]!.unit === 'nanoseconds';
  const path = new Int32Array(tree.maxDepth + 1);
  const minWidth = (window[1] - window[0]) * MIN_SHARE;
  // Frames that reach into the window from outside begin a little before it.
  const firstBin = Math.floor(window[0] / binNanos) - 1, lastBin = Math.ceil(window[1] / binNanos) + 1;
  const nodeOf = (row: number): number => (tree.fromBase && counts(samples, row) ? tree.fromBase[samples.node[row]!]! : -1);
  let firstRow = 0;
  const { order, leftOut } = busiestThreads(model, samples, nodeOf);
  for (const { thread, begin, end, value } of order) {
    boxes.left.push(0);
    boxes.right.push(durationNanos);
    boxes.fn.push(threadFrame(model, thread));
    boxes.row.push(firstRow++);
    boxes.flags.push(0);
    boxes.value.push(value);
    boxes.node.push(-1);
    const lane = new Lane(boxes, tree, firstRow, minWidth, binNanos * JOIN_GAP);
    let lastNode = -1, deepest = 0;
    for (let from = begin; from < end; ) {
      let to = from, sum = 0, first = from;
      const bin = samples.bin[from]!;
      for (; to < end && samples.bin[to] === bin; to++) {
        const node = nodeOf(to);
        if (node < 0) continue;
        sum += Math.abs(samples.value[to]!);
        // The stack that ran last goes on first.
        if (node === lastNode) first = to;
        // Rows are the same wherever the window is, so that lanes do not jump.
        if (tree.depth[node]! > deepest) deepest = tree.depth[node]!;
      }
      if (sum > 0 && bin >= firstBin && bin <= lastBin) {
        const nanosPerUnit = isTime && sum <= binNanos ? 1 : binNanos / sum;
        let at = bin * binNanos;
        for (let step = 0; step < to - from; step++) {
          const row = from + ((first - from + step) % (to - from));
          const node = nodeOf(row);
          if (node < 0) continue;
          const right = at + Math.abs(samples.value[row]!) * nanosPerUnit;
          for (let up = node, level = tree.depth[node]!; level > 0; level--, up = tree.parent[up]!) path[level] = up;
          lane.place(path, tree.depth[node]!, at, right, samples.value[row]!);
          lastNode = node;
          at = right;
        }
      }
      from = to;
    }
    lane.closeFrom(1);
    firstRow += deepest;
  }
  return finish(boxes, firstRow, Math.max(durationNanos, 1), leftOut);
}

/** Rows are sorted by thread; the busiest threads come first. */
function busiestThreads(model: Model, samples: Samples, nodeOf: (row: number) => number): { order: { thread: number; begin: number; end: number; value: number }[]; leftOut: number } {
  const spans: { thread: number; begin: number; end: number; value: number }[] = [];
  for (let begin = 0; begin < samples.count; ) {
    const thread = samples.thread[begin]!;
    let end = begin, value = 0;
    for (; end < samples.count && samples.thread[end] === thread; end++) if (nodeOf(end) >= 0) value += Math.abs(samples.value[end]!);
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
  // Boxes of a row were kept from left to right, so that counting sort suffices.
  const next = rowBegins.slice(), rowBoxes = new Int32Array(count);
  for (let box = 0; box < count; box++) rowBoxes[next[row[box]!]!++] = box;
  const left = Float64Array.from(boxes.left), width = new Float64Array(count);
  for (let box = 0; box < count; box++) width[box] = Math.max(0, Math.min(extent, boxes.right[box]!) - left[box]!);
  const node = Int32Array.from(boxes.node);
  return {
    rows, rowBegins, rowBoxes, left, width, extent, row, leftOut, node, parent: parents(rows, rowBegins, rowBoxes, left, width, node),
    fn: Int32Array.from(boxes.fn), flags: Uint8Array.from(boxes.flags), value: Float64Array.from(boxes.value),
  };
}

/** The box above the middle of each, going once along each pair of rows; headings have none. */
function parents(rows: number, rowBegins: Int32Array, rowBoxes: Int32Array, left: Float64Array, width: Float64Array, node: Int32Array): Int32Array {
  const parent = new Int32Array(rowBoxes.length).fill(-1);
  for (let row = 1; row < rows; row++) {
    let above = rowBegins[row - 1]!;
    for (let at = rowBegins[row]!; at < rowBegins[row + 1]!; at++) {
      const box = rowBoxes[at]!;
      if (node[box] === -1) break;
      const middle = left[box]! + width[box]! / 2;
      while (above + 1 < rowBegins[row]! && left[rowBoxes[above + 1]!]! <= middle) above++;
      parent[box] = above < rowBegins[row]! ? rowBoxes[above]! : -1;
    }
  }
  return parent;
}

/** The stretch of time to lay out for what is seen: a whole tile of a level, so that panning rarely lays out again. */
export function chartWindow(seen: [number, number], extent: number): [number, number] {
  const width = Math.max(1e-9, seen[1] - seen[0]);
  // Tiles are at least twice as wide as what is seen, in powers of four.
  const tile = Math.min(1, 4 ** Math.ceil(Math.log(width * 2) / Math.log(4)));
  if (tile >= 1) return [0, extent];
  const middle = (seen[0] + seen[1]) / 2;
  const from = Math.max(0, Math.min(1 - tile, Math.round((middle - tile / 2) / (tile / 4)) * (tile / 4)));
  return [from * extent, (from + tile) * extent];
}

/** Whether a profile can be shown over time at all. */
export function hasTime(model: Model): boolean {
  return model.header.binNanos > 0 && model.header.durationNanos > 0;
}
