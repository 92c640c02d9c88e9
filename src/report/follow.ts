import { readTlv } from '../asn1/ber.ts';
import { stringOctets } from '../asn1/contents.ts';
import { withheldIn } from '../asn1/secrets.ts';
import { find, findAll } from '../asn1/tree.ts';
import type { PduRecord } from '../engine/sink.ts';
import type { Field, LayerTree } from '../model/field.ts';
import type { Direction } from '../model/finding.ts';
import type { Stamp } from '../model/tsdu.ts';
import { bodyPart as bodyPartKind } from '../x400/body-part.ts';
import { summarizeApdu } from '../x400/message.ts';
import { words } from './field-words.ts';
import { count, thousands } from './format.ts';
import { outcomes } from './message-words.ts';
import { pduInfo } from './packets-info.ts';

export type FollowLayer = 'cotp' | 'session' | 'rtse' | 'p1' | 'content';

/** A line of a stream's conversation. Text of captures in it is not yet safe. */
export interface FollowRow {
  /** Frames that hold its octets, ascending. */
  readonly frames: readonly number[];
  /** The frame that completed it; what the row is ordered by. */
  readonly frame: number;
  readonly time: Stamp;
  /** Null for what concerns both directions. */
  readonly direction: Direction | null;
  /** `tcp`, `finding`, or the layer's own name. */
  readonly kind: string;
  /** `CR`, `DATA TRANSFER (DT) SPDU`, `rttr-apdu`, `message` … */
  readonly name: string;
  /** Octets of the PDU; null for what has none. */
  readonly octets: number | null;
  /** What else a reader wants to know. */
  readonly detail: string;
  /** Lines of text that stand below (contents). */
  readonly text: readonly string[];
  /** How many PDUs the line stands for: fragments of one transfer share a line. */
  readonly count: number;
}

/** The lines of one TPKT at the layer asked for; none when it carries nothing of that layer. */
export function followRows(record: PduRecord, layer: FollowLayer, time: Stamp): FollowRow[] {
  const make: Make = (kind, name, octets, detail, from, text = []) => ({
    frames: framesOf(record, from),
    frame: record.frame,
    time,
    direction: record.direction,
    kind,
    name,
    octets,
    detail,
    text,
    count: 1,
  });
  return LAYERS[layer](record, make);
}

type Make = (
  kind: string,
  name: string,
  octets: number | null,
  detail: string,
  from?: LayerTree,
  text?: string[],
) => FollowRow;

const LAYERS: Readonly<Record<FollowLayer, (record: PduRecord, make: Make) => FollowRow[]>> = {
  cotp: (record, make) =>
    record.trees
      .filter(tree => tree.layer === 'cotp')
      .map(tree => {
        const name = (find(tree.fields, 'cotp.type')?.text ?? '?').slice(0, 2);
        const { info } = pduInfo([tree]);
        const upper = record.trees.filter(t => t.layer !== 'tpkt' && t.layer !== 'cotp');
        const above = name === 'DT' && upper.length > 0 ? pduInfo(upper).info : '';
        const more = [info.replace(/^(..) TPDU ?/, ''), ...connectParameters(tree), above].filter(part => part !== '');
        return make('cotp', name, record.length, more.join(', '));
      }),
  session: (record, make) => {
    const list = record.trees.filter(tree => tree.layer === 'ses');
    return list.map(tree => make('ses', spduName(tree), tree.end - tree.start, spduDetail(tree), tree));
  },
  rtse: rtseRows,
  p1: p1Rows,
  content: contentRows,
};

/** Where the octets stand: of a layer that was put together, in all the frames of the whole. */
function framesOf(record: PduRecord, tree: LayerTree | undefined): number[] {
  const pieces = tree?.origin?.locate(tree.start, tree.end) ?? record.pieces;
  return [...new Set(pieces.map(piece => piece.frame))].sort((a, b) => a - b);
}

