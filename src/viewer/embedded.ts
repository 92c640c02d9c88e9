import type { PduRecord } from '../engine/sink.ts';
import type { PageData } from '../report/html/data.ts';
import { type FrameDetail, frameDetail, fromBase64, receiveDetail } from '../report/html/detail.ts';
import { detailRun, portMap } from '../report/html/engine.ts';
import { FrameStore } from '../report/html/frames.ts';
import { PacketTable, ROW } from '../report/html/table.ts';
import { matchRows } from './filtering.ts';
import { localList, order } from './order.ts';
import type { CaptureEntry, ListRequest, Progress, RowList, Source } from './source.ts';

/** Milliseconds of work between two looks at the keyboard. */
const SLICE = 12;
/** Streams of up to this many frames are dissected as a whole and kept. */
const WHOLE = 4000;
/** In longer ones the engine starts this many frames before the one that is looked at. */
const RUN_UP = 1500;
const RUN_ON = 200;
const KEPT_RUNS = 4;

export async function inflate(text: string): Promise<Uint8Array> {
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve));
}

interface Run {
  readonly pdus: Map<number, PduRecord[]>;
  readonly note: string;
}

interface Loaded {
  readonly table: PacketTable;
  readonly pinned: Map<number, FrameDetail>;
  store: Promise<FrameStore> | null;
  readonly runs: Map<string, Promise<Run>>;
}

/** The report page: everything is in the page, trees are made by the engine in it. */
export class EmbeddedSource implements Source {
  readonly version: string;
  readonly profile: PageData['profile'];
  readonly captures: readonly CaptureEntry[];
  readonly add = null;
  private readonly data: PageData;
  private readonly loaded: Loaded[];

  constructor(data: PageData) {
    this.data = data;
    this.version = data.version;
    this.profile = data.profile;
    this.captures = data.captures.map(summary => ({ name: summary.report.file, summary, error: '', progress: 1 }));
    this.loaded = data.captures.map(capture => ({
      table: new PacketTable(capture.rows),
      pinned: new Map(capture.pinned.map(sent => [sent.no, receiveDetail(sent)])),
      store: null,
      runs: new Map(),
    }));
  }

  watch(): void {
    // What is in a page does not change.
  }

  table(capture: number): PacketTable {
    return this.loaded[capture]!.table;
  }

  store(capture: number): Promise<FrameStore> {
    const loaded = this.loaded[capture]!;
    loaded.store ??= (async () => {
      const block = document.getElementById(`frames-${capture}`);
      return new FrameStore(await inflate(block?.textContent ?? ''));
    })();
    return loaded.store;
  }

  async list(capture: number, request: ListRequest, progress: Progress): Promise<RowList> {
    const { table } = this.loaded[capture]!;
    const matches = request.filter.trim() === '' ? null : await matchRows(this, capture, request.filter, progress);
    return localList(table, order(table, request, matches));
  }

  async detail(capture: number, frame: number): Promise<FrameDetail | null> {
    const loaded = this.loaded[capture]!;
    const pinned = loaded.pinned.get(frame);
    if (pinned !== undefined) return pinned;
    const store = await this.store(capture);
    const stored = store.get(frame);
    if (stored === null) return null;
    const at = loaded.table.indexOf(frame);
    const stream = loaded.table.frames[at] === frame ? loaded.table.streams[at]! : -1;
    if (stream < 0) return frameDetail(stored, []);
    const run = await this.run(capture, stream, frame);
    return frameDetail(stored, run.pdus.get(frame) ?? [], run.note);
  }

  private run(capture: number, stream: number, frame: number): Promise<Run> {
    const loaded = this.loaded[capture]!;
    const frames = this.framesOf(loaded.table, stream);
    let from = 0;
    let to = frames.length;
    if (frames.length > WHOLE) {
      const at = frames.findIndex(no => no >= frame);
      from = Math.max(0, Math.floor((at - RUN_UP) / RUN_ON) * RUN_ON);
      to = Math.min(frames.length, from + RUN_UP + 2 * RUN_ON);
    }
    const key = `${stream}/${from}`;
    let run = loaded.runs.get(key);
    if (run === undefined) {
      if (loaded.runs.size >= KEPT_RUNS) loaded.runs.delete(loaded.runs.keys().next().value!);
      run = this.dissect(capture, frames.slice(from, to), from > 0 ? frames[from]! : 0);
      loaded.runs.set(key, run);
    }
    return run;
  }

  /** Frames of the stream, and fragments that may belong to it. */
  private framesOf(table: PacketTable, stream: number): number[] {
    const out: number[] = [];
    for (let i = 0; i < table.count; i++) {
      if (table.streams[i] === stream || (table.streams[i] === -1 && table.columns.kinds[i] === ROW.other)) {
        out.push(table.frames[i]!);
      }
    }
    return out;
  }

  private async dissect(capture: number, frames: number[], startedAt: number): Promise<Run> {
    const pdus = new Map<number, PduRecord[]>();
    await this.feed(capture, frames, pdu => {
      for (const no of new Set([pdu.frame, ...pdu.pieces.map(p => p.frame)])) {
        const list = pdus.get(no);
        if (list === undefined) pdus.set(no, [pdu]);
        else list.push(pdu);
      }
    });
    const note =
      startedAt === 0
        ? ''
        : `Dissected from frame ${startedAt} on, since the stream is long: layers whose context was agreed on before may be missing.`;
    return { pdus, note };
  }

  /** Run the engine over frames, a slice at a time. `progress` is called between slices. */
  async feed(
    capture: number,
    frames: ArrayLike<number>,
    onPdu: (pdu: PduRecord) => void,
    progress?: Progress,
    onFrame?: (i: number) => void,
  ): Promise<void> {
    const store = await this.store(capture);
    const run = detailRun(portMap(this.data.ports), this.data.profile, onPdu);
    let until = performance.now() + SLICE;
    for (let i = 0; i < frames.length; i++) {
      const f = store.get(frames[i]!);
      if (f !== null) run.frames.frame(f.no, f.sec, f.nsec, f.bytes, 0, f.bytes.length, f.wireLength, f.linkType);
      onFrame?.(i);
      if (performance.now() > until) {
        progress?.(i, frames.length);
        await pause();
        until = performance.now() + SLICE;
      }
    }
    run.end();
  }
}
