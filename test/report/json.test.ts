import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureReport, Section } from '../../src/model/report.ts';
import { chunks } from '../../src/report/chunks.ts';
import { duration, iso, thousands } from '../../src/report/format.ts';
import { ALL_SECTIONS, jsonDocument, ndjson } from '../../src/report/json.ts';
import { capture, cleanCapture, fatal, stamp } from './fixtures.ts';

const HEAD = { version: '9.9.9', profile: { name: 'exchange-5.0', overrides: { maxElements: '20' } } };
const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020.default({ strict: true, strictRequired: false, strictTypes: false });
const validate = ajv.compile(schema);

async function document(captures: CaptureReport[], sections: readonly Section[] = ALL_SECTIONS) {
  let text = '';
  for await (const part of jsonDocument(HEAD, captures, sections)) text += part;
  return JSON.parse(text);
}

function expectValid(value: unknown): void {
  const valid = validate(value);
  expect(validate.errors).toBeNull();
  expect(valid).toBe(true);
}

describe('the JSON report', () => {
  it('is what its schema says, with any number of captures and any sections', async () => {
    expectValid(await document([capture(), cleanCapture()]));
    expectValid(await document([]));
    for (const section of ALL_SECTIONS) expectValid(await document([capture(), capture()], [section]));
  });

  it('is refused by the schema when a field is renamed, missing or of another type', async () => {
    const good = await document([capture()]);
    const broken = (change: (finding: Record<string, unknown>) => void): boolean => {
      const copy = structuredClone(good);
      change(copy.captures[0].findings[1]);
      return validate(copy) as boolean;
    };
    expect(broken(() => {})).toBe(true);
    expect(broken(finding => delete finding.frame)).toBe(false);
    expect(broken(finding => delete finding.headerFrames)).toBe(false);
    expect(broken(finding => (finding.models = 'most'))).toBe(false);
    expect(broken(finding => (finding.requestFrame = 1))).toBe(false);
    expect(broken(finding => (finding.frame = '233'))).toBe(false);
  });

  it('names a 9404 as the contract does', async () => {
    const [, finding] = (await document([capture()])).captures[0].findings;
    expect(finding).toMatchObject({
      code: 'mta.9404',
      severity: 'error',
      stream: 2,
      direction: 0,
      frame: 233,
      headerFrames: [233],
      disturbanceFrame: 231,
      streamOffset: 14_264,
      declaredLength: 61_568,
      headers: 30,
      elements: 30,
      models: 'all',
      filter: 'frame.number in {231, 233}',
      event: { id: 9404 },
    });
    expect(finding).not.toHaveProperty('request');
  });

  it('keeps hostile text as it is, without a control character in the document', async () => {
    const name = 'a\u0000\u001b[2J\u202e</script>';
    let text = '';
    for await (const part of jsonDocument(HEAD, [capture({ findings: [fatal({ message: name })] })], ALL_SECTIONS))
      text += part;
    expect(JSON.parse(text).captures[0].findings[0].message).toBe(name);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('has the same rows in NDJSON, each with its type and file', () => {
    const lines = [...chunks(ndjson(HEAD, capture(), ALL_SECTIONS))].join('').trimEnd().split('\n');
    const rows = lines.map(line => JSON.parse(line));
    expect(rows.map(row => row.type)).toEqual([
      'capture',
      'stream',
      'stream',
      'stream',
      'finding',
      'finding',
      'event',
      'event',
      'host',
      'association',
      'message',
    ]);
    expect(rows.every(row => row.file === 'q182619-5.0.pcap')).toBe(true);
  });

  it('has every field of its schema described in docs/json.md', () => {
    const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
    const names = new Set<string>();
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties' && typeof value === 'object')
          for (const name of Object.keys(value as object)) names.add(name);
        walk(value);
      }
    };
    walk(schema);
    expect(names.size).toBeGreaterThan(120);
    expect([...names].filter(name => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('times and numbers', () => {
  it('are ISO 8601 with every digit that the capture has', () => {
    expect(iso(stamp(896_865_124, 17_000))).toBe('1998-06-03T09:12:04.000017Z');
    expect(iso(stamp(896_865_124, 17_001))).toBe('1998-06-03T09:12:04.000017001Z');
    expect(iso(stamp(0, 2_147_483_648))).toBe('1970-01-01T00:00:02.147483648Z');
  });

  it('are times for any stamp that a damaged file can hold', () => {
    const pattern = new RegExp(schema.$defs.time.pattern);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat({ max: 4_294_967_295 * 1000 }), (sec, nsec) => {
        expect(iso({ sec, nsec })).toMatch(pattern);
      }),
    );
  });

  it('are grouped and worded for people', () => {
    expect(thousands(1_471_363)).toBe('1,471,363');
    expect(thousands(-1234)).toBe('-1,234');
    expect([0.000_05, 0.4, 4.25, 31, 151, 11_520, 90_061].map(duration)).toEqual([
      '50 µs',
      '400 ms',
      '4.3 s',
      '31 s',
      '2 min 31 s',
      '3 h 12 min',
      '1 d 1 h',
    ]);
  });
});
