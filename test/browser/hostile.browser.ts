import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scene } from '../../scripts/captures/scene.ts';
import { latin1 } from '../kit/bytes.ts';
import { MtaPair } from '../kit/mta.ts';
import { ipm, message, type OrAddress } from '../kit/p1.ts';
import { Section } from '../kit/pcapng.ts';
import { expectAccessible, folder, HAVE_CHROMIUM, launch, open, VIEWS, watched, writeReport } from './browser.ts';

/** What a page, a terminal or a reader would obey, were it not shown as text. Latin-1, so that every string type carries it. */
const HOSTILE = [
  '<script>document.title="owned"</script>',
  '<img src=x onerror="document.title=\'owned\'">',
  '</script><script>alert(1)</script>',
  '<!--<script>',
  ']]>{{7*7}}#{7*7}',
  'a\u0000b\u001b[31mred\u0007\u0085',
  '"><svg onload=alert(1)>',
  "javascript:alert('x')",
];

function capture(): Uint8Array {
  const scene = new Scene('1998-06-16T07:00:00Z');
  const { transport } = scene.line('192.0.2.21', '192.0.2.50', { port: 1051, protocol: 'P1 (1988)' });
  transport.tcp.open();
  transport.connect(0x0b, { callingTsap: '<b>TSAP</b>', calledTsap: '"><i>' });
  const pair = new MtaPair(transport, {
    mode: 'normal',
    names: [HOSTILE[1]!, `${HOSTILE[6]}${'W'.repeat(60)}`],
    checkpointSize: 8,
  });
  pair.bind();
  const domain = { country: 'IT', admd: HOSTILE[0]!, prmd: HOSTILE[5]! };
  const long = `${HOSTILE[2]!}${'<b>long '.repeat(8_192)}`;
  for (const [i, bad] of [...HOSTILE, long].entries()) {
    const person: OrAddress = { ...domain, organization: bad, surname: HOSTILE[3]!, given: HOSTILE[7]! };
    const content = ipm({ originator: person, recipients: [person], id: bad, subject: bad, text: latin1(bad) });
    const envelope = {
      domain,
      local: `${i}${bad.slice(0, 60)}`,
      originator: person,
      recipients: [person],
      arrival: '980615091501Z',
    };
    pair.transfer(0, message(envelope, content));
  }
  pair.release();
  transport.tcp.close(0);
  const section = new Section().interface({ linkType: 1 });
  const comments = [`${HOSTILE[5]}\u202efdp`, `${HOSTILE[0]}${'W'.repeat(60_000)}`];
  for (const { time, bytes } of scene.wire.frames) section.enhanced(time, bytes, { comments });
  return section.bytes();
}

describe.skipIf(!HAVE_CHROMIUM)('a capture whose strings are hostile', () => {
  const place = folder();
  let browser: Browser;
  let url = '';
  beforeAll(async () => {
    browser = await launch();
    const file = join(place.path, `<img src=x onerror=alert(1)>'"&\u202efdp.${'very'.repeat(25)}\u200f.pcap`);
    writeFileSync(file, capture());
    url = writeReport([file], join(place.path, 'hostile.html'));
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  test('stays text in every view and every tree', async () => {
    const { page, complaints, close } = await watched(browser);
    try {
      let seen = '';
      for (const view of VIEWS) {
        await open(page, url, `view=${view}`);
        await page.waitForSelector(`section.${view}`);
        await page.waitForTimeout(150);
        // As a person sees it: what is not shown does not count.
        seen += await page.evaluate('document.body.innerText');
      }
      await open(page, url, 'view=packets');
      await page.waitForSelector('#packet-0');
      await page.focus('[aria-label="Packet list"]');
      const count = Number((await page.textContent('.bar .count'))!.split(' ')[0]!.replace(',', ''));
      expect(count).toBeGreaterThan(50);
      for (let i = 0; i < Math.min(count, 220); i++) {
        await page.keyboard.press('ArrowDown');
        if (i % 10 === 0) seen += await page.evaluate('document.querySelector(".panes").innerText');
      }
      expect(seen).toContain('<script>document.title="owned"</script>');
      expect(seen).toContain('<img src=x onerror=');
      expect(seen).toContain('\\x1b[31m');
      expect(await page.title()).not.toBe('owned');
      // Only what the page is made of: no element came out of the capture.
      expect(await page.$$eval('img, iframe, object, embed, svg[onload], b:not(.ends b)', nodes => nodes.length)).toBe(
        0,
      );
      expect(await page.$$eval('script:not([type])', nodes => nodes.length)).toBe(1);
      expect(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(seen)).toBe(
        false,
      );
      expect(seen).toContain('\\u202efdp');
      expect(/[\u202a-\u202e\u200e\u200f]/.test(await page.title())).toBe(false);
      // Hints that appear over what is cut off, and what is read out instead of what is shown.
      const hidden = await page.$$eval('[title], [aria-label]', nodes =>
        nodes.map(n => `${n.getAttribute('title') ?? ''} ${n.getAttribute('aria-label') ?? ''}`).join(''),
      );
      expect(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/.test(hidden)).toBe(false);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test.each([1280, 900, 390])('long names push nothing out of a window of %i pixels', async width => {
    const { page, complaints, close } = await watched(browser, { viewport: { width, height: 800 } });
    try {
      for (const view of VIEWS) {
        await open(page, url, `view=${view}&frame=12&stream=0`);
        await page.waitForSelector(`section.${view}`);
        await page.waitForTimeout(150);
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(over, view).toBeLessThanOrEqual(0);
        await expectAccessible(page, `${view} with hostile strings, ${width}`);
      }
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test('a fragment of the address is hostile too', async () => {
    const { page, complaints, close } = await watched(browser);
    try {
      const bad = encodeURIComponent('<img src=x onerror=alert(1)>');
      await open(page, url, `view=packets&frame=99999999&stream=-1&finding=9999&mark=9.9-1.x&filter=${bad}`);
      await page.waitForSelector('.packets');
      expect(await page.textContent('#filter-error')).toContain('✖');
      await open(page, url, `view=${bad}&frame=${bad}&capture=77`);
      await page.waitForSelector('section.overview');
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});
