//! Totals through filters, transforms, inversion and sandwich; recursion; search.

import { describe, expect, it } from 'vitest';
import { readModel, type Model } from '../data/model';
import { plainHeader, ProfileBuilder, randomNumbers } from '../testdata/profile';
import { deriveTree } from './derive';
import { frameName } from './frames';
import { invertTree } from './invert';
import { outermostCalls, sandwich } from './sandwich';
import { matchedTotal, searchFrames } from './search';
import { DEFAULT_STATE, type Transform, type ViewState } from './state';
import { functionTable } from './table';
import { nodeAt, pathOf, type DerivedTree } from './tree';

/** Lines of `a;b;c value [thread [bin]]`; a capital is the user's own code. */
function profileOf(text: string): { model: Model; fn: (name: string) => number } {
  const header = { ...plainHeader('test'), binNanos: 10, durationNanos: 100, threads: [0, 1].map((index) => ({ name: `t${index}`, tid: index, process: index })), processes: [0, 1].map((index) => ({ name: `p${index}`, pid: index, command: '' })) };
  const profile = new ProfileBuilder(header, [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
  const fn = (name: string): number => profile.fn({ name, module: name.toLowerCase()[0]!, kind: name === name.toLowerCase() ? 'library' : 'user' });
  for (const line of text.trim().split('\n')) {
    const [stack, value, thread = '0', bin = '0'] = line.trim().split(' ');
    profile.add(0, stack!.split(';').map(fn), { value: Number(value), thread: Number(thread), bin: Number(bin) });
  }
  return { model: readModel(profile.write()), fn };
}

function derive(model: Model, patch: Partial<ViewState> = {}): DerivedTree {
  return deriveTree(model, { ...DEFAULT_STATE, ...patch });
}

/** The tree as sorted `a;b;c own` lines. */
function folded(model: Model, tree: DerivedTree): string[] {
  const out: string[] = [];
  for (let node = 0; node < tree.count; node++) {
    if (tree.self[node] !== 0) out.push(`${pathOf(tree, node).map((fn) => frameName(model, fn)).join(';')} ${tree.self[node]}`);
  }
  return out.sort();
}

/** What must hold for every derived tree. */
function expectSound(tree: DerivedTree): void {
  let own = 0;
  for (let node = 0; node < tree.count; node++) {
    own += tree.self[node]!;
    let below = tree.self[node]!, right = tree.left[node]!;
    for (let child = node + 1; child < tree.end[node]!; child = tree.end[child]!) {
      expect(tree.parent[child]).toBe(node);
      expect(tree.depth[child]).toBe(tree.depth[node]! + 1);
      expect(tree.left[child]).toBe(right);
      right += tree.width[child]!;
      below += tree.total[child]!;
    }
    expect(tree.total[node]).toBe(below);
  }
  expect(tree.sum).toBe(own);
  for (let row = 0; row <= tree.maxDepth; row++) {
    for (let at = tree.rowBegins[row]!; at < tree.rowBegins[row + 1]!; at++) expect(tree.depth[tree.rowNodes[at]!]).toBe(row);
  }
}

const SHOP = `
  Main;Serve;json;scan 5 0 0
  Main;Serve;json;scan;json 3 0 1
  Main;Serve;Price;Price;Price 7 0 2
  Main;Serve;Price;Tax;Price 2 1 2
  Main;Serve 4 1 3
  Main;idle;idle;wait 6 1 9`;

describe('deriving', () => {
  it('adds up the whole profile', () => {
    const { model } = profileOf(SHOP);
    const tree = derive(model);
    expectSound(tree);
    expect(tree.sum).toBe(27);
    expect(tree.fromBase!.length).toBe(model.node.count);
  });

  it('filters by time, thread and process', () => {
    const { model } = profileOf(SHOP);
    expect(derive(model, { range: [20, 40] }).sum).toBe(13);
    expect(derive(model, { range: [25, 26] }).sum).toBe(9);
    expect(derive(model, { range: [12, 22] }).sum).toBe(12);
    expect(derive(model, { threads: [1] }).sum).toBe(12);
    expect(derive(model, { processes: [0], range: [0, 20] }).sum).toBe(8);
    expect(derive(model, { threads: [] }).sum).toBe(0);
  });

  it('groups by thread without losing anything', () => {
    const { model } = profileOf(SHOP);
    for (const group of ['thread', 'process', 'state'] as const) {
      const tree = derive(model, { group });
      expectSound(tree);
      expect(tree.sum).toBe(27);
    }
    expect(folded(model, derive(model, { group: 'thread', range: [20, 30] }))).toEqual(['t0 (0);Main;Serve;Price;Price;Price 7', 't1 (1);Main;Serve;Price;Tax;Price 2']);
  });

  it('survives values below zero', () => {
    const { model } = profileOf('Main;Grow 10\nMain;Shrink -4');
    const tree = derive(model);
    expect(tree.sum).toBe(6);
    expect(tree.width[0]).toBe(14);
    expect(folded(model, tree)).toEqual(['Main;Grow 10', 'Main;Shrink -4']);
  });
});

describe('transforms', () => {
  const after = (transform: (fn: (name: string) => number, model: Model) => Transform): string[] => {
    const { model, fn } = profileOf(SHOP);
    const tree = derive(model, { transforms: [transform(fn, model)] });
    expectSound(tree);
    return folded(model, tree);
  };

  it('focuses on a function from its outermost call', () => {
    expect(after((fn) => ({ type: 'focus-function', fn: fn('Price') }))).toEqual(['Price;Price;Price 7', 'Price;Tax;Price 2']);
  });
  it('focuses on a subtree', () => {
    expect(after((fn) => ({ type: 'focus-subtree', path: ['Main', 'Serve', 'json'].map(fn) }))).toEqual(['json;scan 5', 'json;scan;json 3']);
  });
  it('keeps everything for a path to nowhere', () => {
    expect(after((fn) => ({ type: 'focus-subtree', path: [fn('json')] })).length).toBe(6);
  });
  it('hides the samples of a function', () => {
    expect(after((fn) => ({ type: 'hide', fn: fn('Price') }))).toEqual(['Main;Serve 4', 'Main;Serve;json;scan 5', 'Main;Serve;json;scan;json 3', 'Main;idle;idle;wait 6']);
  });
  it('merges a function into its callers', () => {
    expect(after((fn) => ({ type: 'merge', fn: fn('json') }))).toEqual(['Main;Serve 4', 'Main;Serve;Price;Price;Price 7', 'Main;Serve;Price;Tax;Price 2', 'Main;Serve;scan 8', 'Main;idle;idle;wait 6']);
  });
  it('collapses direct recursion', () => {
    expect(after((fn) => ({ type: 'collapse-recursion', fn: fn('Price'), direct: true }))).toContain('Main;Serve;Price 7');
    expect(after((fn) => ({ type: 'collapse-recursion', fn: fn('Price'), direct: true }))).toContain('Main;Serve;Price;Tax;Price 2');
  });
  it('collapses recursion through others', () => {
    expect(after((fn) => ({ type: 'collapse-recursion', fn: fn('Price'), direct: false }))).toContain('Main;Serve;Price 9');
  });
  it('collapses all direct recursion', () => {
    const lines = after(() => ({ type: 'collapse-all-recursion' }));
    expect(lines).toContain('Main;idle;wait 6');
    expect(lines).toContain('Main;Serve;Price 7');
  });
  it('collapses libraries and modules to their first frame', () => {
    expect(after(() => ({ type: 'collapse-libraries' }))).toContain('Main;idle 6');
    expect(after(() => ({ type: 'collapse-libraries' }))).toContain('Main;Serve;json 8');
    expect(after((fn, model) => ({ type: 'collapse-module', module: model.fn.module[fn('idle')]! }))).toContain('Main;idle;wait 6');
  });

  it('keeps totals exact through any sequence, with a base map that agrees', () => {
    const random = randomNumbers(5);
    const names = ['A', 'B', 'c', 'd', 'E'];
    for (let round = 0; round < 60; round++) {
      const lines = Array.from({ length: 30 }, () => `${Array.from({ length: 1 + Math.floor(8 * random()) }, () => names[Math.floor(5 * random())]).join(';')} ${1 + Math.floor(9 * random())}`);
      const { model, fn } = profileOf(lines.join('\n'));
      const pick = (): number => fn(names[Math.floor(5 * random())]!);
      const keeping: Transform[] = [{ type: 'merge', fn: pick() }, { type: 'collapse-recursion', fn: pick(), direct: false }, { type: 'collapse-recursion', fn: pick(), direct: true }, { type: 'collapse-libraries' }, { type: 'collapse-all-recursion' }, { type: 'collapse-module', module: model.fn.module[pick()]! }];
      const transforms = keeping.filter(() => random() < 0.5);
      const all = derive(model).sum;
      const tree = derive(model, { transforms });
      expectSound(tree);
      expect(tree.sum).toBe(all);
      const samples = model.samples[0]!;
      const own = new Float64Array(tree.count);
      for (let row = 0; row < samples.count; row++) own[tree.fromBase![samples.node[row]!]!]! += samples.value[row]!;
      expect([...own]).toEqual([...tree.self]);
      const hidden = pick();
      const focus = derive(model, { transforms: [...transforms, { type: 'focus-function', fn: hidden }] });
      const rest = derive(model, { transforms: [...transforms, { type: 'hide', fn: hidden }] });
      expect(focus.sum + rest.sum).toBe(all);
      const table = functionTable(model, tree);
      expect(table.self.reduce((sum, one) => sum + one, 0) + tree.self[0]!).toBe(all);
      expect(table.total[hidden]).toBe(focus.sum);
      const inverted = invertTree(tree);
      expectSound(inverted);
      expect(inverted.sum).toBe(all);
      const { callers, callees } = sandwich(tree, hidden);
      expectSound(callers);
      expectSound(callees);
      expect([callers.sum, callees.sum]).toEqual([table.total[hidden], table.total[hidden]]);
      const found = searchFrames(model, '^[Ac]$')!;
      const without = derive(model, { transforms: [...transforms, { type: 'hide', fn: fn('A') }, { type: 'hide', fn: fn('c') }] });
      expect(matchedTotal(tree, found.matches)).toBe(all - without.sum);
    }
  });
});

describe('counting', () => {
  it('counts recursion once', () => {
    const { model, fn } = profileOf('A;A;B;A 10\nA;C 1\nB;A 4');
    const table = functionTable(model, derive(model));
    expect(table.total[fn('A')]).toBe(15);
    expect(table.total[fn('B')]).toBe(14);
    expect(table.self[fn('A')]).toBe(14);
    expect(outermostCalls(derive(model), fn('A')).length).toBe(2);
  });

  it('inverts', () => {
    const { model, fn } = profileOf('A;B;X 3\nC;X 5\nX 2\nA 1');
    const tree = invertTree(derive(model));
    const x = nodeAt(tree, [fn('X')]);
    expect([tree.total[x], tree.self[x]]).toEqual([10, 2]);
    expect(tree.total[nodeAt(tree, ['X', 'B', 'A'].map(fn))]).toBe(3);
  });

  it('leaves narrow callers of deep stacks alone, and keeps their value', () => {
    const deep = Array.from({ length: 3000 }, (_, index) => `${Array.from({ length: 250 }, (_, level) => `f${(index * 7 + level) % 90}`).join(';')};g${index} 1`);
    const tree = derive(profileOf(`${deep.join('\n')}\nheavy 1000000`).model);
    const inverted = invertTree(tree);
    expect(inverted.sum).toBe(tree.sum);
    expect(inverted.flags.some((flags) => (flags & 1) !== 0)).toBe(true);
    expect(inverted.count).toBeLessThan(200_000);
  });

  it('shows what names hide', () => {
    const { model, fn } = profileOf('a\u202eb\u0007c 1');
    expect(frameName(model, fn('a\u202eb\u0007c'))).toBe('a\ufffdb\ufffdc');
  });

  it('searches names once and takes a broken expression as text', () => {
    const { model, fn } = profileOf('main;operator[] 3\nmain;Other 2');
    expect(searchFrames(model, 'operator[')!.isExpression).toBe(false);
    expect(searchFrames(model, 'operator[')!.matches[fn('operator[]')]).toBe(1);
    expect(searchFrames(model, 'oTHER')!.functions).toBe(0);
    expect(searchFrames(model, 'other')!.functions).toBe(1);
    expect(searchFrames(model, '')).toBe(null);
  });

  it('does not stall on a pattern that goes back and back', () => {
    const { model, fn } = profileOf(`${Array.from({ length: 300 }, (_, index) => `${'a'.repeat(60)}${index} 1`).join('\n')}\n(a+)+$ 1`);
    for (const pattern of ['(a+)+$', '(a|a)*b', '((a*)x?)*b', '(?:a{1,9}){1,99}b', '([a-z]+)+\\d!']) {
      const found = searchFrames(model, pattern)!;
      expect(found.isExpression, pattern).toBe(false);
      expect(found.functions, pattern).toBe(pattern === '(a+)+$' ? 1 : 0);
    }
    for (const pattern of ['(foo|bar).*x', 'a+b*', '\\(a\\+\\)\\+', '[(a+)+]', '(a+)1?$']) expect(searchFrames(model, pattern)!.isExpression, pattern).toBe(true);
    expect(searchFrames(model, '(a+)+$')!.matches[fn('(a+)+$')]).toBe(1);
    let time = 0;
    const slow = searchFrames(model, 'a', () => (time += 200))!;
    expect(slow.isStopped).toBe(true);
    expect(slow.functions).toBeLessThan(300);
    expect(searchFrames(model, 'a')!.isStopped).toBe(false);
  });
});
