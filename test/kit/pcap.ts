import { readFileSync } from 'node:fs';
import { constants, gzipSync } from 'node:zlib';
import type { Stamp } from '../../src/model/tsdu.ts';
import { cat, type Part } from './bytes.ts';

export interface CapturedFrame {
  readonly time: Stamp;
  readonly bytes: Uint8Array;
  /** Octets on the wire, when the capture kept fewer. */
  readonly wireLength?: number;
  /** pcapng: index of the interface, and the comments of the packet. */
  readonly interface?: number;
  readonly comments?: readonly string[];
}

export interface PcapOptions {
  readonly linkType?: number;
  readonly bigEndian?: boolean;
  readonly nanoseconds?: boolean;
  /** Kuznetzov's variant, magic 0xA1B2CD34: eight more octets in each record header. */
  readonly modified?: boolean;
  readonly snapLength?: number;
}

/** Integers in the byte order of the file. */
export function order(bigEndian: boolean): { u16(n: number): number[]; u32(n: number): number[] } {
  const turn = (octets: number[]) => (bigEndian ? octets : octets.reverse());
  return {
    u16: n => turn([(n >>> 8) & 255, n & 255]),
    u32: n => turn([(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]),
  };
}

/** A classic capture file. */
export function pcap(frames: readonly CapturedFrame[], o: PcapOptions = {}): Uint8Array<ArrayBuffer> {
  const { u16, u32 } = order(o.bigEndian ?? false);
  const magic = o.modified ? 0xa1b2cd34 : o.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const snap = o.snapLength ?? 262144;
  const header: Part = [u32(magic), u16(2), u16(4), u32(0), u32(0), u32(snap), u32(o.linkType ?? 1)];
  const records = frames.map((f): Part => {
    const kept = f.bytes.subarray(0, snap);
    const fraction = o.nanoseconds ? f.time.nsec : Math.floor(f.time.nsec / 1000);
    return [
      u32(f.time.sec),
      u32(fraction),
      u32(kept.length),
      u32(f.wireLength ?? f.bytes.length),
      o.modified ? [u32(1), u16(0x0800), 0, 0] : [],
      kept,
    ];
  });
  return cat(header, records);
}

/**
 * gzip with a fixed header and without match search, whose result depends on the processor: the same input gives the same
 * octets on every machine.
 */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(gzipSync(bytes, { level: 9, strategy: constants.Z_HUFFMAN_ONLY }));
  out[9] = 0xff; // RFC 1952 §2.3: the operating system, which zlib fills in; 255 says unknown
  return out;
}

/** What the two sides of a capture on port 102 say, segment by segment (little-endian pcap over Ethernet and IPv4 without options). */
export function saidIn(path: string): (readonly [way: 0 | 1, octets: Uint8Array])[] {
  const b = readFileSync(path);
  const out: (readonly [0 | 1, Uint8Array])[] = [];
  for (let at = 24; at < b.length; at += 16 + b.readUInt32LE(at + 8)) {
    const ip = at + 16 + 14;
    const tcp = ip + 20;
    const data = new Uint8Array(b.subarray(tcp + 4 * (b[tcp + 12]! >> 4), ip + b.readUInt16BE(ip + 2)));
    if (data.length > 0) out.push([b.readUInt16BE(tcp + 2) === 102 ? 0 : 1, data]);
  }
  return out;
}
