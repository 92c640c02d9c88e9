import { hexadecimal, numbered } from '../base/numbers.ts';
import { hex } from '../base/text.ts';
import { rdpNegotiation } from './foreign.ts';

/**
 * COTP, the transport protocol of X.224 (11/93) section 13, as RFC 1006 and RFC 2126 use it.
 * Pure functions over one TPDU (or a concatenation of TPDUs): no state of the connection is known here.
 */

export type TpduType = 'CR' | 'CC' | 'DR' | 'DC' | 'DT' | 'ED' | 'AK' | 'EA' | 'RJ' | 'ER';

const TYPES: Readonly<Record<number, TpduType>> = {
  14: 'CR',
  13: 'CC',
  8: 'DR',
  12: 'DC',
  15: 'DT',
  1: 'ED',
  6: 'AK',
  2: 'EA',
  5: 'RJ',
  7: 'ER',
};

export interface Parameter {
  readonly code: number;
  /** Position of the code octet; the value is `valueStart`…`end`. */
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

export interface CotpFault {
  /** A rule of `rules/cotp.ts`. */
  readonly code: string;
  readonly at: number;
  readonly detail: string;
}

export interface Tpdu {
  readonly type: TpduType;
  readonly li: number;
  readonly start: number;
  /** First position behind the header, where user data begin. */
  readonly dataStart: number;
  readonly end: number;
  readonly dstRef: number;
  readonly srcRef: number;
  /** CR and CC: class and options octet. DR: reason. ER: cause. */
  readonly classOrReason: number;
  readonly credit: number;
  /** DT and ED: TPDU number, and EOT. AK, RJ, EA: the number acknowledged. */
  readonly number: number;
  readonly eot: boolean;
  /** Class 2–4 layout (a destination reference in DT); class 0 and 1 have none. */
  readonly numbered: boolean;
  readonly parameters: Parameter[];
  /** The variable part is RDP's negotiation, not parameters. */
  readonly rdp: boolean;
}

/** Bits of the code octet that are zero in each TPDU (X.224 Table 8). */
const SPARE: Partial<Record<TpduType, number>> = { DR: 15, DC: 15, DT: 14, ED: 15, EA: 15, ER: 15 };

/** What earlier TPDUs of the connection settled; it decides how DT, ED, AK, EA and RJ are laid out. */
export interface CotpContext {
  readonly class: number;
  readonly extended: boolean;
}

/** X.224 13.3.4: parameters by the TPDUs in which they may stand. */
const KNOWN: Readonly<Record<number, readonly TpduType[]>> = {
  192: ['CR', 'CC'],
  240: ['CR', 'CC'],
  193: ['CR', 'CC', 'ER'],
  194: ['CR', 'CC'],
  195: ['CR', 'CC', 'DR', 'DC', 'DT', 'ED', 'AK', 'EA', 'RJ', 'ER'],
  196: ['CR', 'CC'],
  197: ['CR', 'CC'],
  198: ['CR', 'CC'],
  199: ['CR', 'CC'],
  133: ['CR', 'CC'],
  134: ['CR', 'CC'],
  135: ['CR', 'CC'],
  136: ['CR', 'CC'],
  137: ['CR', 'CC'],
  138: ['AK'],
  139: ['CR', 'CC'],
  140: ['AK'],
  143: ['AK'],
  224: ['DR'],
  242: ['CR', 'CC'],
};

/**
 * One TPDU at `start`. Returns null, with a fault pushed, when not even its header can be delimited.
 * `end` bounds the TPKT; for a TPDU with user data it is also the end of those (X.224 6.4: such a TPDU stands last).
 */
export function parseTpdu(
  b: Uint8Array,
  start: number,
  end: number,
  context: CotpContext,
  faults: CotpFault[],
): Tpdu | null {
  const li = b[start]!;
  if (li === 0 || li === 255) {
    faults.push({
      code: li === 0 ? 'cotp.li-zero' : 'cotp.li-too-large',
      at: start,
      detail: `length indicator ${li}`,
    });
    return null;
  }
  if (start + 1 + li > end) {
    faults.push({
      code: 'cotp.li-too-large',
      at: start,
      detail: `length indicator ${li}, but only ${numbered(end - start - 1, 'octet')} ${end - start === 2 ? 'follows' : 'follow'}`,
    });
    return null;
  }
  const octet = b[start + 1]!;
  const type = TYPES[octet >> 4];
  if (type === undefined) {
    faults.push({ code: 'cotp.unknown-tpdu', at: start + 1, detail: `TPDU code ${hexadecimal(octet, 2)}` });
    return null;
  }
  const header = start + 1 + li;
  const layout = layoutOf(type, li, context);
  if (li < layout.fixed) {
    faults.push({
      code: 'cotp.short-header',
      at: start,
      detail: `${type} with length indicator ${li}, its fixed part needs ${layout.fixed}`,
    });
    return null;
  }
  // Table 8: only CR, CC, AK and RJ have a credit in bits 4 to 1, and DT a request to acknowledge in bit 1. It is read as what it resembles.
  if ((octet & (SPARE[type] ?? 0)) !== 0)
    faults.push({
      code: 'cotp.unknown-tpdu',
      at: start + 1,
      detail: `TPDU code ${hexadecimal(octet, 2)}, near that of ${type}`,
    });
  const rdp = (type === 'CR' || type === 'CC') && rdpNegotiation(b, start + 1 + layout.fixed, header) > 0;
  const parameters = rdp ? [] : parseParameters(b, start + 1 + layout.fixed, header, type, faults);
  const { credit, number, eot } = numbers(b, start, type, layout, context);
  return {
    type,
    li,
    start,
    dataStart: header,
    end,
    dstRef: layout.refs ? u16(b, start + 2) : 0,
    srcRef: layout.source ? u16(b, start + 4) : 0,
    classOrReason: layout.source && type !== 'DC' ? b[start + 6]! : type === 'ER' ? b[start + 4]! : 0,
    parameters,
    rdp,
    numbered: layout.refs && (type === 'DT' || type === 'ED'),
    credit,
    number,
    eot,
  };
}

interface Layout {
  /** Length of the fixed part as LI counts it. */
  readonly fixed: number;
  readonly refs: boolean;
  readonly source: boolean;
}

function layoutOf(type: TpduType, li: number, context: CotpContext): Layout {
  switch (type) {
    case 'CR':
    case 'CC':
    case 'DR':
      return { fixed: 6, refs: true, source: true };
    case 'DC':
      return { fixed: 5, refs: true, source: true };
    case 'ER':
      return { fixed: 4, refs: true, source: false };
    case 'DT':
    case 'ED': {
      // RFC 1006 gives ED the layout of a class 0 DT; LI 2 can only be that form.
      if (context.class < 2 || li < 4) return { fixed: 2, refs: false, source: false };
      return { fixed: context.extended ? 7 : 4, refs: true, source: false };
    }
    case 'AK':
    case 'RJ':
      return { fixed: context.extended ? 9 : 4, refs: true, source: false };
    case 'EA':
      return { fixed: context.extended ? 7 : 4, refs: true, source: false };
  }
}

function numbers(b: Uint8Array, start: number, type: TpduType, layout: Layout, context: CotpContext) {
  const credit = type === 'CR' || type === 'CC' || type === 'AK' || type === 'RJ' ? b[start + 1]! & 15 : 0;
  let number = 0;
  let eot = false;
  if (type === 'DT' || type === 'ED') {
    const at = layout.refs ? start + 4 : start + 2;
    eot = (b[at]! & 0x80) !== 0;
    number = layout.refs && context.extended ? u32(b, at) & 0x7fffffff : b[at]! & 0x7f;
  } else if (type === 'AK' || type === 'RJ' || type === 'EA') {
    number = context.extended ? u32(b, start + 4) & 0x7fffffff : b[start + 4]! & 0x7f;
  }
  return { credit, number, eot };
}

/** X.224 13.2.3: code, length, value, in any order; of a repeated parameter the last one holds. */
function parseParameters(b: Uint8Array, from: number, end: number, type: TpduType, faults: CotpFault[]): Parameter[] {
  const out: Parameter[] = [];
  for (let p = from; p < end; ) {
    const code = b[p]!;
    if (p + 2 > end || p + 2 + b[p + 1]! > end) {
      faults.push({
        code: 'cotp.parameter-overrun',
        at: p,
        detail: `parameter ${hexadecimal(code, 2)} of ${type} runs past the header`,
      });
      break;
    }
    const parameter = { code, start: p, valueStart: p + 2, end: p + 2 + b[p + 1]! };
    // Bits 8 and 7 both zero are never a parameter (ATN's private 08 and 09 excepted), nor is FF.
    if (((code & 0xc0) === 0 && code !== 8 && code !== 9) || code === 0xff) {
      faults.push({ code: 'cotp.parameter-code', at: p, detail: `parameter code ${hexadecimal(code, 2)} in ${type}` });
    } else if (type !== 'CR' && !KNOWN[code]?.includes(type)) {
      faults.push({ code: 'cotp.unknown-parameter', at: p, detail: `parameter ${hexadecimal(code, 2)} in ${type}` });
    }
    if (out.some(other => other.code === code)) {
      faults.push({
        code: 'cotp.duplicate-parameter',
        at: p,
        detail: `parameter ${hexadecimal(code, 2)} in ${type} again`,
      });
    }
    out.push(parameter);
    p = parameter.end;
  }
  return out;
}

/** The last parameter with this code, as X.224 13.2.3 has it. */
export function parameter(t: Tpdu, code: number): Parameter | null {
  return t.parameters.findLast(p => p.code === code) ?? null;
}

/** Does user data follow the header? Such a TPDU ends a concatenation. */
export function carriesData(type: TpduType): boolean {
  return type === 'CR' || type === 'CC' || type === 'DR' || type === 'DT' || type === 'ED';
}

/** RFC 1006 section 5: without a TPDU size parameter it is 65531 octets, not X.224's 128. */
export const DEFAULT_TPDU_SIZE = 65531;

export interface SizeOffer {
  /** Octets that the parameters allow; null when neither stands in the TPDU. */
  readonly size: number | null;
  readonly preferred: boolean;
  readonly standard: boolean;
  readonly faults: CotpFault[];
}

/** TPDU size (C0) and preferred maximum TPDU size (F0) of a CR or CC, X.224 13.3.4 b) and c). */
export function sizeOffer(b: Uint8Array, t: Tpdu): SizeOffer {
  const faults: CotpFault[] = [];
  const preferred = parameter(t, 0xf0);
  const standard = parameter(t, 0xc0);
  let size: number | null = null;
  if (standard !== null) {
    const code = b[standard.valueStart]!;
    const length = standard.end - standard.valueStart;
    if (length !== 1 || code < 7 || code > 13) {
      faults.push({
        code: 'cotp.tpdu-size-value',
        at: standard.start,
        detail:
          length === 1
            ? `TPDU size parameter ${hexadecimal(code, 2)} is outside 07…0D`
            : `TPDU size parameter of ${length} octets, it has one`,
      });
    } else if (code > 11 && t.classOrReason >> 4 === 0) {
      faults.push({
        code: 'cotp.tpdu-size-class0',
        at: standard.start,
        detail: `TPDU size ${2 ** code} in class 0, which X.224 limits to 2048 (common over TCP)`,
      });
    }
    // Stacks offer 0E…10 for sizes up to 65531; beyond that the code says nothing.
    if (length >= 1 && code >= 7 && code <= 16) size = Math.min(2 ** code, DEFAULT_TPDU_SIZE);
  }
  if (preferred !== null) {
    const length = preferred.end - preferred.valueStart;
    let units = 0;
    for (let p = preferred.valueStart; p < preferred.end; p++) units = units * 256 + b[p]!;
    if (length < 1 || length > 4 || units === 0) {
      faults.push({
        code: 'cotp.preferred-size',
        at: preferred.start,
        detail: `preferred maximum TPDU size of ${length} octets, value ${units}`,
      });
    } else size = Math.min(units * 128, DEFAULT_TPDU_SIZE);
  }
  return { size, preferred: preferred !== null, standard: standard !== null, faults };
}

/** A TSAP-ID as people write it: text when it is printable, else hex. Empty for a nil selector, null when absent. */
export function tsapText(b: Uint8Array, t: Tpdu, code: number): string | null {
  const p = parameter(t, code);
  if (p === null) return null;
  let text = '';
  for (let i = p.valueStart; i < p.end; i++) {
    if (b[i]! < 0x20 || b[i]! >= 0x7f) return `0x${hex(b, p.valueStart, p.end)}`;
    text += String.fromCharCode(b[i]!);
  }
  return text;
}

function u16(b: Uint8Array, p: number): number {
  return (b[p]! << 8) | b[p + 1]!;
}

function u32(b: Uint8Array, p: number): number {
  return ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0;
}
