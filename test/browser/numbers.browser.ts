/** The column has the names of the flags, as Wireshark does. */
const ENDED: Readonly<Record<string, string>> = { closed: 'FIN', reset: 'RST' };

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DirectionReport, StreamReport, WholeReport } from '../../src/model/report.ts';
import { BUNDLED, folder, HAVE_CHROMIUM, launch, open, ROOT, watched, writeReport } from './browser.ts';

type Row = (string | number)[];

/** The cells of a table under these heads, numbers as numbers; a range of frames as both of its ends. */
async function shown(page: Page, id: string, heads: readonly string[]): Promise<Row[]> {
  for (let more = page.locator(`#${id} > button`); (await more.count()) > 0; ) await more.click();
  const rows = await page.$$eval(
    `#${id} tbody tr`,
    (nodes, wanted) => nodes.map(row => wanted.map(head => row.querySelector(`[data-head="${head}"]`)!.textContent)),
    heads,
  );
  return rows.map(row => row.flatMap(value => value!.split('–').map(part => part.replace(/(?<=\d),(?=\d{3})/g, ''))));
}

/** As the page writes it: nothing is a dash, which `shown` takes for two empty ends. */
const cells = (rows: readonly (string | number | null)[][]): Row[] =>
  rows.map(row => row.flatMap(value => (value === null || value === '' ? ['', ''] : [String(value)])));

const frames = ({ firstFrame, lastFrame }: { firstFrame: number; lastFrame: number }): number[] =>
  firstFrame === lastFrame ? [firstFrame] : [firstFrame, lastFrame];

/** What `analyze` says at its end when nothing is wrong: the streams in doubt, and what was checked. */
function lastWords(file: string): string[] {
  const program = [join(ROOT, 'bin', 'mtascope.js'), 'analyze', file];
  const lines = execFileSync(process.execPath, program).toString().trim().split('\n');
  const doubts = lines
    .slice(0, -1)
    .filter(line => line.startsWith('? '))
    .map(line => line.slice(2));
  return [
    ...doubts,
    lines
      .at(-1)!
      .replace(/; no .*(?= \()/, '')
      .replace(/^\S+ /, ''),
  ];
}

const both = (s: StreamReport, read: (d: DirectionReport) => number, join: (a: number, b: number) => number): number =>
  join(read(s.directions[0]), read(s.directions[1]));
const sum = (a: number, b: number): number => a + b;

describe.skipIf(!HAVE_CHROMIUM)('the numbers of the page are those of `analyze --format json`', () => {
  const place = folder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  test.each(BUNDLED)('%s', async name => {
    const file = join(ROOT, 'captures', name);
    const program = [join(ROOT, 'bin', 'mtascope.js'), 'analyze', file, '--format', 'json'];
    const out = execFileSync(process.execPath, program, { maxBuffer: 1 << 28 }).toString();
    const { captures } = JSON.parse(out) as { captures: WholeReport[] };
    const theirs = captures[0]!;
    const url = writeReport([file], join(place.path, `${name}.html`));
    const { page, complaints, close } = await watched(browser);
    try {
      await open(page, url);
      await page.waitForSelector('section.overview .facts');
      const facts = (await page.textContent('.facts'))!.replaceAll(',', '');
      expect(facts).toMatch(new RegExp(`Frames${theirs.frames} frames?\\b`));
      if (theirs.selectedFrames > 0) expect(facts).toContain(`(ISO transport: ${theirs.selectedFrames})`);
      expect(await shown(page, 'findings', ['Frame', 'Stream', 'Times'])).toEqual(
        cells(theirs.findings.map(f => [f.frame, f.stream, f.count])),
      );
      const heads = ['#', 'Client', 'Server', 'Protocol', 'Frames', 'TPKTs', 'TPDU', 'Longest', 'Elements', 'Ended'];
      const end = ({ address, port }: StreamReport['client']): string =>
        address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      expect(await shown(page, 'streams', heads)).toEqual(
        cells(
          theirs.streams.map(s => [
            s.id,
            end(s.client),
            end(s.server),
            s.protocol,
            s.frames,
            both(s, d => d.tpkts, sum),
            s.tpduSize,
            both(s, d => d.maxTpktLength, Math.max),
            both(s, d => d.peakElements, Math.max),
            ENDED[s.state] ?? s.state,
          ]),
        ),
      );
      expect(await shown(page, 'hosts', ['Host', 'Control blocks', 'Headers', 'Elements', 'Stops at frame'])).toEqual(
        cells(
          theirs.hosts.map(h => [
            h.address,
            `${h.controlBlocksPeak} of ${h.controlBlocksConfigured}`,
            h.headersPeak,
            h.elementsPeak,
            h.terminatedAt,
          ]),
        ),
      );
      const verdict = (await page.textContent('.verdict'))!;
      if (!theirs.findings.some(f => f.code.startsWith('mta.')))
        for (const words of lastWords(file)) expect(verdict).toContain(words);
      await open(page, url, 'view=messages');
      await page.waitForSelector('#associations');
      expect(await shown(page, 'messages', ['Kind', 'Octets', 'Frames'])).toEqual(
        cells(theirs.messages.map(m => [m.kind, m.octets, ...frames(m)])),
      );
      expect(await shown(page, 'associations', ['#', 'Messages', 'Frames'])).toEqual(
        cells(theirs.associations.map(a => [a.id, `${a.messages[0]} → ${a.messages[1]} ←`, ...frames(a)])),
      );
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });
});
