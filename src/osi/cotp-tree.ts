import { hexadecimal, numbered } from '../base/numbers.ts';
import { hex } from '../base/text.ts';
import { type Field, field, type LayerTree } from '../model/field.ts';
import type { Origin } from '../model/origin.ts';
import type { CotpFault, Parameter, Tpdu, TpduType } from './cotp.ts';

/** Wireshark's words for the TPDU codes. */
export const TPDU_NAMES: Readonly<Record<TpduType, string>> = {
  CR: 'CR Connect Request',
  CC: 'CC Connect Confirm',
  DR: 'DR Disconnect Request',
  DC: 'DC Disconnect Confirm',
  DT: 'DT Data',
  ED: 'ED Expedited Data',
  AK: 'AK Data Acknowledgement',
  EA: 'EA Expedited Data Acknowledgement',
  RJ: 'RJ Reject',
  ER: 'ER TPDU Error',
};

export const DR_REASONS: Readonly<Record<number, string>> = {
  0: 'Reason not specified',
  1: 'Congestion at TSAP',
  2: 'Session entity not attached to TSAP',
  3: 'Address unknown',
  128: 'Normal disconnect initiated by the session entity',
  129: 'Remote transport entity congestion at connect request time',
  130: 'Connection negotiation failed',
  131: 'Duplicate source reference',
  132: 'Mismatched references',
  133: 'Protocol error',
  135: 'Reference overflow',
  136: 'Connection request refused on this network connection',
  138: 'Header or parameter length invalid',
};

export const ER_CAUSES: Readonly<Record<number, string>> = {
  0: 'Reason not specified',
  1: 'Invalid parameter code',
  2: 'Invalid TPDU type',
  3: 'Invalid parameter value',
};

/** X.224 13.3.4: names, and how the value is read. */
export const PARAMETER_READERS: Readonly<
  Record<number, { name: string; read?: (b: Uint8Array, p: Parameter) => Field[] }>
> = {
  192: { name: 'tpdu-size', read: tpduSize },
  240: { name: 'preferred max TPDU size', read: preferredSize },
  193: { name: 'src-tsap', read: (b, p) => tsap(b, p, 'cotp.src-tsap', 'Source TSAP') },
  194: { name: 'dst-tsap', read: (b, p) => tsap(b, p, 'cotp.dst-tsap', 'Destination TSAP') },
  195: { name: 'checksum', read: (b, p) => whole(b, p, 2, 'cotp.checksum', 'Checksum') },
  196: { name: 'version-nr', read: (b, p) => whole(b, p, 1, 'cotp.vp_version_nr', 'Version') },
  197: { name: 'protection' },
  198: { name: 'additional-options-selection', read: options },
  199: { name: 'alternative-protocol-classes' },
  133: { name: 'acknowledge-time', read: (b, p) => whole(b, p, 2, 'cotp.ack_time', 'Ack time (ms)') },
  134: { name: 'residual-error-rate' },
  135: { name: 'priority', read: (b, p) => whole(b, p, 2, 'cotp.vp_priority', 'Priority') },
  136: { name: 'transit-delay' },
  137: { name: 'throughput' },
  138: { name: 'sub-sequence-nr', read: (b, p) => whole(b, p, 2, 'cotp.sequence_number', 'Sequence number') },
  139: {
    name: 'reassignment-time',
    read: (b, p) => whole(b, p, 2, 'cotp.reassignment_time', 'Reassignment time (secs)'),
  },
  140: { name: 'flow-control-confirmation' },
  143: { name: 'selective-acknowledgement' },
  224: { name: 'additional-information' },
  242: { name: 'inactivity-timer', read: (b, p) => whole(b, p, 4, 'cotp.inactivity_timer', 'Inactivity timer (ms)') },
};

/** The tree of one TPDU in `start`…`end`; `t` is null when its header could not be delimited. */
export function cotpTree(
  bytes: Uint8Array,
  start: number,
  end: number,
  t: Tpdu | null,
  origin: Origin | null,
  faults: readonly CotpFault[],
): LayerTree {
  const base = { layer: 'cotp', bytes, start, end, origin };
  if (t === null) {
    const why = faults.at(-1)?.detail ?? 'not a TPDU';
    const raw = field('cotp.li', 'Length', start, Math.min(start + 1, end), start < end ? bytes[start]! : undefined);
    return { ...base, title: `ISO 8073/X.224 COTP, not readable: ${why}`, fields: [{ ...raw, fault: why }] };
  }
  const fields: Field[] = [
    field('cotp.li', 'Length', t.start, t.start + 1, t.li),
    field(
      'cotp.type',
      'PDU Type',
      t.start + 1,
      t.start + 2,
      bytes[t.start + 1]! >> 4,
      `${TPDU_NAMES[t.type]} (0x0${(bytes[t.start + 1]! >> 4).toString(16)})`,
    ),
    ...fixedPart(bytes, t),
  ];
  for (const p of t.parameters) fields.push(...parameterFields(bytes, p));
  if (t.end > t.dataStart)
    fields.push(
      field('cotp.user_data', 'User data', t.dataStart, t.end, undefined, numbered(t.end - t.dataStart, 'octet')),
    );
  const marked = fields.map(f => {
    const fault = faults.find(x => x.at === f.start && x.at !== t.start);
    return fault === undefined ? f : { ...f, fault: fault.detail };
  });
  const eot = t.type === 'DT' && t.eot ? ', EOT' : '';
  return { ...base, title: `ISO 8073/X.224 COTP ${TPDU_NAMES[t.type]}${eot}`, fields: marked };
}

