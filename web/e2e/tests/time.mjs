// The views over time: a stretch that is chosen there counts everywhere.
import assert from 'node:assert/strict';
import { sample } from '../pages.mjs';
import { hashOf, openPage, settle, sumOf, toTab } from '../reader.mjs';

export const tests = {
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
};
