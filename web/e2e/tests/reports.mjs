// Reports that the real binary wrote: every view it offers, search, a stretch of time, a link.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openPage, reload, settle, sumOf, tabsOf, toTab, wordsOf } from '../reader.mjs';

export const testsOf = (reports) => ({
  async 'a real report without time'(context) {
    const page = await readReport(context, reports.folded);
    assert.ok(!(await tabsOf(page)).some((tab) => ['Heat map', 'Timeline', 'Stack chart'].includes(tab)), 'nothing over time');
  },

  async 'a real report with time'(context) {
    const page = await readReport(context, reports.speedscope);
    const whole = await sumOf(page);
    await toTab(page, 'Heat map');
    await page.locator('.heat-area').focus();
    for (const key of ['Home', 'Enter', 'ArrowUp', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await settle(page);
    assert.notEqual(await sumOf(page), whole);
    await page.locator('.chip button', { hasText: '×' }).first().click();
    await settle(page);
    assert.equal(await sumOf(page), whole);
  },

  async 'a real comparison: proved stacks are coloured, new and gone ones named'(context) {
    const { page, complaints } = await openPage(context, reports.comparison);
    await toTab(page, 'Comparison');
    const rows = (await page.locator('.diff-list [aria-rowindex]').allInnerTexts()).map((row) => row.replace(/\s+/g, ' '));
    for (const [verdict, name] of [['more', 'slower'], ['new', 'added'], ['gone', 'removed']]) assert.ok(rows.some((row) => row.startsWith(verdict) && row.includes(name)), `${verdict} ${name}: ${rows.join('\n')}`);
    // What is gone is a box of the one graph, with its word before its name.
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Export/ }).click().then(() => page.getByRole('button', { name: 'Picture (SVG)' }).click())]);
    const picture = readFileSync(await download.path(), 'utf8');
    assert.match(picture, />gone · removed</);
    assert.match(picture, />new · added</);
    assert.match(picture, />slower</);
    assert.deepEqual(complaints, []);
  },
});

async function readReport(context, file) {
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
  await page.locator('.top-list [aria-rowindex="3"]').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Hide/ }).click();
  await settle(page);
  assert.notEqual(await sumOf(page), whole);
  const words = await wordsOf(page);
  await reload(page);
  assert.equal(await wordsOf(page), words);
  await page.locator('.chip button').click();
  await settle(page);
  assert.equal(await sumOf(page), whole);
  assert.equal(await page.locator('img, iframe').count(), 0);
  assert.deepEqual(complaints, []);
  return page;
}
