import { readTlv, TAG, type Tlv } from '../asn1/ber.ts';
import { oid } from '../asn1/contents.ts';
import { standardNames } from '../engine/upper/mms.ts';
import type { Field, LayerTree } from '../model/field.ts';
import type { Piece } from '../model/origin.ts';
import { checksumFits, fitChecksum } from '../osi/cotp-checksum.ts';
import { isContent } from '../osi/mms-values.ts';
import { DECIMAL_FIELDS } from '../osi/session.ts';
import type { Images } from './anonymize-image.ts';
import type { Pseudonyms } from './anonymize-values.ts';

/** Layers that are no BER: their fields say where every octet of note stands. */
const PLAIN = new Set(['tpkt', 'cotp', 'ses', 's7comm', 's7comm-plus', 't125']);
/** Of these, all that is not renamed is read by the transport, right or wrong. */
const HEADERS = new Set(['tpkt', 'cotp']);
/** Readings of a text that another layer holds as a whole. */
const TEXT = new Set(['amhs']);

/** Parameter of a CR whose octets are classes (X.224 13.3.4), by which the answer is judged. */
const ALTERNATIVE_CLASSES = 0xc7;

/** Universal types whose contents are numbers, flags or registered names. */
const STRUCTURE = new Set<number>([
  TAG.boolean,
  TAG.integer,
  TAG.null,
  TAG.oid,
  TAG.real,
  TAG.enumerated,
  TAG.relativeOid,
]);
/** More digits than any session counter has: a telephone number, perhaps. */
const LONGEST_COUNT = 9;
/** Parameters that the session service leaves to its user, who may put one BER element there (X.228 does). */
const ACTIVITY = 'ses.activity_identifier';
const OF_THE_USER = new Set([
  ACTIVITY,
  'ses.calling_ss_user_reference',
  'ses.called_ss_user_reference',
  'ses.common_reference',
  'ses.additional_reference_information',
]);

/** Fewer characters beside standard names tell of nobody. */
const SHORTEST_SECRET = 4;

const WIDE: Readonly<Record<number, number>> = { [TAG.bmp]: 2, [TAG.universal]: 4 };
const DEEPEST = 48;

/**
 * Says of each octet of a decoded layer whether it is structure, which stays, or a value, which is replaced by its pseudonym. Whatever
 * no field and no BER header accounts for is overwritten. Layers come outermost first: an inner one knows better.
 */
export class TreeRewriter {
  private readonly images: Images;
  private readonly names: Pseudonyms;
  private standard = false;
  /** TPDUs whose checksum fitted, and where it stands in them. */
  private readonly summed: { readonly tpdu: readonly Piece[]; readonly length: number; readonly at: number }[] = [];

  constructor(images: Images, names: Pseudonyms) {
    this.images = images;
    this.names = names;
  }

  /** `standard`: names that a standard gives stay in the texts of this layer, since they say what the application is. */
  layer(tree: LayerTree, standard = false): void {
    this.standard = standard;
    if (tree.origin === null || TEXT.has(tree.layer)) return;
    this.fill(tree, tree.start, tree.end);
    if (PLAIN.has(tree.layer)) {
      for (const field of tree.fields) this.plain(tree, field);
      if (tree.layer === 'cotp') this.tpdu(tree);
      return;
    }
    if (!whole(tree) && !typed(tree)) return;
    this.elements(tree, tree.start, tree.end, 0);
    for (const field of tree.fields) this.values(tree, field, 0);
  }

  /** Checksums of TPDUs (X.224 6.17) that fitted fit again. To be called when each octet has what it is to be. */
  checksums(): void {
    for (const { tpdu, length, at } of this.summed) {
      const octets = new Uint8Array(length);
      this.images.each(tpdu, (image, position, index) => {
        octets[index] = image.decided(position);
      });
      fitChecksum(octets, at);
      this.images.each(tpdu, (image, position, index) => {
        if (index === at || index === at + 1) image.put(position, octets[index]!);
      });
    }
  }

