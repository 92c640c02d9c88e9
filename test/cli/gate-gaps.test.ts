import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folder, mtascopeIn, type Ran } from './kit.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));

/** A project with some of the bundled captures and a policy. */
function project(policy: object, captures: Readonly<Record<string, string>> = { 'gap.pcap': 'gap.pcap' }): string {
  const cwd = folder();
  for (const [name, bundled] of Object.entries(captures)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true });
    copyFileSync(join(CAPTURES, bundled), join(cwd, name));
  }
  writeFileSync(join(cwd, 'mtascope.config.json'), JSON.stringify(policy));
  return cwd;
}

const gate = (cwd: string, ...args: string[]): Promise<Ran> => mtascopeIn(cwd, 'gate', ...args);
const SLIP = { captures: ['gap.pcap'], expect: [{ capture: 'q182619-5.0.pcpa', code: 'mta.9404', frame: 76 }] };

describe('a finding that the policy expects of a capture which is not in the run', () => {
  it('is missing: the run fails and says which capture', async () => {
    const cwd = project(SLIP);
    const files = { junit: 'j.xml', sarif: 's.sarif', json: 'r.json', tap: 't.tap', markdown: 'm.md' };
    const { code, out } = await gate(cwd, ...Object.entries(files).flatMap(([kind, name]) => [`--${kind}`, name]));
    expect(code).toBe(1);
    expect(out).toContain(
      '✖ q182619-5.0.pcpa  gate.expected: expected mta.9404 at frame 76, but no capture of this run fits q182619-5.0.pcpa',
    );
    expect(out).toContain('2 captures: 1 with warnings, 1 failed');
    for (const name of Object.values(files))
      expect(readFileSync(join(cwd, name), 'utf8'), name).toMatch(/expected mta\\?\.9404 at frame 76/);
  });

  it('names the capture that was meant', async () => {
    const { out } = await gate(project({ ...SLIP, expect: [{ capture: 'gaap.pcap', code: 'tcp.gap' }] }));
    expect(out).toContain('no capture of this run fits gaap.pcap (did you mean gap.pcap?)');
  });

  it('is graded by gate.expected as any other', async () => {
    expect((await gate(project({ ...SLIP, rules: { 'gate.expected': 'warning' } }))).code).toBe(0);
    expect((await gate(project({ ...SLIP, rules: { 'gate.expected': 'off' } }))).code).toBe(0);
  });

  it('is missing for an override that fits nothing as well', async () => {
    const overrides = [{ files: ['old/**', 'older/**'], expect: [{ code: 'mta.9404' }] }];
    const { code, out } = await gate(project({ captures: ['gap.pcap'], overrides }));
    expect(code).toBe(1);
    expect(out).toContain('expected mta.9404, but no capture of this run fits old/**, older/**');
  });

  it('is accepted by the baseline, once it was written there', async () => {
    const cwd = project(SLIP);
    expect((await gate(cwd, '--update-baseline')).code).toBe(0);
    expect((await gate(cwd, '--baseline', 'mtascope.baseline.json')).code).toBe(0);
  });

  it('is none of the business of a run over other captures of the project, unless there is no such file', async () => {
    const expecting = { ...SLIP, expect: [{ capture: 'sub/q.pcap', code: 'mta.9404' }] };
    const captures = { 'gap.pcap': 'gap.pcap', 'sub/q.pcap': 'q182619-5.0.pcap' };
    const cwd = project(expecting, captures);
    expect(await gate(cwd, 'gap.pcap')).toMatchObject({ code: 0, err: '' });
    expect((await gate(cwd)).code).toBe(1);
    expect((await gate(cwd, 'gap.pcap', 'sub')).out).not.toContain('gate.expected');
    expect(
      await gate(project({ ...expecting, expect: [{ capture: 'q.pcap', code: 'mta.9404' }] }, captures), 'gap.pcap'),
    ).toMatchObject({ code: 0 });
    expect((await gate(project(SLIP), 'gap.pcap')).code).toBe(1);
  });
});

describe('what is odd about a run is said, on standard error and in the files', () => {
  it('a pattern of an override that fits no capture', async () => {
    const cwd = project({ captures: ['gap.pcap'], overrides: [{ files: ['gap.*', 'gap.pcapp'], failOn: 'never' }] });
    const files = ['--json', 'r.json', '--markdown', 'm.md', '--sarif', 's.sarif', '--tap', 't.tap', '--github'];
    const { code, out, err } = await gate(cwd, ...files);
    const notice = 'mtascope.config.json: overrides[0].files: no capture fits gap.pcapp (did you mean gap.pcap?)';
    expect([code, err]).toEqual([0, `${notice}\n`]);
    expect(out).toContain(`::warning title=mtascope::${notice}`);
    expect(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')).gate.notices).toEqual([notice]);
    for (const name of ['m.md', 's.sarif', 't.tap'])
      expect(readFileSync(join(cwd, name), 'utf8').replaceAll('\\', ''), name).toContain('no capture fits gap.pcapp');
    expect((await gate(cwd, 'gap.pcap')).err).toBe(err);
  });

  it('an MTA that no capture of the run has', async () => {
    const captures = { 'a.pcap': 'header-split-1.pcap', 'b.pcap': 'ipv6.pcap' };
    const cwd = project({ captures: ['.'], mta: ['192.0.2.70', '192.0.2.71', '[2001:DB8::21]'] }, captures);
    const { code, err } = await gate(cwd);
    expect(code).toBe(1);
    expect(err).toBe(
      '192.0.2.71 is named as an MTA and has no stream in any capture of this run: nothing is claimed about it\n',
    );
  });
});

describe('a slip in what the policy says of captures that are not in the run', () => {
  const slips = [
    [{ profiles: ['exchange-5.O'] }, 'mtascope.config.json: profiles: exchange-5.O: no such profile'],
    [{ set: { maxElement: 20 } }, 'mtascope.config.json: set: maxElement: no such field'],
    [{ set: { maxElements: 'x' } }, 'mtascope.config.json: set: maxElements'],
  ] as const;

  it.each(slips)('is told before anything is read: %j', async (slip, words) => {
    const cwd = project({ overrides: [{ files: ['other.pcap'], ...slip }] });
    const { code, out, err } = await gate(cwd, 'gap.pcap');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });

  it('names the option where it is the option', async () => {
    const { err } = await gate(project({ set: { maxElements: 20 } }), 'gap.pcap', '--set', 'maxElement=3');
    expect(err).toMatch(/^--set maxElement: no such field/);
  });
});
