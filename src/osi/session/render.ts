import { numbered } from '../../base/numbers.ts';
import { hex } from '../../base/text.ts';
import { type Field, field, type LayerTree } from '../../model/field.ts';
import type { Origin } from '../../model/origin.ts';
import { numberOf, type Spdu, type SpduParameter, type Ssdu } from './parse.ts';
import {
  EXCEPTION_REASONS,
  PARAMETERS,
  type ParameterType,
  REFUSE_REASONS,
  SPDUS,
  TOKEN_PAIRS,
  TOKEN_SIDES,
} from './tables.ts';

const TITLE = 'ISO 8327-1 OSI Session Protocol';

/** A fault that has no parameter of its own in the tree is shown on the SPDU's type. */
type Faults = ReadonlyArray<{ readonly start: number; readonly end: number; readonly detail: string }>;

/** Faults by where they start: a TSDU may have as many as it has SPDUs, and each SPDU and parameter asks for its own. */
class FaultsByPlace {
  private readonly faults: Faults;
  /** Places in `faults`, ascending by where those start. */
  private readonly order: readonly number[];

  constructor(faults: Faults) {
    this.faults = faults;
    this.order = [...faults.keys()].sort((a, b) => faults[a]!.start - faults[b]!.start);
  }

  /** Those that start in `[from, to)`, in the order in which they were found. */
  within(from: number, to: number): Faults {
    let low = 0;
    for (let high = this.order.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.faults[this.order[middle]!]!.start < from) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < this.order.length && this.faults[this.order[end]!]!.start < to) end++;
    return this.order
      .slice(low, end)
      .sort((a, b) => a - b)
      .map(place => this.faults[place]!);
  }
}

/**
 * One tree per SPDU, as Wireshark shows a TSDU. `endAck` says that MAA acknowledges an activity end, which only the state tells.
 */
export function sessionTrees(
  bytes: Uint8Array,
  ssdu: Ssdu,
  origin: Origin | null,
  extra: Faults = [],
  endAck = false,
): LayerTree[] {
  const faults = new FaultsByPlace([...ssdu.faults, ...extra]);
  return ssdu.spdus.map(spdu => {
    const type = spdu.name === 'MAA' && endAck ? SPDUS.get('AEA')! : spdu.type;
    const name = type?.title ?? 'Unknown SPDU';
    const fields = [
      withFaults(
        field('ses.type', 'SPDU Type', spdu.start, spdu.start + 1, spdu.si, `${name} (${spdu.si})`),
        faults.within(spdu.start, spdu.start + 1),
      ),
      field('ses.length', 'Length', spdu.start + 1, spdu.valueStart, spdu.declared),
      ...spdu.parameters.map(p => parameterField(bytes, spdu, p, faults)),
    ];
    if (spdu.type?.information) fields.push(...information(bytes, spdu));
    return {
      layer: 'ses',
      title: `${TITLE}, ${name}`,
      bytes,
      start: spdu.start,
      end: Math.max(spdu.valueEnd, spdu.infoEnd),
      origin,
      fields,
    };
  });
}

function withFaults(f: Field, faults: Faults): Field {
  return faults.length === 0 ? f : { ...f, fault: faults.map(x => x.detail).join('; ') };
}

/** User information is another layer's; here stands only how much there is. */
function information(_bytes: Uint8Array, spdu: Spdu): Field[] {
  if (spdu.infoEnd <= spdu.infoStart) return [];
  const octets = spdu.infoEnd - spdu.infoStart;
  return [
    field(
      'ses.user_information',
      'User information',
      spdu.infoStart,
      spdu.infoEnd,
      undefined,
      numbered(octets, 'octet'),
    ),
  ];
}

