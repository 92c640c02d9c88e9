import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { folder, mtascope, mtascopeIn, type Ran } from './kit.ts';

const CAPTURE = fileURLToPath(new URL('../../captures/q182619-5.0.pcap', import.meta.url));
const FILES = { junit: 'j.xml', sarif: 's.sarif', json: 'r.json', ndjson: 'r.ndjson', tap: 't.tap', markdown: 'm.md' };
const BOTH = '30 headers and 30 elements (exchange-5.0); 29 headers and 29 elements (exchange-5.5)';
const TAILS = { 'exchange-5.0': '[BASE TCP/IP DRVR 10]', 'exchange-5.5': '[BASE TCP/IP DRVR 8]' };

describe('a finding that is expected under one of the profiles', () => {
  const judge = async (profile: string) => {
    const cwd = folder();
    copyFileSync(CAPTURE, join(cwd, 'a.pcap'));
    const expected = { capture: 'a.pcap', frame: 76 };
    const policy = {
      profiles: Object.keys(TAILS),
      expect: [
        { ...expected, code: 'mta.9404', profile },
        { ...expected, code: 'tpkt.version' },
      ],
    };
    writeFileSync(join(cwd, 'mtascope.config.json'), JSON.stringify(policy));
    return mtascopeIn(cwd, 'gate', 'a.pcap', '--junit', '-');
  };

  it('fails under the others', async () => {
    const { code, out, err } = await judge('exchange-5.0');
    expect(code).toBe(1);
    expect(err).toContain('9404 at frame 76 under exchange-5.5 (stream 1)');
    expect(err).toContain('a request for 29 headers and 29 elements\n');
    const [first, second] = out.split('</testcase>');
    expect(first).not.toContain('<failure');
    expect(first).toContain('expected mta.9404 frame 76');
    expect(second).toContain('<failure type="mta.9404"');
  });

  it('does not occur under a profile that judges nothing, and that is what is said', async () => {
    const { code, err } = await judge('exchange-5.O');
    expect(code).toBe(1);
    expect(err).toContain(
      'under exchange-5.O, but it was not judged by that profile (exchange-5.0, exchange-5.5) (did you mean exchange-5.0?)',
    );
  });
});

/** The request of the article, judged by two profiles that count its elements differently. */
describe('a gate with two profiles', () => {
  const cwd = folder();
  const read = (kind: keyof typeof FILES): string => readFileSync(join(cwd, FILES[kind]), 'utf8');
  let ran: Ran;
  beforeAll(async () => {
    const outputs = Object.entries(FILES).flatMap(([kind, name]) => [`--${kind}`, name]);
    const profiles = Object.keys(TAILS).flatMap(name => ['--profile', name]);
    ran = await mtascope(['gate', CAPTURE, ...profiles, ...outputs, '--github'], { cwd });
  });

  it.each(Object.entries(TAILS))('analyze counts %s with a tail of its own', async (profile, tail) => {
    const { out } = await mtascope(['analyze', CAPTURE, '--profile', profile]);
    expect(out).toContain(`The request was for ${profile === 'exchange-5.0' ? 30 : 29} headers`);
    expect(out).toContain(tail);
  });

  it('tells the numbers of both in one line of the log, the annotations, Markdown and TAP', () => {
    expect(ran.code).toBe(1);
    const lines = [...ran.out.split('\n'), ...read('markdown').split('\n'), ...read('tap').split('\n')];
    const told = lines.filter(line => line.includes('would stop here'));
    expect(told).toHaveLength(4);
    for (const line of told) expect(line).toContain(BOTH);
    const annotation = told.find(line => line.startsWith('::error'))!;
    for (const tail of Object.values(TAILS)) expect(annotation).toContain(tail);
  });

  it('tells the numbers of its profile alone in a test case of JUnit', () => {
    const cases = [...read('junit').matchAll(/<testcase name="(.*?)"(.*?)<\/testcase>/gs)];
    expect(cases.map(([, name]) => name)).toEqual(Object.keys(TAILS));
    for (const [, name, text] of cases) {
      const elements = name === 'exchange-5.0' ? [30, 29] : [29, 30];
      expect(text).toContain(`${elements[0]} headers and ${elements[0]} elements`);
      expect(text).not.toContain(`${elements[1]} elements`);
      for (const [profile, tail] of Object.entries(TAILS)) expect(text!.includes(tail)).toBe(profile === name);
    }
  });

  it('has both in JSON, NDJSON and SARIF, each with its profile', () => {
    const judged = JSON.parse(read('json')).captures[0].verdict.judged;
    const line = read('ndjson')
      .trim()
      .split('\n')
      .map(text => JSON.parse(text))
      .find(({ code }) => code === 'mta.9404');
    const result = JSON.parse(read('sarif')).runs[0].results[0];
    expect(result.message.text).toContain(BOTH);
    expect(line.message).toContain(BOTH);
    expect(judged[0].message).toContain(BOTH);
    for (const { tellings } of [judged[0], line, result.properties]) {
      expect(tellings).toMatchObject([
        { profiles: ['exchange-5.0'], headers: 30, elements: 30 },
        { profiles: ['exchange-5.5'], headers: 29, elements: 29 },
      ]);
      for (const { profiles, event } of tellings)
        expect(event.text).toContain(TAILS[profiles[0] as keyof typeof TAILS]);
    }
    // What both say alike is told once.
    expect(judged[1]).toMatchObject({ code: 'tpkt.version', profiles: Object.keys(TAILS) });
    expect(judged[1].tellings).toBeUndefined();
  });
});
