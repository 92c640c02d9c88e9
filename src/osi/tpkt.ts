import { hexadecimal } from '../base/numbers.ts';
import { field, type LayerTree } from '../model/field.ts';
import type { Origin } from '../model/origin.ts';

/** TPKT, RFC 1006 section 6 and RFC 2126 section 4.3: version, reserved, 16-bit length of the whole. */
export const TPKT_HEADER = 4;
export const TPKT_VERSION = 3;
/** The header and the shortest TPDU, a class 0 DT without data. RFC 1006 6: "min=7". */
export const TPKT_MIN = 7;
/** The longest that its two length octets can say. */
export const TPKT_MAX = 65535;
/** How many octets `plausibleHeader` needs: the TPKT header, LI, TPDU code and the octet behind. */
export const EVIDENCE = 7;

/** Length of the fixed part (as LI counts it) by TPDU code, X.224 13.3–13.12; 0 for codes that are no TPDU. */
const MIN_LI = new Uint8Array(16);
MIN_LI[0xe] = 6; // CR
MIN_LI[0xd] = 6; // CC
MIN_LI[0x8] = 6; // DR
MIN_LI[0xc] = 5; // DC
MIN_LI[0xf] = 2; // DT
MIN_LI[0x1] = 2; // ED
MIN_LI[0x6] = 4; // AK
MIN_LI[0x2] = 4; // EA
MIN_LI[0x5] = 4; // RJ
MIN_LI[0x7] = 4; // ER

/**
 * Could a TPKT begin at `p`? The test that a search for lost framing uses: version 3, reserved as expected, a legal length, then
 * a TPDU whose LI fits both its code and the TPKT. `b[p…p+7)` must be readable.
 */
export function plausibleHeader(b: Uint8Array, p: number, reserved: number): boolean {
  if (b[p] !== TPKT_VERSION || (b[p + 1] !== 0 && b[p + 1] !== reserved)) return false;
  const length = (b[p + 2]! << 8) | b[p + 3]!;
  const li = b[p + 4]!;
  if (length < TPKT_MIN || li === 0 || li === 255 || li > length - 5) return false;
  const code = b[p + 5]! >> 4;
  const least = MIN_LI[code]!;
  if (least === 0 || li < least) return false;
  // Over TCP nearly all is class 0, whose DT has LI 2 and only the EOT bit in its third octet (X.224 13.7.3, RFC 2126 6.5).
  if (code === 0xf && li === 2) return (b[p + 6]! & 0x7f) === 0;
  return true;
}

/** As `plausibleHeader`, with class 0 data behind it. Six octets that have to fit are evidence enough where a header is looked for. */
export function plausibleData(b: Uint8Array, p: number, reserved: number): boolean {
  return b[p + 4] === 2 && plausibleHeader(b, p, reserved);
}

/**
 * The next TPKT in `b[from…end)`, on the evidence of two headers in a row. Where `final` says that no octets follow, one that ends exactly
 * at `end` needs no second header.
 *
 * @returns its index; or, when there is none yet, the complement (`~`) of the index from which to look again with more octets
 */
export function findTpkt(b: Uint8Array, from: number, end: number, reserved: number, final: boolean): number {
  let at = from;
  for (; at + EVIDENCE <= end; at++) {
    if (b[at] !== TPKT_VERSION || !plausibleHeader(b, at, reserved)) continue;
    const following = at + ((b[at + 2]! << 8) | b[at + 3]!);
    if (following + EVIDENCE <= end) {
      if (plausibleHeader(b, following, reserved)) return at;
    } else if (!final) return ~at;
    else if (following === end) return at;
  }
  return ~at;
}

export interface TpktFault {
  /** A rule of `rules/tpkt.ts`. */
  readonly code: string;
  readonly detail: string;
}

const NONE: readonly TpktFault[] = [];

/** What is wrong with a header that is one all the same. `tpduSize` is what the connection allows, in octets; null while that is unknown. */
export function headerFaults(reserved: number, length: number, tpduSize: number | null): readonly TpktFault[] {
  const exceeds = tpduSize !== null && length > tpduSize + TPKT_HEADER;
  if (reserved === 0 && length >= TPKT_MIN && !exceeds) return NONE;
  const faults: TpktFault[] = [];
  if (reserved !== 0) faults.push({ code: 'tpkt.reserved', detail: `reserved octet ${hexadecimal(reserved, 2)}` });
  if (length < TPKT_MIN)
    faults.push({ code: 'tpkt.length-short', detail: `length ${length}, the shortest TPKT has ${TPKT_MIN}` });
  if (exceeds) {
    const detail = `length ${length}, the connection allows TPDUs of ${tpduSize} octets`;
    faults.push({ code: 'tpkt.exceeds-tpdu-size', detail });
  }
  return faults;
}

/** The layer tree of one TPKT; `start`…`end` is the whole of it. */
export function tpktTree(bytes: Uint8Array, start: number, end: number, origin: Origin | null): LayerTree {
  const length = (bytes[start + 2]! << 8) | bytes[start + 3]!;
  const version = bytes[start]!;
  return {
    layer: 'tpkt',
    title: `TPKT, Version: ${version}, Length: ${length}`,
    bytes,
    start,
    end,
    origin,
    fields: [
      field('tpkt.version', 'Version', start, start + 1, version),
      field('tpkt.reserved', 'Reserved', start + 1, start + 2, bytes[start + 1]!),
      field('tpkt.length', 'Length', start + 2, start + 4, length),
    ],
  };
}
