// Measures the page in Chromium: time to the first picture, and frames while
// zooming, panning and scrolling on the large sample pages.
//
// `node scripts/measure.mjs [big deep ...]`. A measurement, not a test.
import { resolve } from 'node:path';
import { withBrowser } from './browser.mjs';

const names = process.argv.slice(2);
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** In the page: durations of frame callbacks (work) and gaps between frames. */
function watchFrames() {
  const work = [], gaps = [];
  const request = window.requestAnimationFrame.bind(window);
  let last = 0;
  // All callbacks of one frame have the same time: their work is added up.
  let frame = 0;
  window.requestAnimationFrame = (act) => request((now) => {
    const start = performance.now();
    act(now);
    const took = performance.now() - start;
    if (now === frame) work[work.length - 1] += took;
    else work.push(took);
    frame = now;
  });
  const tick = (now) => {
    if (last > 0) gaps.push(now - last);
    last = now;
    request(tick);
  };
  request(tick);
  window.frameFigures = () => ({ work: work.splice(0), gaps: gaps.splice(0) });
}

await withBrowser({ viewport: { width: 1440, height: 900 } }, async (context) => {
  await context.addInitScript(watchFrames);
  for (const name of names.length > 0 ? names : ['small', 'deep', 'big']) {
    for (const view of ['flame', 'inverted', 'chart']) {
      const page = await context.newPage();
      page.on('pageerror', (error) => console.log('error:', error.message));
      const start = Date.now();
      await page.goto(`file://${resolve('.samples', `${name}.html`)}#view=${view}`);
      await page.waitForSelector("canvas", { timeout: 60000 });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const opened = Date.now() - start;
      await page.waitForTimeout(400);
      await page.evaluate(() => window.frameFigures());
      await page.mouse.move(700, 300);
      await page.keyboard.down('Control');
      for (let step = 0; step < 40; step++) {
        await page.mouse.wheel(0, step < 24 ? -80 : 80);
        await page.waitForTimeout(16);
      }
      await page.keyboard.up('Control');
      const zoom = await page.evaluate(() => window.frameFigures());
      for (let step = 0; step < 30; step++) {
        await page.mouse.wheel(0, step < 20 ? 300 : -200);
        await page.waitForTimeout(16);
      }
      await page.waitForTimeout(200);
      const scroll = await page.evaluate(() => window.frameFigures());
      const say = (figures) => {
        const work = figures.work.sort((a, b) => a - b), gaps = figures.gaps.sort((a, b) => a - b);
        return `draw p50 ${quantile(work, 0.5).toFixed(1)} p95 ${quantile(work, 0.95).toFixed(1)} max ${quantile(work, 1).toFixed(1)} ms (${work.length}), gap p95 ${quantile(gaps, 0.95).toFixed(1)} ms`;
      };
      console.log(`${name}/${view}: opened in ${opened} ms; zoom ${say(zoom)}; scroll ${say(scroll)}`);
      await page.close();
    }
  }
});
