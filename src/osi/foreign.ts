/**
 * What else travels in TPKTs. Two users leave X.224 in the first TPDU or have none at all, and would look like damage.
 */

/**
 * RDP puts a routing token or cookie and a negotiation structure where X.224 has parameters ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2).
 * `from`…`end` is the variable part of a CR or CC. Returns how many of its octets tell, 0 when it is none.
 */
export function rdpNegotiation(b: Uint8Array, from: number, end: number): number {
  const token = TOKENS.find(text => starts(b, from, end, text));
  if (token !== undefined) return token.length;
  // Type 1 request, 2 response, 3 failure, 6 correlation; length 8 or 36, little-endian.
  const type = b[from]!;
  const told =
    end - from >= 8 && type >= 1 && type <= 6 && (b[from + 2] === 8 || b[from + 2] === 36) && b[from + 3] === 0;
  return told ? 4 : 0;
}

/** How a cookie and two forms of routing tokens begin. */
const TOKENS = ['Cookie: ', 'msts', 'tsv:'];

/** Message types of Q.931 that H.225.0 uses: alerting, call proceeding, setup, connect, release complete, facility, progress, … */
const Q931 = new Set([0x01, 0x02, 0x03, 0x05, 0x07, 0x0d, 0x5a, 0x62, 0x6e, 0x75, 0x7b, 0x7d]);

/**
 * H.323 has TPKT without COTP: H.225.0 call signalling (Q.931 with protocol discriminator 8) and H.245 (PER; a conversation opens
 * with a terminal capability set or a master-slave determination). `from`…`end` is the content of a TPKT. Returns how many of its
 * octets tell, 0 when it is something else.
 */
export function h323(b: Uint8Array, from: number, end: number): number {
  if (end - from < 4) return 0;
  if (b[from] === 8 && b[from + 1] === 2) return end - from >= 5 && Q931.has(b[from + 4]!) ? 5 : 0;
  const opens =
    (b[from] === 0x02 && b[from + 1] === 0x70) || (b[from] === 0x01 && b[from + 1] === 0x00 && end - from >= 6);
  return opens ? 2 : 0;
}

/** A TLS record header: a protocol that began in TPKTs goes on encrypted (RFC 8446 5.1). */
export function isTls(b: Uint8Array, at: number): boolean {
  return b[at]! >= 0x14 && b[at]! <= 0x17 && b[at + 1] === 3 && b[at + 2]! <= 4;
}

function starts(b: Uint8Array, from: number, end: number, text: string): boolean {
  if (end - from < text.length) return false;
  for (let i = 0; i < text.length; i++) if (b[from + i] !== text.charCodeAt(i)) return false;
  return true;
}
