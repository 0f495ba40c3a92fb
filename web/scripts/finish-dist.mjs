// Finishes `dist/` after Vite: checks that both files can stand inside an HTML
// page, and writes `hashes.json` for the page's Content-Security-Policy.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const dist = new URL('../dist/', import.meta.url);
const hash = (bytes) => `sha256-${createHash('sha256').update(bytes).digest('base64')}`;

/** Refuses text that would end the element it is written into. */
function requireEmbeddable(name, text, forbidden) {
  for (const pattern of forbidden) {
    const found = text.match(pattern);
    if (found) throw new Error(`${name} holds ${JSON.stringify(found[0])}, which would break the page it is put into`);
  }
}

const script = readFileSync(new URL('viewer.js', dist), 'utf8');
const style = readFileSync(new URL('viewer.css', dist), 'utf8');
requireEmbeddable('viewer.js', script, [/<\/script/i, /<!--/, /\beval\s*\(/, /new Function\b/]);
requireEmbeddable('viewer.css', style, [/<\/style/i, /@import/, /url\(\s*["']?https?:/i]);
const hashes = { script: hash(script), style: hash(style) };
writeFileSync(new URL('hashes.json', dist), `${JSON.stringify(hashes, null, 2)}\n`);
console.log(`dist: viewer.js ${script.length} bytes, viewer.css ${style.length} bytes`);
