//! The address and the state are the same thing, and any text is an address.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { randomNumbers } from '../testdata/profile';
import { smallProfile } from '../testdata/small';
import { DEFAULT_STATE, type ViewState } from './state';
import { hashToState, stateToHash } from './url';

const model = readModel(smallProfile());

describe('the address', () => {
  it('carries every choice', () => {
    const state: ViewState = {
      view: 'chart', signal: 2, theme: 'dark', search: 'a&b=c#%|(x,y)', range: [1_000_000, 2_500_000_000], threads: [0, 3, 5], processes: [1], states: [0, 2],
      transforms: [
        { type: 'focus-function', fn: 3 }, { type: 'focus-subtree', path: [1, 2, 2, 2, 2, 7] }, { type: 'hide', fn: 4 }, { type: 'merge', fn: 40 },
        { type: 'collapse-recursion', fn: 5, direct: true }, { type: 'collapse-recursion', fn: 5, direct: false }, { type: 'collapse-all-recursion' },
        { type: 'collapse-module', module: 6 }, { type: 'collapse-libraries' },
      ],
      group: 'thread', zoom: [9, 9, 9, 9, 9, 1], viewport: [0.125, 0.5], selected: 3, colorBy: 'module', orientation: 'flame', options: { 'top.sort': 'total', 'top.filter': 'x & y' },
    };
    expect(hashToState(model, stateToHash(model, state))).toEqual(state);
    expect(hashToState(model, stateToHash(model, DEFAULT_STATE))).toEqual(DEFAULT_STATE);
  });

  it('is short for deep recursion', () => {
    expect(stateToHash(model, { ...DEFAULT_STATE, zoom: Array(2000).fill(33) }).length).toBeLessThan(60);
  });

  it('keeps lists that say nothing', () => {
    const state = { ...DEFAULT_STATE, threads: [], zoom: null };
    expect(hashToState(model, stateToHash(model, state)).threads).toEqual([]);
  });

  it('survives any text', () => {
    const random = randomNumbers(2);
    const good = stateToHash(model, { ...DEFAULT_STATE, transforms: [{ type: 'merge', fn: 3 }], zoom: [1, 2], range: [1, 2] });
    for (let round = 0; round < 3000; round++) {
      const text = [...good].map((letter) => (random() < 0.2 ? String.fromCharCode(33 + Math.floor(94 * random())) : letter)).join('');
      const state = hashToState(model, text);
      for (const transform of state.transforms) if ('fn' in transform) expect(Number.isInteger(transform.fn)).toBe(true);
      expect(hashToState(model, stateToHash(model, state))).toEqual(state);
    }
    expect(hashToState(model, '#zoom=1*999999.1*999999').zoom!.length).toBeLessThanOrEqual(100_000);
    expect(hashToState(model, '#search=%E0%A4%A').search).toBe('%E0%A4%A');
  });
});
