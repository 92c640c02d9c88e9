import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findCaptures } from '../../src/app/gate-inputs.ts';
import { InputError } from '../../src/base/errors.ts';
import { run } from '../../src/cli/commands/gate.ts';
import { capture, cleanCapture, direction, fatal, refused, stream } from '../report/fixtures.ts';
import { gate, OPTIONS } from './gate-kit.ts';
import { folder, mtascopeIn } from './kit.ts';

const BUNDLED = fileURLToPath(new URL('../../captures/clean-association.pcap', import.meta.url));

describe('exit codes', () => {
  it('0: clean, or only findings below --fail-on', async () => {
    expect((await gate({ 'a.pcap': cleanCapture() })).code).toBe(0);
    const warned = await gate({ 'a.pcap': cleanCapture({ findings: [refused()] }) });
    expect(warned.code).toBe(0);
    expect(warned.out).toContain('1 with warnings');
    expect((await gate({ 'a.pcap': capture() }, { failOn: 'never' })).code).toBe(0);
  });

  it('1: a finding at or above --fail-on', async () => {
    const failed = await gate({ 'a.pcap': capture(), 'b.pcap': cleanCapture() });
    expect(failed.code).toBe(1);
    expect(failed.out).toContain('9404 at frame 233');
    expect(failed.out).toContain('2 captures: 1 clean, 1 failed');
    expect((await gate({ 'a.pcap': cleanCapture({ findings: [refused()] }) }, { failOn: 'warning' })).code).toBe(1);
  });

  it('2: unreadable input, and the others are still judged', async () => {
    const { code, out, err } = await gate({
      'gone.pcap': Object.assign(new Error('gone.pcap: no such file'), { name: 'InputError' }),
      'a.pcap': capture(),
    });
    expect(code).toBe(2);
    // Once: it has a line in the log, and on standard error only where there is no log.
    expect(err).toBe('');
    expect(out).toContain('✖ gone.pcap  no such file\n');
    expect(out).toContain('9404 at frame 233');
    expect(out).toContain('1 failed, 1 unreadable');
  });

  it.each([
    ['summary', 'gone.pcap: no such file\n', ''],
    ['quiet', '', '✖ gone.pcap  no such file\n'],
  ])('2: with --%s too it is told once', async (option, said, listed) => {
    const { code, out, err } = await gate(
      { 'gone.pcap': new InputError('gone.pcap: no such file') },
      { [option]: true },
    );
    expect([code, err, out]).toEqual([2, said, `${listed}1 capture: 1 unreadable · no policy file\n`]);
  });

  it('70: a bug of ours in one capture, and the others are still judged', async () => {
    const { code, out, err } = await gate(
      { 'bug.pcap': new TypeError('x is undefined'), 'a.pcap': cleanCapture() },
      { junit: 'j.xml' },
    );
    expect(code).toBe(70);
    expect(err).toContain('bug.pcap: internal error: x is undefined');
    expect(out).toContain('✔ a.pcap');
  });

  it('2: nothing to judge', async () => {
    await expect(gate({})).rejects.toThrow('no captures named, and no policy file');
    await expect(gate({}, {}, { failOn: 'error' })).rejects.toThrow('neither here nor in mtascope.config.json');
  });
});