function connectParameters(tree: LayerTree): string[] {
  const out: string[] = [];
  const size = find(tree.fields, 'cotp.tpdu_size')?.value;
  if (typeof size === 'number') out.push(`TPDU size ${thousands(size)}`);
  const preferred = find(tree.fields, 'cotp.preferred_maximum_tpdu_size')?.value;
  if (typeof preferred === 'number') out.push(`preferred ${thousands(preferred)}`);
  for (const [name, label] of [
    ['cotp.src-tsap', 'calling TSAP'],
    ['cotp.dst-tsap', 'called TSAP'],
  ] as const) {
    const text = find(tree.fields, name)?.value;
    const octets = find(tree.fields, `${name}-bytes`)?.value;
    if (text !== undefined) out.push(`${label} "${text}"`);
    else if (octets !== undefined) out.push(`${label} ${octets}`);
  }
  const cause = find(tree.fields, 'cotp.cause') ?? find(tree.fields, 'cotp.reject_cause');
  if (cause !== undefined) out.push(words(cause) ?? '');
  return out;
}

function spduName(tree: LayerTree): string {
  return tree.title.replace(/^[^,]*, /, '');
}

function spduDetail(tree: LayerTree): string {
  const out: string[] = [];
  const show = (name: string, label: string): void => {
    const field = find(tree.fields, name);
    if (field?.value !== undefined || field?.text !== undefined) out.push(`${label} ${field.text ?? field.value}`);
  };
  show('ses.activity_identifier', 'activity');
  show('ses.serial_number', 'serial number');
  show('ses.initial_serial_number', 'initial serial number');
  show('ses.reason_code', 'reason');
  show('ses.resync_type', 'resynchronize');
  show('ses.sync_type', 'sync type');
  const data = find(tree.fields, 'ses.user_information') ?? find(tree.fields, 'ses.user_data');
  if (data?.text !== undefined) out.push(data.text);
  return out.join(', ');
}

/** SPDUs that RTSE works with, by the names of X.228's services. */
const SERVICES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\(AS\)/, 'activity start'],
  [/\(AR\)/, 'activity resume'],
  [/\(AE\)/, 'activity end'],
  [/\(AEA\)/, 'activity end confirmed'],
  [/\(AD\)/, 'activity discard'],
  [/\(ADA\)/, 'activity discard confirmed'],
  [/\(AI\)/, 'activity interrupt'],
  [/\(AIA\)/, 'activity interrupt confirmed'],
  [/\(MIP\)/, 'checkpoint'],
  [/\(MIA\)/, 'checkpoint confirmed'],
  [/\(GTC\)/, 'turn given'],
  [/\(GTA\)/, 'turn taken'],
  [/\(PT\)/, 'turn asked for'],
  [/\(ER\)|\(ED\)/, 'exception'],
];

/** In X.410-1984 mode RTSE's own parameters are those of the session connection. */
const CONNECTION: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\(CN\)/, 'connect'],
  [/\(AC\)/, 'accept'],
  [/\(RF\)/, 'refuse'],
  [/\(FN\)/, 'finish'],
  [/\(DN\)/, 'finished'],
  [/\(AB\)/, 'abort'],
];

function rtseRows(record: PduRecord, make: Make): FollowRow[] {
  const out: FollowRow[] = [];
  const apdu = record.trees.find(tree => tree.layer === 'rtse');
  const kind = apdu === undefined ? null : words(find(apdu.fields, 'rtse.RTSE_apdus'));
  const transferred = record.trees.find(
    tree => tree.layer === 'p1' && words(find(tree.fields, 'p1.MTS_APDU')) !== null,
  );
  for (const tree of record.trees) {
    if (tree.layer !== 'ses') continue;
    const spdu = spduName(tree);
    const services = apdu === undefined ? [...SERVICES, ...CONNECTION] : SERVICES;
    const service = services.find(([pattern]) => pattern.test(spdu))?.[1];
    if (service === undefined) continue;
    const bind = record.trees.find(t => t.layer === 'p1' || t.layer === 'acse');
    if (CONNECTION.some(([pattern]) => pattern.test(spdu))) {
      out.push(make('rtse', service, tree.end - tree.start, bind === undefined ? '' : pduInfo([bind]).info, tree));
      continue;
    }
    const what = service === 'activity end' && transferred !== undefined ? pduInfo([transferred]).info : '';
    out.push(make('rtse', service, null, [spduDetail(tree), what].filter(part => part !== '').join(', '), tree));
  }
  if (apdu === undefined) return out;
  const segment = find(apdu.fields, 'rtse.segment');
  if (kind === 'rttr-apdu' || segment !== undefined) {
    const value = find(apdu.fields, 'rtse.rttr_apdu')?.value;
    const octets =
      typeof value === 'string' ? value.length / 2 : segment === undefined ? null : segment.end - segment.start;
    out.unshift(make('rtse', 'transfer', octets, '', apdu));
  } else if (kind !== null)
    out.unshift(make('rtse', kind, apdu.end - apdu.start, bindDetail(record.trees, apdu), apdu));
  return out;
}

