import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { analyzeFile } from '../../src/app/analyze.ts';
import { annotateFile, copyCapture } from '../../src/app/annotate.ts';
import { openReader } from '../../src/capture/open.ts';
import type { FrameSink } from '../../src/capture/reader.ts';
import type { CopyPlan } from '../../src/capture/write.ts';
import { openCopy } from '../../src/capture/write-open.ts';
import { folder, mtascope } from '../cli/kit.ts';
import { pcap } from '../kit/pcap.ts';
import { Section } from '../kit/pcapng.ts';
import { everySplit } from '../kit/splits.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { options } from './kit.ts';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const dir = folder();
/** Of every kind one: the formats, and findings with one, several and no frames. */
const SOME = SAMPLES.filter(s =>
  /^(q182619-5\.[05]|header-split-octets|gap|stray-http|control-blocks|two-interfaces|compressed|unanswered)/.test(
    s.file,
  ),
);

async function annotate(file: string, profile?: string): Promise<{ path: string; bytes: Buffer; commented: number[] }> {
  const parts: Buffer[] = [];
  const done = await annotateFile(file, options(profile), 'test', async part => void parts.push(Buffer.from(part)));
  const path = join(dir, `${Math.random().toString(36).slice(2)}.pcapng`);
  const bytes = Buffer.concat(parts);
  writeFileSync(path, bytes);
  return { path, bytes, commented: [...done.commented] };
}

/** All that a capture says of its frames, as an independent reader sees it. */
const frames = (file: string, more: string[] = []) =>
  tsharkFields(
    file,
    ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len', 'frame.encap_type', 'frame.md5_hash', ...more],
    ['frame.generate_md5_hash:TRUE'],
  );