describe('policies', () => {
  it('hold limits, each with a rule of its own', async () => {
    const limits = { maxTpktLength: 2052, maxPeakElements: 1, maxControlBlocks: 2, minTpkts: 500 };
    const { code, out } = await gate({ 'a.pcap': capture({ findings: [] }) }, {}, { limits });
    expect(code).toBe(1);
    expect(out).toContain('gate.max-tpkt-length (stream 2): a TPKT of 61568 octets');
    expect(out).toContain('gate.max-peak-elements (stream 2)');
    expect(out).toContain('gate.max-control-blocks: 10.1.4.20 uses 3 control blocks');
    expect(out).toContain('gate.min-tpkts: 179 TPKTs in this capture; the policy asks for 500');
    expect(
      (await gate({ 'a.pcap': capture({ findings: [] }) }, {}, { limits, rules: { 'gate.*': 'note' } })).code,
    ).toBe(0);
  });

  it('do not let an empty capture pass when they ask for TPKTs', async () => {
    const empty = cleanCapture({ streams: [], frames: 0 });
    const passed = await gate({ 'a.pcap': empty, 'b.pcap': cleanCapture() });
    expect(passed.code).toBe(0);
    expect(passed.out).toContain('? a.pcap  nothing was checked: no stream on the ports looked at\n');
    expect(passed.out).toContain('2 captures: 2 clean; nothing was checked in 1 ·');
    const failed = await gate({ 'a.pcap': empty }, { minTpkts: 1 });
    expect(failed.code).toBe(1);
    expect(failed.out).not.toContain('nothing was checked');
  });

  it('switch rules off and grade them anew', async () => {
    expect((await gate({ 'a.pcap': capture() }, {}, { rules: { 'mta.*': 'off' } })).out).toContain('1 clean');
    expect((await gate({ 'a.pcap': cleanCapture({ findings: [refused()] }) }, { rule: ['mta.9215=error'] })).code).toBe(
      1,
    );
  });

  it('expect findings: there they pass, absent they fail', async () => {
    const expecting = {
      expect: [{ capture: 'a.pcap', code: 'mta.9404', frame: 233, stream: 2, profile: 'exchange-5.5' }],
    };
    const met = await gate({ 'a.pcap': capture() }, {}, expecting);
    expect(met.code).toBe(0);
    expect(met.out).toContain('1 known or expected');
    const moved = await gate({ 'a.pcap': capture({ findings: [fatal({ frame: 234 })] }) }, {}, expecting);
    expect(moved.code).toBe(1);
    expect(moved.out).toContain(
      'gate.expected: expected mta.9404 at frame 233 on stream 2 under exchange-5.5, which did not occur',
    );
  });

  it('test against several profiles, and say under which a finding occurs', async () => {
    const seen: string[] = [];
    const { io, text } = (await import('./kit.ts')).fakeIo({ cwd: folder() });
    const code = await run(
      ['a.pcap'],
      { ...OPTIONS, profile: ['exchange-4.0', 'exchange-5.0', 'exchange-5.5-sp1'] },
      io,
      async function* (files, { profile }) {
        seen.push(profile.name);
        yield capture({
          file: files[0]!,
          findings: profile.name === 'exchange-5.5-sp1' ? [refused()] : [refused(), fatal()],
        });
      },
    );
    expect(seen).toEqual(['exchange-4.0', 'exchange-5.0', 'exchange-5.5-sp1']);
    expect(code).toBe(1);
    expect(text().out).toContain('9404 at frame 233 under exchange-4.0, 5.0 (stream 2)');
  });

  it('refuse a profile that is none, before any capture is read', async () => {
    await expect(gate({ 'a.pcap': new Error('must not be read') }, { profile: ['exchange-6'] })).rejects.toThrow(
      /--profile exchange-6: no such profile \(exchange-4\.0,.*did you mean exchange-/,
    );
    await expect(gate({ 'a.pcap': new Error('must not be read') }, {}, { profiles: ['exchange-5.6'] })).rejects.toThrow(
      'mtascope.config.json: profiles: exchange-5.6',
    );
  });
});

describe('a baseline', () => {
  it('accepts what it knows, fails what is new, and survives a re-capture with other frames', async () => {
    const cwd = folder();
    const first = await gate({ 'a.pcap': capture() }, { updateBaseline: true }, undefined, cwd);
    expect(first.code).toBe(0);
    expect(readdirSync(cwd)).toEqual(['mtascope.baseline.json']);
    const baseline = {};
    const again = capture({ findings: [refused(), fatal({ frame: 777, frames: [776, 777] })] });
    const known = await gate({ 'a.pcap': again }, baseline, undefined, cwd);
    expect(known.code).toBe(0);
    expect(known.out).toContain(' · baseline mtascope.baseline.json');
    const named = { baseline: 'mtascope.baseline.json' };
    expect((await gate({ 'a.pcap': again }, named, undefined, cwd)).out).toBe(known.out);
    expect((await gate({ 'a.pcap': again }, { baseline: false }, undefined, cwd)).code).toBe(1);
    const second = await gate(
      { 'a.pcap': capture({ findings: [fatal(), fatal({ frame: 300 })] }) },
      baseline,
      undefined,
      cwd,
    );
    expect(second.code).toBe(1);
    expect(second.out).toContain('9404 at frame 300');
    expect((await gate({ 'b.pcap': capture() }, baseline, undefined, cwd)).code).toBe(1);
    const gone = await gate({ 'a.pcap': cleanCapture() }, baseline, undefined, cwd);
    expect(gone.out).toContain('1 finding of the baseline gone');
  });

  it('that no option and no policy names stands beside the policy', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'mtascope.config.json'), '{}');
    const first = await gate({ 'a.pcap': capture() }, { updateBaseline: true }, undefined, join(cwd, 'sub'));
    expect(first.out).toContain(' · baseline ../mtascope.baseline.json · 1 accepted');
    expect(readdirSync(cwd).sort()).toEqual(['mtascope.baseline.json', 'mtascope.config.json', 'sub']);
    const second = await gate({ 'a.pcap': capture() }, {}, undefined, join(cwd, 'sub'));
    expect([second.code, second.out.split(' · ')[2]]).toEqual([0, 'baseline ../mtascope.baseline.json\n']);
    await expect(
      gate({ 'a.pcap': capture() }, { updateBaseline: true, baseline: 'b.json', json: 'b.json' }),
    ).rejects.toThrow(/^--json and --update-baseline both write to .*b\.json/);
    await expect(gate({ 'a.pcap': capture() }, { updateBaseline: true, baseline: false })).rejects.toThrow(
      '--update-baseline and --no-baseline exclude each other',
    );
  });

  it('keeps the entries of captures that were not judged this time', async () => {
    const cwd = folder();
    await gate({ 'a.pcap': capture(), 'b.pcap': capture() }, { updateBaseline: true }, undefined, cwd);
    await gate({ 'b.pcap': cleanCapture() }, { updateBaseline: true }, undefined, cwd);
    const { findings } = JSON.parse(readFileSync(join(cwd, 'mtascope.baseline.json'), 'utf8'));
    expect(findings.map((entry: { capture: string }) => entry.capture)).toEqual(['a.pcap']);
  });

  it('that is missing or is none is an error, not an empty one', async () => {
    await expect(gate({ 'a.pcap': capture() }, { baseline: 'gone.json' })).rejects.toThrow(
      'gone.json: no such baseline; --update-baseline',
    );
    const cwd = folder();
    writeFileSync(join(cwd, 'x.json'), '{"a": 1}');
    await expect(gate({ 'a.pcap': capture() }, { baseline: 'x.json' }, undefined, cwd)).rejects.toThrow(
      'x.json: not a baseline of mtascope',
    );
  });
});

