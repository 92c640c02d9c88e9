import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { endpoint, thousands } from '../report/format.ts';
import { type PacketRow, ROW } from '../report/html/table.ts';
import { shortCode } from '../report/verdict.ts';
import { Grade } from './grade.tsx';
import { useKept } from './kept.ts';
import { VirtualList } from './list.tsx';
import { StreamPicker } from './pick.tsx';
import { useShared } from './state.ts';
import { safe } from './text.ts';

/** A rung: one packet, or a run of packets that say the same. */
interface Rung {
  readonly first: PacketRow;
  readonly last: PacketRow;
  readonly packets: number;
  readonly octets: number;
  readonly severity: 'error' | 'warning' | 'note' | null;
}

/** Kinds of which a run is one rung. */
const RUNS: readonly number[] = [ROW.ack, ROW.part, ROW.fragment];
/** Packets read for a ladder. */
const MAX_PACKETS = 20_000;

export function Ladder(): JSX.Element {
  const { source, summary, selection, goto, select } = useShared();
  const { report } = summary;
  const ids = useMemo(() => report.streams.map(s => s.id), [report]);
  const fallback =
    report.findings.find(f => f.request !== undefined)?.stream ??
    report.findings.find(f => f.stream !== null)?.stream ??
    ids[0] ??
    -1;
  const stream = ids.includes(selection.stream ?? -1) ? selection.stream! : fallback;
  const info = report.streams.find(s => s.id === stream);
  const [known, setKnown] = useState<{ stream: number; rungs: Rung[] } | null>(null);
  /** Null until the packets of this stream have been read. */
  const read = known?.stream === stream ? known.rungs : null;
  const rungs = read ?? [];
  const [left, setLeft] = useState(0);
  const [quiet, setQuiet] = useKept('ladder with all', false);
  const [failed, setFailed] = useState('');
  const { capture } = selection;
  const grades = useMemo(() => {
    const out = new Map<number, 'error' | 'warning' | 'note'>();
    for (const f of [...report.findings].reverse())
      if (f.stream === stream) for (const no of f.frames) out.set(no, f.severity);
    return out;
  }, [report, stream]);
  useEffect(() => {
    let live = true;
    setFailed('');
    (async () => {
      const list = await source.list(capture, { filter: '', stream, sort: 'no', descending: false }, () => {});
      const count = Math.min(list.count, MAX_PACKETS);
      await list.ensure(0, count);
      const out: Rung[] = [];
      // Octets of segments that are not shown: they belong to the TPKT that a later one completes.
      const hidden: [number, number] = [0, 0];
      for (let i = 0; i < count; i++) {
        const row = list.row(i);
        const severity = row === null ? null : (grades.get(row.no) ?? null);
        if (row === null) continue;
        if (!quiet && severity === null && (row.kind === ROW.ack || row.kind === ROW.part)) {
          hidden[row.direction] += row.payload;
          continue;
        }
        const octets = row.payload + hidden[row.direction];
        hidden[row.direction] = 0;
        const before = out.at(-1);
        const joins =
          before !== undefined &&
          severity === null &&
          before.severity === null &&
          RUNS.includes(row.kind) &&
          before.last.kind === row.kind &&
          before.last.direction === row.direction;
        if (joins)
          out[out.length - 1] = {
            ...before,
            last: row,
            packets: before.packets + 1,
            octets: before.octets + octets,
          };
        else out.push({ first: row, last: row, packets: 1, octets, severity });
      }
      if (!live) return;
      setKnown({ stream, rungs: out });
      setLeft(list.count - count);
    })().catch((error: Error) => {
      if (live) setFailed(error.message);
    });
    return () => {
      live = false;
    };
  }, [source, capture, stream, quiet, grades]);
  // A packet that is not shown stands where the next one does.
  const selected =
    selection.frame === null || selection.stream !== stream || rungs.length === 0
      ? -1
      : nearest(rungs, selection.frame, left > 0);
  const association = report.associations.find(a => a.stream === stream);
  const words = (r: Rung): string => {
    const { no } = r.first;
    const finding =
      report.findings.find(f => f.frame === no && f.stream === stream) ??
      // Where the same was found again.
      report.findings.find(f => f.request === undefined && f.frames.includes(no) && f.stream === stream);
    const disturbed = report.findings.find(f => f.request?.disturbanceFrame === no && f.stream === stream);
    const said =
      finding !== undefined && finding.severity !== 'note'
        ? `${shortCode(finding.code)}: `
        : disturbed !== undefined
          ? `declares ${thousands(disturbed.request!.disturbance!.declaredLength)} octets: `
          : '';
    const sender = senderOf(r);
    return `${said}${sender === null ? '' : `from ${sender}: `}${plainWords(r)}`;
  };
  /** Who sent it where that is none of the two ends (ICMP from a router); null otherwise. */
  const senderOf = ({ first: { source, direction } }: Rung): string | null =>
    source === '' || source === info?.[direction === 0 ? 'client' : 'server'].address ? null : source;
  const plainWords = (r: Rung): string => {
    if (r.packets === 1) return safe(r.first.info, 200);
    const what = r.first.kind === ROW.fragment ? 'DT, more follows' : r.first.kind === ROW.ack ? 'ACK' : 'segments';
    return `${what} × ${thousands(r.packets)}, ${thousands(r.octets)} octets, to frame ${thousands(r.last.no)}`;
  };
  return (
    <section class="ladder" aria-label="Ladder">
      <div class="bar">
        <StreamPicker streams={ids} stream={stream} />
        <label>
          <input type="checkbox" checked={quiet} onChange={() => setQuiet(!quiet)} /> TCP acknowledgments and segments
        </label>
      </div>
      {association !== undefined && (
        <p class="hint">
          Association {association.id}: {safe(association.initiator ?? '?', 80)} →{' '}
          {safe(association.responder ?? '?', 80)}, {association.protocol || 'protocol unknown'},{' '}
          {safe(association.ended, 200)}
        </p>
      )}
      {failed !== '' && <p class="left">✖ {failed}</p>}
      {left > 0 && <p class="left">! the last {thousands(left)} packets of the stream are left out</p>}
      {info === undefined ? (
        <p>No ISO transport stream in this capture.</p>
      ) : (
        <VirtualList
          id="rung"
          label={`Ladder of stream ${stream}`}
          place={`ladder ${stream} at`}
          role="listbox"
          count={rungs.length}
          rowHeight={30}
          selected={selected}
          head={
            <div class="row head" aria-hidden="true">
              <span class="no">Frame</span>
              <span class="time">Time</span>
              <span class="ends">
                <b>
                  {safe(association?.initiator ?? '', 40)} {endpoint(info.client.address, info.client.port)}
                </b>
                <b>
                  {safe(association?.responder ?? '', 40)} {endpoint(info.server.address, info.server.port)}
                </b>
              </span>
            </div>
          }
          onSelect={i => goto(rungs[i]!.first.no, { stream })}
          onOpen={i => {
            select({ view: 'packets', frame: rungs[i]!.first.no, stream, mark: null });
          }}
          rowClass={i => `rung d${rungs[i]!.first.direction} ${rungs[i]!.severity ?? ''}`}
          row={i => {
            const r = rungs[i]!;
            return (
              <>
                <span class="no">{thousands(r.first.no)}</span>
                <span class="time">{r.first.time.toFixed(3)}</span>
                <span class="lane">
                  <span class={`arrow k${r.first.kind}`}>
                    <span class="label" title={words(r)}>
                      {r.severity !== null && <Grade severity={r.severity} />}
                      <span class="offscreen">
                        {senderOf(r) !== null
                          ? 'to the client: '
                          : r.first.direction === 0
                            ? 'client to server: '
                            : 'server to client: '}
                      </span>
                      {words(r)}
                    </span>
                  </span>
                </span>
              </>
            );
          }}
          empty={read === null ? 'The packets of this stream are being read.' : 'No packets of this stream.'}
        />
      )}
      {info !== undefined && <p class="hint">Enter or a double click opens the packet.</p>}
    </section>
  );
}

/** The rung of the frame, else the one behind it, else the last; -1 when the frame is among those that are left out at the end. */
function nearest(rungs: readonly Rung[], frame: number, cut: boolean): number {
  const at = rungs.findIndex(r => r.last.no >= frame);
  return at >= 0 || cut ? at : rungs.length - 1;
}
