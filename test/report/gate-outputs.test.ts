import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { ALL_RULES } from '../../src/app/gate-rules.ts';
import type { Finding } from '../../src/model/finding.ts';
import { gateMarkdown, githubAnnotations } from '../../src/report/gate-markdown.ts';
import { closingText, verdictText } from '../../src/report/gate-text.ts';
import type { CaptureVerdict, GateResult, Judged } from '../../src/report/judged.ts';
import { junit } from '../../src/report/junit.ts';
import { PLAIN } from '../../src/report/look.ts';
import { sarif } from '../../src/report/sarif.ts';
import { tap } from '../../src/report/tap.ts';
import { fatal, refused } from './fixtures.ts';

const require = createRequire(import.meta.url);
const HOSTILE = '"><script>&]]>\u001b[2J\u202e\u0000\n::error::x|`=1+1';

function judged(finding: Finding, changes: Partial<Judged> = {}): Judged {
  return {
    finding,
    tellings: [{ profiles: ['exchange-5.0'], finding }],
    severity: finding.severity,
    profiles: ['exchange-5.0'],
    accepted: null,
    fails: finding.severity === 'error',
    ...changes,
  };
}

function verdict(changes: Partial<CaptureVerdict> = {}): CaptureVerdict {
  return {
    file: 'captures/interop-08.pcap',
    status: 'clean',
    profiles: ['exchange-5.0', 'exchange-5.5'],
    failOn: 'error',
    judged: [],
    frames: 412,
    streams: 1,
    tpkts: 119,
    longest: 2052,
    seconds: 0.25,
    error: null,
    ...changes,
  };
}

const RESULT: GateResult = {
  version: '9.9.9',
  policy: 'mtascope.config.json',
  baseline: 'mtascope.baseline.json',
  notices: [`a notice ${HOSTILE}`],
  staleBaseline: 1,
  captures: [
    verdict({ file: 'captures/interop-07.pcap', status: 'failed', judged: [judged(fatal()), judged(refused())] }),
    verdict(),
    verdict({ file: 'captures/known.pcap', judged: [judged(fatal(), { accepted: 'baseline', fails: false })] }),
    verdict({ file: 'captures/interop-09.pcap', status: 'warned', judged: [judged(refused())] }),
    verdict({
      file: `captures/a b#${HOSTILE}.pcap`,
      status: 'failed',
      judged: [judged(fatal({ message: HOSTILE, explanation: HOSTILE, filter: HOSTILE }))],
    }),
    verdict({ file: '/tmp/gone.pcap', status: 'unreadable', error: '/tmp/gone.pcap: no such file' }),
    verdict({
      file: 'captures/bug.pcap',
      status: 'crashed',
      profiles: [],
      error: `undefined is not a function ${HOSTILE}`,
    }),
  ],
};

const text = (parts: Iterable<string>): string => [...parts].join('');

describe('JUnit', () => {
  const xml = text(junit(RESULT));

  it.each(['jenkins-junit.xsd'])('is valid by %s', async name => {
    const schema = readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8');
    const checked = await validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
    expect(checked.errors).toEqual([]);
    expect(checked.valid).toBe(true);
    const broken = await validateXML({
      xml: [{ fileName: 'junit.xml', contents: xml.replace('<testcase', '<testcases') }],
      schema: [schema],
    });
    expect(broken.valid).toBe(false);
  });

  it('counts what it holds', () => {
    const [, tests, failures, errors] = /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(xml)!;
    expect(Number(tests)).toBe(xml.match(/<testcase /g)!.length);
    expect(Number(failures)).toBe(xml.match(/<failure /g)!.length);
    expect(Number(errors)).toBe(xml.match(/<error /g)!.length);
    expect([tests, failures, errors]).toEqual(['13', '2', '3']);
  });

  it('keeps the number of test cases whatever is found', () => {
    const count = (result: GateResult) => text(junit(result)).match(/<testcase /g)!.length;
    const clean = { ...RESULT, captures: RESULT.captures.map(capture => ({ ...capture, judged: [] })) };
    expect(count(clean)).toBe(count(RESULT));
  });
});

