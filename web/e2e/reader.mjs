// A reader of a page: opens it, waits for it, and keeps everything it complained of.
import { pathToFileURL } from 'node:url';

/** A page that does not come to rest within this has hung. */
const REST_MILLIS = 60_000;

/**
 * In the page: counts what it has still to do (timers, frames, answers of the
 * server), so that tests wait for the page and never for a time.
 */
function watchWork() {
  const open = new Set();
  const { setTimeout: later, clearTimeout: never, requestAnimationFrame: inFrame, cancelAnimationFrame: inNoFrame, fetch: ask } = window;
  // What happens so much later (an address that is released) is not what was asked for.
  const LATER_MILLIS = 2000;
  window.setTimeout = (act, millis = 0, ...rest) => {
    const id = later(() => {
      open.delete(`t${id}`);
      act(...rest);
    }, millis);
    if (millis < LATER_MILLIS) open.add(`t${id}`);
    return id;
  };
  window.clearTimeout = (id) => {
    open.delete(`t${id}`);
    never(id);
  };
  window.requestAnimationFrame = (act) => {
    const id = inFrame((now) => {
      open.delete(`f${id}`);
      act(now);
    });
    open.add(`f${id}`);
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    open.delete(`f${id}`);
    inNoFrame(id);
  };
  let asked = 0;
  window.fetch = async (...request) => {
    const name = `a${asked++}`;
    open.add(name);
    try {
      return await ask(...request);
    } finally {
      // Whoever reads the answer does so before this.
      later(() => open.delete(name), 0);
    }
  };
  // Sizes and places are told within frames: only several at rest are rest.
  const FRAMES_AT_REST = 4;
  window.comeToRest = (millis) => new Promise((done, fail) => {
    const until = performance.now() + millis;
    let atRest = 0;
    const look = () => {
      atRest = open.size === 0 ? atRest + 1 : 0;
      if (atRest >= FRAMES_AT_REST) done();
      else if (performance.now() > until) fail(new Error(`the page does not come to rest: ${[...open].join(' ')}`));
      else inFrame(look);
    };
    inFrame(look);
  });
  document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
}

/** Opens a file, or an address of this machine, and watches it. */
export async function openPage(context, place, hash = '') {
  const page = await context.newPage();
  const isServed = place.startsWith('http://127.0.0.1:');
  const own = isServed ? new URL(place).origin : 'file://';
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(`console: ${message.text()}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const isOwn = request.url().startsWith(own) || request.url().startsWith('data:') || request.url().startsWith('blob:');
    if (!isOwn) complaints.push(`request: ${request.url().slice(0, 200)}`);
  });
  await page.addInitScript(watchWork);
  await page.goto(`${isServed ? place : pathToFileURL(place)}${hash}`);
  await page.waitForSelector('.app');
  await settle(page);
  return { page, complaints };
}

/** Waits until the page has drawn what it was asked for, and its address has followed. */
export async function settle(page) {
  await page.evaluate((millis) => window.comeToRest(millis), REST_MILLIS);
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

export async function reload(page) {
  await page.reload();
  await page.waitForSelector('.app');
  await settle(page);
}

/** What the view shows, as far as words tell. */
export const wordsOf = (page) => page.locator('.panel').evaluate((panel) => panel.innerText.replace(/\s+/g, ' ').slice(0, 4000));
