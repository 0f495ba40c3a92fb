// The graph as a reader uses it: pointing, zooming, going back, actions, exports.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { sample } from '../pages.mjs';
import { hashOf, openPage, settle, sumOf } from '../reader.mjs';

const ROW = 19;

/** A page with a flame graph, and where its boxes are. */
async function openGraph(context) {
  const { page, complaints } = await openPage(context, sample('small'));
  const bounds = await page.locator('.graph-scroller').boundingBox();
  const at = (share, row) => [bounds.x + bounds.width * share, bounds.y + row * ROW + 9];
  return { page, complaints, at, said: () => page.locator('[role=treeitem]').textContent() };
}

export const tests = {
  async 'graph: pointing, clicking, going back'(context) {
    const { page, complaints, at, said } = await openGraph(context);
    await page.mouse.move(...at(0.2, 3));
    await page.waitForSelector('.tooltip');
    assert.match(await page.locator('.tooltip').textContent(), /handle_request.*wsgi\/server\.py:143/);
    await page.mouse.click(...at(0.2, 4));
    await settle(page);
    assert.match(await hashOf(page), /zoom=/);
    assert.match(await said(), /^checkout, total/);
    await page.goBack();
    await settle(page);
    assert.doesNotMatch(await hashOf(page), /zoom=/);
    await page.goForward();
    await settle(page);
    assert.match(await hashOf(page), /zoom=/);
    assert.deepEqual(complaints, []);
  },

  async 'graph: the same by keys, and the wheel'(context) {
    const { page, complaints, at, said } = await openGraph(context);
    await page.locator('.graph-scroller').focus();
    await page.keyboard.press('Home');
    await settle(page);
    assert.doesNotMatch(await hashOf(page), /zoom=/);
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowUp');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowDown');
    const before = await said();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await said(), before);
    await page.keyboard.press('Enter');
    await settle(page);
    assert.match(await hashOf(page), /zoom=/);
    await page.keyboard.press('Escape');
    await settle(page);
    await page.keyboard.press('Home');
    await page.keyboard.press('+');
    await settle(page);
    assert.match(await hashOf(page), /at=/);
    await page.keyboard.press('Home');
    await settle(page);
    assert.doesNotMatch(await hashOf(page), /at=|zoom=/);
    await page.mouse.move(...at(0.5, 2));
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await settle(page);
    assert.match(await hashOf(page), /at=/);
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    assert.deepEqual(complaints, []);
  },

  async 'graph: actions become chips, and chips go away again'(context) {
    const { page, complaints, at } = await openGraph(context);
    const all = await sumOf(page);
    await page.mouse.click(...at(0.2, 4), { button: 'right' });
    await page.getByRole('menuitem', { name: /^Hide/ }).click();
    await settle(page);
    assert.match(await page.locator('.chips').textContent(), /hiddencheckout/);
    assert.notEqual(await sumOf(page), all);
    await page.locator('.chip button').click();
    assert.equal(await sumOf(page), all);
    await page.locator('.graph-scroller').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('m');
    await page.waitForSelector('.menu');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.menu').count(), 0);
    await page.getByRole('button', { name: /^Threads/ }).click();
    await page.getByLabel(/^writer/).check();
    await page.keyboard.press('Escape');
    assert.match(await page.locator('.chips').textContent(), /writer/);
    assert.match(await sumOf(page), / of /);
    await page.locator('.chip button').click();
    assert.deepEqual(complaints, []);
  },

  async 'graph: search says how much it found, a link shows the same picture'(context) {
    const { page, complaints, at } = await openGraph(context);
    await page.keyboard.press('/');
    await page.keyboard.type('tax|json');
    await page.waitForFunction(() => /matched [\d.]+ % in/.test(document.querySelector('.search-result').textContent));
    await page.keyboard.press('Escape');
    await settle(page);
    await page.keyboard.press('Escape');
    await page.locator('.graph-scroller').focus();
    await page.mouse.click(...at(0.2, 4));
    await settle(page);
    const { page: other } = await openPage(context, sample('small'), await hashOf(page));
    await page.mouse.move(5, 5);
    await settle(page);
    const picture = (one) => one.evaluate(() => document.querySelector('canvas').toDataURL());
    assert.equal(await picture(other), await picture(page));
    await other.close();
    assert.deepEqual(complaints, []);
  },

  async 'graph: exported files hold what is shown'(context) {
    const { page, complaints } = await openGraph(context);
    for (const [item, holds] of [['Picture (SVG)', /^<\?xml[^]*<rect[^]*checkout/], ['Folded stacks', /all|main;serve_forever;handle_request;checkout.* \d+\n/], ['Functions (CSV)', /^function,location[^]*tax_rate,shop\/tax\.py:14/], ['Picture (PNG)', /^.PNG/]]) {
      await page.getByRole('button', { name: /^Export/ }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: item }).click()]);
      assert.match(readFileSync(await download.path(), 'latin1'), holds, item);
    }
    assert.deepEqual(complaints, []);
  },

  async 'graph: a zoom that moves arrives where it would without'(context) {
    const { page, complaints, at } = await openGraph(context);
    const picture = () => page.evaluate(() => document.querySelector('canvas').toDataURL());
    const zoomed = async () => {
      await page.mouse.click(...at(0.2, 4));
      await page.mouse.move(5, 5);
      await settle(page);
      return picture();
    };
    const whole = await picture();
    const still = await zoomed();
    assert.notEqual(still, whole);
    await page.goBack();
    await settle(page);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.equal(await zoomed(), still);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.deepEqual(complaints, []);
  },

  async 'damage is said, not shown as nothing'(context) {
    const page = await context.newPage();
    const html = readFileSync(sample('small'), 'utf8');
    const damage = { cut: [(data) => data.slice(0, data.length >> 1), /not whole/], noise: [() => 'AAAA', /./], letters: [(data) => `!${data}`, /not base64/] };
    for (const [name, [change, reason]] of Object.entries(damage)) {
      writeFileSync(sample('damaged'), html.replace(/(type="text\/plain">)([^<]*)/, (_, tag, data) => tag + change(data)));
      await page.goto('about:blank');
      await page.goto(`file://${sample('damaged')}`);
      await page.waitForSelector('.error-page');
      assert.match(await page.locator('.error-message').textContent(), reason, name);
    }
  },
};
