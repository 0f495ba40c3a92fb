// Names and patterns that mean harm only show.
import assert from 'node:assert/strict';
import { sample } from '../pages.mjs';
import { openPage, settle, tabsOf, toTab } from '../reader.mjs';

export const tests = {
  async 'a pattern that would run for ever does not'(context) {
    const { page, complaints } = await openPage(context, sample('hostile'), '#view=top');
    const start = Date.now();
    await page.locator('#search').fill('(M+)+$|(.*)*x');
    await settle(page);
    assert.match(await page.locator('.search-result').textContent(), /no match/);
    assert.ok(Date.now() - start < 20_000);
    assert.deepEqual(complaints, []);
  },

  async 'hostile names are names'(context) {
    const { page, complaints } = await openPage(context, sample('hostile'));
    for (const tab of await tabsOf(page)) {
      await toTab(page, tab);
      const area = await page.locator('.panel').boundingBox();
      for (const [x, y] of [[0.3, 0.1], [0.4, 0.2], [0.5, 0.5]]) {
        await page.mouse.move(area.x + area.width * x, area.y + area.height * y);
        await settle(page);
      }
      await page.mouse.click(area.x + area.width * 0.3, area.y + 60);
      await settle(page);
    }
    await page.keyboard.press('d');
    await toTab(page, 'Top functions');
    for (let row = 0; row < 10; row++) {
      await page.locator('.top-list [role=row][aria-rowindex]').nth(row).click();
      await settle(page);
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
};
