//! A large profile: many unique stacks, folded to about 150,000 nodes the way
//! the Rust side folds (small subtrees become one remainder, totals exact).

import { plainHeader, ProfileBuilder, randomNumbers, KINDS } from './profile';

/** A tree that grows in place, without rows, so that a million stacks are cheap. */
class Growing {
  readonly fn = [0];
  readonly children: Map<number, number>[] = [new Map()];
  readonly self = [0];

  add(stack: readonly number[], value: number): void {
    let node = 0;
    for (const fn of stack) {
      let child = this.children[node]!.get(fn);
      if (child === undefined) {
        child = this.fn.push(fn) - 1;
        this.children.push(new Map());
        this.self.push(0);
        this.children[node]!.set(fn, child);
      }
      node = child;
    }
    this.self[node]! += value;
  }
}

export function bigProfile(nStacks = 1_000_000, maxNodes = 150_000, nFunctions = 12_000): Uint8Array {
  const random = randomNumbers(11);
  const tree = new Growing();
  const stack: number[] = [];
  for (let index = 0; index < nStacks; index++) {
    stack.length = 0;
    const depth = 4 + Math.floor(36 * random() * random()) + (index % 97 === 0 ? 60 : 0);
    let at = 1 + Math.floor(6 * random() * random());
    for (let level = 0; level < depth; level++) {
      stack.push(at);
      // Few wide choices near the root, many narrow ones further up.
      const choices = level < 3 ? 4 : level < 8 ? 6 : 14;
      at = 1 + ((at * 31 + level * 7 + Math.floor(choices * random() * random())) % (nFunctions - 1));
    }
    stack.push(1 + (index % (nFunctions - 1)));
    tree.add(stack, 1_000_000 + (index % 13) * 100_000);
  }
  return foldAndWrite(tree, maxNodes, nFunctions, random);
}

function foldAndWrite(tree: Growing, maxNodes: number, nFunctions: number, random: () => number): Uint8Array {
  const total = Float64Array.from(tree.self);
  const parent = new Int32Array(total.length);
  tree.children.forEach((children, node) => children.forEach((child) => (parent[child] = node)));
  for (let node = total.length - 1; node > 0; node--) total[parent[node]!]! += total[node]!;
  // Each kept node may need one remainder beside it.
  const limit = Float64Array.from(total).sort()[Math.max(0, total.length - Math.floor(maxNodes * 0.45))]!;
  const header = {
    ...plainHeader('big synthetic service'), subtitle: `${total.length} nodes before folding`, durationNanos: 60e9, binNanos: 100e6,
    threads: Array.from({ length: 16 }, (_, index) => ({ name: `pool-${index}`, tid: 900 + index, process: 0 })),
    folded: { nodes: total.length, text: 'Small frames are folded; totals are exact.' },
  };
  const profile = new ProfileBuilder(header, [{ id: 'cpu', name: 'CPU time', unit: 'nanoseconds', side: 0, sampleCountText: '1,000,000 samples', description: '' }]);
  const names = ['parse', 'encode', 'lookup', 'visit', 'merge_rows', 'apply', 'next_token', 'hash', 'compare', 'write_all'];
  const ids = [0];
  for (let index = 1; index < nFunctions; index++) {
    ids.push(profile.fn({ name: `service::module_${index % 211}::${names[index % names.length]}_${index}`, file: `src/module_${index % 211}.rs`, line: 1 + (index % 900), module: `module_${index % 23}`, kind: KINDS[index % 7 === 0 ? 1 : index % 31 === 0 ? 7 : 0]! }));
  }
  const remainder = profile.fn({ name: '(small frames)', kind: 'unknown' });
  const path: number[] = [];
  // Depth-first with an explicit stack: a node, and how deep it is.
  const open: [number, number][] = [[0, 0]];
  while (open.length > 0) {
    const [node, depth] = open.pop()!;
    path.length = depth;
    if (depth > 0) path[depth - 1] = ids[tree.fn[node]!]!;
    if (tree.self[node]! > 0) profile.add(0, path, at(tree.self[node]!));
    let small = 0;
    for (const child of tree.children[node]!.values()) {
      if (total[child]! < limit) small += total[child]!;
      else open.push([child, depth + 1]);
    }
    if (small > 0) {
      // Spread over a few bins, so that there are more rows than nodes.
      const pieces = Math.min(4, Math.max(1, Math.round(small / 1e6)));
      for (let piece = 0; piece < pieces; piece++) {
        const value = Math.floor(small / pieces) + (piece === 0 ? small % pieces : 0);
        profile.add(0, [...path.slice(0, depth), remainder], { ...at(value), folded: true });
      }
    }
  }
  return profile.write();

  function at(value: number): { thread: number; bin: number; value: number; n: number } {
    return { thread: Math.floor(16 * random()), bin: Math.floor(600 * random()), value, n: Math.max(1, Math.round(value / 1e6)) };
  }
}
