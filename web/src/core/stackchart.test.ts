//! Stacks over time: joining, gaps, thin boxes, and the tiles of time.

import { describe, expect, it } from 'vitest';
import { readModel, type Model } from '../data/model';
import { plainHeader, ProfileBuilder } from '../testdata/profile';
import { smallProfile } from '../testdata/small';
import { deriveTree } from './derive';
import { frameName } from './frames';
import { chartWindow, stackChart, type StackChart } from './stackchart';
import { DEFAULT_STATE } from './state';

/** Lines of `a;b value bin [thread]`, bins of 10 ns, 10 bins. */
function chartOf(text: string, window: [number, number] = [0, 100]): { model: Model; chart: StackChart } {
  const header = { ...plainHeader('t'), binNanos: 10, durationNanos: 100, threads: [0, 1].map((index) => ({ name: `t${index}`, tid: index, process: 0 })) };
  const profile = new ProfileBuilder(header, [{ id: 'cpu', name: 'CPU', unit: 'nanoseconds', side: 0, sampleCountText: '', description: '' }]);
  for (const line of text.trim().split('\n')) {
    const [stack, value, bin, thread = '0'] = line.trim().split(' ');
    profile.add(0, stack!.split(';').map((name) => profile.fn({ name })), { value: Number(value), bin: Number(bin), thread: Number(thread) });
  }
  const model = readModel(profile.write());
  return { model, chart: stackChart(model, deriveTree(model, DEFAULT_STATE), 0, DEFAULT_STATE, window) };
}

function lines(model: Model, chart: StackChart): string[] {
  const out: string[] = [];
  for (let row = 0; row < chart.rows; row++) {
    for (let at = chart.rowBegins[row]!; at < chart.rowBegins[row + 1]!; at++) {
      const box = chart.rowBoxes[at]!;
      const up = chart.parent[box]!;
      out.push(`${row} ${frameName(model, chart.fn[box]!)} ${chart.left[box]}-${chart.left[box]! + chart.width[box]!} =${chart.value[box]}${up < 0 ? '' : ` in ${frameName(model, chart.fn[up]!)}`}`);
    }
  }
  return out;
}

describe('the stack chart', () => {
  it('joins equal neighbours and keeps pauses', () => {
    const { model, chart } = chartOf('A;B 10 0\nA;C 8 1\nA;B 10 2\nA;B 5 6\nD 10 1 1');
    expect(lines(model, chart)).toEqual([
      '0 t0 (0) 0-100 =33', '1 A 0-30 =28 in t0 (0)', '1 A 60-65 =5 in t0 (0)',
      '2 B 0-10 =10 in A', '2 C 10-18 =8 in A', '2 B 20-30 =10 in A', '2 B 60-65 =5 in A',
      '3 t1 (1) 0-100 =10', '4 D 10-20 =10 in t1 (1)',
    ]);
  });

  it('begins a bin with what the bin before ended with', () => {
    const { model, chart } = chartOf('A 4 0\nB 6 0\nA 5 1\nB 5 1');
    expect(lines(model, chart).slice(1)).toEqual(['1 A 0-4 =4 in t0 (0)', '1 B 4-15 =11 in t0 (0)', '1 A 15-20 =5 in t0 (0)']);
  });

  it('fits what exceeds its bin into it', () => {
    const { model, chart } = chartOf('A 30 0\nB 10 0');
    expect(lines(model, chart).slice(1)).toEqual(['1 A 0-7.5 =30 in t0 (0)', '1 B 7.5-10 =10 in t0 (0)']);
  });

  it('keeps rows and headings whatever stretch is seen', () => {
    const model = readModel(smallProfile());
    const tree = deriveTree(model, DEFAULT_STATE);
    const whole = stackChart(model, tree, 0, DEFAULT_STATE, [0, model.header.durationNanos]);
    const part = stackChart(model, tree, 0, DEFAULT_STATE, [5e9, 5.2e9]);
    expect(part.rows).toBe(whole.rows);
    expect(part.fn.length).toBeLessThan(whole.fn.length);
    for (const chart of [whole, part]) {
      for (let row = 0; row < chart.rows; row++) {
        let right = -1;
        for (let at = chart.rowBegins[row]!; at < chart.rowBegins[row + 1]!; at++) {
          const box = chart.rowBoxes[at]!;
          expect(chart.left[box]).toBeGreaterThanOrEqual(right - 1);
          right = chart.left[box]! + chart.width[box]!;
        }
      }
    }
  });

  it('lays out tiles that hold what is seen', () => {
    expect(chartWindow([0, 1], 100)).toEqual([0, 100]);
    for (const seen of [[0, 0.01], [0.5, 0.501], [0.99, 1], [0.2, 0.21]] as [number, number][]) {
      const [from, to] = chartWindow(seen, 1);
      expect(from).toBeLessThanOrEqual(seen[0]);
      expect(to).toBeGreaterThanOrEqual(seen[1]);
      expect(to - from).toBeLessThan(9 * (seen[1] - seen[0]));
    }
  });
});
