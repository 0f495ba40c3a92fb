// Every view by pointer and by keys, and the actions on functions.
import assert from 'node:assert/strict';
import { ALL_TABS, sample } from '../pages.mjs';
import { hashOf, openPage, settle, sumOf, tabsOf, toHash, toTab, wordsOf } from '../reader.mjs';

export const tests = {
  async 'every view of the full sample, by pointer'(context) {
    const { page, complaints } = await openPage(context, sample('small'));
    assert.deepEqual(await tabsOf(page), ALL_TABS);
    for (const tab of ALL_TABS) {
      await toTab(page, tab);
      assert.equal(await page.getByRole('tab', { name: tab, exact: true }).getAttribute('aria-selected'), 'true');
    }
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
    // Each letter is searched for, and the last search ends the choice of a row.
    await settle(page);
    assert.match(await page.locator('.top-hint').textContent(), /of \d+ match/);
    await page.locator('.top-list').focus();
    await page.keyboard.press('ArrowDown');
    const chosen = await page.locator('.top-list [aria-selected=true] .top-name').textContent();
    await page.keyboard.press('Enter');
    await settle(page);
    assert.match(await page.locator('.sandwich-title').textContent(), new RegExp(`^${chosen}`));
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
};
