import { field, type LayerTree } from '../../model/field.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import type { Dialect } from './counted.ts';
import { s7HeaderLength } from './recognise.ts';
import { statusList, userdata } from './s7-userdata.ts';

/** PDU types ("ROSCTR"), as Wireshark's s7comm names them. */
export const ROSCTR: Readonly<Record<number, string>> = { 1: 'Job', 2: 'Ack', 3: 'Ack_Data', 7: 'Userdata' };

export const FUNCTIONS: Readonly<Record<number, string>> = {
  0: 'CPU services',
  4: 'Read Var',
  5: 'Write Var',
  26: 'Request download',
  27: 'Download block',
  28: 'Download ended',
  29: 'Start upload',
  30: 'Upload',
  31: 'End upload',
  40: 'PI-Service',
  41: 'PLC Stop',
  240: 'Setup communication',
};

const u16 = (b: Uint8Array, at: number) => (b[at]! << 8) | b[at + 1]!;

/** S7comm, the protocol of the S7-300/400: `32 rosctr 0000 reference parameter-length data-length [error]` right above COTP. */
export class S7 implements Dialect {
  readonly protocol = 'S7comm';

  read(t: Tsdu, fault: (code: string, detail: string) => void): string {
    const { bytes, start, end } = t;
    if (end - start < 10 || bytes[start] !== 0x32) return 'no S7comm PDU';
    const rosctr = bytes[start + 1]!;
    const header = s7HeaderLength(rosctr);
    const sum = header + u16(bytes, start + 6) + u16(bytes, start + 8);
    if (ROSCTR[rosctr] !== undefined && sum !== end - start) {
      fault('s7.length', `header, parameter and data make ${sum} octets, the TSDU has ${end - start}`);
    }
    return title(bytes, start, end);
  }

  tree(t: Tsdu): LayerTree[] {
    const { bytes, start, end, origin } = t;
    if (end - start < 10 || bytes[start] !== 0x32) return [];
    const rosctr = bytes[start + 1]!;
    const f16 = (name: string, label: string, at: number) => field(name, label, at, at + 2, u16(bytes, at));
    const fields = [
      field('s7comm.header.protid', 'Protocol Id', start, start + 1, 0x32, '0x32'),
      field(
        's7comm.header.rosctr',
        'ROSCTR',
        start + 1,
        start + 2,
        rosctr,
        `${ROSCTR[rosctr] ?? 'Unknown'} (${rosctr})`,
      ),
      f16('s7comm.header.redid', 'Redundancy Identification (Reserved)', start + 2),
      f16('s7comm.header.pduref', 'Protocol Data Unit Reference', start + 4),
      f16('s7comm.header.parlg', 'Parameter length', start + 6),
      f16('s7comm.header.datlg', 'Data length', start + 8),
    ];
    const header = s7HeaderLength(rosctr);
    if (header === 12 && end - start >= 12) {
      fields.push(field('s7comm.header.errcls', 'Error class', start + 10, start + 11, bytes[start + 10]!));
      fields.push(field('s7comm.header.errcod', 'Error code', start + 11, start + 12, bytes[start + 11]!));
    }
    const at = start + header;
    const data = at + u16(bytes, start + 6);
    if (rosctr === 7) {
      fields.push(...userdata(bytes, at, Math.min(end, data)).fields);
      fields.push(...statusList(bytes, at, data, Math.min(end, data + u16(bytes, start + 8))));
    } else if (data > at && at < end) {
      const code = bytes[at]!;
      fields.push(
        field(
          's7comm.param.func',
          'Function',
          at,
          at + 1,
          code,
          `${FUNCTIONS[code] ?? 'Unknown'} (0x${code.toString(16).padStart(2, '0')})`,
        ),
      );
    }
    return [
      { layer: 's7comm', title: `S7 Communication, ${title(bytes, start, end)}`, bytes, start, end, origin, fields },
    ];
  }
}

function title(bytes: Uint8Array, start: number, end: number): string {
  const rosctr = bytes[start + 1]!;
  const kind = ROSCTR[rosctr] ?? `ROSCTR ${rosctr}`;
  const at = start + s7HeaderLength(rosctr);
  if (u16(bytes, start + 6) === 0 || at >= end) return kind;
  if (rosctr === 7) {
    const { words } = userdata(bytes, at, Math.min(end, at + u16(bytes, start + 6)));
    return words.length === 0 ? kind : `${kind}: ${words.join(' -> ')}`;
  }
  const code = bytes[at]!;
  return `${kind}: ${FUNCTIONS[code] ?? `function 0x${code.toString(16)}`}`;
}
