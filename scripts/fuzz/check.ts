import { rmSync, writeFileSync } from 'node:fs';
import { analyzeFile } from '../../src/app/analyze.ts';
import type { AnalyzeOptions } from '../../src/app/analyzer.ts';
import { InputError } from '../../src/base/errors.ts';
import type { PduRecord } from '../../src/engine/sink.ts';
import type { Field } from '../../src/model/field.ts';
import type { WholeReport } from '../../src/model/report.ts';
import { analyzeOptions } from '../../test/kit/analysis.ts';

/**
 * One input through the whole analysis, in three ways. Throws when the analysis does, or when its report breaks a promise: every
 * named frame is in the capture, every range within its octets, every number a count. Only `InputError` may stand for a report.
 */
export async function check(bytes: Uint8Array, scratch: string): Promise<void> {
  writeFileSync(scratch, bytes);
  try {
    const plain = await report(scratch, analyzeOptions('exchange-5.5'));
    const again = await report(scratch, { ...analyzeOptions('exchange-5.0'), anyPort: true, keepGoing: true });
    let worst = '';
    const detailed = await report(scratch, analyzeOptions('exchange-5.5'), pdu => {
      worst ||= pduFault(pdu);
    });
    if (worst !== '') throw new Error(worst);
    for (const r of [plain, again]) if (r !== null) promises(r);
    if ((plain === null) !== (detailed === null)) throw new Error('a detail run reads what a plain run does not');
    if (plain !== null && detailed !== null) same(plain, detailed);
  } finally {
    rmSync(scratch, { force: true });
  }
}

async function report(
  path: string,
  options: AnalyzeOptions,
  onPdu?: (pdu: PduRecord) => void,
): Promise<WholeReport | null> {
  try {
    return await analyzeFile(path, options, onPdu === undefined ? {} : { onPdu });
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`promise broken: ${what}`);
}

function promises(r: WholeReport): void {
  const inside = (frame: number | null) =>
    frame === null || (Number.isInteger(frame) && frame >= 1 && frame <= r.frames);
  must(
    !/NaN|Infinity/.test(JSON.stringify(r, (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? 'NaN' : v))),
    'a number that is none',
  );
  for (const f of r.findings) {
    // What is wrong with a record may make it no frame: it is then named as the one behind the last.
    const last = f.code.startsWith('capture.') ? r.frames + 1 : r.frames;
    const named = (frame: number) => Number.isInteger(frame) && frame >= 1 && frame <= last;
    must(
      (f.frame === null || named(f.frame)) && f.frames.every(named),
      `${f.code}: frame ${f.frame} of ${f.frames} with ${r.frames} frames`,
    );
    must(
      f.frames.every((frame, i) => i === 0 || frame > f.frames[i - 1]!),
      `${f.code}: frames ${f.frames} are not ascending`,
    );
    must(f.message !== '', `${f.code}: says nothing`);
    const q = f.request;
    if (q === undefined) continue;
    must(
      q.headerPieces.reduce((n, p) => n + p.length, 0) === 4,
      `${f.code}: header of ${JSON.stringify(q.headerPieces)}`,
    );
    must(
      Number.parseInt(q.headerOctets.slice(4), 16) === q.declaredLength,
      `${f.code}: ${q.headerOctets} declares ${q.declaredLength}`,
    );
    must(
      q.headerFrames.every(frame => inside(frame) && frame <= f.frame!),
      `${f.code}: header frames ${q.headerFrames}, request ${f.frame}`,
    );
    must(inside(q.disturbanceFrame) && q.streamOffset >= 0, `${f.code}: disturbance ${q.disturbanceFrame}`);
  }
  for (const s of r.streams) {
    must(
      inside(s.firstFrame) && inside(s.lastFrame) && s.firstFrame <= s.lastFrame,
      `stream ${s.id}: ${s.firstFrame}…${s.lastFrame}`,
    );
    for (const d of s.directions) {
      for (const [key, value] of Object.entries(d)) {
        if (typeof value === 'number') must(Number.isInteger(value) && value >= 0, `stream ${s.id}: ${key} ${value}`);
      }
      must(d.tsdus <= d.tpkts, `stream ${s.id}: ${d.tsdus} TSDUs in ${d.tpkts} TPKTs`);
    }
  }
  for (const w of r.warnings)
    must(
      (w.frame === r.frames + 1 || inside(w.frame)) && (w.offset === null || w.offset >= 0),
      `${w.code}: ${w.frame}, ${w.offset}`,
    );
  for (const e of r.events) must(inside(e.frame), `event ${e.event.id} at frame ${e.frame}`);
  for (const m of r.messages)
    must(inside(m.firstFrame) && inside(m.lastFrame), `message at ${m.firstFrame}…${m.lastFrame}`);
  for (const a of r.associations)
    must(inside(a.firstFrame) && inside(a.lastFrame), `association at ${a.firstFrame}…${a.lastFrame}`);
}

/** Looking closer must not change what is seen: streams, findings, associations and messages are the same to the last word. */
function same(plain: WholeReport, detailed: WholeReport): void {
  for (const part of ['streams', 'findings', 'associations', 'messages', 'warnings', 'events'] as const) {
    const [before, after] = [plain[part].map(text), detailed[part].map(text)];
    const at = before.findIndex((row, i) => row !== after[i]);
    const other = at < 0 && after.length > before.length ? before.length : at;
    must(
      other < 0,
      `${part} differ in a detail run: ${before[other] ?? 'nothing'} against ${after[other] ?? 'nothing'}`,
    );
  }
}

const text = (row: object): string => JSON.stringify(row);

function pduFault(pdu: PduRecord): string {
  if (pdu.pieces.some(p => p.frame < 1 || p.offset < 0 || p.length <= 0))
    return `TPKT pieces ${JSON.stringify(pdu.pieces)}`;
  for (const tree of pdu.trees) {
    const fault = fieldFault(tree.fields, tree.bytes.length, 0);
    if (fault !== '') return `${tree.layer}: ${fault}`;
  }
  return '';
}

function fieldFault(fields: readonly Field[], size: number, depth: number): string {
  if (depth > 400) return 'a tree deeper than 400';
  for (const f of fields) {
    if (!(f.start >= 0 && f.start <= f.end && f.end <= size)) return `${f.name} at ${f.start}…${f.end} of ${size}`;
    const inner = fieldFault(f.children, size, depth + 1);
    if (inner !== '') return inner;
  }
  return '';
}
