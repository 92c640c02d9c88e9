import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, folder, HAVE_CHROMIUM, launch, markedHex, open, ROOT, serve, watched } from './browser.ts';

const CAPTURES = join(ROOT, 'captures');
/** Folders of servers that run or ran; tests make some of another name. */
const left = (): string[] => readdirSync(tmpdir()).filter(name => /^mtascope-[A-Za-z0-9]{6}$/.test(name));

describe.skipIf(!HAVE_CHROMIUM)('the local viewer', () => {
  const place = folder();
  const growing = join(place.path, 'growing.pcap');
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let before: string[] = [];
  beforeAll(async () => {
    browser = await launch();
    before = left();
    copyFileSync(join(CAPTURES, 'clean-association.pcap'), growing);
    server = await serve(growing, join(CAPTURES, 'q182619-5.0.pcap'), '--profile', 'exchange-5.0', '--max-upload', '1');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    place.remove();
  });

  const token = (): string => new URL(server.url).pathname.split('/')[1]!;
  const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, server.url), { ...init, headers });

  test('shows packets, trees and marks as the report does, and asks nobody else', async () => {
    const { page, complaints, close } = await watched(browser, {}, new URL(server.url).origin);
    try {
      await open(page, server.url, 'capture=1');
      await page.waitForSelector('.verdict.error');
      expect(await page.title()).toBe('q182619-5.0.pcap – mtascope');
      await page.click('text=Show frame 76');
      await page.waitForSelector('.octets .o.m');
      expect(await markedHex(page)).toBe('0e02f080');
      await page.fill('#filter', 'ses.type == 41');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => /^2 of 78/.test(document.querySelector('.bar .count')?.textContent ?? ''));
      await expectAccessible(page, 'served packets');
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test('obeys its keys as soon as it is open', async () => {
    const { page, complaints, close } = await watched(browser, {}, new URL(server.url).origin);
    try {
      await open(page, server.url);
      await page.waitForSelector('section.overview');
      await page.keyboard.press('Alt+3');
      await page.waitForSelector('section.ladder');
      await page.keyboard.press('/');
      await page.waitForFunction(() => document.activeElement?.id === 'filter');
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  });

  test('takes a capture from the person at the browser, and refuses one that is too large', async () => {
    const { page, close } = await watched(browser, {}, new URL(server.url).origin);
    try {
      await open(page, server.url);
      await page.setInputFiles('input[type=file]', join(CAPTURES, 'gap.pcap'));
      await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('select.capture')?.value === '2');
      await page.waitForSelector('section.overview .facts:has-text("gap.pcap")');
      expect(await page.textContent('footer [role=status]')).toBe('gap.pcap was read');
      // Where the octets lie on the server's disk is nobody's business.
      expect(await page.textContent('.facts')).not.toContain(tmpdir());
      await page.setInputFiles('input[type=file]', { name: 'big.pcap', mimeType: '', buffer: Buffer.alloc(1_100_000) });
      await page.waitForFunction(() => /larger than 1 MiB/.test(document.querySelector('footer')?.textContent ?? ''));
    } finally {
      await close();
    }
  });

  test('text that is dragged is no capture', async () => {
    const { page, close } = await watched(browser, {}, new URL(server.url).origin);
    try {
      await open(page, server.url, 'view=packets');
      await page.waitForSelector('#filter');
      const taken = await page.evaluate(() =>
        [new DataTransfer(), new DataTransfer()].map((dataTransfer, i) => {
          if (i === 0) dataTransfer.setData('text/plain', 'tpkt');
          else dataTransfer.items.add(new File(['x'], 'x.pcap'));
          const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
          return !document.getElementById('filter')!.dispatchEvent(over);
        }),
      );
      expect(taken).toEqual([false, true]);
    } finally {
      await close();
    }
  });

  test('says of what is no capture that it is none, and stays where it was', async () => {
    const { page, close } = await watched(browser, {}, new URL(server.url).origin);
    try {
      await open(page, server.url);
      await page.waitForSelector('section.overview');
      const shown = await page.inputValue('select.capture');
      const text = { name: 'text.txt', mimeType: 'text/plain', buffer: Buffer.from('no capture at all, only words') };
      const good = join(CAPTURES, 'zone-28.pcap');
      await page.setInputFiles('input[type=file]', text);
      await page.waitForSelector('.drop .wrong:has-text("text.txt: is neither pcap nor pcapng")');
      expect(await page.textContent('footer [role=status]')).toContain('text.txt: is neither');
      expect(await page.textContent('.drop')).not.toContain(tmpdir());
      expect(await page.inputValue('select.capture')).toBe(shown);
      await page.selectOption('select.capture', { label: 'text.txt ✖' });
      await page.waitForSelector('.view .wrong:has-text("text.txt: is neither")');
      await page.setInputFiles('input[type=file]', good);
      await page.waitForSelector('section.overview .facts:has-text("zone-28.pcap")');
      expect(await page.locator('.drop .wrong').count()).toBe(0);
    } finally {
      await close();
    }
  });

  test('follows a file that grows', async () => {
    const { page, close } = await watched(browser, {}, new URL(server.url).origin);
    try {
      await open(page, server.url);
      await page.waitForSelector('.verdict.ok');
      copyFileSync(join(CAPTURES, 'zone-30.pcap'), growing);
      await page.waitForSelector('.verdict.error', { timeout: 20_000 });
      writeFileSync(growing, 'a note, no capture');
      await page.waitForSelector('.wrong:has-text("What is shown was read before")', { timeout: 20_000 });
      expect(await page.locator('.verdict.error').count()).toBe(1);
    } finally {
      await close();
    }
  });

  test('serves nothing without the token, to another host name, or to another page', async () => {
    const { host, origin } = new URL(server.url);
    const mine = { 'x-mtascope-token': token() };
    expect((await ask('api/state', mine)).status).toBe(200);
    expect((await ask('api/state')).status).toBe(403);
    expect((await ask('api/state', { 'x-mtascope-token': 'x'.repeat(token().length) })).status).toBe(403);
    expect((await ask('/', mine)).status).toBe(404);
    expect((await ask('/wrong/api/state', mine)).status).toBe(404);
    expect((await ask('api/state', { ...mine, origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('api/state', { ...mine, origin: 'null' })).status).toBe(403);
    expect((await ask('api/state', { ...mine, origin })).status).toBe(200);
    for (const path of [
      '../package.json',
      '%2e%2e/package.json',
      'captures/gap.pcap',
      'api/captures/999',
      'api/captures/..%2f..',
    ]) {
      expect((await ask(path, mine)).status, path).toBe(404);
    }
    expect(host.startsWith('127.0.0.1:')).toBe(true);
    const { request } = await import('node:http');
    const status = await new Promise<number>((done, fail) => {
      const rebound = request(new URL('api/state', server.url), { headers: { ...mine, host: 'rebound.example' } }, r =>
        done(r.statusCode!),
      );
      rebound.on('error', fail);
      rebound.end();
    });
    expect(status).toBe(403);
  });

  test('rows are asked for by whole numbers, whatever is written', async () => {
    const mine = { 'x-mtascope-token': token() };
    const rows = async (range: string): Promise<unknown[]> =>
      (await ask(`api/captures/2/rows?${range}`, mine)).json() as Promise<unknown[]>;
    expect(await rows('from=1.5&to=3')).toHaveLength(2);
    expect(await rows('from=-5&to=2')).toHaveLength(2);
    expect(await rows('from=x&to=x')).toEqual([]);
  });

  test('End and Home lead to rows that were not fetched yet', async () => {
    const capture = join(place.path, 'long.pcap');
    const grow = [join(ROOT, 'bench', 'grow.mjs'), 'octets', capture, '--count', '3000'];
    execFileSync(process.execPath, grow, { stdio: 'ignore' });
    const long = await serve(capture);
    const { page, complaints, close } = await watched(browser, {}, new URL(long.url).origin);
    try {
      await open(page, long.url, 'view=packets');
      await page.waitForSelector('#packet-0');
      const count = Number(
        /[\d,]+$/.exec((await page.textContent('.bar .count'))!.replace(' packets', ''))![0].replace(',', ''),
      );
      expect(count).toBeGreaterThan(3000);
      await page.focus('[aria-label="Packet list"]');
      await page.keyboard.press('End');
      await page.waitForSelector(`#packet-${count - 1}.selected`);
      await page.keyboard.press('Home');
      await page.waitForSelector('#packet-0.selected');
      expect(complaints).toEqual([]);
    } finally {
      await close();
      await long.stop();
    }
  });

  test('a page whose server has ended says so', async () => {
    const short = await serve(join(CAPTURES, 'gap.pcap'));
    const { page, close } = await watched(browser, {}, new URL(short.url).origin);
    try {
      await open(page, short.url);
      await page.waitForSelector('section.overview');
      await short.stop();
      await page.click('#tab-packets');
      await page.waitForSelector('#filter-error:has-text("mtascope serve does not answer; has it ended?")');
    } finally {
      await close();
      await short.stop();
    }
  });

  test('leaves no folder behind', async () => {
    const mine = left().filter(name => !before.includes(name));
    expect(mine.length).toBeGreaterThan(0);
    await server.stop();
    expect(left().filter(name => mine.includes(name))).toEqual([]);
  });
});
