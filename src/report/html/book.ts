import { addTo } from '../../base/lists.ts';
import { portMap } from '../../capture/select.ts';
import type { PduRecord } from '../../engine/sink.ts';
import { evaluate, parseFilter } from '../../filter/index.ts';
import type { Profile } from '../../mta/knobs.ts';
import type { SegmentWatch } from '../../net/flows.ts';
import { packetFields } from '../filter-fields.ts';
import { IcmpSource, looksIntoFrames, PacketSource } from '../packets-fields.ts';
import { icmpPacket } from '../packets-icmp.ts';
import { PacketLister } from '../packets-list.ts';
import { type FrameDetail, frameDetail } from './detail.ts';
import { detailRun } from './engine.ts';
import type { StoredFrame } from './frames.ts';
import { type PacketTable, ROW } from './table.ts';

/** Streams of up to this many frames are dissected as a whole and kept. */
const WHOLE = 4000;
/** In longer ones the engine starts this many frames before the one that is looked at. */
const RUN_UP = 1500;
const RUN_ON = 200;
const KEPT_RUNS = 4;
/** Answers to filters that are kept. */
const KEPT_MATCHES = 8;

export type Progress = (done: number, total: number) => void;

/** A filter that is held against all frames, and how many wait for that: it ends early when nobody does any more. */
interface Search {
  askers: number;
  readonly found: Promise<Uint8Array>;
}

/** What a book of packets needs from where it stands: the page, or the local server. */
export interface Shelf {
  readonly table: PacketTable;
  readonly profile: Profile;
  /** TCP ports of ISO transport, null for any. */
  readonly ports: readonly number[] | null;
  /** The octets of a frame; null when they are not at hand. */
  frame(no: number): StoredFrame | null;
  /** Called between slices of long work: resolves when it may go on. */
  breathe(): Promise<void> | null;
}

interface Run {
  readonly pdus: Map<number, PduRecord[]>;
  readonly note: string;
}

/** Makes the trees of frames when they are looked at, and holds filters against all of them. */
export class PacketBook {
  private readonly shelf: Shelf;
  private readonly runs = new Map<string, Promise<Run>>();
  private readonly matches = new Map<string, Search>();

  constructor(shelf: Shelf) {
    this.shelf = shelf;
  }

  async detail(frame: number): Promise<FrameDetail | null> {
    const { table } = this.shelf;
    const stored = this.shelf.frame(frame);
    if (stored === null) return null;
    const at = table.indexOf(frame);
    const stream = table.frames[at] === frame ? table.streams[at]! : -1;
    const comments = table.comments(frame);
    if (stream < 0) return frameDetail(stored, [], { comments });
    const { pdus, note } = await this.run(stream, frame);
    return frameDetail(stored, pdus.get(frame) ?? [], { comments, note });
  }

  /**
   * An octet a row: 1 where the filter holds. Rejects with a sentence when the filter can't be understood. `gone` says that the asker waits
   * no longer.
   */
  match(filter: string, progress: Progress = () => {}, gone?: AbortSignal): Promise<Uint8Array> {
    const text = filter.trim();
    const search = this.matches.get(text) ?? this.begin(text, progress);
    if (gone?.aborted !== true) {
      search.askers++;
      gone?.addEventListener('abort', () => search.askers--, { once: true });
    }
    return search.found;
  }

  private begin(text: string, progress: Progress): Search {
    if (this.matches.size >= KEPT_MATCHES) this.matches.delete(this.matches.keys().next().value!);
    const search: Search = { askers: 0, found: this.search(text, progress, () => search.askers > 0) };
    this.matches.set(text, search);
    search.found.catch(() => {
      if (this.matches.get(text) === search) this.matches.delete(text);
    });
    return search;
  }

