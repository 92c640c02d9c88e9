import type { Stamp } from '../../src/model/tsdu.ts';
import { cat, latin1, type Part } from './bytes.ts';
import { order } from './pcap.ts';

const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  nameResolution: 4,
  enhancedPacket: 6,
};

interface InterfaceOptions {
  readonly linkType: number;
  readonly snapLength?: number;
  readonly name?: string;
  /** The raw if_tsresol octet: n for 10^-n, 0x80|n for 2^-n. Absent means 6. */
  readonly resolution?: number;
  /** if_tsoffset, seconds. */
  readonly offset?: number;
}

interface PacketOptions {
  readonly interface?: number;
  readonly wireLength?: number;
  readonly comments?: readonly string[];
}

/** One section of a pcapng file (draft-ietf-opsawg-pcapng): blocks are appended, `bytes()` joins them. */
export class Section {
  private readonly blocks: Uint8Array[] = [];
  private readonly interfaces: InterfaceOptions[] = [];
  private readonly bigEndian: boolean;

  constructor(bigEndian = false, comment?: string) {
    this.bigEndian = bigEndian;
    const { u16, u32 } = order(bigEndian);
    const comments = comment === undefined ? [] : [this.option(1, latin1(comment)), this.option(0, [])];
    this.block(BLOCK.section, [u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff), comments]);
  }

  /** Any block: the body is padded to a multiple of four. */
  block(type: number, body: Part): this {
    const { u32 } = order(this.bigEndian);
    const inner = pad(cat(body));
    this.blocks.push(cat(u32(type), u32(inner.length + 12), inner, u32(inner.length + 12)));
    return this;
  }

  interface(o: InterfaceOptions): this {
    const { u16, u32 } = order(this.bigEndian);
    this.interfaces.push(o);
    const options: Part[] = [];
    if (o.name !== undefined) options.push(this.option(2, latin1(o.name)));
    if (o.resolution !== undefined) options.push(this.option(9, o.resolution));
    if (o.offset !== undefined) options.push(this.option(14, this.u64(BigInt(o.offset))));
    if (options.length > 0) options.push(this.option(0, []));
    return this.block(BLOCK.interface, [u16(o.linkType), u16(0), u32(o.snapLength ?? 262144), options]);
  }

  enhanced(time: Stamp, bytes: Uint8Array, o: PacketOptions = {}): this {
    const { u32 } = order(this.bigEndian);
    const index = o.interface ?? 0;
    const options: Part[] = (o.comments ?? []).map(c => this.option(1, new TextEncoder().encode(c)));
    if (options.length > 0) options.push(this.option(0, []));
    return this.block(BLOCK.enhancedPacket, [
      u32(index),
      this.time(index, time),
      u32(bytes.length),
      u32(o.wireLength ?? bytes.length),
      pad(bytes),
      options,
    ]);
  }

  /** No time and no interface: the first interface's snap length says how much was kept. */
  simple(bytes: Uint8Array, wireLength = bytes.length): this {
    const { u32 } = order(this.bigEndian);
    return this.block(BLOCK.simplePacket, [u32(wireLength), bytes]);
  }

  obsolete(time: Stamp, bytes: Uint8Array, o: PacketOptions = {}): this {
    const { u16, u32 } = order(this.bigEndian);
    const index = o.interface ?? 0;
    return this.block(BLOCK.obsoletePacket, [
      u16(index),
      u16(0xffff),
      this.time(index, time),
      u32(bytes.length),
      u32(o.wireLength ?? bytes.length),
      pad(bytes),
    ]);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return cat(this.blocks);
  }

  private option(code: number, value: Part): Part {
    const { u16 } = order(this.bigEndian);
    const bytes = cat(value);
    return [u16(code), u16(bytes.length), pad(bytes)];
  }

  /** Timestamp (high), timestamp (low), in the interface's own unit, after its offset is taken away. */
  private time(index: number, time: Stamp): Part {
    const { u32 } = order(this.bigEndian);
    const { resolution = 6, offset = 0 } = this.interfaces[index]!;
    const perSecond = resolution & 0x80 ? 1n << BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    const units = BigInt(time.sec - offset) * perSecond + (BigInt(time.nsec) * perSecond) / 1_000_000_000n;
    return [u32(Number(units >> 32n)), u32(Number(units & 0xffffffffn))];
  }

  private u64(n: bigint): Part {
    const { u32 } = order(this.bigEndian);
    const high = u32(Number((n >> 32n) & 0xffffffffn));
    const low = u32(Number(n & 0xffffffffn));
    return this.bigEndian ? [high, low] : [low, high];
  }
}

function pad(bytes: Uint8Array): Uint8Array {
  return bytes.length % 4 === 0 ? bytes : cat(bytes, new Uint8Array(4 - (bytes.length % 4)));
}
