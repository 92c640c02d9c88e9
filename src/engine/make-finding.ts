import type { Direction, Finding, Severity } from '../model/finding.ts';
import type { Rule } from '../rules/rule.ts';

/** Frames that one finding names at most; further occurrences are counted. */
export const MAX_FRAMES = 64;

interface Parts {
  code: string;
  severity: Severity;
  stream: number | null;
  direction: Direction | null;
  frame: number | null;
  frames: readonly number[];
  message: string;
  explanation: string;
  clause: string | null;
  count?: number;
  /** What tells this finding from others of its code in every capture of the same conversation: no address, port, frame or time. */
  identity: string;
  request?: Finding['request'];
  event?: Finding['event'];
}

/** What a finding takes from its rule. */
export function underRule({ code, severity, clause }: Rule): Pick<Parts, 'code' | 'severity' | 'clause'> {
  return { code, severity, clause };
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
function displayFilter(frames: readonly number[]): string {
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
