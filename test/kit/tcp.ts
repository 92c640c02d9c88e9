import { cat, type Part, u16, u32 } from './bytes.ts';
import { address, internetChecksum } from './ip.ts';

export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

export interface SegmentHeader {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window?: number;
  /** Padded to a multiple of four with end-of-options octets. */
  readonly options?: Part;
}

export const maximumSegmentSize = (octets: number): number[] => [2, 4, ...u16(octets)];

/** One TCP segment with a right checksum. */
export function tcp(h: SegmentHeader, payload: Uint8Array): Uint8Array {
  let options = cat(h.options ?? []);
  if (options.length % 4 !== 0) options = cat(options, new Uint8Array(4 - (options.length % 4)));
  const words = 5 + options.length / 4;
  const segment = (checksum: number) =>
    cat(
      u16(h.sourcePort),
      u16(h.destinationPort),
      u32(h.seq),
      u32(h.ack),
      words << 4,
      h.flags,
      u16(h.window ?? 8760),
      u16(checksum),
      [0, 0],
      options,
      payload,
    );
  const from = address(h.source);
  const length = words * 4 + payload.length;
  const pseudo =
    from.length === 4
      ? [from, address(h.destination), 0, 6, u16(length)]
      : [from, address(h.destination), u32(length), 0, 0, 0, 6];
  return segment(internetChecksum(pseudo, segment(0)));
}
