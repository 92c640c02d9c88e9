import * as directory from '../asn1/directory.ts';
import { typeField } from '../asn1/names.ts';
import type { StringKind } from '../asn1/strings.ts';
import type { Module, Type } from '../asn1/types.ts';
import { addTo } from '../base/lists.ts';
import { MORE_NAMES, FIELDS as S7_FIELDS } from '../engine/upper/s7/fields.ts';
import type { Form, Kind } from '../engine/upper/s7/kinds.ts';
import { CONNECT, DOMAIN_NAMES } from '../engine/upper/t125.ts';
import {
  FieldIndex,
  type FieldInfo,
  type FieldKind,
  PACKET_FIELDS,
  type ValueInfo,
  valueInfo,
} from '../filter/index.ts';
import { ACSE } from '../osi/acse.ts';
import { DR_REASONS, ER_CAUSES, PARAMETER_READERS, TPDU_NAMES } from '../osi/cotp-tree.ts';
import { MMS } from '../osi/mms.ts';
import { PPDUS, PRESENTATION } from '../osi/presentation.ts';
import { ROSE } from '../osi/rose.ts';
import { RTSE } from '../osi/rtse.ts';
import {
  EXCEPTION_REASONS,
  PARAMETERS,
  REFUSE_REASONS,
  SPDU_TITLES,
  TOKEN_PAIRS,
  TOKEN_SIDES,
  type ValueKind,
} from '../osi/session/tables.ts';
import { ATS_PRIORITIES } from '../x400/applications.ts';
import { MODULES } from '../x400/registry.ts';

const fields = (kind: FieldKind, names: string): FieldInfo[] =>
  names
    .trim()
    .split(/\s+/)
    .map(name => ({ name, kind }));
const numbers = (name: string, values: Iterable<string>): FieldInfo => ({ name, kind: 'number', values: [...values] });
/** Fields with words of their own for true and false, as Wireshark has them. */
const truths = (yes: string, no: string, names: string): FieldInfo[] =>
  fields('boolean', names).map(info => ({ ...info, values: [yes, no] }));

/** What the tree prints where a table has no name for a number. */
const UNKNOWN = 'Unknown';

/** Fields that no table of types describes. */
const OTHERS: readonly FieldInfo[] = [
  numbers('cotp.type', Object.values(TPDU_NAMES)),
  numbers('cotp.cause', Object.values(DR_REASONS)),
  numbers('cotp.reject_cause', Object.values(ER_CAUSES)),
  numbers('cotp.parameter_code', [...Object.values(PARAMETER_READERS).map(p => p.name), 'unknown']),
  numbers('t125.ConnectMCSPDU', Object.values(CONNECT)),
  numbers('t125.DomainMCSPDU', DOMAIN_NAMES),
  { name: 'amhs.pri', kind: 'text', values: ATS_PRIORITIES },
  ...truths('Yes', 'No', 'cotp.eot'),
  ...truths('Yes', 'No', 'ses.transport_flags.user_abort ses.transport_flags.protocol_error'),
  ...truths('Yes', 'No', 'ses.transport_flags.no_reason ses.transport_flags.implementation_restriction'),
  ...truths('Used', 'Not used', 'cotp.network_expedited_data cotp.transport_expedited_data_transfer'),
  ...truths('Used', 'Not used', 'cotp.use_16_bit_checksum'),
  ...truths('Receipt confirmation', 'explicit AK variant', 'cotp.vp_opt_sel_class1_use'),
  ...truths('Released', 'Kept', 'ses.transport_flags.connection'),
  ...fields(
    'number',
    `tpkt.version tpkt.reserved tpkt.length cotp.li cotp.destref cotp.srcref cotp.class cotp.credit cotp.tpdu-number
    cotp.next-tpdu-number cotp.parameter_length cotp.tpdu_size cotp.preferred_maximum_tpdu_size cotp.checksum cotp.vp_version_nr
    cotp.ack_time cotp.vp_priority cotp.sequence_number cotp.reassignment_time cotp.inactivity_timer
    ses.length ses.parameter_length ses.proposed_tsdu_maximum_size_i2r ses.proposed_tsdu_maximum_size_r2i
    s7comm-plus.header.protid s7comm-plus.header.version s7comm-plus.header.length t124.h221NonStandard t125.initiator t125.channelId
    t125.dataPriority t125.userData_length ber.bitstring.empty ber.bitstring.padding ber.unknown.ENUMERATED ber.unknown.INTEGER`,
  ),
  ...fields('boolean', 'cotp.opts.extended_formats cotp.opts.no_explicit_flow_control ber.unknown.BOOLEAN'),
  ...fields('text', 'cotp.src-tsap cotp.dst-tsap amhs.ft amhs.ohi amhs.text'),
  ...fields(
    'octets',
    `cotp.parameter_value cotp.src-tsap-bytes cotp.dst-tsap-bytes ses.parameter_value
    ber.unknown.BITSTRING ber.unknown.OCTETSTRING ber.unknown.primitive`,
  ),
  ...fields(
    'any',
    `cotp.user_data ses.parameter ses.user_data ses.user_information
    rtse.segment bind.undecoded unknown amhs.header
    content.type content.length content.element p35.type p35.length p35.element
    p35.interchange p35.syntax p35.sender p35.recipient p35.preparation p35.control_reference
    p35.password p35.group p35.application_password p35.security_information
    ber.null_tag ber.unknown.constructed`,
  ),
  ...fields(
    'any',
    ['BMPString GRAPHICSTRING GeneralString GeneralizedTime IA5String NULL NumericString OID']
      .concat('PrintableString REAL TeletexString UTCTime UTF8String UniversalString VideotexString VisibleString')
      .join(' ')
      .replace(/\S+/g, 'ber.unknown.$&'),
  ),
];

