import { thousands } from '../base/numbers.ts';
import type { Models } from '../model/finding.ts';
import type { Profile } from './knobs.ts';
import { BASIS_WORDS, elements, type Span } from './models.ts';

/** Fields that decide how many elements are asked for and how many are legal; the element's size is told by itself. */
const DECIDING = ['maxElements', 'rounding', 'lengthBasis'] as const;

/** What a profile may leave open beside its numbers, where a header asks it: whether the machine checks its version, its length, is corrected. */
export interface OpenQuestions {
  readonly version: boolean;
  readonly size: boolean;
  readonly fixed: boolean;
}

/** What the verdict rests on. `zone` is what the arithmetic says, before what the profile leaves open. */
export function assumptionsOf(
  profile: Profile,
  span: Span,
  zone: Models,
  length: number,
  versionOctet: number,
  open: OpenQuestions,
): string[] {
  const { maxElements, rounding, lengthBasis, fixed } = profile.fields;
  const out: string[] = [];
  if (versionOctet !== 3) {
    out.push(
      `rests on the version octet (${hex(versionOctet)} instead of 03) not being checked${open.version ? LEFT_OPEN : ''}; --set versionCheck=strict shows the other world`,
    );
  }
  if (open.size)
    out.push(
      `rests on the length not being checked against the negotiated TPDU size${LEFT_OPEN}; --set tpduSizeCheck=strict shows the other world`,
    );
  if (open.fixed) out.push(`rests on the correction of Q182619 not being in${LEFT_OPEN}`);
  out.push(elementText(profile, span));
  const set = DECIDING.filter(field => Object.hasOwn(profile.overrides, field));
  if (set.length > 0)
    out.push(`${set.map(field => `${field}=${profile.overrides[field]}`).join(', ')} (set by the user)`);
  if (zone === 'all') {
    out.push('a larger request is not more legal than a smaller one');
  } else {
    const { min, max } = maxElements.range;
    out.push(
      min === max
        ? `the legal limit is ${max} elements, and how the length is counted decides`
        : `the legal limit is not published: anything from ${min} to ${max} elements is admissible`,
    );
    if (rounding.range.length > 1) out.push('whether part of an element counts is not known');
    if (basisCounts(span, length)) {
      const counted = lengthBasis.range.map(basis => BASIS_WORDS[basis]);
      out.push(`whether ${counted.join(' or ')} is counted is not known`);
    }
  }
  if (!fixed.range.includes(false)) {
    out.push(
      `${zone === 'all' && !open.version && !open.size ? 'would have been' : 'might have been'} 9404 before build 2232.18; what the corrected machine does with ${thousands(length)} octets is not documented`,
    );
  }
  return out;
}

function elementText({ fields: { elementDataBytes, reservedPerElement } }: Profile, span: Span): string {
  const [smallest, largest] = span.payloads;
  const size = smallest === largest ? thousands(smallest) : `${thousands(smallest)} to ${thousands(largest)}`;
  // Room that is kept free is known no better than its own knob.
  const own = reservedPerElement.range.max === 0 || elementDataBytes.provenance === 'set';
  const { provenance } = own ? elementDataBytes : reservedPerElement;
  return `an element holds ${size} octets (${provenance === 'set' ? 'set by the user' : `${MARKS[provenance]}, not documented`})`;
}

/** Some model asks for another number with another length basis. */
function basisCounts({ payloads, offs, roundings }: Span, length: number): boolean {
  for (let payload = payloads[0]; payload <= payloads[1]; payload++) {
    for (const rounding of roundings) {
      const most = elements(length, payload, Math.min(...offs), rounding === 'ceil');
      if (elements(length, payload, Math.max(...offs), rounding === 'ceil') < most) return true;
    }
  }
  return false;
}

const LEFT_OPEN = ', which this profile leaves open';

const MARKS = { D: 'documented', 'I+': 'inferred, strong', I: 'inferred', H: 'a hypothesis', U: 'unknown' } as const;

/** Two digits, as a dump shows an octet. */
export function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0').toUpperCase();
}
