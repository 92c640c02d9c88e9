import { readFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import * as v from 'valibot';
import { InputError, UsageError } from '../base/errors.ts';
import type { Finding } from '../model/finding.ts';
import { parseJsonc } from './jsonc.ts';

const ENTRY = v.object({
  capture: v.string(),
  code: v.string(),
  fingerprint: v.string(),
  count: v.pipe(v.number(), v.integer(), v.minValue(1)),
  message: v.string(),
});
const FILE = v.object({ baseline: v.literal('mtascope'), version: v.literal(1), findings: v.array(ENTRY) });

export type Entry = v.InferOutput<typeof ENTRY>;

export const DEFAULT_BASELINE = 'mtascope.baseline.json';

/**
 * Findings that are known and accepted. An entry is a capture, a code and a fingerprint, and how often: no frame number, time, address
 * or port, so that a re-capture of the same conversation still fits, and a second finding of the same kind does not hide behind the
 * first.
 */
export class Baseline {
  readonly path: string;
  private readonly entries: readonly Entry[];
  private readonly left = new Map<string, number>();
  private readonly judged = new Set<string>();

  constructor(path: string, entries: readonly Entry[]) {
    this.path = path;
    this.entries = entries;
    for (const entry of entries) {
      const key = keyOf(entry.capture, entry.code, entry.fingerprint);
      this.left.set(key, (this.left.get(key) ?? 0) + entry.count);
    }
  }

  /** Null when the file isn't there. */
  static async read(path: string, shown: string): Promise<Baseline | null> {
    const text = await readFile(path, 'utf8').catch(error => {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return null;
      throw new InputError(`${shown}: can't be read: ${message}`);
    });
    if (text === null) return null;
    const parsed = v.safeParse(FILE, parseJsonc(text, shown));
    if (!parsed.success) throw new UsageError(`${shown}: not a baseline of mtascope: ${parsed.issues[0].message}`);
    return new Baseline(path, parsed.output.findings);
  }

  /** Captures are named relative to the baseline, so that the whole may be moved. */
  private nameOf(capture: string): string {
    return relative(dirname(this.path), capture).split(sep).join('/');
  }

  /** Whether this finding is accepted; each entry accepts as many as it counts. `capture` is an absolute path. */
  accepts(capture: string, finding: Finding): boolean {
    const key = keyOf(this.nameOf(capture), finding.code, finding.fingerprint);
    const left = this.left.get(key) ?? 0;
    if (left === 0) return false;
    this.left.set(key, left - 1);
    return true;
  }

  /** To be called once for each capture that was judged: only their entries can be found stale. */
  seen(capture: string): void {
    this.judged.add(this.nameOf(capture));
  }

  /** Accepted findings that did not occur in the captures judged. */
  stale(): number {
    let n = 0;
    for (const entry of this.entries) {
      if (!this.judged.has(entry.capture)) continue;
      const key = keyOf(entry.capture, entry.code, entry.fingerprint);
      n += this.left.get(key) ?? 0;
      this.left.delete(key);
    }
    return n;
  }

  /** The text of a new baseline: what was found now, and the entries of captures that were not judged this time. */
  updated(found: Iterable<{ readonly capture: string; readonly finding: Finding }>): string {
    const entries = new Map<string, Entry>();
    const add = (entry: Entry): void => {
      const key = keyOf(entry.capture, entry.code, entry.fingerprint);
      const known = entries.get(key);
      entries.set(key, known === undefined ? entry : { ...known, count: known.count + entry.count });
    };
    for (const entry of this.entries) if (!this.judged.has(entry.capture)) add(entry);
    for (const { capture, finding } of found) {
      const { code, fingerprint, message } = finding;
      add({ capture: this.nameOf(capture), code, fingerprint, count: 1, message });
    }
    const list = [...entries.values()].sort((a, b) =>
      compare(keyOf(a.capture, a.code, a.fingerprint), keyOf(b.capture, b.code, b.fingerprint)),
    );
    return `${JSON.stringify({ baseline: 'mtascope', version: 1, findings: list }, null, 2)}\n`;
  }
}

/** Code-unit order: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(capture: string, code: string, fingerprint: string): string {
  return JSON.stringify([capture, code, fingerprint]);
}