function fixedPart(b: Uint8Array, t: Tpdu): Field[] {
  const at = t.start;
  const reference = (name: string, label: string, p: number, value: number | undefined): Field =>
    field(name, label, p, p + 2, value, `0x${hex(b, p, p + 2)}`);
  const destination = () => reference('cotp.destref', 'Destination reference', at + 2, t.dstRef);
  const source = () => reference('cotp.srcref', 'Source reference', at + 4, t.srcRef);
  switch (t.type) {
    case 'CR':
    case 'CC':
      return [
        destination(),
        source(),
        field('cotp.class', 'Class', at + 6, at + 7, t.classOrReason >> 4),
        field('cotp.opts.extended_formats', 'Extended formats', at + 6, at + 7, (t.classOrReason & 2) !== 0),
        field(
          'cotp.opts.no_explicit_flow_control',
          'No explicit flow control',
          at + 6,
          at + 7,
          (t.classOrReason & 1) !== 0,
        ),
        ...(t.credit === 0 ? [] : [field('cotp.credit', 'Credit', at + 1, at + 2, t.credit)]),
      ];
    case 'DR':
      return [
        destination(),
        source(),
        field(
          'cotp.cause',
          'Cause',
          at + 6,
          at + 7,
          t.classOrReason,
          DR_REASONS[t.classOrReason] ?? `reason ${t.classOrReason}`,
        ),
      ];
    case 'DC':
      return [destination(), field('cotp.srcref', 'Source reference', at + 4, at + 6, t.srcRef)];
    case 'ER':
      return [
        destination(),
        field(
          'cotp.reject_cause',
          'Reject cause',
          at + 4,
          at + 5,
          t.classOrReason,
          ER_CAUSES[t.classOrReason] ?? `cause ${t.classOrReason}`,
        ),
      ];
    case 'DT':
    case 'ED': {
      const p = t.numbered ? at + 4 : at + 2;
      return [
        ...(t.numbered ? [destination()] : []),
        field('cotp.tpdu-number', 'TPDU number', p, p + 1, t.number, hexadecimal(t.number, 2)),
        field('cotp.eot', 'Last data unit', p, p + 1, t.eot, t.eot ? 'Yes' : 'No'),
      ];
    }
    default:
      return [
        destination(),
        field('cotp.next-tpdu-number', 'Your TPDU number', at + 4, at + 5, t.number),
        ...(t.type === 'EA' ? [] : [field('cotp.credit', 'Credit', at + 1, at + 2, t.credit)]),
      ];
  }
}

function parameterFields(b: Uint8Array, p: Parameter): Field[] {
  const known = PARAMETER_READERS[p.code];
  const read = known?.read?.(b, p) ?? [];
  return [
    field(
      'cotp.parameter_code',
      'Parameter code',
      p.start,
      p.start + 1,
      p.code,
      `${known?.name ?? 'unknown'} (${hexadecimal(p.code, 2)})`,
    ),
    field('cotp.parameter_length', 'Parameter length', p.start + 1, p.start + 2, p.end - p.valueStart),
    ...(read.length > 0 || p.end === p.valueStart ? read : [octets(b, p, 'cotp.parameter_value', 'Parameter value')]),
  ];
}

function octets(b: Uint8Array, p: Parameter, name: string, label: string): Field {
  return field(name, label, p.valueStart, p.end, hex(b, p.valueStart, p.end));
}

function whole(b: Uint8Array, p: Parameter, length: number, name: string, label: string): Field[] {
  if (p.end - p.valueStart !== length) return [];
  let value = 0;
  for (let i = p.valueStart; i < p.end; i++) value = value * 256 + b[i]!;
  return [field(name, label, p.valueStart, p.end, value)];
}

function tsap(b: Uint8Array, p: Parameter, name: string, label: string): Field[] {
  const value = octets(b, p, `${name}-bytes`, label);
  const raw = b.subarray(p.valueStart, p.end);
  if (raw.length === 0 || !raw.every(o => o >= 0x20 && o < 0x7f)) return [value];
  return [field(name, label, p.valueStart, p.end, String.fromCharCode(...raw)), value];
}

function tpduSize(b: Uint8Array, p: Parameter): Field[] {
  if (p.end - p.valueStart !== 1) return [];
  const code = b[p.valueStart]!;
  return [
    field(
      'cotp.tpdu_size',
      'TPDU size',
      p.valueStart,
      p.end,
      code < 32 ? 2 ** code : code,
      `${code < 32 ? 2 ** code : code}`,
    ),
  ];
}

function preferredSize(b: Uint8Array, p: Parameter): Field[] {
  const length = p.end - p.valueStart;
  if (length < 1 || length > 4) return [];
  let units = 0;
  for (let i = p.valueStart; i < p.end; i++) units = units * 256 + b[i]!;
  return [field('cotp.preferred_maximum_tpdu_size', 'Preferred maximum TPDU size', p.valueStart, p.end, units * 128)];
}

function options(b: Uint8Array, p: Parameter): Field[] {
  if (p.end - p.valueStart !== 1) return [];
  const v = b[p.valueStart]!;
  const flag = (bit: number, name: string, label: string) => field(name, label, p.valueStart, p.end, (v & bit) !== 0);
  return [
    flag(8, 'cotp.network_expedited_data', 'Use of network expedited data'),
    flag(4, 'cotp.vp_opt_sel_class1_use', 'Receipt confirmation in class 1'),
    // The bit says "non-use of checksum"; Wireshark shows it the other way round.
    field('cotp.use_16_bit_checksum', '16 bit checksum', p.valueStart, p.end, (v & 2) === 0),
    flag(1, 'cotp.transport_expedited_data_transfer', 'Transport expedited data transfer'),
  ];
}
