import { endpoint } from '../base/text.ts';
import type { DirectionReport, StreamReport } from '../model/report.ts';
import type { Connection } from '../net/connection.ts';
import type { Transport } from './transport.ts';

/** The row of a stream whose user may still tell what it is. */
export type StreamRow = StreamReport & { protocol: string };

/** The row of a connection whose numbers are final. */
export function streamReport(c: Connection, t: Transport): StreamRow {
  const client = { address: t.client, port: c.clientPort };
  const server = { address: t.server, port: c.serverPort };
  const ends = [endpoint(t.client, c.clientPort), endpoint(t.server, c.serverPort)] as const;
  const direction = (d: 0 | 1): DirectionReport => {
    const half = c.halves[d];
    const framing = t.readers[d];
    return {
      from: ends[d],
      to: ends[d === 0 ? 1 : 0],
      segments: half.segments,
      bytes: half.bytes,
      tpkts: framing.tpkts,
      tsdus: t.cotp.assemblies[d].ended,
      retransmissions: half.retransmissions,
      outOfOrder: half.outOfOrder,
      gaps: half.gaps,
      gapBytes: half.gapBytes,
      maxTpktLength: framing.longest,
      peakElements: t.peaks[d],
    };
  };
  const loose = t.readers
    .filter((r, d) => !r.anchored && (c.halves[d]!.bytes > 0 || c.halves[d]!.gaps > 0))
    .sort((x, y) => x.unanchoredFrame - y.unanchoredFrame);
  return {
    id: c.id,
    client,
    server,
    firstFrame: c.firstFrame,
    lastFrame: c.lastFrame,
    frames: c.frames,
    start: { sec: c.startSec, nsec: c.startNsec },
    end: { sec: c.endSec, nsec: c.endNsec },
    state: c.state,
    anchored: loose.length === 0,
    unanchoredFrom: loose[0]?.unanchoredFrame ?? null,
    unanchoredBecause: loose[0]?.unanchoredBecause ?? null,
    protocol: t.cotp.foreign ?? '',
    tpduSize: t.cotp.tpduSize,
    callingTsap: t.cotp.settled.callingTsap,
    calledTsap: t.cotp.settled.calledTsap,
    syns: c.handshake.synCount,
    directions: [direction(0), direction(1)],
  };
}
