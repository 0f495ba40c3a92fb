// Takes the pictures of the manual: every view of the sample pages, light and dark.
//
// `npm run pictures`; ONLY is a part of the names of the pictures to take; writes `docs/images/viewer-VIEW-THEME.png`.
import { statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sample } from '../e2e/pages.mjs';
import { openPage, settle } from '../e2e/reader.mjs';
import { withBrowser } from './browser.mjs';
import { smallerPng } from './smaller-png.mjs';

/** More is no picture for a manual. */
const MOST_BYTES = 150_000;
const { ONLY = '' } = process.env;
const USUAL = { width: 1200, height: 640 };
const PICTURES = {
  findings: ['judged', 'o.findings.at=F-001'],
  flame: ['small', 'signal=cpu'],
  chart: ['small', 'view=chart&signal=cpu&at=0-0.25'],
  top: ['small', 'view=top&signal=cpu&o.details=open&fn=5'],
  timeline: ['small', 'view=timeline&range=4000000000-9000000000'],
  heatmap: ['small', 'view=heatmap&signal=cpu'],
  callgraph: ['small', 'view=callgraph&signal=cpu', { width: 1440, height: 860 }],
  source: ['small', 'view=source&signal=cpu'],
  comparison: ['diff', 'o.details=open&fn=4'],
};

await withBrowser({ viewport: USUAL, reducedMotion: 'reduce' }, async (context) => {
  for (const theme of ['light', 'dark']) {
    for (const [name, [page, hash, size = USUAL]] of Object.entries(PICTURES).filter(([name]) => name.includes(ONLY))) {
      const { page: opened, complaints } = await openPage(context, sample(page), `#${hash}&theme=${theme}`);
      await opened.setViewportSize(size);
      await settle(opened);
      const path = fileURLToPath(new URL(`../../docs/images/viewer-${name}-${theme}.png`, import.meta.url));
      writeFileSync(path, smallerPng(await opened.screenshot()));
      await opened.close();
      const { size: bytes } = statSync(path);
      console.log(`${path} ${bytes} bytes`);
      if (bytes > MOST_BYTES || complaints.length > 0) throw new Error(`${path}: ${bytes} bytes, at most ${MOST_BYTES}; ${complaints.join('; ')}`);
    }
  }
}, ['--disable-lcd-text']);
