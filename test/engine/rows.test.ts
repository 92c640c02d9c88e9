import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeFile, analyzeRows } from '../../src/app/analyze.ts';
import { RowStore } from '../../src/engine/row-store.ts';
import type { RowText, Text } from '../../src/model/rows.ts';
import { iso, stampOf } from '../../src/report/format.ts';
import { associationJson, messageJson, streamJson } from '../../src/report/json.ts';
import { json } from '../../src/report/safe.ts';
import { TemporaryLines } from '../../src/source/aside.ts';
import { analyzeOptions } from '../kit/analysis.ts';

interface Row {
  readonly name: string;
  readonly answer: number | null;
}

const decoded = (text: Text): string => (typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
const parsed = (text: Text): unknown => JSON.parse(decoded(text));

const written: RowText<Row> = { text: row => JSON.stringify(row), row: text => JSON.parse(text) as Row };

/** The records of a capture with its client's ports moved on, in little-endian pcap over Ethernet and IPv4 without options. */
function moved(records: Buffer, by: number): Buffer {
  const out = Buffer.from(records);
  for (let at = 0; at < out.length; at += 16 + out.readUInt32LE(at + 8)) {
    const tcp = at + 16 + 14 + 20;
    const port = out.readUInt16BE(tcp) === 102 ? tcp + 2 : tcp;
    out.writeUInt16BE(out.readUInt16BE(port) + by, port);
    // RFC 1624: the checksum follows from what changed.
    const sum = (~out.readUInt16BE(tcp + 16) & 0xffff) + by;
    out.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, tcp + 16);
  }
  return out;
}

