import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folder, HAVE_CHROMIUM, launch, open, ROOT, watched, writeReport } from './browser.ts';

describe.skipIf(!HAVE_CHROMIUM)('addresses and "back"', () => {
  const place = folder();
  let browser: Browser;
  let article = '';
  beforeAll(async () => {
    browser = await launch();
    article = writeReport([join(ROOT, 'captures', 'q182619-5.0.pcap')], join(place.path, 'article.html'));
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  async function use(run: (page: Page) => Promise<void>): Promise<void> {
    const { page, complaints, close } = await watched(browser);
    try {
      await run(page);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }

  test('an address with a frame alone leads to the stream of the frame', async () => {
    await use(async page => {
      await open(page, article, 'view=ladder&frame=8');
      await page.waitForSelector('.rung.selected:has-text("8")');
      expect(await page.inputValue('.pick select')).toBe('0');
      await open(page, article, 'view=packets&frame=8');
      await page.waitForSelector('.bar label:has-text("only stream 0")');
    });
  });

  test('a packet that the ladder does not show leads to the one behind it', async () => {
    await use(async page => {
      await open(page, article, 'view=ladder&frame=75&stream=1');
      await page.waitForSelector('.rung.selected .no:text-is("76")');
      await open(page, article, 'view=ladder&frame=8&stream=1');
      await page.waitForSelector('.rung.selected .no:text-is("9")');
    });
  });

  test('each view is found as it was left, and begins at its top', async () => {
    await use(async page => {
      await page.setViewportSize({ width: 1280, height: 500 });
      await open(page, article);
      await page.waitForSelector('#streams');
      const top = (): Promise<number> => page.evaluate(() => scrollY);
      await page.evaluate(() => scrollTo(0, 700));
      await page.click('#tab-messages');
      await page.waitForSelector('section.messages');
      expect(await top()).toBe(0);
      await page.goBack();
      await page.waitForSelector('section.overview');
      await expect.poll(top).toBe(700);
    });
  });

  test('the keyboard goes on in the view that was opened', async () => {
    await use(async page => {
      await open(page, article);
      await page.focus('text=Show frame 76');
      await page.keyboard.press('Enter');
      await page.waitForSelector('section.packets');
      expect(await page.evaluate(() => document.activeElement!.id)).toBe('main');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement!.id)).toBe('filter');
    });
  });
});
