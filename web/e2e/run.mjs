// Reads pages as people do: every view, by pointer and by keys, with filters,
// links and hostile names. Needs Chromium (CHROMIUM, or /usr/bin/chromium) and a
// built `dist/`; FATHOM names the binary whose reports are read as well.
//
// `npm run e2e [-- SHOTS]`: with a folder, pictures of every view in it; ONLY is
// a part of the names of the tests to run.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withBrowser } from '../scripts/browser.mjs';
import { reportsOfBinary } from './pages.mjs';
import { hashOf, openPage, settle, sumOf, tabsOf, toHash, toTab, wordsOf } from './reader.mjs';

const [shots] = process.argv.slice(2);
const sample = (name) => resolve('.samples', `${name}.html`);
const ALL_TABS = ['Flame graph', 'Inverted', 'Sandwich', 'Stack chart', 'Top functions', 'Timeline', 'Heat map', 'Call graph', 'Source'];

const tests = {
  async 'every view of the full sample, by pointer'(context) {
    const { page, complaints } = await openPage(context, sample('small'));
    assert.deepEqual(await tabsOf(page), ALL_TABS);
    for (const tab of ALL_TABS) {
      await toTab(page, tab);
      assert.equal(await page.getByRole('tab', { name: tab, exact: true }).getAttribute('aria-selected'), 'true');
    }
    assert.deepEqual(complaints, []);
  },

  async 'timeline: a drag chooses a time that all views count'(context) {
    const { page, complaints } = await openPage(context, sample('small'), '#view=timeline');
    const whole = await sumOf(page);
    const rows = await page.locator('.tl-scroller').boundingBox();
    await page.mouse.move(rows.x + 400, rows.y + 60);
    await page.waitForSelector('.tooltip');
    assert.match(await page.locator('.tooltip').textContent(), /(MainThread|http)[^]*running\d+ %/);
    await page.mouse.down();
    await page.mouse.move(rows.x + 700, rows.y + 70, { steps: 4 });
    await page.mouse.up();
    await settle(page);
    assert.match(await page.locator('.chips').textContent(), /time.* to /);
    const part = await sumOf(page);
    assert.notEqual(part, whole);
    assert.match(part, / of /);
    await toTab(page, 'Top functions');
    assert.equal(await sumOf(page), part);
    await page.locator('.chip button').click();
    await settle(page);
    assert.equal(await sumOf(page), whole);
    // A curve chooses as well; a name keeps its thread.
    await toTab(page, 'Timeline');
    const curve = await page.locator('.tl-panel .u-over').first().boundingBox();
    await page.mouse.move(curve.x + 100, curve.y + 20);
    await page.mouse.down();
    await page.mouse.move(curve.x + 400, curve.y + 20, { steps: 4 });
    await page.mouse.up();
    await settle(page);
    assert.match(await hashOf(page), /range=\d+-\d+/);
    await page.locator('.tl-name', { hasText: 'http-2' }).click();
    await settle(page);
    assert.match(await page.locator('.chips').textContent(), /thread.*http-2/);
    assert.deepEqual(complaints, []);
  },

  async 'timeline: the same by keys'(context) {
    const { page, complaints } = await openPage(context, sample('small'), '#view=timeline');
    const whole = await sumOf(page);
    await page.locator('.tl-scroller').focus();
    await page.keyboard.press('ArrowDown');
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight');
    for (let step = 0; step < 20; step++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await settle(page);
    assert.match(await hashOf(page), /range=/);
    assert.notEqual(await sumOf(page), whole);
    await page.keyboard.press('+');
    await settle(page);
    assert.match(await hashOf(page), /at=/);
    await page.keyboard.press('Space');
    await settle(page);
    assert.match(await hashOf(page), /threads=/);
    await page.keyboard.press('Escape');
    await settle(page);
    assert.doesNotMatch(await hashOf(page), /range=/);
    assert.deepEqual(complaints, []);
  },

  async 'heat map: two clicks, and keys'(context) {
    const { page, complaints } = await openPage(context, sample('small'), '#view=heatmap&signal=cpu');
    const whole = await sumOf(page);
    const map = await page.locator('.heat-area').boundingBox();
    await page.mouse.click(map.x + 200, map.y + 200);
    await page.mouse.click(map.x + 420, map.y + 120);
    await settle(page);
    assert.match(await hashOf(page), /range=/);
    assert.notEqual(await sumOf(page), whole);
    await page.locator('.heat-area').focus();
    await page.keyboard.press('Escape');
    await settle(page);
    assert.equal(await sumOf(page), whole);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await settle(page);
    assert.match(await hashOf(page), /range=0-1100000000/);
    assert.deepEqual(complaints, []);
  },

  async 'top: search, order, keys, into the sandwich'(context) {
    const { page, complaints } = await openPage(context, sample('small'), '#view=top');
    const first = () => page.locator('.top-list [aria-rowindex="2"] .top-name').textContent();
    const bySelf = await first();
    await page.getByRole('columnheader', { name: 'Total' }).getByRole('button').click();
    await settle(page);
    assert.notEqual(await first(), bySelf);
    assert.match(await hashOf(page), /o\.top\.sort=total/);
    await page.keyboard.press('/');
    await page.keyboard.type('tax|json');
    await page.waitForFunction(() => /matched/.test(document.querySelector('.search-result').textContent));
    assert.match(await page.locator('.top-hint').textContent(), /of \d+ match/);
    await page.locator('.top-list').focus();
    await page.keyboard.press('ArrowDown');
    const chosen = await page.locator('.top-list [aria-selected=true] .top-name').textContent();
    await page.keyboard.press('Enter');
    await settle(page);
    assert.match(await page.locator('.sandwich-title').textContent(), new RegExp(`^${chosen}`));
    assert.deepEqual(complaints, []);
  },

  async 'a pattern that would run for ever does not'(context) {
    const { page, complaints } = await openPage(context, sample('hostile'), '#view=top');
    const start = Date.now();
    await page.locator('#search').fill('(M+)+$|(.*)*x');
    await settle(page);
    assert.match(await page.locator('.search-result').textContent(), /no match/);
    assert.ok(Date.now() - start < 20_000);
    assert.deepEqual(complaints, []);
  },

  async 'call graph: select, actions, keys'(context) {
    const { page, complaints } = await openPage(context, sample('small'), '#view=callgraph&signal=cpu');
    assert.ok((await page.locator('.call-node').count()) > 20);
    await page.locator('.call-node', { hasText: 'price_of' }).click();
    await settle(page);
    assert.match(await hashOf(page), /fn=/);
    const before = await hashOf(page);
    await page.locator('.callgraph-area').focus();
    await page.keyboard.press('ArrowDown');
    await settle(page);
    assert.notEqual(await hashOf(page), before);
    const whole = await sumOf(page);
    await page.locator('.call-node', { hasText: 'load_orders' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Hide/ }).click();
    await settle(page);
    assert.notEqual(await sumOf(page), whole);
    assert.equal(await page.locator('.call-node', { hasText: 'load_orders' }).count(), 0);
    assert.deepEqual(complaints, []);
  },

  async 'source: lines, text, what is missing; details'(context) {
    const { page, complaints } = await openPage(context, sample('small'), '#view=source&signal=cpu');
    assert.match(await wordsOf(page), /shop\/tax\.py[^]*for row in load_rates/);
    assert.equal(await page.locator('.source-row.is-goal .source-number').textContent(), '17');
    await page.getByRole('button', { name: /^18 / }).click();
    assert.equal(await page.locator('.source-row.is-goal .source-number').textContent(), '18');
    await page.keyboard.press('d');
    await settle(page);
    await toTab(page, 'Top functions');
    await page.locator('.top-name', { hasText: 'tax_rate' }).click();
    await settle(page);
    const about = await page.locator('.about').innerText();
    for (const part of ['tax_rate', 'shop/tax.py:14', 'price_of', 'plateau', 'Over time']) assert.ok(about.includes(part), part);
    await page.locator('.about').getByRole('button', { name: 'price_of' }).click();
    assert.match(await page.locator('.about-name').textContent(), /price_of/);
    await page.keyboard.press('d');
    await page.waitForFunction(() => !document.querySelector('.about'));
    await toHash(page, '#view=source&signal=alloc-bytes');
    assert.match(await wordsOf(page), /says nothing of lines/);
    assert.deepEqual(complaints, []);
  },

  async 'signals, focus, hide and merge change totals and come back'(context) {
    const { page, complaints } = await openPage(context, sample('small'));
    const wall = await sumOf(page);
    await page.locator('.toolbar select').first().selectOption({ label: 'CPU time' });
    await settle(page);
    const cpu = await sumOf(page);
    assert.notEqual(cpu, wall);
    await toTab(page, 'Top functions');
    const act = async (item) => {
      await page.locator('.top-name', { hasText: 'checkout' }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: item }).click();
      await settle(page);
    };
    await act(/^Focus on this function/);
    assert.match(await sumOf(page), / of /);
    await page.locator('.chip button').click();
    await act(/^Merge into callers/);
    assert.equal(await sumOf(page), cpu);
    assert.equal(await page.locator('.top-name', { hasText: 'checkout' }).count(), 0);
    await page.locator('.chip button').click();
    await act(/^Hide/);
    assert.match(await sumOf(page), / of /);
    await page.locator('.chip button').click();
    await settle(page);
    assert.equal(await sumOf(page), cpu);
    assert.deepEqual(complaints, []);
  },

  async 'a link shows the same'(context) {
    const links = ['view=timeline&range=4000000000-9000000000&threads=1.2&o.timeline.series=0', 'view=top&signal=cpu&search=json&o.top.sort=name.falling&o.details=open&fn=5', 'view=heatmap&signal=cpu&range=2000000000-5000000000&theme=dark', 'view=callgraph&do=h~5', 'view=source&signal=cpu&theme=dark'];
    for (const link of links) {
      const { page } = await openPage(context, sample('small'), `#${link}`);
      const words = await wordsOf(page), sum = await sumOf(page), address = await hashOf(page);
      await page.reload();
      await page.waitForSelector('.app');
      await settle(page);
      assert.equal(await hashOf(page), address, link);
      assert.equal(await sumOf(page), sum, link);
      assert.equal(await wordsOf(page), words, link);
      await page.close();
    }
  },

  async 'keys alone reach everything'(context) {
    const { page, complaints } = await openPage(context, sample('small'));
    for (const [key, tab] of ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((key, index) => [key, ALL_TABS[index]])) {
      await page.keyboard.press(key);
      await settle(page);
      assert.equal(await page.getByRole('tab', { selected: true }).textContent(), tab);
    }
    const seen = new Set();
    await page.keyboard.press('5');
    await settle(page);
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      seen.add(await page.evaluate(() => document.activeElement.className || document.activeElement.id || document.activeElement.tagName));
    }
    assert.ok([...seen].some((name) => name.includes('top-list')), 'the table can be reached with Tab');
    assert.ok(seen.has('search'), 'the search can be reached with Tab');
    // Wherever the focus is now: in a field, a letter is a letter.
    await page.locator('.top-list').focus();
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    assert.deepEqual(complaints, []);
  },

  async 'hostile names are names'(context) {
    const { page, complaints } = await openPage(context, sample('hostile'));
    for (const tab of await tabsOf(page)) {
      await toTab(page, tab);
      const area = await page.locator('.panel').boundingBox();
      for (const [x, y] of [[0.3, 0.1], [0.4, 0.2], [0.5, 0.5]]) {
        await page.mouse.move(area.x + area.width * x, area.y + area.height * y);
        await page.waitForTimeout(60);
      }
      await page.mouse.click(area.x + area.width * 0.3, area.y + 60);
      await settle(page);
    }
    await page.keyboard.press('d');
    await toTab(page, 'Top functions');
    for (let row = 0; row < 10; row++) {
      await page.locator('.top-list [role=row][aria-rowindex]').nth(row).click();
      await page.waitForTimeout(40);
    }
    await page.getByRole('button', { name: /Quality/ }).click();
    await page.waitForSelector('dialog[open]');
    assert.match(await page.locator('dialog').innerText(), /<img src=x onerror=alert\(1\)>/);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('img, iframe, object, embed').count(), 0);
    assert.equal(await page.evaluate(() => document.querySelectorAll('svg[onload], [onerror]').length), 0);
    assert.equal(await page.title(), '</script><script>alert(2)</script> - Fathom');
    assert.deepEqual(complaints, []);
  },

  async 'comparison: proved changes, both sides'(context) {
    const { page, complaints } = await openPage(context, sample('diff'), '#view=diff');
    assert.match(await wordsOf(page), /main @ 3f2a before[^]*4 of 8 functions are proved/);
    assert.equal(await page.locator('.diff-side').count(), 2);
    await page.getByRole('button', { name: 'Proved only' }).click();
    await settle(page);
    assert.equal(await page.locator('.diff-list [aria-rowindex]').count(), 4);
    await page.getByRole('button', { name: 'Amounts' }).click();
    assert.match(await page.locator('.diff-list [aria-rowindex="2"]').innerText(), /more\s+\+480 ms/);
    await page.locator('.diff-list').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await settle(page);
    assert.match(await page.locator('.sandwich-title').textContent(), /render_page/);
    assert.deepEqual(complaints, []);
  },
};

