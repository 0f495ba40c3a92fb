// The pages that are tried: synthetic ones, and reports that the binary named by
// FATHOM writes for recordings made here. Nothing is taken from elsewhere.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Every view of a profile with time and lines, in their order. */
export const ALL_TABS = ['Flame graph', 'Inverted', 'Sandwich', 'Stack chart', 'Top functions', 'Timeline', 'Heat map', 'Call graph', 'Source'];

/** A page that `scripts/sample-html.ts` wrote. */
export const sample = (name) => resolve('.samples', `${name}.html`);

export const HOSTILE = ['<img src=x onerror=alert(1)>', '</script><script>alert(2)</script>', '__proto__'];

const QUIETLY = { stdio: ['ignore', 'inherit', 'inherit'], timeout: 120_000 };

/** Collapsed stacks: no time, hostile names, recursion; later, one function costs more, one is new and one is gone. */
function folded(isLater = false) {
  const lines = [];
  for (let index = 0; index < 60; index++) {
    lines.push(`main;serve;${index % 3 ? 'parse' : 'render;render'};step_${index % 17} ${10 + index * 3}`);
    lines.push(`main;${HOSTILE[index % 3]};leaf ${5 + index}`);
  }
  lines.push(isLater ? 'main;serve;added 2700' : 'main;serve;removed 2500', `main;serve;slower ${isLater ? 2400 : 1200}`);
  lines.push(`main;${'N'.repeat(1 << 20)} 40`);
  return `${lines.join('\n')}\n`;
}

/** Speedscope, evented: stacks over time on two threads. */
function speedscope() {
  const frames = ['main', 'work', 'parse', 'write', 'wait', HOSTILE[0], HOSTILE[1]].map((name, index) => ({ name, file: `src/${index}.c`, line: 10 + index }));
  const profile = (name, seed) => {
    const events = [{ type: 'O', frame: 0, at: 0 }];
    let at = 0;
    for (let step = 0; step < 400; step++) {
      const frame = 1 + ((step * seed) % 6);
      events.push({ type: 'O', frame, at });
      at += 2 + ((step * 7) % 9);
      events.push({ type: 'C', frame, at });
    }
    events.push({ type: 'C', frame: 0, at });
    return { type: 'evented', name, unit: 'milliseconds', startValue: 0, endValue: at, events };
  };
  return JSON.stringify({ $schema: 'https://www.speedscope.app/file-format-schema.json', name: 'own', shared: { frames }, profiles: [profile('first', 5), profile(HOSTILE[0], 11)] });
}

/** Paths of reports that a binary writes of recordings made here. */
export function reportsOf(binary, folder) {
  mkdirSync(folder, { recursive: true });
  const out = {};
  for (const [name, file, text] of [['folded', 'own.folded', folded()], ['speedscope', 'own.speedscope.json', speedscope()]]) {
    writeFileSync(join(folder, file), text);
    out[name] = join(folder, `${name}.html`);
    execFileSync(binary, ['report', join(folder, file), '--output', 'html', '-o', out[name]], QUIETLY);
  }
  out.comparison = join(folder, 'comparison.html');
  writeFileSync(join(folder, 'after.folded'), folded(true));
  execFileSync(binary, ['diff', join(folder, 'own.folded'), join(folder, 'after.folded'), '--output', 'html', '-o', out.comparison], QUIETLY);
  return out;
}
