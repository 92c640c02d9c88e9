import { appendFileSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Server, startServer } from '../../src/app/serve.ts';
import { isLoopback, isOwn } from '../../src/app/serve-hosts.ts';
import { analyzeOptions } from '../kit/analysis.ts';
import { folder, mtascope } from './kit.ts';

const CAPTURE = readFileSync(fileURLToPath(new URL('../../captures/clean-association.pcap', import.meta.url)));
const PCAP_HEADER = 24;

let server: Server | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(files: readonly string[], host = '127.0.0.1', told: string[] = []): Promise<Server> {
  server = await startServer(files, {
    analyze: analyzeOptions(),
    version: '9',
    port: 0,
    host,
    maxUpload: 1 << 20,
    onUnreadable: message => told.push(message),
  });
  return server;
}

async function get(path: string): Promise<[number, string]> {
  const { url } = server!;
  const response = await fetch(url + path, { headers: { 'x-mtascope-token': url.split('/')[3]! } });
  return [response.status, await response.text()];
}

async function until(done: () => boolean, patience = 30_000): Promise<void> {
  for (const end = Date.now() + patience; !done(); await new Promise(next => setTimeout(next, 20)))
    if (Date.now() > end) throw new Error('it did not happen');
}

describe('serve', () => {
  it('lets a request end on the reading on which it began, and then frees that', async () => {
    const path = join(folder(), 'grows.pcap');
    const body = CAPTURE.subarray(PCAP_HEADER);
    writeFileSync(path, Buffer.concat([CAPTURE, ...Array<Buffer>(150).fill(body)]));
    const { captures } = await start([path]);
    await until(() => captures.list[0]!.revision === 1);
    appendFileSync(path, body);
    const answers: [number, string][] = [];
    let number = 0;
    const ask = async (): Promise<void> => {
      while (captures.list[0]!.revision === 1) {
        const filter = encodeURIComponent(`tpkt.length > ${number++}`);
        answers.push(await get(`api/captures/1/rows/count?filter=${filter}`));
      }
    };
    await Promise.all([ask(), ask()]);
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toEqual([200, expect.stringMatching(/^\{"count":[1-9]\d*\}$/)]);
    expect(readdirSync(captures.folder)).toEqual(['frames-2']);
  });

  it('reads what was not read yet first, however fast another capture grows', async () => {
    const place = folder();
    const [grows, rests] = ['a.pcap', 'b.pcap'].map(name => join(place, name));
    writeFileSync(grows!, CAPTURE);
    writeFileSync(rests!, CAPTURE);
    const growing = setInterval(() => appendFileSync(grows!, CAPTURE.subarray(PCAP_HEADER)), 10);
    try {
      const { captures } = await start([grows!, rests!]);
      await until(() => captures.list[0]!.revision >= 2);
      expect(captures.list[1]!.revision).toBe(1);
      appendFileSync(rests!, CAPTURE.subarray(PCAP_HEADER));
      await until(() => captures.list[1]!.revision === 2);
    } finally {
      clearInterval(growing);
    }
  });

  it('reads a file again that was written anew or replaced by one of the same length', async () => {
    const path = join(folder(), 'rewritten.pcap');
    writeFileSync(path, CAPTURE);
    const { captures } = await start([path]);
    await until(() => captures.list[0]!.revision === 1);
    const other = Buffer.from(CAPTURE);
    // The time of the first frame, a second later.
    other.writeUInt32LE(other.readUInt32LE(PCAP_HEADER) + 1, PCAP_HEADER);
    writeFileSync(path, other);
    await until(() => captures.list[0]!.revision === 2);
    expect(captures.list[0]!.reading!.summary.report.first!.sec).toBe(other.readUInt32LE(PCAP_HEADER));
    // As logs are rotated: its times are those of the other file.
    writeFileSync(`${path}.new`, CAPTURE);
    const { atime, mtime } = statSync(path);
    utimesSync(`${path}.new`, atime, mtime);
    renameSync(`${path}.new`, path);
    await until(() => captures.list[0]!.revision === 3);
  });

  it('tells of a file that can no longer be read, and keeps what was read of it', async () => {
    const path = join(folder(), 'overwritten.pcap');
    writeFileSync(path, CAPTURE);
    const told: string[] = [];
    const { captures } = await start([path], '127.0.0.1', told);
    await until(() => captures.list[0]!.revision === 1);
    writeFileSync(path, 'a note, no capture');
    await until(() => captures.list[0]!.error !== '');
    expect(told).toEqual([`${path}: ${captures.list[0]!.error}`]);
    expect(captures.list[0]!.reading).not.toBeNull();
    writeFileSync(path, CAPTURE);
    await until(() => captures.list[0]!.revision === 2);
    expect(captures.list[0]!.error).toBe('');
  });

  it('tells of a file that is deleted, and reads it again when it is back', async () => {
    const path = join(folder(), 'deleted.pcap');
    writeFileSync(path, CAPTURE);
    const told: string[] = [];
    const { captures } = await start([path], '127.0.0.1', told);
    await until(() => captures.list[0]!.revision === 1);
    renameSync(path, `${path}.old`);
    await until(() => captures.list[0]!.error !== '');
    expect(told).toEqual([`${path}: no such file`]);
    expect(captures.list[0]!.reading).not.toBeNull();
    renameSync(`${path}.old`, path);
    await until(() => captures.list[0]!.revision === 2);
    expect(captures.list[0]!.error).toBe('');
  });

  it('reads what a browser sent once, and says the same of it ever after', async () => {
    const { captures, url } = await start([]);
    for (const [name, body] of [
      ['text.txt', Buffer.from('no capture at all, only words')],
      ['good.pcap', CAPTURE],
    ] as const) {
      const headers = { 'x-mtascope-token': url.split('/')[3]! };
      expect((await fetch(`${url}api/captures?name=${name}`, { method: 'POST', body, headers })).status).toBe(201);
    }
    await until(() => captures.list[1]!.revision === 1);
    const said = captures.list.map(({ error }) => error);
    expect(said).toEqual([expect.stringContaining('is neither pcap nor pcapng'), '']);
    // As long as a look at the given files takes, and another reading.
    await new Promise(next => setTimeout(next, 2500));
    expect(captures.list.map(({ error }) => error)).toEqual(said);
    expect(captures.list[1]!.revision).toBe(1);
    // Only the frames of the one that could be read.
    expect(readdirSync(captures.folder)).toEqual(['frames-2']);
  });

  it('ends the work for a filter that nobody waits for any more, and only that', async () => {
    const path = join(folder(), 'replaced.pcap');
    writeFileSync(path, Buffer.concat([CAPTURE, ...Array<Buffer>(400).fill(CAPTURE.subarray(PCAP_HEADER))]));
    const { captures, url } = await start([path]);
    await until(() => captures.list[0]!.reading !== null);
    const reading = captures.list[0]!.reading!;
    const asked = { sort: 'no', descending: false, stream: null } as const;
    const [replaced, kept] = [new AbortController(), new AbortController()];
    const lonely = reading.rows('tpkt.length > 1', asked, replaced.signal);
    const shared = reading.rows('tpkt.length > 2', asked, replaced.signal);
    const other = reading.rows('tpkt.length > 2', asked, kept.signal);
    replaced.abort();
    await expect(lonely).rejects.toThrow('nobody waits');
    expect(await shared).toBe(await other);
    // A browser that asks for something else closes the connection.
    const closed = new AbortController();
    const headers = { 'x-mtascope-token': url.split('/')[3]! };
    const rows = vi.spyOn(reading, 'rows');
    const dropped = fetch(`${url}api/captures/1/rows/count?filter=tpkt.length>3`, { headers, signal: closed.signal });
    await until(() => rows.mock.calls.length > 0);
    closed.abort();
    await expect(dropped).rejects.toThrow();
    await expect(rows.mock.results[0]!.value).rejects.toThrow('nobody waits');
  });

  it('puts rows in order once, however many pages are asked for', async () => {
    const path = join(folder(), 'ordered.pcap');
    writeFileSync(path, CAPTURE);
    const { captures } = await start([path]);
    await until(() => captures.list[0]!.reading !== null);
    const reading = captures.list[0]!.reading!;
    const asked = { sort: 'info', descending: true, stream: null } as const;
    const rows = await reading.rows('tpkt', asked);
    expect(await reading.rows(' tpkt', { ...asked })).toBe(rows);
    expect(await reading.rows('', asked)).not.toBe(rows);
    await expect(reading.rows('tpkt ==', asked)).rejects.toThrow(/value/);
  });

  it('on all addresses answers to those of the machine, and to no foreign name', async () => {
    const { url } = await start([], '0.0.0.0');
    const { port, pathname } = new URL(url);
    const status = (host: string): Promise<number> =>
      new Promise((done, fail) => {
        const asked = request({ host: '127.0.0.1', port, path: pathname, headers: { host } }, answer => {
          answer.resume();
          done(answer.statusCode!);
        });
        asked.once('error', fail).end();
      });
    for (const { address, family } of Object.values(networkInterfaces()).flatMap(list => list ?? []))
      if (family === 'IPv4') expect(await status(`${address}:${port}`)).toBe(200);
    expect(await status(`localhost:${port}`)).toBe(200);
    expect(await status(`evil.example:${port}`)).toBe(403);
    expect(await status('127.0.0.1')).toBe(403);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', 80, true],
    ['LOCALHOST', '127.0.0.1', 80, true],
    ['127.0.0.1:80', '127.0.0.1', 80, true],
    ['127.0.0.1', '127.0.0.1', 8080, false],
    ['[::1]:8080', '::1', 8080, true],
    ['[2001:db8::7]:8080', '2001:DB8:0::7', 8080, true],
    ['127.0.0.1:8080', '0.0.0.0', 8080, true],
    ['198.51.100.7:8080', '0.0.0.0', 8080, false],
    ['mta.example:8080', 'mta.example', 8080, true],
    ['evil.example:8080', '::', 8080, false],
  ])('takes %s for its own on %s:%i: %s', (authority, host, port, own) => {
    expect(isOwn(authority, host, port)).toBe(own);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.0.0.2', true],
    ['localhost', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['127.evil.example', false],
    ['0.0.0.0', false],
    ['::', false],
    ['192.0.2.1', false],
  ])('nobody else reaches what listens on %s: %s', (host, alone) => {
    expect(isLoopback(host)).toBe(alone);
  });

  it('says in plain words why it can not listen', async () => {
    const { url } = await start([]);
    const failing = (host: string, port: number): Promise<unknown> =>
      startServer([], { analyze: analyzeOptions(), version: '9', port, host, maxUpload: 1, onUnreadable: () => {} });
    const port = Number(new URL(url).port);
    await expect(failing('127.0.0.1', port)).rejects.toThrow(`127.0.0.1:${port}: the port is taken`);
    await expect(failing('203.0.113.9', 0)).rejects.toThrow('203.0.113.9: this machine has no such address');
  });

  it('takes no empty address, on which Node would listen for everybody', async () => {
    const { code, err } = await mtascope(['serve', '--host', '']);
    expect([code, err]).toEqual([2, expect.stringMatching(/--host .*empty/)]);
  });
});
