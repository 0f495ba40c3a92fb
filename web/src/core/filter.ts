//! Which sample rows count: time range, threads, processes and states; and the
//! first tree, in which the rows that count are added up.
//!
//! Knows: rows and bins. Does not know: transforms, which see only the tree.

import type { Model, Samples } from '../data/model';
import { TreeBuilder } from './builder';
import { processFrame, stateFrame, threadFrame } from './frames';
import type { GroupBy, ViewState } from './state';
import type { RawTree } from './tree';

export type Filter = Pick<ViewState, 'range' | 'threads' | 'processes' | 'states'>;

/** Tells of one row whether it counts. */
export type RowTest = (samples: Samples, row: number) => boolean;

/** 1 for each thread that is not filtered away. */
export function threadMask(model: Model, filter: Pick<Filter, 'threads' | 'processes'>): Uint8Array {
  const mask = new Uint8Array(model.header.threads.length);
  const processes = filter.processes && new Set(filter.processes);
  const threads = filter.threads && new Set(filter.threads);
  for (let thread = 0; thread < mask.length; thread++) {
    const inProcess = !processes || processes.has(model.header.threads[thread]!.process);
    mask[thread] = inProcess && (!threads || threads.has(thread)) ? 1 : 0;
  }
  return mask;
}

/** The bins that the time range touches: `[from, to)`; a bin counts as a whole. */
export function binRange(model: Model, range: Filter['range']): [number, number] {
  const width = model.header.binNanos;
  if (!range || width <= 0) return [0, Infinity];
  const from = Math.floor(range[0] / width);
  return [from, Math.max(from + 1, Math.ceil(range[1] / width))];
}

export function rowTest(model: Model, filter: Filter): RowTest {
  if (!filter.range && !filter.threads && !filter.processes && !filter.states) return () => true;
  const threads = threadMask(model, filter);
  const [from, to] = binRange(model, filter.range);
  const states = filter.states && new Uint8Array(256);
  if (states) for (const state of filter.states!) states[state] = 1;
  return (samples, row) =>
    threads[samples.thread[row]!] === 1 &&
    samples.bin[row]! >= from && samples.bin[row]! < to &&
    (!states || states[samples.state[row]!] === 1);
}

/** The profile's own tree, with the counted rows of `signal` (and of the other side) added up. */
export function filteredTree(model: Model, signal: number, otherSignal: number | null, filter: Filter): RawTree {
  const { count } = model.node;
  const counts = rowTest(model, filter);
  const self = new Float64Array(count), selfN = new Float64Array(count);
  const otherSelf = otherSignal === null ? null : new Float64Array(count);
  const samples = model.samples[signal]!;
  for (let row = 0; row < samples.count; row++) {
    if (!counts(samples, row)) continue;
    const node = samples.node[row]!;
    self[node]! += samples.value[row]!;
    selfN[node]! += samples.n[row]!;
  }
  if (otherSelf) {
    const other = model.samples[otherSignal!]!;
    for (let row = 0; row < other.count; row++) if (counts(other, row)) otherSelf[other.node[row]!]! += other.value[row]!;
  }
  return { count, fn: new Int32Array(model.node.fn), parent: model.node.parent, self, selfN, otherSelf, flags: model.node.flags, isSideA: isSideA(model, signal) };
}

/** The same, with a frame per process, thread or state put between the root and the stacks. */
export function groupedTree(model: Model, signal: number, otherSignal: number | null, filter: Filter, group: Exclude<GroupBy, 'none'>): RawTree {
  const builder = new TreeBuilder(model.node.count + model.samples[signal]!.count, 0, otherSignal !== null, isSideA(model, signal));
  const counts = rowTest(model, filter);
  const { threads, processes } = model.header;
  const nGroups = group === 'thread' ? threads.length : group === 'process' ? processes.length : 256;
  const groupOf = (samples: Samples, row: number): number =>
    group === 'state' ? samples.state[row]!
    : group === 'thread' ? samples.thread[row]!
    : threads[samples.thread[row]!]!.process;
  const frameOf = group === 'thread' ? threadFrame : group === 'process' ? processFrame : stateFrame;
  // `made` leads from profile node to built node, for the group that `madeFor` names.
  const made = new Int32Array(model.node.count);
  const madeFor = new Int32Array(model.node.count).fill(-1);
  const { parent, fn, flags } = model.node;
  const climb: number[] = [];
  const build = (node: number, current: number, groupNode: number): number => {
    climb.length = 0;
    let at = node;
    while (at > 0 && madeFor[at] !== current) {
      climb.push(at);
      at = parent[at]!;
    }
    let here = at > 0 ? made[at]! : groupNode;
    for (let index = climb.length - 1; index >= 0; index--) {
      const base = climb[index]!;
      here = builder.append(here, fn[base]!, flags[base]!);
      made[base] = here;
      madeFor[base] = current;
    }
    return here;
  };
  const sides = [signal, otherSignal].filter((one) => one !== null).map((one) => {
    const samples = model.samples[one]!;
    return { samples, byGroup: rowsByGroup(samples, nGroups, (row) => groupOf(samples, row)) };
  });
  for (let current = 0; current < nGroups; current++) {
    let groupNode = 0;
    sides.forEach(({ samples, byGroup }, side) => {
      for (let index = byGroup.begins[current]!; index < byGroup.begins[current + 1]!; index++) {
        const row = byGroup.rows[index]!;
        if (!counts(samples, row)) continue;
        if (groupNode === 0) groupNode = builder.append(0, frameOf(model, current), 0);
        const node = build(samples.node[row]!, current, groupNode);
        if (side === 0) {
          builder.self[node]! += samples.value[row]!;
          builder.selfN[node]! += samples.n[row]!;
        } else builder.otherSelf![node]! += samples.value[row]!;
      }
    });
  }
  return builder.finish();
}

function isSideA(model: Model, signal: number): boolean {
  return model.header.kind === 'diff' && model.header.signals[signal]!.side === 0;
}

/** Row numbers by group, by counting sort. */
function rowsByGroup(samples: Samples, nGroups: number, groupOf: (row: number) => number): { begins: Int32Array; rows: Int32Array } {
  const begins = new Int32Array(nGroups + 1);
  for (let row = 0; row < samples.count; row++) begins[groupOf(row) + 1]!++;
  for (let group = 0; group < nGroups; group++) begins[group + 1]! += begins[group]!;
  const rows = new Int32Array(samples.count);
  const next = begins.slice();
  for (let row = 0; row < samples.count; row++) rows[next[groupOf(row)]!++] = row;
  return { begins, rows };
}
