import { APPLICATION, readTlv } from '../../asn1/ber.ts';
import type { Contexts } from './contexts.ts';
import type { UserData } from './osi.ts';
import { readPdvs } from './pdv.ts';

/** SPDUs of the orderly release (X.225 §7.6 to §7.8). */
export type ReleaseSpdu = 'FN' | 'DN' | 'NF';

/**
 * What the user data of a release hold for association control: the tag number of the ACSE APDU, `none`, or `unknown` where the context
 * does not prove whose value it is. The tags alone do not: [APPLICATION 2] may be anybody's.
 */
export type Release = number | 'none' | 'unknown';

export function releaseOf(own: UserData | null, contexts: Contexts): Release {
  if (!contexts.known) return 'unknown';
  if (own === null) return 'none';
  // Simply encoded values name no context (X.226 §8.4.1).
  if (own.bytes[own.start] !== 0x61) return 'unknown';
  for (const pdv of readPdvs(own.bytes, own.start, own.end)) {
    if (pdv.broken || pdv.segmented || pdv.form !== 'single-ASN1-type') return 'unknown';
    const layer = contexts.layer(pdv.contextId);
    if (layer === null || layer === 'unknown') return 'unknown';
    if (layer !== 'acse') continue;
    const apdu = readTlv(own.bytes, pdv.valueStart, pdv.valueEnd);
    return apdu !== null && apdu.cls === APPLICATION && apdu.fault === null ? apdu.tag : 'unknown';
  }
  return 'none';
}