describe('rows that are put aside', () => {
  test('are the rows that an array would hold, whatever their order, their changes and their length', () => {
    const number = fc.nat({ max: 20_000 });
    const name = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { minLength: 1, maxLength: 300 }),
        fc.array(fc.tuple(number, fc.nat()), { maxLength: 100 }),
        name,
        (numbers, changes, text) => {
          const lines = new TemporaryLines();
          const store = new RowStore<Row>({ lines, written });
          const model = new Map<number, Row>();
          const put = (n: number): void => {
            // Every hundredth row is longer than what is read back at once.
            const row = { name: n % 100 === 0 ? `${text}${n}`.padEnd(70_000, 'é') : `${text}${n}`, answer: null };
            store.put(n, { ...row });
            model.set(n, row);
          };
          // Enough rows behind the ones that matter to push them out of memory, and now and then out of the buffer.
          for (const n of numbers) put(n);
          for (let n = 30_000; n < 36_000; n++) put(n);
          for (const [n, answer] of changes) {
            if (!model.has(n)) continue;
            store.change(n, { answer });
            model.set(n, { ...model.get(n)!, answer });
          }
          const dropped = (row: Row) => row.name.endsWith('7');
          store.drop(dropped);
          for (const [n, row] of model) if (dropped(row)) model.delete(n);
          const rows = [...model].sort(([a], [b]) => a - b).map(([, row]) => row);
          expect(store.length).toBe(rows.length);
          expect([...store]).toEqual(rows);
          expect(Array.from(store.texts()!, decoded)).toEqual(rows.map(written.text));
          for (const n of numbers.slice(0, 5)) expect(store.at(n)).toEqual(model.get(n));
          expect(store.at(29_999)).toBeUndefined();
          lines.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  test('without a place to put them, all stay as they are', () => {
    const store = new RowStore<Row>(null);
    for (let n = 9999; n >= 0; n--) store.put(n, { name: String(n), answer: null });
    store.change(7, { answer: 1 });
    expect(store.texts()).toBeNull();
    expect([...store].map(row => row.name)).toEqual(Array.from({ length: 10_000 }, (_, n) => String(n)));
    expect(store.at(7)!.answer).toBe(1);
  });

  test('lines that went into the file are read back, in any order', () => {
    const lines = new TemporaryLines();
    const text = (n: number) => `${n} ${'x'.repeat(n % 3000)}`;
    const places = Array.from({ length: 20_000 }, (_, n) => lines.put(text(n)));
    for (const step of [1, 7919]) {
      for (let i = 0; i < places.length; i++) {
        const n = (i * step) % places.length;
        if (lines.get(places[n]!) !== text(n)) throw new Error(`line ${n} is not what was put aside`);
      }
    }
    lines.close();
  });

  test('without room in the folder memory does for a while, and then one line says so', () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = '/nowhere/at/all';
    const lines = new TemporaryLines();
    const text = (n: number) => `${n}`.padEnd(100_000, 'x');
    const places: number[] = [];
    const put = (until: number) => {
      for (let n = places.length; n < until; n++) places.push(lines.put(text(n)));
    };
    const all = () => places.every((place, n) => lines.get(place) === text(n));
    try {
      put(300);
      expect(all()).toBe(true);
      expect(() => put(400)).toThrow(/^rows of the report can't be put aside in \/nowhere\/at\/all \(ENOENT.*TMPDIR$/);
      expect(all()).toBe(true);
      delete process.env.TMPDIR;
      put(400);
      expect(all()).toBe(true);
    } finally {
      lines.close();
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

test.each(['clean-association.pcap', 'clean-association-1984.pcap', 'activity-resumed.pcap', 'q182619-5.0.pcap'])(
  '%s: a list has the rows of the whole report, and nothing that it does not show',
  async name => {
    const path = new URL(`../../captures/${name}`, import.meta.url).pathname;
    const options = { ...analyzeOptions(), level: 'rows' } as const;
    const whole = await analyzeFile(path, options);
    const messages = await analyzeRows(path, { ...options, sections: ['messages'] });
    const associations = await analyzeRows(path, { ...options, sections: ['associations'] });
    expect([...messages.messages]).toEqual(whole.messages);
    expect(Array.from(messages.messages.texts!()!, parsed)).toEqual(whole.messages.map(messageJson));
    expect([...associations.associations]).toEqual(whole.associations);
    expect(Array.from(associations.associations.texts!()!, parsed)).toEqual(whole.associations.map(associationJson));
    expect([messages.streams.length, messages.associations.length, associations.messages.length]).toEqual([0, 0, 0]);
    for (const report of [messages, associations]) report.release!();
  },
);

test('a capture with more rows than stay in memory has the rows of the whole report, answers included', async () => {
  const file = readFileSync(new URL('../../captures/clean-association.pcap', import.meta.url));
  // Three messages each time, one of which a report answers.
  const copies = Array.from({ length: 1500 }, (_, n) => moved(file.subarray(24), n));
  const path = join(mkdtempSync(join(tmpdir(), 'mtascope-rows-')), 'capture');
  try {
    writeFileSync(path, Buffer.concat([file.subarray(0, 24), ...copies]));
    const options = { ...analyzeOptions(), level: 'rows' } as const;
    const whole = await analyzeFile(path, options);
    expect(whole.messages.length).toBe(4500);
    expect(whole.messages.filter(m => m.answeredBy !== null).length).toBe(1500);
    const report = await analyzeRows(path, { ...options, sections: ['messages'] });
    expect([...report.messages]).toEqual(whole.messages);
    expect(Array.from(report.messages.texts!()!, decoded)).toEqual(whole.messages.map(m => json(messageJson(m))));
    report.release!();
  } finally {
    rmSync(dirname(path), { recursive: true });
  }
});

test('a capture with more streams than stay in memory is judged as one with all of them', async () => {
  const read = (name: string) => readFileSync(new URL(`../../captures/${name}.pcap`, import.meta.url));
  const blocks = read('control-blocks');
  const connect = read('refused-connect').subarray(24);
  const path = join(mkdtempSync(join(tmpdir(), 'mtascope-rows-')), 'capture');
  try {
    // The event that asks for the row of its stream stands in the first ones.
    writeFileSync(path, Buffer.concat([blocks, ...Array.from({ length: 4200 }, (_, n) => moved(connect, n))]));
    const options = analyzeOptions();
    const whole = await analyzeFile(path, options);
    expect(whole.streams.length).toBeGreaterThan(4200);
    expect(new Set(whole.events.map(e => e.event.id))).toEqual(new Set([9156, 9215]));
    const { release, ...report } = await analyzeRows(path, options);
    expect(Array.from(report.streams.texts!()!, decoded)).toEqual(whole.streams.map(s => json(streamJson(s))));
    expect({
      ...report,
      streams: [...report.streams],
      findings: [...report.findings],
      messages: [],
      associations: [],
    }).toEqual({
      ...whole,
      messages: [],
      associations: [],
    });
    release!();
  } finally {
    rmSync(dirname(path), { recursive: true });
  }
});

test('a time that was written is read again to the nanosecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8e12, max: 8e12 }), fc.integer({ min: 0, max: 999_999_999 }), (sec, nsec) => {
      expect(stampOf(iso({ sec, nsec }))).toEqual({ sec, nsec });
    }),
  );
});
