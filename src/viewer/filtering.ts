import type { PduRecord } from '../engine/sink.ts';
import { evaluate, parseFilter } from '../filter/index.ts';
import { type Bases, PacketFields } from '../report/html/fields.ts';
import type { EmbeddedSource } from './embedded.ts';
import type { Progress } from './source.ts';

/** An octet a row: 1 where the filter holds. Rejects with a sentence when the filter can't be understood. */
export async function matchRows(
  source: EmbeddedSource,
  capture: number,
  filter: string,
  progress: Progress,
): Promise<Uint8Array> {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(parsed.error);
  const table = source.table(capture);
  const store = await source.store(capture);
  const out = new Uint8Array(table.count);
  const bases: Bases = new Map();
  const late = new Map<number, PduRecord[]>();
  let waiting: PduRecord[] = [];
  const judge = (i: number, pdus: readonly PduRecord[]): void => {
    if (evaluate(parsed.ast, new PacketFields(table.row(i), store.get(table.frames[i]!), pdus, bases))) out[i] = 1;
    else out[i] = 0;
  };
  await source.feed(
    capture,
    table.frames,
    pdu => waiting.push(pdu),
    progress,
    i => {
      const no = table.frames[i]!;
      judge(
        i,
        waiting.filter(pdu => pdu.frame === no),
      );
      for (const pdu of waiting) if (pdu.frame !== no) late.set(pdu.frame, [...(late.get(pdu.frame) ?? []), pdu]);
      waiting = [];
    },
  );
  // Octets that waited for a hole to be given up complete TPKTs of frames that were judged before.
  for (const pdu of waiting) late.set(pdu.frame, [...(late.get(pdu.frame) ?? []), pdu]);
  for (const [no, pdus] of late) {
    const i = table.indexOf(no);
    if (table.frames[i] === no && out[i] === 0) judge(i, pdus);
  }
  return out;
}
