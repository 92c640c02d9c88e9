import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/commands/gate.ts';
import type { CaptureReport } from '../../src/model/report.ts';
import { capture, cleanCapture } from '../report/fixtures.ts';
import { gate, OPTIONS } from './gate-kit.ts';
import { folder, withReports } from './kit.ts';

describe('outputs', () => {
  const all = { junit: 'j.xml', sarif: 's.sarif', json: 'r.json', ndjson: 'r.ndjson', tap: 't.tap', markdown: 'm.md' };

  it('are written all at once, with nothing left beside them', async () => {
    const { cwd, code, out } = await gate({ 'a.pcap': capture(), 'b.pcap': new TypeError('bug') }, all);
    expect(code).toBe(70);
    expect(readdirSync(cwd).sort()).toEqual(Object.values(all).sort());
    expect(out).toContain('JSON r.json · NDJSON r.ndjson · JUnit j.xml · SARIF s.sarif · TAP t.tap · Markdown m.md');
    const report = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'));
    expect(report.gate).toMatchObject({ exitCode: 70, captures: 2, failed: 1, crashed: 1 });
    expect(report.captures[0].verdict.judged[0]).toMatchObject({ code: 'mta.9404', fails: true });
    for (const line of readFileSync(join(cwd, 'r.ndjson'), 'utf8').trim().split('\n'))
      expect(JSON.parse(line).file).toMatch(/^[ab]\.pcap$/);
  });

  it.each(['-', '/dev/stdout'])('go to standard output as %s, and the log makes way', async name => {
    const { cwd, code, out, err } = await gate({ 'a.pcap': capture() }, { junit: name, tap: 't.tap', github: true });
    expect(code).toBe(1);
    expect(out).toMatch(/^<\?xml .*<\/testsuites>\n$/s);
    expect(err).toContain('9404 at frame 233');
    expect(err).toContain('::error file=a.pcap');
    expect(err).toContain(`1 capture: 1 failed · no policy file · JUnit ${name} · TAP t.tap`);
    expect(readdirSync(cwd)).toEqual(['t.tap']);
  });

  it('refuse to share a place, before any capture is read', async () => {
    const cwd = folder();
    symlinkSync(join(cwd, 'there.xml'), join(cwd, 'link.xml'));
    writeFileSync(join(cwd, 'there.xml'), 'old');
    const reports = { 'a.pcap': new Error('must not be read') };
    for (const [junit, sarif] of [
      ['a.xml', './a.xml'],
      ['link.xml', 'there.xml'],
      ['-', '/dev/stdout'],
    ])
      await expect(gate(reports, { junit, sarif }, undefined, cwd)).rejects.toThrow(
        `--junit and --sarif both write to ${sarif}`,
      );
    expect(readdirSync(cwd)).toEqual(['link.xml', 'there.xml']);
    expect((await gate({ 'a.pcap': cleanCapture() }, { junit: '/dev/null', sarif: '/dev/null' })).code).toBe(0);
  });

  it('fail before any capture is read when a folder is missing, and leave nothing behind', async () => {
    const cwd = folder();
    const reports = { 'a.pcap': new Error('must not be read') };
    await expect(gate(reports, { ...all, sarif: 'no/such/s.sarif' }, undefined, cwd)).rejects.toThrow(
      "no/such/s.sarif: can't be written: no such folder",
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('never replace a capture', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'a.pcap'), 'octets');
    const process = await import('node:process');
    const before = process.cwd();
    process.chdir(cwd);
    try {
      await expect(gate({ 'a.pcap': capture() }, { json: 'a.pcap' }, undefined, cwd)).rejects.toThrow(
        'a.pcap: is one of the captures',
      );
    } finally {
      process.chdir(before);
    }
    expect(readFileSync(join(cwd, 'a.pcap'), 'utf8')).toBe('octets');
  });

  it('leave the old file in its place when something fails on the way', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'r.json'), 'old');
    const host = {
      get address(): string {
        throw new RangeError('while writing');
      },
    };
    const bad = cleanCapture({ hosts: [host as CaptureReport['hosts'][number]] });
    await expect(gate({ 'a.pcap': bad }, { json: 'r.json' }, undefined, cwd)).rejects.toThrow('while writing');
    expect(readdirSync(cwd)).toEqual(['r.json']);
    expect(readFileSync(join(cwd, 'r.json'), 'utf8')).toBe('old');
  });

  it('leave the baseline as it was when one of them can not be written', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'b.json'), '{"baseline":"mtascope","version":1,"findings":[]}');
    const full = { ...OPTIONS, updateBaseline: true, baseline: 'b.json', sarif: '/dev/full' };
    await expect(gate({ 'a.pcap': capture() }, full, undefined, cwd)).rejects.toThrow('the disk is full');
    expect(readFileSync(join(cwd, 'b.json'), 'utf8')).toMatch(/"findings":\[\]}$/);
    expect(readdirSync(cwd)).toEqual(['b.json']);
  });

  it('--quiet shows what fails, --summary only the closing line', async () => {
    const reports = { 'a.pcap': capture(), 'b.pcap': cleanCapture() };
    expect((await gate(reports, { quiet: true })).out).not.toContain('b.pcap');
    expect((await gate(reports, { summary: true })).out.split('\n')).toHaveLength(2);
  });

  it('--github writes annotations and appends the job summary', async () => {
    const cwd = folder();
    const summary = join(cwd, 'summary.md');
    writeFileSync(summary, 'before\n');
    const { out } = await withReports(
      run,
      { 'a.pcap': capture() },
      { ...OPTIONS, github: true },
      { cwd, env: { GITHUB_STEP_SUMMARY: summary } },
    );
    expect(out).toMatch(/^::error file=a\.pcap,title=mta\.9404 at frame 233::/m);
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n# mtascope gate: failed/);
  });

  it('annotations and SARIF name captures from the top of the checkout, wherever the step ran', async () => {
    const top = folder();
    const cwd = join(top, 'interop');
    mkdirSync(cwd);
    const reports = { 'a.pcap': capture(), [join(top, 'b.pcap')]: capture(), '/elsewhere/c.pcap': capture() };
    const { out } = await withReports(
      run,
      reports,
      { ...OPTIONS, github: true, sarif: 's.sarif' },
      { cwd, env: { GITHUB_WORKSPACE: top } },
    );
    const annotated = [...out.matchAll(/^::error file=(.*?),/gm)].map(match => match[1]);
    expect([...new Set(annotated)]).toEqual(['interop/a.pcap', 'b.pcap', '/elsewhere/c.pcap']);
    const [{ artifacts }] = JSON.parse(readFileSync(join(cwd, 's.sarif'), 'utf8')).runs;
    const uris = artifacts.map((artifact: { location: { uri: string } }) => artifact.location.uri);
    expect(uris).toEqual(['interop/a.pcap', 'b.pcap', 'file:///elsewhere/c.pcap']);
    // The log is read beside the step.
    expect(out).toMatch(/^✖ a\.pcap /m);
  });
});
