//! The small profile with what rules would say about it: findings of three
//! severities, one whose worth nobody can tell, and everything around them.

import type { Finding, Judgement } from '../data/judgement';
import { HOSTILE_NAMES } from './hostile';
import { smallProfile } from './small';

const UNKNOWN_WORTH = { model: 'none', at_most: null, marginal: null, assumptions: [] };

function finding(id: string, rest: Partial<Finding> & Pick<Finding, 'rule' | 'title'>): Finding {
  return {
    id, fingerprint: '501afa2d5af7632d', severity: 'info', grade: 'E1', impact: { share: { point: 0, low: 0, high: 0 }, value: 0, n: 0 }, estimate: UNKNOWN_WORTH, location: null,
    path: [], also_at: [], evidence: [], cause: '', alternatives: [], advice: [], effort: 'small', risk: 'low', verify: '', rollback: 'revert the change: nothing but the code differs', overlaps: [], degraded_by: [], ...rest,
  };
}

const step = (name: string, file: string, line: number, share: number) => ({ location: { function: name, file, line, module: null }, share });

export const JUDGEMENT: Judgement = {
  goal: { metric: 'CPU time', value: 41_300_000_000, why: 'threads share the work, and no single one is waited for' },
  findings: [
    finding('F-001', {
      rule: 'cpu/linear-search-in-loop', title: '`load_rates()` is searched from its start in `tax_rate`', severity: 'high', grade: 'E2',
      impact: { share: { point: 0.147, low: 0.139, high: 0.155 }, value: 6_070_000_000, n: 1467 },
      estimate: { model: 'amdahl-bound', at_most: { point: 0.147, low: 0.139, high: 0.155 }, marginal: 0.139, assumptions: ['building the table once costs one walk, which is not counted'] },
      location: { function: 'tax_rate', file: 'shop/tax.py', line: 18, module: 'shop' },
      path: [step('checkout', 'shop/views.py', 41, 1), step('load_orders', 'shop/orders.py', 30, 1), step('price_of', 'shop/orders.py', 72, 1), step('tax_rate', 'shop/tax.py', 18, 1)],
      also_at: [step('tax_rate', 'shop/tax.py', 19, 0.04)],
      evidence: [{ claim: '15 % [14-16] of CPU time (6.07 s, 1467 observations) is spent for shop/tax.py:18', source: 'samples' }, { claim: 'line 18 of tax.py inside the loop from line 17: `row.country == country`', source: 'source' }],
      cause: 'Seen at work: each call of `tax_rate` walks all of `load_rates()` to find one row.', alternatives: ['with fewer than about 16 rows a walk is as fast as a look-up'],
      advice: ['build a table by `(country, kind)` once, and ask that', 'keep the list beside it only if its order is needed'],
      risk: 'review', verify: 'fathom run -- python -m shop; fathom diff @prev @last', overlaps: ['F-003'], degraded_by: ['truncated'],
    }),
    finding('F-002', {
      rule: 'cpu/hot-function', title: 'hottest line of the worker: `compress`', severity: 'medium',
      impact: { share: { point: 0.062, low: 0.055, high: 0.07 }, value: 2_560_000_000, n: 618 },
      estimate: { model: 'amdahl-bound', at_most: { point: 0.062, low: 0.055, high: 0.07 }, marginal: 0.055, assumptions: [] },
      location: { function: 'compress', file: 'worker/batch.py', line: 120, module: 'worker' },
      evidence: [{ claim: '6.2 % [5.5-7.0] of CPU time is spent for worker/batch.py:120, most of it in `ZSTD_compressBlock_fast`', source: 'samples' }],
      cause: 'Time is spent where the data is packed; nothing in the source explains it further.', advice: ['try a lower level: `zstd` at 1 needs about half of the time of 3'], effort: 'medium', risk: 'semantics', verify: 'fathom run -- python -m worker; fathom diff @prev @last',
    }),
    finding('F-003', {
      rule: 'memory/growth', title: 'resident memory grows by 4 MiB/s', severity: 'low', impact: { share: { point: 0.01, low: 0, high: 0.02 }, value: 0, n: 200 },
      cause: 'The curve rises for all of the run; who holds the memory was not recorded.', advice: ['record again with `--memory`'], effort: 'large',
      evidence: [{ claim: '200 readings, none of them lower than the fifth before it', source: 'series' }], overlaps: ['F-001'],
    }),
  ],
  hygiene: [finding('H-001', { rule: 'cpu/string-concat-in-loop', title: 'text grows by `+=` in a loop', location: { function: 'flush', file: 'worker/batch.py', line: 164, module: 'worker' } })],
  checked: [{ rule: 'cpu/nested-loops', text: 'no hot line stands inside loops that walk the same data twice' }, { rule: 'lock/contended', text: 'the longest wait for a lock is 1.2 ms, 0.4 % of wall time' }],
  not_applicable: [{ rule: 'db/n-plus-one', text: 'no queries were recorded' }],
  unsure: [{ rule: 'io/small-writes', needs: 'the sizes of writes', command: 'fathom run --syscalls -- python -m shop' }],
  gates: [{ id: 'truncated', text: '1.0 % of the stacks are cut, so totals of outer functions are lower bounds', blocks: false }],
  held: [
    { name: 'CPUs in use', value: '58 %', band: 'good', bounds: ['50 %', '70 %', '85 %'] },
    { name: 'time ready but without a CPU', value: '21 %', band: 'poor', bounds: ['2.0 %', '5.0 %', '15 %'] },
    { name: 'memory in use, of its limit', value: '72 %', band: 'acceptable', bounds: ['60 %', '75 %', '85 %'] },
  ],
  roadmap: { at_most: { point: 0.209, low: 0.196, high: 0.222 }, quick: ['F-001'], medium: ['F-002'], architectural: ['F-003'] },
};

/** Markup in every text, and places that are none. */
export function hostileJudgement(): Judgement {
  const [img = '', script = ''] = HOSTILE_NAMES;
  const texts = HOSTILE_NAMES.flatMap((name) => [name, `\`${name}\``, `a \` b ${name}`]);
  const share = { point: 1e300, low: -1, high: 2 };
  const bad = (id: string, title: string): Finding => finding(id, {
    rule: script, title, severity: 'critical', grade: '__proto__', impact: { share, value: -1, n: 1e300 }, estimate: { model: 'constructor', at_most: share, marginal: -5, assumptions: texts },
    location: { function: img, file: `${img}.js`, line: 1, module: null }, cause: `\`${img}\` ${script}`, advice: texts, alternatives: texts, evidence: texts.map((claim) => ({ claim, source: img })),
    path: HOSTILE_NAMES.map((name) => step(name, name, 1, Number.MAX_VALUE)), also_at: [step(img, script, 0, -1)], verify: img, rollback: script, effort: 'toString', risk: img, overlaps: [img, '__proto__', 'F-001'], degraded_by: texts,
  });
  return {
    goal: { metric: img, value: -1, why: script }, findings: [bad('F-001', img), bad(img, `\`${script}\``), bad('__proto__', 'M'.repeat(1 << 20))], hygiene: [bad('H', img)],
    checked: [{ rule: img, text: script }], not_applicable: [{ rule: script, text: img }], unsure: [{ rule: img, needs: script, command: img }], gates: [{ id: img, text: script, blocks: true }],
    held: [{ name: img, value: script, band: 'poor', bounds: [img] }], roadmap: { at_most: share, quick: [img], medium: ['F-001', 'nowhere'], architectural: [] },
  };
}

export function judgedProfile(): Uint8Array {
  return smallProfile(JUDGEMENT);
}
