import { createReadStream } from 'node:fs';
import { InputError } from '../base/errors.ts';
import { numbered } from '../base/numbers.ts';
import type { FrameSink } from '../capture/reader.ts';
import { feed } from './feed.ts';
import { readOnce, sourceName } from './once.ts';

/** What the second reader said. */
export interface CrossCheck {
  /** False when the format is none that pcap-parser knows: then nothing was compared. */
  readonly applicable: boolean;
  readonly frames: number;
  readonly detail: string;
}

/** Fingerprints of frames as a reader hands them over: time, lengths and octets of each, in order. */
class Prints implements FrameSink {
  count = 0;
  private values = new Int32Array(4096);
  private readonly nsecPerTick: number;

  constructor(nsecPerTick: number) {
    this.nsecPerTick = nsecPerTick;
  }

  frame(no: number, sec: number, nsec: number, b: Uint8Array, start: number, end: number, wireLength: number): void {
    if (this.count === this.values.length) {
      const larger = new Int32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.count = no;
    this.values[no - 1] = print(sec, Math.round(nsec / this.nsecPerTick), wireLength, b, start, end);
  }

  at(no: number): number {
    return this.values[no - 1]!;
  }
}

/**
 * Read a classic capture a second time with pcap-parser, an independent reader, and compare every frame: number, time, lengths and
 * octets. Throws `InputError` at the first frame on which the two disagree.
 */
export async function crossCheck(path: string): Promise<CrossCheck> {
  if (readOnce(path)) return notApplicable(`${sourceName(path)} can be read only once`);
  const prints = new Prints(1000);
  let broken = false;
  const { reader, compressed } = await feed(path, {
    ports: null,
    everyFrame: true,
    sink: prints,
    warn: w => {
      broken ||= w.code === 'capture.record-length';
    },
  });
  if (reader.format !== 'pcap') return notApplicable(`pcap-parser does not read ${reader.format}`);
  const frames = await second(path, compressed, prints, broken);
  if (typeof frames === 'string') return notApplicable(frames);
  if (frames !== prints.count) {
    throw new InputError(
      `${path}: --cross-check: pcap-parser reads ${numbered(frames, 'frame')}, mtascope ${prints.count}`,
    );
  }
  return {
    applicable: true,
    frames,
    detail: `pcap-parser agrees on ${frames === 1 ? 'the one frame' : `all ${frames} frames`}`,
  };
}

function notApplicable(detail: string): CrossCheck {
  return { applicable: false, frames: 0, detail: `not applicable: ${detail}` };
}

/** Frames that pcap-parser found, or why it does not read the file. */
async function second(path: string, compressed: boolean, prints: Prints, broken: boolean): Promise<number | string> {
  const { default: pcapParser } = await import('pcap-parser');
  const file = createReadStream(path);
  const input = compressed ? file.pipe((await import('node:zlib')).createGunzip()) : file;
  return new Promise((resolve, reject) => {
    const parser = pcapParser.parse(input);
    let count = 0;
    const stop = () => {
      // Its loop reads the flag that its own errors set; without it a bogus length is buffered to the end of the file.
      parser.errored = true;
      file.destroy();
      input.removeAllListeners('data');
    };
    parser.on('globalHeader', ({ majorVersion, minorVersion }) => {
      if (minorVersion >= 4) return;
      // It takes the lengths of older files as they stand (see `lengthsSwapped`).
      stop();
      resolve(`pcap-parser does not read version ${majorVersion}.${minorVersion} of pcap`);
    });
    parser.on('packet', p => {
      count++;
      const { timestampSeconds, timestampMicroseconds, originalLength } = p.header;
      const theirs = print(timestampSeconds, timestampMicroseconds, originalLength, p.data, 0, p.data.length);
      if (count > prints.count || theirs !== prints.at(count)) {
        stop();
        const detail = count > prints.count ? 'is not there for mtascope' : 'differs (time, lengths or octets)';
        reject(new InputError(`${path}: --cross-check: frame ${count} of pcap-parser ${detail}`));
      } else if (broken && count === prints.count) {
        stop();
        resolve(count);
      }
    });
    parser.on('end', () => resolve(count));
    parser.on('error', error => {
      stop();
      resolve(`pcap-parser refuses the file (${error.message})`);
    });
    // A cut gzip stream ends both readers at the same octet.
    input.on('error', () => resolve(count));
    if (broken && prints.count === 0) {
      stop();
      resolve(0);
    }
  });
}

function print(sec: number, usec: number, wire: number, b: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5;
  h = Math.imul(h ^ sec, 0x01000193);
  h = Math.imul(h ^ usec, 0x01000193);
  h = Math.imul(h ^ wire, 0x01000193);
  h = Math.imul(h ^ (end - start), 0x01000193);
  for (let i = start; i < end; i++) h = Math.imul(h ^ b[i]!, 0x01000193);
  return h;
}