/** Reports of the real binary: every view it offers, with search, range and a link. */
async function readReport(context, name, file) {
  const { page, complaints } = await openPage(context, file);
  const tabs = await tabsOf(page);
  assert.ok(tabs.includes('Flame graph') && tabs.includes('Top functions') && tabs.includes('Call graph'), tabs.join());
  for (const tab of tabs) await toTab(page, tab);
  const whole = await sumOf(page);
  await toTab(page, 'Top functions');
  await page.locator('#search').fill('step_|parse');
  await page.waitForFunction(() => /matched/.test(document.querySelector('.search-result').textContent));
  await page.locator('#search').fill('');
  await settle(page);
  if (tabs.includes('Heat map')) {
    await toTab(page, 'Heat map');
    await page.locator('.heat-area').focus();
    for (const key of ['Home', 'Enter', 'ArrowUp', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await settle(page);
    assert.notEqual(await sumOf(page), whole);
    await page.locator('.chip button').click();
  } else assert.equal(name, 'folded', 'a profile with time has a heat map');
  await settle(page);
  assert.equal(await sumOf(page), whole);
  await toTab(page, 'Top functions');
  await page.locator('.top-list [aria-rowindex="3"]').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Hide/ }).click();
  await settle(page);
  const words = await wordsOf(page);
  await page.reload();
  await page.waitForSelector('.app');
  await settle(page);
  assert.equal(await wordsOf(page), words);
  assert.equal(await page.locator('img, iframe').count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
}

async function takePictures(context) {
  mkdirSync(shots, { recursive: true });
  for (const theme of ['light', 'dark']) {
    for (const [index, tab] of ALL_TABS.entries()) {
      const { page } = await openPage(context, sample('small'), `#signal=cpu&theme=${theme}`);
      await toTab(page, tab);
      await page.screenshot({ path: join(shots, `${index + 1}-${theme}.png`) });
      await page.close();
    }
    const { page } = await openPage(context, sample('diff'), `#view=diff&theme=${theme}`);
    await page.screenshot({ path: join(shots, `10-${theme}.png`) });
    await page.close();
  }
}

/** A page that hangs answers nothing any more: its test fails instead of waiting for ever. */
const TEST_MILLIS = 90_000;

async function within(millis, work) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const only = process.env.ONLY ?? '';
let failed = 0;
await withBrowser({ viewport: { width: 1280, height: 800 } }, async (context) => {
  const reports = reportsOfBinary(resolve('.samples', 'reports'));
  const all = [...Object.entries(tests), ...Object.entries(reports).map(([name, file]) => [`a real report: ${name}`, (inside) => readReport(inside, name, file)])];
  for (const [name, act] of all.filter(([name]) => name.includes(only))) {
    try {
      await within(TEST_MILLIS, act(context));
      console.log(`ok    ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${name}\n${error.stack ?? error}`);
    }
    for (const page of context.pages().slice(1)) await within(5_000, page.close()).catch(() => undefined);
  }
  if (shots) await takePictures(context);
});
if (failed > 0) {
  console.log(`${failed} failed`);
  process.exitCode = 1;
}
