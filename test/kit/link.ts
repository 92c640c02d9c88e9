import { cat, type Part, u16 } from './bytes.ts';

/** LINKTYPE_ values of the tcpdump register (https://www.tcpdump.org/linktypes.html). */
export const LINKTYPE = {
  null: 0,
  ethernet: 1,
  raw: 101,
  sll: 113,
  loop: 108,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const;

export type Version = 4 | 6;
export type Way = 0 | 1;

/** How an IP packet gets into a captured frame; `way` 0 is client to server. */
export interface Link {
  readonly linkType: number;
  frame(packet: Uint8Array, version: Version, way: Way): Uint8Array<ArrayBuffer>;
}

const MAC: readonly (readonly number[])[] = [
  [0x00, 0x60, 0x97, 0x10, 0x20, 0x30],
  [0x00, 0xa0, 0xc9, 0x40, 0x50, 0x60],
];

const etherType = (version: Version) => (version === 4 ? 0x0800 : 0x86dd);

interface EthernetOptions {
  /** Outermost first. `tpid` 0x8100 (802.1Q), 0x88a8 (802.1ad), 0x9100. */
  readonly vlans?: readonly { readonly id: number; readonly tpid?: number }[];
  /** 802.3 length + LLC/SNAP in place of an EtherType (RFC 1042). */
  readonly snap?: boolean;
  /** Octets after the packet: the padding and FCS of short frames. */
  readonly trailer?: Part;
  /** Pad to 60 octets, as a receiving station captures it. */
  readonly pad?: boolean;
}

export function ethernet(options: EthernetOptions = {}): Link {
  return {
    linkType: LINKTYPE.ethernet,
    frame(packet, version, way) {
      const tags = (options.vlans ?? []).map(v => [u16(v.tpid ?? 0x8100), u16(v.id)]);
      const type = options.snap
        ? [u16(packet.length + 8), 0xaa, 0xaa, 0x03, 0, 0, 0, u16(etherType(version))]
        : u16(etherType(version));
      const frame = cat(MAC[1 - way]!, MAC[way]!, tags, type, packet, options.trailer ?? []);
      return options.pad && frame.length < 60 ? cat(frame, new Uint8Array(60 - frame.length)) : frame;
    },
  };
}

/** Linux cooked capture v1 (LINKTYPE_LINUX_SLL). */
export function sll(): Link {
  return {
    linkType: LINKTYPE.sll,
    frame: (packet, version, way) =>
      cat(u16(way === 0 ? 4 : 0), u16(1), u16(6), MAC[way]!, [0, 0], u16(etherType(version)), packet),
  };
}

/** Linux cooked capture v2 (LINKTYPE_LINUX_SLL2). */
export function sll2(): Link {
  return {
    linkType: LINKTYPE.sll2,
    frame: (packet, version, way) =>
      cat(u16(etherType(version)), [0, 0], [0, 0, 0, 2], u16(1), way === 0 ? 4 : 0, 6, MAC[way]!, [0, 0], packet),
  };
}

/** BSD loopback: four octets of address family in the byte order of the capturing host. */
export function nullLoopback(bigEndian = false, family6 = 30): Link {
  return {
    linkType: LINKTYPE.null,
    frame(packet, version) {
      const family = version === 4 ? 2 : family6;
      return cat(bigEndian ? [0, 0, 0, family] : [family, 0, 0, 0], packet);
    },
  };
}

/** No link header: the packet's version nibble tells (LINKTYPE_RAW; 228/229 say it beforehand). */
export function rawIp(linkType: number = LINKTYPE.raw): Link {
  return { linkType, frame: packet => cat(packet) };
}
