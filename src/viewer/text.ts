import { clean } from '../report/safe.ts';

/** Text of a capture made fit to be shown: what could hide, reorder or move is written out, and its length is bounded. */
export function safe(text: string, max = 300): string {
  return clean(text, max);
}

/** Runs of octets as people write them. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, octet => octet.toString(16).padStart(2, '0')).join(' ');
}

/** A hex dump as `xxd` and Wireshark print it. */
export function dump(bytes: Uint8Array): string {
  const out: string[] = [];
  for (let i = 0; i < bytes.length; i += 16) {
    const row = bytes.subarray(i, i + 16);
    const text = Array.from(row, ascii).join('');
    out.push(`${i.toString(16).padStart(4, '0')}  ${hexText(row).padEnd(47)}  ${text}`);
  }
  return out.join('\n');
}

export function ascii(octet: number): string {
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.';
}
