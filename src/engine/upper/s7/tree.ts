import type { LayerTree } from '../../../model/field.ts';
import type { Direction } from '../../../model/finding.ts';
import type { Tsdu } from '../../../model/tsdu.ts';
import { s7HeaderLength } from '../recognise.ts';
import type { TreeReader } from '../types.ts';
import { type DataHead, dataBody, dataHead } from './data.ts';
import { job } from './job.ts';
import { type Layout, Reader } from './reader.ts';
import { type Joined, Units } from './units.ts';
import { type Userdata, userdata } from './userdata.ts';
import { errorInfo, infoOf, USERDATA } from './words.ts';

const u16 = (b: Uint8Array, at: number) => (b[at]! << 8) | b[at + 1]!;

const [JOB, ANSWER] = [1, 3];
/** Function groups that tell what belongs together otherwise than by the reference of the data unit: BSEND, NC programming. */
const OTHER_UNITS: ReadonlySet<number> = new Set([6, 15]);

const HEADER: Layout = [
  ['header.protid', 1],
  ['header.rosctr', 1],
  ['header.redid', 2],
  ['header.pduref', 2],
  ['header.parlg', 2],
  ['header.datlg', 2],
];

/** Reads the PDUs of one connection field by field. */
export class S7Trees implements TreeReader {
  private readonly showCredentials: boolean;
  private readonly units: readonly [Units, Units] = [new Units(), new Units()];

  constructor(showCredentials: boolean) {
    this.showCredentials = showCredentials;
  }

  gap(direction: Direction): void {
    this.units[direction].clear();
  }

  tree(t: Tsdu): LayerTree[] {
    const { bytes, start, end, origin } = t;
    if (end - start < 10 || bytes[start] !== 0x32) return [];
    const [rosctr, parameter, data] = [bytes[start + 1]!, u16(bytes, start + 6), u16(bytes, start + 8)];
    const r = new Reader(bytes, start, end, this.showCredentials);
    const error = header(r, rosctr);
    let joined: LayerTree | null = null;
    if (rosctr === JOB || rosctr === ANSWER) job(r, parameter, data, rosctr === ANSWER);
    else if (rosctr === USERDATA && parameter > 0) {
      const said = userdata(r, parameter);
      if (said !== null && data >= 4) joined = this.data(r, data, said, t);
    }
    const title = `S7 Communication, ${infoOf(bytes, start, end)}${r.info}${errorInfo(error)}`;
    const own: LayerTree = { layer: 's7comm', title, bytes, start, end, origin, fields: r.fields };
    return joined === null ? [own] : [own, joined];
  }

  /** The data of a userdata PDU. Where it is the end of what came in several units, the whole is a tree of its own. */
  private data(r: Reader, octets: number, said: Userdata, { direction, origin }: Tsdu): LayerTree | null {
    let whole: LayerTree | null = null;
    r.block('data', octets, () => {
      const head = dataHead(r);
      if (head.length < 2 || r.left === 0) return undefined;
      const joined = this.join(r, said, head, direction, origin);
      if (joined !== null && joined.units > 1) {
        const inner = new Reader(joined.bytes, 0, joined.bytes.length, this.showCredentials);
        dataBody(inner, said, head);
        r.info += ` (S7COMM reassembled id=${said.unit})${inner.info}`;
        const title = `S7 Communication, data in ${joined.units} units`;
        const { bytes } = joined;
        whole = {
          layer: 's7comm',
          title,
          bytes,
          start: 0,
          end: bytes.length,
          origin: joined.origin,
          fields: inner.fields,
        };
      } else if (joined === null && said.last) dataBody(r, said, head);
      // The end alone is no beginning: what came before it is not in the capture.
      else if (said.unit > 0) r.info += ` (S7COMM fragment id=${said.unit})`;
      return undefined;
    });
    return whole;
  }

  private join(r: Reader, said: Userdata, head: DataHead, direction: Direction, origin: Tsdu['origin']): Joined | null {
    if (said.unit === 0 || OTHER_UNITS.has(said.kind & 15)) return null;
    const octets = r.bytes.subarray(r.at, Math.min(r.at + head.length, r.end));
    return this.units[direction].add(said.unit, said.last, octets, r.at, origin);
  }
}

/** Reads the header, and returns the error in it. */
function header(r: Reader, rosctr: number): number {
  let error = 0;
  r.node('header', () => {
    r.rows(HEADER);
    if (s7HeaderLength(rosctr) === 10) return undefined;
    error = r.peek(2);
    r.take('header.errcls', 1);
    r.take('header.errcod', 1);
    return undefined;
  });
  if (error !== 0) {
    r.at -= 2;
    r.take('param.errcod', 2);
  }
  return error;
}