function parameterField(bytes: Uint8Array, spdu: Spdu, p: SpduParameter, faults: FaultsByPlace): Field {
  const type = PARAMETERS.get(p.code);
  const title = type?.title ?? `Unknown parameter ${p.code}`;
  const children: Field[] = [
    field('ses.parameter_type', 'Parameter type', p.start, p.start + 1, p.code, `${title} (${p.code})`),
    field('ses.parameter_length', 'Parameter length', p.start + 1, p.valueStart, p.declared),
  ];
  if (p.members !== null) children.push(...p.members.map(member => parameterField(bytes, spdu, member, faults)));
  else if (p.valueEnd > p.valueStart) children.push(...valueFields(bytes, spdu, p, type));
  const f = field('ses.parameter', title, p.start, p.valueEnd, undefined, undefined, children);
  return withFaults(f, faults.within(p.start, p.valueStart));
}

function valueFields(bytes: Uint8Array, spdu: Spdu, p: SpduParameter, type: ParameterType | undefined): Field[] {
  const { valueStart: start, valueEnd: end } = p;
  const octets = () => hex(bytes, start, end);
  if (type === undefined) return [field('ses.parameter_value', 'Parameter value', start, end, octets())];
  switch (type.kind) {
    case 'flags8':
    case 'flags16':
      return [flagsField(bytes, p, type)];
    case 'tokens': {
      const value = bytes[start]!;
      return TOKEN_PAIRS.map(pair => {
        const side = (value >> pair.shift) & 3;
        return field(pair.name, pair.label, start, end, side, `${TOKEN_SIDES[side]} (0x${side})`);
      });
    }
    case 'digits':
      return [
        field(
          type.field,
          type.label,
          start,
          end,
          Array.from(bytes.subarray(start, end), octet => String.fromCharCode(octet)).join(''),
        ),
      ];
    case 'code': {
      const value = numberOf(bytes, p)!;
      return [field(type.field, type.label, start, end, value, `${type.codes?.[value] ?? 'Unknown'} (${value})`)];
    }
    case 'tsdu-size':
      return sizeFields(bytes, p);
    case 'reason': {
      const value = bytes[start]!;
      const table = spdu.name === 'RF' ? REFUSE_REASONS : EXCEPTION_REASONS;
      const reason = field(
        'ses.reason_code',
        'Reason Code',
        start,
        start + 1,
        value,
        `${table[value] ?? 'Unknown'} (${value})`,
      );
      if (end === start + 1) return [reason];
      return [
        reason,
        field('ses.user_data', 'User data', start + 1, end, undefined, numbered(end - start - 1, 'octet')),
      ];
    }
    case 'user-data':
      return [field('ses.user_data', type.label, start, end, undefined, numbered(end - start, 'octet'))];
    default:
      return [field(type.field, type.label, start, end, octets())];
  }
}

function flagsField(bytes: Uint8Array, p: SpduParameter, type: ParameterType): Field {
  const { valueStart: start, valueEnd: end } = p;
  const value = numberOf(bytes, p)!;
  const flags = type.flags!.map(f => field(f.name, f.label, start, end, (value & f.mask) !== 0));
  const set = type.flags!.filter(f => value & f.mask).map(f => f.label);
  const digits = type.kind === 'flags16' ? 4 : 2;
  const text = [`0x${value.toString(16).padStart(digits, '0')}`, ...set].join(', ');
  return field(type.field, 'Flags', start, end, value, text, flags);
}

/** 8.3.1.7: two octets each way, 0 for no limit; two octets alone stand for both ways (Wireshark reads them so too). */
function sizeFields(bytes: Uint8Array, p: SpduParameter): Field[] {
  const names: [string, string][] = [
    ['ses.proposed_tsdu_maximum_size_i2r', 'Proposed TSDU Maximum Size, Initiator to Responder'],
    ['ses.proposed_tsdu_maximum_size_r2i', 'Proposed TSDU Maximum Size, Responder to Initiator'],
  ];
  const out: Field[] = [];
  names.forEach(([name, label], i) => {
    const at = p.valueStart + 2 * i;
    if (at + 2 > p.valueEnd) return;
    const size = (bytes[at]! << 8) | bytes[at + 1]!;
    out.push(field(name, label, at, at + 2, size, size === 0 ? 'no limit (0)' : undefined));
  });
  return out;
}
