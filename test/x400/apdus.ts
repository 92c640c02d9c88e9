import { existsSync, readFileSync } from 'node:fs';
import { readTlv } from '../../src/asn1/ber.ts';
import { stringOctets } from '../../src/asn1/contents.ts';
import { decode } from '../../src/asn1/decode.ts';
import { PRESENTATION } from '../../src/osi/presentation.ts';
import { RTSE } from '../../src/osi/rtse.ts';

/**
 * The APDUs that well-behaved captures carry, by a reader of its own that knows no loss, no reordering and no session but RTSE's:
 * tests of the tables need octets, not the engine.
 */
export const CAPTURES = new URL('../../../shared/captures/', import.meta.url).pathname;

export function haveCaptures(): boolean {
  return existsSync(CAPTURES);
}

/** Every message, probe and report of the file, in order per direction. Null when the file is missing. */
export function apdusOf(file: string): Uint8Array[] | null {
  if (!existsSync(CAPTURES + file)) return null;
  return directions(readFileSync(CAPTURES + file)).flatMap(bytes => transfers(tsdus(bytes)));
}

function directions(file: Buffer): Uint8Array[] {
  const little = file.readUInt32LE(0) === 0xa1b2c3d4 || file.readUInt32LE(0) === 0xa1b23c4d;
  const u32 = (at: number): number => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const link = u32(20) & 0xffff;
  const flows = new Map<string, Map<number, Buffer>>();
  for (let at = 24; at + 16 <= file.length; ) {
    const size = u32(at + 8);
    const frame = file.subarray(at + 16, at + 16 + size);
    at += 16 + size;
    let ip = link === 1 ? 14 : link === 113 ? 16 : link === 276 ? 20 : 0;
    if (link === 1 && frame.readUInt16BE(12) === 0x8100) ip += 4;
    const six = frame[ip]! >> 4 === 6;
    const tcp = six ? ip + 40 : ip + (frame[ip]! & 15) * 4;
    if ((six ? frame[ip + 6] : frame[ip + 9]) !== 6) continue;
    const end = six ? tcp + frame.readUInt16BE(ip + 4) : ip + frame.readUInt16BE(ip + 2);
    const data = frame.subarray(tcp + (frame[tcp + 12]! >> 4) * 4, end);
    if (data.length === 0) continue;
    const addresses = frame.subarray(six ? ip + 8 : ip + 12, six ? ip + 40 : ip + 20).toString('hex');
    const key = `${addresses} ${frame.readUInt32BE(tcp)}`;
    const flow = flows.get(key) ?? new Map<number, Buffer>();
    flows.set(key, flow);
    const seq = frame.readUInt32BE(tcp + 4);
    if ((flow.get(seq)?.length ?? 0) < data.length) flow.set(seq, data);
  }
  return [...flows.values()].map(flow => {
    const parts = [...flow].sort((a, b) => a[0] - b[0]);
    const out: Buffer[] = [];
    let next = parts[0]![0];
    for (const [seq, data] of parts) {
      if (seq + data.length <= next) continue;
      out.push(data.subarray(next - seq));
      next = seq + data.length;
    }
    return Buffer.concat(out);
  });
}

function tsdus(bytes: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.length && bytes[at] === 3; ) {
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    if (length < 7) break;
    if (bytes[at + 5] === 0xf0) {
      parts.push(bytes.subarray(at + 5 + bytes[at + 4]!, at + length));
      if (bytes[at + 6]! & 0x80) {
        out.push(Buffer.concat(parts));
        parts = [];
      }
    }
    at += length;
  }
  return out;
}

function transfers(list: Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let parts: Uint8Array[] | null = null;
  for (const tsdu of list) {
    let at = 0;
    for (let first = true; at < tsdu.length; first = false) {
      const si = tsdu[at]!;
      const long = tsdu[at + 1] === 0xff;
      const length = long ? tsdu[at + 2]! * 256 + tsdu[at + 3]! : tsdu[at + 1]!;
      const start = at + (long ? 4 : 2);
      at = start + length;
      if (si === 1 && !first) {
        parts?.push(tsdu.subarray(at));
        break;
      }
      if (si === 45) parts = [];
      if (si === 57) parts = null;
      if (si === 41 && tsdu[start] !== 15 && parts !== null && parts.length > 0) {
        out.push(message(parts));
        parts = null;
      }
      if (first && si !== 1 && si !== 2) break;
    }
  }
  return out;
}

function message(parts: Uint8Array[]): Uint8Array {
  if (parts[0]![0] !== 0x61) return Buffer.concat(parts);
  const fragments = parts.map(part => {
    const data = decode(PRESENTATION.type('User-data'), '', part, 0, part.length, { open: () => 'later' });
    const value = data.opens[0]!;
    return stringOctets(part, readTlv(part, value.start, value.end)!);
  });
  const whole = Buffer.concat(fragments);
  if (whole[0] !== 0x28) return whole;
  const external = decode(RTSE.type('EXTERNAL'), '', whole, 0, whole.length, { open: () => 'later' });
  return whole.subarray(external.opens[0]!.start, external.opens[0]!.end);
}
