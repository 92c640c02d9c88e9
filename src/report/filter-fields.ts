import * as directory from '../asn1/directory.ts';
import type { Module, Type } from '../asn1/schema.ts';
import { FieldIndex, type FieldInfo, PACKET_FIELDS } from '../filter/index.ts';
import { ACSE } from '../osi/acse.ts';
import { PRESENTATION } from '../osi/presentation.ts';
import { ROSE } from '../osi/rose.ts';
import { RTSE } from '../osi/rtse.ts';
import { PARAMETERS, TOKEN_PAIRS } from '../osi/session/tables.ts';
import { MODULES } from '../x400/registry.ts';

/** Fields that no table of types describes. */
const OTHERS = `
  tpkt.version tpkt.reserved tpkt.length
  cotp.li cotp.type cotp.destref cotp.srcref cotp.class cotp.opts.extended_formats cotp.opts.no_explicit_flow_control cotp.credit
  cotp.cause cotp.reject_cause cotp.tpdu-number cotp.next-tpdu-number cotp.eot cotp.parameter_code cotp.parameter_length
  cotp.parameter_value cotp.tpdu_size cotp.preferred_maximum_tpdu_size cotp.src-tsap cotp.src-tsap-bytes cotp.dst-tsap
  cotp.dst-tsap-bytes cotp.checksum cotp.vp_version_nr cotp.network_expedited_data cotp.vp_opt_sel_class1_use
  cotp.use_16_bit_checksum cotp.transport_expedited_data_transfer cotp.ack_time cotp.vp_priority cotp.sequence_number
  cotp.reassignment_time cotp.inactivity_timer cotp.user_data
  ses.type ses.length ses.parameter ses.parameter_type ses.parameter_length ses.parameter_value ses.user_data
  ses.user_information ses.reason_code ses.proposed_tsdu_maximum_size_i2r ses.proposed_tsdu_maximum_size_r2i
  pres.cptype pres.cpapdu pres.cprtype pres.aborttype
  rtse.segment bind.undecoded unknown
  s7comm.header.protid s7comm.header.rosctr s7comm.header.redid s7comm.header.pduref s7comm.header.parlg s7comm.header.datlg
  s7comm.header.errcls s7comm.header.errcod s7comm.param.func
  mms.MMSpdu t125.ConnectMCSPDU t125.DomainMCSPDU t125.initiator t125.channelId t125.dataPriority t125.userData_length
  t124.h221NonStandard
  s7comm-plus.header.protid s7comm-plus.header.version s7comm-plus.header.length
  content.type content.length content.element p35.type p35.length p35.element
  p35.interchange p35.syntax p35.sender p35.recipient p35.preparation p35.control_reference
  ber.bitstring.empty ber.bitstring.padding ber.null_tag ber.unknown.constructed ber.unknown.primitive
  ${'BITSTRING BMPString BOOLEAN ENUMERATED GRAPHICSTRING GeneralString GeneralizedTime IA5String INTEGER NULL NumericString'
    .concat(
      ' OCTETSTRING OID PrintableString REAL TeletexString UTCTime UTF8String UniversalString VideotexString VisibleString',
    )
    .split(' ')
    .map(name => `ber.unknown.${name}`)
    .join(' ')}
`
  .trim()
  .split(/\s+/);

let index: FieldIndex | null = null;

/** Every field that a packet can have: those of the lower layers, and all that the ASN.1 tables name. Made on first use. */
export function packetFields(): FieldIndex {
  index ??= new FieldIndex([...walkTables(), ...OTHERS.map(any), ...sessionFields(), ...PACKET_FIELDS], true);
  return index;
}

/** Of what lies below TPKT, `follow` knows only these: it holds a filter against one TPKT after the other, not against frames. */
const OF_A_TPKT = new Set(['frame.number', 'tcp.stream']);

/** What a filter of `follow` may name: nothing that a TPKT does not have, for that would silently never hold. */
export function tpktFields(): FieldIndex {
  const fields = [...packetFields().all()].filter(
    ({ name }) => OF_A_TPKT.has(name) || !/^(frame|ip|ipv6|tcp)(\.|$)/.test(name),
  );
  const why =
    'is a field of whole packets, and follow looks at one TPKT at a time: frame.number, tcp.stream, mtascope.direction, ' +
    'mtascope.stream_offset and the fields of its layers (`mtascope packets --stream NUMBER` knows the others)';
  return new FieldIndex(fields, true, { fields: packetFields(), why });
}

function any(name: string): FieldInfo {
  return { name, kind: 'any' };
}

function* sessionFields(): Generator<FieldInfo> {
  for (const pair of TOKEN_PAIRS) yield { name: pair.name, kind: 'any', label: pair.label };
  for (const type of PARAMETERS.values()) {
    if (type.field !== '') yield { name: type.field, kind: 'any', label: type.label };
    for (const flag of type.flags ?? []) yield { name: flag.name, kind: 'boolean', label: flag.label };
  }
}

function* walkTables(): Generator<FieldInfo> {
  const named = new Set<string>();
  const modules = Object.values(directory).filter(
    (entry): entry is Module => typeof entry === 'object' && 'source' in entry,
  );
  for (const module of [...MODULES, PRESENTATION, ACSE, RTSE, ROSE, ...modules]) {
    for (const name of Object.keys(module.source.types)) {
      const ident = `${module.proto}.${name.replace(/-/g, '_')}`;
      yield any(ident);
      yield any(`${ident}_element`);
      yield* walk(module.type(name), named, 0);
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
  for (const bit of type.bits) yield { name: bit.field, kind: 'boolean', label: bit.name };
  switch (type.op) {
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

function field(name: string, label: string, type: Type): FieldInfo {
  const values = type.op === 'INT' || type.op === 'ENUM' ? [...(type.names?.values() ?? [])] : [];
  return { name, kind: 'any', label, ...(values.length > 0 ? { values } : {}) };
}
