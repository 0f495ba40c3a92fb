//! Columns and cells of the heat map, and that nothing gets lost in them.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { plainHeader, ProfileBuilder } from '../testdata/profile';
import { deriveTree } from './derive';
import { cellsRange, heatmap, heatmapSteps } from './heatmap';
import { searchFrames } from './search';
import { DEFAULT_STATE } from './state';

describe('the heat map', () => {
  it('has seconds as columns, longer ones for long profiles, shorter for short ones', () => {
    expect(heatmapSteps(20e9, 50e6)).toEqual({ columnNanos: 1e9, cellNanos: 50e6, rows: 20, columns: 20 });
    expect(heatmapSteps(14e9, 20e3)).toEqual({ columnNanos: 1e9, cellNanos: 20e6, rows: 50, columns: 14 });
    expect(heatmapSteps(3600e9, 1e6).columnNanos).toBe(60e9);
    expect(heatmapSteps(0.5e9, 1e5)).toMatchObject({ columnNanos: 1e7, rows: 50 });
    expect(heatmapSteps(20e9, 1e9)).toMatchObject({ columnNanos: 10e9, rows: 10, columns: 2 });
    for (const duration of [1, 1e3, 1e7, 3.3e9, 1e12, 9e15]) {
      for (const bin of [1e3, 3e4, 7.7e6, 1e9]) {
        const { rows, columns, columnNanos, cellNanos } = heatmapSteps(duration, bin);
        expect(rows >= 1 && rows <= 50 && columns >= 1 && columns * columnNanos >= duration).toBe(true);
        expect(cellNanos * rows).toBeCloseTo(columnNanos, 0);
      }
    }
  });

  it('keeps every value that counts, also of bins in two cells', () => {
    const header = { ...plainHeader('t'), binNanos: 0.3e9, durationNanos: 9e9 };
    const profile = new ProfileBuilder(header, [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
    const [a, b] = ['a', 'b'].map((name) => profile.fn({ name }));
    for (let bin = 0; bin < 30; bin++) profile.add(0, bin % 3 ? [a!] : [a!, b!], { bin, value: bin + 1 });
    const model = readModel(profile.write());
    const tree = deriveTree(model, DEFAULT_STATE);
    const map = heatmap(model, tree, 0, DEFAULT_STATE, null);
    expect(map.sum).toBe(465);
    expect(map.values.reduce((sum, one) => sum + one, 0)).toBeCloseTo(465, 6);
    expect(map.most).toBeGreaterThan(0);
    expect(heatmap(model, tree, 0, { ...DEFAULT_STATE, threads: [] }, null).sum).toBe(0);
    const found = heatmap(model, tree, 0, { ...DEFAULT_STATE, range: [0, 1] }, searchFrames(model, '^b$')!.matches);
    expect(found.sum).toBe(145);
    const hidden = deriveTree(model, { ...DEFAULT_STATE, transforms: [{ type: 'hide', fn: b! }] });
    expect(heatmap(model, hidden, 0, DEFAULT_STATE, null).sum).toBe(320);
    expect(cellsRange(map, 4, 2, 9e9)).toEqual([2 * map.cellNanos, 5 * map.cellNanos].map(Math.round));
    expect(cellsRange(map, 0, 1e6, 9e9)).toEqual([0, 9e9]);
  });
});
