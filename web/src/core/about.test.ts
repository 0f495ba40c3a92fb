//! Callers, callees, threads and the course of one function.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { plainHeader, ProfileBuilder } from '../testdata/profile';
import { aboutFunction, courseOf } from './about';
import { deriveTree } from './derive';
import { frameName } from './frames';
import { DEFAULT_STATE } from './state';
import { functionTable } from './table';

describe('about a function', () => {
  const header = { ...plainHeader('t'), binNanos: 10, durationNanos: 100, threads: [0, 1].map((tid) => ({ name: `t${tid}`, tid, process: 0 })) };
  const profile = new ProfileBuilder(header, [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
  const fn = (name: string): number => profile.fn({ name });
  for (const [stack, value, thread, bin] of [['m;a;b', 5, 0, 0], ['m;a;a;c', 3, 0, 9], ['m;a;b;a;c', 2, 1, 4], ['a', 7, 1, 4], ['m;b', 9, 1, 4]] as [string, number, number, number][]) {
    profile.add(0, stack.split(';').map(fn), { value, thread, bin });
  }
  const model = readModel(profile.write());
  const tree = deriveTree(model, DEFAULT_STATE);

  it('has callers and callees that add up, recursion once', () => {
    const about = aboutFunction(tree, fn('a'), 5);
    const table = functionTable(model, tree);
    expect([about.self, about.total, about.totalN]).toEqual([table.self[fn('a')], table.total[fn('a')], table.totalN[fn('a')]]);
    const named = (list: { id: number; value: number }[]) => list.map((one) => `${one.id < 0 ? '-' : frameName(model, one.id)} ${one.value}`);
    expect(named(about.callers)).toEqual(['m 10', '- 7']);
    expect(named(about.callees).sort()).toEqual(['b 5', 'c 5']);
    expect(about.callees.reduce((sum, one) => sum + one.value, about.self)).toBe(about.total);
  });

  it('has a course by thread and over time', () => {
    const course = courseOf(model, tree, fn('a'), DEFAULT_STATE, 5);
    expect(course.threads).toEqual([{ id: 1, value: 9 }, { id: 0, value: 8 }]);
    expect([...course.overTime!]).toEqual([5, 0, 9, 0, 3]);
    expect(courseOf(model, tree, fn('a'), { ...DEFAULT_STATE, threads: [0] }, 5).threads).toEqual([{ id: 0, value: 8 }]);
  });
});
