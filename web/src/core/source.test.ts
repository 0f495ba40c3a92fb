//! Costs of lines, listings with gaps, machine code from a server.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { tint } from '../components/tint';
import { plainHeader, ProfileBuilder } from '../testdata/profile';
import { assemblyRows, filesOf, hottestLines, listing, readInstructions, textOf } from './source';

describe('source', () => {
  const profile = new ProfileBuilder(plainHeader('t'), ['cpu', 'wall'].map((id) => ({ id, name: id, unit: 'count' as const, side: 0 as const, sampleCountText: '', description: '' })));
  const a = profile.fn({ name: 'a', file: 'x.rs', line: 3 }), b = profile.fn({ name: 'b', file: 'x.rs', line: 9 }), c = profile.fn({ name: 'c', file: 'y.rs' }), none = profile.fn({ name: 'none' });
  profile.add(0, [a, b, c, none], { value: 1 });
  // Function, line, signal, self, total.
  const rows = [[a, 4, 0, 5, 9], [a, 12, 0, 0, 7], [b, 12, 0, 6, 6], [c, 1, 0, 2, 2], [a, 4, 1, 99, 99], [none, 3, 0, 50, 50]];
  const column = (at: number) => rows.map((row) => row[at]!);
  Object.assign(profile.extra, {
    'line.fn': { type: 'delta', values: column(0) }, 'line.line': { type: 'delta', values: column(1) }, 'line.signal': { type: 'u8', values: column(2) },
    'line.self': { type: 'varint', values: column(3) }, 'line.total': { type: 'varint', values: column(4) },
  });
  profile.source('x.rs', 3, 'three\nfour\n');
  const model = readModel(profile.write());
  const [x, y] = filesOf(model, 0);

  it('adds up lines by file and function, of one signal alone', () => {
    expect(filesOf(model, 0).length).toBe(2);
    expect([x!.self, y!.self]).toEqual([11, 2]);
    expect(x!.functions.map((one) => [one.fn, one.self])).toEqual([[b, 6], [a, 5]]);
    expect(x!.byLine.get(12)).toEqual({ line: 12, self: 6, total: 7 });
    expect(hottestLines(x!, 9).map((one) => one.line)).toEqual([12, 4]);
  });

  it('lists text and costs in order, with gaps where neither is known', () => {
    const rows = listing(textOf(model, x!.file, null), x!.byLine);
    expect(rows.map((row) => (row.kind === 'gap' ? '-' : `${row.line} ${row.text} ${row.cost?.self}`))).toEqual(['3 three undefined', '4 four 5', '-', '12 null 6']);
    expect(listing(textOf(model, x!.file, 'one\ntwo'), new Map()).length).toBe(2);
  });

  it('reads machine code, whatever it is', () => {
    const rows = assemblyRows(readInstructions({ rows: [{ address: 4, text: 'nop', self: 3, line: 7, file: 'x' }, { address: 5, self: 'many', line: 7, file: 'x' }, null, { line: 8, file: 'x' }] })!);
    expect(rows.map((row) => (row.kind === 'line' ? `${row.file}:${row.line} ${row.self}` : row.address))).toEqual(['x:7 3', 4, 5, ':null 0', 0, 'x:8 0', 0]);
    for (const nothing of [null, 3, {}, { rows: 'x' }]) expect(readInstructions(nothing)).toBe(null);
  });

  it('tints without losing a letter', () => {
    for (const line of ['let x = "a\\"b" + 3.5; // done', "if c == '\\'' { return None } # no", '', '   * of a comment', '"open', "fn f<'a>(x: &'a str)", '#[test]']) {
      expect(tint(line).map((piece) => piece.text).join('')).toBe(line);
    }
    expect(tint('return "if"').map((piece) => piece.kind)).toEqual(['keyword', '', 'string']);
  });
});
