import width from 'string-width';
import wrap from 'wrap-ansi';
import type { Finding } from '../model/finding.ts';
import { count, endpoint, frameList, iso, moment, thousands } from './format.ts';
import { hexPane, type Run } from './hex.ts';
import type { FrameDetail, ViewField, ViewTree } from './html/detail.ts';
import { findingJson } from './json.ts';
import { cutTo, textLine } from './lines.ts';
import { type Look, mark, paint, typography } from './look.ts';
import { otherPorts } from './other-ports.ts';
import { isIcmp } from './packets-icmp.ts';
import type { Packet } from './packets-list.ts';
import { flagNames } from './packets-tcp.ts';
import { clean, cleanLines, oneLine } from './safe.ts';

/** A PDU with octets in the frame that a later frame completes. */
export interface Carried {
  /** TPKT, TSDU, APDU … and what it turned out to be. */
  readonly what: string;
  /** Frame that completes it. */
  readonly frame: number;
  /** Octets of it that stand here, of how many, and where the first of them stands in it. */
  readonly octets: number;
  readonly of: number;
  readonly at: number;
}

/** Everything that is known of one frame. */
export interface FrameView {
  readonly file: string;
  readonly detail: FrameDetail;
  readonly linkType: string;
  /** Null for a frame that is no segment of an ISO transport stream. */
  readonly packet: Packet | null;
  /** The stream about whose SYN the frame has an ICMP message. */
  readonly about: number | null;
  readonly findings: readonly Finding[];
  /** Headers as the emulated machine reads them. */
  readonly machine: readonly ViewTree[];
  /** TPKTs of the frame, by number, that begin where framing was found again behind a misread header. */
  readonly asSent: ReadonlySet<number>;
  /** The TPKTs shown, by their number: where each stands in its direction, and the frame whose arrival made it readable. */
  readonly tpkts: readonly { readonly streamOffset: number; readonly readableIn: number }[];
  readonly carried: readonly Carried[];
  /** Octets of the frame that complete no TPKT in the whole capture. */
  readonly loose: readonly Run[];
  /** Octets that are not to be shown, by space. */
  readonly hidden: ReadonlyMap<number, readonly Run[]>;
}

export interface TreeOptions {
  readonly look: Look;
  /** Whether streams of every port were looked at. */
  readonly anyPort: boolean;
  /** Whole values, and the octets of long PDUs to the end. */
  readonly wide: boolean;
  /** Link, IP and TCP field by field. */
  readonly expand: boolean;
  /** Names of the fields behind their values. */
  readonly names: boolean;
  /** Fields whose octets are marked, by any of their names. */
  readonly select: ReadonlySet<string>;
}

/** Octets of a pane that are printed unless the reader wants all. */
const PANE = 2048;

/** The frame for people: what was found, the layers, the octets. */
export function* frameText(view: FrameView, options: TreeOptions): Generator<string> {
  const { look } = options;
  const { detail } = view;
  const cut =
    detail.wireLength > detail.spaces[0]!.bytes.length
      ? ` (${thousands(detail.spaces[0]!.bytes.length)} captured)`
      : '';
  const head = `Frame ${thousands(detail.no)}  ${moment(detail, 9).replace(/000$/, '')} UTC  ${thousands(detail.wireLength)} octets${cut}`;
  yield line(look, paint(look, 'bold', head), `[0–${detail.spaces[0]!.bytes.length - 1}]`);
  for (const comment of detail.comments) yield* wrapped(look, typography(look, `Packet comment: ${oneLine(comment)}`));
  for (const finding of view.findings) yield* findingLines(finding, detail.no, look);
  yield* lower(view, options);
  for (const tree of view.machine) yield* treeLines(tree, view, options);
  for (const tree of detail.trees) {
    if (tree.pdu < 0) continue;
    yield* treeLines(tree, view, options);
  }
  yield* remarks(view, options);
  yield* panes(view, options);
}

