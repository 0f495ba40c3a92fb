//! The sub-second heat map: time folded into columns, so that what happens at
//! once every second, or only within a second, can be seen.
//!
//! Knows: columns, cells and which samples count. The order of time is up a
//! column, then on to the next. The time range does not count here: it is shown
//! and chosen on the map. Does not draw.

import type { Model } from '../data/model';
import { rowTest, type Filter } from './filter';
import type { DerivedTree } from './tree';

export interface Heatmap {
  columns: number;
  rows: number;
  columnNanos: number;
  cellNanos: number;
  /** By column, then by row from the start of the column. */
  values: Float64Array;
  /** Largest value of a cell, and the one that takes the strongest colour. */
  most: number;
  strong: number;
  sum: number;
}

const SECOND = 1e9;
const COLUMN_STEPS = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, SECOND, 10 * SECOND, 60 * SECOND, 600 * SECOND, 3600 * SECOND, 36_000 * SECOND, 360_000 * SECOND];
/** A second per column while there are no more columns than this. */
const MOST_COLUMNS = 300;
/** Short profiles get shorter columns until there are so many. */
const FEWEST_COLUMNS = 8;
const MOST_ROWS = 50;
/** So few would say nothing within a column. */
const FEWEST_ROWS = 5;
/** This share of busy cells is not brighter than the strongest colour, so that one peak does not hide the rest. */
const STRONG_SHARE = 0.995;

/** How long a column and a cell are. */
export function heatmapSteps(durationNanos: number, binNanos: number): { columnNanos: number; cellNanos: number; rows: number; columns: number } {
  const fits = (step: number): boolean => durationNanos / step <= MOST_COLUMNS && step >= binNanos * FEWEST_ROWS;
  let columnNanos = COLUMN_STEPS.find((step) => step >= SECOND && fits(step)) ?? COLUMN_STEPS[COLUMN_STEPS.length - 1]!;
  for (let step = COLUMN_STEPS.indexOf(columnNanos) - 1; step >= 0 && durationNanos / columnNanos < FEWEST_COLUMNS; step--) {
    if (!fits(COLUMN_STEPS[step]!)) break;
    columnNanos = COLUMN_STEPS[step]!;
  }
  // A whole number of cells per column, each at least a bin.
  const rows = Math.max(1, Math.min(MOST_ROWS, Math.floor(columnNanos / Math.max(1, binNanos))));
  return { columnNanos, cellNanos: columnNanos / rows, rows, columns: Math.max(1, Math.ceil(durationNanos / columnNanos)) };
}

/** `tree` tells which stacks count; it must be derived without a time range. */
export function heatmap(model: Model, tree: DerivedTree, signal: number, filter: Filter, matches: Uint8Array | null): Heatmap {
  const { binNanos, durationNanos } = model.header;
  const steps = heatmapSteps(durationNanos, binNanos);
  const { rows, columns, cellNanos } = steps;
  const values = new Float64Array(rows * columns);
  const samples = model.samples[signal]!;
  const counts = rowTest(model, { ...filter, range: null });
  const kept = matches ? nodesUnder(tree, matches) : null;
  let sum = 0;
  for (let row = 0; row < samples.count; row++) {
    const node = tree.fromBase ? tree.fromBase[samples.node[row]!]! : 0;
    if (node < 0 || (kept && kept[node] === 0) || !counts(samples, row)) continue;
    const value = Math.abs(samples.value[row]!);
    sum += value;
    // A bin that lies in two cells gives each its part.
    const from = (samples.bin[row]! * binNanos) / cellNanos, to = from + binNanos / cellNanos;
    const first = Math.min(values.length - 1, Math.floor(from + 1e-9)), last = Math.min(values.length - 1, Math.ceil(to - 1e-9) - 1);
    if (last <= first) values[first]! += value;
    else for (let cell = first; cell <= last; cell++) values[cell]! += (value * (Math.min(to, cell + 1) - Math.max(from, cell))) / (to - from);
  }
  const busy = values.filter((value) => value > 0).sort();
  const most = busy[busy.length - 1] ?? 0;
  return { ...steps, values, most, strong: busy[Math.min(busy.length - 1, Math.floor(busy.length * STRONG_SHARE))] ?? 0, sum };
}

/** 1 for each node that is, or is under, a matching frame. */
function nodesUnder(tree: DerivedTree, matches: Uint8Array): Uint8Array {
  const out = new Uint8Array(tree.count);
  for (let node = 1; node < tree.count; node++) out[node] = matches[tree.fn[node]!] === 1 || out[tree.parent[node]!] === 1 ? 1 : 0;
  return out;
}

/** The time of a cell by number. */
export function cellTime(map: Heatmap, cell: number, extent: number): [number, number] {
  return [Math.min(extent, cell * map.cellNanos), Math.min(extent, (cell + 1) * map.cellNanos)];
}

/** From one cell to another, both included, as a time range. */
export function cellsRange(map: Heatmap, one: number, other: number, extent: number): [number, number] {
  const from = Math.round(cellTime(map, Math.min(one, other), extent)[0]), to = Math.round(cellTime(map, Math.max(one, other), extent)[1]);
  return [from, Math.max(from + 1, to)];
}