describe.skipIf(!tsharkAvailable())('as tshark reads it', () => {
  it.each(SOME.map(s => [s.file, s] as const))(
    '%s: the same frames, comments where findings point',
    async (file, sample) => {
      const { profile } = sample.build().expected;
      const original = join(CAPTURES, file);
      const { path, commented } = await annotate(original, profile);
      expect(frames(path)).toEqual(frames(original));
      const report = await analyzeFile(original, options(profile));
      const named = new Set(report.findings.flatMap(f => f.frames).filter(n => n <= report.frames));
      const ours = tsharkFields(path, ['frame.number', 'frame.comment'], [], 'frame.comment contains "mtascope "');
      expect(ours.map(row => Number(row['frame.number']![0]))).toEqual([...named].sort((a, b) => a - b));
      expect(commented).toEqual([...named].sort((a, b) => a - b));
      for (const finding of report.findings) {
        if (finding.frame === null || finding.frame > report.frames) continue;
        const row = ours.find(r => Number(r['frame.number']![0]) === finding.frame);
        expect((row?.['frame.comment'] ?? []).join('\n')).toContain(`mtascope ${finding.code} (${finding.severity}): `);
      }
    },
  );

  it('keeps nanoseconds, byte order, link type and lengths of a classic capture', async () => {
    const time = { sec: 4_000_000_000, nsec: 999_999_999 };
    const frame = { time, bytes: Uint8Array.from({ length: 61 }, (_, i) => i), wireLength: 1514 };
    for (const bigEndian of [false, true]) {
      for (const nanoseconds of [false, true]) {
        const file = join(dir, 'classic.pcap');
        writeFileSync(
          file,
          pcap([frame, { ...frame, bytes: new Uint8Array(0) }], { bigEndian, nanoseconds, linkType: 113 }),
        );
        const { path } = await annotate(file);
        expect(frames(path)).toEqual(frames(file));
      }
    }
  });

  it('keeps sections, interfaces, resolutions, comments and other blocks of a pcapng', async () => {
    const one = new Section(false, 'first section').interface({ linkType: 1, name: 'eth0', resolution: 9 });
    one.interface({ linkType: 113, name: 'any', resolution: 0x80 | 20 });
    const eth = Uint8Array.from({ length: 60 }, (_, i) => i);
    one.enhanced({ sec: 1_000_000_000, nsec: 123_456_789 }, eth, { comments: ['mine', 'too'] });
    one.enhanced({ sec: 1_000_000_001, nsec: 500_000_000 }, eth, { interface: 1 });
    one.block(0x8000_0123, [1, 2, 3, 4]);
    one.simple(eth);
    one.obsolete({ sec: 1_000_000_002, nsec: 0 }, eth);
    const two = new Section(true).interface({ linkType: 1, offset: 100 });
    two.enhanced({ sec: 1_000_000_003, nsec: 1000 }, eth, { comments: ['big'] });
    const bytes = Buffer.concat([one.bytes(), two.bytes()]);
    const file = join(dir, 'sections.pcapng');
    writeFileSync(file, bytes);
    const plain = await annotate(file);
    expect(plain.bytes.equals(bytes), 'nothing to say: the same octets').toBe(true);

    const edits = new Map([1, 2, 3, 4, 5].map(no => [no, { comments: [`note ${no}`, 'ü'.repeat(9000)] }] as const));
    const parts: Buffer[] = [];
    const plan: CopyPlan = { edits, rest: 'keep', strip: false, application: 'test' };
    await copyCapture(file, plan, async part => void parts.push(Buffer.from(part)));
    const path = join(dir, 'noted.pcapng');
    writeFileSync(path, Buffer.concat(parts));
    const comments = tsharkFields(path, ['frame.comment', 'frame.interface_name']).map(row => row['frame.comment']);
    expect(comments.map(list => list!.map(c => c.slice(0, 8)))).toEqual([
      ['mine', 'too', 'note 1', 'üüüüüüüü'],
      ['note 2', 'üüüüüüüü'],
      ['note 3', 'üüüüüüüü'],
      ['note 4', 'üüüüüüüü'],
      ['big', 'note 5', 'üüüüüüüü'],
    ]);
    // A simple packet block has no time; with a comment it has the one of the packet before it, up to a tick of the first interface.
    const [was, is] = [file, path].map(f => frames(f, ['frame.interface_name']));
    expect(was![2]!['frame.time_epoch']).toEqual([]);
    expect(is![2]!['frame.time_epoch']).toEqual(['1000000001.500000000']);
    const others = (rows: typeof is) => rows!.filter(row => row['frame.number']![0] !== '3');
    expect(others(is)).toEqual(others(was));
    const info = spawnSync('capinfos', ['-k', '-c', path], { encoding: 'utf8' });
    expect(info.status, info.stderr).toBe(0);
    expect(info.stdout).toContain('first section');
  });
});