function bindDetail(trees: readonly LayerTree[], apdu: LayerTree): string {
  const out: string[] = [];
  const show = (name: string, label: string): void => {
    const field = find(apdu.fields, name);
    if (field !== undefined) out.push(`${label} ${words(field) ?? ''}`);
  };
  show('rtse.checkpointSize', 'checkpoint size');
  show('rtse.windowSize', 'window');
  show('rtse.dialogueMode', '');
  show('rtse.refuseReason', 'refused:');
  show('rtse.abortReason', 'aborted:');
  show('rtse.rttp_apdu', 'priority');
  if (find(apdu.fields, 'rtse.recover_element') !== undefined) out.push('recovers another association');
  const user = trees.find(tree => tree.layer === 'p1');
  if (user !== undefined) out.push(pduInfo([user]).info);
  return out.map(part => part.trim()).join(', ');
}

function p1Rows(record: PduRecord, make: Make): FollowRow[] {
  return record.trees
    .filter(tree => tree.layer === 'p1')
    .map(tree => {
      const kind = words(find(tree.fields, 'p1.MTS_APDU'));
      if (kind === null) return make('p1', pduInfo([tree]).info, tree.end - tree.start, '', tree);
      return make('p1', kind, tree.end - tree.start, envelope(tree, kind), tree);
    });
}

function envelope(tree: LayerTree, kind: string): string {
  const out: string[] = [];
  const show = (name: string, label: string): void => {
    const field = find(tree.fields, name);
    const text = field?.text ?? field?.value;
    if (text !== undefined) out.push(`${label}${label === '' ? '' : ' '}${text}`);
  };
  show(`p1.${kind}_identifier_element`, '');
  show('p1.originator_name_element', 'from');
  show('p1.report_destination_name_element', 'to');
  const recipients = findAll(tree.fields, 'p1.recipient_name_element')
    .map(f => f.text ?? '')
    .filter(text => text !== '');
  if (recipients.length > 0)
    out.push(`to ${recipients[0]}${recipients.length > 1 ? ` and ${thousands(recipients.length - 1)} more` : ''}`);
  show('p1.subject_identifier_element', 'about');
  const priority = words(find(tree.fields, 'p1.priority'));
  if (priority !== null && priority !== 'normal') out.push(priority);
  const { size, recipients: told } = summarizeApdu(tree.bytes, tree.start, tree.end);
  if (size !== null) out.push(`content of ${count(size, 'octet')}`);
  const became = outcomes(told);
  if (became !== '') out.push(became);
  return out.join(', ');
}

const CONTENTS = new Set(['p22', 'p772', 'p35', 'content']);

function contentRows(record: PduRecord, make: Make): FollowRow[] {
  const envelopes = record.trees.filter(tree => tree.layer === 'p1');
  return record.trees
    .filter(tree => CONTENTS.has(tree.layer))
    .map(tree => {
      const text: string[] = [];
      const subject = find(tree.fields, 'p22.subject')?.value;
      const originator = find(tree.fields, 'p22.originator_element');
      const from = originator === undefined ? undefined : find(originator.children, 'p22.formal_name_element')?.text;
      if (from !== undefined) text.push(`From: ${from}`);
      for (const [list, label] of [
        ['p22.primary_recipients', 'To'],
        ['p22.copy_recipients', 'Copy'],
      ] as const) {
        const field = find(tree.fields, list);
        const names =
          field === undefined ? [] : findAll(field.children, 'p22.formal_name_element').map(f => f.text ?? '');
        for (const name of names.slice(0, 10)) text.push(`${label}: ${name}`);
        if (names.length > 10) text.push(`${label}: ${thousands(names.length - 10)} more`);
      }
      if (typeof subject === 'string') text.push(`Subject: ${subject}`);
      const parts = findAll(tree.fields, 'p22.BodyPart');
      for (const part of parts.slice(0, MOST_PARTS)) text.push('', ...bodyPart(part, tree));
      if (parts.length > MOST_PARTS) text.push('', `${thousands(parts.length - MOST_PARTS)} more body parts`);
      if (parts.length === 0) for (const line of unparted(tree)) text.push(line);
      return make(tree.layer, pduInfo([...envelopes, tree]).info, tree.end - tree.start, '', tree, text);
    });
}

