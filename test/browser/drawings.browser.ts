import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { letter, Scene } from '../../scripts/captures/scene.ts';
import { cat } from '../kit/bytes.ts';
import { tsdu } from '../kit/cotp.ts';
import { MtaPair } from '../kit/mta.ts';
import { ses } from '../kit/session.ts';
import { folder, HAVE_CHROMIUM, launch, open, ROOT, watched, writeReport } from './browser.ts';

/** Two MTAs without checkpoints, bound. */
function pair(scene: Scene): MtaPair {
  const { transport } = scene.line('192.0.2.21', '192.0.2.50');
  transport.tcp.open();
  transport.connect();
  const mtas = new MtaPair(transport, { mode: 'normal', names: ['MTA-A', 'MTA-B'], checkpointSize: 0 });
  mtas.bind();
  return mtas;
}

/** A TSDU of so many TPKTs that the machine holds more elements than any request may ask for. */
function longTsdu(): Uint8Array {
  const scene = new Scene('1998-06-16T07:00:00Z');
  const mtas = pair(scene);
  mtas.transfer(0, letter('980616.0700.001', 90_000));
  mtas.release();
  return scene.wire.pcap();
}

/** A TPKT of 14 octets whose own header declares 65,535. */
function lyingHeader(): Uint8Array {
  const scene = new Scene('1998-06-16T07:00:00Z');
  const { transport } = pair(scene);
  const lie = cat(tsdu(ses.mip(1))[0]!);
  lie.set([0xff, 0xff], 2);
  transport.tcp.send(0, lie);
  for (let i = 2; i < 6; i++) transport.tsdu(0, ses.mip(i));
  return scene.wire.pcap();
}

