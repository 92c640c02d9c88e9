import type { PduRecord } from '../../engine/sink.ts';
import { FIN, RST, SYN } from '../../net/segment.ts';
import type { Packet } from '../packets-list.ts';
import { ROW, type RowKind } from './table.ts';

/** SPDUs that open, accept or end a session connection (X.225 clause 8.3). */
const ASSOCIATION = /^ISO 8327-1 OSI Session Protocol,\s*(CONNECT|ACCEPT|REFUSE|FINISH|DISCONNECT|NOT FINISHED|ABORT)/;

/** What a packet is about: of several TPKTs, the one that says most. */
export function packetKind({ pdus, flags, length }: Packet): RowKind {
  if (pdus.length > 0) return Math.max(...pdus.map(pduKind)) as RowKind;
  return segmentKind(flags, length);
}

export function segmentKind(flags: number, length: number): RowKind {
  return flags & (SYN | FIN | RST) ? ROW.control : length > 0 ? ROW.part : ROW.ack;
}

function pduKind(pdu: PduRecord): RowKind {
  let kind: RowKind = ROW.transport;
  for (const { layer, title } of pdu.trees) {
    if (layer === 'ses' && ASSOCIATION.test(title)) return ROW.association;
    if (layer !== 'cotp') continue;
    if (/^ISO 8073\/X\.224 COTP\s*DT/.test(title)) kind = title.includes('EOT') ? ROW.data : ROW.fragment;
  }
  return kind;
}