  private async search(filter: string, progress: Progress, wanted: () => boolean): Promise<Uint8Array> {
    const parsed = parseFilter(filter, packetFields());
    if (!parsed.ok) throw new Error(parsed.error);
    const { table } = this.shelf;
    const out = new Uint8Array(table.count);
    let current = 0;
    const lister = new PacketLister<never>({
      octets: looksIntoFrames(parsed.ast),
      comments: () => table.comments(current),
      finish: packet => {
        const i = table.indexOf(packet.no);
        if (table.frames[i] !== packet.no) return null;
        // The numbers of streams are those of the table: here only some frames may be at hand.
        const placed = { ...packet, relative: table.times[i]!, stream: table.streams[i]! };
        out[i] = evaluate(parsed.ast, new PacketSource(placed)) ? 1 : 0;
        return null;
      },
    });
    /** Nothing is handed out: taking is what lets the lister forget. */
    const judge = (): void => {
      for (const _ of lister.take());
    };
    await this.feed(table.frames, {
      onPdu: pdu => lister.pdu(pdu),
      onSegment: (s, connection, direction) => lister.segment(s, connection, direction),
      before: f => {
        const { bytes, linkType } = f;
        const octets = { bytes, start: 0, end: bytes.length, linkType };
        current = f.no;
        lister.frame(f.sec, f.nsec, octets, f.wireLength);
        const i = table.indexOf(f.no);
        if (!table.isIcmp(i)) return;
        const { time, stream, direction } = table.row(i);
        const { no, sec, nsec, wireLength } = f;
        const place = {
          no,
          sec,
          nsec,
          relative: time,
          wireLength,
          capturedLength: bytes.length,
          stream,
          direction,
          comments: table.comments(no),
        };
        out[i] = evaluate(parsed.ast, new IcmpSource(icmpPacket(place, octets))) ? 1 : 0;
      },
      between: (done, total) => {
        judge();
        progress(done, total);
        if (!wanted()) throw new Error('nobody waits for this filter any more');
      },
    });
    lister.end();
    judge();
    return out;
  }

  private run(stream: number, frame: number): Promise<Run> {
    const frames = this.framesOf(stream);
    let from = 0;
    let to = frames.length;
    if (frames.length > WHOLE) {
      const at = frames.findIndex(no => no >= frame);
      from = Math.max(0, Math.floor((at - RUN_UP) / RUN_ON) * RUN_ON);
      to = Math.min(frames.length, from + RUN_UP + 2 * RUN_ON);
    }
    const key = `${stream}/${from}`;
    let run = this.runs.get(key);
    if (run === undefined) {
      if (this.runs.size >= KEPT_RUNS) this.runs.delete(this.runs.keys().next().value!);
      run = this.dissect(frames.slice(from, to), from > 0 ? frames[from]! : 0);
      this.runs.set(key, run);
      run.catch(() => this.runs.delete(key));
    }
    return run;
  }

  /** Frames of the stream, and fragments that may belong to it. */
  private framesOf(stream: number): number[] {
    const { table } = this.shelf;
    const out: number[] = [];
    for (let i = 0; i < table.count; i++) {
      const loose = table.streams[i] === -1 && table.columns.kinds[i] === ROW.other;
      if (table.streams[i] === stream || loose) out.push(table.frames[i]!);
    }
    return out;
  }

  private async dissect(frames: number[], startedAt: number): Promise<Run> {
    const pdus = new Map<number, PduRecord[]>();
    await this.feed(frames, {
      onPdu: pdu => {
        for (const no of new Set([pdu.frame, ...pdu.pieces.map(p => p.frame)])) {
          addTo(pdus, no, pdu);
        }
      },
    });
    const note =
      startedAt === 0
        ? ''
        : `Dissected from frame ${startedAt} on, since the stream is long: layers whose context was agreed on before may be missing.`;
    return { pdus, note };
  }

  /** Run the engine over frames, a slice at a time. */
  private async feed(frames: ArrayLike<number>, watch: Watch): Promise<void> {
    const { shelf } = this;
    const ports = shelf.ports === null ? null : portMap(shelf.ports);
    const run = detailRun(ports, shelf.profile, watch.onPdu, watch.onSegment);
    for (let i = 0; i < frames.length; i++) {
      const f = shelf.frame(frames[i]!);
      if (f !== null) {
        watch.before?.(f);
        run.frames.frame(f.no, f.sec, f.nsec, f.bytes, 0, f.bytes.length, f.wireLength, f.linkType);
      }
      const wait = shelf.breathe();
      if (wait !== null) {
        await wait;
        watch.between?.(i, frames.length);
      }
    }
    run.end();
  }
}

interface Watch {
  onPdu(pdu: PduRecord): void;
  readonly onSegment?: SegmentWatch;
  /** Before the engine sees a frame. */
  before?(frame: StoredFrame): void;
  /** Between slices of work, which a throw ends. */
  between?: Progress;
}
