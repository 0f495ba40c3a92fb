// A reader of a page: opens it, waits for it, and keeps everything it complained of.
import { pathToFileURL } from 'node:url';

export async function openPage(context, file, hash = '') {
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(`console: ${message.text()}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => /^(https?|ftp|ws):/.test(request.url()) && complaints.push(`request: ${request.url().slice(0, 200)}`));
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(`${pathToFileURL(file)}${hash}`);
  await page.waitForSelector('.app');
  await settle(page);
  return { page, complaints };
}

/** Waits until the page has drawn what it was asked for, and its address has followed. */
export async function settle(page) {
  await page.waitForTimeout(350);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

export const sumOf = (page) => page.locator('.foot-sum').textContent();
export const hashOf = (page) => page.evaluate(() => location.hash);
export const tabsOf = (page) => page.getByRole('tab').allTextContents();

export async function toTab(page, name) {
  await page.getByRole('tab', { name, exact: true }).click();
  await settle(page);
}

/** Replaces the part of the address after `#`, as a reader who pastes a link. */
export async function toHash(page, hash) {
  await page.evaluate((to) => (location.hash = to), hash);
  await settle(page);
}

/** What the view shows, as far as words tell. */
export const wordsOf = (page) => page.locator('.panel').evaluate((panel) => panel.innerText.replace(/\s+/g, ' ').slice(0, 4000));