let index: FieldIndex | null = null;

/** Every field that a packet can have: those of the lower layers, and all that the ASN.1 tables name. Made on first use. */
export function packetFields(): FieldIndex {
  index ??= new FieldIndex(
    merged([...walkTables(), ...OTHERS, ...sessionFields(), ...s7Fields(), ...PACKET_FIELDS]),
    true,
  );
  return index;
}

/** Types share names of fields: what is known of such a field is what all of them have in common. */
function merged(list: readonly FieldInfo[]): FieldInfo[] {
  const byName = new Map<string, FieldInfo[]>();
  for (const info of list) {
    addTo(byName, info.name, info);
  }
  return [...byName.values()].map(same =>
    same.length === 1 ? same[0]! : { ...same.at(-1)!, ...known(valueInfo(same)) },
  );
}

/** Without what is not known. */
function known({ kind, values }: ValueInfo): Pick<FieldInfo, 'kind' | 'values'> {
  return { kind, ...(values.length > 0 ? { values } : {}) };
}

/** Of what lies below TPKT, `follow` knows only these: it holds a filter against one TPKT after the other, not against frames. */
const OF_A_TPKT = new Set(['frame.number', 'tcp.stream']);

/** What a filter of `follow` may name: nothing that a TPKT does not have, for that would silently never hold. */
export function tpktFields(): FieldIndex {
  const fields = [...packetFields().all()].filter(
    ({ name }) => OF_A_TPKT.has(name) || !/^(frame|ip|ipv6|icmp|icmpv6|tcp)(\.|$)/.test(name),
  );
  const why =
    'is a field of whole packets, and follow looks at one TPKT at a time: frame.number, tcp.stream, mtascope.direction, ' +
    'mtascope.stream_offset and the fields of its layers (`mtascope packets --stream NUMBER` knows the others)';
  return new FieldIndex(fields, true, { fields: packetFields(), why });
}

function* sessionFields(): Generator<FieldInfo> {
  yield numbers('ses.type', new Set([...SPDU_TITLES, 'Unknown SPDU']));
  const codes = Array.from({ length: 256 }, (_, code) => PARAMETERS.get(code)?.title ?? `Unknown parameter ${code}`);
  yield numbers('ses.parameter_type', codes);
  yield numbers('ses.reason_code', [...Object.values(REFUSE_REASONS), ...Object.values(EXCEPTION_REASONS), UNKNOWN]);
  for (const { name, label } of TOKEN_PAIRS) yield { ...numbers(name, TOKEN_SIDES), label };
  for (const type of PARAMETERS.values()) {
    for (const flag of type.flags ?? []) yield { name: flag.name, kind: 'boolean', label: flag.label };
    if (type.codes !== undefined)
      yield { ...numbers(type.field, [...Object.values(type.codes), UNKNOWN]), label: type.label };
    else if (!['ses.parameter', 'ses.reason_code'].includes(type.field))
      yield { name: type.field, kind: KINDS[type.kind] ?? 'any', label: type.label };
  }
}

