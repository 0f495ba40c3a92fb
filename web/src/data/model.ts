//! The profile in memory: typed arrays, and the names that ids stand for.
//!
//! Knows: which columns belong together and that every id points into its
//! table (checked once here, so that nothing later has to). Does not know:
//! filters, transforms or drawing.

import { Container } from './container';
import { DamagedData } from './damaged';
import type { Header } from './header';
import { StringTable } from './strings';

export interface Functions {
  count: number;
  name: Uint32Array; file: Uint32Array; module: Uint32Array; runtime: Uint32Array;
  line: Uint32Array; kind: Uint8Array; region: Uint8Array;
}
/** The call tree in depth-first preorder: a parent always has a smaller index. */
export interface Nodes { count: number; fn: Uint32Array; parent: Int32Array; depth: Uint32Array; flags: Uint8Array }
/** Self values of one signal, sorted by thread, bin, node. */
export interface Samples {
  count: number;
  node: Uint32Array; thread: Uint32Array; bin: Uint32Array; value: Float64Array; n: Float64Array; state: Uint8Array;
}
export interface Lines { count: number; fn: Uint32Array; line: Uint32Array; signal: Uint8Array; self: Float64Array; total: Float64Array }
export interface TimelineCells { count: number; row: Uint32Array; bin: Uint32Array; state: Uint8Array; share: Uint8Array }
export interface Series { time: Float64Array; value: Float64Array }

export interface Model {
  header: Header;
  strings: StringTable;
  fn: Functions;
  node: Nodes;
  /** One per `header.signals`, at the same index. */
  samples: Samples[];
  lines: Lines;
  timeline: TimelineCells | null;
  series: Series[];
}

/** More bins than this cannot be a profile's: 16 million is 46 hours of 10 ms. */
const MAX_BINS = 1 << 24;

/** Flags of `node.flags`. */
export const NODE_FOLDED = 1;
export const NODE_INLINED = 2;

export function readModel(blob: Uint8Array): Model {
  const container = new Container(blob);
  const { header } = container;
  if (header.signals.length === 0) throw new DamagedData('the data holds no signal');
  const text = container.text('str');
  const strings = new StringTable(text.bytes, text.begins);
  if (strings.count === 0) throw new DamagedData('the string table is empty, needs at least the empty string');
  const fn = readFunctions(container, strings.count);
  const node = readNodes(container, fn.count);
  header.threads.forEach((thread, index) => within(`threads[${index}].process`, thread.process, header.processes.length));
  header.shapes.forEach((shape, index) => {
    within(`shapes[${index}].node`, shape.node, node.count);
    within(`shapes[${index}].signal`, shape.signal, header.signals.length);
  });
  header.sources.forEach((source, index) => {
    within(`sources[${index}].file`, source.file, strings.count);
    within(`sources[${index}].text`, source.text, strings.count);
  });
  header.diff?.rows.forEach((row, index) => within(`diff.rows[${index}].fn`, row.fn, fn.count));
  header.diff?.stacks.forEach((stack, index) => stack.path.forEach((id) => within(`diff.stacks[${index}].path`, id, fn.count)));
  return {
    header, strings, fn, node,
    samples: header.signals.map((_, index) => readSamples(container, index, node.count)),
    lines: readLines(container, fn.count),
    timeline: header.timeline ? readTimeline(container) : null,
    series: header.series.map((_, index) => readSeries(container, index)),
  };
}

function within(name: string, value: number, count: number): void {
  if (value >= count) throw new DamagedData(`${name} is ${value}, there are ${count}`);
}
function allWithin(name: string, values: Uint32Array | Uint8Array, count: number): void {
  for (let index = 0; index < values.length; index++) {
    if (values[index]! >= count) throw new DamagedData(`${name}[${index}] is ${values[index]}, there are ${count}`);
  }
}
function sameLength(what: string, ...columns: ArrayLike<unknown>[]): number {
  const count = columns[0]!.length;
  for (const column of columns) {
    if (column.length !== count) throw new DamagedData(`the columns of ${what} have ${count} and ${column.length} rows`);
  }
  return count;
}

function readFunctions(container: Container, nStrings: number): Functions {
  const name = container.uint32('fn.name'), file = container.uint32('fn.file'), module = container.uint32('fn.module');
  const runtime = container.uint32('fn.runtime'), line = container.uint32('fn.line');
  const kind = container.uint8('fn.kind'), region = container.uint8('fn.region');
  const count = sameLength('the functions', name, file, module, runtime, line, kind, region);
  allWithin('fn.name', name, nStrings);
  allWithin('fn.file', file, nStrings);
  allWithin('fn.module', module, nStrings);
  allWithin('fn.runtime', runtime, nStrings);
  return { count, name, file, module, runtime, line, kind, region };
}

function readNodes(container: Container, nFunctions: number): Nodes {
  const fn = container.uint32('node.fn'), depth = container.uint32('node.depth'), flags = container.uint8('node.flags');
  const count = sameLength('the call tree', fn, depth, flags);
  if (count === 0 || depth[0] !== 0) throw new DamagedData('the call tree has no root');
  allWithin('node.fn', fn.subarray(1), nFunctions);
  const parent = new Int32Array(count);
  parent[0] = -1;
  // The last node seen at each depth; a node hangs under the last one above it.
  const path = new Int32Array(count);
  for (let node = 1; node < count; node++) {
    const here = depth[node]!;
    if (here === 0 || here > depth[node - 1]! + 1) {
      throw new DamagedData(`node.depth[${node}] is ${here} after ${depth[node - 1]}`);
    }
    parent[node] = path[here - 1]!;
    path[here] = node;
  }
  return { count, fn, parent, depth, flags };
}

function readSamples(container: Container, signal: number, nNodes: number): Samples {
  const column = (name: string): string => `s${signal}.${name}`;
  const node = container.uint32(column('node')), thread = container.uint32(column('thread')), bin = container.uint32(column('bin'));
  const value = container.float64(column('value')), n = container.float64(column('n')), state = container.uint8(column('state'));
  const count = sameLength(`signal ${signal}`, node, thread, bin, value, n, state);
  allWithin(column('node'), node, nNodes);
  allWithin(column('thread'), thread, container.header.threads.length);
  allWithin(column('bin'), bin, MAX_BINS);
  return { count, node, thread, bin, value, n, state };
}

function readLines(container: Container, nFunctions: number): Lines {
  if (!container.has('line.fn')) {
    const none = new Uint32Array(0);
    return { count: 0, fn: none, line: none, signal: new Uint8Array(0), self: new Float64Array(0), total: new Float64Array(0) };
  }
  const fn = container.uint32('line.fn'), line = container.uint32('line.line'), signal = container.uint8('line.signal');
  const self = container.float64('line.self'), total = container.float64('line.total');
  const count = sameLength('the lines', fn, line, signal, self, total);
  allWithin('line.fn', fn, nFunctions);
  allWithin('line.signal', signal, container.header.signals.length);
  return { count, fn, line, signal, self, total };
}

function readTimeline(container: Container): TimelineCells {
  const row = container.uint32('tl.row'), bin = container.uint32('tl.bin'), state = container.uint8('tl.state'), share = container.uint8('tl.share');
  const count = sameLength('the timeline', row, bin, state, share);
  allWithin('tl.row', row, container.header.timeline?.rows.length ?? 0);
  return { count, row, bin, state, share };
}

function readSeries(container: Container, index: number): Series {
  const time = container.float64(`series${index}.time`), value = container.float64(`series${index}.value`);
  sameLength(`series ${index}`, time, value);
  return { time, value };
}
