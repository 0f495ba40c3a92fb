//! Order, scale and words of a comparison; colour where it is proved alone.

import { describe, expect, it } from 'vitest';
import { boxColors, divergingColor, paletteFor } from '../canvas/colors';
import { treeGraph } from '../canvas/graph';
import { readModel } from '../data/model';
import { diffProfile } from '../testdata/compared';
import { changesOf, sidesOf, sidesOfNode, signed, verdictsOfNodes } from './changes';
import { deriveTree } from './derive';
import { frameName } from './frames';
import { DEFAULT_STATE } from './state';

describe('a comparison', () => {
  const model = readModel(diffProfile());
  const changes = changesOf(model.header.diff!);
  const name = (fn: number): string => frameName(model, fn);

  it('has proved changes first, with B scaled', () => {
    expect(changes.map((row) => `${name(row.fn)} ${row.verdict}`)).toEqual([
      'render_page more', 'cache_lookup less', 'new_checksum new', 'old_checksum gone', 'compact unproved', 'log_line unproved', 'flush same', 'parse_request same',
    ]);
    const render = changes[0]!;
    expect([render.before, render.after, render.change]).toEqual([900e6, 1500e6 * 0.92, 1500e6 * 0.92 - 900e6]);
    expect(render.low < render.change && render.change < render.high).toBe(true);
  });

  it('finds both sides of a signal, and writes signs', () => {
    expect(sidesOf(model, 0)).toEqual({ before: 1, after: 0 });
    expect(sidesOf(model, 1)).toEqual({ before: 1, after: 0 });
    expect([signed(3, String), signed(-3, String), signed(0, String)]).toEqual(['+3', '−3', '0']);
  });

  it('colours proved functions and nothing else', () => {
    for (const signal of [0, 1]) {
      const tree = deriveTree(model, { ...DEFAULT_STATE, signal });
      const colors = boxColors(model, treeGraph(tree), 'diff', tree, null);
      const neutral = divergingColor(0, false), fills = paletteFor(false).fills;
      const verdict = new Map(changes.map((row) => [row.fn, row]));
      for (let node = 1; node < tree.count; node++) {
        expect(fills[colors[node]!] !== neutral, `${name(tree.fn[node]!)} of signal ${signal}`).toBe(verdict.get(tree.fn[node]!)?.isProved ?? false);
      }
    }
  });

  it('gives what is gone and what is new a place in one graph of both sides', () => {
    const whole = (signal: number, bothWide: boolean) => deriveTree(model, { ...DEFAULT_STATE, signal }, bothWide);
    for (const signal of [0, 1]) {
      const tree = whole(signal, true);
      const verdicts = verdictsOfNodes(model, tree);
      const words: string[] = [];
      for (let node = 1; node < tree.count; node++) {
        const [before, after] = sidesOfNode(model, tree, node);
        expect(tree.width[node]! / (before + after)).toBeCloseTo(1, 9);
        if (verdicts.has(node)) words.push(`${name(tree.fn[node]!)} ${verdicts.get(node)}`);
      }
      expect(words.sort()).toEqual(['cache_lookup less', 'new_checksum new', 'old_checksum gone', 'render_page more']);
      const [before, after] = sidesOfNode(model, tree, 0);
      expect([before / 2990e6, after / (3250e6 * 0.92)].map((share) => Math.round(share * 1000))).toEqual([1000, 1000]);
    }
    // Beside it, a graph of one side has no room for what is on the other only.
    const after = whole(0, false);
    const gone = [...after.fn].findIndex((fn) => name(fn) === 'old_checksum');
    expect(after.width[gone]).toBe(0);
  });

  it('proves nothing of a stack that filters left nothing of', () => {
    const gone = changes.find((row) => row.verdict === 'gone')!;
    const tree = deriveTree(model, { ...DEFAULT_STATE, transforms: [{ type: 'hide', fn: gone.fn }] }, true);
    expect([...verdictsOfNodes(model, tree).values()].sort()).toEqual(['less', 'more', 'new']);
  });
});
