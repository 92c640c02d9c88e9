import { find, findAll } from '../asn1/tree.ts';
import type { LayerTree } from '../model/field.ts';
import { text, words } from './field-words.ts';
import type { Packet } from './packets-list.ts';
import { mmsInfo } from './packets-mms.ts';

/** What the Protocol and Info columns say of one PDU. Text of captures in it is not yet safe. */
interface PduInfo {
  readonly protocol: string;
  readonly info: string;
}

/** The column's name of each layer, the lower ones first: the highest layer that was read names the row. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  tpkt: 'TPKT',
  cotp: 'COTP',
  t125: 'T.125',
  's7comm-plus': 'S7COMM-PLUS',
  s7comm: 'S7COMM',
  ses: 'SES',
  pres: 'PRES',
  acse: 'ACSE',
  rtse: 'RTSE',
  ros: 'ROS',
  mms: 'MMS',
  p7: 'P7',
  p3: 'P3',
  p1: 'P1',
  content: 'P1',
  p35: 'P35',
  p22: 'P22',
  p772: 'P772',
};
const RANK = new Map(Object.keys(PROTOCOLS).map((name, i) => [name, i]));

function rankOf(protocol: string): number {
  const layer = Object.entries(PROTOCOLS).findLast(([, name]) => name === protocol)?.[0];
  return layer === undefined ? -1 : RANK.get(layer)!;
}

/** The columns of a packet in parts, so that a list of many packets need not keep what can be told from numbers. */
export interface PacketWords {
  readonly protocol: string;
  /** `[TCP Retransmission] ` and the like; Info begins with it. */
  readonly remarks: string;
  /** The sum of the TCP segment (`tcpSummary`) comes next. */
  readonly segment: boolean;
  readonly text: string;
}

/** What the packet lists, that of the terminal and that of the viewer, say of a packet, in Wireshark's words. */
export function packetWords(packet: Packet): PacketWords {
  const { pdus, length, tcp, capturedLength, wireLength } = packet;
  const words = (protocol: string, text: string): PacketWords => ({
    protocol,
    remarks: remarksOf(packet),
    segment: false,
    text,
  });
  if (pdus.length > 0) {
    const infos = pdus.map(pdu => pduInfo(pdu.trees));
    const top = infos.reduce((a, b) => (rankOf(b.protocol) > rankOf(a.protocol) ? b : a));
    return words(top.protocol, infos.map(i => i.info).join(', '));
  }
  if (length === 0 || tcp.repeated) return segmentWords(packet);
  // What a snap length cut off never comes: no PDU is put together from such a frame.
  if (capturedLength < wireLength) return segmentWords(packet, ' [Packet size limited during capture]');
  return packet.unframed ? words('TPKT', 'Continuation') : words('TCP', '[TCP segment of a reassembled PDU]');
}

/** A packet as a segment of TCP, whatever it carries. */
function segmentWords(packet: Packet, behind = ''): PacketWords {
  const { options } = packet.tcp;
  const text = (options === '' ? '' : ` ${options}`) + behind;
  return { protocol: 'TCP', remarks: remarksOf(packet), segment: true, text };
}

function remarksOf(packet: Packet): string {
  return packet.tcp.marks.map(remark => `[TCP ${remark}] `).join('');
}

/** Protocol and Info of one TPKT with everything in it, in Wireshark's words. */
export function pduInfo(trees: readonly LayerTree[]): PduInfo {
  let top: LayerTree | null = null;
  for (const tree of trees) {
    // Where two are equally high (concatenated SPDUs and TPDUs) the later one leads; the text names both.
    if (RANK.has(tree.layer) && (top === null || RANK.get(tree.layer)! >= RANK.get(top.layer)!)) top = tree;
  }
  if (top === null) return { protocol: 'TPKT', info: 'Continuation' };
  const own = INFO[top.layer]?.(top, trees);
  const info = own ?? spdus(trees) ?? tpdus(trees) ?? 'Continuation';
  // A content above P1: what a report returns is no message on its way.
  const report = RANK.get(top.layer)! > RANK.get('p1')! ? trees.map(reportName).find(name => name !== null) : undefined;
  const protocol = top.layer === 'p1' ? service(top) : PROTOCOLS[top.layer]!;
  return { protocol, info: report === undefined ? info : `${info} ${report}` };
}

