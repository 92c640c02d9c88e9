import type { PduRecord } from '../../engine/sink.ts';
import type { Field, LayerTree } from '../../model/field.ts';
import { thousands } from '../format.ts';
import { clean } from '../safe.ts';
import { ROW, type RowKind } from './table.ts';

/** What the packet list says of one TPKT. */
export interface PduWords {
  readonly kind: RowKind;
  readonly protocol: string;
  readonly info: string;
}

/** SPDUs that open, accept or end a session connection (X.225 clause 8.3). */
const ASSOCIATION = /^(CONNECT|ACCEPT|REFUSE|FINISH|DISCONNECT|NOT FINISHED|ABORT)/;

export function pduWords(pdu: PduRecord): PduWords {
  const parts: string[] = [];
  let protocol = 'cotp';
  let kind: RowKind = ROW.transport;
  const upper = pdu.trees.filter(tree => tree.layer !== 'tpkt' && tree.layer !== 'cotp');
  for (const tree of pdu.trees) {
    if (tree.layer !== 'cotp') continue;
    const title = tree.title.replace(/^ISO 8073\/X\.224 COTP\s*/, '');
    if (title.startsWith('DT')) {
      kind = title.includes('EOT') ? ROW.data : ROW.fragment;
      if (upper.length === 0) {
        const what = kind === ROW.fragment ? 'DT, more follows' : 'DT, end of TSDU';
        parts.push(`${what}, ${thousands(pdu.length - 7)} octets`);
      }
    } else parts.push(title);
  }
  for (const tree of upper) {
    protocol = tree.layer;
    const words = layerWords(tree);
    if (tree.layer === 'ses' && ASSOCIATION.test(words)) kind = ROW.association;
    // GIVE TOKENS and PLEASE TOKENS only stand before what the concatenation is about (X.225 6.3.7).
    if (words !== '' && !/^(Give|Please) tokens/i.test(words)) parts.push(words);
  }
  if (parts.length === 0) parts.push(upper.length > 0 ? layerWords(upper.at(-1)!) : `${thousands(pdu.length)} octets`);
  return { kind, protocol, info: parts.join(' · ') };
}

function layerWords(tree: LayerTree): string {
  if (tree.layer === 'ses') return tree.title.replace(/^ISO 8327-1 OSI Session Protocol,\s*/, '').replace(/ SPDU$/, '');
  if (tree.layer === 'pres' || tree.layer === 'acse') {
    const first = tree.fields[0];
    return first === undefined ? tree.layer.toUpperCase() : `${tree.layer.toUpperCase()} ${clean(first.label, 40)}`;
  }
  if (tree.layer === 'rtse') {
    const segment = tree.fields.find(f => f.name === 'rtse.segment');
    return segment === undefined ? first(tree) : `RTSE segment, ${thousands(segment.end - segment.start)} octets`;
  }
  return first(tree);
}

function first(tree: LayerTree): string {
  const root: Field | undefined = tree.fields[0];
  if (root === undefined) return clean(tree.title, 80);
  const value = root.text ?? (typeof root.value === 'string' ? root.value : undefined);
  return `${tree.layer.toUpperCase()} ${clean(value === undefined || value === '' ? root.label : `${root.label} ${value}`, 80)}`;
}
