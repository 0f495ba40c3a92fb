//! Orders of the table, and what an address makes of them.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { plainHeader, ProfileBuilder } from '../testdata/profile';
import { deriveTree } from './derive';
import { frameName } from './frames';
import { searchFrames } from './search';
import { DEFAULT_STATE } from './state';
import { functionTable } from './table';
import { readOrder, sortedFunctions, writeOrder } from './top';

describe('the table of functions', () => {
  const profile = new ProfileBuilder(plainHeader('t'), [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
  for (const [stack, value, n] of [['main;Alpha', 5, 1], ['main;beta;Alpha', 3, 9], ['main;beta', 4, 2], ['gamma', 5, 1]] as [string, number, number][]) {
    profile.add(0, stack.split(';').map((name) => profile.fn({ name, module: name.length > 4 ? 'm' : 'a' })), { value, n });
  }
  const model = readModel(profile.write());
  const table = functionTable(model, deriveTree(model, DEFAULT_STATE));
  const names = (order: string, search = ''): string =>
    [...sortedFunctions(model, table, searchFrames(model, search)?.matches ?? null, readOrder(order))].map((fn) => frameName(model, fn)).join(' ');

  it('sorts by every column, ties by own value and total', () => {
    expect(names('self')).toBe('Alpha gamma beta main');
    expect(names('self.rising')).toBe('main beta gamma Alpha');
    expect(names('total')).toBe('main Alpha beta gamma');
    expect(names('samples')).toBe('main beta Alpha gamma');
    expect(names('name')).toBe('Alpha beta gamma main');
    expect(names('module')).toBe('beta main Alpha gamma');
    expect(names('name', 'a$')).toBe('Alpha beta gamma');
  });

  it('reads and writes orders, and takes nonsense as the usual one', () => {
    for (const text of ['self', 'self.rising', 'name', 'name.falling']) expect(writeOrder(readOrder(text))).toBe(text);
    expect(writeOrder(readOrder('nonsense.up'))).toBe('self');
    expect(writeOrder(readOrder(undefined))).toBe('self');
  });
});
