//! Writes whole pages with synthetic profiles, assembled as the Rust side does,
//! into `.samples/` (or the folder given): what the viewer looks like without it.
//!
//! `node scripts/run-ts.mjs scripts/sample-html.ts [folder [name...]]`

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bigProfile } from '../src/testdata/big';
import { deepProfile } from '../src/testdata/deep';
import { diffProfile } from '../src/testdata/compared';
import { hostileProfile } from '../src/testdata/hostile';
import { hostileJudgement, judgedProfile } from '../src/testdata/judged';
import { smallProfile } from '../src/testdata/small';

const PROFILES: Record<string, () => Uint8Array> = { small: () => smallProfile(), judged: judgedProfile, diff: diffProfile, hostile: () => hostileProfile(hostileJudgement()), deep: () => deepProfile(), big: () => bigProfile() };

export function page(blob: Uint8Array, dist: string): string {
  const script = readFileSync(`${dist}/viewer.js`, 'utf8'), style = readFileSync(`${dist}/viewer.css`, 'utf8');
  const hashes = JSON.parse(readFileSync(`${dist}/hashes.json`, 'utf8')) as { script: string; style: string };
  const policy = `default-src 'none'; script-src '${hashes.script}'; style-src '${hashes.style}'; img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html><html lang=en><head><meta charset=utf-8><meta http-equiv=Content-Security-Policy content="${policy}"><title>profile</title><style>${style}</style></head>` +
    `<body><div id="app"><noscript>This report needs JavaScript.</noscript></div><script id="fathom-data" type="text/plain">${gzipSync(blob).toString('base64')}</script><script>${script}</script></body></html>`;
}

export function main(args: string[]): void {
  const [folder = '.samples', ...names] = args;
  mkdirSync(folder, { recursive: true });
  for (const name of names.length > 0 ? names : Object.keys(PROFILES)) {
    const make = PROFILES[name];
    if (!make) throw new Error(`no profile ${name}, there are ${Object.keys(PROFILES).join(', ')}`);
    const html = page(make(), 'dist');
    writeFileSync(`${folder}/${name}.html`, html);
    console.log(`${folder}/${name}.html ${html.length} bytes`);
  }
}