  private tpdu(tree: LayerTree): void {
    const { bytes, start, end } = tree;
    // A TPDU that can't be read is unreadable by its length and code.
    this.keep(tree, start, Math.min(start + 2, end));
    // A parameter that runs past the header has no field: its code and length stand behind the last one that has.
    const read = tree.fields.filter(({ name }) => name !== 'cotp.user_data').map(field => field.end);
    const header = Math.min(start + 1 + bytes[start]!, end);
    const last = Math.max(...read);
    this.keep(tree, last, Math.min(last + 2, header));
    for (const { name, value, end: length } of tree.fields)
      if (name === 'cotp.parameter_code' && value === ALTERNATIVE_CLASSES)
        this.keep(tree, length + 1, length + 1 + bytes[length]!);
    const checksum = tree.fields.find(f => f.name === 'cotp.checksum');
    if (checksum === undefined || !checksumFits(bytes.subarray(start, end))) return;
    const tpdu = [...tree.origin!.locate(start, end)];
    this.summed.push({ tpdu, length: end - start, at: checksum.start - start });
  }

  private plain(tree: LayerTree, field: Field): void {
    const { value, start, end } = field;
    if (typeof value === 'string') this.text(tree, field, value);
    else if (value !== undefined) this.keep(tree, start, end);
    for (const child of field.children) this.plain(tree, child);
  }

  private text(tree: LayerTree, { name, start, end }: Field, value: string): void {
    const counts = DECIMAL_FIELDS.has(name) && value.length <= LONGEST_COUNT && /^\d+$/.test(value);
    if (counts) return this.keep(tree, start, end);
    const tlv = OF_THE_USER.has(name) ? readTlv(tree.bytes, start, end) : null;
    // Printable text begins with no universal primitive tag and no context tag, so that it is not taken for an element.
    const element = tlv !== null && tlv.fault === null && tlv.end === end && !tlv.constructed && tlv.cls % 2 === 0;
    if (!element) return this.rename(tree, start, end);
    this.keep(tree, start, tlv.content);
    // Activities are counted: what is resumed is found by its number.
    if (name === ACTIVITY && tlv.cls === 0 && tlv.tag === TAG.integer) this.keep(tree, tlv.content, tlv.contentEnd);
    else this.rename(tree, tlv.content, tlv.contentEnd);
  }

  /** BER headers stay; contents are renamed unless the type says that they are structure. */
  private elements(tree: LayerTree, from: number, to: number, depth: number): void {
    for (let at = from; at < to; ) {
      const tlv = readTlv(tree.bytes, at, to);
      if (tlv === null || tlv.end <= at) return;
      // Of one that is cut short as much stays as a type has recognised: damage is a finding too.
      if (tlv.fault !== null && !(tlv.fault === 'ber.truncated' && tlv.constructed && known(tree.fields, at))) return;
      this.keep(tree, tlv.start, tlv.content);
      this.keep(tree, tlv.contentEnd, tlv.end);
      if (tlv.constructed && depth < DEEPEST) this.elements(tree, tlv.content, tlv.contentEnd, depth + 1);
      else if (!tlv.constructed) this.contents(tree, tlv);
      at = tlv.end;
    }
  }

  private contents(tree: LayerTree, tlv: Tlv): void {
    const { content, contentEnd } = tlv;
    if (tlv.cls === 0 && STRUCTURE.has(tlv.tag)) this.keep(tree, content, contentEnd);
    else if (tlv.cls === 0 && tlv.tag === TAG.bitString) {
      this.keep(tree, content, Math.min(content + 1, contentEnd));
      this.rename(tree, content + 1, contentEnd);
    } else this.rename(tree, content, contentEnd, tlv.cls === 0 ? (WIDE[tlv.tag] ?? 1) : 1);
  }

