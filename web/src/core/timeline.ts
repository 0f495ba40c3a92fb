//! Threads over time: which rows there are, and what each did in a stretch.
//!
//! Knows: cells (row, bin, state, share of the bin) and how several bins make
//! one column of pixels. Does not draw; what is not covered stays empty.

import type { Model, TimelineCells } from '../data/model';
import { processName } from './frames';

/** A line of the timeline: a heading of a process, or a row of cells. */
export type TimelineLine = { kind: 'process'; process: number; label: string; rows: number } | { kind: 'row'; row: number; thread: number | null; process: number; label: string };

/** Rows in their order, with a heading before each process where there are several. */
export function timelineLines(model: Model): TimelineLine[] {
  const rows = model.header.timeline?.rows ?? [];
  const groups = new Map<number, number[]>();
  rows.forEach((row, index) => {
    const group = groups.get(row.process);
    if (group) group.push(index);
    else groups.set(row.process, [index]);
  });
  const lines: TimelineLine[] = [];
  for (const [process, members] of groups) {
    if (groups.size > 1) lines.push({ kind: 'process', process, label: processName(model, process) || 'process', rows: members.length });
    for (const index of members) {
      const { thread, label } = rows[index]!;
      const tid = thread === null ? undefined : model.header.threads[thread]?.tid;
      lines.push({ kind: 'row', row: index, thread, process, label: `${label || 'thread'}${tid ? ` ${tid}` : ''}` });
    }
  }
  return lines;
}

/** Cells by row, whatever their order in the file. */
export class TimelineIndex {
  readonly begins: Int32Array;
  readonly order: Int32Array;

  constructor(readonly cells: TimelineCells, nRows: number) {
    this.begins = new Int32Array(nRows + 1);
    for (let cell = 0; cell < cells.count; cell++) this.begins[cells.row[cell]! + 1]!++;
    for (let row = 0; row < nRows; row++) this.begins[row + 1]! += this.begins[row]!;
    const next = this.begins.slice();
    this.order = new Int32Array(cells.count);
    for (let cell = 0; cell < cells.count; cell++) this.order[next[cells.row[cell]!]!++] = cell;
  }

  /**
   * What a row did, per column: `out[state * columns + column]` in [0, 1], for
   * the bins `[from, to)` spread over `columns` equal columns. `out` is cleared.
   */
  fill(row: number, from: number, to: number, columns: number, nStates: number, out: Float32Array): void {
    out.fill(0, 0, columns * nStates);
    if (!(to > from)) return;
    const scale = columns / (to - from);
    for (let at = this.begins[row]!; at < this.begins[row + 1]!; at++) {
      const cell = this.order[at]!;
      const bin = this.cells.bin[cell]!, state = this.cells.state[cell]!;
      if (bin + 1 <= from || bin >= to || state >= nStates) continue;
      const left = Math.max(0, (bin - from) * scale), right = Math.min(columns, (bin + 1 - from) * scale);
      const share = this.cells.share[cell]! / 255;
      for (let column = Math.floor(left); column < right; column++) {
        out[state * columns + column]! += share * (Math.min(right, column + 1) - Math.max(left, column));
      }
    }
  }

  /** Share of each state within the bins `[from, to)` of a row. */
  shares(row: number, from: number, to: number, nStates: number): Float32Array {
    const out = new Float32Array(nStates);
    this.fill(row, from, to, 1, nStates, out);
    return out;
  }
}

/** States that occur at all, in the order of the header. */
export function usedStates(model: Model): number[] {
  const cells = model.timeline, states = model.header.timeline?.states ?? [];
  const seen = new Uint8Array(256);
  if (cells) for (let cell = 0; cell < cells.count; cell++) seen[cells.state[cell]!] = 1;
  return states.map((_, state) => state).filter((state) => seen[state] === 1);
}

/** Time as what a reader chose by two places: ordered, whole bins, never empty. */
export function chosenRange(first: number, second: number, step: number, extent: number): [number, number] {
  const low = Math.max(0, Math.min(first, second)), high = Math.min(extent, Math.max(first, second));
  const width = step > 0 ? step : 1;
  const from = Math.min(Math.floor(low / width + 1e-9) * width, Math.max(0, extent - width));
  const to = Math.min(extent, Math.max(from + width, Math.ceil(high / width - 1e-9) * width));
  return [Math.round(from), Math.max(Math.round(from) + 1, Math.round(to))];
}

/** Words for a state: `blocked.lock` is `blocked: lock`. */
export function stateWords(state: string): string {
  return state.replace('.', ': ').replace(/-/g, ' ');
}

/** Which series show without being asked for: processors, memory, input and output, one panel each. */
export function usualSeries(series: readonly { name: string; unit: string }[]): number[] {
  const pick = (...patterns: RegExp[]): number => {
    for (const pattern of patterns) {
      const found = series.findIndex((one) => pattern.test(one.name));
      if (found >= 0) return found;
    }
    return -1;
  };
  const chosen = [
    pick(/^cpu$/, /process\.cpu/, /cpu/i),
    pick(/rss|resident/i, /memory\.used/, /memory|heap/i),
    pick(/(^|[._ ])(read|write)/i, /(^|[._ ])(io|disk|net|network|requests)/i),
  ].filter((index) => index >= 0);
  return [...new Set(chosen.length > 0 ? chosen : series.slice(0, 2).map((_, index) => index))];
}
