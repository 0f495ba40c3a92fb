// Proves that the committed `dist/` is what the sources build: builds again
// into the same folder and compares every byte with what was there before.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const names = ['viewer.js', 'viewer.css', 'hashes.json'];
const read = (name) => {
  try {
    return readFileSync(new URL(`../dist/${name}`, import.meta.url));
  } catch {
    return Buffer.alloc(0);
  }
};
const before = names.map(read);
execFileSync('npm', ['run', '--silent', 'build'], { cwd: new URL('..', import.meta.url), stdio: 'inherit' });
const stale = names.filter((name, index) => !before[index].equals(read(name)));
if (stale.length > 0) {
  console.error(`dist is not current: ${stale.join(', ')}\n\nhint: commit what \`npm run build\` wrote`);
  process.exit(1);
}
console.log('dist is current');
