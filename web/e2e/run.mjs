// Reads pages as people do: every view, by pointer and by keys, with filters,
// links and hostile names. Needs Chromium (CHROMIUM, or /usr/bin/chromium) and a
// built `dist/`; FATHOM names the binary whose reports and server are read as well.
//
// `npm run e2e`; ONLY is a part of the names of the tests to run.
import { resolve } from 'node:path';
import { withBrowser } from '../scripts/browser.mjs';
import { reportsOf } from './pages.mjs';
import { tests as comparison } from './tests/comparison.mjs';
import { tests as findings } from './tests/findings.mjs';
import { tests as graph } from './tests/graph.mjs';
import { tests as hostile } from './tests/hostile.mjs';
import { testsOf as testsOfReports } from './tests/reports.mjs';
import { testsOf as testsOfServer } from './tests/served.mjs';
import { tests as state } from './tests/state.mjs';
import { tests as time } from './tests/time.mjs';
import { tests as views } from './tests/views.mjs';

/** A page that hangs answers nothing any more: its test fails instead of waiting for ever. */
const TEST_MILLIS = 120_000;
const { FATHOM, ONLY = '' } = process.env;
const folder = resolve('.samples', 'reports');

async function within(millis, work) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function allTests() {
  const all = { ...findings, ...graph, ...views, ...time, ...state, ...hostile, ...comparison };
  if (FATHOM) return { ...all, ...testsOfReports(reportsOf(FATHOM, folder)), ...testsOfServer(FATHOM, folder) };
  console.log('skipped: reports and the server of the real binary; set FATHOM to its path');
  return all;
}

const failed = [];
let passed = 0;
// Less motion is less to wait for; the test of motion asks for it.
await withBrowser({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', acceptDownloads: true }, async (context) => {
  for (const [name, act] of Object.entries(allTests()).filter(([name]) => name.includes(ONLY))) {
    const started = Date.now();
    try {
      const skipped = await within(TEST_MILLIS, act(context));
      console.log(skipped ? `skipped: ${name}: ${skipped}` : `ok      ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      passed++;
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name}\n${error.stack ?? error}`);
    }
    for (const page of context.pages().slice(1)) await within(10_000, page.close()).catch(() => undefined);
  }
});
console.log(`${passed} passed, ${failed.length} failed`);
// A filter that names nothing, or a list that went missing, is no success.
if (failed.length > 0 || passed === 0) process.exitCode = 1;
