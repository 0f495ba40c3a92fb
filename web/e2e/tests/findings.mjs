// What the rules say: shown first, linked with the other views, only words.
import assert from 'node:assert/strict';
import { ALL_TABS, sample } from '../pages.mjs';
import { hashOf, openPage, reload, settle, sumOf, tabsOf, toTab, wordsOf } from '../reader.mjs';

const press = async (page, card, name) => {
  await page.locator('.finding').nth(card).getByRole('button', { name }).click();
  await settle(page);
};
const selectedTab = (page) => page.getByRole('tab', { selected: true }).textContent();

export const tests = {
  async 'findings come first, with what they rest on'(context) {
    const { page, complaints } = await openPage(context, sample('judged'));
    assert.deepEqual(await tabsOf(page), ['Findings', ...ALL_TABS]);
    assert.equal(await selectedTab(page), 'Findings');
    const words = await page.locator('.panel').evaluate((panel) => panel.innerText.replace(/\s+/g, ' '));
    for (const text of ['1 high', 'together at most 21 % [20-22] of CPU time', 'load_rates() is searched from its start in tax_rate', 'saves at most 15 % [14-16] of CPU time by itself (n = 1467)', 'Less sure because', 'Held against thresholds', 'Checked and fine', 'Could not be told', 'Hygiene']) assert.ok(words.includes(text), `${text}: ${words}`);
    assert.deepEqual(await page.locator('.finding').first().locator('.finding-advice code').allTextContents(), ['(country, kind)']);
    assert.equal(await page.locator('.finding-more').first().isVisible(), false);
    await press(page, 0, 'Evidence and how to check');
    assert.match(await page.locator('.finding-more').first().innerText(), /1467 observations[^]*load_orders[^]*16 rows[^]*fathom diff @prev @last/);
    // A finding without a place has no way out.
    assert.equal(await page.locator('.finding').nth(2).getByRole('button', { name: /^(In|On) the/ }).count(), 0);
    assert.deepEqual(complaints, []);
  },

  async 'a finding leads to where it shows, and Back to it'(context) {
    const { page, complaints } = await openPage(context, sample('judged'));
    const whole = await sumOf(page);
    await press(page, 0, 'In the flame graph');
    assert.equal(await selectedTab(page), 'Flame graph');
    assert.match(await page.locator('.chips').textContent(), /tax_rate/);
    assert.notEqual(await sumOf(page), whole);
    await page.goBack();
    await settle(page);
    assert.equal(await selectedTab(page), 'Findings');
    assert.equal(await page.locator('.finding[aria-current]').count(), 1);
    assert.equal(await page.locator('.finding-more').first().isVisible(), true);
    await press(page, 0, 'In the source');
    assert.match(await page.locator('.source-row.is-goal').textContent(), /^18[^]*row\.country == country/);
    await toTab(page, 'Findings');
    await press(page, 1, 'On the timeline');
    assert.match(await page.locator('.tl-function').textContent(), /^compress/);
    assert.ok((await page.locator('.tl-function path').getAttribute('d')).length > 1000);
    await page.getByRole('button', { name: 'select no function' }).click();
    await settle(page);
    assert.equal(await page.locator('.tl-function').count(), 0);
    assert.deepEqual(complaints, []);
  },

  async 'a link leads to a finding; keys reach and open it'(context) {
    const { page, complaints } = await openPage(context, sample('judged'), '#view=findings&o.findings.at=F-002');
    await page.setViewportSize({ width: 900, height: 400 });
    await reload(page);
    const card = page.locator('.finding[aria-current=true]');
    assert.match(await card.textContent(), /compress/);
    const box = await card.boundingBox();
    assert.ok(box.y >= 0 && box.y < 200, `the card is at ${box.y}`);
    await page.locator('.finding-work').getByRole('button', { name: 'F-001' }).press('Enter');
    await settle(page);
    assert.match(await hashOf(page), /o\.findings\.at=F-001/);
    assert.match(await page.evaluate(() => document.activeElement.innerText), /load_rates/);
    // From the card on, Tab goes through its buttons.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await settle(page);
    assert.equal(await selectedTab(page), 'Flame graph');
    await page.keyboard.press('f');
    await settle(page);
    assert.equal(await selectedTab(page), 'Findings');
    assert.deepEqual(complaints, []);
  },

  async 'on paper the findings come first and unfolded, whatever is printed'(context) {
    for (const hash of ['', '#view=top']) {
      const { page, complaints } = await openPage(context, sample('judged'), hash);
      await page.emulateMedia({ media: 'print' });
      assert.match(await page.locator('.findings').innerText(), /1467 observations[^]*fathom diff @prev @last[^]*Held against thresholds[^]*Hygiene/);
      assert.equal(await page.locator('.finding-actions:visible').count(), 0);
      const findings = await page.locator('.findings').boundingBox();
      if (hash !== '') assert.ok(findings.y + findings.height <= (await page.locator('.panel').boundingBox()).y + 1);
      assert.deepEqual(complaints, []);
      await page.emulateMedia({ media: 'screen' });
    }
  },

  async 'a hostile finding only shows'(context) {
    const { page, complaints } = await openPage(context, sample('hostile'));
    assert.equal(await page.locator('.finding h3').first().innerText(), '<img src=x onerror=alert(1)>');
    for (let card = 0; card < 3; card++) await press(page, card, 'Evidence and how to check');
    assert.match(await wordsOf(page), /<\/script><script>alert\(2\)<\/script>/);
    assert.equal(await page.locator('.app img, .app iframe, .app script, [onerror], [onload]').count(), 0);
    await press(page, 0, 'In the flame graph');
    assert.equal(await selectedTab(page), 'Flame graph');
    assert.deepEqual(complaints, []);
  },
};
