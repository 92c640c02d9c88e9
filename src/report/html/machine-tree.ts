import { hexadecimal, thousands } from '../../base/numbers.ts';
import type { Finding } from '../../model/finding.ts';
import type { ViewField, ViewTree } from './detail.ts';

/** The header as the emulated machine reads it, for each finding whose header octets stand in the frame. */
export function machineTrees(findings: readonly Finding[], frame: number): ViewTree[] {
  const out: ViewTree[] = [];
  const seen = new Set<number>();
  for (const { request } of findings) {
    if (request === undefined || !request.headerFrames.includes(frame) || seen.has(request.streamOffset)) continue;
    seen.add(request.streamOffset);
    /** Where each of the four octets stands in this frame; -1 in another one. */
    const at: number[] = [];
    for (const piece of request.headerPieces) {
      for (let i = 0; i < piece.length; i++) at.push(piece.frame === frame ? piece.offset + i : -1);
    }
    const octet = (i: number): number => Number.parseInt(request.headerOctets.slice(2 * i, 2 * i + 2), 16);
    const fields: ViewField[] = [];
    const add = (
      name: string,
      label: string,
      from: number,
      to: number,
      value: number,
      text: string,
      fault: string | null,
    ): void => {
      const here = at.slice(from, to).filter(p => p >= 0);
      if (here.length === 0) return;
      const partly = here.length < to - from ? ', one octet of it in another frame' : '';
      fields.push({
        name,
        label,
        value,
        text: `${text}${partly}`,
        start: here[0]!,
        end: here.at(-1)! + 1,
        children: [],
        fault,
      });
    };
    const version = octet(0);
    add('tpkt.version', 'Version', 0, 1, version, hexadecimal(version, 2), version === 3 ? null : 'not 3');
    add('tpkt.reserved', 'Reserved', 1, 2, octet(1), hexadecimal(octet(1), 2), null);
    add(
      'tpkt.length',
      'Length',
      2,
      4,
      request.declaredLength,
      thousands(request.declaredLength),
      `${request.headers} headers, ${request.elements} elements`,
    );
    const here = at.filter(p => p >= 0);
    out.push({
      layer: 'tpkt',
      title: `TPKT as the machine reads it, stream offset ${thousands(request.streamOffset)}`,
      space: 0,
      start: here[0] ?? 0,
      end: (here.at(-1) ?? -1) + 1,
      fields,
      pdu: -1,
    });
  }
  return out;
}
