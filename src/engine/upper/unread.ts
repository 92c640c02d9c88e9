import { type Extent, extentAt } from '../../asn1/ber.ts';

/** Octets `from`…`to` of an APDU, which nobody looks at. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a reader may take of the beginning of a body part's octets, to tell what they are. */
const BEGINNING = 256;
/** Shorter ones are not worth the account of them. */
const LEAST = 1024;
/** An identifier and length octets as they are read here, and the beginning of the next ones. */
const HEADER = 12;

const MESSAGE = 0xa0;
const EXTERNAL = 0x28;
const SINGLE_ASN1_TYPE = 0xa0;
const SET = 0x31;
const SEQUENCE = 0x30;
const OCTET_STRING = 0x04;
const CONSTRUCTED = 0x20;

/**
 * The octets of a message that come next and that no row and no rule asks for: the contents of a primitive element in its body (X.411
 * figure 3, X.420 §7.3, X.435). The envelope, the heading, and every identifier and length stay. Definite lengths only; where anything
 * is not as it should be, nothing is left out.
 *
 * @param bytes what has come of the APDU
 * @param kept octets of it
 * @returns the stretch, which begins at `kept`; or how many octets there have to be to look again; Infinity when it is not worth to
 */
export function unread(bytes: Uint8Array, kept: number): Stretch | number {
  let apdu = extentAt(bytes, 0, kept);
  if (apdu?.identifier === EXTERNAL) apdu = wrapped(bytes, apdu, kept);
  if (apdu?.identifier !== MESSAGE) return Number.POSITIVE_INFINITY;
  const body = secondOf(bytes, apdu, kept);
  if (body === null || typeof body === 'number') return body ?? Number.POSITIVE_INFINITY;
  let outer = body;
  for (let at = outer.content; at < outer.end; ) {
    if (at + HEADER > kept) return at + HEADER;
    const element = extentAt(bytes, at, kept);
    if (element === null || element.end > outer.end) break;
    if (element.end <= kept) at = element.end;
    else if ((element.identifier & CONSTRUCTED) !== 0) {
      outer = element;
      at = element.content;
    } else if (kept < element.content + BEGINNING) return element.content + BEGINNING;
    else if (element.end - kept < LEAST) return element.end + HEADER;
    else return { from: kept, to: element.end };
  }
  return Number.POSITIVE_INFINITY;
}

/** The MTS-APDU in an EXTERNAL (X.228). */
function wrapped(bytes: Uint8Array, external: Extent, kept: number): Extent | null {
  for (let at = external.content; at + HEADER <= Math.min(kept, external.end); ) {
    const element = extentAt(bytes, at, kept);
    if (element === null) return null;
    if (element.identifier === SINGLE_ASN1_TYPE) {
      const inner = extentAt(bytes, element.content, kept);
      return inner !== null && inner.end === element.end ? inner : null;
    }
    at = element.end;
  }
  return null;
}

/** The body: what stands behind the heading in the content, which stands behind the envelope in the message. */
function secondOf(bytes: Uint8Array, apdu: Extent, kept: number): Extent | number | null {
  const content = behind(bytes, apdu, kept, SET, OCTET_STRING);
  if (content === null || typeof content === 'number') return content;
  if (content.end !== apdu.end) return null;
  if (content.content + HEADER > kept) return content.content + HEADER;
  const object = extentAt(bytes, content.content, kept);
  // [0] is the message, [1] a notification, in X.420 as in X.435.
  if (object?.identifier !== MESSAGE || object.end !== content.end) return null;
  const heading = bytes[object.content] === SET ? SET : SEQUENCE;
  return behind(bytes, object, kept, heading, SEQUENCE);
}

/** The element `second` that stands behind the element `first` at the beginning of another; a number as `unread` returns it. */
function behind(bytes: Uint8Array, outer: Extent, kept: number, first: number, second: number): Extent | number | null {
  if (outer.content + HEADER > kept) return outer.content + HEADER;
  const before = extentAt(bytes, outer.content, kept);
  if (before?.identifier !== first) return null;
  if (before.end + HEADER > kept) return before.end + HEADER;
  const found = extentAt(bytes, before.end, kept);
  return found?.identifier === second && found.end <= outer.end ? found : null;
}
