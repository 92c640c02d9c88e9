import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openReader } from '../../src/capture/open.ts';
import type { FrameSink } from '../../src/capture/reader.ts';
import { clock, nanoseconds, seconds } from '../../src/capture/ticks.ts';
import { PcapngCopy } from '../../src/capture/write-pcapng.ts';
import type { CaptureWarning } from '../../src/model/report.ts';
import { cat, latin1 } from '../kit/bytes.ts';
import { Section } from '../kit/pcapng.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';

const time = { sec: 1_000_000_000, nsec: 0 };
const frame = (octet: number, length = 40) => new Uint8Array(length).fill(octet);

/** What a reader makes of a file: first octet and length of each frame, and the warnings. */
function read(bytes: Uint8Array) {
  const frames: number[] = [];
  const warnings: CaptureWarning[] = [];
  const sink: FrameSink = { frame: (_no, _sec, _nsec, b, p, q) => void frames.push(b[p]!, q - p) };
  const reader = openReader(bytes, { ports: null, everyFrame: true, sink, warn: w => void warnings.push(w) })!;
  const left = reader.push(bytes, 0, bytes.length);
  reader.end(bytes, left, bytes.length);
  return { frames, warnings };
}

/** Seconds and nanoseconds of each frame. */
function times(bytes: Uint8Array): number[][] {
  const out: number[][] = [];
  const sink: FrameSink = { frame: (_no, sec, nsec) => void out.push([sec, nsec]) };
  openReader(bytes, { ports: null, everyFrame: true, sink, warn: () => {} })!.push(bytes, 0, bytes.length);
  return out;
}

const section = () => new Section().interface({ linkType: 101 });

/** The block that begins at `at` counts its length without the last `less` octets of padding, in both places. */
function uncounted(bytes: Uint8Array, at: number, less: number): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  const length = view.getUint32(at + 4, true);
  view.setUint32(at + 4, length - less, true);
  view.setUint32(at + length - 4, length - less, true);
  return out;
}