describe.skipIf(!HAVE_CHROMIUM)('what is drawn is what the machine did', () => {
  const place = folder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  const bundled = (name: string): string =>
    writeReport([join(ROOT, 'captures', name)], join(place.path, `${name}.html`));
  const made = (name: string, capture: Uint8Array): string => {
    const file = join(place.path, `${name}.pcap`);
    writeFileSync(file, capture);
    return writeReport([file], join(place.path, `${name}.html`));
  };

  async function show(url: string, fragment: string, run: (page: Page) => Promise<void>, width = 1280): Promise<void> {
    const { page, complaints, close } = await watched(browser, { viewport: { width, height: 900 } });
    try {
      await open(page, url, fragment);
      await page.waitForSelector('svg');
      await run(page);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }

  /** Words of a drawing that stand out of it, and are cut off there. */
  const cutOff = (page: Page): Promise<string[]> =>
    page.$$eval('svg text', nodes =>
      nodes
        .filter(node => {
          const [box, room] = [node.getBoundingClientRect(), node.closest('svg')!.getBoundingClientRect()];
          return box.left < room.left - 1 || box.right > room.right + 1;
        })
        .map(node => node.textContent!),
    );

  test('the limit is one of requests: what is held TPKT after TPKT has no band', async () => {
    await show(made('long', longTsdu()), 'view=buffers', async page => {
      const requests = '[aria-label="Requests"] >> nth=0';
      const held = page.locator('[aria-label="Buffer timeline"]');
      expect(await page.getAttribute(`${requests} >> svg`, 'aria-label')).toMatch(/asked for .* at most 1; /);
      expect(await held.count()).toBe(1);
      expect(await held.locator('svg').getAttribute('aria-label')).toMatch(/^Elements held .* peak 4\d\.$/);
      expect(await held.locator('.band').count()).toBe(0);
      const band = (await page.locator(`${requests} >> .band`).boundingBox())!;
      const bars = (await page.locator(`${requests} >> .bars`).boundingBox())!;
      expect(bars.y).toBeGreaterThan(band.y + band.height);
    });
  });

  test.each([
    ['zone-28.pcap', 'warning', '! frame 14: 58,016 octets, 28 elements'],
    ['legal-65535.pcap', 'error', '✖ frame 14: 65,535 octets, 31 elements'],
  ])('the request of %s is drawn as grave as its finding: %s', async (name, severity, words) => {
    await show(bundled(name), 'view=overview', async page => {
      const drawn = await page.$$eval('.chart .bars', nodes => nodes.map(n => n.getAttribute('class')));
      expect(drawn).toEqual(['bars d0 ', `bars d0 ${severity}`]);
      expect(await page.textContent(`.chart .said.${severity}`)).toBe(words);
    });
  });

  test.each([1280, 400])('at %i pixels no word of a drawing is cut off', async width => {
    for (const url of [bundled('legal-65535.pcap'), made('lie', lyingHeader())])
      for (const view of ['overview', 'buffers', 'lengths'])
        await show(url, `view=${view}`, async page => expect(await cutOff(page), view).toEqual([]), width);
  });

  test('a header that declares too much is drawn up to the TPKT that was sent behind it', async () => {
    await show(made('lie', lyingHeader()), 'view=overview', async page => {
      const octets = await page.$$eval('.misread .octet', nodes => nodes.map(n => [n.textContent, n.className]));
      expect(octets.slice(0, 4)).toEqual(['03', '00', 'FF', 'FF'].map(octet => [octet, 'octet asked']));
      const next = octets.findIndex(([, style]) => style === 'octet real');
      expect(octets.slice(next, next + 4).map(([octet]) => octet)).toEqual(['03', '00', '00', '0E']);
      expect(await page.textContent('.misread figcaption p')).toMatch(/declares 65,535 octets, .* The machine asks by/);
      const left = async (selector: string): Promise<number> => (await page.locator(selector).boundingBox())!.x;
      expect(await left('.brace.real')).toBeCloseTo(await left('.octet.real >> nth=0'), 0);
      expect(await left('.brace.there')).toBeCloseTo(await left('.octet.asked >> nth=0'), 0);
      expect(await page.textContent('.brace.there')).toBe('carried: 14 octets');
    });
  });

  test('a TPKT as long as was negotiated is drawn before that line, not behind it', async () => {
    await show(bundled('q182619-5.0.pcap'), 'view=lengths', async page => {
      const line = (await page.locator('.negotiated').boundingBox())!;
      const bars = await page.locator('.bars').all();
      const boxes = await Promise.all(bars.map(async bar => (await bar.boundingBox())!));
      expect(Math.max(...boxes.map(box => box.x + box.width))).toBeLessThan(line.x + 2);
      expect(await page.textContent('section.lengths')).toContain('Not among them: 61,568 octets');
    });
    // Sent as such, so that it is among them.
    await show(bundled('zone-28.pcap'), 'view=lengths', async page =>
      expect(await page.textContent('section.lengths')).not.toContain('Not among them'),
    );
  });

  test('control blocks are those of the machine, the busiest host first, over time', async () => {
    /** How high a step line reaches, in blocks. */
    const most = (page: Page): Promise<number> =>
      page.$eval('.blocks svg >> nth=0', svg => {
        const heights = [
          ...svg
            .querySelector('.step')!
            .getAttribute('d')!
            .matchAll(/[V ]([\d.]+)/g),
        ].map(m => +m[1]!);
        const [zero, peak] = [...svg.querySelectorAll('text')].map(text => Number(text.getAttribute('y')) - 4);
        return (
          ((zero! - Math.min(...heights)) / (zero! - peak!)) *
          Number(svg.querySelector('text:last-of-type')!.textContent)
        );
      });
    for (const [name, blocks] of [
      ['control-blocks.pcap', 20],
      // Without its SYN nobody knows when the connection took its block.
      ['midstream.pcap', 1],
    ] as const)
      await show(bundled(name), 'view=buffers', async page => {
        expect(await page.textContent('.blocks span >> nth=0')).toContain(`peak ${blocks} of 20`);
        expect(await most(page)).toBeCloseTo(blocks, 1);
        expect(await page.textContent('.blocks:last-of-type text >> nth=0')).toBe('0 s');
      });
  });
});
