import { APPLICATION, CONTEXT, key, readTlv, TAG, type Tlv } from '../../asn1/ber.ts';
import { KnownOctets } from '../../base/known.ts';
import { parts } from './elements.ts';
import { checkExtensionAttributes } from './name-extensions.ts';
import { checkCountry, checkDomainDefined, checkPersonalName, checkUnits } from './name-parts.ts';
import { type Bound, checkString, type Tell } from './string-check.ts';

const A = (tag: number): number => key(APPLICATION, tag);
const C = (tag: number): number => key(CONTEXT, tag);
const SEQUENCE = key(0, TAG.sequence);
const SET = key(0, TAG.set);

/** The built-in standard attributes that are plain strings (X.411 figure 4, annex B). */
const ATTRIBUTES: ReadonlyMap<number, Bound> = new Map<number, Bound>([
  [C(0), ['network-address', 'numeric', 16]],
  [C(1), ['terminal-identifier', 'printable', 24]],
  [C(3), ['organization-name', 'printable', 64]],
  [C(4), ['numeric-user-identifier', 'numeric', 32]],
]);

const LONGEST_DOMAIN = 16;

/** Names and domains that nothing was to be said about. */
const soundNames = new KnownOctets<true | undefined>(4096, 512);
const soundDomains = new KnownOctets<true | undefined>(1024, 128);

/** Upper bounds and character sets of an O/R name (X.411 annex B, X.680 §41.4). `tlv` holds the name's components. */
export function checkOrName(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): void {
  remembered(soundNames, bytes, tlv, tell, told => checkComponents(bytes, tlv, what, told));
}

/** The same of a GlobalDomainIdentifier, whose PRMD has no tag of its own. */
export function checkDomain(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): void {
  remembered(soundDomains, bytes, tlv, tell, told => {
    for (const part of parts(bytes, tlv)) {
      if (part.fault !== null) return;
      if (part.cls === 0) checkString(bytes, part, 'printable', LONGEST_DOMAIN, `${what}: private-domain-name`, told);
      else checkDomainPart(bytes, part, what, told);
    }
  });
}

function remembered(
  known: KnownOctets<true | undefined>,
  bytes: Uint8Array,
  tlv: Tlv,
  tell: Tell,
  check: (tell: Tell) => void,
): void {
  known.of(bytes, tlv.content, tlv.contentEnd, () => {
    let told = false;
    check((code, detail) => {
      told = true;
      tell(code, detail);
    });
    return told ? undefined : true;
  });
}

function checkComponents(bytes: Uint8Array, tlv: Tlv, what: string, tell: Tell): void {
  let sequences = 0;
  for (const part of parts(bytes, tlv)) {
    if (part.fault !== null) return;
    if (part.key === SET) checkExtensionAttributes(bytes, part, what, tell);
    if (part.key !== SEQUENCE) continue;
    if (sequences === 0) checkAttributes(bytes, part, what, tell);
    else if (sequences === 1) checkDomainDefined(bytes, part, 'printable', what, tell);
    sequences++;
  }
}

function checkAttributes(bytes: Uint8Array, list: Tlv, what: string, tell: Tell): void {
  for (const part of parts(bytes, list)) {
    const plain = ATTRIBUTES.get(part.key);
    if (plain !== undefined) checkString(bytes, part, plain[1], plain[2], `${what}: ${plain[0]}`, tell);
    else if (part.key === C(5)) checkPersonalName(bytes, part, 'printable', what, tell);
    else if (part.key === C(6)) checkUnits(bytes, part, 'printable', what, tell);
    else checkDomainPart(bytes, part, what, tell);
  }
}

/** Country, ADMD and PRMD: a CHOICE of strings behind an explicit tag. */
function checkDomainPart(bytes: Uint8Array, part: Tlv, what: string, tell: Tell): void {
  const inner = part.constructed ? readTlv(bytes, part.content, part.contentEnd) : null;
  if (inner === null) return;
  if (part.key === A(1)) checkCountry(bytes, inner, `${what}: country-name`, tell);
  else if (part.key === A(2) || part.key === C(2)) {
    const name = part.key === A(2) ? 'administration-domain-name' : 'private-domain-name';
    checkString(bytes, inner, 'printable', LONGEST_DOMAIN, `${what}: ${name}`, tell);
  }
}
