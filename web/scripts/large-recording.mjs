// Writes a recording of a million different stacks, as speedscope's JSON, for the
// measurements: what the real binary makes of it is what is measured.
import { closeSync, openSync, writeSync } from 'node:fs';

const N_THREADS = 16, N_FUNCTIONS = 12_000, DURATION_NANOS = 60e9;
const WORDS = ['parse', 'encode', 'lookup', 'visit', 'merge_rows', 'apply', 'next_token', 'hash', 'compare', 'write_all'];

/** The same numbers on every machine. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function writeLargeRecording(path, nStacks = 1_000_000) {
  const random = randomNumbers(11);
  const file = openSync(path, 'w');
  const frames = Array.from({ length: N_FUNCTIONS }, (_, index) => ({ name: `service::module_${index % 211}::${WORDS[index % WORDS.length]}_${index}`, file: `src/module_${index % 211}.rs`, line: 1 + (index % 900) }));
  writeSync(file, `{"$schema":"https://www.speedscope.app/file-format-schema.json","name":"large","shared":{"frames":${JSON.stringify(frames)}},"profiles":[`);
  const perThread = Math.ceil(nStacks / N_THREADS), weight = Math.floor(DURATION_NANOS / perThread);
  for (let thread = 0; thread < N_THREADS; thread++) {
    writeSync(file, `${thread ? ',' : ''}{"type":"sampled","name":"pool-${thread}","unit":"nanoseconds","startValue":0,"endValue":${weight * perThread},"weights":[${Array(perThread).fill(weight).join()}],"samples":[`);
    let text = '';
    for (let sample = 0; sample < perThread; sample++) {
      const stack = [];
      const unique = thread * perThread + sample;
      const depth = 4 + Math.floor(36 * random() * random()) + (unique % 97 === 0 ? 60 : 0);
      let at = Math.floor(6 * random() * random());
      for (let level = 0; level < depth; level++) {
        stack.push(at);
        // Few wide choices near the root, many narrow ones further up.
        const choices = level < 3 ? 4 : level < 8 ? 6 : 14;
        at = (at * 31 + level * 7 + Math.floor(choices * random() * random())) % N_FUNCTIONS;
      }
      // Two frames at the end make the stack differ from every other.
      stack.push(unique % N_FUNCTIONS, Math.floor(unique / N_FUNCTIONS));
      text += `${sample ? ',' : ''}[${stack.join()}]`;
      if (text.length > 1 << 20) {
        writeSync(file, text);
        text = '';
      }
    }
    writeSync(file, `${text}]}`);
  }
  writeSync(file, ']}\n');
  closeSync(file);
}