/** `non-delivery report`, `delivery, non-delivery report`; null of what is none. */
function reportName(tree: LayerTree): string | null {
  if (tree.layer !== 'p1') return null;
  const types = new Set(findAll(tree.fields, 'p1.report_type').map(words));
  return types.size === 0 ? null : `${[...types].join(', ')} report`;
}

/** The protocol of a layer of X.400: P1 has MTS-APDUs and the binds of MTAs, the operations and other binds are of P7 or P3. */
function service(tree: LayerTree): string {
  const name = tree.fields[0]?.name ?? '';
  if (name.startsWith('p7.')) return 'P7';
  return name === '' || /^p1\.MT(S_APDU|ABind)/.test(name) ? 'P1' : 'P3';
}

type Describe = (tree: LayerTree, trees: readonly LayerTree[]) => string | null;

const INFO: Readonly<Record<string, Describe>> = {
  acse: tree => {
    const kind = alternative(tree, 'acse.ACSE_apdu');
    const name = kind === null ? null : (ACSE[kind] ?? kind);
    const reason = words(find(tree.fields, kind === 'abrt' ? 'acse.abort_source' : 'acse.reason'));
    return name === null ? null : name + (reason === null ? '' : ` (${reason})`);
  },
  rtse,
  ros: tree => {
    const kind = alternative(tree, 'ros.ROS');
    if (kind === null) return null;
    const name = kind.replace(/^./, c => c.toUpperCase());
    const operation = words(find(tree.fields, 'ros.local')) ?? words(find(tree.fields, 'ros.opcode'));
    const problem = kind === 'reject' ? words(find(tree.fields, 'ros.problem')) : null;
    return [name, operation, problem].filter(part => part !== null).join(' ');
  },
  p1,
  p22: tree => {
    const subject = subjectOf(tree);
    if (find(tree.fields, 'p22.ipn_element') !== undefined || find(tree.fields, 'p22.ipn_choice') !== undefined) {
      return 'InterPersonal Notification';
    }
    return `InterPersonal Message${subject}`;
  },
  p772: tree => {
    const primary = words(find(tree.fields, 'p772.PrimaryPrecedence'));
    const copy = words(find(tree.fields, 'p772.CopyPrecedence'));
    const precedence = [primary === null ? '' : ` (primary=${primary})`, copy === null ? '' : ` (copy=${copy})`].join(
      '',
    );
    return `Military Message${subjectOf(tree)}${precedence}`;
  },
  p35: tree => tree.title,
  content: tree => tree.title,
  // Data that came in several units has a tree of its own behind that of the PDU that completes it.
  s7comm: (_, trees) => trees.find(tree => tree.layer === 's7comm')!.title.replace(/^[^,]*, /, ''),
  's7comm-plus': tree => tree.title.replace(/^[^,]*, /, ''),
  t125: tree => tree.title.replace(/^[^,]*, /, ''),
  mms: mmsInfo,
};

const ACSE: Readonly<Record<string, string>> = {
  aarq: 'A-Associate-Request',
  aare: 'A-Associate-Response',
  rlrq: 'Release-Request',
  rlre: 'Release-Response',
  abrt: 'Abort',
};

function rtse(tree: LayerTree, trees: readonly LayerTree[]): string | null {
  const kind = alternative(tree, 'rtse.RTSE_apdus');
  const fragment = (from: number, to: number) => `[RTSE fragment, ${to - from} bytes]`;
  switch (kind) {
    case 'rttr-apdu': {
      const value = find(tree.fields, 'rtse.rttr_apdu')?.value;
      return typeof value === 'string' ? `[RTSE fragment, ${value.length / 2} bytes]` : fragment(tree.start, tree.end);
    }
    case 'rttp-apdu':
      return `Turn-Please (${find(tree.fields, 'rtse.rttp_apdu')?.value ?? ''})`;
    case 'rtorq-apdu':
      return find(tree.fields, 'rtse.recover_element') === undefined ? 'Open-Request' : 'Recover';
    case 'rtoac-apdu':
      return 'Open-Accept';
    case 'rtorj-apdu': {
      const reason = words(find(tree.fields, 'rtse.refuseReason'));
      return `Open-Reject${reason === null ? '' : ` (${reason})`}`;
    }
    case 'rtab-apdu': {
      const reason = words(find(tree.fields, 'rtse.abortReason'));
      return `Abort${reason === null ? '' : ` (${reason})`}`;
    }
    default: {
      // X.410 mode: the fragment stands alone. In a finished transfer the tree is that of the EXTERNAL around the APDU.
      if (find(tree.fields, 'rtse.segment') !== undefined) return fragment(tree.start, tree.end);
      return spdus(trees);
    }
  }
}