const S7_KINDS: Readonly<Record<Form, FieldKind>> = {
  dec: 'number',
  hex: 'number',
  octets: 'octets',
  text: 'text',
  flag: 'boolean',
  time: 'time',
  node: 'any',
};

function* s7Fields(): Generator<FieldInfo> {
  for (const [name, { label, form, names, open }] of Object.entries<Kind>(S7_FIELDS)) {
    const kind = S7_KINDS[form];
    const known = [...Object.values(names ?? {}), ...(MORE_NAMES[name] ?? [])];
    const info = { name: `s7comm.${name}`, kind, label };
    if (form === 'flag') yield { ...info, values: [names?.[1] ?? 'True', names?.[0] ?? 'False'] };
    else yield known.length === 0 ? info : { ...info, values: [...new Set(open ? known : [...known, UNKNOWN])] };
  }
}

const KINDS: Partial<Record<ValueKind, FieldKind>> = {
  octets: 'octets',
  digits: 'text',
  flags8: 'number',
  flags16: 'number',
};

function* walkTables(): Generator<FieldInfo> {
  const named = new Set<string>();
  for (const ppdu of Object.values(PPDUS)) yield field(ppdu.field, ppdu.label, PRESENTATION.type(ppdu.type));
  const modules = Object.values(directory).filter(
    (entry): entry is Module => typeof entry === 'object' && 'source' in entry,
  );
  for (const module of [...MODULES, PRESENTATION, ACSE, RTSE, ROSE, MMS, ...modules]) {
    for (const name of Object.keys(module.source.types)) {
      const type = module.type(name);
      yield field(typeField(type), name, type);
      yield* walk(type, named, 0);
    }
    for (const [table, rows] of Object.entries(module.source.tables ?? {})) {
      for (const key of Object.keys(rows)) yield* walk(module.lookup(table, key)!, named, 0);
    }
  }
}

/** The fields below a type. Types refer to themselves by their names only, so each named one is entered once. */
function* walk(type: Type, named: Set<string>, depth: number): Generator<FieldInfo> {
  if (depth > 32) return;
  if (!type.anonymous && type.name !== '') {
    const key = `${type.module.source.id ?? type.module.proto} ${type.name} ${type.op}`;
    if (named.has(key)) return;
    named.add(key);
  }
  switch (type.op) {
    // Numbers have names too, but no fields of them.
    case 'BITS':
      for (const bit of type.bits) yield { name: bit.field, kind: 'boolean', label: bit.name };
      return;
    case 'SEQ':
    case 'SET':
    case 'CHOICE':
      for (const component of type.list) {
        yield field(component.field, component.name, component.type);
        yield* walk(component.type, named, depth + 1);
      }
      return;
    case 'SEQOF':
    case 'SETOF':
      yield field(type.itemField, type.itemLabel, type.of);
      yield* walk(type.of, named, depth + 1);
      return;
    case 'EXPLICIT':
    case 'SECRET':
    case 'GUARD':
    case 'INSIDE':
      yield* walk(type.of, named, depth + 1);
  }
}

const STRINGS: ReadonlySet<string> = new Set<StringKind>([
  ...(['IA5', 'PRINTABLE', 'NUMERIC', 'TELETEX', 'VIDEOTEX', 'GRAPHIC', 'VISIBLE', 'GENERAL'] as const),
  ...(['UTF8', 'BMP', 'UNIVERSAL', 'DESCRIPTOR'] as const),
]);
const NUMBERS: ReadonlySet<Type['op']> = new Set(['INT', 'ENUM', 'CHOICE', 'SEQOF', 'SETOF']);
const OCTETS: ReadonlySet<Type['op']> = new Set(['OCTETS', 'OCTETINT', 'BITS']);

/** A CHOICE is the number of what was chosen, a list that of its items. What may be withheld has no kind to count on. */
function field(name: string, label: string, type: Type): FieldInfo {
  if (type.op === 'EXPLICIT' || type.op === 'GUARD') return field(name, label, type.of);
  if (type.op === 'BOOL') return { name, kind: 'boolean', label };
  if (STRINGS.has(type.op)) return { name, kind: 'text', label };
  if (OCTETS.has(type.op)) return { name, kind: 'octets', label };
  if (!NUMBERS.has(type.op)) return { name, kind: 'any', label };
  const values =
    type.op === 'CHOICE' ? type.list.map(alternative => alternative.name) : [...(type.names?.values() ?? [])];
  return { name, kind: 'number', label, ...(values.length > 0 ? { values } : {}) };
}
