import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { requestModel } from '../mta/request.ts';
import { count, thousands } from '../report/format.ts';
import { StreamPicker } from './pick.tsx';
import { useRoom } from './room.ts';
import { useShared } from './state.ts';

/** Pixels across below which the chart scrolls (app.css has the same). */
const LEAST = 620;
const HEIGHT = 340;
const LEFT = 60;
const RIGHT = 16;
const MID = 170;
const HALF = 126;
const BINS = 120;

/** How long the TPKTs are, against what was negotiated and against the edges of buffer elements. */
export function Lengths(): JSX.Element {
  const { summary, selection, source } = useShared();
  const box = useRef<HTMLDivElement>(null);
  const across = useRoom(box, LEAST);
  const { report } = summary;
  const streams = useMemo(() => [...new Set(summary.lengths.map(l => l.stream))], [summary]);
  const first = report.findings.find(f => f.request !== undefined)?.stream ?? streams[0];
  const stream = streams.includes(selection.stream ?? -1) ? selection.stream! : (first ?? -1);
  const lines = summary.lengths.filter(l => l.stream === stream);
  const info = report.streams.find(s => s.id === stream);
  const model = requestModel(source.profile);
  const requests = report.findings
    .filter(f => f.request !== undefined && f.stream === stream)
    .map(f => f.request!.declaredLength)
    // A header that was sent is one of those drawn, whatever it led to.
    .filter(length => !lines.some(l => l.counts.some(([drawn]) => drawn === length)));
  const largest = Math.max(16, ...lines.flatMap(l => l.counts.map(([length]) => length)));
  const negotiated = info?.tpduSize ?? null;
  const edge = model.payload + model.off;
  const top =
    Math.ceil(
      (Math.max(
        largest,
        Math.min(negotiated ?? 0, largest * 1.5) + 4,
        largest < edge && largest * 2 > edge ? edge : 0,
      ) *
        1.06) /
        16,
    ) * 16;
  const width = Math.max(1, Math.ceil(top / BINS));
  const edges: number[] = [];
  for (let k = 1; edge + (k - 1) * model.payload < top && k <= 40; k++) edges.push(edge + (k - 1) * model.payload);
  // A bar ends where a line stands: what it stands for is on one side of each.
  const ends = [...new Set([...edges, ...(negotiated === null ? [] : [negotiated + 4])])].sort((a, b) => a - b);
  const barOf = (length: number): { from: number; to: number } => {
    const to = Math.ceil(length / width) * width;
    return {
      from: ends.findLast(end => end < length && end > to - width) ?? to - width,
      to: ends.find(end => end >= length && end < to) ?? to,
    };
  };
  const bins = [0, 1].map(direction => {
    const out = new Map<number, { from: number; n: number }>();
    for (const [length, n] of lines.find(l => l.direction === direction)?.counts ?? []) {
      const { from, to } = barOf(length);
      out.set(to, { from, n: (out.get(to)?.n ?? 0) + n });
    }
    return out;
  });
  const most = Math.max(1, ...bins.flatMap(b => [...b.values()].map(({ n }) => n)));
  const x = (length: number): number => LEFT + ((across - LEFT - RIGHT) * length) / top;
  const h = (n: number): number => 3 + ((HALF - 3) * Math.log10(1 + n)) / Math.log10(1 + most);
  /** The name of a line stands before it, where there is room. */
  const beside = (at: number): { x: number; 'text-anchor': 'start' | 'end' } =>
    x(at) < LEFT + 120 ? { x: x(at) + 6, 'text-anchor': 'start' } : { x: x(at) - 6, 'text-anchor': 'end' };
  const { kept, of } = summary.left.lengthLines;
  const rows = lines.flatMap(l => l.counts.map(([length, n]) => ({ direction: l.direction, length, n })));
  rows.sort((a, b) => b.n - a.n);
  return (
    <section class="lengths" aria-label="Lengths">
      <StreamPicker streams={streams} stream={stream} />
      {kept < of && (
        <p class="left">
          ! {thousands(of - kept)} of {count(of, 'direction')} left out of this page
        </p>
      )}
      {lines.length === 0 ? (
        <p>No TPKT was received.</p>
      ) : (
        <figure>
          <figcaption>
            <h2>TPKT lengths of stream {stream}</h2>
            <p>
              Client to server above the line, server to client below it; heights are logarithmic, a bar stands for{' '}
              {width === 1 ? '' : 'up to '}
              {count(width, 'octet')} of length.
            </p>
          </figcaption>
          <div class="chart" role="group" tabIndex={0} aria-label="Length distribution" ref={box}>
            <svg
              viewBox={`0 0 ${across} ${HEIGHT}`}
              role="img"
              aria-label={`Lengths of ${count(
                rows.reduce((n, r) => n + r.n, 0),
                'TPKT',
              )} from ${Math.min(...rows.map(r => r.length))} to ${thousands(largest)} octets. Negotiated TPDU size: ${negotiated === null ? 'unknown' : thousands(negotiated)}. The first buffer element ends at ${thousands(edge)} octets.`}
            >
              <line class="axis" x1={LEFT} x2={across - RIGHT} y1={MID} y2={MID} />
              {edges.map((at, i) => (
                <line key={at} class="edge" x1={x(at)} x2={x(at)} y1={MID - HALF - 16} y2={MID + HALF}>
                  <title>{`${i + 1} buffer ${i === 0 ? 'element' : 'elements'}: up to ${at} octets`}</title>
                </line>
              ))}
              {edges.length > 0 && (
                <text class="tick" {...beside(edges[0]!)} y={MID - HALF - 20}>
                  element edge, {thousands(edges[0]!)}
                </text>
              )}
              {negotiated !== null && negotiated + 4 <= top && (
                <>
                  <line
                    class="negotiated"
                    x1={x(negotiated + 4)}
                    x2={x(negotiated + 4)}
                    y1={MID - HALF}
                    y2={MID + HALF + 12}
                  />
                  <text class="tick" {...beside(negotiated + 4)} y={MID + HALF + 12}>
                    negotiated, {thousands(negotiated)} + 4
                  </text>
                </>
              )}
              {bins.map((b, direction) =>
                [...b].map(([to, { from, n }]) => (
                  <rect
                    key={`${direction}-${to}`}
                    class={`bars d${direction}`}
                    x={x(from)}
                    width={Math.max(2, x(to) - x(from) - 1)}
                    y={direction === 0 ? MID - h(n) : MID}
                    height={h(n)}
                  >
                    <title>{`${from + 1 === to ? '' : `${thousands(from + 1)}–`}${count(to, 'octet')}: ${count(n, 'TPKT')}`}</title>
                  </rect>
                )),
              )}
              {[0, 0.25, 0.5, 0.75, 1].map(part => (
                <text
                  key={part}
                  class="tick"
                  x={x(top * part)}
                  y={HEIGHT - 8}
                  text-anchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}
                >
                  {thousands(Math.round(top * part))}
                </text>
              ))}
              <text class="tick" x={LEFT - 6} y={MID - HALF + 8} text-anchor="end">
                {thousands(most)}
              </text>
            </svg>
          </div>
          {requests.length > 0 && (
            <p>
              Not among them:{' '}
              {requests
                .slice(0, 5)
                .map(n => thousands(n))
                .join(', ')}{' '}
              octets, read where no header was sent.
            </p>
          )}
          <div class="wide" role="region" aria-label="Most frequent lengths" tabIndex={0}>
            <table>
              <caption>Most frequent lengths</caption>
              <thead>
                <tr>
                  <th scope="col" class="right">
                    Length
                  </th>
                  <th scope="col">Direction</th>
                  <th scope="col" class="right">
                    TPKTs
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, 12).map(r => (
                  <tr key={`${r.direction}/${r.length}`}>
                    <td class="right">{thousands(r.length)}</td>
                    <td>{r.direction === 0 ? '→ client to server' : '← server to client'}</td>
                    <td class="right">{thousands(r.n)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </figure>
      )}
    </section>
  );
}