function* findingLines(finding: Finding, frame: number, look: Look): Generator<string> {
  const other =
    finding.frame !== null && finding.frame !== frame ? ` (reported at frame ${thousands(finding.frame)})` : '';
  yield* wrapped(
    look,
    `${mark(look, finding.severity)} ${paint(look, 'bold', clean(finding.code))}${typography(look, `${other}: ${clean(finding.message, 1000)}`)}`,
  );
  if (finding.explanation !== '' && finding.request !== undefined) {
    yield* wrapped(look, typography(look, `    ${cleanLines(finding.explanation).replaceAll('\n', ' ')}`));
  }
}

function* wrapped(look: Look, text: string): Generator<string> {
  yield textLine(` ${text}`, look);
}

/** Link, IP and TCP: one line, or field by field, as always what ICMP says and quotes: its frame has nothing else. */
function* lower(view: FrameView, options: TreeOptions): Generator<string> {
  const { look } = options;
  const trees = view.detail.trees.filter(tree => tree.pdu < 0);
  const selected = trees.some(tree => anySelected(tree.fields, options.select));
  if (options.expand || selected) {
    for (const tree of trees) yield* treeLines(tree, view, options);
    return;
  }
  const icmp = trees.findIndex(isIcmp);
  const folded = icmp < 0 ? trees : trees.slice(0, icmp);
  const within = folded.findIndex(tree => tree.space > 0);
  const parts = folded.map((tree, i) => `${i === within ? 'reassembled: ' : ''}${shortTitle(tree)}`);
  const { packet } = view;
  if (packet !== null) {
    const at = packet.length === 0 ? '' : `, ${count(packet.length, 'octet')}`;
    if (folded.at(-1)?.layer === 'tcp') parts.pop();
    // A fragment has no header of TCP, and where the datagram that it completes is a tunnel's, none of the packet within.
    else if (!folded.some(({ fields }) => fields.some(f => f.value === packet.source)))
      parts.push(`reassembled: IPv${packet.family} ${packet.source} → ${packet.destination}`);
    parts.push(
      `TCP ${packet.sourcePort} → ${packet.destinationPort} [${flagNames(packet.flags)}], seq ${thousands(packet.tcp.seq)}${at} of stream ${packet.stream}`,
    );
  }
  const last = folded.findLast(tree => tree.space === 0);
  const text = `${triangle(look, false)} ${typography(look, parts.join(' · '))}`;
  const octets = last === undefined ? '' : `[0–${last.end - 1}]`;
  if (look.width !== null && width(text) + octets.length + 3 > look.width) yield* wrapped(look, text);
  else yield line(look, ` ${text}`, octets);
  if (packet !== null && packet.tcp.marks.length > 0) {
    yield `   ${mark(look, 'note')} ${packet.tcp.marks.map(m => `TCP ${m}`).join(', ')}\n`;
  }
  for (const tree of trees.slice(folded.length)) yield* treeLines(tree, view, options);
}

function shortTitle(tree: ViewTree): string {
  const value = (name: string): string => String(tree.fields.find(f => f.name === name)?.value ?? '');
  switch (tree.layer) {
    case 'eth':
      return tree.title.replace(/,.*/, '');
    case 'vlan':
      return `VLAN ${value('vlan.id')}`;
    case 'ip':
      return `IPv4 ${value('ip.src')} → ${value('ip.dst')}`;
    case 'ipv6':
      return `IPv6 ${value('ipv6.src')} → ${value('ipv6.dst')}`;
    case 'udp':
      return `UDP ${value('udp.srcport')} → ${value('udp.dstport')}`;
    case 'tcp':
      return `TCP ${value('tcp.srcport')} → ${value('tcp.dstport')}`;
    default:
      return tree.title;
  }
}

