import type { Direction, Finding, Severity } from '../model/finding.ts';
import type { Stamp } from '../model/tsdu.ts';
import { explanationOf, ruleOf } from '../rules/catalogue.ts';

/** What was met of one kind on one stream and direction. Plain data. */
export interface ConditionRow {
  readonly code: string;
  readonly stream: number;
  readonly direction: Direction | null;
  readonly frame: number;
  readonly detail: string;
  /** Of the frame, where an event follows from it. */
  readonly time: Stamp | null;
  readonly frames: number[];
  count: number;
}

/** Frames that one finding names at most; further occurrences are counted. */
export const MAX_FRAMES = 64;

/** Conditions of one capture: the first of each kind on a stream and direction becomes the finding, the rest are counted. */
export class Conditions {
  rows: ConditionRow[];
  /** Rows by code, then by stream and direction in one number: whatever repeats a thousand times costs no string. */
  private readonly known = new Map<string, Map<number, ConditionRow>>();

  /** @param rows conditions that were met elsewhere; nothing is added to these. */
  constructor(rows: ConditionRow[] = []) {
    this.rows = rows;
  }

  add(
    code: string,
    stream: number,
    direction: Direction | null,
    frame: number,
    detail: string,
    time: Stamp | null = null,
  ): void {
    let ofCode = this.known.get(code);
    if (ofCode === undefined) {
      ofCode = new Map();
      this.known.set(code, ofCode);
    }
    const key = stream * 3 + (direction ?? 2);
    const known = ofCode.get(key);
    if (known === undefined) {
      const row = { code, stream, direction, frame, detail, time, frames: [frame], count: 1 };
      ofCode.set(key, row);
      this.rows.push(row);
      return;
    }
    known.count++;
    if (known.frames.length < MAX_FRAMES && known.frames[known.frames.length - 1] !== frame) known.frames.push(frame);
  }

  /** Forget what was met on streams that are none of ours after all, or that make a condition ordinary. */
  drop(which: (stream: number, code: string) => boolean): void {
    this.remove(row => which(row.stream, row.code));
  }

  /** Take the rows of one code out, for who makes findings of its own from them. */
  take(code: string): ConditionRow[] {
    return this.remove(row => row.code === code);
  }

  private remove(which: (row: ConditionRow) => boolean): ConditionRow[] {
    const out = this.rows.filter(which);
    if (out.length === 0) return out;
    this.rows = this.rows.filter(row => !which(row));
    for (const row of out) this.known.get(row.code)?.delete(row.stream * 3 + (row.direction ?? 2));
    return out;
  }

  findings(): Finding[] {
    return this.rows.map(row => {
      const rule = ruleOf(row.code);
      const times = row.count > 1 ? ` (${row.count} times; this is the first)` : '';
      return makeFinding({
        code: row.code,
        severity: rule?.severity ?? 'note',
        stream: row.stream,
        direction: row.direction,
        frame: row.frame,
        frames: row.frames,
        message: `${rule?.title ?? row.code}: ${row.detail}${times}`,
        explanation: explanationOf(rule),
        clause: rule?.clause ?? null,
        count: row.count,
        identity: identityOf(row),
      });
    });
  }
}

/** How a sender cuts its octets into segments, and where a host stands, is another matter in each capture of a conversation. */
function identityOf({ code, detail }: ConditionRow): string {
  if (code.startsWith('tcp.')) return '';
  return detail.includes('stream offset') ? detail.replace(/ ?\(?stream offset \d+\)?/, '') : detail;
}

interface Parts {
  code: string;
  severity: Severity;
  stream: number | null;
  direction: Direction | null;
  frame: number | null;
  frames: number[];
  message: string;
  explanation: string;
  clause: string | null;
  count?: number;
  /** What tells this finding from others of its code in every capture of the same conversation: no address, port, frame or time. */
  identity: string;
  request?: Finding['request'];
  event?: Finding['event'];
}

export function makeFinding(p: Parts): Finding {
  const frames = inOrder(p.frames) ? p.frames : [...new Set(p.frames)].filter(n => n > 0).sort((a, b) => a - b);
  return {
    code: p.code,
    severity: p.severity,
    stream: p.stream,
    direction: p.direction,
    frame: p.frame,
    frames,
    message: p.message,
    explanation: p.explanation,
    filter: displayFilter(frames),
    clause: p.clause,
    count: p.count ?? 1,
    fingerprint: fingerprint(`${p.code}|${p.direction}|${p.identity}`),
    ...(p.request === undefined ? {} : { request: p.request }),
    ...(p.event === undefined ? {} : { event: p.event }),
  };
}

/** Whether frames ascend, each once. */
function inOrder(frames: readonly number[]): boolean {
  for (let i = 0, last = 0; i < frames.length; last = frames[i++]!) if (frames[i]! <= last) return false;
  return true;
}

/** A Wireshark display filter that shows just these frames. */
export function displayFilter(frames: readonly number[]): string {
  if (frames.length === 0) return '';
  return frames.length === 1 ? `frame.number == ${frames[0]}` : `frame.number in {${frames.join(', ')}}`;
}

/**
 * FNV-1a over 64 bits of UTF-8, as hex: stable over runs and versions, and no more than that is asked of it.
 * In two halves of 32 bits: the prime is 2^40 + 0x1b3, so that every product stays an exact double.
 */
function fingerprint(text: string): string {
  let known = fingerprints.get(text);
  if (known === undefined) {
    known = fnv(text);
    if (fingerprints.size >= MOST_FINGERPRINTS) fingerprints.clear();
    fingerprints.set(text, known);
  }
  return known;
}

/** A capture finds the same on stream after stream. */
const fingerprints = new Map<string, string>();
const MOST_FINGERPRINTS = 1024;

function fnv(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const octet of ENCODER.encode(text)) {
    low = (low ^ octet) >>> 0;
    const product = low * 0x1b3;
    const shifted = (low << 8) >>> 0;
    low = product >>> 0;
    high = (high * 0x1b3 + (product - low) / 0x100000000 + shifted) >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

const ENCODER = new TextEncoder();
