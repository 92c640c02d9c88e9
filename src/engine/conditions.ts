import type { Direction, Finding, Severity } from '../model/finding.ts';
import { ruleOf } from '../rules/catalogue.ts';

interface Row {
  readonly code: string;
  readonly stream: number;
  readonly direction: Direction | null;
  readonly frame: number;
  readonly detail: string;
  readonly frames: number[];
  count: number;
}

/** Frames that one finding names at most; further occurrences are counted. */
const MAX_FRAMES = 64;

/** Conditions of one capture: the first of each kind on a stream and direction becomes the finding, the rest are counted. */
export class Conditions {
  private readonly rows = new Map<string, Row>();

  add(code: string, stream: number, direction: Direction | null, frame: number, detail: string): void {
    const key = `${code} ${stream} ${direction}`;
    const known = this.rows.get(key);
    if (known === undefined) {
      this.rows.set(key, { code, stream, direction, frame, detail, frames: [frame], count: 1 });
      return;
    }
    known.count++;
    if (known.frames.length < MAX_FRAMES && known.frames[known.frames.length - 1] !== frame) known.frames.push(frame);
  }

  /** Forget what was met on a stream that is none of ours after all. */
  drop(stream: number): void {
    for (const [key, row] of this.rows) if (row.stream === stream) this.rows.delete(key);
  }

  /** Take the rows of one code out, for who makes findings of its own from them. */
  take(code: string): Row[] {
    const out: Row[] = [];
    for (const [key, row] of this.rows) {
      if (row.code !== code) continue;
      out.push(row);
      this.rows.delete(key);
    }
    return out;
  }

  findings(): Finding[] {
    return [...this.rows.values()].map(row => {
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
        explanation: rule === undefined ? '' : `${rule.certain} ${rule.help}`,
        clause: rule?.clause ?? null,
        count: row.count,
        identity: row.detail.replace(/ ?\(?stream offset \d+\)?/, ''),
      });
    });
  }
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
  /** What tells this finding from others of its code, whatever the capture. */
  identity: string;
  request?: Finding['request'];
  event?: Finding['event'];
}

export function makeFinding(p: Parts): Finding {
  const frames = [...new Set(p.frames)].filter(n => n > 0).sort((a, b) => a - b);
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

/** A Wireshark display filter that shows just these frames. */
export function displayFilter(frames: readonly number[]): string {
  if (frames.length === 0) return '';
  return frames.length === 1 ? `frame.number == ${frames[0]}` : `frame.number in {${frames.join(', ')}}`;
}

/** FNV-1a over 64 bits, as hex: stable over runs and versions, and no more than that is asked of it. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const octet of new TextEncoder().encode(text)) {
    hash = ((hash ^ BigInt(octet)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}
