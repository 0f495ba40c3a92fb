//! Very deep stacks: a recursive descent of 2,000 calls with samples all the
//! way down, and a branch every few calls.

import { plainHeader, ProfileBuilder, randomNumbers } from './profile';

export function deepProfile(depth = 2000): Uint8Array {
  const random = randomNumbers(3);
  const header = { ...plainHeader('deep recursion'), subtitle: `${depth} frames deep`, durationNanos: 10e9, binNanos: 50e6 };
  const profile = new ProfileBuilder(header, [{ id: 'cpu', name: 'CPU time', unit: 'nanoseconds', side: 0, sampleCountText: '', description: '' }]);
  const main = profile.fn({ name: 'main', file: 'src/main.c', line: 9 });
  const steps = ['descend', 'descend', 'visit_node', 'descend_right'].map((name) => profile.fn({ name, file: 'src/tree.c', line: 40 }));
  const leaves = ['compare_keys', 'copy_value', 'memcpy'].map((name) => profile.fn({ name, file: 'src/leaf.c', line: 12, kind: 'library' }));
  const stack = [main];
  for (let level = 1; level < depth; level++) {
    stack.push(steps[level % steps.length]!);
    const bin = Math.floor(200 * random());
    profile.add(0, stack, { bin, value: 2_000_000 });
    if (level % 3 === 0) profile.add(0, [...stack, leaves[level % leaves.length]!], { bin, value: 1_000_000 + Math.floor(4e6 * random()) });
  }
  return profile.write();
}
