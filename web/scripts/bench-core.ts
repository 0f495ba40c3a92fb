//! Times the core on the large synthetic profiles; prints medians.
//!
//! `node scripts/run-ts.mjs scripts/bench-core.ts`. A measurement, not a test.

import { deriveTree } from '../src/core/derive';
import { invertTree } from '../src/core/invert';
import { sandwich } from '../src/core/sandwich';
import { matchedTotal, searchFrames } from '../src/core/search';
import { stackChart } from '../src/core/stackchart';
import { DEFAULT_STATE } from '../src/core/state';
import { functionTable } from '../src/core/table';
import { readModel } from '../src/data/model';
import { bigProfile } from '../src/testdata/big';
import { deepProfile } from '../src/testdata/deep';

function median(name: string, what: () => unknown): void {
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    what();
    times.push(performance.now() - start);
  }
  const first = times[0]!;
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(34)} first ${first.toFixed(1).padStart(7)} ms, median ${times[4]!.toFixed(1).padStart(7)} ms`);
}

export function main(): void {
  for (const [title, blob] of [['big', bigProfile()], ['deep', deepProfile()]] as const) {
    const model = readModel(blob);
    const samples = model.samples[0]!.count;
    console.log(`${title}: ${blob.length} bytes, ${model.node.count} nodes, ${samples} rows, ${model.fn.count} functions`);
    const tree = deriveTree(model, DEFAULT_STATE);
    const fn = tree.fn[Math.min(40, tree.count - 1)]!;
    median('read', () => readModel(blob));
    median('derive', () => deriveTree(model, DEFAULT_STATE));
    median('derive, half of the time', () => deriveTree(model, { ...DEFAULT_STATE, range: [0, model.header.durationNanos / 2] }));
    median('derive, merge + collapse libraries', () => deriveTree(model, { ...DEFAULT_STATE, transforms: [{ type: 'merge', fn }, { type: 'collapse-libraries' }] }));
    median('derive, by thread', () => deriveTree(model, { ...DEFAULT_STATE, group: 'thread' }));
    median('invert', () => invertTree(tree));
    median('sandwich', () => sandwich(tree, fn));
    median('stack chart', () => stackChart(model, tree, 0, DEFAULT_STATE, [0, model.header.durationNanos]));
    median('function table', () => functionTable(model, tree));
    median('search', () => matchedTotal(tree, searchFrames(model, 'parse|_12')!.matches));
  }
}
