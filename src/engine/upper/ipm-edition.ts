import { CONTEXT, key, readTlv, type Tlv } from '../../asn1/ber.ts';
import { parts } from './elements.ts';

const C = (tag: number): number => key(CONTEXT, tag);
const RECIPIENTS: ReadonlySet<number> = new Set([C(2), C(3), C(4)]);
const EXTENSIONS = C(15);
const RECIPIENT_EXTENSIONS = C(3);
const CHOICE = C(0);

/**
 * Body parts that P2 of 1984 does not have, and those that no later edition has (X.420 §7.3). The bilaterally-defined [14] is none of
 * them: systems of 1984 send their attachments in it.
 */
const LATER_PARTS: ReadonlyMap<number, string> = new Map([[C(15), 'an extended body part']]);
const EARLIER_PARTS: ReadonlyMap<number, string> = new Map([
  [C(1), 'a telex body part'],
  [C(10), 'a simple-formattable-document body part'],
  [C(12), 'a TIF.1 body part'],
]);

/** Elements of a notification that P2 of 1984 does not have: in it, in its CHOICE, and in the two alternatives of that. */
const LATER_MEMBERS: ReadonlyMap<number, string> = new Map([[C(3), 'notification-extensions']]);
const LATER_CHOICES: ReadonlyMap<number, string> = new Map([[C(2), 'other-notification-type-fields']]);
const LATER_FIELDS: ReadonlyMap<number, ReadonlyMap<number, string>> = new Map([
  [C(0), new Map([[C(4), 'nrn-extensions']])],
  [C(1), new Map([[C(3), 'rn-extensions']])],
]);

/** What an IPM has that the edition of its content type lacks, in words; null when there is nothing. */
export function strangeInIpm(bytes: Uint8Array, heading: Tlv, body: Tlv | null, edition: 'P2' | 'P22'): string | null {
  if (edition === 'P2') {
    for (const part of parts(bytes, heading)) {
      if (part.key === EXTENSIONS) return 'heading extensions';
      if (!RECIPIENTS.has(part.key)) continue;
      for (const recipient of parts(bytes, part)) {
        if (has(bytes, recipient, RECIPIENT_EXTENSIONS)) return 'recipient extensions';
      }
    }
  }
  return body === null || body.fault !== null
    ? null
    : named(bytes, body, edition === 'P2' ? LATER_PARTS : EARLIER_PARTS);
}

/** The same of a notification. */
export function strangeInIpn(bytes: Uint8Array, ipn: Tlv, edition: 'P2' | 'P22'): string | null {
  if (edition === 'P22') return null;
  const own = named(bytes, ipn, LATER_MEMBERS);
  if (own !== null) return own;
  const choice = parts(bytes, ipn).find(part => part.key === CHOICE);
  if (choice === undefined) return null;
  const other = named(bytes, choice, LATER_CHOICES);
  if (other !== null) return other;
  const fields = readTlv(bytes, choice.content, choice.contentEnd);
  const later = fields === null ? undefined : LATER_FIELDS.get(fields.key);
  return later === undefined ? null : named(bytes, fields!, later);
}

function has(bytes: Uint8Array, outer: Tlv, wanted: number): boolean {
  return parts(bytes, outer).some(part => part.key === wanted);
}

function named(bytes: Uint8Array, outer: Tlv, names: ReadonlyMap<number, string>): string | null {
  for (const part of parts(bytes, outer)) {
    const name = part.fault === null ? names.get(part.key) : undefined;
    if (name !== undefined) return name;
  }
  return null;
}
