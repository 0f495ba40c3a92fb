//! A comparison: one signal before (side 0) and after (side 1), with functions
//! that grew, shrank, appeared, vanished, stayed, and some that prove nothing.

import type { DiffRow, DiffStack, Verdict } from '../data/header';
import { plainHeader, ProfileBuilder } from './profile';

const PARTS: [string, string, number, number, Verdict][] = [
  ['handle', 'parse_request', 300, 305, 'same'], ['handle', 'render_page', 900, 1500, 'more'], ['handle', 'cache_lookup', 700, 250, 'less'],
  ['handle', 'old_checksum', 240, 0, 'gone'], ['handle', 'new_checksum', 0, 310, 'new'], ['handle', 'log_line', 90, 110, 'unproved'],
  ['background', 'compact', 500, 520, 'unproved'], ['background', 'flush', 260, 255, 'same'],
];

/** What B is multiplied with, so that the totals agree. */
const SCALE = 0.92;

export function diffProfile(): Uint8Array {
  const rows: DiffRow[] = [], stacks: DiffStack[] = [];
  const header = {
    ...plainHeader('before, after'), kind: 'diff' as const, subtitle: 'main against feature/render', durationNanos: 10e9, binNanos: 1e9,
    diff: { a: 'main @ 3f2a', b: 'feature/render @ 9c01', normalised: true, scale: SCALE, rows, stacks, text: 'Within one run each: cannot exclude variation from run to run.' },
  };
  const signal = { id: 'cpu', name: 'CPU time', unit: 'nanoseconds' as const, sampleCountText: '', description: '' };
  const profile = new ProfileBuilder(header, [{ ...signal, side: 1 }, { ...signal, side: 0 }]);
  const fn = (name: string): number => profile.fn({ name, file: `src/${name}.go`, line: 10, module: 'server' });
  for (const [under, name, a, b, verdict] of PARTS) {
    const stack = [fn('main'), fn(under), fn(name)];
    const before = a * 1e6, after = b * 1e6;
    for (let bin = 0; bin < 10; bin++) {
      if (after > 0) profile.add(0, stack, { bin, value: after / 10, n: b / 10 });
      if (before > 0) profile.add(1, stack, { bin, value: before / 10, n: a / 10 });
    }
    if (verdict !== 'same' && verdict !== 'unproved') stacks.push({ path: stack, verdict });
    const change = after * SCALE - before;
    rows.push({ fn: fn(name), selfA: before, selfB: after, totalA: before, totalB: after, verdict, low: change - 6e7, high: change + 6e7 });
  }
  return profile.write();
}
