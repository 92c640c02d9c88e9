import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { KnownOctets } from '../base/known.ts';
import { extensionAttributes } from './address-extensions.ts';
import { Attributes, choice, domainDefined, escaped, inside, personalName, text, units } from './address-parts.ts';
import { directoryName } from './directory-name.ts';

/**
 * O/R names and domain identifiers as people write them: `/C=GB/ADMD=GOLD 400/PRMD=ACME/O=Sales/OU1=North/S=Smith/G=Ann/`.
 *
 * Keywords are those of RFC 2156 §4.1 (X.402 annex F's where that has none); an attribute's teletex or universal form stands in when
 * the printable one is absent. `/` and `$` in values are written `$/` and `$$` (RFC 2156 §4.2). Read straight from BER, so that a
 * summary of thousands of messages builds no trees; damage ends the attribute it hits, nothing else.
 */

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const SEQUENCE = key(0, TAG.sequence);
const SET = key(0, TAG.set);

const names = new KnownOctets<string>(4096, 512);
const domains = new KnownOctets<string>(1024, 128);

/** The O/R name or address whose contents (built-in attributes, DDAs, extension attributes, directory name) are in `tlv`. */
export function orName(bytes: Uint8Array, tlv: Tlv): string {
  return names.of(bytes, tlv.content, tlv.contentEnd, () => render(bytes, tlv));
}

function render(bytes: Uint8Array, tlv: Tlv): string {
  const attributes = new Attributes();
  let name: string | null = null;
  let first = true;
  for (let at = tlv.content; at < tlv.contentEnd; first = false) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === SEQUENCE && first) builtIn(bytes, part, attributes);
    else if (part.key === SEQUENCE) domainDefined(bytes, part, attributes, 'PRINTABLE');
    else if (part.key === SET) extensionAttributes(bytes, part, attributes);
    else if (part.key === C(0)) name = directoryName(bytes, inside(bytes, part));
  }
  const address = attributes.render();
  if (name === null || name === '') return address;
  return address === '' ? name : `${address}DN=${escaped(name)}/`;
}

function builtIn(bytes: Uint8Array, tlv: Tlv, into: Attributes): void {
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    switch (part.key) {
      case A(1):
        into.add('C', choice(bytes, part));
        break;
      case A(2):
        into.add('ADMD', choice(bytes, part));
        break;
      case C(0):
        into.add('X121', text(bytes, part));
        break;
      case C(1):
        into.add('T-ID', text(bytes, part));
        break;
      case C(2):
        into.add('PRMD', choice(bytes, part));
        break;
      case C(3):
        into.add('O', text(bytes, part));
        break;
      case C(4):
        into.add('UA-ID', text(bytes, part));
        break;
      case C(5):
        personalName(bytes, part, into, 'PRINTABLE');
        break;
      case C(6):
        units(bytes, part, into);
    }
  }
}

/** `/C=GB/ADMD=GOLD 400/PRMD=ACME/` of a GlobalDomainIdentifier. */
export function domainName(bytes: Uint8Array, tlv: Tlv): string {
  return domains.of(bytes, tlv.content, tlv.contentEnd, () => renderDomain(bytes, tlv));
}

function renderDomain(bytes: Uint8Array, tlv: Tlv): string {
  const attributes = new Attributes();
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === A(1)) attributes.add('C', choice(bytes, part));
    else if (part.key === A(2)) attributes.add('ADMD', choice(bytes, part));
    else attributes.add('PRMD', part.cls === CONTEXT ? choice(bytes, part) : text(bytes, part));
  }
  return attributes.render();
}

/**
 * X.420 §7.1.1: the user's O/R name and the user-relative identifier, which alone is what people search for. An EDIM identifier (X.435
 * §7.1) is the same with context tags.
 */
export function ipmId(bytes: Uint8Array, tlv: Tlv): string | null {
  let user = '';
  let relative: string | null = null;
  for (let at = tlv.content; at < tlv.contentEnd; ) {
    const part = readTlv(bytes, at, tlv.contentEnd)!;
    at = part.end;
    if (part.key === A(0) || part.key === C(0)) user = orName(bytes, part);
    else relative = text(bytes, part);
  }
  return relative === null && user === '' ? null : user === '' ? relative : `${relative ?? ''} ${user}`;
}
