// Takes pictures of the sample pages: `node scripts/shots.mjs OUT NAME#HASH[@light|@dark][@small] ...`
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { withBrowser } from './browser.mjs';

const [out, ...wanted] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
await withBrowser({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 }, async (context) => {
  for (const [index, text] of wanted.entries()) {
    const [address, ...flags] = text.split('@');
    const [name, hash = ''] = address.split('#');
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && console.log('console:', message.text()));
    page.on('pageerror', (error) => console.log('error:', error.message));
    await page.setViewportSize(flags.includes('small') ? { width: 900, height: 700 } : { width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: flags.includes('dark') ? 'dark' : 'light' });
    await page.goto(`file://${resolve('.samples', `${name}.html`)}#${hash}`);
    await page.waitForSelector('.app, .error-page');
    if (flags.includes('hover')) await page.mouse.move(500, 260);
    if (flags.includes('menu')) await page.mouse.click(500, 240, { button: 'right' });
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${out}/${index}.png` });
    await page.close();
  }
});
