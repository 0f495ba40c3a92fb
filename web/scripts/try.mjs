// Uses the sample pages as a reader would, in Chromium, and fails where the page
// does not answer as it should. Needs `.samples/` (npm run samples).
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withBrowser } from './browser.mjs';

const ROW = 19;
const address = (name, hash = '') => `file://${resolve('.samples', `${name}.html`)}${hash}`;
const settle = (page) => page.waitForTimeout(450);

await withBrowser({ viewport: { width: 1440, height: 900 }, acceptDownloads: true }, async (context) => {
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(address('small'));
  await page.waitForSelector('canvas');
  await settle(page);
  const bounds = await page.locator('.graph-scroller').boundingBox();
  const hash = () => page.evaluate(() => location.hash);
  const at = (share, row) => [bounds.x + bounds.width * share, bounds.y + row * ROW + 9];
  const said = () => page.locator('[role=treeitem]').textContent();

  // Pointing, clicking, going back.
  await page.mouse.move(...at(0.2, 3));
  await page.waitForSelector('.tooltip');
  assert.match(await page.locator('.tooltip').textContent(), /handle_request.*wsgi\/server\.py:143/);
  await page.mouse.click(...at(0.2, 4));
  await settle(page);
  assert.match(await hash(), /zoom=/);
  assert.match(await said(), /^checkout, total/);
  await page.goBack();
  await settle(page);
  assert.doesNotMatch(await hash(), /zoom=/);
  await page.goForward();
  await settle(page);
  assert.match(await hash(), /zoom=/);

  // The same by keys.
  await page.locator('.graph-scroller').focus();
  await page.keyboard.press('Home');
  await settle(page);
  assert.doesNotMatch(await hash(), /zoom=/);
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowUp');
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowDown');
  const before = await said();
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await said(), before);
  await page.keyboard.press('Enter');
  await settle(page);
  assert.match(await hash(), /zoom=/);
  await page.keyboard.press('Escape');
  await settle(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('+');
  await page.waitForTimeout(700);
  assert.match(await hash(), /at=/);
  await page.keyboard.press('Home');
  await settle(page);
  assert.doesNotMatch(await hash(), /at=|zoom=/);

  // The wheel.
  await page.mouse.move(...at(0.5, 2));
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await page.waitForTimeout(700);
  assert.match(await hash(), /at=/);
  await page.getByRole('button', { name: 'Reset zoom' }).click();

  // Actions become chips, and chips go away again.
  const sum = () => page.locator('.foot-sum').textContent();
  const all = await sum();
  await page.mouse.click(...at(0.2, 4), { button: 'right' });
  await page.getByRole('menuitem', { name: /^Hide/ }).click();
  await settle(page);
  assert.match(await page.locator('.chips').textContent(), /hiddencheckout/);
  assert.notEqual(await sum(), all);
  await page.locator('.chip button').click();
  assert.equal(await sum(), all);
  await page.locator('.graph-scroller').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('m');
  await page.waitForSelector('.menu');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.menu').count(), 0);

  // Search says how much it found.
  await page.keyboard.press('/');
  await page.keyboard.type('tax|json');
  await page.waitForFunction(() => /matched [\d.]+ % in/.test(document.querySelector('.search-result').textContent));
  await page.keyboard.press('Escape');
  await settle(page);

  // Filters.
  await page.getByRole('button', { name: /^Threads/ }).click();
  await page.getByLabel(/^writer/).check();
  await page.keyboard.press('Escape');
  assert.match(await page.locator('.chips').textContent(), /writer/);
  assert.match(await sum(), / of /);
  await page.locator('.chip button').click();

  // A link shows the same picture.
  await page.keyboard.press('Escape');
  await page.locator('.graph-scroller').focus();
  await page.mouse.click(...at(0.2, 4));
  await settle(page);
  const link = await page.evaluate(() => location.href);
  const other = await context.newPage();
  await other.goto(link);
  await other.waitForSelector('canvas');
  await settle(other);
  await page.mouse.move(5, 5);
  await settle(page);
  const picture = (one) => one.evaluate(() => document.querySelector('canvas').toDataURL());
  assert.equal(await picture(other), await picture(page));
  await other.close();

  // Files.
  for (const [item, holds] of [['Picture (SVG)', /^<\?xml[^]*<rect[^]*checkout/], ['Folded stacks', /all|main;serve_forever;handle_request;checkout.* \d+\n/], ['Functions (CSV)', /^function,location[^]*tax_rate,shop\/tax\.py:14/], ['Picture (PNG)', /^.PNG/]]) {
    await page.getByRole('button', { name: /^Export/ }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: item }).click()]);
    assert.match(readFileSync(await download.path(), 'latin1'), holds, item);
  }

  // Every view, both themes, the dialogs.
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await settle(page);
    assert.equal(await tab.getAttribute('aria-selected'), 'true');
    await page.keyboard.press('t');
  }
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog'));
  assert.deepEqual(complaints, []);

  // Damage is said, not shown as nothing.
  const html = readFileSync('.samples/small.html', 'utf8');
  const damage = { cut: (data) => data.slice(0, data.length >> 1), noise: () => 'AAAA', letters: (data) => `!${data}` };
  for (const [name, change] of Object.entries(damage)) {
    writeFileSync('.samples/damaged.html', html.replace(/(type="text\/plain">)([^<]*)/, (_, tag, data) => tag + change(data)));
    await page.goto('about:blank');
    await page.goto(address('damaged'));
    await page.waitForSelector('.error-page');
    console.log(`${name}: ${await page.locator('.error-message').textContent()}`);
  }
});
console.log('everything answered');
