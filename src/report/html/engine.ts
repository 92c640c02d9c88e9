import { OddFrames } from '../../capture/odd-frames.ts';
import type { FrameSink } from '../../capture/reader.ts';
import { type PortMap, portMap } from '../../capture/select.ts';
import { CaptureAnalysis } from '../../engine/analysis.ts';
import type { PduRecord } from '../../engine/sink.ts';
import { createShared, createUpper } from '../../engine/upper/index.ts';
import { S7Trees } from '../../engine/upper/s7/tree.ts';
import type { Profile } from '../../mta/knobs.ts';
import type { SegmentWatch } from '../../net/flows.ts';

/** Octets of one APDU that are kept while it is looked at. */
const MAX_APDU = 64 << 20;

export interface DetailRun {
  readonly frames: FrameSink;
  /** No frame follows: what waited for more comes out. */
  end(): void;
}

/** The engine over some frames for its PDUs alone; what it would report is dropped, since the report was made before. */
export function detailRun(
  ports: PortMap,
  profile: Profile,
  onPdu: (pdu: PduRecord) => void,
  onSegment?: SegmentWatch,
): DetailRun {
  const shared = createShared();
  const ignore = (): void => {};
  const sink = { association: ignore, message: ignore, messageChange: ignore, fault: ignore };
  const analysis = new CaptureAnalysis({
    ports,
    // No stream gets a row.
    named: portMap([]),
    mta: [],
    profile,
    keepGoing: true,
    judge: false,
    keep: () => false,
    aside: null,
    makeUpper: (stream, client, server) =>
      createUpper(
        stream,
        client,
        server,
        { level: 'rows', showCredentials: false, maxApduBytes: MAX_APDU, s7Trees: shown => new S7Trees(shown) },
        sink,
        shared,
      ),
    onPdu,
    onSegment,
  });
  return {
    frames: analysis.frames,
    end() {
      const nothing = { format: '', frames: 0, linkTypes: new Set<number>(), cut: new OddFrames(), span: () => null };
      analysis.finish('', nothing, 0, false);
    },
  };
}
