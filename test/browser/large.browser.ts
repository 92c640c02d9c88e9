import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folder, HAVE_CHROMIUM, launch, open, ROOT, watched, writeReport } from './browser.ts';

/** More frames of port 102 than a page lists. */
const SEGMENTS = 160_000;

describe.skipIf(!HAVE_CHROMIUM)('a capture that is larger than the page', () => {
  const place = folder();
  let browser: Browser;
  let url = '';
  beforeAll(async () => {
    const capture = join(place.path, 'octets.pcap');
    execFileSync(process.execPath, [join(ROOT, 'bench', 'grow.mjs'), 'octets', capture, '--count', String(SEGMENTS)], {
      stdio: 'ignore',
    });
    // Through the built program: reading ends at the bound, which must not depend on names that the build shortens.
    url = writeReport([capture], join(place.path, 'large.html'));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  test('opens within two seconds, says what was left out, and scrolls without blank rows', async () => {
    const w = await watched(browser);
    try {
      const { page } = w;
      const start = performance.now();
      await open(page, url, 'view=packets');
      await page.waitForSelector('#packet-0');
      expect(performance.now() - start).toBeLessThan(2000);
      expect(await page.textContent('section.packets')).toMatch(/packets are left out of this page/);
      const blank = await page.evaluate(async () => {
        const list = [...document.querySelectorAll('*')].find(e => e.scrollHeight > 100_000)!;
        const empty: number[] = [];
        for (let step = 0; step <= 40; step++) {
          list.scrollTop = ((list.scrollHeight - list.clientHeight) * step) / 40;
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          const box = list.getBoundingClientRect();
          for (let y = box.top + 40; y < box.bottom - 12; y += 12) {
            const row = document.elementFromPoint(box.left + 200, y)?.closest('[role=row]');
            if (!row?.textContent?.trim()) empty.push(step);
          }
        }
        return empty;
      });
      expect(blank).toEqual([]);
      expect(w.complaints).toEqual([]);
    } finally {
      await w.close();
    }
  });

  test('whose ladder points to no other packet in place of one that is left out', async () => {
    const w = await watched(browser);
    try {
      await open(w.page, url, 'view=ladder&frame=30000&stream=0');
      await w.page.waitForSelector('.left:has-text("packets of the stream are left out")');
      await w.page.waitForSelector('#rung-0');
      expect(await w.page.locator('.rung.selected').count()).toBe(0);
      await open(w.page, url, 'view=ladder&frame=150&stream=0');
      await w.page.waitForSelector('.rung.selected');
    } finally {
      await w.close();
    }
  });

  test('whose filter knows only some of the frames says so', async () => {
    const capture = join(place.path, 'stream.pcap');
    execFileSync(process.execPath, [join(ROOT, 'bench', 'grow.mjs'), 'stream', capture, '--size', '20m'], {
      stdio: 'ignore',
    });
    const w = await watched(browser);
    try {
      await open(w.page, writeReport([capture], join(place.path, 'stream.html')), 'view=packets');
      await w.page.waitForSelector('.left:has-text("octets and trees for")');
      expect(await w.page.locator('.left:has-text("a filter finds no others here")').count()).toBe(0);
      await w.page.fill('#filter', 'tpkt');
      await w.page.keyboard.press('Enter');
      await w.page.waitForSelector('.left:has-text("a filter finds no others here, mtascope serve looks at all")');
    } finally {
      await w.close();
    }
  });
});
