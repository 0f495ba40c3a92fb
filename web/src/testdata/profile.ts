//! A profile under construction: stacks in, container out.
//!
//! Knows: interning, the preorder of the tree and the order of the rows. What
//! the stacks are is said by `small.ts`, `big.ts` and `deep.ts`.

import type { Header, Shape, Signal } from '../data/header';
import { writeContainer, type Column } from './encode';

export const KINDS = ['user', 'library', 'runtime', 'gc', 'jit', 'interpreter', 'native', 'kernel', 'unknown'];
export const REGIONS = ['', 'garbage collection', 'I/O', 'locks', 'regular expressions', 'parsing', 'serialisation', 'allocation', 'compression', 'cryptography'];
export const STATES = ['running', 'runnable', 'blocked.lock', 'blocked.disk', 'blocked.network', 'blocked.timer', 'gc', 'unknown'];

export interface FunctionSpec { name: string; file?: string; module?: string; runtime?: string; line?: number; kind?: string; region?: string }
interface Row { node: number; thread: number; bin: number; value: number; n: number; state: number }

export class ProfileBuilder {
  readonly strings: string[] = [''];
  private readonly stringIds = new Map<string, number>([['', 0]]);
  private readonly functions: FunctionSpec[] = [{ name: 'all' }];
  private readonly functionIds = new Map<string, number>([['all', 0]]);
  private readonly nodeFn: number[] = [0];
  private readonly nodeChildren: Map<number, number>[] = [new Map()];
  private readonly nodeFlags: number[] = [0];
  private readonly rows: Map<string, Row>[];
  readonly extra: Record<string, Column> = {};
  readonly shapes: { signal: number; stack: number[]; shape: Pick<Shape, 'kind' | 'title' | 'text'> }[] = [];

  constructor(private readonly header: Omit<Header, 'sections' | 'signals' | 'shapes'>, private readonly signals: Omit<Signal, 'total' | 'n'>[]) {
    this.rows = signals.map(() => new Map());
  }

  string(text: string): number {
    let id = this.stringIds.get(text);
    if (id === undefined) {
      id = this.strings.push(text) - 1;
      this.stringIds.set(text, id);
    }
    return id;
  }

  fn(spec: FunctionSpec): number {
    const key = `${spec.name}\0${spec.file ?? ''}`;
    let id = this.functionIds.get(key);
    if (id === undefined) {
      id = this.functions.push(spec) - 1;
      this.functionIds.set(key, id);
    }
    return id;
  }

  /** Adds own value to the last frame of a stack. */
  add(signal: number, stack: readonly number[], row: { thread?: number; bin?: number; value: number; n?: number; state?: number; folded?: boolean }): void {
    const node = this.node(stack, row.folded ?? false);
    const { thread = 0, bin = 0, value, n = 1, state = 0 } = row;
    const key = `${thread} ${bin} ${node} ${state}`;
    const found = this.rows[signal]!.get(key);
    if (found) {
      found.value += value;
      found.n += n;
    } else this.rows[signal]!.set(key, { node, thread, bin, value, n, state });
  }

  source(file: string, firstLine: number, text: string): void {
    this.header.sources.push({ file: this.string(file), firstLine, text: this.string(text) });
  }

  private node(stack: readonly number[], folded: boolean): number {
    let node = 0;
    for (const fn of stack) {
      let child = this.nodeChildren[node]!.get(fn);
      if (child === undefined) {
        child = this.nodeFn.push(fn) - 1;
        this.nodeChildren.push(new Map());
        this.nodeFlags.push(0);
        this.nodeChildren[node]!.set(fn, child);
      }
      node = child;
    }
    if (folded) this.nodeFlags[node]! |= 1;
    return node;
  }

  write(): Uint8Array {
    const count = this.nodeFn.length;
    const place = new Int32Array(count), fn: number[] = [], depth: number[] = [], flags: number[] = [];
    const stack: [number, number][] = [[0, 0]];
    while (stack.length > 0) {
      const [node, here] = stack.pop()!;
      place[node] = fn.push(this.nodeFn[node]!) - 1;
      depth.push(here);
      flags.push(this.nodeFlags[node]!);
      for (const child of [...this.nodeChildren[node]!.values()].reverse()) stack.push([child, here + 1]);
    }
    const columns: Record<string, Column> = {
      'node.fn': { type: 'delta', values: fn }, 'node.depth': { type: 'delta', values: depth }, 'node.flags': { type: 'u8', values: flags },
    };
    const signals = this.signals.map((signal, index): Signal => {
      const rows = [...this.rows[index]!.values()].map((row) => ({ ...row, node: place[row.node]! }));
      rows.sort((a, b) => a.thread - b.thread || a.bin - b.bin || a.node - b.node || a.state - b.state);
      const column = (name: keyof Row, type: Column['type']): void => {
        columns[`s${index}.${name}`] = { type, values: rows.map((row) => row[name]) };
      };
      column('node', 'delta'); column('thread', 'delta'); column('bin', 'delta');
      column('value', 'zigzag'); column('n', 'varint'); column('state', 'u8');
      return { ...signal, total: rows.reduce((sum, row) => sum + row.value, 0), n: rows.reduce((sum, row) => sum + row.n, 0) };
    });
    const text = (pick: (spec: FunctionSpec) => string | undefined): Column => ({ type: 'varint', values: this.functions.map((spec) => this.string(pick(spec) ?? '')) });
    const id = (names: string[], absent: string, pick: (spec: FunctionSpec) => string | undefined): Column => ({
      type: 'u8', values: this.functions.map((spec) => Math.max(0, names.indexOf(pick(spec) ?? absent))),
    });
    Object.assign(columns, {
      'fn.name': text((spec) => spec.name), 'fn.file': text((spec) => spec.file), 'fn.module': text((spec) => spec.module),
      'fn.runtime': text((spec) => spec.runtime), 'fn.line': { type: 'varint', values: this.functions.map((spec) => spec.line ?? 0) },
      'fn.kind': id(KINDS, 'user', (spec) => spec.kind), 'fn.region': id(REGIONS, '', (spec) => spec.region),
    }, this.extra);
    const shapes = this.shapes.map(({ signal, stack: frames, shape }) => ({ signal, node: place[this.node(frames, false)]!, ...shape }));
    return writeContainer({ ...this.header, signals, shapes }, this.strings, columns);
  }
}

export function plainHeader(title: string): Omit<Header, 'sections' | 'signals' | 'shapes'> {
  return {
    version: 1, mode: 'file', kind: 'report', title, subtitle: '', fathom: '0.0.0', durationNanos: 0, realtimeStartNanos: null,
    threads: [{ name: 'main', tid: 1, process: 0 }], processes: [{ name: 'program', pid: 1, command: 'program' }],
    states: STATES, kinds: KINDS, regions: REGIONS, binNanos: 0, folded: null, timeline: null, series: [], quality: [], notes: [], sources: [], judgement: null, diff: null,
  };
}

/** A small generator of repeatable pseudo-random numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
