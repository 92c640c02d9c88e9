import { addTo } from '../base/lists.ts';
import type { Finding } from '../model/finding.ts';
import type { WholeReport } from '../model/report.ts';

/** Findings that a cut makes by itself: what goes on behind it is not there. */
const BY_THE_CUT = new Set(['tpkt.unfinished', 'cotp.no-eot']);

/** How two captures are compared; `numbers[i]` is the original number of the extract's frame i + 1. */
export interface Comparison {
  readonly original: WholeReport;
  readonly numbers: readonly number[];
  /** Addresses and values were rewritten: texts and fingerprints that name them differ. */
  readonly anonymized: boolean;
}

/** The finding of `report` that is `wanted`, by all that matters; null when it does not come out. */
export function sameFinding(report: WholeReport, wanted: Finding, c: Comparison): Finding | null {
  return (
    report.findings.find(found => same(found, wanted, c) && anchoring(report, found, c) === anchoringOf(wanted, c)) ??
    null
  );
}

function same(found: Finding, wanted: Finding, c: Comparison): boolean {
  if (found.code !== wanted.code || found.severity !== wanted.severity || found.direction !== wanted.direction)
    return false;
  if (!c.anonymized && found.fingerprint !== wanted.fingerprint) return false;
  const back = (frame: number | null) => (frame === null ? null : (c.numbers[frame - 1] ?? null));
  if (back(found.frame) !== wanted.frame) return false;
  if (wanted.event !== undefined) {
    if (found.event?.text !== wanted.event.text || found.frames.map(back).join() !== wanted.frames.join()) return false;
  }
  const [f, w] = [found.request, wanted.request];
  if (f === undefined || w === undefined) return f === w;
  return (
    f.headerOctets === w.headerOctets &&
    f.declaredLength === w.declaredLength &&
    f.streamOffset === w.streamOffset &&
    f.elements === w.elements &&
    f.headers === w.headers &&
    f.models === w.models &&
    f.margin === w.margin &&
    back(f.disturbanceFrame) === w.disturbanceFrame &&
    f.disturbance?.trueBoundary === w.disturbance?.trueBoundary &&
    f.headerFrames.map(back).join() === w.headerFrames.join()
  );
}

/** Whether the framing rests on an unbroken chain from the SYN where the finding stands. */
function anchoring(report: WholeReport, found: Finding, c: Comparison): boolean | null {
  const stream = report.streams.find(s => s.id === found.stream);
  if (stream === undefined || found.frame === null) return null;
  const from = stream.unanchoredFrom;
  return from === null || (c.numbers[from - 1] ?? 0) >= (c.numbers[found.frame - 1] ?? 0);
}

function anchoringOf(wanted: Finding, c: Comparison): boolean | null {
  const stream = c.original.streams.find(s => s.id === wanted.stream);
  if (stream === undefined || wanted.frame === null) return null;
  return stream.unanchoredFrom === null || stream.unanchoredFrom >= wanted.frame;
}

/** What a cut shows that the capture does not: holes that it tore, for instance. Where in the stream is not asked. */
export function addedByCut(report: WholeReport, c: Comparison, streamOf: (frame: number) => number): Finding[] {
  const key = (code: string, stream: number | null, { direction }: Finding) => `${code} ${stream} ${direction}`;
  const known = new Set(c.original.findings.map(f => key(f.code, f.stream, f)));
  for (const f of c.original.findings) if (isSilence(f)) known.add(key('mta.9215-possible', f.stream, f));
  return report.findings.filter(f => {
    if (BY_THE_CUT.has(f.code) || f.stream === null) return false;
    const first = report.streams.find(s => s.id === f.stream)?.firstFrame ?? 1;
    return !known.has(key(f.code, streamOf(c.numbers[first - 1] ?? 0), f));
  });
}

/**
 * A connect that nobody accepted or refused in time, whatever ICMP said of it. That the time went by is told by frames of any traffic,
 * which a cut does not keep: it ends too early to tell. A refusal is decided by a RST of the connect's own, which it can keep. Hosts that
 * are not known to be MTAs have no event, so that the error is taken from the words.
 */
function isSilence({ code, message }: Finding): boolean {
  return code === 'mta.9215' && !message.includes('(Winsock 10061)');
}

/** A stream whose protocol is not recognised as it was before. */
export interface Renamed {
  /** Number of the stream in the original. */
  readonly stream: number;
  readonly before: string;
  /** Null when the result has no such stream. */
  readonly after: string | null;
}

/** How whole streams differ from what they were made of, both ways. */
export interface Difference {
  readonly missing: readonly Finding[];
  readonly added: readonly Finding[];
  readonly protocols: readonly Renamed[];
}

/** `streams`: those of the original that the report is to show. Findings about the whole capture are left out. */
export function difference(report: WholeReport, c: Comparison, streams: ReadonlySet<number>): Difference {
  const left = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    if (finding.stream === null) continue;
    const { code, frame } = finding;
    const key = `${code} ${frame === null ? null : c.numbers[frame - 1]}`;
    addTo(left, key, finding);
  }
  const missing: Finding[] = [];
  /** One that stands where it stood and says something else is named once, as missing. */
  const changed = new Set<Finding>();
  for (const wanted of c.original.findings) {
    if (wanted.stream === null || !streams.has(wanted.stream)) continue;
    const alike = left.get(`${wanted.code} ${wanted.frame}`) ?? [];
    // Each is taken once: two of a kind have to come out as two.
    const at = alike.findIndex(
      f => same(f, wanted, c) && f.count === wanted.count && anchoring(report, f, c) === anchoringOf(wanted, c),
    );
    if (at >= 0) alike.splice(at, 1);
    else {
      missing.push(wanted);
      const other = alike.find(f => f.direction === wanted.direction && !changed.has(f));
      if (other !== undefined) changed.add(other);
    }
  }
  const added = [...left.values()].flat().filter(f => !changed.has(f));
  const byFirstFrame = new Map(report.streams.map(s => [c.numbers[s.firstFrame - 1], s.protocol]));
  const protocols = c.original.streams.flatMap(({ id, firstFrame, protocol: before }) => {
    const after = byFirstFrame.get(firstFrame) ?? null;
    return streams.has(id) && after !== before ? [{ stream: id, before, after }] : [];
  });
  return { missing, added, protocols };
}
