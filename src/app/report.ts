import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import type { PduRecord } from '../engine/sink.ts';
import type { CaptureReport } from '../model/report.ts';
import { BOUNDS, type PageCapture, type PageData } from '../report/html/data.ts';
import { frameDetail, type SentDetail, sendDetail } from '../report/html/detail.ts';
import { packFrame, type StoredFrame } from '../report/html/frames.ts';
import { BLOCK_END, blockHead, pageEnd, pageHead, withoutScript } from '../report/html/page.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { firstPass, type PassHooks, packetPass } from './packet-pass.ts';
import { contentPolicy, viewerFiles } from './viewer-files.ts';

/** Requests whose streams are kept whole for the engine in the page, as far as `BOUNDS.fatalBytes` reaches. */
const FATAL_STREAMS = 20;
/** Frames kept behind the request frame of such a stream. */
const BEHIND = 200;

/** A capture read twice, and the octets that go with it. */
export interface Prepared {
  readonly capture: PageCapture;
  /** Packed frames, compressed, as base64. */
  readonly frames: string[];
}

/**
 * Read a capture for the page: first for the verdict, then again for what is shown. `share` is the part of the page's bounds that
 * this capture may take (1 for a report of one capture). Rejects with `InputError` when it cannot be read.
 */
export async function prepare(file: string, options: AnalyzeOptions, share = 1): Promise<Prepared> {
  const first = await firstPass(file, { ...options, level: 'full' });
  const { report } = first;
  const keep = new Keeper(report, share);
  const part = (n: number): number => Math.max(1, Math.floor(n * share));
  const pass = await packetPass(
    file,
    first,
    { ...options, level: 'full' },
    {
      rows: part(BOUNDS.rows),
      samples: part(BOUNDS.samples),
      findings: part(BOUNDS.findings),
      streams: part(BOUNDS.streams),
      messages: part(BOUNDS.messages),
      associations: part(BOUNDS.associations),
      lengths: part(BOUNDS.lengths),
    },
    { onFrame: keep.frame, onPdu: keep.pdu },
    keep.last,
  );
  const frames = await keep.packed.end();
  const summary = pass.summary({ kept: keep.kept, of: Math.max(pass.rows.offered, report.selectedFrames) });
  return { capture: { ...summary, rows: pass.rows.columns(), pinned: keep.pinned() }, frames };
}

/** Decides which frames go into the page with their octets. */
class Keeper {
  kept = 0;
  /** The last frame that is kept for a finding. */
  last = 0;
  readonly packed = new Packer();
  private readonly budget: number;
  private readonly fatalBudget: number;
  private used = 0;
  private fatalUsed = 0;
  /** Stream to the frame up to which it is kept. */
  private readonly fatal = new Map<number, number>();
  private readonly named = new Set<number>();
  private readonly loose = new Map<number, { frame: StoredFrame; pdus: PduRecord[] }>();

  constructor(report: CaptureReport, share: number) {
    this.budget = BOUNDS.frameBytes * share;
    this.fatalBudget = BOUNDS.fatalBytes * share;
    for (const finding of report.findings) {
      if (finding.request !== undefined && finding.stream !== null && this.fatal.size < FATAL_STREAMS) {
        const until = (finding.frame ?? 0) + BEHIND;
        this.fatal.set(finding.stream, Math.max(until, this.fatal.get(finding.stream) ?? 0));
      }
      for (const frame of finding.frames) if (this.named.size < BOUNDS.pinned * share) this.named.add(frame);
    }
    for (const frame of [...this.named, ...this.fatal.values()]) this.last = Math.max(this.last, frame);
  }

  frame: NonNullable<PassHooks['onFrame']> = (stream, no, sec, nsec, bytes, start, end, wireLength, linkType) => {
    const size = end - start;
    const common = this.used + size <= this.budget;
    const fatal = !common && no <= (this.fatal.get(stream) ?? 0) && this.fatalUsed + size <= this.fatalBudget;
    if (!common && !fatal && !this.named.has(no)) return;
    const stored: StoredFrame = { no, sec, nsec, wireLength, linkType, bytes: bytes.slice(start, end) };
    this.kept++;
    if (common || fatal) {
      if (common) this.used += size;
      else this.fatalUsed += size;
      this.packed.add(packFrame(stored));
    } else this.loose.set(no, { frame: stored, pdus: [] });
  };

  pdu = (pdu: PduRecord): void => {
    if (this.loose.size === 0) return;
    const frames = new Set([pdu.frame, ...pdu.pieces.map(p => p.frame)]);
    for (const no of frames) this.loose.get(no)?.pdus.push(pdu);
  };

  pinned(): SentDetail[] {
    return [...this.loose.values()].map(({ frame, pdus }) => sendDetail(frameDetail(frame, pdus)));
  }
}

/** Compresses as it goes and hands out base64. */
class Packer {
  private readonly gzip = createGzip({ level: 6 });
  private readonly parts: string[] = [];
  private rest: Buffer = Buffer.alloc(0);

  constructor() {
    this.gzip.on('data', (chunk: Buffer) => {
      const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
      const whole = all.length - (all.length % 3);
      this.parts.push(all.subarray(0, whole).toString('base64'));
      this.rest = Buffer.from(all.subarray(whole));
    });
  }

  add(bytes: Uint8Array | string): void {
    this.gzip.write(bytes);
  }

  /** The parts of the base64 text. */
  async end(): Promise<string[]> {
    const done = once(this.gzip, 'end');
    this.gzip.end();
    await done;
    this.parts.push(this.rest.toString('base64'));
    return this.parts;
  }
}

async function packed(text: string): Promise<string[]> {
  const packer = new Packer();
  packer.add(text);
  return packer.end();
}

/** The page in parts. `prepared` was made by `prepare`, one entry a capture. */
export async function* reportPage(
  prepared: readonly Prepared[],
  options: AnalyzeOptions,
  version: string,
): AsyncGenerator<string> {
  const viewer = viewerFiles();
  const policy = contentPolicy(viewer, null);
  const reports = prepared.map(p => p.capture.report);
  const names = reports.map(r => r.file.split(/[\\/]/).at(-1)!);
  const title = `${names.length > 2 ? `${names.length} captures` : names.join(', ')} – mtascope`;
  yield pageHead({ title, policy, ...viewer }, [...withoutScript(reports)].join(''));
  const data: PageData = {
    version,
    profile: options.profile,
    ports: options.anyPort ? null : options.ports,
    captures: prepared.map(p => p.capture),
  };
  yield blockHead('report-data');
  yield* await packed(JSON.stringify(data));
  yield BLOCK_END;
  for (const [i, { frames }] of prepared.entries()) {
    yield blockHead(`frames-${i}`);
    yield* frames;
    yield BLOCK_END;
  }
  yield pageEnd(viewer.script);
}
