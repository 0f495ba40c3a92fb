//! What lines of source cost, and which of their text is at hand.
//!
//! Knows: costs per line are those of the whole profile; filters and
//! transforms, which see stacks, cannot change them. Does not fetch.

import type { Model } from '../data/model';

export interface LineCost { line: number; self: number; total: number }
export interface FunctionLines { fn: number; self: number; lines: LineCost[] }
export interface FileLines { file: number; self: number; total: number; functions: FunctionLines[]; byLine: Map<number, LineCost> }
/** A row of a listing; a gap stands for lines whose text and cost nobody has. */
export type SourceRow = { kind: 'gap' } | { kind: 'line'; line: number; text: string | null; cost: LineCost | null };

/** Files with costs in a signal, by falling own value; functions within likewise. */
export function filesOf(model: Model, signal: number): FileLines[] {
  const { lines, fn } = model;
  const files = new Map<number, FileLines>();
  const functions = new Map<number, FunctionLines>();
  for (let row = 0; row < lines.count; row++) {
    if (lines.signal[row] !== signal || lines.line[row] === 0) continue;
    const id = lines.fn[row]!, file = fn.file[id]!;
    if (file === 0) continue;
    let one = files.get(file);
    if (!one) files.set(file, (one = { file, self: 0, total: 0, functions: [], byLine: new Map() }));
    let own = functions.get(id);
    if (!own) {
      functions.set(id, (own = { fn: id, self: 0, lines: [] }));
      one.functions.push(own);
    }
    const line = lines.line[row]!, self = lines.self[row]!, total = lines.total[row]!;
    own.self += self;
    own.lines.push({ line, self, total });
    one.self += self;
    one.total = Math.max(one.total, total);
    const cost = one.byLine.get(line);
    if (cost) {
      cost.self += self;
      // Two functions on one line (an inlined call) pass the same samples: the larger holds the other.
      cost.total = Math.max(cost.total, total, cost.self);
    } else one.byLine.set(line, { line, self, total });
  }
  const out = [...files.values()].sort((a, b) => b.self - a.self || b.total - a.total || a.file - b.file);
  for (const one of out) one.functions.sort((a, b) => b.self - a.self || a.fn - b.fn);
  return out;
}

/** Lines of text by number: of the whole file if it is there, else of what the profile carries. */
export function textOf(model: Model, file: number, whole: string | null): Map<number, string> {
  const out = new Map<number, string>();
  if (whole !== null) {
    whole.split('\n').forEach((text, index) => out.set(index + 1, text));
    return out;
  }
  for (const source of model.header.sources) {
    if (source.file !== file) continue;
    const lines = model.strings.get(source.text).split('\n');
    if (lines[lines.length - 1] === '') lines.pop();
    lines.forEach((text, index) => out.set(source.firstLine + index, text));
  }
  return out;
}

/** The listing: every line that has text or a cost, in order, with gaps between. */
export function listing(text: Map<number, string>, costs: Map<number, LineCost>): SourceRow[] {
  const numbers = [...new Set([...text.keys(), ...costs.keys()])].sort((a, b) => a - b);
  const rows: SourceRow[] = [];
  numbers.forEach((line, index) => {
    if (index > 0 && line > numbers[index - 1]! + 1) rows.push({ kind: 'gap' });
    rows.push({ kind: 'line', line, text: text.get(line) ?? null, cost: costs.get(line) ?? null });
  });
  return rows;
}

/** The lines with the largest own value. */
export function hottestLines(file: FileLines, most: number): LineCost[] {
  return [...file.byLine.values()].filter((cost) => cost.self > 0).sort((a, b) => b.self - a.self || a.line - b.line).slice(0, most);
}

export interface Instruction { address: number; bytes: string; text: string; self: number; line: number | null; file: string | null }
export type AssemblyRow = { kind: 'line'; file: string; line: number | null; self: number } | ({ kind: 'instruction' } & Instruction);

/** Checks what a server sent: it is data like any other. */
export function readInstructions(answer: unknown): Instruction[] | null {
  const rows = (answer as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows)) return null;
  return rows.map((row: Partial<Record<keyof Instruction, unknown>> | null) => ({
    address: typeof row?.address === 'number' ? row.address : 0,
    bytes: typeof row?.bytes === 'string' ? row.bytes : '',
    text: typeof row?.text === 'string' ? row.text : '',
    self: typeof row?.self === 'number' ? row.self : 0,
    line: typeof row?.line === 'number' ? row.line : null,
    file: typeof row?.file === 'string' ? row.file : null,
  }));
}

/** Instructions in their order, with a heading wherever the line changes. */
export function assemblyRows(instructions: readonly Instruction[]): AssemblyRow[] {
  const rows: AssemblyRow[] = [];
  let heading: Extract<AssemblyRow, { kind: 'line' }> | null = null;
  for (const one of instructions) {
    if (!heading || heading.line !== one.line || heading.file !== (one.file ?? '')) {
      heading = { kind: 'line', file: one.file ?? '', line: one.line, self: 0 };
      rows.push(heading);
    }
    heading.self += one.self;
    rows.push({ kind: 'instruction', ...one });
  }
  return rows;
}