/** Of a content without body parts of X.420: the EDI interchanges in it, without the heading around them, or all that can be read. */
function unparted(tree: LayerTree): string[] {
  const hidden = [...withheldIn(tree.fields)];
  const bytes = hidden.length === 0 ? tree.bytes : tree.bytes.slice();
  for (const { start, end } of hidden) bytes.fill(ASTERISK, start, end);
  const interchanges = findAll(tree.fields, 'p35.edi_body_part');
  if (interchanges.length === 0) return printable(bytes.subarray(tree.start, tree.end));
  return interchanges.flatMap(field => {
    const tlv = readTlv(tree.bytes, field.start, field.end);
    return tlv === null ? [] : printable(stringOctets(bytes, tlv));
  });
}

/** What stands in a text for each octet of a credential. */
const ASTERISK = 0x2a;

const MOST_PARTS = 20;
const MOST_LINES = 200;

/** What a body part is, and its text when it has one. */
function bodyPart(part: Field, tree: LayerTree): string[] {
  const tlv = readTlv(tree.bytes, part.start, part.end);
  const head = `— ${tlv === null ? 'body part' : bodyPartKind(tree.bytes, tlv)}, ${count(part.end - part.start, 'octet')}`;
  const texts: string[] = [];
  const walk = (fields: readonly Field[]): void => {
    for (const field of fields) {
      if (field.children.length > 0) walk(field.children);
      else if (typeof field.value === 'string' && /\.(data|.*Data|.*text.*)$/i.test(field.name))
        for (const line of textOf(field, tree)) texts.push(line);
    }
  };
  walk(part.children);
  return [
    head,
    ...texts.slice(0, MOST_LINES),
    ...(texts.length > MOST_LINES ? [`… ${thousands(texts.length - MOST_LINES)} more lines`] : []),
  ];
}

/** A value that is text; one that is octets only where they can be read. */
function textOf(field: Field, tree: LayerTree): string[] {
  const value = field.value as string;
  if (!/^(?:[0-9a-f]{2})+$/.test(value)) return value.split(/\r\n|\n|\r/);
  const octets = Uint8Array.from(value.match(/../g)!, pair => Number.parseInt(pair, 16));
  // Digits that happen to look like hex: then the octets of the element are those characters themselves.
  const raw = tree.bytes.subarray(Math.max(field.start, field.end - value.length), field.end);
  if (String.fromCharCode(...raw.subarray(0, 64)) === value.slice(0, 64)) return [value];
  return printable(octets);
}

/** Lines of text, when nearly everything in them can be read. */
function printable(bytes: Uint8Array): string[] {
  const shown = bytes.subarray(0, 100_000);
  let readable = 0;
  let text = '';
  for (const octet of shown) {
    if ((octet >= 0x20 && octet < 0x7f) || octet === 9 || octet === 10 || octet === 13) readable++;
    text += String.fromCharCode(octet);
  }
  if (shown.length === 0 || readable / shown.length < 0.95) return [];
  return text.split(/\r\n|\n|\r/);
}

/** Joins what follows each other in one direction and says the same: fragments of a transfer. */
export function joinRows(last: FollowRow, next: FollowRow): FollowRow | null {
  const fragments = (row: FollowRow): boolean => row.kind === 'rtse' && row.name === 'transfer';
  if (!fragments(last) || !fragments(next) || last.direction !== next.direction) return null;
  return {
    ...last,
    frames: [...last.frames, ...next.frames.filter(frame => frame > (last.frames.at(-1) ?? 0))],
    octets: (last.octets ?? 0) + (next.octets ?? 0),
    count: last.count + next.count,
  };
}
