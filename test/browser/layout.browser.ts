import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folder, HAVE_CHROMIUM, launch, open, ROOT, watched, writeReport } from './browser.ts';

const FATAL = 'frame=76&stream=1&mark=0.57-61.';

describe.skipIf(!HAVE_CHROMIUM)('the page on every screen and on paper', () => {
  const place = folder();
  const report = (name: string): string =>
    writeReport([join(ROOT, 'captures', name)], join(place.path, `${name}.html`));
  let browser: Browser;
  let article = '';
  beforeAll(async () => {
    browser = await launch();
    article = report('q182619-5.0.pcap');
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  async function use(options: BrowserContextOptions, run: (page: Page) => Promise<void>): Promise<void> {
    const { page, complaints, close } = await watched(browser, options);
    try {
      await run(page);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }

  test.each([320, 721, 760, 900, 1050, 1280, 1440])('at %i pixels no table and no octet is cut off', async width => {
    await use({ viewport: { width, height: 800 } }, async page => {
      for (const url of [article, report('ipv6.pcap')]) {
        for (const view of ['overview', 'messages']) {
          await open(page, url, `view=${view}`);
          await page.waitForSelector(`section.${view} tbody`);
          const wider = await page.$$eval('.sorttable .wide', nodes =>
            nodes.filter(n => n.scrollWidth > n.clientWidth).map(n => n.getAttribute('aria-label')),
          );
          expect(wider, view).toEqual([]);
          // Nothing stands on another: in blocks, what is longer than its place breaks.
          const over = await page.$$eval('.sorttable :is(td, th)', nodes =>
            nodes.filter(n => n.scrollWidth > n.clientWidth + 1).map(n => n.textContent),
          );
          expect(over, view).toEqual([]);
        }
      }
      await open(page, article, `view=packets&${FATAL}`);
      await page.waitForSelector('.octets .o.m');
      const beyond = await page.$$eval('.hex .virtual', ([pane]) =>
        [...pane!.querySelectorAll('.octets .o')]
          .filter(o => o.getBoundingClientRect().right > pane!.getBoundingClientRect().right)
          .map(o => o.getAttribute('data-at')),
      );
      expect(beyond).toEqual([]);
      // 68 octets: the characters of the last row, which ends early, stand below those of the others.
      const lefts = await page.$$eval('.hex .ascii', nodes => nodes.map(n => n.getBoundingClientRect().left));
      expect(lefts.length).toBeGreaterThan(4);
      expect(new Set(lefts).size).toBe(1);
    });
  });

  test.each([
    ['q182619-5.0.pcap', 'messages', 'associations', ['Protocol', 'Mode', 'Messages', 'Frames']],
    ['zone-28.pcap', 'overview', 'streams', ['Protocol']],
  ])('%s, %s: short values stay on one line beside long ones', async (name, view, table, heads) => {
    await use({ viewport: { width: 1000, height: 800 } }, async page => {
      await open(page, report(name), `view=${view}`);
      await page.waitForSelector(`#${table} tbody`);
      const lines = await page.$$eval(
        `#${table}:not(.blocks) td`,
        (nodes, short) =>
          nodes
            .filter(n => short.includes(n.getAttribute('data-head')!))
            .map(n => {
              const text = document.createRange();
              text.selectNodeContents(n);
              return text.getClientRects().length;
            }),
        heads,
      );
      expect(lines.length).toBeGreaterThanOrEqual(heads.length);
      expect(new Set(lines)).toEqual(new Set([1]));
    });
  });

  test.each([760, 1000, 1400])(
    'at %i pixels the list of packets has room for the longest IPv4 addresses',
    async width => {
      await use({ viewport: { width, height: 800 } }, async page => {
        await open(page, article, 'view=packets');
        // CR and CC stand in bold.
        await page.waitForSelector('.row.transport .source');
        const cut = await page.$$eval('.row.transport :is(.source, .destination)', nodes =>
          nodes.map(n => {
            n.textContent = '255.255.255.255';
            return n.scrollWidth - n.clientWidth;
          }),
        );
        expect(cut.length).toBeGreaterThan(1);
        expect(new Set(cut)).toEqual(new Set([0]));
      });
    },
  );

  test('rows become blocks and are rows again as the window changes, and so do the octets', async () => {
    await use({ viewport: { width: 1440, height: 800 } }, async page => {
      const display = (): Promise<string> => page.$eval('#messages tbody tr', row => getComputedStyle(row).display);
      await open(page, article, 'view=messages');
      await page.waitForSelector('#messages tbody');
      for (const [width, how] of [
        [1440, 'table-row'],
        [900, 'grid'],
        [1440, 'table-row'],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        await expect.poll(display).toBe(how);
      }
      await open(page, article, `view=packets&${FATAL}`);
      await page.waitForSelector('.octets .o.m');
      const octets = (): Promise<number> => page.$eval('.octets', row => row.children.length);
      for (const [width, many] of [
        [1440, 16],
        [900, 8],
        [1440, 16],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        await expect.poll(octets).toBe(many);
      }
    });
  });

  test('where a chart scrolls, the request that kills is in sight, and its words can be read', async () => {
    await use({ viewport: { width: 360, height: 800 } }, async page => {
      for (const view of ['overview', 'buffers']) {
        await open(page, article, `view=${view}&stream=1`);
        const bar = await page.waitForSelector('.chart .bars.error');
        const box = (await bar.boundingBox())!;
        expect(box.x).toBeGreaterThan(0);
        expect(box.x + box.width, view).toBeLessThan(360);
        const size = await page.$eval('.chart .said', text => text.getBoundingClientRect().height);
        expect(size).toBeGreaterThan(12);
      }
    });
  });

  test('on paper the misread header is whole, and what the verdict rests on is printed', async () => {
    await use({}, async page => {
      await open(page, article);
      await page.waitForSelector('.misread');
      expect(await page.locator('details[open]').count()).toBe(0);
      await page.pdf();
      expect(await page.locator('details[open]').count()).toBe(1);
      await page.emulateMedia({ media: 'print' });
      // A4 with margins of 1 cm.
      await page.setViewportSize({ width: 718, height: 1000 });
      // The page hears of its new size a moment later.
      await page.waitForSelector('.sorttable thead button', { state: 'hidden' });
      const wider = await page.$$eval('.wide', nodes => nodes.filter(n => n.scrollWidth > n.clientWidth).length);
      expect(wider).toBe(0);
    });
  });

  test('on paper the ladder is whole, and so is the packet list', async () => {
    await use({}, async page => {
      for (const [view, rows] of [
        ['ladder', '.rung'],
        ['packets', '[id^=packet-]'],
      ] as const) {
        await open(page, article, `view=${view}&${FATAL}`);
        await page.waitForSelector(`${rows}.selected`);
        await page.emulateMedia({ media: 'print' });
        await page.setViewportSize({ width: 718, height: 500 });
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        await page.waitForFunction(
          ([rows, least]) => document.querySelectorAll(rows!).length >= Number(least),
          [rows, view === 'packets' ? '78' : '20'],
        );
        const cut = await page.$eval('.virtual', list => list.scrollHeight - list.clientHeight);
        expect(cut, view).toBe(0);
        const first = await page.locator(rows).first().boundingBox();
        const last = await page.locator(rows).last().boundingBox();
        const heights = (await page.locator(rows).count()) * first!.height;
        expect(last!.y + last!.height - first!.y, 'one below the other').toBeCloseTo(heights, 0);
        expect(await page.locator('.bar input[type=checkbox]').isVisible()).toBe(false);
        await page.evaluate(() => dispatchEvent(new Event('afterprint')));
        await page.emulateMedia({ media: 'screen' });
        await page.setViewportSize({ width: 1280, height: 900 });
      }
    });
  });

  test('in forced colours what is selected can be read, and arrows have heads', async () => {
    await use({ forcedColors: 'active', colorScheme: 'dark' }, async page => {
      const ink = (selector: string): Promise<string> => page.$eval(selector, node => getComputedStyle(node).color);
      for (const width of [1440, 900]) {
        await page.setViewportSize({ width, height: 800 });
        await open(page, article, `view=messages&${FATAL}`);
        await page.waitForSelector('#messages tr.selected');
        expect(await ink('#messages tr.selected button')).toBe(await ink('#messages tr.selected td'));
      }
      await open(page, article, `view=ladder&${FATAL}`);
      await page.waitForSelector('.rung.selected');
      expect(await ink('.rung.selected .time')).toBe(await ink('.rung.selected'));
      const corner = await page.$eval('.rung.d0 .arrow', node => getComputedStyle(node, '::after').borderTopColor);
      expect(corner).toBe('rgba(0, 0, 0, 0)');
    });
  });

  test('colours follow the system, and the choice on the page beats it', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await use({ colorScheme }, async page => {
        await open(page, article);
        const scheme = (): Promise<string[]> =>
          page.evaluate(() => {
            const { colorScheme, backgroundColor } = getComputedStyle(document.documentElement);
            return [colorScheme, backgroundColor];
          });
        const light = ['light', 'rgb(246, 247, 249)'];
        const dark = ['dark', 'rgb(17, 22, 28)'];
        expect(await scheme()).toEqual(colorScheme === 'dark' ? dark : light);
        await page.click('.theme');
        await expect.poll(scheme).toEqual(light);
        await page.click('.theme');
        await expect.poll(scheme).toEqual(dark);
      });
    }
  });

  test('a capture without frames has no controls that lead nowhere', async () => {
    const empty = join(place.path, 'empty.pcap');
    writeFileSync(empty, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const url = writeReport([empty], join(place.path, 'empty.html'));
    await use({}, async page => {
      for (const view of ['ladder', 'buffers', 'lengths']) {
        await open(page, url, `view=${view}`);
        await page.waitForSelector(`section.${view}`);
        expect(await page.locator('.pick').count(), view).toBe(0);
      }
      await open(page, url);
      expect(await page.textContent('h1')).toBe('? An empty capture: nothing was checked');
    });
  });
});
