/**
 * Draws the icons of the Teams package from their SVGs, with the chromium of this machine. Their PNGs are committed:
 *   node test/deploy/draw-icons.ts
 */
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const icons = [
  { name: 'color', size: 192 },
  { name: 'outline', size: 32 },
];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const { name, size } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const drawing = readFileSync(`deploy/teams/${name}.svg`, 'utf8');
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${drawing}`);
  await page.screenshot({ path: `deploy/teams/${name}.png`, omitBackground: true });
}
await browser.close();
