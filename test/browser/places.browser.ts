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
      // By keyboard: the tabs are at the top of the page, where a click would go first.
      await page.keyboard.press('Alt+6');
      await page.waitForSelector('section.messages');
      expect(await top()).toBe(0);
      await page.goBack();
      await page.waitForSelector('section.overview');
      await expect.poll(top).toBe(700);
    });
  });

  test('what was sorted, searched, opened and scrolled to is found again', async () => {
    await use(async page => {
      await open(page, article);
      await page.fill('#findings input[type=search]', '9404');
      await page.click('#streams th:nth-child(5) button');
      await page.click('#tab-packets');
      await page.click('[role=columnheader].length button');
      await page.click('#packet-3');
      await page.dblclick('.tree [aria-level="1"] >> nth=0');
      await page.waitForSelector('.tree [aria-level="1"][aria-expanded=true] >> nth=0');
      const layers = await page.locator('.tree [role=treeitem]').count();
      const tops = (): Promise<number> => page.$eval('.virtual', list => list.scrollTop);
      for (const view of ['ladder', 'packets'] as const) {
        await page.click(`#tab-${view}`);
        await page.waitForSelector('.sizer > .row');
      }
      await page.waitForSelector('[role=columnheader].length[aria-sort=ascending]');
      await expect.poll(() => page.locator('.tree [role=treeitem]').count()).toBe(layers);
      await page.click('#tab-overview');
      expect(await page.inputValue('#findings input[type=search]')).toBe('9404');
      expect(await page.locator('#findings tbody tr').count()).toBe(1);
      expect(await page.getAttribute('#streams th:nth-child(5)', 'aria-sort')).toBe('ascending');
      await open(page, article, 'view=packets');
      await page.waitForSelector('#packet-0');
      await page.$eval('.virtual', list => list.scrollTo(0, 480));
      await page.click('#tab-ladder');
      await page.check('.ladder .bar input');
      await page.waitForSelector('#rung-20');
      await page.$eval('.virtual', list => list.scrollTo(0, 300));
      await page.click('#tab-packets');
      await expect.poll(tops).toBe(480);
      await page.click('#tab-ladder');
      await expect.poll(tops).toBe(300);
      expect(await page.isChecked('.ladder .bar input')).toBe(true);
    });
  });

  test('the address follows a key that is held down with some changes, and ends where the key did', async () => {
    await use(async page => {
      await open(page, article, 'view=packets');
      await page.waitForSelector('#packet-0');
      const { changes, seconds } = await page.evaluate(async () => {
        let n = 0;
        const replace = history.replaceState.bind(history);
        history.replaceState = (...all) => {
          n++;
          replace(...all);
        };
        const list = document.querySelector('.virtual')!;
        const start = performance.now();
        for (let i = 0; i < 60; i++) {
          list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
          await new Promise(requestAnimationFrame);
        }
        return { changes: n, seconds: (performance.now() - start) / 1000 };
      });
      // Safari takes 100 in 30 seconds.
      expect(changes).toBeLessThanOrEqual(1 + (seconds * 100) / 30);
      await expect.poll(() => page.url()).toContain('frame=60');
      // What is still to be written belongs to the view that is left.
      await page.keyboard.press('Home');
      await page.keyboard.press('Alt+3');
      await page.goBack();
      await page.waitForSelector('#packet-0.selected');
      expect(page.url()).toMatch(/view=packets&frame=1&/);
    });
  });

  test('a list that is scrolled as its view is left is found at that place, and nobody trips over it', async () => {
    await use(async page => {
      await open(page, article, 'view=packets');
      await page.waitForSelector('#packet-0');
      await page.evaluate(() => {
        const list = document.querySelector('.virtual')!;
        list.scrollTop = 400;
        list.dispatchEvent(new Event('scroll'));
        // Comes when the list has gone, as one does that a browser sends for a frame that it still had to draw.
        new MutationObserver(() => {
          if (!list.isConnected) list.dispatchEvent(new Event('scroll'));
        }).observe(document.body, { childList: true, subtree: true });
      });
      await page.keyboard.press('Alt+3');
      await page.waitForSelector('section.packets', { state: 'detached' });
      await page.keyboard.press('Alt+2');
      await page.waitForSelector('section.packets');
      await expect.poll(() => page.evaluate(() => document.querySelector('.virtual')!.scrollTop)).toBe(400);
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
