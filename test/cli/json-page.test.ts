import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { folder, mtascope } from './kit.ts';

/* The tables of docs/json.md about the outputs that the schema does not describe, read as a schema, beside what the commands write. */

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const bundled = (file: string) => root(`captures/${file}`);
const [, page] = readFileSync(root('docs/json.md'), 'utf8').split('## The other commands');

const tables = new Map<string, { field: string; type: string; optional: boolean }[]>();
for (const part of page!.split('\n### ').slice(1)) {
  const rows = [...part.matchAll(/^\| `(\w+)` \| (.*?) \| (.*) \|$/gm)];
  const table = rows.map(([, field, type, meaning]) => ({
    field: field!,
    type: type!,
    optional: meaning!.endsWith(' (may be absent)'),
  }));
  if (table.length > 0) tables.set(part.split('\n')[0]!, table);
}

const REPORT = JSON.parse(readFileSync(root('schema/report.schema.json'), 'utf8'));
const PLAIN = new Set(['integer', 'number', 'string', 'boolean', 'object', 'null']);

function typeOf(text: string): object {
  const list = text.match(/^list of (.*)$/);
  if (list !== null) return { type: 'array', items: typeOf(list[1]!) };
  if (text.startsWith('`')) return { const: JSON.parse(text.slice(1, -1)) };
  if (PLAIN.has(text)) return { type: text };
  return { $ref: tables.has(text) ? `#/$defs/${text}` : `${REPORT.$id}#/$defs/${text}` };
}

const $defs = Object.fromEntries(
  [...tables].map(([name, table]) => [
    name,
    {
      type: 'object',
      properties: Object.fromEntries(
        table.map(({ field, type }) => [field, { anyOf: type.split(', ').map(each => typeOf(each)) }]),
      ),
      required: table.filter(({ optional }) => !optional).map(({ field }) => field),
      additionalProperties: false,
    },
  ]),
);
const ajv = new Ajv2020.default({ strict: true, strictRequired: false, strictTypes: false });
ajv.addSchema(REPORT).addSchema({ $id: 'page', $defs });

const judge = (name: string) => ajv.getSchema(name === 'report' ? REPORT.$id : `page#/$defs/${name}`)!;
const valid = (name: string, value: unknown) => judge(name)(value) as boolean;

/** Which optional fields, and which values beside null, were met. */
const met = new Set<string>();

function meet(name: string, value: Record<string, unknown>): void {
  for (const { field, type } of tables.get(name)!) {
    if (value[field] === undefined || value[field] === null) continue;
    met.add(`${name}.${field}`);
    const of = type.replace(/^list of |, null$/g, '');
    if (!tables.has(of)) continue;
    for (const each of [value[field]].flat()) meet(of, each as Record<string, unknown>);
  }
}

function expectAll(name: string, ...values: Record<string, unknown>[]): void {
  for (const value of values) {
    if (!valid(name, value)) expect(judge(name).errors, JSON.stringify(value).slice(0, 500)).toBeNull();
    meet(name, value);
  }
}

async function written(...argv: string[]) {
  const { code, out, err } = await mtascope([...argv, '--format', 'json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

/** The head that the document shares with the report, and the rest of it. */
function headed({ schemaVersion, tool, profile, ...rest }: Record<string, unknown>) {
  expect(valid('report', { schemaVersion, tool, profile, captures: [] })).toBe(true);
  return rest;
}

const FILES = SAMPLES.map(({ file }) => file);
const LOG = `Level,Date and Time,Source,Event ID,Task Category
Error,6/15/1998 11:15:10 AM,MSExchangeMTA,9404,(10),"The request was for 30 headers and 30 elements. [BASE TCP/IP DRVR 10] (16)"
Warning,6/15/1998 11:15:03 AM,MSExchangeMTA,9215,(10),"A sockets error 10061 on a connect() call was detected. Control block index: 3. [BASE IL TCP/IP DRVR 8 256] (12)"
Warning,6/15/1998 11:15:03 AM,MSExchangeMTA,9156,(10),"A resource limit has been reached while attempting to open an association. There are no free control blocks available for network type 1. The configured count is 20. [BASE IL MAIN BASE 1 265] (10)"`;

describe('the page describes the JSON of', () => {
  let reports: { file: string; frames: number; streams: { id: number }[]; findings: { frames: number[] }[] }[];
  beforeAll(async () => {
    reports = (await written('analyze', ...FILES.map(bundled))).captures;
  });

  it('packets', async () => {
    const { captures, ...head } = await written('packets', ...FILES.map(bundled));
    const rest = captures.map(({ packets, late, ...capture }: Record<string, unknown>) => {
      expect(Number.isInteger(late)).toBe(true);
      expectAll('packet', ...(packets as Record<string, unknown>[]));
      return capture;
    });
    expect(valid('report', { ...head, captures: rest })).toBe(true);
  });

  it('show', async () => {
    for (const { file, frames, findings } of reports) {
      const named = findings.flatMap(finding => finding.frames.slice(0, 3)).slice(0, 6);
      for (const frame of new Set([1, Math.ceil(frames / 2), frames, ...named]))
        expectAll('show', headed(await written('show', `${frame}`, file)));
    }
    expectAll('show', headed(await written('show', '1', bundled('stray-http.pcap'), '--port', '103')));
  });

  it('follow and buffers', async () => {
    for (const { file, streams } of reports) {
      for (const { id } of streams.slice(0, 3)) {
        for (const layer of ['cotp', 'session', 'rtse', 'p1', 'content'])
          expectAll('follow', headed(await written('follow', `${id}`, file, '--layer', layer)));
        expectAll('buffers', headed(await written('buffers', `${id}`, file)));
      }
    }
  });

  it('calibrate', async () => {
    const log = join(folder(), 'app.csv');
    writeFileSync(log, LOG);
    const files = [bundled('q182619-5.0.pcap'), bundled('clean-association.pcap')];
    expectAll('calibrate', await written('calibrate', ...files, '--log', log));
    const event = 'The request was for 3 headers and 3 elements. [BASE TCP/IP DRVR 10] (16)';
    expectAll('calibrate', await written('calibrate', bundled('stray-http.pcap'), '--event', event, '--event', '-'));
  });

  it('profiles and rules', async () => {
    const { profiles, ...none } = await written('profiles');
    const { rules, ...nothing } = await written('rules');
    expect([none, nothing]).toEqual([{}, {}]);
    expectAll('profiles', ...profiles);
    expectAll('rules', ...rules);
  });

  it('nothing else: every field was met, and a field too many, too few or of another type is refused', async () => {
    const fields = [...tables].flatMap(([name, table]) => table.map(({ field }) => `${name}.${field}`));
    expect(fields.filter(field => !met.has(field))).toEqual([]);
    const [rule] = (await written('rules')).rules;
    expect(valid('rules', rule)).toBe(true);
    for (const broken of [
      { ...rule, more: 1 },
      { ...rule, code: 1 },
      { ...rule, help: undefined },
    ])
      expect(valid('rules', JSON.parse(JSON.stringify(broken)))).toBe(false);
  });
});
