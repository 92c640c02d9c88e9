import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUNDLED, folder, HAVE_CHROMIUM, launch, open, ROOT, VIEWS, watched, writeReport } from './browser.ts';

describe.skipIf(!HAVE_CHROMIUM)('the report of a bundled capture', () => {
  const place = folder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  test.each(BUNDLED)('%s opens in every view, quietly', async name => {
    const url = writeReport([join(ROOT, 'captures', name)], join(place.path, `${name}.html`));
    const { page, complaints, close } = await watched(browser);
    try {
      await open(page, url, 'view=packets');
      await page.waitForSelector('#packet-0');
      await page.click('#packet-0');
      await page.waitForSelector('.tree [role=treeitem]');
      // Within the page, as by a changed address; that each view also opens afresh does not depend on the capture.
      for (const view of VIEWS) {
        await page.goto(`${url}#view=${view}`);
        await page.waitForSelector(`section.${view}`);
        expect(await page.title()).toContain(name);
      }
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});
