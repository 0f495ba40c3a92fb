// Two recordings in one page.
import assert from 'node:assert/strict';
import { sample } from '../pages.mjs';
import { openPage, settle, wordsOf } from '../reader.mjs';

export const tests = {
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