function* treeLines(tree: ViewTree, view: FrameView, options: TreeOptions): Generator<string> {
  const { look } = options;
  const space = view.detail.spaces[tree.space]!;
  let title = clean(tree.title, 300);
  if (tree.layer === 'tpkt' && tree.pdu >= 0) {
    const tpkt = view.tpkts[tree.pdu]!;
    if (view.asSent.has(tree.pdu)) title = 'TPKT as it was sent (boundary found on evidence)';
    title += `, stream offset ${thousands(tpkt.streamOffset)}`;
    if (tpkt.readableIn > view.detail.no) title += `, readable only with frame ${thousands(tpkt.readableIn)}`;
  }
  const first = view.detail.trees.find(other => other.space === tree.space) === tree;
  const from = tree.space > 0 && first && space.pieces !== null ? ` · reassembled from ${framesOf(space.pieces)}` : '';
  yield line(
    look,
    ` ${triangle(look, true)} ${typography(look, title + from)}`,
    range(tree.space, tree.start, tree.end),
  );
  yield* fieldLines(tree.fields, tree.space, 0, options);
}

function* fieldLines(
  fields: readonly ViewField[],
  space: number,
  depth: number,
  options: TreeOptions,
): Generator<string> {
  const { look } = options;
  for (const field of fields) {
    const value = shown(field, options.wide);
    const chosen = options.select.has(field.name);
    const name = options.names ? `  (${field.name})` : '';
    const fault = field.fault === null ? '' : `  ${mark(look, 'error')} ${typography(look, clean(field.fault, 300))}`;
    const label = clean(field.label, 100) + (value === '' ? '' : `: ${value}`);
    const text = `${'  '.repeat(Math.min(depth, 20) + 2)} ${chosen ? paint(look, ['cyan', 'bold'], typography(look, label)) : typography(look, label)}${paint(look, 'dim', name)}${fault}`;
    yield line(look, text, field.end > field.start ? range(space, field.start, field.end) : '', options.wide);
    yield* fieldLines(field.children, space, depth + 1, options);
  }
}

function shown({ value, text }: ViewField, wide: boolean): string {
  const most = wide ? 100_000 : undefined;
  if (text !== null) return clean(text, most);
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return clean(String(value), most);
}

/** What a reader would miss: PDUs that other frames complete, octets that complete none. */
function* remarks(view: FrameView, { look, anyPort }: TreeOptions): Generator<string> {
  for (const carried of view.carried) {
    const where = carried.at === 0 ? '' : ` from octet ${thousands(carried.at)} on`;
    const text = `${thousands(carried.octets)} of ${thousands(carried.of)} octets${where} of ${clean(carried.what, 300)}: completed in frame ${thousands(carried.frame)}`;
    yield* wrapped(look, `${triangle(look, false)} ${typography(look, text)}`);
  }
  const { packet } = view;
  for (const run of view.loose) {
    const why = packet?.tcp.repeated
      ? 'these octets came before in another frame'
      : packet?.unframed
        ? 'no TPKT is framed here'
        : 'they complete no TPKT in this capture';
    yield* wrapped(look, `${mark(look, 'unknown')} ${typography(look, `octets ${run.start}–${run.end - 1}: ${why}`)}`);
  }
  if (packet === null) {
    const hint = otherPorts(anyPort);
    const text =
      view.about === null
        ? `no segment of an ISO transport stream${hint === '' ? '' : ` (${hint})`}`
        : `says that a SYN of stream ${view.about} was not delivered`;
    yield* wrapped(look, `${mark(look, 'note')} ${typography(look, text)}`);
  }
  if (view.detail.note !== '') yield* wrapped(look, `${mark(look, 'note')} ${typography(look, view.detail.note)}`);
}

function* panes(view: FrameView, options: TreeOptions): Generator<string> {
  const { look, select } = options;
  for (const [i, space] of view.detail.spaces.entries()) {
    const marked = [...view.machine, ...view.detail.trees]
      .filter(tree => tree.space === i)
      .flatMap(tree => runs(tree.fields, select));
    const from = space.pieces === null ? '' : `, reassembled from ${framesOf(space.pieces)}`;
    const title = typography(look, `${i === 0 ? '' : `${letter(i)} · `}${clean(space.label)}${from}`);
    const fitted = look.width === null ? title : wrap(title, look.width, { hard: true });
    yield `\n${paint(look, 'bold', fitted)}\n`;
    yield* hexPane(space.bytes, {
      look,
      marked,
      hidden: view.hidden.get(i) ?? [],
      most: options.wide ? Number.MAX_SAFE_INTEGER : PANE,
    });
  }
}

