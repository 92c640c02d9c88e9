import { InputError } from '../base/errors.ts';
import type { WholeReport } from '../model/report.ts';
import type { AnalyzeOptions } from './analyzer.ts';
import { analyzeFrames, framesOf, gather } from './extract-frames.ts';
import { type Difference, difference } from './extract-same.ts';

export function isProven({ missing, added, protocols }: Difference): boolean {
  return missing.length + added.length + protocols.length === 0;
}

/**
 * The streams to take where `streams` alone do not show what they show in the capture: what is said of one may rest on others of its hosts.
 * Null where even all of them don't do.
 */
export async function streamsInstead(
  file: string,
  options: AnalyzeOptions,
  original: WholeReport,
  streams: ReadonlySet<number>,
): Promise<readonly number[] | null> {
  let size = streams.size;
  for (const wider of [toldBy, ofPairs, ofHosts, all].map(choose => choose(original, streams))) {
    if (wider.size === size) continue;
    size = wider.size;
    try {
      const units = await gather(file, options, wider);
      const frames = framesOf(units);
      const comparison = { original, numbers: frames.map(frame => frame.no), anonymized: false };
      if (isProven(difference(analyzeFrames(frames, options), comparison, wider)))
        return [...wider].sort((a, b) => a - b);
    } catch (error) {
      // More than is kept in memory.
      if (error instanceof InputError) return null;
      throw error;
    }
  }
  return null;
}

/** With the streams that say that their hosts are MTAs, and those on which the machines of these stop. */
function toldBy(report: WholeReport, streams: ReadonlySet<number>): Set<number> {
  const out = new Set(streams);
  const hosts = hostsOf(report, streams);
  for (const { address, mta, terminatedAt } of report.hosts) {
    if (!hosts.has(address)) continue;
    const evidence = /on stream (\d+)$/.exec(mta ?? '');
    if (evidence !== null) out.add(Number(evidence[1]));
    for (const { host, stream, frame } of report.events)
      if (stream !== null && host === address && frame === terminatedAt) out.add(stream);
  }
  return out;
}

/** With other connects between the same two hosts too. */
function ofPairs(report: WholeReport, streams: ReadonlySet<number>): Set<number> {
  const out = toldBy(report, streams);
  const pairs = new Set(report.streams.filter(s => streams.has(s.id)).map(pairOf));
  for (const stream of report.streams) if (pairs.has(pairOf(stream))) out.add(stream.id);
  return out;
}

function ofHosts(report: WholeReport, streams: ReadonlySet<number>): Set<number> {
  const hosts = hostsOf(report, streams);
  const theirs = report.streams.filter(({ client, server }) => hosts.has(client.address) || hosts.has(server.address));
  return new Set(theirs.map(stream => stream.id));
}

function all(report: WholeReport): Set<number> {
  return new Set(report.streams.map(stream => stream.id));
}

function hostsOf(report: WholeReport, streams: ReadonlySet<number>): Set<string> {
  const theirs = report.streams.filter(stream => streams.has(stream.id));
  return new Set(theirs.flatMap(({ client, server }) => [client.address, server.address]));
}

function pairOf({ client, server }: WholeReport['streams'][number]): string {
  return [client.address, server.address].sort().join(' ');
}