describe('pcapng', () => {
  const at = section().bytes().length;
  const whole = section().enhanced(time, frame(1, 39)).enhanced(time, frame(2)).bytes();

  test('a block whose padding was not counted is read, with all that follows', () => {
    const { frames, warnings } = read(uncounted(whole, at, 1));
    expect(frames).toEqual([1, 39, 2, 40]);
    expect(warnings).toMatchObject([{ code: 'capture.block', offset: at }]);
    expect(warnings[0]!.message).toContain('no multiple of 4');
  });

  test('a copy of it has lengths as they have to be', () => {
    const copy = new PcapngCopy({ edits: new Map(), rest: 'keep', strip: false, application: '' });
    copy.push(uncounted(whole, at, 1), 0, whole.length);
    const written = copy.out.take();
    expect(read(written)).toEqual({ frames: [1, 39, 2, 40], warnings: [] });
  });

  describe('blocks that are no packets', () => {
    const body = (length: number) => new Uint8Array(length).fill(0x41);
    const journal = latin1('__REALTIME_TIMESTAMP=1600000000000000\nMESSAGE=x\n');
    const bytes = section()
      .block(0x0bad, body(4)) // custom, of no organisation that is known
      .enhanced(time, frame(1))
      .block(0x40000bad, body(9))
      .block(9, journal)
      .block(0x12345, body(40))
      .enhanced(time, frame(2))
      .block(0x204, new Uint8Array(24))
      .block(0x216, new Uint8Array(28))
      .block(0x221, new Uint8Array(28))
      .block(0x208, new Uint8Array(28))
      .enhanced(time, frame(3))
      .bytes();
    const numbers = (file: Uint8Array) => {
      const found: number[] = [];
      const sink: FrameSink = { frame: no => void found.push(no) };
      const reader = openReader(file, { ports: null, everyFrame: true, sink, warn: () => {} })!;
      reader.push(file, 0, file.length);
      return { found, frames: reader.frames };
    };

    test('count as frames where Wireshark numbers them', () => {
      expect(numbers(bytes)).toEqual({ found: [2, 5, 9], frames: 9 });
    });

    test.skipIf(!tsharkAvailable())('as tshark numbers them', () => {
      const file = join(mkdtempSync(join(tmpdir(), 'mtascope-')), 'blocks.pcapng');
      writeFileSync(file, bytes);
      const rows = tsharkFields(file, ['frame.number']);
      rmSync(dirname(file), { recursive: true });
      expect(rows.map(row => Number(row['frame.number']![0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test('a whole copy keeps them and their numbers, a part leaves them out', () => {
      const copy = (rest: 'keep' | 'drop') => {
        const copied = new PcapngCopy({ edits: new Map([[5, {}]]), rest, strip: false, application: 'test' });
        copied.push(bytes, 0, bytes.length);
        return { ...numbers(copied.out.take().slice()), met: copied.frames, written: copied.written };
      };
      expect(copy('keep')).toEqual({ found: [2, 5, 9], frames: 9, met: 9, written: 9 });
      expect(copy('drop')).toEqual({ found: [1], frames: 1, met: 9, written: 1 });
    });
  });

  test('a packet without a time takes none of one whose interface nobody describes', () => {
    const bytes = new Section().interface({ linkType: 101 }).interface({ linkType: 101, resolution: 9 });
    bytes.obsolete(time, frame(1)).obsolete(time, frame(2), { interface: 1 }).simple(frame(3));
    const file = bytes.bytes();
    // The second interface is none any more.
    new DataView(file.buffer).setUint32(48, 0x0bae, true);
    expect(times(file)).toEqual([
      [time.sec, 0],
      [time.sec, 0],
    ]);
  });

  describe('packets without a time before the first that has one', () => {
    /** `no sec first-octet` of each, the file handed over in pieces of `size` octets. */
    const pieces = (bytes: Uint8Array, size: number) => {
      const out: string[] = [];
      const warnings: string[] = [];
      const sink: FrameSink = {
        frame: (no, sec, _nsec, b, p) => {
          out.push(`${no} ${sec} ${b[p]} ${reader.at} ${reader.comments().join()}`);
        },
      };
      const reader = openReader(bytes, { ports: null, everyFrame: true, sink, warn: w => warnings.push(w.message) })!;
      let from = 0;
      for (let to = size; ; to = Math.min(to + size, bytes.length)) {
        from = reader.push(bytes, from, to);
        if (to === bytes.length) break;
      }
      reader.end(bytes, from, bytes.length);
      return { out, warnings };
    };
    const begun = () => section().simple(frame(1)).simple(frame(2));

    test('get its time, in whatever pieces the file comes', () => {
      const bytes = begun()
        .enhanced(time, frame(3), { comments: ['hello'] })
        .simple(frame(4))
        .enhanced({ sec: time.sec + 9, nsec: 0 }, frame(5))
        .bytes();
      const { out, warnings } = pieces(bytes, bytes.length);
      expect(out).toEqual([
        '1 1000000000 1 48 ',
        '2 1000000000 2 104 ',
        '3 1000000000 3 160 hello',
        '4 1000000000 4 248 ',
        '5 1000000009 5 304 ',
      ]);
      expect(warnings).toEqual([
        'frame 1 at byte 48 has no time (a simple packet block): it gets that of the frame before it, or of the first that has one, or 1970 (3 times; this is the first)',
      ]);
      for (const size of [12, 33, 160, 161]) expect(pieces(bytes, size)).toEqual({ out, warnings });
    });

    test('get it from an older packet block, and from another section', () => {
      const seconds = (bytes: Uint8Array) => times(bytes).map(([sec]) => sec);
      expect(seconds(begun().obsolete(time, frame(3)).bytes())).toEqual([time.sec, time.sec, time.sec]);
      const two = cat(begun().bytes(), section().enhanced(time, frame(3)).bytes());
      expect(seconds(two)).toEqual([time.sec, time.sec, time.sec]);
    });

    test('have none where none has, where the file is damaged, and where too many octets would wait', () => {
      const none = ['1 0 1 48 ', '2 0 2 104 '];
      expect(pieces(begun().bytes(), 33).out).toEqual(none);
      const damaged = cat(begun().bytes(), new Uint8Array(12), section().enhanced(time, frame(3)).bytes().slice(0, -4));
      expect(pieces(damaged, damaged.length).out).toEqual(none);
      const many = section();
      for (let i = 0; i < 7; i++) many.simple(frame(i, 200_000));
      const { out } = pieces(many.enhanced(time, frame(7)).bytes(), 1 << 21);
      expect(out.map(row => row.split(' ')[1])).toEqual(['0', '0', '0', '0', '0', '0', '0', String(time.sec)]);
      expect(out.map(row => row.split(' ')[0])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    });
  });

  test('damage that comes again and again is told once of each kind, with its number', () => {
    const damaged = section();
    const first = damaged.bytes().length;
    for (let i = 0; i < 1000; i++) damaged.block(6, new Uint8Array(0));
    for (let i = 0; i < 1000; i++) damaged.enhanced(time, frame(7), { interface: 0 });
    const bytes = damaged.bytes();
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 1000; i++) view.setUint32(bytes.length - 4 - i * 72, 1, true);
    const { frames, warnings } = read(bytes);
    expect(frames.length).toBe(2000);
    expect(warnings.map(w => [w.code, w.offset, /\((\d+) times/.exec(w.message)?.[1]])).toEqual([
      ['capture.record-length', first, '1000'],
      ['capture.block', first + 12_000, '1000'],
    ]);
  });

  test('a link type that nobody reads is told with its interface, its place and its first frame', () => {
    const file = section().enhanced(time, frame(1));
    const at = file.bytes().length;
    const bytes = file
      .interface({ linkType: 201 })
      .enhanced(time, frame(2))
      .enhanced(time, frame(3), { interface: 1 })
      .enhanced(time, frame(4), { interface: 1 })
      .bytes();
    expect(read(bytes).warnings).toMatchObject([{ code: 'capture.link-type', frame: 3, offset: at }]);
    expect(read(bytes).warnings[0]!.message).toContain(`interface 1, at byte ${at}, has link type 201`);
  });

  test('a packet of an interface that nobody describes is counted, and told', () => {
    const bytes = section().enhanced(time, frame(1)).enhanced(time, frame(2)).bytes();
    new DataView(bytes.buffer).setUint32(at + 8, 1, true);
    const { frames, warnings } = read(bytes);
    expect(frames).toEqual([2, 40]);
    expect(warnings).toMatchObject([{ code: 'capture.interface', frame: 1, offset: at }]);
  });

  test('interfaces of many unknown link types take no line each', () => {
    const many = new Section();
    for (let i = 0; i < 500; i++) many.interface({ linkType: 1000 + i });
    const { warnings } = read(cat(many.bytes()));
    expect(warnings.length).toBe(9);
    expect(warnings.at(-1)!.message).toContain('492 times');
  });
});

describe('time stamps', () => {
  const SECOND = 1_000_000_123n;
  const NANOSECOND = 999_999_999n;

  test.each([9, 10, 12, 18, 0x80 | 20, 0x80 | 29, 0x80 | 30, 0x80 | 31, 0x80 | 32, 0x80 | 33])(
    'if_tsresol %i: to the nanosecond',
    resolution => {
      const scale = clock(resolution, 0);
      // The least count of ticks that is not before the time.
      const since = resolution === 18 ? 3n : SECOND;
      const ticks = since * scale.exact + (NANOSECOND * scale.exact + 999_999_999n) / 1_000_000_000n;
      const [high, low] = [Number(ticks >> 32n), Number(ticks & 0xffff_ffffn)];
      const nanos = Number(((ticks % scale.exact) * 1_000_000_000n) / scale.exact);
      expect([seconds(high, low, scale), nanoseconds(high, low, scale)]).toEqual([Number(ticks / scale.exact), nanos]);
    },
  );

  test('half a second in the finest resolutions', () => {
    for (const bits of [30, 40, 60]) {
      const ticks = 3n * 2n ** BigInt(bits) + 2n ** BigInt(bits - 1);
      const [high, low] = [Number(ticks >> 32n), Number(ticks & 0xffff_ffffn)];
      const scale = clock(0x80 | bits, 0);
      expect([seconds(high, low, scale), nanoseconds(high, low, scale)]).toEqual([3, 500_000_000]);
    }
  });

  test('a whole number of nanoseconds in 2^-30 is that number', () => {
    const scale = clock(0x80 | 30, 0);
    for (let n = 1; n < 1_000_000_000; n += 7_654_321) {
      const ticks = BigInt(Math.ceil((n * 2 ** 30) / 1e9));
      const exact = Number((ticks * 1_000_000_000n) >> 30n);
      expect(nanoseconds(0, Number(ticks), scale)).toBe(exact);
    }
  });
});
