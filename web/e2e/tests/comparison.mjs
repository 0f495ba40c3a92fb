// Two recordings in one page.
import assert from 'node:assert/strict';
import { sample } from '../pages.mjs';
import { openPage, settle, wordsOf } from '../reader.mjs';

export const tests = {
  async 'comparison: proved changes, both sides'(context) {
    const { page, complaints } = await openPage(context, sample('diff'), '#view=diff');
    assert.match(await wordsOf(page), /main @ 3f2a before[^]*4 of 8 functions are proved/);
    // One graph of both, in which what is gone has a place; then both side by side.
    assert.equal(await page.locator('.diff-side').count(), 1);
    assert.match(await page.locator('.half-label').textContent(), /before and after in one/);
    await page.getByLabel('Graphs').selectOption({ label: 'Side by side' });
    await settle(page);
    assert.equal(await page.locator('.diff-side').count(), 2);
    await page.getByLabel('Graphs').selectOption({ label: 'One, coloured' });
    await settle(page);
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

  async 'comparison: details say before and after, and what is proved'(context) {
    const { page, complaints } = await openPage(context, sample('diff'), '#view=diff');
    const about = async (name) => {
      await page.locator('.diff-name', { hasText: name }).click();
      await settle(page);
      return (await page.locator('.about').innerText()).replace(/\s+/g, ' ');
    };
    await page.keyboard.press('d');
    assert.match(await about('old_checksum'), /before after change total 240 ms 0 ns −240 ms −100.0 %.*Proved: gone; 95 % interval/);
    assert.match(await about('log_line'), /total 90(?:\.0)? ms 101 ms \+11\.2 ms.*Not proved/);
    const box = await page.locator('.diff-side .graph-scroller').boundingBox();
    await page.mouse.move(box.x + 60, box.y + 28);
    await page.waitForSelector('.tooltip');
    assert.match(await page.locator('.tooltip').innerText(), /before[^]*after[^]*change/);
    assert.deepEqual(complaints, []);
  },
};