describe('SARIF', () => {
  const log = JSON.parse(text(sarif(RESULT, ALL_RULES)));

  it('is valid by the official schema', () => {
    const schema = JSON.parse(
      readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
    );
    const ajv = new AjvDraft04.default({ strict: false, unicodeRegExp: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    validate(log);
    expect(validate.errors).toBeNull();
    expect(validate({ ...log, version: '2.0.0' })).toBe(false);
  });

  it('has the whole catalogue with help texts, and each result points at its rule', () => {
    const [run] = log.runs;
    expect(run.tool.driver.rules).toHaveLength(ALL_RULES.length);
    for (const rule of run.tool.driver.rules) expect(rule.help.text.length).toBeGreaterThan(100);
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  });

  it('has one location a frame, the request frame first', () => {
    const [result] = log.runs[0].results;
    expect(
      result.locations.map((location: { logicalLocations: { name: string }[] }) => location.logicalLocations[0]!.name),
    ).toEqual(['frame 233', 'frame 231']);
  });

  it('has what GitHub needs of a result: a line, and a hash that tells equal ones in a capture apart and stays the same', () => {
    const twice = verdict({
      file: 'captures/twice.pcap',
      judged: [judged(fatal()), judged(refused()), judged(fatal())],
    });
    const { results } = JSON.parse(text(sarif({ ...RESULT, captures: [twice, twice] }, ALL_RULES))).runs[0];
    for (const { locations } of results) {
      for (const { physicalLocation } of locations) expect(physicalLocation.region).toEqual({ startLine: 1 });
    }
    const hashes = results.map((result: { partialFingerprints: object }) => result.partialFingerprints);
    expect(hashes.slice(0, 3)).toEqual([
      { 'mtascope/v1': '3f1c9a', primaryLocationLineHash: '3f1c9a:1' },
      { 'mtascope/v1': 'aa77', primaryLocationLineHash: 'aa77:1' },
      { 'mtascope/v1': '3f1c9a', primaryLocationLineHash: '3f1c9a:2' },
    ]);
    expect(hashes.slice(3)).toEqual(hashes.slice(0, 3));
  });

  it('says what is known, and what could not be judged', () => {
    const [run] = log.runs;
    const known = run.results.filter((result: { suppressions?: unknown[] }) => result.suppressions !== undefined);
    expect(known).toHaveLength(1);
    expect(known[0].baselineState).toBe('unchanged');
    expect(run.invocations[0].executionSuccessful).toBe(false);
    expect(run.invocations[0].toolExecutionNotifications).toHaveLength(2);
  });

  it('names files as URIs', () => {
    const uris = log.runs[0].artifacts.map((artifact: { location: { uri: string } }) => artifact.location.uri);
    expect(uris[0]).toBe('captures/interop-07.pcap');
    expect(uris[4]).toMatch(/^captures\/a%20b%23%22%3E%3Cscript%3E/);
    expect(uris[5]).toBe('file:///tmp/gone.pcap');
  });
});

describe('TAP', () => {
  const lines = text(tap(RESULT)).split('\n');

  it('plans and numbers one point a capture', () => {
    expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..7']);
    const points = lines.filter(line => /^(not )?ok /.test(line));
    expect(points).toHaveLength(7);
    expect(points.map(line => line.startsWith('ok'))).toEqual([false, true, true, true, false, false, false]);
    for (const [i, line] of points.entries()) expect(line).toContain(`ok ${i + 1} - `);
    expect(points[4]).toContain('captures/a b\\#');
  });
});

describe('the build log', () => {
  it('has one line for a clean capture and the frame for one that fails', () => {
    const [failed, clean, known, warned, , gone] = RESULT.captures.map(capture => verdictText(capture, PLAIN, 26));
    expect(failed).toMatch(/^✖ captures\/interop-07\.pcap {4}9404 at frame 233 under exchange-5\.0 \(stream 2\): /);
    expect(clean).toBe('✔ captures/interop-08.pcap    119 TPKTs, longest 2,052\n');
    expect(known).toContain('1 known or expected; 119 TPKTs');
    expect(warned).toContain('! captures/interop-09.pcap    1 finding below --fail-on error (mta.9215)');
    expect(gone).toContain('no such file');
    expect(closingText(RESULT, ['JUnit report.xml'], PLAIN)).toBe(
      '7 captures: 2 clean, 1 with warnings, 2 failed, 1 unreadable, 1 not judged for a bug of ours · policy mtascope.config.json · baseline mtascope.baseline.json · JUnit report.xml · 1 finding of the baseline gone (--update-baseline)\n',
    );
  });
});

describe('Markdown', () => {
  it('counts as the log and the JSON do', () => {
    const [, counts] = text(gateMarkdown(RESULT)).split('\n\n');
    expect(counts).toBe(
      '7 captures: 2 clean, 1 with warnings, 2 failed, 1 unreadable, 1 not judged for a bug of ours, policy mtascope.config.json, baseline mtascope.baseline.json.',
    );
    expect(closingText(RESULT, [], PLAIN)).toContain(counts!.slice(0, counts!.indexOf(', policy')));
  });
});

describe('a capture in which nothing was checked', () => {
  const empty = verdict({ file: 'captures/web.pcap', streams: 2, tpkts: 0, longest: 0 });
  const result = { ...RESULT, captures: [empty, verdict(), verdict({ ...empty, status: 'warned' })] };
  const why = 'nothing was checked: no TPKT in 2 streams';

  it('is no green one', () => {
    const [first, second, third] = result.captures.map(capture => verdictText(capture, PLAIN, 20));
    expect(first).toBe(`? captures/web.pcap     ${why}\n`);
    expect(second).toMatch(/^✔/);
    expect(third).toMatch(/^! .*nothing was checked/);
    expect(closingText(result, [], PLAIN)).toContain(
      '3 captures: 2 clean, 1 with warnings; nothing was checked in 2 ·',
    );
    expect(closingText({ ...result, captures: [empty] }, [], PLAIN)).toContain('1 clean; nothing was checked ·');
    expect(text(gateMarkdown(result))).toContain('| ❔ clean, nothing was checked | captures/web.pcap |');
    expect(text(tap(result))).toContain(`ok 1 - captures/web.pcap # SKIP ${why}\n`);
    expect(text(githubAnnotations(result))).toContain(`::${why}`);
  });

  it('is a skipped case of JUnit, valid and counted', async () => {
    const xml = text(junit(result));
    expect(xml.match(/<skipped>nothing was checked: no TPKT in 2 streams<\/skipped>/g)).toHaveLength(4);
    expect(xml).toMatch(/<testsuite name="captures\/web.pcap" tests="2" failures="0" errors="0" skipped="2"/);
    const schema = readFileSync(new URL('schemas/jenkins-junit.xsd', import.meta.url), 'utf8');
    const checked = await validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
    expect(checked.errors).toEqual([]);
  });

  it('is a notification of SARIF', () => {
    const [run] = JSON.parse(text(sarif(result, ALL_RULES))).runs;
    const [first] = run.invocations[0].toolExecutionNotifications;
    expect(first).toMatchObject({ level: 'warning', message: { text: why }, descriptor: { id: 'nothing-checked' } });
    expect(run.invocations[0].executionSuccessful).toBe(true);
  });
});

describe('every output', () => {
  it('keeps hostile text of a capture from meaning anything', () => {
    const outputs = {
      junit: text(junit(RESULT)),
      sarif: text(sarif(RESULT, ALL_RULES)),
      tap: text(tap(RESULT)),
      markdown: text(gateMarkdown(RESULT)),
      github: text(githubAnnotations(RESULT)),
      text: RESULT.captures.map(capture => verdictText(capture, PLAIN, 20)).join(''),
    };
    for (const [name, output] of Object.entries(outputs)) {
      expect(output.replaceAll('\n', ''), name).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(outputs.junit).not.toContain('<script>');
    // In a code span nothing is markup.
    expect(outputs.markdown.replace(/`[^`\n]*`/g, '')).not.toContain('<script>');
    for (const line of outputs.github.trim().split('\n'))
      expect(line).toMatch(/^::(error|warning|notice) (file=[^:]*,)?title=[^:]*::/);
    expect(outputs.github.match(/^::error/gm)).toHaveLength(4);
  });
});