function runs(fields: readonly ViewField[], select: ReadonlySet<string>): Run[] {
  return fields.flatMap(f => (select.has(f.name) ? [{ start: f.start, end: f.end }] : runs(f.children, select)));
}

export function anySelected(fields: readonly ViewField[], select: ReadonlySet<string>): boolean {
  return fields.some(f => select.has(f.name) || anySelected(f.children, select));
}

function framesOf(pieces: readonly { readonly frame: number }[]): string {
  const frames = [...new Set(pieces.map(p => p.frame))].sort((a, b) => a - b);
  return `${frames.length === 1 ? 'frame' : 'frames'} ${frameList(frames)}`;
}

/** Octets of the frame by their offsets; those of a reassembled PDU with the letter of its pane before. */
function range(space: number, start: number, end: number): string {
  const at = end - start <= 1 ? `${start}` : `${start}–${end - 1}`;
  return `[${space === 0 ? '' : `${letter(space)} `}${at}]`;
}

function letter(space: number): string {
  return space <= 25 ? String.fromCharCode(0x61 + space) : `z${space}`;
}

function triangle(look: Look, open: boolean): string {
  return look.unicode ? (open ? '▾' : '▸') : open ? 'v' : '>';
}

/** Text at the left, `right` at the right margin; a pipe is as wide as 100 columns, and longer lines push the range along. */
function line(look: Look, text: string, right: string, wide = false): string {
  const end = typography(look, right);
  const room = (look.width ?? 100) - width(end) - 1;
  const left = wide || look.width === null ? text : cutTo(room - 1, text, look);
  if (end === '') return `${left.trimEnd()}\n`;
  return `${left}${' '.repeat(Math.max(1, room - width(left)))}${paint(look, 'dim', end)}\n`;
}

/** Between whom the frame goes: with ports where it is a segment of a stream, without where it is the ICMP message about one. */
function endsOf({ packet, about, detail }: FrameView): { source: string | null; destination: string | null } {
  if (packet !== null) {
    const { source, sourcePort, destination, destinationPort } = packet;
    return { source: endpoint(source, sourcePort), destination: endpoint(destination, destinationPort) };
  }
  const ip = about === null ? undefined : detail.trees[detail.trees.findIndex(isIcmp) - 1];
  const of = (end: string): string | null => {
    const found = ip?.fields.find(field => field.name === `${ip.layer}.${end}`);
    return found === undefined ? null : String(found.value);
  };
  return { source: of('src'), destination: of('dst') };
}

/** The frame for programs. Octets are lower-case hex, hidden ones `**`. */
export function frameJson(view: FrameView): Record<string, unknown> {
  const { detail, packet } = view;
  return {
    file: view.file,
    frame: {
      number: detail.no,
      time: iso(detail),
      length: detail.wireLength,
      capturedLength: detail.spaces[0]!.bytes.length,
      linkType: view.linkType,
      comments: detail.comments,
    },
    stream: packet?.stream ?? view.about,
    direction: packet?.direction ?? (view.about === null ? null : 1),
    ...endsOf(view),
    tcp:
      packet === null
        ? null
        : {
            seq: packet.tcp.seq,
            ack: packet.tcp.ack,
            flags: packet.flags,
            length: packet.length,
            remarks: packet.tcp.marks,
          },
    findings: view.findings.map(findingJson),
    machine: view.machine,
    layers: detail.trees.map(tree => ({
      ...tree,
      ...(tree.layer === 'tpkt' && tree.pdu >= 0 ? { ...view.tpkts[tree.pdu] } : {}),
    })),
    carried: view.carried,
    loose: view.loose,
    spaces: detail.spaces.map((space, i) => ({
      label: space.label,
      length: space.bytes.length,
      pieces: space.pieces,
      octets: masked(space.bytes, view.hidden.get(i) ?? []),
    })),
  };
}

function masked(bytes: Uint8Array, hidden: readonly Run[]): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) {
    out += hidden.some(run => i >= run.start && i < run.end) ? '**' : bytes[i]!.toString(16).padStart(2, '0');
  }
  return out;
}