describe('inputs', () => {
  it('are files, folders and patterns, each capture once, less what the policy excludes', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'd', 'broken'), { recursive: true });
    for (const name of ['a.pcap', 'd/b.PCAPNG', 'd/c.cap.gz', 'd/notes.txt', 'd/broken/x.pcap', 'd/[odd].pcap'])
      writeFileSync(join(cwd, name), '');
    const find = async (inputs: string[], exclude: string[] = []) =>
      (await findCaptures(inputs, exclude, cwd, cwd, cwd)).captures;
    expect(await find(['d'], ['**/broken/**'])).toEqual(['d/[odd].pcap', 'd/b.PCAPNG', 'd/c.cap.gz']);
    expect(await find(['a.pcap', '**/*.pcap', './a.pcap'])).toEqual(['a.pcap', 'd/[odd].pcap', 'd/broken/x.pcap']);
    expect(await find(['d/[odd].pcap'])).toEqual(['d/[odd].pcap']);
    await expect(find(['*.pcapng'])).rejects.toThrow('*.pcapng: no capture fits this pattern');
    mkdirSync(join(cwd, 'empty'));
    await expect(find(['empty'])).rejects.toThrow('empty: no captures in this folder');
  });

  it('are none of installed packages, unless these are named', async () => {
    const cwd = folder();
    const inside = 'node_modules/mtascope/captures';
    mkdirSync(join(cwd, inside), { recursive: true });
    for (const name of ['a.pcap', `${inside}/b.pcap`]) writeFileSync(join(cwd, name), '');
    const find = async (input: string) => (await findCaptures([input], [], cwd, cwd, cwd)).captures;
    for (const input of ['.', '**/*.pcap']) expect(await find(input), input).toEqual(['a.pcap']);
    for (const input of [inside, 'node_modules', `${inside}/*.pcap`, 'node_modules/**/*.pcap'])
      expect(await find(input), input).toEqual([`${inside}/b.pcap`]);
  });

  it('of a folder are those that links lead to, once, and those that links promise', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'd', 'sub'), { recursive: true });
    mkdirSync(join(cwd, 'elsewhere'));
    for (const name of ['d/sub/a.pcap', 'elsewhere/b.pcap', 'elsewhere/.c.pcap']) writeFileSync(join(cwd, name), '');
    symlinkSync('.', join(cwd, 'd', 'again'));
    symlinkSync('../sub', join(cwd, 'd', 'sub', 'self'));
    symlinkSync('../elsewhere', join(cwd, 'd', 'in'));
    symlinkSync('../elsewhere', join(cwd, 'd', 'too'));
    symlinkSync('gone', join(cwd, 'd', 'gone.pcap'));
    const { captures, notices } = await findCaptures(['d'], [], cwd, cwd, cwd);
    expect(captures).toEqual(['d/gone.pcap', 'd/in/b.pcap', 'd/sub/a.pcap']);
    expect(notices).toEqual([]);
  });

  it('leave out what nobody here unpacks, and say so in every output', async () => {
    const cwd = folder();
    mkdirSync(join(cwd, 'd'));
    for (const name of ['b.pcap.zst', 'c.cap.LZ4', 'd.pcapng.xz']) writeFileSync(join(cwd, 'd', name), '');
    const find = (exclude: string[] = []) => findCaptures(['d'], exclude, cwd, cwd, cwd);
    await expect(find()).rejects.toThrow(
      'd: no captures in this folder; 3 compressed with zstd, lz4, xz or bzip2 are left out',
    );
    copyFileSync(BUNDLED, join(cwd, 'd', 'a.pcap'));
    expect((await find(['**/*.zst', '*.xz'])).notices).toEqual([
      'd: 1 compressed with zstd, lz4, xz or bzip2 is left out; unpack what is to be judged',
    ]);
    const { code, err } = await mtascopeIn(cwd, 'gate', 'd', '--no-config', '--tap', 't.tap');
    const notice = 'd: 3 compressed with zstd, lz4, xz or bzip2 are left out; unpack what is to be judged';
    expect([code, err]).toEqual([0, `${notice}\n`]);
    expect(readFileSync(join(cwd, 't.tap'), 'utf8')).toContain(`\n# ${notice}\n`);
  });

  it.skipIf(process.getuid?.() === 0)(
    'do not pass over a folder that may not be read, unless it is excluded',
    async () => {
      const cwd = folder();
      mkdirSync(join(cwd, 'd', 'closed'), { recursive: true });
      writeFileSync(join(cwd, 'd', 'a.pcap'), '');
      chmodSync(join(cwd, 'd', 'closed'), 0);
      await expect(findCaptures(['d'], [], cwd, cwd, cwd)).rejects.toThrow("closed: can't be read: permission denied");
      expect((await findCaptures(['d'], ['**/closed/**'], cwd, cwd, cwd)).captures).toEqual(['d/a.pcap']);
      chmodSync(join(cwd, 'd', 'closed'), 0o700);
    },
  );
});

describe('control blocks and streams', () => {
  it('count both directions for the longest TPKT', async () => {
    const one = stream(0, {
      directions: [direction('a:1', 'b:102'), direction('b:102', 'a:1', { maxTpktLength: 9999 })],
    });
    expect(
      (await gate({ 'a.pcap': cleanCapture({ streams: [one] }) }, {}, { limits: { maxTpktLength: 9998 } })).out,
    ).toContain('a TPKT of 9999 octets from b:102');
  });
});
