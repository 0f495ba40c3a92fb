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

/**
 * In the page: how long script ran in each frame that drew, how far such a frame is
 * from the next frame, and how far from the next one that drew.
 */
function watchFrames() {
  const work = [], gaps = [], apart = [];
  const request = window.requestAnimationFrame.bind(window);
  const { putImageData } = CanvasRenderingContext2D.prototype;
  const searched = () => new URLSearchParams(location.hash.slice(1)).get('search');
  const waiting = [];
  let shown = null, last = 0, drawn = 0, took = 0, isDrawn = false, ticks = 0;
  // Each picture of a graph begins with its boxes. A frame may run script and draw
  // nothing: that the picture stands still for it is what counts.
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    isDrawn = true;
    shown = searched();
    return putImageData.apply(this, given);
  };
  // All callbacks of one frame are added up.
  window.requestAnimationFrame = (act) => request((now) => {
    const start = performance.now();
    act(now);
    took += performance.now() - start;
  });
  // Asked for in the frame before, so that it runs ahead of what the page asked for since: it closes the frame before.
  const tick = (now) => {
    if (isDrawn) {
      work.push(took);
      gaps.push(now - last);
      if (drawn > 0) apart.push(last - drawn);
      drawn = last;
    }
    if (waiting.length > 0 && waiting[0].pattern === shown) waiting.shift().done(performance.now());
    isDrawn = false;
    took = 0;
    last = now;
    ticks++;
    request(tick);
  };
  request(tick);
  window.frameFigures = () => {
    const figures = { work: work.splice(0), gaps: gaps.splice(0), apart: apart.splice(0), ticks };
    ticks = drawn = 0;
    return figures;
  };
  /** The time of the frame after the first one that was drawn when the page was searched for this. */
  window.afterPictureOf = (pattern) => new Promise((done) => waiting.push({ pattern, done }));
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

/** The process of the page that is measured, which holds most; the other is the empty first one. */
async function pageProcess(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter((one) => one.type === 'renderer').map(({ id }) => ({ id, bytes: residentBytes(id) }));
  return renderers.sort((a, b) => b.bytes - a.bytes)[0].id;
}

/** Memory of a process; what it shares with others counts in part. */
function residentBytes(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** What passes while `act` does: CPU time, frames that drew, and all frames. */
async function counted(page, pid, act) {
  await page.evaluate(() => window.frameFigures());
  const before = cpuNanos(pid);
  await act();
  const after = cpuNanos(pid);
  const figures = await page.evaluate(() => window.frameFigures());
  return { ...figures, main: (after.main - before.main) / 1e6, all: (after.all - before.all) / 1e6 };
}

async function wheel(page, pid, steps, deltaOf) {
  // Frames without anything to draw cost as well, and none waits for a screen.
  const idle = await counted(page, pid, () => page.waitForTimeout(300));
  const { work, gaps, apart, ticks, main, all } = await counted(page, pid, async () => {
    for (let step = 0; step < steps; step++) {
      await page.mouse.wheel(0, deltaOf(step));
      await page.waitForTimeout(16);
    }
    await page.waitForTimeout(250);
  });
  const perFrame = (spent, spentIdle) => (Math.max(0, spent - (spentIdle / Math.max(1, idle.ticks)) * (ticks - work.length)) / Math.max(1, work.length)).toFixed(1);
  return `CPU a frame ${perFrame(main, idle.main)} ms main thread, ${perFrame(all, idle.all)} process; script p95 ${quantile(work, 0.95).toFixed(1)}, frame p50 ${quantile(gaps, 0.5).toFixed(1)} p95 ${quantile(gaps, 0.95).toFixed(1)} max ${quantile(gaps, 1).toFixed(1)} ms (${work.length} of ${ticks}); pictures p50 ${quantile(apart, 0.5).toFixed(1)} p95 ${quantile(apart, 0.95).toFixed(1)} max ${quantile(apart, 1).toFixed(1)}`;
}

/** From the last letter to the frame after the one that shows what was found, for each of some patterns. */
async function searchMillis(page) {
  return page.evaluate(async () => {
    const field = document.getElementById('search');
    const set = (text) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const times = [];
    for (const pattern of ['hash', 'parse_.*1', 'next|visit', 'level', 'e']) {
      const start = performance.now();
      set(pattern);
      times.push((await window.afterPictureOf(pattern)) - start);
      // Letters come one by one.
      await new Promise((done) => setTimeout(done, 100));
    }
    return times;
  });
}

/** Memory of the page's process: all of it, and what scripts hold after a collection. */
async function memory(context, page, pid) {
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
  return `memory: page's process ${(residentBytes(pid) / MEBIBYTE).toFixed(0)} MiB (PSS), of which script ${((usedSize + backingStorageSize) / MEBIBYTE).toFixed(0)} MiB`;
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
      const { main } = cpuNanos(pid);
      await page.mouse.move(700, 300);
      await page.keyboard.down('Control');
      const zoom = await wheel(page, pid, 40, (step) => (step < 24 ? -80 : 80));
      await page.keyboard.up('Control');
      const scroll = await wheel(page, pid, 30, (step) => (step < 20 ? 300 : -200));
      const before = cpuNanos(pid).main;
      const search = await searchMillis(page);
      const searchCpu = (cpuNanos(pid).main - before) / 1e6 / search.length;
      console.log(`${name}/${view}: open ${opened.toFixed(0)} ms (CPU ${(main / 1e6).toFixed(0)} ms main thread); zoom ${zoom}; scroll ${scroll}; search ${search.map((one) => one.toFixed(0)).join(' ')} ms (CPU ${searchCpu.toFixed(0)} ms main thread); ${await memory(context, page, pid)}; load ${loadavg()[0].toFixed(1)}`);
    }, UNLIMITED);
  }
}