describe('the copy', () => {
  it('does not depend on how the octets come', () => {
    const time = { sec: 1_000_000_000, nsec: 5000 };
    const some = [0, 1, 2, 3, 60, 61].map(length => ({ time, bytes: new Uint8Array(length).fill(length) }));
    const section = new Section().interface({ linkType: 1 });
    for (const frame of some) section.enhanced(frame.time, frame.bytes);
    const edits = new Map([[3, { comments: ['here'] }]]);
    for (const rest of ['keep', 'drop'] as const) {
      for (const bytes of [pcap(some), section.bytes()]) {
        let whole = '';
        everySplit(bytes, (chunks, name) => {
          const copy = openCopy(bytes, { edits, rest, strip: false, application: 't' })!;
          const out: Buffer[] = [];
          let left = Buffer.alloc(0);
          for (const chunk of chunks) {
            left = Buffer.concat([left, chunk]);
            left = left.subarray(copy.push(left, 0, left.length));
            out.push(Buffer.from(copy.out.take()));
          }
          const result = Buffer.concat(out).toString('hex');
          if (name === 'whole') whole = result;
          expect(result, name).toBe(whole);
          expect([copy.frames, copy.written]).toEqual([6, rest === 'keep' ? 6 : 1]);
        });
      }
    }
  });

  it('of a damaged file has the frames that the reader has, whatever the damage', () => {
    const time = { sec: 1_000_000_000, nsec: 5000 };
    const some = [1, 60, 4, 0, 33].map(length => ({ time, bytes: new Uint8Array(length).fill(length) }));
    const section = new Section().interface({ linkType: 1, name: 'x' }).interface({ linkType: 101 });
    for (const frame of some) section.enhanced(frame.time, frame.bytes, { comments: ['c'] });
    section.simple(some[1]!.bytes).obsolete(time, some[1]!.bytes, { interface: 1 });
    const files = [pcap(some), Buffer.concat([section.bytes(), new Section(true).interface({ linkType: 1 }).bytes()])];
    const edits = new Map([2, 4, 6, 7].map(no => [no, { comments: ['here'] }] as const));
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }),
        fc.nat(),
        fc.constantFrom<[CopyPlan['rest'], boolean]>(['keep', false], ['drop', false], ['drop', true]),
        (file, damage, end, [rest, strip]) => {
          const bytes = Buffer.from(file);
          for (const [at, octet] of damage) bytes[4 + (at % (bytes.length - 4))] = octet;
          const cut = bytes.subarray(0, Math.max(4, bytes.length - (end % 40)));
          const reader = openReader(cut, { ports: null, sink: { frame: () => {} }, warn: () => {} });
          const copy = openCopy(cut, { edits, rest, strip, application: 't' });
          expect(copy === null).toBe(reader === null);
          if (copy === null || reader === null) return;
          reader.push(cut, 0, cut.length);
          copy.push(cut, 0, cut.length);
          expect(copy.frames).toBe(reader.frames);
          const written = Buffer.from(copy.out.take());
          if (written.length < 4) return;
          const again = openReader(written, { ports: null, sink: { frame: () => {} }, warn: () => {} })!;
          again.push(written, 0, written.length);
          expect(again.frames).toBe(copy.written);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('of a cut file holds the frames before the cut; of a gzip file the same as of the file', async () => {
    const file = join(CAPTURES, 'q182619-5.0.pcap');
    const bytes = readFileSync(file);
    const cut = join(dir, 'cut.pcap');
    writeFileSync(cut, bytes.subarray(0, bytes.length - 7));
    const report = await analyzeFile(cut, options());
    const { path } = await annotate(cut);
    expect((await analyzeFile(path, options())).frames).toBe(report.frames);
    const zipped = join(dir, 'zipped.pcap.gz');
    writeFileSync(zipped, gzipSync(bytes));
    expect((await annotate(zipped)).bytes.equals((await annotate(file)).bytes)).toBe(true);
  });
});

/** A capture in pcapng, in which the packets that `simple` picks (from 0) stand in simple packet blocks. */
async function withSimple(file: string, name: string, simple: (i: number) => boolean): Promise<string> {
  const section = new Section().interface({ linkType: 1, resolution: 9 });
  let i = 0;
  const frame: FrameSink['frame'] = (_no, sec, nsec, b, start, end) => {
    const bytes = b.slice(start, end);
    if (simple(i++)) section.simple(bytes);
    else section.enhanced({ sec, nsec }, bytes);
  };
  const bytes = readFileSync(file);
  openReader(bytes, { ports: null, everyFrame: true, sink: { frame }, warn: () => {} })!.push(bytes, 0, bytes.length);
  const path = join(dir, name);
  writeFileSync(path, section.bytes());
  return path;
}

describe('packets without a time of their own', () => {
  const run = async (file: string) => {
    const path = join(dir, 'timed.pcapng');
    const { out } = await mtascope(['annotate', file, '--profile', 'exchange-5.0', '-o', path]);
    return { out, path, report: await analyzeFile(path, options('exchange-5.0')) };
  };
  const q182619 = join(CAPTURES, 'q182619-5.0.pcap');

  it.each([
    ['every second one', (i: number) => i % 2 === 1],
    ['all but the first and the last', (i: number) => i > 0 && i < 77],
  ])('%s: with a comment they have that of the packet before, and no time runs back', async (_what, simple) => {
    const file = await withSimple(q182619, 'simple.pcapng', simple);
    const before = await analyzeFile(file, options('exchange-5.0'));
    const { out, report } = await run(file);
    expect(out).toMatch(
      /; \d+ simple packet blocks became enhanced ones, with the time of the packet before; 1 finding about the file as a whole\n$/,
    );
    // Those that became enhanced ones have a time.
    const others = <T extends { code: string; message: string }>(list: readonly T[]) =>
      list.filter(({ code, message }) => code !== 'capture.time' || !message.includes('has no time'));
    expect([others(before.warnings), others(report.warnings)]).toEqual([[], []]);
    expect([report.first, report.last]).toEqual([before.first, before.last]);
    expect(others(report.findings)).toEqual(others(before.findings));
    expect(report.streams).toEqual(before.streams);
  });

  it('which stand before the first that has one get its time; where none has one it is 0, and the comment says so', async () => {
    const some = await withSimple(q182619, 'first.pcapng', i => i < 3);
    const first = (await analyzeFile(some, options())).first!;
    const { report } = await run(some);
    expect(report.first).toEqual(first);
    expect(report.warnings).toEqual([]);
    const all = await run(await withSimple(q182619, 'none.pcapng', () => true));
    expect(all.out).toMatch(
      /; 10 simple packet blocks became enhanced ones, with time 0; 1 finding about the file as a whole\n$/,
    );
    expect(all.report.first).toEqual({ sec: 0, nsec: 0 });
    expect(readFileSync(all.path, 'latin1')).toContain(
      'no time of its own (it was a simple packet block); 0 stands for none',
    );
  });

  it('get it by the clock of the first interface, never an earlier one', () => {
    const eth = new Uint8Array(60);
    const fine = { sec: 1_000_000_000, nsec: 123_456_001 };
    for (const [resolution, offset, nsec] of [
      [9, 0, 123_456_001],
      [6, 0, 123_457_000],
      [3, 77, 124_000_000],
      [0x80 | 10, 0, 124_023_437],
    ] as const) {
      const section = new Section(true)
        .interface({ linkType: 1, resolution, offset })
        .interface({ linkType: 1, resolution: 9 });
      section.enhanced(fine, eth, { interface: 1 }).simple(eth);
      const bytes = section.bytes();
      const timeless = { first: null, note: 'no time' };
      const plan: CopyPlan = {
        edits: new Map([[2, { comments: ['c'] }]]),
        rest: 'keep',
        strip: false,
        application: 't',
        timeless,
      };
      const copy = openCopy(bytes, plan)!;
      copy.push(bytes, 0, bytes.length);
      const times: unknown[] = [];
      const frame: FrameSink['frame'] = (_no, sec, nsec) => void times.push({ sec, nsec });
      const out = copy.out.take();
      openReader(out, { ports: null, everyFrame: true, sink: { frame }, warn: () => {} })!.push(out, 0, out.length);
      expect(times).toEqual([fine, { sec: 1_000_000_000, nsec }]);
      expect([copy.enhanced, copy.there.size]).toEqual([1, 0]);
    }
  });
});

describe('mtascope annotate', () => {
  const capture = join(CAPTURES, 'q182619-5.5.pcap');
  const once = join(dir, 'once.pcapng');

  it('adds nothing to what it wrote: the same octets, and says how many comments were there', async () => {
    for (const big of [false, true]) {
      const section = new Section(big).interface({ linkType: 1 });
      const bytes = readFileSync(capture);
      const frame: FrameSink['frame'] = (no, sec, nsec, b, start, end) =>
        void section.enhanced({ sec, nsec }, b.slice(start, end), no === 39 ? { comments: ['mine', 'too'] } : {});
      openReader(bytes, { ports: null, everyFrame: true, sink: { frame }, warn: () => {} })!.push(
        bytes,
        0,
        bytes.length,
      );
      writeFileSync(join(dir, 'zero.pcapng'), section.bytes());
      await mtascope(['annotate', join(dir, 'zero.pcapng'), '-o', once]);
      const { code, out } = await mtascope(['annotate', once, '-o', 'twice.pcapng'], { cwd: dir });
      expect([code, out]).toEqual([0, 'twice.pcapng: 41 frames, 0 comments; 13 were there already\n']);
      expect(readFileSync(join(dir, 'twice.pcapng')).equals(readFileSync(once))).toBe(true);
    }
  });

  it('leaves a damaged block as it is, and says so', async () => {
    const time = { sec: 1_000_000_000, nsec: 0 };
    const bytes = new Section().interface({ linkType: 1 }).enhanced(time, new Uint8Array(60)).bytes();
    const at = bytes.length - 60 - 32;
    // The captured length: more than the block has.
    new DataView(bytes.buffer).setUint32(at + 20, 1000, true);
    writeFileSync(join(dir, 'damaged.pcapng'), bytes);
    const { code, out } = await mtascope(['annotate', join(dir, 'damaged.pcapng'), '-o', 'twice.pcapng'], { cwd: dir });
    expect([code, out]).toEqual([0, 'twice.pcapng: 1 frame, 0 comments; none on frame 1, whose block is damaged\n']);
    expect(readFileSync(join(dir, 'twice.pcapng')).subarray(at)).toEqual(Buffer.from(bytes.subarray(at)));
  });

  it('adds what another profile says, and names only the frames that it says it on', async () => {
    await mtascope(['annotate', capture, '-o', once]);
    const { out } = await mtascope(['annotate', once, '--profile', 'exchange-5.0', '-o', 'twice.pcapng'], {
      cwd: dir,
    });
    expect(out).toMatch(/^twice\.pcapng: 41 frames, 3 comments on frames 8, 36, 39; 10 were there already\n$/);
  });

  it('of a file that is cut within its header would be no capture: nothing is written', async () => {
    const whole = readFileSync(join(CAPTURES, 'gap.pcap'));
    const [file, output] = [join(dir, 'header-only.pcap'), join(dir, 'header-only.pcapng')];
    writeFileSync(file, whole.subarray(0, 15));
    const { code, err } = await mtascope(['annotate', file, '-o', output]);
    expect([code, err]).toEqual([2, `${file}: is cut so early that nothing of it can be copied\n`]);
    expect(existsSync(output)).toBe(false);
    writeFileSync(file, whole.subarray(0, 24));
    expect((await mtascope(['annotate', file, '-o', output])).code).toBe(0);
  });

  it('says what it wrote', async () => {
    const { code, out, err } = await mtascope(['annotate', capture, '-o', 'out.pcapng'], { cwd: dir });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^out\.pcapng: 41 frames, 13 comments on frames 1, 2, .*36, 39\n$/);
    expect((await analyzeFile(join(dir, 'out.pcapng'), options())).findings[0]!.frame).toBe(39);
  });

  it.each([
    ['standard input', ['-', '-o', 'a.pcapng'], 'standard input can be read only once'],
    ['no output', [capture], '-o FILE is missing'],
    ['a file that is not there', ['none.pcap', '-o', 'b.pcapng'], 'none.pcap: no such file'],
    ['itself', [capture, '-o', capture], 'is one of the captures to read'],
    ['a folder that is not there', [capture, '-o', 'none/b.pcapng'], "can't be written: no such folder"],
    ['a full disk', [capture, '-o', '/dev/full'], "can't be written: the disk is full"],
  ])('refuses %s with one line and exit code 2, and leaves nothing behind', async (_what, args, message) => {
    const before = readdirSync(dir).sort();
    const octets = readFileSync(capture);
    const { code, out, err } = await mtascope(['annotate', ...args], { cwd: dir });
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err.trimEnd()).not.toContain('\n');
    expect(readdirSync(dir).sort()).toEqual(before);
    expect(readFileSync(capture).equals(octets)).toBe(true);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a read-only folder', async () => {
    const sealed = folder();
    chmodSync(sealed, 0o555);
    const { code, err } = await mtascope(['annotate', capture, '-o', join(sealed, 'a.pcapng')]);
    chmodSync(sealed, 0o755);
    expect(code).toBe(2);
    expect(err).toContain('no permission');
  });

  it('does not replace a capture by way of a link', async () => {
    const link = join(dir, 'link.pcap');
    symlinkSync(capture, link);
    const { code } = await mtascope(['annotate', capture, '-o', link]);
    expect(code).toBe(2);
    expect(existsSync(capture)).toBe(true);
  });
});
