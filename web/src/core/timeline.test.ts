//! Cells over pixels, places to time ranges, the usual curves.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { smallProfile } from '../testdata/small';
import { chosenRange, TimelineIndex, timelineLines, usedStates, usualSeries } from './timeline';

const cells = (rows: [number, number, number, number][]) => ({
  count: rows.length, row: Uint32Array.from(rows, (one) => one[0]), bin: Uint32Array.from(rows, (one) => one[1]),
  state: Uint8Array.from(rows, (one) => one[2]), share: Uint8Array.from(rows, (one) => one[3]),
});

describe('the timeline', () => {
  it('spreads bins over columns without losing anything', () => {
    const index = new TimelineIndex(cells([[1, 3, 0, 255], [0, 0, 0, 255], [0, 1, 1, 255], [0, 2, 0, 51]]), 2);
    expect([...index.shares(0, 0, 4, 2)].map((one) => Number(one.toFixed(6)))).toEqual([0.3, 0.25]);
    expect([...index.shares(1, 3, 4, 2)]).toEqual([1, 0]);
    for (const columns of [1, 2, 3, 5, 16, 97]) {
      const out = new Float32Array(columns * 2);
      index.fill(0, 0, 4, columns, 2, out);
      const sum = (state: number): number => out.subarray(state * columns, (state + 1) * columns).reduce((total, one) => total + one, 0) / columns;
      expect(sum(0)).toBeCloseTo(0.3, 5);
      expect(sum(1)).toBeCloseTo(0.25, 5);
    }
    expect([...index.shares(0, 0.5, 1, 2)]).toEqual([1, 0]);
  });

  it('heads rows by process where there are several', () => {
    const model = readModel(smallProfile());
    const lines = timelineLines(model);
    expect(lines.map((line) => line.kind).join()).toBe('process,row,row,row,row,row,process,row,row');
    expect(lines[1]).toMatchObject({ thread: 0, label: 'MainThread 4100' });
    expect(usedStates(model).length).toBeGreaterThan(2);
  });

  it('makes a time of whole steps from two places in any order', () => {
    expect(chosenRange(25, 61, 10, 100)).toEqual([20, 70]);
    expect(chosenRange(61, 25, 10, 100)).toEqual([20, 70]);
    expect(chosenRange(30, 30, 10, 100)).toEqual([30, 40]);
    expect(chosenRange(100, 100, 10, 100)).toEqual([90, 100]);
    expect(chosenRange(-5, 500, 10, 100)).toEqual([0, 100]);
    expect(chosenRange(0.2, 0.4, 0.5, 1)).toEqual([0, 1]);
  });

  it('finds processors, memory and input or output among the curves', () => {
    const names = ['host.load1', 'cpu', 'process.rss', 'process.cpu', 'process.read'];
    expect(usualSeries(names.map((name) => ({ name, unit: '' })))).toEqual([1, 2, 4]);
    expect(usualSeries([{ name: 'thread.count', unit: '' }, { name: 'jvm.cpu.utilization', unit: '' }])).toEqual([1]);
    expect(usualSeries([{ name: 'queue', unit: '' }])).toEqual([0]);
    expect(usualSeries([])).toEqual([]);
  });
});
