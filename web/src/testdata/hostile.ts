//! Names that try to be more than names: markup, ends of elements, a megabyte,
//! controls, other directions of writing. A viewer shows them and does nothing.

import type { Judgement } from '../data/judgement';
import { plainHeader, ProfileBuilder, STATES } from './profile';

export const HOSTILE_NAMES = [
  '<img src=x onerror=alert(1)>', '</script><script>alert(2)</script>', '"><svg onload=alert(3)>', "javascript:alert('4')", '{{constructor.constructor("alert(5)")()}}',
  '__proto__', 'constructor', 'toString', '\u202egnp.exe', 'a\u0000b\u0007c\nd', '=cmd|calc', '&lt;b&gt;', '${alert(6)}', '%3Cscript%3E', '\u{1f525}'.repeat(40), '',
];

export function hostileProfile(judgement: Judgement | null = null): Uint8Array {
  const [img = '', script = ''] = HOSTILE_NAMES;
  const header = {
    ...plainHeader(script), judgement, subtitle: img, durationNanos: 2e9, binNanos: 1e7, realtimeStartNanos: '0', fathom: img,
    threads: HOSTILE_NAMES.slice(0, 6).map((name, tid) => ({ name, tid, process: tid % 2 })),
    processes: [{ name: img, pid: 1, command: script }, { name: '__proto__', pid: 2, command: img }],
    folded: { nodes: 3, text: img }, notes: [script, img], quality: [{ label: img, text: script, bad: true }],
    timeline: { bins: 20, rows: [0, 1, 2].map((thread) => ({ thread, label: HOSTILE_NAMES[thread]!, process: thread % 2 })), states: STATES, text: img },
    series: [{ name: img, unit: script, process: 0 }, { name: '__proto__', unit: 'bytes', process: null }],
  };
  const profile = new ProfileBuilder(header, [
    { id: '__proto__', name: img, unit: 'nanoseconds', side: 0, sampleCountText: script, description: img },
    { id: 'alloc', name: script, unit: 'bytes', side: 0, sampleCountText: '', description: '' },
  ]);
  const megabyte = profile.fn({ name: 'M'.repeat(1 << 20), file: `/${'d/'.repeat(1 << 19)}`, module: 'x'.repeat(1 << 20) });
  const fns = HOSTILE_NAMES.map((name, index) => profile.fn({ name, file: `${name}.js`, module: name, runtime: name, line: index }));
  fns.forEach((fn, index) => {
    const stack = [megabyte, fns[0]!, fns[1]!, fn, fns[(index * 7) % fns.length]!];
    for (let bin = 0; bin < 200; bin += 1 + index) profile.add(index % 2, stack, { thread: index % 6, bin, value: 1000 * (index + 1), state: index % 8 });
  });
  profile.shapes.push({ signal: 0, stack: [megabyte, fns[0]!], shape: { kind: 'plateau', title: img, text: script } });
  const lines = [1, 2, 3];
  Object.assign(profile.extra, {
    'tl.row': { type: 'delta', values: [0, 0, 1, 2] }, 'tl.bin': { type: 'delta', values: [0, 3, 2, 19] }, 'tl.state': { type: 'u8', values: [0, 7, 2, 6] }, 'tl.share': { type: 'u8', values: [255, 9, 200, 40] },
    'series0.time': { type: 'f64', values: [0, 1e9, 2e9] }, 'series0.value': { type: 'f64', values: [-1, 1e300, 0] },
    'series1.time': { type: 'f64', values: [2e9, 1e9, 0] }, 'series1.value': { type: 'f64', values: [0, 0, 0] },
    'line.fn': { type: 'delta', values: lines.map(() => fns[0]!) }, 'line.line': { type: 'delta', values: lines }, 'line.signal': { type: 'u8', values: lines.map(() => 0) },
    'line.self': { type: 'varint', values: [5, 0, 2] }, 'line.total': { type: 'varint', values: [5, 9, 2] },
  });
  profile.source(`${img}.js`, 1, `${img}\n${script}\n${'L'.repeat(1 << 20)}\n`);
  return profile.write();
}