const BINDS: readonly (readonly [field: string, name: string])[] = [
  ['MTABindArgument', 'Bind-Argument'],
  ['MTABindResult', 'Bind-Result'],
  ['MTABindError', 'Bind-Error'],
  ['MTSBindArgument', 'Bind-Argument'],
  ['MTSBindResult', 'Bind-Result'],
  ['MSBindArgument', 'Bind-Argument'],
  ['MSBindResult', 'Bind-Result'],
];

function p1(tree: LayerTree, trees: readonly LayerTree[]): string | null {
  const kind = alternative(tree, 'p1.MTS_APDU');
  if (kind !== null) {
    const identifier = text(
      find(tree.fields, kind === 'message' ? 'p1.message_identifier_element' : `p1.${kind}_identifier_element`),
    );
    const name = reportName(tree) ?? kind;
    return [name.replace(/^./, c => c.toUpperCase()), identifier].filter(part => part !== null).join(' ');
  }
  for (const [name, shown] of BINDS) {
    const bind = find(tree.fields, `p1.${name}`) ?? find(tree.fields, `p1.${name}_element`);
    if (bind === undefined) continue;
    if (shown === 'Bind-Error') return `${shown} (${words(bind) ?? ''})`;
    const who =
      find(bind.children, 'p1.authenticated.initiator-name') ?? find(bind.children, 'p1.authenticated.responder-name');
    const how = find(bind.children, 'p1.initiator_credentials') ?? find(bind.children, 'p1.responder_credentials');
    return [shown, who?.value, words(how)].filter(part => part !== null && part !== undefined).join(' ');
  }
  // An operation of P3: its argument or result is named by the type that it was read as.
  const root = tree.fields[0];
  return root === undefined ? spdus(trees) : root.label;
}

/** The SPDUs of a TSDU; one of category 0 in front of another is not named, as in Wireshark. */
function spdus(trees: readonly LayerTree[]): string | null {
  const names = trees.filter(tree => tree.layer === 'ses').map(tree => tree.title.replace(/^[^,]*, /, ''));
  const named = names.length > 1 ? names.filter(name => !/^(Give|Please) tokens PDU$/.test(name)) : names;
  return named.length === 0 ? null : named.join(', ');
}

function tpdus(trees: readonly LayerTree[]): string | null {
  const list = trees.filter(tree => tree.layer === 'cotp').map(tpdu);
  return list.length === 0 ? null : list.join(', ');
}

const number = (tree: LayerTree, name: string): number => Number(find(tree.fields, name)?.value ?? 0);
const reference = (tree: LayerTree, name: string): string => `0x${number(tree, name).toString(16).padStart(4, '0')}`;

function tpdu(tree: LayerTree): string {
  const name = (find(tree.fields, 'cotp.type')?.text ?? '').slice(0, 2);
  switch (name) {
    case 'CR':
    case 'CC':
    case 'DR':
    case 'DC':
      return `${name} TPDU src-ref: ${reference(tree, 'cotp.srcref')} dst-ref: ${reference(tree, 'cotp.destref')}`;
    case 'DT':
    case 'ED': {
      const data = find(tree.fields, 'cotp.user_data');
      const eot = find(tree.fields, 'cotp.eot')?.value === true;
      const rest = eot ? 'EOT' : `[COTP fragment, ${data === undefined ? 0 : data.end - data.start} bytes]`;
      return `${name} TPDU (${number(tree, 'cotp.tpdu-number')}) ${rest}`;
    }
    case 'AK':
    case 'EA':
    case 'RJ':
      return `${name} TPDU (${number(tree, 'cotp.next-tpdu-number')}) dst-ref: ${reference(tree, 'cotp.destref')}`;
    case 'ER':
      return `ER TPDU dst-ref: ${reference(tree, 'cotp.destref')}`;
    default:
      return tree.title.replace(/^ISO 8073\/X\.224 COTP,? ?/, '');
  }
}

/** The alternative of a CHOICE: its text is `name (number)`. */
function alternative(tree: LayerTree, name: string): string | null {
  return words(find(tree.fields, name));
}

function subjectOf(tree: LayerTree): string {
  const subject = find(tree.fields, 'p22.subject')?.value;
  return typeof subject === 'string' ? ` (${subject})` : '';
}
