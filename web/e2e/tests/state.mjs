// What the whole page holds: filters, the address, the keyboard.
import assert from 'node:assert/strict';
import { ALL_TABS, sample } from '../pages.mjs';
import { hashOf, openPage, reload, settle, sumOf, toTab, wordsOf } from '../reader.mjs';

export const tests = {
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
      await reload(page);
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
};