  /** What the types say beyond the tags: an implicitly tagged number stays, so does an object identifier. */
  private values(tree: LayerTree, field: Field, depth: number): void {
    const { value, start, end } = field;
    if (depth > DEEPEST) return;
    if (field.children.length === 0) {
      // Numbers of contents that no table describes are contents.
      if (field.name.startsWith('ber.unknown')) this.unknown(tree, start, end);
      else if (isContent(field.name)) return;
      else if (value !== undefined && typeof value !== 'string') this.keepNumber(tree, start, end);
      else if (typeof value === 'string' && isOid(tree.bytes, start, end, value)) this.keep(tree, start, end);
    }
    for (const child of field.children) this.values(tree, child, depth + 1);
  }

  private unknown(tree: LayerTree, start: number, end: number): void {
    const tlv = readTlv(tree.bytes, start, end);
    if (tlv === null || tlv.constructed || tlv.cls !== 0 || tlv.fault !== null) return;
    if (tlv.tag === TAG.integer || tlv.tag === TAG.enumerated || tlv.tag === TAG.real)
      this.rename(tree, tlv.content, tlv.contentEnd);
  }

  /** A number or flag; one that counts the items of an empty list, or the octets of a long value, is none of the octets there. */
  private keepNumber(tree: LayerTree, start: number, end: number): void {
    if (end - start <= 16) this.keep(tree, start, end);
  }

  private keep(tree: LayerTree, from: number, to: number): void {
    const header = HEADERS.has(tree.layer);
    if (to > from)
      this.images.each(tree.origin!.locate(from, to), (image, position) =>
        header ? image.fix(position) : image.keep(position),
      );
  }

  private fill(tree: LayerTree, from: number, to: number): void {
    if (to > from)
      this.images.each(tree.origin!.locate(from, to), (image, position, index) =>
        image.take(position, tree.bytes[from + index]!),
      );
  }

  private rename(tree: LayerTree, from: number, to: number, wide = 1): void {
    if (to <= from) return;
    const given = this.standard ? standardNames(tree.bytes, from, to) : [];
    const rest = given.reduce((n, [start, end]) => n - (end - start), to - from);
    // Nobody chose a value that is such a name and nothing else.
    if (rest <= 0) return this.keep(tree, from, to);
    const telling = given.length === 0 || rest >= SHORTEST_SECRET;
    const name = this.names.of(tree.bytes.subarray(from, to), wide, telling);
    this.images.each(tree.origin!.locate(from, to), (image, position, index) => image.set(position, name[index]!));
    for (const [start, end] of given) this.keep(tree, start, end);
  }
}

/** Whether a layer is whole BER elements; a fragment of one would be read as something else. */
function whole(tree: LayerTree): boolean {
  let at = tree.start;
  while (at < tree.end) {
    const tlv = readTlv(tree.bytes, at, tree.end);
    if (tlv === null || tlv.fault !== null || tlv.end <= at) return false;
    at = tlv.end;
  }
  return at === tree.end;
}

/** Whether a type fits a layer that is not whole: it names elements within, so that the first tag is no accident. */
function typed(tree: LayerTree): boolean {
  return tree.fields.some(f => f.start === tree.start && f.children.some(child => !child.name.startsWith('ber.')));
}

/** Whether a type has a name for the element that begins at `start`. */
function known(fields: readonly Field[], start: number): boolean {
  return fields.some(
    f =>
      f.start <= start &&
      start < f.end &&
      ((f.start === start && !f.name.startsWith('ber.')) || known(f.children, start)),
  );
}

function isOid(bytes: Uint8Array, start: number, end: number, value: string): boolean {
  if (!/^\d+(\.\d+)+$/.test(value)) return false;
  let tlv = readTlv(bytes, start, end);
  while (tlv?.constructed) tlv = readTlv(bytes, tlv.content, tlv.contentEnd);
  return tlv !== null && tlv !== undefined && oid(bytes, tlv.content, tlv.contentEnd) === value;
}
