// Measures the page in Chromium, on the large pages: size of the file, time to
// the first picture, frames while zooming and scrolling, search, memory.
//
// `npm run measure [-- NAME ...]`; FATHOM names a binary, whose report of a million
// different stacks is measured as well. A measurement, not a test: a busy machine
// gives other figures, so the load is said with them.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { withBrowser } from './browser.mjs';
import { writeLargeRecording } from './large-recording.mjs';

const MEBIBYTE = 1 << 20;
const VIEWS = ['flame', 'inverted', 'chart'];
/** A frame's cost shows only where the browser does not wait for a screen. */
const UNLIMITED = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];
const file = (name) => resolve('.samples', `${name}.html`);
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** In the page: how long script ran in each frame, and how far frames are apart. */
function watchFrames() {
  const work = [], gaps = [];
  const request = window.requestAnimationFrame.bind(window);
  let last = 0, frame = 0;
  // All callbacks of one frame have the same time: their work is added up.
  window.requestAnimationFrame = (act) => request((now) => {
    const start = performance.now();
    act(now);
    const took = performance.now() - start;
    if (now === frame) work[work.length - 1] += took;
    else work.push(took);
    frame = now;
  });
  const tick = (now) => {
    // The time from a frame that drew to the one after it.
    if (last > 0 && frame === last) gaps.push(now - last);
    last = now;
    request(tick);
  };
  request(tick);
  window.frameFigures = () => ({ work: work.splice(0), gaps: gaps.splice(0) });
  window.afterFrame = () => new Promise((done) => request(() => request(() => done(performance.now()))));
}

async function open(context, name, view) {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log('error:', error.message));
  await page.goto(`file://${file(name)}#view=${view}`, { waitUntil: 'commit' });
  await page.waitForSelector('canvas', { timeout: 60_000 });
  // Counted by the page from the start of its own navigation.
  const opened = await page.evaluate(() => window.afterFrame());
  return { page, opened };
}

/** Nanoseconds that a process's main thread ran, and all its threads together. */
function cpuNanos(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map((tid) => [Number(tid), Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0])]);
  return { main: threads.find(([tid]) => tid === pid)?.[1] ?? 0, all: threads.reduce((sum, [, nanos]) => sum + nanos, 0) };
}

async function pageProcess(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter((one) => one.type === 'renderer');
  // The page that is measured has worked most; the other is the empty first one.
  return renderers.sort((a, b) => b.cpuTime - a.cpuTime)[0].id;
}

async function wheel(page, pid, steps, deltaOf) {
  await page.evaluate(() => window.frameFigures());
  const before = cpuNanos(pid);
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(0, deltaOf(step));
    await page.waitForTimeout(16);
  }
  await page.waitForTimeout(250);
  const { work, gaps } = await page.evaluate(() => window.frameFigures());
  const after = cpuNanos(pid);
  const perFrame = (key) => ((after[key] - before[key]) / 1e6 / Math.max(1, work.length)).toFixed(1);
  return `CPU a frame ${perFrame('main')} (main thread) ${perFrame('all')} (process), script p95 ${quantile(work, 0.95).toFixed(1)}, frame p50 ${quantile(gaps, 0.5).toFixed(1)} p95 ${quantile(gaps, 0.95).toFixed(1)} max ${quantile(gaps, 1).toFixed(1)} ms (${gaps.length})`;
}

/** From the last letter to the frame that shows what was found. */
async function searchMillis(page) {
  return page.evaluate(async () => {
    const field = document.getElementById('search');
    const set = (text) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const times = [];
    for (const pattern of ['hash', 'parse_.*1', 'next|visit', 'level', 'e']) {
      const before = location.hash, start = performance.now();
      set(pattern);
      while (location.hash === before && performance.now() - start < 5000) await new Promise((done) => setTimeout(done, 1));
      times.push((await window.afterFrame()) - start);
    }
    return times;
  });
}

/** Memory of the page's process: all of it, and what scripts hold after a collection. */
async function memory(context, page, pid) {
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
  const status = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const resident = Number(/^Pss:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  return `memory: page's process ${(resident / MEBIBYTE).toFixed(0)} MiB (PSS), of which script ${((usedSize + backingStorageSize) / MEBIBYTE).toFixed(0)} MiB`;
}

const { FATHOM } = process.env;
if (FATHOM) {
  const recording = resolve('.samples', 'large.speedscope.json');
  if (!existsSync(recording)) writeLargeRecording(recording);
  execFileSync(FATHOM, ['report', recording, '--output', 'html', '-o', file('million')], { stdio: ['ignore', 'ignore', 'inherit'] });
} else console.log('skipped: the report of a real binary; set FATHOM to its path');
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : [...(FATHOM ? ['million'] : []), 'big', 'deep']) {
  console.log(`${name}: file ${(statSync(file(name)).size / MEBIBYTE).toFixed(2)} MiB`);
  for (const view of VIEWS) {
    await withBrowser({ viewport: { width: 1440, height: 900 } }, async (context) => {
      await context.addInitScript(watchFrames);
      const { page, opened } = await open(context, name, view);
      const pid = await pageProcess(context);
      await page.mouse.move(700, 300);
      await page.keyboard.down('Control');
      const zoom = await wheel(page, pid, 40, (step) => (step < 24 ? -80 : 80));
      await page.keyboard.up('Control');
      const scroll = await wheel(page, pid, 30, (step) => (step < 20 ? 300 : -200));
      const search = await searchMillis(page);
      console.log(`${name}/${view}: open ${opened.toFixed(0)} ms; zoom ${zoom}; scroll ${scroll}; search max ${Math.max(...search).toFixed(0)} ms; ${await memory(context, page, pid)}; load ${loadavg()[0].toFixed(1)}`);
    }, UNLIMITED);
  }
}
